// BGP paths from the long form, `show … bgp PREFIX` and `show … bgp … detail` of NX-OS, IOS, IOS-XR and EOS: for each prefix
// a heading (`BGP routing table entry for`), the number of its paths, and for each path the AS path, a line `NEXTHOP …
// from PEER (ROUTER-ID)`, and the attributes below it (NX-OS: some above it).
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { headingOf, type TableContext } from './cisco-context.ts';
import type { Missing } from './cisco-counts.ts';
import { networkOf, plainPath } from './cisco-paths.ts';
import type { Segment } from './cisco-segments.ts';
import type { Line } from './cisco-text.ts';

const address = '(?:\\d+\\.\\d+\\.\\d+\\.\\d+|[\\da-fA-F]*:[\\da-fA-F:.]*)(?:%\\S+)?';
const pathLine = new RegExp(
  `^\\s*(${address}|-)(?: \\(${address}\\))?(?:,? \\([^)]*\\))*,? from (${address}|-) \\(([^)]*)\\)`,
);
const localPath = new RegExp(`^\\s*(${address}), from (${address}) \\(`);

interface Entry {
  readonly prefix: Prefix | undefined;
  readonly name: string;
  readonly line: number;
  vrf: string;
  said: number | undefined;
  found: number;
}

interface Path {
  readonly row: RouteRow;
  text: string;
}

interface Reader {
  readonly context: TableContext;
  readonly rows: RouteRow[];
  readonly notes: string[];
  readonly missing: Missing[];
  entry: Entry | undefined;
  path: Path | undefined;
  /** What stood above the next path: its AS path, and NX-OS's `Path type:`. */
  asPath: string | undefined;
  type: string;
  vrf: string;
}

