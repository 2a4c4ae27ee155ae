// What a reading by SNMP asked for, as scopes of its view: the ranges that were walked, and the single prefixes beside them.
import { contains, type Prefix, prefixKey, samePrefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';

/** Ranges without those that lie in another one. */
export function widest(ranges: readonly Prefix[]): Prefix[] {
  return ranges.filter(
    (range, i) =>
      !ranges.some((other, j) => contains(other, range) && (!samePrefix(other, range) ? true : j < i)),
  );
}

/** The prefixes of rows. */
export const prefixesOf = (rows: readonly { readonly prefix: Prefix }[]): Prefix[] =>
  rows.map(({ prefix }) => prefix);

/** The scopes of a view; `asked` is the table with its OID. */
export function scopesOf(
  ranges: readonly Prefix[],
  singles: readonly Prefix[],
  found: Iterable<Prefix>,
  asked?: string,
): RouteScope[] {
  const by = asked === undefined ? {} : { asked };
  // Covering routes were asked for one by one: only those found are said to be, since they alone matter.
  const exact = new Map(singles.map((prefix) => [prefixKey(prefix), prefix]));
  for (const prefix of found) {
    if (!ranges.some((range) => contains(range, prefix))) exact.set(prefixKey(prefix), prefix);
  }
  const scopes: RouteScope[] = [];
  if (ranges.length > 0) scopes.push({ kind: 'ranges', prefixes: ranges, ...by });
  if (exact.size > 0) scopes.push({ kind: 'exact', prefixes: [...exact.values()], ...by });
  return scopes;
}
