// The IPv4 table of `display bgp routing-table` of H3C Comware and Huawei VRP, also of what one peer sent or was sent.
// Columns may be empty and stand a little beside their headings, on other builds by more: cells are told apart by where
// they start, counted from where the row's next hop starts. The total above the rows tells whether all are there.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asPathOf, type Context, type Found, networkOf, vrfName } from './vrp-like-context.ts';

interface Column {
  readonly name: 'med' | 'locprf' | 'prefval' | 'path';
  /** Counted from the start of the next hop's column. */
  readonly start: number;
}

interface Open {
  readonly prefix: Prefix;
  readonly nextHop: string;
  readonly status: string;
  readonly localPref: string | undefined;
  path: string;
  /** How long the last line of the row is: a full one may end inside a number. */
  width: number;
  readonly line: number;
}

interface Table {
  readonly context: Context;
  readonly found: Found;
  vrf: string;
  columns: readonly Column[] | undefined;
  prefix: Prefix | undefined;
  open: Open | undefined;
  total: { readonly routes: number; readonly line: number; rows: number } | undefined;
  uncounted: number;
  /** Inside routes of a route distinguisher: VPN paths of no VRF's table. */
  skipped: boolean;
}

const header = /^\s*Network\s+Next\s?Hop\s+MED\b/i;

/** Heads VPN routes, `Route Distinguisher: 100:1`, which are in no VRF's table and are left out. */
export const distinguished = /^\s*Route Distinguisher/i;

/** What is noted of them. */
export const leftOut = (line: number) => `line ${line}: routes below a route distinguisher are left out`;

/** True for lines that hold such a table, even an empty one. */
export function hasBgpTable(lines: readonly Line[]): boolean {
  return lines.some(
    ({ text }) => header.test(text) || /^\s*Total number of routes(?: from all PE)?\s*:/i.test(text),
  );
}

/** Status marks as the row of any BGP table here shows them. */
export function flagsOf(status: string): Pick<RouteRow, 'best' | 'stale' | 'unusable'> {
  return {
    best: status.includes('>'),
    ...(status.includes('S') && { stale: true }),
    // A stale route shows S in place of the asterisk on some builds.
    ...(!/[*S]/.test(status) && { unusable: true }),
  };
}

function columnsOf(text: string): Column[] {
  const first = text.search(/Next\s?Hop/i);
  const named = [
    ['med', /\bMED\b/i],
    ['locprf', /\bLoc\s?Prf\b/i],
    ['prefval', /\bPref\s?Val\b/i],
    ['path', /\bPath\b/i],
  ] as const;
  return named.flatMap(([name, pattern]) => {
    const start = text.search(pattern);
    return start < 0 ? [] : [{ name, start: start - first }];
  });
}

function endRow(table: Table): void {
  const { open, found, context, vrf } = table;
  if (!open) return;
  if (!/[ie?]$/.test(open.path)) {
    throw new ParseError(context.command, `a route without an origin: ${snippet(open.path)}`, open.line);
  }
  table.open = undefined;
  const localPref = open.localPref === undefined ? {} : { localPref: Number(open.localPref) };
  const from = context.adjacent?.layer === 'received' ? context.adjacent.peer : undefined;
  found.routes.push({
    layer: context.adjacent?.layer ?? 'bgp',
    ...(context.adjacent?.peer !== undefined && { peer: context.adjacent.peer }),
    row: {
      prefix: open.prefix,
      nextHops: [{ address: open.nextHop }],
      protocol: 'bgp',
      ...flagsOf(open.status),
      vrf,
      asPath: asPathOf(open.path),
      ...(from !== undefined && { from }),
      ...localPref,
    },
  });
  if (table.total) table.total.rows++;
  else table.uncounted++;
}

function endTotal(table: Table): void {
  endRow(table);
  const { total, found, skipped } = table;
  table.total = undefined;
  if (!total || skipped || total.rows === total.routes) return;
  const message = `${total.rows} routes were read of ${total.routes}`;
  if (total.rows < total.routes)
    found.missing.push({ message: `${message}: rows are missing`, line: total.line });
  else found.notes.push(`line ${total.line}: ${message}`);
}

