// BGP in Dell OS10's text, and OS9's where it differs: `show ip bgp summary`, `show ip bgp neighbors` (Dell, "SmartFabric OS10
// User Guide", BGP commands). OS10 prints `1w:6d:18:55:29` and has no comma before "local AS".
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';

type Os10Session = Parsed['sessions'][number];

const head = /^\s*Neighbor\s+AS\s+MsgRcvd\s+MsgSent\b/;
const uptime = /(?:\d+[ywdhms]:?)*(?:\d+:\d+:\d+|\d+[ywdhms])|never|-/i;
const row = new RegExp(
  `^\\s*\\*?(\\S+)\\s+([\\d.]+)\\s+(\\d+)\\s+(\\d+)(?:\\s+\\d+){0,3}\\s+(${uptime.source})\\s+(\\S.*)$`,
  'i',
);
const neighbour = /^\s*BGP neighbor is ([^\s,]+), +remote AS ([\d.]+),?(?: +local AS ([\d.]+))?/;

export const isSummary = (lines: readonly Line[]) =>
  lines.some(({ text }) => head.test(text) || /^\s*BGP router identifier .*local AS number/.test(text));
export const isNeighbours = (lines: readonly Line[]) => lines.some(({ text }) => neighbour.test(text));

/** VRF named in a command. */
export const vrfInCommand = (command: string) => /\bvrf (\S+)/.exec(command)?.[1] ?? 'default';
const afiInCommand = (command: string): Afi | undefined => (/\bipv6\b/.test(command) ? 'ipv6' : undefined);

function summaryRow(command: string, text: string, number: number, localAsn: number | null): Os10Session {
  const match = row.exec(text);
  const peerAddress = canonicalAddress((match?.[1] ?? '').split('%', 1)[0] ?? '');
  const shown = match?.[6]?.trim() ?? '';
  const received = /^\d+$/.test(shown) ? Number(shown) : undefined;
  const { state, adminDown } = stateOf(shown);
  if (!match || peerAddress === undefined || (received === undefined && state === null)) {
    throw new ParseError(command, `not a neighbour's row: ${snippet(text.trim())}`, number);
  }
  const up = received !== undefined || state === 'established';
  const seconds = uptimeSeconds(match[5] ?? '');
  return {
    peerAddress,
    peerAsn: parseAsn(match[2] ?? '') || null,
    localAsn,
    state: up ? 'established' : state,
    afi: afiInCommand(command) ?? afiOf(peerAddress),
    vrf: vrfInCommand(command),
    ...(adminDown && { adminDown: true }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(received !== undefined && { prefixesReceived: received }),
  };
}

/** Sessions of a summary. Throws ParseError when a row cannot be read. */
export function textSummary(command: string, lines: readonly Line[]): Parsed {
  const sessions: Os10Session[] = [];
  let localAsn: number | null = null;
  let inRows = false;
  let pending = '';
  for (const { text, number } of lines) {
    const local = /\blocal AS number ([\d.]+)/.exec(text)?.[1];
    if (local !== undefined) localAsn = parseAsn(local) ?? null;
    if (head.test(text)) inRows = true;
    else if (/^\s*(?:BGP |Total |For address family|Legend)/.test(text)) inRows = false;
    if (!inRows || head.test(text) || text.trim() === '' || /^[\s-]+$/.test(text)) continue;
    // A long address stands on a line of its own.
    if (pending === '' && canonicalAddress(text.trim()) !== undefined) {
      pending = text.trim();
      continue;
    }
    sessions.push(summaryRow(command, `${pending} ${text}`, number, localAsn));
    pending = '';
  }
  if (pending !== '')
    throw new ParseError(command, `the capture ends behind ${pending}`, lines.at(-1)?.number);
  return { sessions, routes: [], notes: [] };
}

/** Seconds of `1 weeks 6 days 19:04:49` and of the forms that tables use. */
function wordySeconds(text: string): number | undefined {
  const short = text.replace(
    /(\d+) (year|week|day|hour|minute|second)s?,?/g,
    (_, digits, unit: string) => `${digits}${unit[0]}`,
  );
  return uptimeSeconds(short);
}

const families: Readonly<Record<string, Afi>> = { 'IPv4 Unicast': 'ipv4', 'IPv6 Unicast': 'ipv6' };

/** Sessions of the long form. Throws ParseError when one has no state. */
export function textNeighbours(command: string, lines: readonly Line[]): Parsed {
  const blocks: { head: RegExpExecArray; number: number; text: string }[] = [];
  for (const { text, number } of lines) {
    const start = neighbour.exec(text);
    const last = blocks.at(-1);
    if (start) blocks.push({ head: start, number, text });
    else if (last) last.text += `\n${text}`;
  }
  return { sessions: blocks.flatMap((block) => sessionsOf(command, block)), routes: [], notes: [] };
}

function sessionsOf(
  command: string,
  { head: start, number, text }: { head: RegExpExecArray; number: number; text: string },
): Os10Session[] {
  const peerAddress = canonicalAddress((start[1] ?? '').split('%', 1)[0] ?? '');
  const status = /^\s*BGP state ([A-Za-z]+)(?:, in this state for (.+))?$/m.exec(text);
  const { state } = stateOf(status?.[1] ?? '');
  if (peerAddress === undefined || state === null) {
    throw new ParseError(command, 'a neighbour without address or state: the capture ends inside it', number);
  }
  const value = (pattern: RegExp) => pattern.exec(text)?.[1]?.trim();
  const seconds = wordySeconds(status?.[2] ?? '');
  const localAddress = canonicalAddress(value(/^\s*Local host: ([^\s,]+)/m) ?? '');
  const description = value(/^\s*Description: (.+)$/m);
  const reset = value(/^\s*Last reset (.+)$/m);
  const down = /administratively shut ?down|shutdown state|Admin(?:istrative)? shut/i.test(text);
  const counts = [...text.matchAll(/Prefixes accepted (\d+)(?:[^,\n]*), *(?:Prefixes )?advertised (\d+)/gi)];
  const shown = [...text.matchAll(/^\s*For address family: (\S+ \S+)/gm)].map(
    (match) => families[match[1] ?? ''],
  );
  const own = [...new Set(shown.filter((afi) => afi !== undefined))];
  const base = {
    peerAddress,
    peerAsn: parseAsn(start[2] ?? '') || null,
    localAsn: parseAsn(start[3] ?? '') ?? null,
    state,
    vrf: vrfInCommand(command),
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && { description }),
    ...(down && { adminDown: true }),
    ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
    ...(reset !== undefined && !/^never\b/i.test(reset) && { lastError: reset }),
  };
  const rows = own.length > 0 ? own : [afiOf(peerAddress)];
  // One pair of counts for several families is nobody's.
  const paired = counts.length === rows.length && state === 'established';
  return rows.map((afi, i) => ({
    ...base,
    afi,
    ...(paired && { prefixesAccepted: Number(counts[i]?.[1]), prefixesAdvertised: Number(counts[i]?.[2]) }),
  }));
}
