// Routing tables of Aruba AOS-CX in both forms: before release 10.07 a prefix with its next hops below it (`via  10.0.0.1,
// [20/0],  bgp`), later a table with the columns Prefix, Nexthop, Interface, VRF(egress), Origin; and the table of Mellanox
// Onyx (Destination, Mask, Flag, Gateway, Interface, Source).
import { canonicalAddress, parseIpv4Word } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, samePrefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { addTables, type CxContext, type CxFound, protocolOf, some } from './aruba-cx-text.ts';
import type { Line } from './cli-capture.ts';

const listStart = /^\s*(\S+\/\d+),\s+vrf\s+(\S+?)(?:,.*)?$/i;
const tableHeader = /^\s*Prefix\s+Next ?hop\s+Interface\b/i;
const onyxHeader = /^\s*Destination\s+Mask\s+Flag\s+Gateway\b/i;
const none = /^\s*No ipv?[46]? ?routes? (?:configured|found|present)/i;
const discards = /^(?:blackhole|reject|null\d*|nullroute|unreachable)$/i;

/** True for lines that hold a routing table, or say that it is empty. */
export function hasCxRib(lines: readonly Line[]): boolean {
  return [listStart, tableHeader, onyxHeader, none].some((pattern) => some(lines, pattern));
}

interface Route {
  readonly prefix: Prefix;
  readonly protocol: RouteProtocol;
  readonly vrf: string;
  readonly hops: NextHop[];
  readonly discard: boolean;
}

interface Rib {
  readonly context: CxContext;
  readonly routes: Route[];
  layout: 'list' | 'table' | 'onyx' | undefined;
  vrf: string;
  prefix: Prefix | undefined;
  /** The rows of the prefix may be joined: nothing but next hops stood between. */
  fresh: boolean;
  hops: number;
}

/** A next hop: an address, an interface, or an address behind an interface. */
function hopOf(address: string, name: string | undefined): NextHop {
  const canonical = canonicalAddress(address.split('%')[0] ?? '');
  const own = canonical === undefined && address !== '-' && address !== '' ? address : undefined;
  const device = name !== undefined && name !== '-' ? name : own;
  return {
    ...(canonical !== undefined && { address: canonical }),
    ...(device !== undefined && { interface: device }),
  };
}

function addHop(rib: Rib, hop: NextHop, protocol: RouteProtocol, line: Line): void {
  const { prefix, vrf, routes } = rib;
  if (!prefix)
    throw new ParseError(
      rib.context.command,
      `a next hop without a prefix: ${snippet(line.text)}`,
      line.number,
    );
  const discard = discards.test(hop.interface ?? '');
  const last = routes.at(-1);
  rib.hops++;
  if (!rib.fresh && last && last.protocol === protocol) last.hops.push(hop);
  else routes.push({ prefix, protocol, vrf, hops: discard ? [] : [hop], discard });
  rib.fresh = false;
}

function start(rib: Rib, text: string, line: Line): void {
  const prefix = tryParsePrefix(text);
  if (!prefix) throw new ParseError(rib.context.command, `not a prefix: ${snippet(text)}`, line.number);
  // The next hops of one prefix may each repeat it.
  const same = rib.prefix && rib.routes.at(-1)?.vrf === rib.vrf && samePrefix(rib.prefix, prefix);
  rib.prefix = prefix;
  rib.fresh = !same;
}

