// FRR's text about single prefixes, `show bgp ipv4 unicast PREFIX` and `… detail` (bgpd/bgp_route.c, route_vty_out_detail): for
// each prefix a heading and the number of its paths; for each path its AS path, a line `NEXTHOP from PEER (ROUTER-ID)`, an
// IPv6 path's link-local next hop, and its attributes. IOS prints the like, but marks the best path otherwise.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { plainAsPath } from './frr-routes.ts';
import { networkOf } from './frr-text-bgp.ts';

const heading = /^\s*BGP routing table entry for (\S+?)(?:,.*)?$/;
const asPathLine =
  /^ {2}(Local|(?:[\d({][\d.(){}, ]*)?[\d)}])((?:, \((?:removed|stale|aggregated|Received|history|suppressed)[^)]*\))*)\s*$/;
const pathLine = /^ {4}(\S+?)(?:\([^)\s]*\))?(?: \([^)]*\))*(?:,? [^(]*?)? from (\S+?)(?:\(([^)\s]*)\))? \(/;

interface Path {
  readonly prefix: Prefix;
  readonly line: number;
  readonly vrf: string;
  readonly asPath: string;
  readonly remarks: string;
  readonly hop: string;
  readonly from: string | undefined;
  origin: string;
  more: string;
}

interface Entry {
  readonly prefix: Prefix;
  readonly line: number;
  said: number | undefined;
  found: number;
  vrf: string;
}

/** True for a text that holds such entries. */
export const isTextPaths = (output: string): boolean => /^\s*BGP routing table entry for /m.test(output);

function rowOf(source: string, path: Path): RouteRow {
  const { origin, more, remarks, from } = path;
  if (origin === '')
    throw new ParseError(source, 'a path without its origin: the capture ends inside it', path.line);
  const localPref = /\blocalpref (\d+)/.exec(origin)?.[1];
  const communities = /^\s*Community: (.+)$/m.exec(more)?.[1]?.trim();
  const address = canonicalAddress(path.hop.split('%', 1)[0] ?? '');
  const peer = canonicalAddress(from ?? '');
  const own = peer === undefined || peer === '0.0.0.0' || peer === '::';
  return {
    prefix: path.prefix,
    nextHops: address === undefined ? [] : [{ address }],
    protocol: /, aggregated\b/.test(origin) ? 'aggregate' : 'bgp',
    best: /, best\b/.test(origin),
    vrf: path.vrf,
    ...(/\(stale\)/.test(remarks) && { stale: true }),
    ...((!/, valid\b/.test(origin) || /\((?:removed|history|suppressed)/.test(remarks)) && {
      unusable: true,
    }),
    asPath: path.asPath,
    ...(!own && { from: peer }),
    ...(communities !== undefined && { communities }),
    ...(localPref !== undefined && { localPref: Number(localPref) }),
  };
}

export interface TextPaths {
  readonly rows: readonly RouteRow[];
  /** An entry with fewer paths than it says. */
  readonly missing: { readonly message: string; readonly line: number } | undefined;
}

interface Reader {
  readonly source: string;
  readonly vrf: string;
  readonly rows: RouteRow[];
  missing: TextPaths['missing'];
  entry: Entry | undefined;
  path: Path | undefined;
  /** What stood above the next path. */
  asPath: RegExpExecArray | undefined;
}

function endPath(reader: Reader): void {
  if (reader.path) reader.rows.push(rowOf(reader.source, reader.path));
  reader.path = undefined;
}

function startEntry(reader: Reader, name: string, line: number): void {
  endEntry(reader);
  const prefix = tryParsePrefix(name) ?? networkOf(name);
  if (!prefix) throw new ParseError(reader.source, `not a prefix: ${snippet(name)}`, line);
  reader.entry = { prefix, line, said: undefined, found: 0, vrf: reader.vrf };
  reader.asPath = undefined;
}

function endEntry(reader: Reader): void {
  endPath(reader);
  const { entry } = reader;
  if (!entry || entry.found === entry.said) return;
  const message = `${entry.found} paths were read of ${entry.said ?? 'an unknown number'}: paths are missing`;
  reader.missing ??= { message, line: entry.line };
}

function startPath(reader: Reader, entry: Entry, start: RegExpExecArray, line: number): void {
  const [, hop = '', peer, behindName] = start;
  const [, asPath = '', remarks = ''] = reader.asPath ?? [];
  endPath(reader);
  entry.found++;
  reader.asPath = undefined;
  reader.path = {
    prefix: entry.prefix,
    line,
    vrf: entry.vrf,
    asPath: plainAsPath(asPath),
    remarks,
    hop,
    from: behindName ?? peer,
    origin: '',
    more: '',
  };
}

function readLine(reader: Reader, text: string, line: number): void {
  const name = heading.exec(text)?.[1];
  if (name !== undefined) {
    startEntry(reader, name, line);
    return;
  }
  const { entry } = reader;
  if (!entry) return;
  const paths = /^\s*Paths: \((\d+) available(?:.*\btable ([^),\s]+))?/.exec(text);
  const table = paths?.[2];
  if (paths) entry.said = Number(paths[1]);
  if (table !== undefined && !/^(?:default|Default-IP-Routing-Table)$/i.test(table)) entry.vrf = table;
  const asPath = asPathLine.exec(text);
  const start = pathLine.exec(text);
  // `Advertised to` lists addresses where an AS path may stand.
  if (asPath && canonicalAddress(asPath[1] ?? '') === undefined) {
    endPath(reader);
    reader.asPath = asPath;
  } else if (start && reader.asPath) startPath(reader, entry, start, line);
  else if (reader.path && /^\s+Origin \w+/.test(text)) reader.path.origin = text;
  else if (reader.path) reader.path.more += `\n${text}`;
}

/** Rows of the entries in a text. Throws ParseError when a prefix or a path cannot be read. */
export function textPaths(source: string, output: string, vrf: string): TextPaths {
  const reader: Reader = {
    source,
    vrf,
    rows: [],
    missing: undefined,
    entry: undefined,
    path: undefined,
    asPath: undefined,
  };
  for (const [i, raw] of output.split('\n').entries()) readLine(reader, raw.trimEnd(), i + 1);
  endEntry(reader);
  return { rows: reader.rows, missing: reader.missing };
}
