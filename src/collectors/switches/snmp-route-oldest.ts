// Routes from ipRouteTable (RFC 1213), the last resort: IPv4, one route for each destination address, without its mask in the
// index: of two prefixes with one address (10.0.0.0/8, 10.0.0.0/16) only one shows, and of several next hops one. A route
// that is not in it may still exist. NX-OS 5 and small switches have nothing newer.
import { parseAddress } from '../../model/address.ts';
import { prefixOf } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import { addressOfOctets } from './snmp-index.ts';
import { maskLength } from './snmp-route-index.ts';
import { protocols } from './snmp-route-rows.ts';
import { addressOfValue } from './snmp-session-values.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

/** ipRouteEntry. */
export const oldestRouteEntry: Oid = [1, 3, 6, 1, 2, 1, 4, 21, 1];
/** The columns that tell a route. */
export const oldestRouteColumns = { nextHop: 7, type: 8, proto: 9, mask: 11 } as const;
const column = oldestRouteColumns;
const invalid = 2;
const direct = 3;

function maskOf(row: TableRow): number | undefined {
  const value = row.cells.get(column.mask);
  if (value?.type !== 'address') return undefined;
  return maskLength(value.value.split('.').map(Number));
}

export interface OldestRoutes {
  readonly rows: readonly RouteRow[];
  readonly unreadable: number;
}

/** The routes among the rows; those marked invalid are none. */
export function decodeOldestRoutes(table: readonly TableRow[]): OldestRoutes {
  const rows: RouteRow[] = [];
  let unreadable = 0;
  for (const row of table) {
    const type = integerAt(row, column.type);
    if (type === invalid) continue;
    const network = row.index.length === 4 ? parseAddress(addressOfOctets(row.index) ?? '') : undefined;
    const length = maskOf(row);
    if (!network || length === undefined) {
      unreadable++;
      continue;
    }
    const nextHop = addressOfValue(row.cells.get(column.nextHop));
    const known = nextHop !== undefined && !nextHop.startsWith('127.');
    rows.push({
      prefix: prefixOf(network, length),
      nextHops: known ? [{ address: nextHop }] : [],
      protocol: type === direct ? 'connected' : (protocols[integerAt(row, column.proto) ?? 0] ?? 'other'),
      best: true,
      vrf: 'default',
    });
  }
  return { rows, unreadable };
}
