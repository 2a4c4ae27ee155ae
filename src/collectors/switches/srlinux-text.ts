// SR Linux' text (Nokia, "SR Linux CLI show commands", bgp and route-table): neighbours as a table and in detail, BGP
// routes, received and advertised routes, routing tables. Every table's own count must fit what was read.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import { boxTables, cell, type TableRecord } from './srlinux-table.ts';

export type SrlSession = Parsed['sessions'][number];

const joined = (lines: readonly Line[]) => lines.map(({ text }) => text).join('\n');

/** Network instance of a command; undefined when it names none or all. */
export function instanceInCommand(command: string): string | undefined {
  const name = /\bnetwork-instance "?([^"\s*]+)"?/.exec(command)?.[1];
  return name === undefined || name === '[name=*]' ? undefined : name;
}

export const isNeighbourTable = (lines: readonly Line[]) =>
  /BGP neighbor summary for network-instance/.test(joined(lines));
export const isNeighbourDetail = (lines: readonly Line[]) => /\bsession-state is \w+/.test(joined(lines));
export const isBgpSummary = (lines: readonly Line[]) =>
  /^\s*BGP is \w+ and \w+ in network-instance/m.test(joined(lines));

interface Counts {
  readonly family: string;
  readonly received: number | undefined;
  readonly sent: number | undefined;
}

/** One session for each unicast family; the address's own where there is none. */
function perFamily(base: Omit<SrlSession, 'afi'>, counts: readonly Counts[]): SrlSession[] {
  const own = counts.filter(({ family }) => /^ipv[46]-unicast$/i.test(family));
  if (own.length === 0) return [{ ...base, afi: afiOf(base.peerAddress) }];
  return own.map(({ family, received, sent }) => ({
    ...base,
    afi: family.slice(0, 4).toLowerCase() as Afi,
    ...(received !== undefined && { prefixesReceived: received }),
    ...(sent !== undefined && { prefixesAdvertised: sent }),
  }));
}

const families = /l3vpn-ipv[46]-unicast|ipv[46]-unicast|evpn|route-target|ipv[46]-labeled-unicast|bgp-?ls/gi;

/** Counts of each family. Throws ParseError where a line of the cell is missing: then they cannot be told apart. */
function countsOf(command: string, record: TableRecord): Counts[] {
  const names = [...cell(record, 'afi/safi').matchAll(families)].map((match) => match[0]);
  const shown = [...cell(record, '[rx/active/tx]').matchAll(/\[(\d+)\/(?:\d+)\/(\d+)\]/g)];
  const paired = names.length === shown.length;
  const rest = cell(record, 'afi/safi')
    .replace(families, '')
    .replace(/[\s,]+/g, '');
  if (rest !== '' || (shown.length > 0 && !paired)) {
    const message = `families and counts of ${cell(record, 'peer')} do not fit: a line is missing`;
    throw new ParseError(command, message);
  }
  return names.map((family, i) => ({
    family,
    received: paired ? Number(shown[i]?.[1]) : undefined,
    sent: paired ? Number(shown[i]?.[2]) : undefined,
  }));
}

/** `show network-instance X protocols bgp neighbor`. Throws ParseError. */
export function textNeighbours(command: string, lines: readonly Line[]): Parsed {
  // An AS number of more digits than its column goes on in the next line; a state never does.
  const tables = boxTables(command, lines, ['peer-as', 'state']).filter(({ titles }) =>
    titles.includes('peer-as'),
  );
  const records = tables.flatMap((table) => table.records);
  const sessions = records.flatMap((record) => {
    const shown = cell(record, 'peer');
    const peerAddress = canonicalAddress(shown.split('%', 1)[0] ?? '');
    const asn = parseAsn(cell(record, 'peer-as'));
    const { state, adminDown } = stateOf(cell(record, 'state'));
    if (peerAddress === undefined || asn === undefined || state === null) {
      throw new ParseError(
        command,
        `not a neighbour's row: ${snippet([...record.values()].flat().join(' '))}`,
      );
    }
    const disabled = adminDown || cell(record, 'flags').includes('-');
    const seconds = uptimeSeconds(cell(record, 'uptime'));
    const base = {
      peerAddress,
      peerAsn: asn || null,
      localAsn: null,
      state,
      vrf: cell(record, 'net-inst') || instanceInCommand(command) || 'default',
      ...(disabled && { adminDown: true }),
      ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
    };
    return perFamily(base, countsOf(command, record));
  });
  return { sessions, routes: [], notes: countNotes(command, joined(lines), records.length) };
}

