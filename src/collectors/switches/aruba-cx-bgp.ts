// BGP routes of Aruba AOS-CX: the table of `show bgp ipv4 unicast` and `show bgp ipv6 unicast`, also of what one neighbour
// sent or was sent, and one prefix with its paths as pairs in two columns. `Total number of entries` ends each table.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { addTables, asPathOf, type CxContext, type CxFound, some } from './aruba-cx-text.ts';
import type { Line } from './cli-capture.ts';
import { networkOf, pairsOf } from './vrp-like-context.ts';

const header = /^\s*Network\s+Next ?hop\s+Metric\b/i;
const detail = /^\s*Network\s*:\s*(\S+\/\d+)/i;

/** True for lines that hold a BGP table, even an empty one. */
export function hasCxBgp(lines: readonly Line[]): boolean {
  return some(lines, header) || some(lines, /^\s*Total number of entries\s*:?\s*\d+/i);
}

/** True for lines that hold single prefixes with their paths. */
export function hasCxBgpPaths(lines: readonly Line[]): boolean {
  return some(lines, detail);
}

const prefixText = String.raw`\d+\.\d+\.\d+\.\d+(?:\/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:.]*\/\d+`;
const row = new RegExp(`^\\s*([*>=sdhiSRaeV ]*?)\\s*(${prefixText})(?:\\s+(\\S+)(.*))?$`);
const further = /^\s*([*>=sdhiSRaeV ]*?)\s*([0-9a-fA-F:.]+)((?:\s.*)?)$/;

interface Columns {
  readonly nextHop: number;
  readonly localPref: number;
  readonly weight: number;
  readonly path: number;
}

function columnsOf(text: string): Columns {
  const at = (pattern: RegExp) => text.search(pattern);
  return { nextHop: at(/Next ?hop/i), localPref: at(/LocPrf/i), weight: at(/Weight/i), path: at(/Path/i) };
}

interface Cells {
  readonly localPref?: string;
  readonly path: string;
}

/** What stands behind the next hop: numbers by the column they start nearest to, then the path with its origin. */
function cellsOf(text: string, from: number, shift: number, columns: Columns): Cells | undefined {
  let localPref: string | undefined;
  const starts = [columns.localPref, columns.weight, columns.path];
  for (const match of text.slice(from).matchAll(/\S+/g)) {
    const at = from + match.index - shift;
    const nearest = starts.toSorted((x, y) => Math.abs(x - at) - Math.abs(y - at))[0];
    if (nearest === columns.path || !/^\d+$/.test(match[0])) {
      const path = text.slice(from + match.index).trim();
      if (!/[ie?]$/.test(path)) return undefined;
      return { ...(localPref !== undefined && { localPref }), path };
    }
    if (nearest === columns.localPref && at > columns.localPref - 4) localPref = match[0];
  }
  return undefined;
}

interface Table {
  readonly context: CxContext;
  columns: Columns | undefined;
  vrf: string;
  prefix: Prefix | undefined;
  /** Marks of a row whose next hop comes with the next line. */
  open: string | undefined;
  readonly rows: RouteRow[];
  /** Where the rows start that the next total counts. */
  first: number;
  counted: boolean;
}

function readRow(table: Table, columns: Columns, line: Line): void {
  const { context, vrf } = table;
  const refuse = () =>
    new ParseError(context.command, `not a row of a BGP table: ${snippet(line.text)}`, line.number);
  const named = table.open === undefined ? row.exec(line.text) : null;
  // An address and no second one behind it is the next hop of a further path.
  const own =
    named && (named[2]?.includes('/') || canonicalAddress(named[3] ?? '') !== undefined) ? named : null;
  const more = own ? null : further.exec(line.text);
  const status = table.open ?? own?.[1] ?? more?.[1] ?? '';
  const shown = own ? (own[3] ?? '') : (more?.[2] ?? '');
  if (own) {
    table.prefix = networkOf(own[2] ?? '');
    if (own[3] === undefined && table.prefix) {
      table.open = status;
      return;
    }
  }
  const address = canonicalAddress(shown.split('%')[0] ?? '');
  const start = line.text.indexOf(shown, own ? line.text.indexOf(own[2] ?? '') + (own[2]?.length ?? 0) : 0);
  const cells = cellsOf(line.text, start + shown.length, start - columns.nextHop, columns);
  if (!table.prefix || address === undefined || !cells) throw refuse();
  table.open = undefined;
  table.rows.push({
    prefix: table.prefix,
    nextHops: [{ address }],
    protocol: 'bgp',
    best: status.includes('>'),
    vrf,
    ...(status.includes('S') && { stale: true }),
    ...(!/[*S]/.test(status) && { unusable: true }),
    asPath: asPathOf(cells.path),
    ...(cells.localPref !== undefined && { localPref: Number(cells.localPref) }),
    ...(context.layer === 'received' && context.peer !== undefined && { from: context.peer }),
  });
}

