// Looks for prefixes one by one where the index tells the length behind the address (inetCidrRouteTable, RFC 4292): one
// GETNEXT for each and one more behind every row that it has, since several next hops are several rows. Routes that cover a
// prefix matter only where it is not found, and are looked for afterwards (snmp-route-probe.ts).
import { type Prefix, prefixKey, samePrefix } from '../../model/prefix.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import { compareOids, formatOid, type Oid, type SnmpValue, startsWith } from '../../transport/snmp-value.ts';
import type { RouteIndex, RouteLayout } from './snmp-route-index.ts';

export interface ExactResult {
  /** Prefixes that have a next hop. */
  readonly found: ReadonlySet<string | number>;
  /** Why not everything was asked; absent when it was. */
  readonly partial?: string;
}

// As many varbinds as fit a datagram every agent takes.
const atOnce = 16;

/** Calls `onRoute` for each row of the prefixes. Rejects with SnmpError. */
export async function probeExact(
  session: Pick<SnmpSession, 'getNext'>,
  layout: RouteLayout,
  column: Oid,
  prefixes: readonly Prefix[],
  onRoute: (index: Oid, route: RouteIndex, value: SnmpValue) => void,
): Promise<ExactResult> {
  const found = new Set<string | number>();
  let waiting = prefixes.map((prefix) => ({
    prefix,
    cursor: [...layout.addressIndex(prefix), prefix.length] as Oid,
  }));
  while (waiting.length > 0) {
    const batch = waiting.slice(0, atOnce);
    const again: typeof waiting = [];
    const answers = await session.getNext(batch.map(({ cursor }) => [...column, ...cursor]));
    for (const [i, { prefix, cursor }] of batch.entries()) {
      const answer = answers[i];
      if (!answer || answer.value.type === 'absent' || !startsWith(answer.oid, column)) continue;
      const index = answer.oid.slice(column.length);
      if (compareOids(index, cursor) <= 0)
        return { found, partial: `the agent's OIDs do not increase (${formatOid(answer.oid)})` };
      const route = layout.decode(index);
      if (!route || !samePrefix(route.prefix, prefix)) continue;
      onRoute(index, route, answer.value);
      if (route.nextHop !== undefined) found.add(prefixKey(prefix));
      again.push({ prefix, cursor: index });
    }
    waiting = [...again, ...waiting.slice(atOnce)];
  }
  return { found };
}
