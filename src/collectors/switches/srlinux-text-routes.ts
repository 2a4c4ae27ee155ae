// Route tables in SR Linux' text: the routing table, the BGP table, routes received from and advertised to a neighbour
// (Nokia, "SR Linux CLI show commands"). A next hop that is shown only as the prefix that resolves it has no address here.
import { canonicalAddress } from '../../model/address.ts';
import type { ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { type BoxTable, boxTables, cell, type TableRecord } from './srlinux-table.ts';
import { asRoutes, instanceInCommand } from './srlinux-text.ts';

export interface SrlRoutes {
  readonly routes: ParsedRoutes[];
  readonly notes: string[];
}

const joined = (lines: readonly Line[]) => lines.map(({ text }) => text).join('\n');
const headings =
  /(?:unicast route table of network[- ]instance|for the BGP route table of network-instance) "?([^"\s]+)"?/i;
const counted =
  /^\s*(?:(\d+) (?:IPv[46] routes total|(?:received|advertised) BGP routes)|IPv[46] routes total\s*: (\d+))/;

export const isRoutes = (lines: readonly Line[]) =>
  headings.test(joined(lines)) ||
  lines.some(({ text }) => counted.test(text) || /^\s*Origin codes: i=IGP/.test(text));
export const isPrefixDetail = (lines: readonly Line[]) => /^\s*Network\s*: \S+\/\d+/m.test(joined(lines));

const protocols: Readonly<Record<string, RouteProtocol>> = {
  bgp: 'bgp',
  'bgp-evpn': 'bgp',
  'bgp-vpn': 'bgp',
  'bgp-label': 'bgp',
  static: 'static',
  local: 'connected',
  host: 'local',
  ospfv2: 'ospf',
  ospfv3: 'ospf',
  isis: 'isis',
  aggregate: 'aggregate',
  linux: 'kernel',
};

export const protocolOf = (name: string): RouteProtocol =>
  protocols[name.replace(/^.*:/, '').toLowerCase()] ?? 'other';

function prefixOf(command: string, record: TableRecord, title: string): Prefix {
  const prefix = tryParsePrefix(cell(record, title));
  if (!prefix) throw new ParseError(command, `${snippet(cell(record, title))} is not a prefix`);
  return prefix;
}

const interfaces = /None|(?:ethernet-\d+\/\d+(?:\/\d+)?|irb\d+|system\d+|lo\d+|lag\d+|mgmt\d+)\.\d+/g;

function tableRow(command: string, record: TableRecord, vrf: string): { row: RouteRow; resolved: boolean } {
  const shown = [...cell(record, 'next-hop(type)').matchAll(/([^()]*)\(([^)]*)\)/g)];
  const names = [...cell(record, 'next-hopinterface').matchAll(interfaces)].map((match) => match[0]);
  let resolved = false;
  const hops = shown.map(([, target = '', type = ''], i): NextHop | undefined => {
    const name = names.length === shown.length && names[i] !== 'None' ? names[i] : undefined;
    const address = canonicalAddress(target.trim());
    if (address === undefined && tryParsePrefix(target.trim())) resolved = true;
    if (/extract|broadcast|blackhole/.test(type) || (address === undefined && name === undefined))
      return undefined;
    return { ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) };
  });
  const active = cell(record, 'active') || cell(record, 'best/fib-status(slot)');
  return {
    resolved,
    row: {
      prefix: prefixOf(command, record, 'prefix'),
      nextHops: hops.filter((hop) => hop !== undefined),
      protocol: protocolOf(cell(record, 'routetype')),
      best: /^true/i.test(active),
      vrf,
      ...(shown.some(([, , type]) => /blackhole/.test(type ?? '')) && { discard: true }),
    },
  };
}

/** Numbers of `[65002, 65001]` or `65002 65001 i`. */
export function asPathOf(text: string): string | undefined {
  const path = text
    .replace(/[[\],]/g, ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => /^[({]?\d+(?:\.\d+)?[)}]?$/.test(word));
  return path.length > 0 ? path.join(' ') : undefined;
}

function bgpRow(command: string, record: TableRecord, vrf: string, flagged: boolean): RouteRow {
  const status = cell(record, 'status');
  const address = canonicalAddress(cell(record, 'nexthop'));
  const localPref = cell(record, 'locpref');
  const asPath = asPathOf((record.get('aspath') ?? record.get('pathval') ?? []).reduce(glued, ''));
  return {
    prefix: prefixOf(command, record, 'network'),
    // An own route shows the unspecified address.
    nextHops: address === undefined || /^(?:0\.0\.0\.0|::)$/.test(address) ? [] : [{ address }],
    protocol: 'bgp',
    best: status.includes('>'),
    vrf,
    ...(status.includes('x') && { stale: true }),
    ...(flagged && !status.includes('*') && { unusable: true }),
    ...(asPath !== undefined && { asPath }),
    ...(/^\d+$/.test(localPref) && { localPref: Number(localPref) }),
  };
}

/** A path is cut in the middle of a number or behind a comma. */
const glued = (path: string, piece: string) => (path.endsWith(',') ? `${path} ${piece}` : `${path}${piece}`);

interface Section {
  readonly heading: string | undefined;
  readonly lines: Line[];
  said: number | undefined;
}

/** Parts of the text that end with their own count. */
function sectionsOf(lines: readonly Line[]): Section[] {
  const sections: Section[] = [{ heading: undefined, lines: [], said: undefined }];
  for (const line of lines) {
    const heading = headings.exec(line.text)?.[1];
    if (heading !== undefined) sections.push({ heading, lines: [], said: undefined });
    const last = sections.at(-1);
    last?.lines.push(line);
    const [, before, behind] = counted.exec(line.text) ?? [];
    const said = before ?? behind;
    if (last && said !== undefined) last.said = (last.said ?? 0) + Number(said);
  }
  return sections.filter(
    (section) => section.lines.some(({ text }) => /^\s*\|/.test(text)) || section.said !== undefined,
  );
}

