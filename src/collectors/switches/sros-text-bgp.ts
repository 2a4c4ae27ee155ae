// Sessions in SR OS' text (Nokia, "Unicast Routing Protocols Guide", show router bgp summary and neighbor). In the summary a
// peer takes three lines or more: address, description, numbers with the state, packets sent; further families stack below.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import { afiOfFamily, vrfInCommand, vrfOf } from './sros-names.ts';

export type SrosSession = Parsed['sessions'][number];

export interface FamilyCounts {
  readonly name: string;
  readonly received: number;
  readonly sent: number | undefined;
}

/** One session for each unicast family; the address's own, without counts, where there is none. */
export function perFamily(base: Omit<SrosSession, 'afi'>, families: readonly FamilyCounts[]): SrosSession[] {
  const own = families.flatMap((family): { afi: Afi; family: FamilyCounts }[] => {
    const afi = afiOfFamily(family.name);
    return afi ? [{ afi, family }] : [];
  });
  if (own.length === 0) return [{ ...base, afi: afiOf(base.peerAddress) }];
  return own.map(({ afi, family }) => ({
    ...base,
    afi,
    prefixesReceived: family.received,
    ...(family.sent !== undefined && { prefixesAdvertised: family.sent }),
  }));
}

interface Open {
  readonly peerAddress: string;
  readonly number: number;
  description: string | undefined;
  row: RegExpExecArray | undefined;
  sent: boolean;
  readonly families: FamilyCounts[];
}

const head = /^\s*PktSent\s+OutQ\s*$/;
const row = /^(\S.*?)?\s*\b(\d+(?:\.\d+)?)\s+(\d+)\s+(\d+)\s+(\d+[a-z]\w*|never|-+|N\/A)\s+(\S.*)$/i;
const sentRow = /^\s+(\d+)\s+(\d+)(?:\s+(\d+\/\d+\/\d+ .*))?$/;
const counts = /^(\d+)\/(\d+)\/(\d+) \(([^)]+)\)$/;
const ruler = /^\s*(?:={5,}|-{5,})\s*$/;

export const isSummary = (lines: readonly Line[]) => lines.some(({ text }) => head.test(text));

/** A neighbour's own line: an address, perhaps with its interface and the mark of a dynamic one. */
function addressOf(text: string): string | undefined {
  const word = text.trim().replace(/^D\s+|\s*\(?D\)?$/g, '');
  return canonicalAddress(word.replace(/[-%].*$/, ''));
}

function takeCounts(command: string, open: Open, text: string, number: number): void {
  const match = counts.exec(text.trim());
  if (!match) throw new ParseError(command, `not counts of a family: ${snippet(text.trim())}`, number);
  open.families.push({ name: match[4] ?? '', received: Number(match[1]), sent: Number(match[3]) });
}

function sessionsOf(command: string, open: Open, vrf: string, localAsn: number | null): SrosSession[] {
  const { row: match, peerAddress, description, families, number } = open;
  if (!match || !open.sent) {
    throw new ParseError(command, `the capture ends inside neighbour ${peerAddress}`, number);
  }
  const [, service, asn = '', , , uptime = '', shown = ''] = match;
  const up = families.length > 0;
  const { state, adminDown } = stateOf(shown);
  if (!up && state === null)
    throw new ParseError(command, `not a session's state: ${snippet(shown)}`, number);
  const seconds = uptimeSeconds(uptime);
  const own = /^Def/.test(service ?? '') ? 'default' : /^Svc: ?(\S+)/.exec(service ?? '')?.[1];
  return perFamily(
    {
      peerAddress,
      peerAsn: parseAsn(asn) || null,
      localAsn,
      state: up ? 'established' : state,
      vrf: own ?? vrf,
      ...(description !== undefined && { description }),
      ...(adminDown && { adminDown: true }),
      ...((up || state === 'established') && seconds !== undefined && { establishedSeconds: seconds }),
    },
    families,
  );
}

/** Sessions of a text summary. Throws ParseError when a neighbour is not whole or some are missing. */
export function textSummary(command: string, lines: readonly Line[]): Parsed {
  const peers: Open[] = [];
  let localAsn: number | null = null;
  let said: number | undefined;
  let inRows = false;
  for (const { text, number } of lines) {
    const local = /\bLocal AS:\s*([\d.]+)/.exec(text)?.[1];
    if (local !== undefined) localAsn = parseAsn(local) ?? null;
    const total = /\bTotal Peers\s*:\s*(\d+)/.exec(text)?.[1];
    if (total !== undefined) said = Number(total);
    if (head.test(text)) inRows = true;
    else if (/^={5,}/.test(text.trim())) inRows = false;
    if (!inRows || head.test(text) || text.trim() === '' || ruler.test(text)) continue;
    readRow(command, peers, text, number);
  }
  const vrf = vrfInCommand(command) ?? 'default';
  const sessions = peers.flatMap((open) => sessionsOf(command, open, vrf, localAsn));
  const notes = said === undefined ? ['no count of peers above the table: the capture may be cut'] : [];
  const parsed: Parsed = { sessions, routes: [], notes };
  const part = /\b(?:neighbor|family|group)\b/.test(command);
  if (said === undefined || peers.length >= said || part) return parsed;
  const message = `${peers.length} neighbours were read of ${said}: rows are missing`;
  throw new ParseError(command, message, lines.at(-1)?.number, parsed);
}