/** Compares with the counts below each network instance's table. Throws ParseError when rows are missing. */
function countNotes(command: string, text: string, read: number): string[] {
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
  const configured = /^\s*(\d+) configured neighbors/gm;
  const dynamic = /^\s*(\d+) dynamic peers/gm;
  const times = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  const tables = times(/BGP neighbor summary for network-instance/g);
  if (times(configured) < tables || times(dynamic) < tables) {
    return ['no count of neighbours at the end: the capture may be cut'];
  }
  const said = sum(configured) + sum(dynamic);
  const one = /\bneighbor [\da-f"]/i.test(command);
  if (!one && read < said) throw new ParseError(command, `${read} neighbours were read of ${said}`);
  return [];
}

const peerHead = /^\s*Peer\s*: ([^\s,]+), remote AS: ([\d.]+), local AS: ([\d.]+)/;

/** `show … neighbor A detail`. Throws ParseError when a block has no state. */
export function textNeighbourDetail(command: string, lines: readonly Line[]): Parsed {
  const blocks: { head: RegExpExecArray; number: number; text: string }[] = [];
  for (const { text, number } of lines) {
    const head = peerHead.exec(text);
    const last = blocks.at(-1);
    if (head) blocks.push({ head, number, text });
    else if (last) last.text += `\n${text}`;
  }
  if (blocks.length === 0) throw new ParseError(command, 'no neighbour above the state');
  const sessions = blocks.flatMap(({ head, number, text }) => {
    const peerAddress = canonicalAddress((head[1] ?? '').split('%', 1)[0] ?? '');
    const status = /Admin-state is (\w+), session-state is (\w+)(?:, up for (\S+))?/.exec(text);
    const { state } = stateOf(status?.[2] ?? '');
    if (peerAddress === undefined || state === null) {
      throw new ParseError(
        command,
        'a neighbour without address or state: the capture ends inside it',
        number,
      );
    }
    const seconds = uptimeSeconds(status?.[3] ?? '');
    const description = /^\s*Description\s*: (.+)$/m.exec(text)?.[1]?.trim();
    const local = canonicalAddress(/TCP connection is (\S+) \[/.exec(text)?.[1] ?? '');
    const error = /Last (?:received|sent) Notification was Error: (.+?) SubError: (.+)$/m.exec(text);
    const base = {
      peerAddress,
      peerAsn: parseAsn(head[2] ?? '') || null,
      localAsn: parseAsn(head[3] ?? '') || null,
      state,
      vrf: instanceInCommand(command) ?? 'default',
      ...(local !== undefined && { localAddress: local }),
      ...(description !== undefined && description !== 'None' && { description }),
      ...(/^disable/.test(status?.[1] ?? '') && { adminDown: true }),
      ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
      ...(error && error[1] !== 'None' && { lastError: `${error[1]}: ${error[2]}` }),
    };
    const counts = text.split(/^\s*(?=\S+ AFI\/SAFI)/m).slice(1);
    return perFamily(
      base,
      counts.map((part) => ({
        family: /^\S+/.exec(part)?.[0] ?? '',
        received: countOf(part, 'Received routes'),
        sent: countOf(part, 'Advertised routes'),
      })),
    );
  });
  return { sessions, routes: [], notes: [] };
}

function countOf(text: string, label: string): number | undefined {
  const digits = new RegExp(`^\\s*${label}\\s*: (\\d+)`, 'm').exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Routes grouped for the contract. */
export function asRoutes(routes: Omit<ParsedRoutes, 'allNextHops'>, allNextHops = true): ParsedRoutes {
  return { ...routes, allNextHops };
}
