// The rows of IP-FORWARD-MIB (RFC 4292) that a reading has met. A table has a hundred thousand of them, so a row with a next hop
// becomes a route at once, as columns; the few without one are kept whole, since more has to be asked about them. In the end
// the rows of one prefix, one for each next hop, are joined into one route.
import { type PrefixKey, prefixKey } from '../../model/prefix.ts';
import { type NextHop, type RouteRow, type RouteTable, RouteTableBuilder } from '../../model/route-table.ts';
import { formatOid } from '../../transport/snmp-value.ts';
import { type FoundRoute, routeRows, withoutRepeats } from './snmp-route-rows.ts';

export class FoundRoutes {
  readonly #netSnmp: boolean;
  /** A route for each row with a next hop. */
  readonly #hopped = new RouteTableBuilder();
  readonly #bare = new Map<string, FoundRoute>();
  /** How many of the others had been met before those of a prefix without a next hop. */
  readonly #places = new Map<PrefixKey, number>();

  /** `netSnmp`: the agent is net-snmp, which says "local" of every route of the kernel's. */
  constructor(netSnmp: boolean) {
    this.#netSnmp = netSnmp;
  }

  /** Rows met so far. */
  get size(): number {
    return this.#hopped.size + this.#bare.size;
  }

  /** Those without a next hop, each once. */
  get bare(): readonly FoundRoute[] {
    return [...this.#bare.values()];
  }

  /** Takes a row; it may come again, from a walk and from a single question. */
  add(row: FoundRoute): void {
    if (row.nextHop === undefined) {
      const [index, key] = [formatOid(row.index), prefixKey(row.prefix)];
      if (!this.#bare.has(index)) this.#bare.set(index, row);
      if (!this.#places.has(key)) this.#places.set(key, this.#hopped.size);
      return;
    }
    for (const route of routeRows([row], this.#netSnmp)) this.#hopped.add(route);
  }

  /** One route for each prefix, in the order found; `bare` are the rows without a next hop with what was asked about them. */
  table(bare: readonly FoundRoute[]): RouteTable {
    const hopped = this.#hopped.build();
    const { index } = hopped;
    const joined = new RouteTableBuilder();
    const others = routeRows(bare, this.#netSnmp);
    const taken = new Set(others.filter(({ discard }) => !discard).map(({ prefix }) => prefixKey(prefix)));
    let next = 0;
    for (let i = 0; i <= hopped.size; i++) {
      for (let row = others[next]; row && this.#placeOf(row) <= i; row = others[++next])
        joined.add(row.discard ? row : joinedRow(hopped, row, index.first(row.prefix)));
      if (i === hopped.size) break;
      const row = hopped.at(i);
      const isFirst = index.first(row.prefix) === i && !(taken.size > 0 && taken.has(prefixKey(row.prefix)));
      if (isFirst) joined.add(joinedRow(hopped, row, index.next(i)));
    }
    return joined.build();
  }

  #placeOf({ prefix }: RouteRow): number {
    return this.#places.get(prefixKey(prefix)) ?? 0;
  }
}

/** The route with the next hops of row `i` of a table, and of the rows with the same prefix behind it; -1: of none. */
function joinedRow(table: RouteTable, row: RouteRow, i: number): RouteRow {
  if (i < 0) return row;
  const hops: NextHop[] = [...row.nextHops];
  for (let at = i; at >= 0; at = table.index.next(at)) hops.push(...table.at(at).nextHops);
  return { ...row, nextHops: withoutRepeats(hops) };
}
