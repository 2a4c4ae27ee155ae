// Reads ipRouteTable (RFC 1213) of a live agent that has nothing newer. Its index is an address alone, so the ranges are
// walked and every address at which a wanted or covering route could stand is asked for by GET. Since of two prefixes with
// one address only one shows, an absent route proves nothing: the answer is always marked partial.
import { addressBytes, formatAddress } from '../../model/address.ts';
import { contains, type Prefix, prefixOf } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import { type Oid, startsWith } from '../../transport/snmp-value.ts';
import { lastAddress } from './snmp-route-index.ts';
import { decodeOldestRoutes, oldestRouteColumns, oldestRouteEntry } from './snmp-route-oldest.ts';
import type { WalkLimits } from './snmp-sessions.ts';
import { TableRows } from './snmp-tables.ts';

export interface OldestAnswer {
  readonly rows: readonly RouteRow[];
  readonly partial: string;
}

// Addresses asked for one by one; more of them would be more than the walk of a small switch's whole table.
const mostAddresses = 2000;

/** Addresses at which a route to one of the targets, exact or shorter, can stand. */
function addressesFor(targets: readonly Prefix[]): Oid[] {
  const found = new Map<string, Oid>();
  for (const target of targets) {
    for (let length = 0; length <= target.length; length++) {
      const network = prefixOf(target, length);
      found.set(formatAddress(network), addressBytes(network));
    }
  }
  return [...found.values()];
}

const caveat = 'ipRouteTable shows one route for each address: another one may be hidden behind it';

/** The IPv4 routes inside the ranges, to the singles, and those that cover them; undefined when there is no such table. */
export async function readOldestRoutes(
  session: SnmpSession,
  ranges: readonly Prefix[],
  singles: readonly Prefix[],
  limits: WalkLimits,
): Promise<OldestAnswer | undefined> {
  const mask: Oid = [...oldestRouteEntry, oldestRouteColumns.mask];
  const [first] = await session.getNext([mask]);
  if (!first || first.value.type === 'absent' || !startsWith(first.oid, mask)) return undefined;
  const columns = Object.values(oldestRouteColumns);
  const cells = new TableRows();
  const cuts: string[] = [];
  for (const range of ranges) {
    const bounds = { from: addressBytes(range), to: addressBytes(lastAddress(range)) };
    for (const column of columns) {
      const end = await session.walkColumn(
        [...oldestRouteEntry, column],
        { ...limits, ...bounds },
        (index, value) => {
          if (value.type !== 'absent') cells.add(column, index, value);
        },
      );
      if (!end.whole) cuts.push(end.reason);
    }
  }
  const targets = [...ranges, ...singles];
  // A walk begins behind its first index: the range's own address is among these.
  const addresses = addressesFor(targets);
  const asked = addresses.slice(0, mostAddresses);
  if (asked.length < addresses.length) cuts.push(`more than ${mostAddresses} single routes to look for`);
  const masks = await session.get(asked.map((address) => [...mask, ...address]));
  const present = asked.filter((_, i) => masks[i]?.type === 'address');
  const values = await session.get(
    present.flatMap((address) => columns.map((column) => [...oldestRouteEntry, column, ...address])),
  );
  for (const [i, value] of values.entries()) {
    const address = present[Math.floor(i / columns.length)];
    const column = columns[i % columns.length];
    if (address && column !== undefined && value.type !== 'absent') cells.add(column, address, value);
  }
  const { rows } = decodeOldestRoutes(cells.rows());
  const wanted = rows.filter(
    ({ prefix }) =>
      targets.some((target) => contains(prefix, target)) || ranges.some((range) => contains(range, prefix)),
  );
  return { rows: wanted, partial: [caveat, ...cuts].join('; ') };
}