/** Takes in what a line outside the rows says; false when it says nothing of the kind. */
function readHeading(table: Table, { text, number }: Line, found: CxFound): boolean {
  const vrf = /^\s*VRF\s*:\s*(\S+)/i.exec(text)?.[1];
  const total = /^\s*Total number of entries\s*:?\s*(\d+)/i.exec(text)?.[1];
  if (vrf === undefined && total === undefined && !header.test(text)) return false;
  const read = table.rows.length - table.first;
  if (total !== undefined && read < Number(total)) {
    found.missing.push({ message: `${read} routes were read of ${total}: rows are missing`, line: number });
  }
  table.vrf = vrf ?? table.vrf;
  table.columns = header.test(text) ? columnsOf(text) : undefined;
  table.prefix = undefined;
  table.counted = table.columns ? false : table.counted || total !== undefined;
  if (total !== undefined || vrf !== undefined) table.first = table.rows.length;
  return true;
}

/** Adds the routes of the BGP tables in these lines. Throws ParseError when a row cannot be read. */
export function readCxBgp(lines: readonly Line[], context: CxContext, found: CxFound): void {
  const table: Table = {
    context,
    columns: undefined,
    vrf: context.vrf,
    prefix: undefined,
    open: undefined,
    rows: [],
    first: 0,
    counted: true,
  };
  for (const line of lines) {
    if (line.text.trim() === '' || /^\s*[-=]+\s*$/.test(line.text) || readHeading(table, line, found))
      continue;
    if (table.columns) readRow(table, table.columns, line);
  }
  if (table.open !== undefined)
    throw new ParseError(context.command, 'the capture ends in the middle of a row');
  if (!table.counted) found.notes.push('no total below the routes: the capture may be cut');
  addTables(found, context.layer === 'installed' ? 'bgp' : context.layer, table.rows, context);
}

/** Adds the paths of single prefixes in these lines. Throws ParseError when a path lacks what each has. */
export function readCxBgpPaths(lines: readonly Line[], context: CxContext, found: CxFound): void {
  const rows: RouteRow[] = [];
  let vrf = context.vrf;
  let pairs: Map<string, string> | undefined;
  let start = 0;
  const end = () => {
    if (!pairs) return;
    const prefix = tryParsePrefix(pairs.get('network') ?? '');
    const address = canonicalAddress(pairs.get('nexthop') ?? '');
    const best = pairs.get('best');
    const path = pairs.get('as-path');
    if (!prefix || address === undefined || best === undefined || path === undefined) {
      throw new ParseError(context.command, 'a path without next hop, best or AS path: it may be cut', start);
    }
    const from = canonicalAddress(pairs.get('peer') ?? '');
    const localPref = pairs.get('localpref') ?? '';
    rows.push({
      prefix,
      nextHops: [{ address }],
      protocol: 'bgp',
      best: /^yes/i.test(best),
      vrf,
      ...(/^yes/i.test(pairs.get('stale') ?? '') && { stale: true }),
      ...(/^no/i.test(pairs.get('valid') ?? '') && { unusable: true }),
      asPath: asPathOf(path),
      ...(from !== undefined && { from }),
      ...(/^\d+$/.test(localPref) && { localPref: Number(localPref) }),
    });
    pairs = undefined;
  };
  for (const { text, number } of lines) {
    const heading = /^\s*VRF\s*:\s*(\S+)/i.exec(text)?.[1];
    if (heading !== undefined || detail.test(text)) end();
    vrf = heading ?? vrf;
    if (detail.test(text)) {
      pairs = new Map();
      start = number;
    }
    if (pairs) for (const [key, value] of pairsOf(text)) pairs.set(key, value);
  }
  end();
  addTables(found, 'bgp', rows, context);
}
