// Junos' text forms of `show bgp summary` and `show bgp neighbor` (Juniper, CLI reference), for pasted captures. A summary's
// peer is one line, with a line per table below it when the state is `Establ`; old releases print the counts of inet.0
// (active/received/accepted/damped, before Junos 9.6 without accepted) in place of the state.

import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Line } from './cli-capture.ts';
import { stateOf } from './cli-text.ts';
import { junosSeconds, plainAddress, vrfOf } from './junos-names.ts';
import {
  type JunosSession,
  lastErrorOf,
  type Peer,
  type RibCounts,
  sessionsOfPeer,
} from './junos-sessions.ts';

const summaryHead = /^\s*Peer\s+AS\s+InPkt\s+OutPkt\b/;
const totals = /^\s*(?:Threading mode.*|Groups:\s+\d+\s+Peers:\s+(\d+)\s+Down peers:\s+\d+.*)$/;

export const isSummaryText = (lines: readonly Line[]) =>
  lines.some(
    ({ text }) => summaryHead.test(text) || /^\s*Groups:\s+\d+\s+Peers:\s+\d+\s+Down peers:/.test(text),
  ) && !isGroupText(lines);
export const isPeerText = (lines: readonly Line[]) => lines.some(({ text }) => peerStart.test(text));
export const isGroupText = (lines: readonly Line[]) =>
  lines.some(({ text }) => /^\s*(?:Group Type: |Group\s+Type\s+Peers\s+Established)/.test(text));

