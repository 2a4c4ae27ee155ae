// What the text tables of many systems have in common: uptimes in a dozen notations, session states as people spell them,
// networks printed without a mask. Shared by the drivers; what is one vendor's alone stays in its own file.
import { parseIpv4Word } from '../../model/address.ts';
import type { BgpState } from '../../model/session.ts';

const unitSeconds: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
};

/**
 * Seconds of an uptime: `23:52:28`, `1d02h`, `0145h31m`, `9w2d 5:23:37`, `1y11w`, `1w:6d:18:55:29`, `02m:02w:06d`
 * (months of 30 days where an `m` stands before weeks or days). Undefined for `never`, `-` and anything else.
 */
export function uptimeSeconds(text: string): number | undefined {
  const parts = text.trim().split(/[\s:]+/);
  let seconds = 0;
  const clock: number[] = [];
  let months = /\dm.*\d[wd]/i.test(text);
  for (const part of parts) {
    if (/^\d+$/.test(part)) {
      clock.push(Number(part));
      continue;
    }
    if (!/^(?:\d+[ywdhms])+$/i.test(part) || clock.length > 0) return undefined;
    for (const [, digits, unit = ''] of part.matchAll(/(\d+)([a-z])/gi)) {
      const isMonth = unit.toLowerCase() === 'm' && months;
      if (isMonth) months = false;
      seconds += Number(digits) * (isMonth ? 30 * 86_400 : (unitSeconds[unit.toLowerCase()] ?? 0));
    }
  }
  if (clock.length === 0) return seconds;
  if (clock.length > 3 || (clock.length === 1 && seconds === 0)) return undefined;
  // `5:23` alone is minutes and seconds nowhere: systems print hours first.
  const [hours = 0, minutes = 0, rest = 0] = clock;
  return seconds + hours * 3600 + minutes * 60 + rest;
}

export interface StateText {
  readonly state: BgpState | null;
  readonly adminDown: boolean;
}

const states: Readonly<Record<string, BgpState>> = {
  idle: 'idle',
  connect: 'connect',
  active: 'active',
  opensent: 'opensent',
  openconfirm: 'openconfirm',
  estab: 'established',
  establ: 'established',
  established: 'established',
};

/**
 * A session state as shown: any case, `Establ`, `Idle (Admin)`, `Idle(NoIf)`, `Shut (Admin)`, `Connect/…`. `state` is
 * null when the word is none of RFC 4271's six; a shut session is idle.
 */
export function stateOf(text: string): StateText {
  const adminDown = /\(admin\)|admin|shut|disabled|halted/i.test(text);
  const word =
    /^[a-z]+(?:[ _-]?(?:sent|confirm))?/i.exec(text.trim())?.[0].toLowerCase().replace(/[ _-]/g, '') ?? '';
  return { state: states[word] ?? (adminDown ? 'idle' : null), adminDown };
}

/** Length of a classful IPv4 network (RFC 791), printed without its mask by older tables; undefined for classes D and E. */
export function classfulLength(address: string): number | undefined {
  const word = parseIpv4Word(address);
  if (word === undefined) return undefined;
  if (word === 0) return 0;
  const first = Math.floor(word / 16_777_216);
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}
