// Reads a route table whose rows stand in no order, as RouterOS serves ipCidrRouteTable: a range can be found in it only by
// reading the whole column, and a GETNEXT for one prefix proves nothing. Rows are taken up to the end of the column or to the first
// row met before (RFC 3416 knows no such agents, so the bound is ours); those asked for, and those that cover them, are kept.
import { contains, type Prefix } from '../../model/prefix.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import type { Oid, SnmpValue } from '../../transport/snmp-value.ts';
import type { RouteIndex, RouteLayout } from './snmp-route-index.ts';
import type { WalkLimits } from './snmp-sessions.ts';

/** Platforms whose tables are known for it, by sysObjectID: MikroTik. */
const unorderedIds: readonly Oid[] = [[1, 3, 6, 1, 4, 1, 14988]];

/** Whether the platform is known to serve rows in no order. */
export function isUnordered(objectId: Oid | undefined): boolean {
  return unorderedIds.some((id) => id.every((arc, i) => objectId?.[i] === arc));
}

/**
 * Calls `onRoute` for each row that lies in a target or covers one. Gives why the answer is partial, if it is. Rejects with
 * SnmpError when nothing could be read.
 */
export async function readUnordered(
  session: Pick<SnmpSession, 'walkColumn'>,
  layout: RouteLayout,
  column: Oid,
  targets: readonly Prefix[],
  limits: WalkLimits,
  onRoute: (index: Oid, route: RouteIndex, value: SnmpValue) => void,
): Promise<string | undefined> {
  let unreadable = 0;
  const end = await session.walkColumn(column, { ...limits, unordered: true }, (index, value) => {
    const route = layout.decode(index);
    if (!route) unreadable++;
    else if (targets.some((target) => contains(target, route.prefix) || contains(route.prefix, target)))
      onRoute(index, route, value);
  });
  if (!end.whole) return end.reason;
  return unreadable > 0 ? `${unreadable} rows have an index that cannot be read` : undefined;
}
