// Reads the paths of a live agent's BGP table from bgp4PathAttrTable (RFC 4273) for the prefixes in question: IPv4, default
// table, one row for each prefix and peer. The index begins with the prefix, so ranges are walked and single prefixes looked
// for as in the routing table, by one column; the attributes of what was found follow by GET. Best marks one path, never
// the members of a multipath, and next hops of a peer behind another are the peer's own: the width of ECMP does not show.
import { addressBytes, addressFromBytes } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { contains, prefixOf } from '../../model/prefix.ts';
import { RouteTable } from '../../model/route-table.ts';
import type { RouteView } from '../../model/route-view.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import { SnmpError } from '../../transport/snmp-error.ts';
import { formatOid, type Oid, type SnmpValue, startsWith } from '../../transport/snmp-value.ts';
import { decodePaths, pathColumns, pathEntry } from './snmp-paths.ts';
import { lastAddress, type RouteLayout } from './snmp-route-index.ts';
import { probeRoutes } from './snmp-route-probe.ts';
import { prefixesOf, scopesOf, widest } from './snmp-route-scopes.ts';
import type { WalkLimits } from './snmp-sessions.ts';
import { TableRows } from './snmp-tables.ts';

const layout: RouteLayout = {
  name: 'bgp4PathAttrTable',
  entry: pathEntry,
  families: [4],
  columns: { proto: 0, ifIndex: 0, type: 0 },
  walkable: [pathColumns.best],
  familyIndex: () => [],
  addressIndex: addressBytes,
  decode: (index) => {
    const address = index.length === 9 ? addressFromBytes(index.slice(0, 4)) : undefined;
    const length = index[4] ?? 33;
    return address && length <= 32 ? { prefix: prefixOf(address, length) } : undefined;
  },
};

const attributes = [pathColumns.asPath, pathColumns.nextHop, pathColumns.localPref];

/** The BGP table's view of the IPv4 prefixes in question; undefined when there are none. Rejects with SnmpError. */
export async function readPaths(
  session: SnmpSession,
  query: CollectQuery,
  limits: WalkLimits,
): Promise<RouteView | undefined> {
  const ranges = widest(query.ranges.filter(({ family }) => family === 4));
  const singles = query.prefixes.filter(
    (prefix) => prefix.family === 4 && !ranges.some((range) => contains(range, prefix)),
  );
  if (ranges.length + singles.length === 0) return undefined;
  const column: Oid = [...pathEntry, pathColumns.best];
  const cells = new TableRows();
  const found = new Map<string, Oid>();
  const cuts: string[] = [];
  const keep = (index: Oid, value: SnmpValue) => {
    cells.add(pathColumns.best, index, value);
    found.set(formatOid(index), index);
  };
  try {
    const [first] = await session.getNext([column]);
    if (!first || first.value.type === 'absent' || !startsWith(first.oid, column))
      cuts.push('the agent shows no path: the table is empty, or 1.3.6.1.2.1.15.6 is not in its view');
    else {
      for (const range of ranges) {
        const bounds = { from: addressBytes(range), to: addressBytes(lastAddress(range)) };
        const end = await session.walkColumn(column, { ...limits, ...bounds }, keep);
        if (!end.whole) cuts.push(end.reason);
      }
      const probes = await probeRoutes(
        session,
        layout,
        column,
        [...ranges, ...singles],
        limits.maxRows,
        (index, _route, value) => keep(index, value),
      );
      if (probes.partial) cuts.push(probes.partial);
      const indexes = [...found.values()];
      const values = await session.get(
        indexes.flatMap((index) => attributes.map((number) => [...pathEntry, number, ...index])),
      );
      for (const [i, value] of values.entries()) {
        const index = indexes[Math.floor(i / attributes.length)];
        const number = attributes[i % attributes.length];
        if (index && number !== undefined && value.type !== 'absent') cells.add(number, index, value);
      }
    }
  } catch (error) {
    if (!(error instanceof SnmpError)) throw error;
    cuts.push(error.message);
  }
  const { rows, unreadable } = decodePaths(cells.rows());
  if (unreadable > 0) cuts.push(`${unreadable} rows have an index that cannot be read`);
  return {
    layer: 'bgp',
    vrf: 'default',
    table: RouteTable.of(rows),
    scopes: scopesOf(ranges, singles, prefixesOf(rows), `bgp4PathAttrTable (${formatOid(pathEntry)})`),
    allNextHops: false,
    ...(cuts.length > 0 && { partial: `bgp4PathAttrTable: ${cuts.join('; ')}` }),
  };
}
