// Routes in a saved walk: from the best table of each family that is in it (RFC 4292, RFC 2096, RFC 2465, RFC 1213), those of VRFs
// from MPLS-L3VPN-STD-MIB (RFC 4382), and the paths of bgp4PathAttrTable (RFC 4273) where there is no routing table.
import type { Family } from '../../model/address.ts';
import type { ParsedRoutes } from '../../model/driver.ts';
import { formatOid, type Oid, type SnmpValue, type SnmpVarbind } from '../../transport/snmp-value.ts';
import { decodePaths, pathEntry } from './snmp-paths.ts';
import { ifNameOid, interfaceName } from './snmp-route-details.ts';
import { nextHopOfColumn, protocolNumber, type RouteLayout, routeLayouts } from './snmp-route-index.ts';
import { decodeOldestRoutes, oldestRouteEntry } from './snmp-route-oldest.ts';
import { type FoundRoute, routeRows } from './snmp-route-rows.ts';
import { vrfOfRow, vrfRoutes } from './snmp-route-vrfs.ts';
import type { SystemAnswer } from './snmp-system.ts';
import { integerAt, rowsOf, type TableRow } from './snmp-tables.ts';

interface SavedRoutes {
  readonly found: readonly FoundRoute[];
  readonly unreadable: number;
  /** Rows without the column that tells their next hop: they came or went while the table was read. */
  readonly halves: number;
}

type ValueAt = (oid: string) => SnmpValue | undefined;

function savedRoutes(rows: readonly TableRow[], valueAt: ValueAt, layout: RouteLayout): SavedRoutes {
  const { columns, decode } = layout;
  const found: FoundRoute[] = [];
  let unreadable = 0;
  let halves = 0;
  for (const row of rows) {
    if ([...row.cells.values()].every(({ type }) => type === 'absent')) continue;
    const route = decode(row.index);
    if (!route) {
      unreadable++;
      continue;
    }
    if (columns.nextHop !== undefined && !row.cells.has(columns.nextHop)) {
      halves++;
      continue;
    }
    const told = integerAt(row, columns.proto);
    const proto = told === undefined ? undefined : protocolNumber(layout, told);
    const hop = columns.nextHop === undefined ? undefined : row.cells.get(columns.nextHop);
    const nextHop = route.nextHop ?? (hop?.type === 'octets' ? nextHopOfColumn(hop.value) : undefined);
    const type = integerAt(row, columns.type);
    const ifIndex = integerAt(row, columns.ifIndex);
    const name = ifIndex ? interfaceName(valueAt(formatOid(ifNameOid(ifIndex)))) : undefined;
    found.push({
      index: row.index,
      ...route,
      ...(nextHop !== undefined && { nextHop }),
      ...(proto !== undefined && { proto }),
      ...(type !== undefined && { type }),
      ...(ifIndex !== undefined && { ifIndex }),
      // A gateway's interface is left out, as it is when a live agent is asked.
      ...(name !== undefined && nextHop === undefined && { interface: name }),
    });
  }
  return { found, unreadable, halves };
}

type Said = (note: string) => void;

function newerRoutes(
  varbinds: readonly SnmpVarbind[],
  valueAt: ValueAt,
  system: SystemAnswer,
  say: Said,
): ParsedRoutes[] {
  const routes: ParsedRoutes[] = [];
  const seen = new Set<Family>();
  for (const layout of routeLayouts) {
    const { found, unreadable, halves } = savedRoutes(rowsOf(varbinds, layout.entry), valueAt, layout);
    if (unreadable > 0) say(`${layout.name}: ${unreadable} rows have an index that cannot be read`);
    if (halves > 0) say(`${layout.name}: ${halves} rows are without their next hop: not read`);
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

/** Routes of VRFs, a table for each. */
function routesOfVrfs(
  varbinds: readonly SnmpVarbind[],
  valueAt: ValueAt,
  system: SystemAnswer,
  say: Said,
): ParsedRoutes[] {
  const byVrf = new Map<string, TableRow[]>();
  let nameless = 0;
  for (const row of rowsOf(varbinds, vrfRoutes.entry)) {
    const named = vrfOfRow(row);
    if (!named) nameless++;
    else byVrf.set(named.vrf, [...(byVrf.get(named.vrf) ?? []), named.row]);
  }
  let unreadable = nameless;
  const tables = [...byVrf].flatMap(([vrf, rows]): ParsedRoutes[] => {
    const saved = savedRoutes(rows, valueAt, vrfRoutes);
    unreadable += saved.unreadable;
    const shown = routeRows(saved.found, system.netSnmp === true).map((row) => ({ ...row, vrf }));
    if (shown.length === 0) return [];
    return [{ layer: 'installed', vrf, rows: shown, allNextHops: system.netSnmp === false }];
  });
  if (unreadable > 0) say(`${vrfRoutes.name}: ${unreadable} rows have an index that cannot be read`);
  return tables;
}

/** All routes in it; `say` takes the notes. */
export function savedRouteTables(
  varbinds: readonly SnmpVarbind[],
  valueAt: ValueAt,
  system: SystemAnswer,
  say: Said,
): ParsedRoutes[] {
  const newer = newerRoutes(varbinds, valueAt, system, say);
  const hasIpv4 = newer.some(({ rows }) => rows.some(({ prefix }) => prefix.family === 4));
  const installed = hasIpv4 ? newer : [...newer, ...oldestRoutes(varbinds, say)];
  const paths = bgpPaths(varbinds, installed, system.netSnmp === true, say);
  const ofVrfs = routesOfVrfs(varbinds, valueAt, system, say);
  if (installed.length + ofVrfs.length === 0)
    say('no row of inetCidrRouteTable, ipCidrRouteTable or ipRouteTable in it');
  return [...installed, ...ofVrfs, ...paths];
}

/** The entries of the tables whose cells must not be left out because their values cannot be read. */
export const savedRouteEntries: readonly Oid[] = [
  ...[...routeLayouts, vrfRoutes].map(({ entry }) => entry),
  oldestRouteEntry,
];
