// FRR's text form of a BGP table, `show [ip] bgp [vrf all]` (bgpd/bgp_route.c, route_vty_out), for pasted captures. Columns
// stand where the header's words stand; a long prefix or next hop pushes the rest of its row to the next line. The count
// in the last line tells whether the capture is whole.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { formatPrefix, type Prefix, parsePrefixOrHost, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { plainAsPath } from './frr-routes.ts';

interface Columns {
  readonly network: number;
  readonly nextHop: number;
  readonly metricEnd: number;
  readonly localPrefEnd: number;
  readonly weightEnd: number;
}

function columnsOf(header: string): Columns {
  const end = (word: string) => header.indexOf(word) + word.length;
  return {
    network: header.indexOf('Network'),
    nextHop: header.indexOf('Next Hop'),
    metricEnd: end('Metric'),
    localPrefEnd: end('LocPrf'),
    weightEnd: end('Weight'),
  };
}

/** A prefix as the table prints it: old releases leave out the length of a classful network (RFC 791). */
export function networkOf(text: string): Prefix | undefined {
  const prefix = tryParsePrefix(text);
  if (prefix) return prefix;
  const address = canonicalAddress(text);
  if (address === undefined || address.includes(':')) return undefined;
  if (address === '0.0.0.0') return tryParsePrefix('0.0.0.0/0');
  const first = Number.parseInt(address, 10);
  if (first >= 224) return parsePrefixOrHost(address);
  return tryParsePrefix(`${address}/${first < 128 ? 8 : first < 192 ? 16 : 24}`);
}

/**
 * Preference and path of a row: the path is what stands behind the weight. A preference of more than seven digits touches the
 * metric and pushes what follows to the right. Undefined where the cells do not stand so: in a text whose columns were
 * shifted, a digit of one cell would be read as one of the next.
 */
function tailOf(line: string, columns: Columns) {
  const cells = [...line.matchAll(/\S+/g)].map(({ 0: text, index }) => ({
    at: index,
    end: index + text.length,
  }));
  const weight = cells.find(({ end }) => end >= columns.weightEnd);
  const before = cells.find(({ end }) => end > columns.metricEnd);
  if (!weight || !before) return undefined;
  const localPref =
    before === weight ? undefined : line.slice(Math.max(before.at, columns.metricEnd), before.end);
  const pushed = Math.max(0, (localPref?.length ?? 0) - 7);
  const digits = [line.slice(weight.at, weight.end), localPref ?? '0'];
  const placed =
    weight.end === columns.weightEnd + pushed &&
    (before === weight || before.end === columns.localPrefEnd + pushed);
  if (!placed || !digits.every((text) => /^\d+$/.test(text))) return undefined;
  return { localPref, path: line.slice(weight.end).trim() };
}

interface Table {
  readonly source: string;
  readonly rows: RouteRow[];
  columns: Columns | undefined;
  vrf: string;
  prefix: Prefix | undefined;
  /** Status, and so far next hop, of a row that goes on in the next line. */
  open: { status: string; nextHop?: string } | undefined;
  firstRow: number;
  /** A next hop was a name. */
  named: boolean;
  missing: BgpTable['missing'];
}

