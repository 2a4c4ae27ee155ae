// What a saved SNMP walk says of sessions and routes: the same decoders as for a live agent, fed from a file (the output of
// snmpwalk, or .snmprec), so that a bug report can be read in one command. Follows RFC 4273 and RFC 4292 as they do.
import type { Family } from '../../model/address.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { formatOid, type SnmpValue, type SnmpVarbind, startsWith } from '../../transport/snmp-value.ts';
import { ifNameOid, interfaceName } from './snmp-route-details.ts';
import { type RouteLayout, routeLayouts } from './snmp-route-index.ts';
import { type FoundRoute, routeRows } from './snmp-route-rows.ts';
import { sessionTables } from './snmp-sessions.ts';
import { readSystem, type SystemAnswer } from './snmp-system.ts';
import { integerAt, rowsOf } from './snmp-tables.ts';
import { readSavedVarbinds } from './snmp-text-lines.ts';

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

function allRoutes(
  varbinds: readonly SnmpVarbind[],
  valueAt: (oid: string) => SnmpValue | undefined,
  system: SystemAnswer,
  notes: string[],
): ParsedRoutes[] {
  const routes: ParsedRoutes[] = [];
  const seen = new Set<Family>();
  for (const layout of routeLayouts) {
    const { found, unreadable } = savedRoutes(varbinds, valueAt, layout);
    if (unreadable > 0) notes.push(`${layout.name}: ${unreadable} rows have an index that cannot be read`);
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
  if (routes.length === 0) notes.push('no row of inetCidrRouteTable or ipCidrRouteTable in it');
  return routes;
}

/** Sessions and routes in a saved walk; `source` names it in errors. Throws ParseError. */
export function parseSnmpText(text: string, source: string): Parsed {
  const entries = [...sessionTables, ...routeLayouts].map(({ entry }) => entry);
  const saved = readSavedVarbinds(text, source, (oid) => entries.some((entry) => startsWith(oid, entry)));
  const byOid = new Map(saved.varbinds.map(({ oid, value }) => [formatOid(oid), value]));
  const system = readSystem((oid) => byOid.get(formatOid(oid)));
  const notes = [...saved.notes];
  const decoded = sessionTables
    .map((table) => table.decode(rowsOf(saved.varbinds, table.entry), system.localAsn))
    .find(({ sessions }) => sessions.length > 0);
  if (decoded) notes.push(...decoded.notes);
  else notes.push(`no row of ${sessionTables.map(({ name }) => name).join(' or ')} in it`);
  const routes = allRoutes(saved.varbinds, (oid) => byOid.get(oid), system, notes);
  return { sessions: decoded?.sessions ?? [], routes, notes };
}
