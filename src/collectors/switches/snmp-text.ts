// What a saved SNMP walk says of sessions and routes: the same decoders as for a live agent, fed from a file (the output of
// snmpwalk, or .snmprec), so that a bug report can be read in one command. Follows RFC 4273 and RFC 4292 as they do.
import type { Family } from '../../model/address.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { formatOid, type SnmpValue, type SnmpVarbind, startsWith } from '../../transport/snmp-value.ts';
import { decodePaths, pathEntry } from './snmp-paths.ts';
import { ifNameOid, interfaceName } from './snmp-route-details.ts';
import { type RouteLayout, routeLayouts } from './snmp-route-index.ts';
import { decodeOldestRoutes, oldestRouteEntry } from './snmp-route-oldest.ts';
import { type FoundRoute, routeRows } from './snmp-route-rows.ts';
import { readSystem, type SystemAnswer } from './snmp-system.ts';
import { integerAt, rowsOf } from './snmp-tables.ts';
import { readSavedVarbinds } from './snmp-text-lines.ts';
import { savedSessions, sessionCells } from './snmp-text-sessions.ts';

interface SavedRoutes {
  readonly found: readonly FoundRoute[];
  readonly unreadable: number;
}

function savedRoutes(
  varbinds: readonly SnmpVarbind[],
  valueAt: (oid: string) => SnmpValue | undefined,
  { entry, columns, decode }: RouteLayout,
): SavedRoutes {
  const found: FoundRoute[] = [];
  let unreadable = 0;
  for (const row of rowsOf(varbinds, entry)) {
    if ([...row.cells.values()].every(({ type }) => type === 'absent')) continue;
    const route = decode(row.index);
    if (!route) {
      unreadable++;
      continue;
    }
    const proto = integerAt(row, columns.proto);
    const type = integerAt(row, columns.type);
    const ifIndex = integerAt(row, columns.ifIndex);
    const name = ifIndex ? interfaceName(valueAt(formatOid(ifNameOid(ifIndex)))) : undefined;
    found.push({
      index: row.index,
      ...route,
      ...(proto !== undefined && { proto }),
      ...(type !== undefined && { type }),
      ...(ifIndex !== undefined && { ifIndex }),
      // A gateway's interface is left out, as it is when a live agent is asked.
      ...(name !== undefined && route.nextHop === undefined && { interface: name }),
    });
  }
  return { found, unreadable };
}

type Said = (note: string) => void;

function newerRoutes(
  varbinds: readonly SnmpVarbind[],
  valueAt: (oid: string) => SnmpValue | undefined,
  system: SystemAnswer,
  say: Said,
): ParsedRoutes[] {
  const routes: ParsedRoutes[] = [];
  const seen = new Set<Family>();
  for (const layout of routeLayouts) {
    const { found, unreadable } = savedRoutes(varbinds, valueAt, layout);
    if (unreadable > 0) say(`${layout.name}: ${unreadable} rows have an index that cannot be read`);
    // What the better table shows of a family is not told again by the older one.
    const news = found.filter(({ prefix }) => !seen.has(prefix.family));
    for (const { prefix } of news) seen.add(prefix.family);
    if (news.length === 0) continue;
    routes.push({
      layer: 'installed',
      vrf: 'default',
      rows: routeRows(news, system.netSnmp === true),
      allNextHops: system.netSnmp === false,
    });
  }
  return routes;
}

function oldestRoutes(varbinds: readonly SnmpVarbind[], say: Said): ParsedRoutes[] {
  const { rows, unreadable } = decodeOldestRoutes(rowsOf(varbinds, oldestRouteEntry));
  if (unreadable > 0) say(`ipRouteTable: ${unreadable} rows cannot be read`);
  if (rows.length === 0) return [];
  say('ipRouteTable shows one route for each address, whatever the length of its prefix: others may exist');
  return [{ layer: 'installed', vrf: 'default', rows, allNextHops: false }];
}

function bgpPaths(
  varbinds: readonly SnmpVarbind[],
  installed: readonly ParsedRoutes[],
  netSnmp: boolean,
  say: Said,
): ParsedRoutes[] {
  const { rows, unreadable } = decodePaths(rowsOf(varbinds, pathEntry));
  if (unreadable > 0) say(`bgp4PathAttrTable: ${unreadable} rows have an index that cannot be read`);
  if (rows.length === 0) return [];
  // One list holds routes of one table: the routing table's, where there is one.
  if (installed.length > 0) {
    say(`bgp4PathAttrTable: its ${rows.length} paths are not shown beside the routing table`);
    return [];
  }
  if (netSnmp) say('bgp4PathAttrTable: FRR cuts AS numbers in paths to 16 bits');
  return [{ layer: 'bgp', vrf: 'default', rows, allNextHops: true }];
}

function allRoutes(
  varbinds: readonly SnmpVarbind[],
  valueAt: (oid: string) => SnmpValue | undefined,
  system: SystemAnswer,
  say: Said,
): ParsedRoutes[] {
  const newer = newerRoutes(varbinds, valueAt, system, say);
  const hasIpv4 = newer.some(({ rows }) => rows.some(({ prefix }) => prefix.family === 4));
  const installed = hasIpv4 ? newer : [...newer, ...oldestRoutes(varbinds, say)];
  const paths = bgpPaths(varbinds, installed, system.netSnmp === true, say);
  if (installed.length === 0) say('no row of inetCidrRouteTable, ipCidrRouteTable or ipRouteTable in it');
  return [...installed, ...paths];
}

const routeEntries = [...routeLayouts.map(({ entry }) => entry), oldestRouteEntry];

/** Sessions and routes in a saved walk; `source` names it in errors. Throws ParseError. */
export function parseSnmpText(text: string, source: string): Parsed {
  const saved = readSavedVarbinds(
    text,
    source,
    (oid) => sessionCells(oid) || routeEntries.some((entry) => startsWith(oid, entry)),
  );
  const byOid = new Map(saved.varbinds.map(({ oid, value }) => [formatOid(oid), value]));
  const system = readSystem((oid) => byOid.get(formatOid(oid)));
  const { sessions, notes: sessionNotes } = savedSessions(saved.varbinds, system);
  const notes = [...saved.notes, ...sessionNotes];
  const routes = allRoutes(
    saved.varbinds,
    (oid) => byOid.get(oid),
    system,
    (note) => notes.push(note),
  );
  return { sessions, routes, notes };
}
