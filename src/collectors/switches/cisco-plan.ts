// Which commands find every expected prefix, everything unexpected, and what covers a missing prefix from above, for CLIs
// that answer one command at a time. As few as can be: a range query answers for all prefixes inside it; an expected
// prefix outside all ranges is asked for exactly; above a range only the lengths that are used in practice are asked for.
import type { CollectQuery } from '../../model/collector.ts';
import type { PlannedCommand } from '../../model/driver.ts';
import { contains, type Prefix, prefixKey, prefixOf, samePrefix } from '../../model/prefix.ts';

/** How one platform asks for routes of the default VRF, or of a named one. */
export interface RouteForms {
  /** Everything inside a prefix. */
  range(layer: 'bgp' | 'installed', prefix: Prefix, vrf?: string): string;
  /** Exactly this prefix (or, in the routing table, what matches it best). */
  exact(layer: 'bgp' | 'installed', prefix: Prefix, vrf?: string): string;
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [prefixKey(prefix), prefix])).values()];
}

/** Nothing shorter than /8 (IPv4) or /16 (IPv6) is announced but the default route; IPv6 is cut at four bits. */
function above(prefix: Prefix): Prefix[] {
  const [least, step] = prefix.family === 4 ? [8, 1] : [16, 4];
  const lengths = [0];
  for (let length = least; length < prefix.length; length += step) lengths.push(length);
  return lengths.map((length) => prefixOf(prefix, length));
}

/** The plan, one layer behind the other: where BGP does not answer, the routing table still does. */
export function planRoutes(query: CollectQuery, forms: RouteForms): readonly PlannedCommand[] {
  const all = distinct(query.ranges);
  const ranges = all.filter(
    (range) => !all.some((other) => !samePrefix(other, range) && contains(other, range)),
  );
  const outside = distinct(query.prefixes).filter(
    (prefix) => !ranges.some((range) => contains(range, prefix)),
  );
  const covering = [...ranges, ...outside].flatMap((prefix) => (prefix.length === 0 ? [] : above(prefix)));
  const exact = distinct([...outside, ...covering]).filter(
    (prefix) => !ranges.some((range) => contains(range, prefix)),
  );
  return (['bgp', 'installed'] as const).flatMap((layer) =>
    [undefined, ...(query.vrfs ?? [])].flatMap((vrf) => {
      const base = { layer, vrf: vrf ?? 'default' };
      return [
        ...ranges.map((prefix): PlannedCommand => {
          const scope = { kind: 'ranges', prefixes: [prefix] } as const;
          return { command: forms.range(layer, prefix, vrf), ...base, scope };
        }),
        ...exact.map((prefix): PlannedCommand => {
          const scope = { kind: 'exact', prefixes: [prefix] } as const;
          return { command: forms.exact(layer, prefix, vrf), ...base, scope };
        }),
      ];
    }),
  );
}