const row =
  /^\s*(\S+)\s+([\d.]+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+((?:\d+[ywd])+(?: +\d+(?::\d\d){1,2})?|\d+(?::\d\d){0,2}|never|Never|-)\s+(\S.*)$/;
const ribRow = /^\s+(\S+):\s+(\d+)\/(\d+)\/(\d+)(?:\/(\d+))?$/;
const inline = /^(\d+)\/(\d+)\/(\d+)(?:\/(\d+))?(?:\s+\d+\/\d+\/\d+(?:\/\d+)?)?$/;

/** `active/received/accepted/damped`; without the fourth number there is no accepted count. */
function countsOf(name: string, [, , received, third, fourth]: RegExpExecArray | string[]): RibCounts {
  return { name, received: Number(received), ...(fourth !== undefined && { accepted: Number(third) }) };
}

/** Sessions of a text summary. Throws ParseError when a row cannot be read or peers are missing. */
export function textSummary(command: string, lines: readonly Line[]): Parsed {
  const peers: { peer: Peer; ribs: RibCounts[] }[] = [];
  let said: number | undefined;
  let unconfigured = 0;
  let inRows = false;
  for (const { text, number } of lines) {
    const total = totals.exec(text);
    if (total?.[1] !== undefined) said = Number(total[1]);
    unconfigured = Number(/^\s*Unconfigured peers:\s+(\d+)/.exec(text)?.[1] ?? unconfigured);
    if (summaryHead.test(text)) inRows = true;
    if (!inRows || summaryHead.test(text) || text.trim() === '') continue;
    const rib = ribRow.exec(text);
    if (rib) {
      const last = peers.at(-1);
      if (!last) throw new ParseError(command, `counts without a peer: ${snippet(text)}`, number);
      const [whole, name = '', ...counts] = rib;
      last.ribs.push(countsOf(name, [whole, ...counts]));
      continue;
    }
    peers.push(summaryPeer(command, text, number));
  }
  const whole = !/\b(?:instance|group|match|except)\b/.test(command);
  const missing = (said ?? 0) - unconfigured > peers.length;
  const sessions = peers.flatMap(({ peer, ribs }) => sessionsOfPeer({ ...peer, ribs }, command));
  const notes = said === undefined ? ['no count of peers above the table: the capture may be cut'] : [];
  const parsed: Parsed = { sessions, routes: [], notes };
  if (!missing || !whole) return parsed;
  const message = `${peers.length} peers were read of ${said}: rows are missing`;
  throw new ParseError(command, message, lines.at(-1)?.number, parsed);
}

function summaryPeer(command: string, text: string, number: number): { peer: Peer; ribs: RibCounts[] } {
  const match = row.exec(text);
  const peerAddress = plainAddress(match?.[1]);
  if (!match || peerAddress === undefined) {
    throw new ParseError(command, `not a peer's row: ${snippet(text.trim())}`, number);
  }
  const [, , asn = '', , , , , uptime = '', shown = ''] = match;
  const counts = inline.exec(shown.trim());
  const { state, adminDown } = /^openc/i.test(shown)
    ? { state: 'openconfirm' as const, adminDown: false }
    : stateOf(shown);
  if (!counts && state === null) {
    throw new ParseError(command, `not a session's state: ${snippet(shown)}`, number);
  }
  const established = counts !== null || state === 'established';
  const seconds = junosSeconds(uptime.replace(/ +/, ' '));
  const base: Peer['base'] = {
    peerAddress,
    peerAsn: parseAsn(asn) || null,
    localAsn: null,
    state: established ? 'established' : state,
    ...(adminDown && { adminDown: true }),
    ...(established && seconds !== undefined && { establishedSeconds: seconds }),
  };
  const name = peerAddress.includes(':') ? 'inet6.0' : 'inet.0';
  return { peer: { base, ribs: [] }, ribs: counts ? [countsOf(name, counts)] : [] };
}

const peerStart = /^\s*Peer: (\S+)\s+AS (\S+)(?:\s+Local: (\S+)(?:\s+AS (\S+))?)?/;

interface Block {
  readonly start: RegExpExecArray;
  readonly number: number;
  readonly text: string;
}

/** Counts below each `Table NAME Bit: …` line. */
function tablesOf(text: string): RibCounts[] {
  return text
    .split(/^\s*(?=Table \S+)/m)
    .slice(1)
    .map((part) => {
      const of = (label: string) => {
        const digits = new RegExp(`^\\s*${label} prefixes:\\s+(\\d+)`, 'm').exec(part)?.[1];
        return digits === undefined ? undefined : Number(digits);
      };
      const name = /^Table (\S+)/.exec(part)?.[1] ?? '';
      return { name, received: of('Received'), accepted: of('Accepted'), advertised: of('Advertised') };
    });
}

function peerOfBlock(command: string, { start, number, text }: Block): Peer {
  const peerAddress = plainAddress(start[1]);
  if (peerAddress === undefined)
    throw new ParseError(command, `not an address: ${snippet(start[1] ?? '')}`, number);
  const shown = /\bState: (\S+(?: \([^)]*\))?)/.exec(text)?.[1];
  if (shown === undefined) {
    throw new ParseError(command, `peer ${peerAddress} has no state: the capture ends inside it`, number);
  }
  const { state, adminDown } = stateOf(shown.replace(/\(route reflector.*/, ''));
  const value = (pattern: RegExp) => pattern.exec(text)?.[1]?.trim();
  const description = value(/^\s*Description: (.+)$/m);
  const lastError = lastErrorOf(value(/^\s*Last Error: (.+)$/m));
  const instance = value(/Routing-Instance: (\S+)/);
  const localAddress = plainAddress(start[3]);
  return {
    base: {
      peerAddress,
      peerAsn: parseAsn(start[2] ?? '') || null,
      localAsn: parseAsn(start[4] ?? '') || null,
      state,
      ...(localAddress !== undefined && { localAddress }),
      ...(description !== undefined && { description }),
      ...(adminDown && { adminDown: true }),
      ...(lastError !== undefined && { lastError }),
    },
    instance: instance === undefined ? undefined : vrfOf(instance),
    families: value(/NLRI for this session: (.+)$/m) ?? value(/Address families configured: (.+)$/m),
    ribs: tablesOf(text),
  };
}

/** Sessions of the neighbours' long form. Throws ParseError when one has no state. */
export function textPeers(command: string, lines: readonly Line[]): Parsed {
  const blocks: { start: RegExpExecArray; number: number; text: string }[] = [];
  for (const { text, number } of lines) {
    const start = peerStart.exec(text);
    if (start) blocks.push({ start, number, text });
    else {
      const last = blocks.at(-1);
      if (last) last.text += `\n${text}`;
    }
  }
  const sessions: JunosSession[] = blocks.flatMap((block) =>
    sessionsOfPeer(peerOfBlock(command, block), command),
  );
  const last = blocks.at(-1)?.text ?? '';
  const cut = /State: Established/.test(last) && !/^\s*(?:Input|Output) messages:/m.test(last);
  return {
    sessions,
    routes: [],
    notes: cut ? ['the last peer has no message counts: the capture may be cut'] : [],
  };
}