const isRibTable = (table: BoxTable) =>
  table.titles.includes('prefix') && table.titles.includes('next-hop(type)');
const isBgpTable = (table: BoxTable) => table.titles.includes('network') && table.titles.includes('nexthop');

interface About {
  readonly vrf: string;
  /** The neighbour named above the tables. */
  readonly peer: string | undefined;
  readonly advertised: boolean;
}

function routesOfTable(command: string, table: BoxTable, about: About): SrlRoutes {
  const { vrf, peer, advertised } = about;
  if (isRibTable(table)) {
    const rows = table.records.map((record) => tableRow(command, record, vrf));
    const note = 'next hops shown as the prefix that resolves them have no address';
    return {
      routes: [asRoutes({ layer: 'installed', vrf, rows: rows.map(({ row }) => row) })],
      notes: rows.some(({ resolved }) => resolved) ? [note] : [],
    };
  }
  const layer = advertised ? 'exported' : peer === undefined ? 'bgp' : 'received';
  const rows = table.records.map((record) => bgpRow(command, record, vrf, !advertised));
  const of = layer !== 'bgp' && peer !== undefined ? { peer } : {};
  return { routes: [asRoutes({ layer, vrf, ...of, rows })], notes: [] };
}

/** Tables under one heading, held against their own count. Throws ParseError when rows are missing. */
function routesOfSection(command: string, { lines, said }: Section, about: About): SrlRoutes {
  const tables = boxTables(command, lines, ['id', 'locpref', 'network', 'prefix']);
  const known = tables.filter((table) => isRibTable(table) || isBgpTable(table));
  const parts = known.map((table) => routesOfTable(command, table, about));
  const notes = parts.flatMap((part) => part.notes);
  if (known.length < tables.length) notes.push('tables without IP prefixes (EVPN and others) are left out');
  if (known.length > 0 && said === undefined) {
    notes.push('no count of routes at the end: the capture may be cut');
  }
  const read = known.reduce((sum, table) => sum + table.records.length, 0);
  if (known.length > 0 && said !== undefined && read < said) {
    throw new ParseError(command, `${read} routes were read of ${said}: rows are missing`);
  }
  const none = tables.length === 0 && said === 0;
  const empty = none ? [asRoutes({ layer: 'bgp', vrf: about.vrf, rows: [] })] : [];
  return { routes: [...parts.flatMap((part) => part.routes), ...empty], notes };
}

/** Routes of any of the boxed tables. Throws ParseError. */
export function textRoutes(command: string, lines: readonly Line[]): SrlRoutes {
  const text = joined(lines);
  const peer = canonicalAddress(/^\s*Peer\s*: ([^\s,%]+)/m.exec(text)?.[1] ?? '');
  const advertised = /advertised BGP routes/.test(text) || /\badvertised-routes\b/.test(command);
  const parts = sectionsOf(lines).map((section) => {
    const vrf = section.heading ?? instanceInCommand(command) ?? 'default';
    return routesOfSection(command, section, { vrf, peer, advertised });
  });
  const routes = parts.flatMap((part) => part.routes);
  const notes = [...new Set(parts.flatMap((part) => part.notes))];
  if (routes.length + notes.length === 0) {
    const message = 'a heading without a table: the capture ends behind it';
    throw new ParseError(command, message, lines.at(-1)?.number);
  }
  return { routes, notes };
}

/** `show … bgp routes ipv4 prefix P detail`: pairs below `Path 1: <Best,Valid,Used,>`. Throws ParseError. */
export function textPrefixDetail(command: string, lines: readonly Line[]): SrlRoutes {
  const rows: RouteRow[] = [];
  let prefix: Prefix | undefined;
  let said = 0;
  const vrf =
    /network-instance "([^"]+)"/.exec(joined(lines))?.[1] ?? instanceInCommand(command) ?? 'default';
  for (const { text, number } of lines) {
    const network = /^\s*Network\s*: (\S+)/.exec(text)?.[1];
    if (network !== undefined) prefix = tryParsePrefix(network);
    said += Number(/^\s*Received Paths\s*: (\d+)/.exec(text)?.[1] ?? 0);
    const flags = /^\s*Path \d+: <([^>]*)>/.exec(text)?.[1];
    if (flags !== undefined) {
      if (!prefix) throw new ParseError(command, 'a path without a network', number);
      const unusable = !/\bValid\b/i.test(flags);
      rows.push({
        prefix,
        nextHops: [],
        protocol: 'bgp',
        best: /\bBest\b/i.test(flags),
        vrf,
        ...(unusable && { unusable }),
      });
    }
    const last = rows.at(-1);
    const [, name, value = ''] = /^\s*(Route source|BGP next-hop|Path)\s*: (.*)$/.exec(text) ?? [];
    if (!last || name === undefined) continue;
    const address = canonicalAddress(value.replace(/^neighbor /, '').trim());
    const asPath = name === 'Path' ? asPathOf(value) : undefined;
    rows[rows.length - 1] = {
      ...last,
      ...(name === 'Route source' && address !== undefined && { from: address }),
      ...(name === 'BGP next-hop' && address !== undefined && { nextHops: [{ address }] }),
      ...(asPath !== undefined && { asPath }),
    };
  }
  if (rows.length !== said) throw new ParseError(command, `${rows.length} paths were read of ${said}`);
  return { routes: [asRoutes({ layer: 'bgp', vrf, rows })], notes: [] };
}