function readList(rib: Rib, line: Line): void {
  const first = listStart.exec(line.text);
  if (first) {
    rib.vrf = first[2] ?? rib.context.vrf;
    start(rib, first[1] ?? '', line);
    return;
  }
  const via = /^\s+via\s+([^,\s]+)(?:,\s+([^,[\s]+))?,\s+\[\d+\/\d+\],\s+(\S+)/i.exec(line.text);
  if (!via)
    throw new ParseError(
      rib.context.command,
      `not a line of a routing table: ${snippet(line.text)}`,
      line.number,
    );
  addHop(rib, hopOf(via[1] ?? '', via[2]), protocolOf(via[3] ?? ''), line);
}

function readTable(rib: Rib, line: Line): void {
  const words = line.text.trim().split(/\s+/);
  const named = words[0]?.includes('/') && tryParsePrefix(words[0]) !== undefined;
  const at = words.findIndex((word) => /^\[\d+\/\d+\]$/.test(word));
  const [address = '', name, , ...origin] = words.slice(named ? 1 : 0, at);
  if (at < 0 || origin.length < 1)
    throw new ParseError(
      rib.context.command,
      `not a line of a routing table: ${snippet(line.text)}`,
      line.number,
    );
  const protocol = protocolOf(origin.join(''));
  // One protocol is selected for a prefix: the next hop of another belongs to a row that is not there.
  if (!named && !rib.fresh && rib.routes.at(-1)?.protocol !== protocol)
    throw new ParseError(
      rib.context.command,
      'a further next hop of another protocol: a row is missing',
      line.number,
    );
  if (named) start(rib, words[0] ?? '', line);
  addHop(rib, hopOf(address, name), protocol, line);
}

/** Length of `255.255.255.192`; undefined when the mask has holes. */
function maskLength(mask: string): number | undefined {
  const bits = parseIpv4Word(mask)?.toString(2).padStart(32, '0');
  return bits !== undefined && /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

function readOnyx(rib: Rib, line: Line): void {
  const words = line.text.trim().split(/\s+/);
  const length = maskLength(words[1] ?? '');
  const named = canonicalAddress(words[0] ?? '') !== undefined && length !== undefined;
  // The flag may be blank: the source and the distance are counted from the end.
  const [address = '', name, source, distance] = words.slice(-4);
  if (words.length < 4 || !/^\d+\/\d+$/.test(distance ?? ''))
    throw new ParseError(
      rib.context.command,
      `not a line of a routing table: ${snippet(line.text)}`,
      line.number,
    );
  if (named) start(rib, `${words[0]}/${length}`, line);
  addHop(rib, hopOf(address === '0.0.0.0' ? '' : address, name), protocolOf(source ?? ''), line);
}

const readers = { list: readList, table: readTable, onyx: readOnyx } as const;

const vrfHeading = /^\s*VRF(?: name)?\s*:?\s+([^\s:]+):?\s*$/i;

/** Takes in what a line outside the rows says; false when it says nothing of the kind. */
function readHeading(rib: Rib, text: string): boolean {
  const vrf = vrfHeading.exec(text)?.[1];
  if (vrf !== undefined) {
    rib.vrf = vrf;
    rib.layout = undefined;
  }
  if (tableHeader.test(text)) rib.layout = 'table';
  if (onyxHeader.test(text)) rib.layout = 'onyx';
  const heading = vrf !== undefined || tableHeader.test(text) || onyxHeader.test(text);
  if (heading) rib.prefix = undefined;
  // The second line of the table's header, and rules.
  return heading || /^\s*(?:Type\s+Metric|Metric)\b/i.test(text) || /^\s*[-=]+\s*$/.test(text);
}

/** Adds the routes of the tables in these lines. Throws ParseError when a line cannot be read. */
export function readCxRib(lines: readonly Line[], context: CxContext, found: CxFound): void {
  const rib: Rib = {
    context,
    routes: [],
    layout: undefined,
    vrf: context.vrf,
    prefix: undefined,
    fresh: true,
    hops: 0,
  };
  let counts = 0;
  const times = (pattern: RegExp) => lines.filter(({ text }) => pattern.test(text)).length;
  const tables = Math.max(1, times(tableHeader), times(vrfHeading));
  for (const line of lines) {
    const total = /^\s*Total Route Count\s*:\s*(\d+)/i.exec(line.text)?.[1];
    if (total !== undefined) {
      counts++;
      if (rib.hops < Number(total)) {
        const message = `${rib.hops} routes were read of ${total}: rows are missing`;
        found.missing.push({ message, line: line.number });
      }
      rib.layout = undefined;
      rib.hops = 0;
      continue;
    }
    if (line.text.trim() === '' || readHeading(rib, line.text)) continue;
    if (listStart.test(line.text)) rib.layout = 'list';
    if (rib.layout) readers[rib.layout](rib, line);
  }
  if (counts < tables) found.notes.push('no count of routes at the end: the capture may be cut');
  const dangling = rib.prefix && rib.fresh;
  if (dangling) throw new ParseError(context.command, 'the capture ends before the next hops of a prefix');
  const rows = rib.routes.map(
    ({ prefix, protocol, vrf, hops, discard }): RouteRow => ({
      prefix,
      nextHops: hops,
      protocol,
      best: true,
      vrf,
      ...(discard && { discard: true }),
    }),
  );
  addTables(found, 'installed', rows, context);
}