function readRow(command: string, peers: Open[], text: string, number: number): void {
  const last = peers.at(-1);
  if (last && !last.row) {
    const match = row.exec(text);
    if (!match) {
      last.description = [last.description, text.trim()].filter(Boolean).join(' ');
      return;
    }
    last.row = match;
    const shown = (match[6] ?? '').trim();
    if (/^\d/.test(shown)) takeCounts(command, last, shown, number);
    return;
  }
  const sent = sentRow.exec(text);
  if (last && sent && !last.sent) {
    last.sent = true;
    if (sent[3] !== undefined) takeCounts(command, last, sent[3], number);
    return;
  }
  if (last?.sent && /^\s+\d+\/\d+\/\d+ \(/.test(text)) {
    takeCounts(command, last, text, number);
    return;
  }
  const peerAddress = addressOf(text);
  if (peerAddress === undefined || (last && !last.sent)) {
    throw new ParseError(command, `not a neighbour's row: ${snippet(text.trim())}`, number);
  }
  peers.push({ peerAddress, number, description: undefined, row: undefined, sent: false, families: [] });
}

/** `Name : value` pairs of one or two columns. The first of a name counts. */
export function pairsOf(lines: readonly Line[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const { text } of lines) {
    for (const [, name = '', value = ''] of text
      .slice(0, 400)
      .matchAll(/(\S[^:]*?)\s*: (.*?)(?=\s{2,}\S[^:]{0,40}: |\s*$)/g)) {
      if (!pairs.has(name)) pairs.set(name, value.trim());
    }
  }
  return pairs;
}

const neighbourStart = /^\s*Peer\s+: (\S+)/;

export const isNeighbours = (lines: readonly Line[]) =>
  lines.some(({ text }) => neighbourStart.test(text)) &&
  lines.some(({ text }) => /^\s*Peer AS\s+:/.test(text));

/** Sessions of the long form. Throws ParseError when one has no state. */
export function textNeighbours(command: string, lines: readonly Line[]): Parsed {
  const blocks: Line[][] = [];
  for (const line of lines) {
    if (neighbourStart.test(line.text)) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  const router = /\(Router: ([^)]+)\)/.exec(lines.map(({ text }) => text).join('\n'))?.[1];
  const vrf = vrfInCommand(command) ?? (router === undefined ? 'default' : vrfOf(router));
  const said = lines.map(({ text }) => /^\s*Neighbors(?: shown)?\s*:\s*(\d+)/.exec(text)?.[1]).find(Boolean);
  const notes = said === undefined ? ['no count of neighbours at the end: the capture may be cut'] : [];
  const sessions = blocks.flatMap((block) => neighbour(command, block, vrf));
  const parsed: Parsed = { sessions, routes: [], notes };
  if (said === undefined || Number(said) <= blocks.length) return parsed;
  const message = `${blocks.length} neighbours were read of ${said}: some are missing`;
  throw new ParseError(command, message, lines.at(-1)?.number, parsed);
}

function neighbour(command: string, block: readonly Line[], vrf: string): SrosSession[] {
  const pairs = pairsOf(block);
  const peerAddress = addressOf(pairs.get('Peer Address') ?? pairs.get('Peer') ?? '');
  const shown = pairs.get('State');
  if (peerAddress === undefined || shown === undefined) {
    throw new ParseError(
      command,
      'a neighbour without address or state: the capture ends inside it',
      block[0]?.number,
    );
  }
  const { state, adminDown } = stateOf(shown);
  const description = pairs.get('Description');
  const lastError = pairs.get('Last Error');
  const localAddress = canonicalAddress(pairs.get('Local Address') ?? '');
  const negotiated = (pairs.get('Remote Family') || pairs.get('Local Family') || '').split(/\s+/);
  const families = negotiated.flatMap((name): FamilyCounts[] => {
    const received = pairs.get(`${name} Recd. Prefixes`) ?? pairs.get('Recd. Prefixes');
    const sent = pairs.get(`${name} Sent Prefixes`) ?? pairs.get('Sent Prefixes');
    if (received === undefined || !/^\d+$/.test(received)) return [];
    return [{ name, received: Number(received), sent: sent === undefined ? undefined : Number(sent) }];
  });
  const base = {
    peerAddress,
    peerAsn: parseAsn(pairs.get('Peer AS') ?? '') || null,
    localAsn: parseAsn(pairs.get('Local AS') ?? '') || null,
    state,
    vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && !/^\(?Not Specified\)?$/i.test(description) && { description }),
    ...(adminDown && { adminDown: true }),
    ...(lastError !== undefined && !/^(?:None|Unrecognized Error|)$/i.test(lastError) && { lastError }),
  };
  if (families.length > 0) return perFamily(base, families);
  const own = negotiated.map(afiOfFamily).filter((afi) => afi !== undefined);
  return (own.length > 0 ? own : [afiOf(peerAddress)]).map((afi) => ({ ...base, afi }));
}