/** Takes in what a line outside the rows says; false when it says nothing of the kind. */
function readHeading(table: Table, text: string, line: number): boolean {
  const total = /^\s*Total number of routes(?: from all PE)?\s*:\s*(\d+)/i.exec(text)?.[1];
  if (total !== undefined) {
    endTotal(table);
    table.total = { routes: Number(total), line, rows: 0 };
    table.columns = undefined;
    return true;
  }
  const instance = /^\s*VPN[- ]?instance\s*:?\s*([^,]+?)\s*(?:,.*)?$/i.exec(text)?.[1];
  if (instance !== undefined) {
    endTotal(table);
    table.vrf = vrfName(instance);
    table.skipped = false;
    table.columns = undefined;
    return true;
  }
  if (distinguished.test(text)) {
    endRow(table);
    if (!table.skipped) table.found.notes.push(leftOut(line));
    table.skipped = true;
    return true;
  }
  if (!header.test(text))
    return /^\s*(?:BGP local router ID|Status codes|Origin\s*:|RPKI|Local AS)/i.test(text);
  endRow(table);
  table.columns = columnsOf(text);
  table.prefix = undefined;
  return true;
}

/** Tells the cells behind the next hop apart by where they start. */
function cellsOf(tail: string, columns: readonly Column[]) {
  const cells: Partial<Record<Column['name'], string>> = {};
  const path = columns.find(({ name }) => name === 'path')?.start ?? 0;
  for (const match of tail.matchAll(/\S+/g)) {
    // One blank stands inside a path, more of them behind a number of a row that was pushed to the right.
    const isPath = match.index >= path - 3 && !/^\d+\s{2,}\S/.test(tail.slice(match.index));
    if (isPath || !/^\d+$/.test(match[0])) {
      return { ...cells, path: tail.slice(match.index).trim() };
    }
    const nearest = columns.toSorted(
      (x, y) => Math.abs(x.start - match.index) - Math.abs(y.start - match.index),
    )[0];
    if (nearest) cells[nearest.name] = match[0];
  }
  return cells;
}

function readRow(table: Table, columns: readonly Column[], line: Line): void {
  const { command } = table.context;
  const [, status = '', body = ''] = /^([^\d]*)(.*)$/.exec(line.text) ?? [];
  const words = body.split(/\s+/);
  const isAddress = (word: string | undefined) => canonicalAddress(word ?? '') !== undefined;
  const named = words[0]?.includes('/') || (isAddress(words[0]) && isAddress(words[1]));
  const nextHop = canonicalAddress((named ? words[1] : words[0]) ?? '');
  if (nextHop === undefined) {
    // The rest of a long path.
    if (table.open && !/[ie?]$/.test(table.open.path) && /^[\s\d.{}(),]*[ie?]?$/.test(line.text)) {
      const glue = table.open.width === 80 && !line.text.startsWith(' ') ? '' : ' ';
      table.open.path = `${table.open.path}${glue}${line.text.trim()}`.trim();
      table.open.width = line.text.length;
      return;
    }
    throw new ParseError(command, `not a row of a BGP table: ${snippet(line.text)}`, line.number);
  }
  endRow(table);
  if (named) table.prefix = networkOf(words[0] ?? '');
  if (!table.prefix || !/^[ *>^a-zA-Z]*$/.test(status)) {
    throw new ParseError(command, `not a row of a BGP table: ${snippet(line.text)}`, line.number);
  }
  const skip = named ? (words[0]?.length ?? 0) : 0;
  const start = body.indexOf(named ? (words[1] ?? '') : (words[0] ?? ''), skip);
  const cells = cellsOf(body.slice(start + nextHop.length).padStart(body.length - start), columns);
  table.open = {
    prefix: table.prefix,
    nextHop,
    status,
    localPref: cells.locprf,
    path: cells.path ?? '',
    width: line.text.length,
    line: line.number,
  };
}

/** Adds the routes of the BGP tables in these lines. Throws ParseError when a row cannot be read. */
export function readBgpTable(lines: readonly Line[], context: Context, found: Found): void {
  const table: Table = {
    context,
    found,
    vrf: context.vrf,
    columns: undefined,
    prefix: undefined,
    open: undefined,
    total: undefined,
    uncounted: 0,
    skipped: false,
  };
  for (const line of lines) {
    if (line.text.trim() === '' || readHeading(table, line.text, line.number)) continue;
    if (table.columns && !table.skipped) readRow(table, table.columns, line);
  }
  endTotal(table);
  if (table.uncounted > 0) found.notes.push('no total above the routes: the capture may be cut');
}
