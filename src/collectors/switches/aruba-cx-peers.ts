// Sessions of Aruba AOS-CX: `show bgp … summary` (per VRF a `Peers :` count, per family a table, no prefix counts) and `show
// bgp … neighbors` (a block a peer, pairs in two columns); and the summary of Mellanox Onyx (`ESTABLISHED/14`).
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Afi } from '../../model/session.ts';
import { type CxContext, type CxFound, familyNamed, sessionAfi, some } from './aruba-cx-text.ts';
import type { Line } from './cli-capture.ts';
import { stateOf, uptimeSeconds } from './cli-text.ts';
import { pairsOf } from './vrp-like-context.ts';

const cxHeader = /^\s*Neighbor\s+Remote-AS\s+MsgRcvd/i;
const onyxHeader = /^\s*Neighbor\s+V\s+AS\s+MsgRcvd/i;
const vrfLine = /^\s*VRF(?: name)?\s*:\s*(\S+)/i;

/** True for lines that hold a summary, even an empty one. */
export function hasCxSummary(lines: readonly Line[]): boolean {
  return some(lines, cxHeader) || some(lines, onyxHeader) || some(lines, /^\s*BGP Summary\s*$/i);
}

interface Summary {
  readonly context: CxContext;
  readonly found: CxFound;
  vrf: string;
  family: Afi | 'other' | undefined;
  localAsn: number | null;
  layout: 'cx' | 'onyx' | undefined;
  total: { readonly peers: number; readonly line: number; rows: number } | undefined;
  pending: string;
}

function endVrf(summary: Summary): void {
  const { total, found, context } = summary;
  summary.total = undefined;
  summary.layout = undefined;
  if (!total || total.rows >= total.peers) return;
  const message = `${total.rows} neighbours were read of ${total.peers}`;
  // Of one family the device may count more than it shows: the count is the VRF's.
  if (context.allFamilies || context.family === undefined)
    found.missing.push({ message: `${message}: rows are missing`, line: total.line });
  else found.notes.push(`line ${total.line}: ${message} of all families`);
}

function readHeading(summary: Summary, text: string, line: number): boolean {
  const vrf = vrfLine.exec(text)?.[1];
  if (vrf !== undefined) {
    endVrf(summary);
    summary.vrf = vrf;
    summary.family = summary.context.family;
    summary.localAsn = null;
    return true;
  }
  const family = /^\s*Address-family\s*:?\s*(\S.*)$/i.exec(text)?.[1];
  if (family !== undefined) {
    summary.family = familyNamed(family.trim());
    summary.layout = undefined;
    return true;
  }
  const localAsn = /^\s*Local AS(?: number)?\s*:\s*([\d.]+)/i.exec(text)?.[1];
  if (localAsn !== undefined) summary.localAsn = parseAsn(localAsn) ?? null;
  const peers = /^\s*Peers\s*:\s*(\d+)/i.exec(text)?.[1];
  if (peers !== undefined) summary.total = { peers: Number(peers), line, rows: 0 };
  if (cxHeader.test(text)) summary.layout = 'cx';
  if (onyxHeader.test(text)) summary.layout = 'onyx';
  return localAsn !== undefined || peers !== undefined || cxHeader.test(text) || onyxHeader.test(text);
}