function rowOf(path: Path): RouteRow {
  const { row, text } = path;
  const localPref = /\blocalpref (\d+)/i.exec(text)?.[1];
  const communities = /^\s*Community: (.+)$/m.exec(text)?.[1]?.trim();
  const best = /(?:^|, |is )best(?: path)?\s*(?:,|$|#)/m.test(text);
  const valid =
    /\bvalid\b/.test(text) && !/\bpath is invalid\b|\binaccessible\b|\breceived-only\b/.test(text);
  return {
    ...row,
    best,
    ...(/\bstale\b/i.test(text) && { stale: true }),
    ...(!valid && { unusable: true }),
    ...(communities !== undefined && { communities }),
    ...(localPref !== undefined && { localPref: Number(localPref) }),
  };
}

function endPath(reader: Reader): void {
  if (reader.path && reader.entry?.prefix) reader.rows.push(rowOf(reader.path));
  reader.path = undefined;
}

/** Ends an entry. A last one that lacks paths is cut off; before others it is only worth a note. */
function endEntry(reader: Reader, last: boolean): void {
  endPath(reader);
  const { entry } = reader;
  if (!entry?.prefix || entry.found === entry.said) return;
  const reason = `${entry.found} paths of ${entry.name} were read of ${entry.said ?? 'an unknown number'}`;
  if (last) reader.missing.push({ message: `${reason}: cut off?`, line: entry.line });
  else reader.notes.push(reason);
}

/** The prefix of a heading, which may stand behind a route distinguisher: `65535:1:10.36.3.0/24`. */
function prefixOfHeading(name: string, distinguished: boolean): Prefix | undefined {
  if (name.startsWith('[')) return undefined;
  // `100:1:2001:db8::/64` may be both: a distinguisher and a prefix, or a prefix.
  const plain = distinguished ? undefined : tryParsePrefix(name);
  if (plain) return plain;
  const behind = /^(?:\d+(?:\.\d+){0,3}):\d+:(.+)$/.exec(name)?.[1];
  if (behind !== undefined) {
    const prefix = networkOf(behind);
    if (prefix) return prefix;
  }
  return tryParsePrefix(name) ?? networkOf(name);
}

function startEntry(reader: Reader, name: string, line: Line): void {
  endEntry(reader, false);
  const vpn = reader.context.family.kind === 'vpn' || reader.vrf !== reader.context.vrf;
  const prefix = prefixOfHeading(name, vpn);
  if (!prefix && !name.startsWith('['))
    throw new ParseError(reader.context.command, `not a prefix: ${snippet(name)}`, line.number);
  if (!prefix) reader.notes.push(`${name} was left out, only IPv4 and IPv6 unicast are read`);
  reader.entry = { prefix, name, line: line.number, vrf: reader.vrf, said: undefined, found: 0 };
  reader.asPath = undefined;
  reader.type = '';
}

function startPath(reader: Reader, match: RegExpExecArray, line: Line): void {
  const { entry } = reader;
  endPath(reader);
  if (!entry) throw new ParseError(reader.context.command, 'a path of no prefix', line.number);
  entry.found++;
  const clean = (text: string | undefined) => canonicalAddress((text ?? '').split('%', 1)[0] ?? '');
  const nextHop = clean(match[1]);
  const from = clean(match[2]);
  const own = from === undefined || from === '0.0.0.0' || from === '::';
  if (!entry.prefix) return;
  const row: RouteRow = {
    prefix: entry.prefix,
    nextHops: nextHop === undefined ? [] : [{ address: nextHop }],
    protocol: 'bgp',
    best: false,
    vrf: entry.vrf,
    asPath: reader.asPath ?? '',
    ...(!own && { from }),
  };
  // NX-OS says what a path is above it, the others below.
  reader.path = { row, text: `${reader.type}\n${line.text}` };
  reader.asPath = undefined;
  reader.type = '';
}

/** The AS path on a line of its own: `65001 65002`, `Local`, `64624, imported path from …`, `AS-Path: 1 , path sourced …`. */
function asPathOf(text: string): string | undefined {
  const labelled = /^\s*AS-Path: ([^,]*?)\s*(?:,|$)/.exec(text)?.[1];
  if (labelled !== undefined) return labelled === 'NONE' ? '' : plainPath(labelled);
  const match = /^\s*(Local|(?:[\d({][\d.(){} ,]*?)?[\d)}])(?:\s*,\s*(?:\(|imported).*|\s*)$/.exec(text);
  if (!match) return undefined;
  return match[1] === 'Local' ? '' : plainPath(match[1] ?? '');
}

function readLine(reader: Reader, line: Line): void {
  const { text } = line;
  const heading = /^\s*BGP routing table entry for ([^,\s]+)/.exec(text);
  const distinguisher = /^\s*Route Distinguisher: (\S+)(?:\s+\(default for vrf ([^)]+)\))?/.exec(text);
  const paths = /^\s*Paths: \(?(\d+) available(?:.*\btable ([^),\s]+))?/.exec(text);
  const match = pathLine.exec(text) ?? localPath.exec(text);
  if (heading) startEntry(reader, heading[1] ?? '', line);
  else if (distinguisher) reader.vrf = distinguisher[2] ?? `rd ${distinguisher[1]}`;
  else if (paths && reader.entry) {
    reader.entry.said = Number(paths[1]);
    const table = paths[2];
    if (table && !/^(?:default|Default-IP-Routing-Table|NULL)$/i.test(table)) reader.entry.vrf = table;
  } else if (match) startPath(reader, match, line);
  else if (/^\s*Path type: /.test(text)) {
    endPath(reader);
    reader.type = text;
  } else {
    // The last such line above a next hop counts: numbers of update groups, `0.2`, stand further up.
    const asPath = asPathOf(text);
    if (asPath !== undefined) {
      reader.asPath = asPath;
      if (/received-only/.test(text)) reader.type += ' received-only';
    }
    if (reader.path) reader.path.text += `\n${text}`;
  }
}

/** Rows of the entries of one table; a last entry that lacks paths is missing some. Throws ParseError. */
export function entriesOf(segment: Segment): { rows: RouteRow[]; notes: string[]; missing: Missing[] } {
  const { context, lines } = segment;
  const reader: Reader = {
    context,
    rows: [],
    notes: [],
    missing: [],
    entry: undefined,
    path: undefined,
    asPath: undefined,
    type: '',
    vrf: context.vrf,
  };
  for (const line of lines) if (!headingOf(line.text, context)) readLine(reader, line);
  endEntry(reader, true);
  const { rows, notes, missing } = reader;
  return { rows, notes, missing };
}