function addRow(
  table: Table,
  status: string,
  nextHop: string,
  line: string,
  columns: Columns,
  number: number,
): void {
  if (!table.prefix) throw new ParseError(table.source, `a path without a network: ${snippet(line)}`, number);
  // `@2<` after a next hop: its VRF and "announce self" marks; a name in brackets: the neighbour's.
  const address = canonicalAddress(nextHop.replace(/[@<(].*$/, ''));
  // A peer on an interface and, by `bgp default show-nexthop-hostname`, any peer shows its name alone.
  if (address === undefined) table.named = true;
  const tail = tailOf(line, columns);
  if (!tail) {
    const message = `cells do not stand under their headings: ${snippet(line)}`;
    throw new ParseError(table.source, message, number);
  }
  const { localPref, path } = tail;
  table.rows.push({
    prefix: table.prefix,
    nextHops: address === undefined ? [] : [{ address }],
    protocol: 'bgp',
    best: status.includes('>'),
    vrf: table.vrf,
    ...(status.includes('S') && { stale: true }),
    // A stale path shows S in place of the asterisk, a suppressed one s.
    ...(!/[*Ss]/.test(status) && { unusable: true }),
    asPath: plainAsPath(path.replace(/\s*[ie?]$/, '')),
    ...(localPref !== undefined && { localPref: Number(localPref) }),
  });
}

function readLine(table: Table, line: string, columns: Columns, number: number): void {
  if (table.open) {
    const { status } = table.open;
    const nextHop = table.open.nextHop ?? line.trim().split(/\s+/, 1)[0] ?? '';
    const rest = line.slice(columns.nextHop + (table.open.nextHop ? 0 : nextHop.length)).trim();
    if (rest === '') table.open = { status, nextHop };
    else {
      table.open = undefined;
      addRow(table, status, nextHop, line, columns, number);
    }
    return;
  }
  const status = line.slice(0, columns.network);
  if (!/^[ *>=sdhirSRuVIN]*$/.test(status)) {
    throw new ParseError(table.source, `not a row of a BGP table: ${snippet(line)}`, number);
  }
  const words = line.slice(columns.network).trim().split(/\s+/);
  if (line[columns.network] !== ' ') {
    table.prefix = networkOf(words.shift() ?? '');
    if (!table.prefix) throw new ParseError(table.source, `not a network: ${snippet(line)}`, number);
  }
  const nextHop = words.shift();
  if (nextHop === undefined) table.open = { status };
  else if (words.length === 0) table.open = { status, nextHop };
  else addRow(table, status, nextHop, line, columns, number);
}

/** A part of the table (`longer-prefixes`, what one neighbour sent) shows its own prefixes, but all paths of the table. */
const part =
  /\b(?:longer-prefixes|neighbors?|route-map|prefix-list|filter-list|regexp|community\S*|as-path\S*|cidr-only|rpki|version)\b/;

/**
 * The last line of a table. FRR counts its prefixes, then its paths; Quagga prefixes alone, on Cumulus "out of" the paths. Of
 * what a neighbour sent or was sent FRR counts paths, in Quagga's words.
 */
const closing =
  /^(?:Displayed\s+(\d+) +(?:out of \d+ +)?routes and +(\d+)|(?:Total number of prefixes|Displayed(?= +\d+ out of \d+ total prefixes$)) +(\d+))/;

function endTable(table: Table, [, prefixes, paths, either]: RegExpExecArray, number: number): void {
  const own = table.rows.slice(table.firstRow);
  const partial = prefixes !== undefined && part.test(table.source);
  const distinct =
    partial || either !== undefined ? new Set(own.map(({ prefix }) => formatPrefix(prefix))).size : undefined;
  const byPrefix = partial || (either !== undefined && Number(either) === distinct);
  const read = byPrefix ? (distinct ?? 0) : own.length;
  const total = partial ? prefixes : (paths ?? either);
  const message = `${read} ${byPrefix ? 'prefixes' : 'paths'} were read of ${total}: rows are missing`;
  if (table.open) throw new ParseError(table.source, message, number);
  if (read !== Number(total)) table.missing ??= { message, line: number };
  table.columns = undefined;
}

export interface BgpTable {
  readonly rows: readonly RouteRow[];
  readonly notes: readonly string[];
  /** Where fewer or more paths were read than the device counts. */
  readonly missing: { readonly message: string; readonly line: number } | undefined;
}

/** Rows of a text BGP table. Throws ParseError when a line cannot be read. */
export function textBgpTable(source: string, output: string, vrf: string): BgpTable {
  const table: Table = {
    source,
    rows: [],
    columns: undefined,
    vrf,
    prefix: undefined,
    open: undefined,
    firstRow: 0,
    named: false,
    missing: undefined,
  };
  for (const [i, raw] of output.split('\n').entries()) {
    const line = raw.trimEnd();
    const instance = /^Instance (\S+):$/.exec(line);
    if (instance) table.vrf = instance[1] ?? vrf;
    if (/^\s*Network\s+Next Hop\s+Metric LocPrf Weight Path$/.test(line)) {
      table.columns = columnsOf(line);
      table.firstRow = table.rows.length;
      continue;
    }
    if (!table.columns || line === '') continue;
    const total = closing.exec(line);
    if (total) endTable(table, total, i + 1);
    else readLine(table, line, table.columns, i + 1);
  }
  if (table.open) throw new ParseError(source, 'the capture ends in the middle of a row');
  const notes = [
    ...(table.named ? ['next hops shown as names have no address'] : []),
    ...(table.columns ? ['no count of paths at the end: the capture may be cut'] : []),
  ];
  return { rows: table.rows, notes, missing: table.missing };
}

/** True for a text that holds a BGP table. */
export function isTextBgpTable(output: string): boolean {
  return /^\s*Network\s+Next Hop\s+Metric LocPrf Weight Path\s*$/m.test(output);
}