/** `13:20:11:58` of Onyx starts with days. */
function onyxUptime(text: string): number | undefined {
  const parts = /^(\d+):(\d+):(\d+):(\d+)$/.exec(text);
  if (!parts) return uptimeSeconds(text);
  const [, days, hours, minutes, seconds] = parts.map(Number);
  return ((days ?? 0) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** The cells of a row; undefined for a long address whose columns come with the next line. */
function cellsOf(summary: Summary, text: string, line: number) {
  const joined = `${summary.pending} ${text.trim()}`.trim();
  const cells = joined.replace(/\s+\((\w+)\)/g, '($1)').split(/\s+/);
  const peerAddress = canonicalAddress((cells[0] ?? '').split('%')[0] ?? '');
  summary.pending = peerAddress !== undefined && cells.length === 1 ? joined : '';
  if (summary.pending !== '') return undefined;
  const onyx = summary.layout === 'onyx';
  const at = (cx: number, other: number) => cells[onyx ? other : cx] ?? '';
  const asn = parseAsn(at(1, 2));
  const [word = '', received] = at(5, 9).split('/');
  const { state, adminDown } = stateOf(word);
  const admin = onyx ? (adminDown ? 'down' : 'up') : at(6, 6).toLowerCase();
  const counted = !onyx || state !== 'established' || /^\d+$/.test(received ?? '');
  const fits = cells.length === (onyx ? 10 : 7) && /^(?:up|down)$/.test(admin) && counted;
  if (!fits || peerAddress === undefined || asn === undefined || state === null) {
    throw new ParseError(summary.context.command, `not a neighbour's row: ${snippet(joined)}`, line);
  }
  const seconds = onyx ? onyxUptime(at(8, 8)) : uptimeSeconds(at(4, 4));
  return { peerAddress, asn, state, seconds, received, adminDown: adminDown || admin === 'down' };
}

function readRow(summary: Summary, text: string, line: number): void {
  const cells = cellsOf(summary, text, line);
  if (!cells) return;
  const { found, family, vrf } = summary;
  const { peerAddress, state, seconds, received } = cells;
  if (summary.total) summary.total.rows++;
  const afi = sessionAfi(family, peerAddress);
  const known = found.sessions.some(
    (other) => other.peerAddress === peerAddress && other.vrf === vrf && other.afi === afi,
  );
  // A session that carries a further family besides IPv4 or IPv6 is one session.
  if (family === 'other' && known) return;
  found.sessions.push({
    peerAddress,
    peerAsn: cells.asn,
    localAsn: summary.localAsn,
    state,
    afi,
    vrf,
    ...(cells.adminDown && { adminDown: true }),
    ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
    ...(received !== undefined && family !== 'other' && { prefixesReceived: Number(received) }),
  });
}

/** Adds the sessions of the summaries in these lines. Throws ParseError when a row cannot be read. */
export function readCxSummary(lines: readonly Line[], context: CxContext, found: CxFound): void {
  const summary: Summary = {
    context,
    found,
    vrf: context.vrf,
    family: context.family,
    localAsn: null,
    layout: undefined,
    total: undefined,
    pending: '',
  };
  for (const { text, number } of lines) {
    if (text.trim() === '' || /^\s*[-=]+\s*$/.test(text) || readHeading(summary, text, number)) continue;
    if (summary.layout) readRow(summary, text, number);
  }
  if (summary.pending !== '')
    throw new ParseError(context.command, `the capture ends after the neighbour ${snippet(summary.pending)}`);
  const counted = some(lines, /^\s*Peers\s*:\s*\d/i);
  endVrf(summary);
  if (!counted) found.notes.push('no count of neighbours in the answer: a cut capture cannot be told');
}

const blockStart = /^\s*BGP Neighbor\s*:?\s+([0-9a-fA-F.:]+)/i;

/** True for lines that hold blocks of `show bgp … neighbors`. */
export function hasCxNeighbors(lines: readonly Line[]): boolean {
  return some(lines, blockStart);
}

function addNeighbor(block: readonly Line[], vrf: string, context: CxContext, found: CxFound): void {
  const [first] = block;
  const peerAddress = canonicalAddress(blockStart.exec(first?.text ?? '')?.[1] ?? '');
  const pairs = new Map(block.flatMap(({ text }) => [...pairsOf(text)]));
  const { state } = stateOf(pairs.get('state') ?? '');
  if (peerAddress === undefined || state === null) {
    const message = 'a neighbour without address or state: the capture may be cut';
    throw new ParseError(context.command, message, first?.number);
  }
  const number = (key: string) => {
    const text = pairs.get(key) ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const seconds = uptimeSeconds(pairs.get('up/downtime') ?? '');
  const description = pairs.get('description') ?? '';
  const error = pairs.get('lasterrrcvd') ?? '';
  const ups = number('conn.established');
  found.sessions.push({
    peerAddress,
    peerAsn: parseAsn(pairs.get('remoteas') ?? '') ?? null,
    localAsn: parseAsn(pairs.get('localas') ?? '') ?? null,
    state,
    afi: sessionAfi(context.family, peerAddress),
    vrf,
    ...(description !== '' && { description }),
    ...(/^down$/i.test(pairs.get('adminstatus') ?? '') && { adminDown: true }),
    ...(/^yes$/i.test(pairs.get('passive') ?? '') && { passive: true }),
    ...(state === 'established' && seconds !== undefined && { establishedSeconds: seconds }),
    ...(ups !== undefined && { transitions: ups }),
    ...(error !== '' && !/^no error$/i.test(error) && { lastError: error }),
  });
}

/** Adds the sessions of the blocks in these lines. Throws ParseError for a block without a state. */
export function readCxNeighbors(lines: readonly Line[], context: CxContext, found: CxFound): void {
  let vrf = context.vrf;
  let block: Line[] = [];
  let blockVrf = vrf;
  const end = () => {
    if (block.length > 0) addNeighbor(block, blockVrf, context, found);
    block = [];
  };
  for (const line of lines) {
    const heading = vrfLine.exec(line.text)?.[1];
    if (heading !== undefined) {
      end();
      vrf = heading;
    } else if (blockStart.test(line.text)) {
      end();
      block = [line];
      blockVrf = vrf;
    } else if (block.length > 0) block.push(line);
  }
  end();
}
