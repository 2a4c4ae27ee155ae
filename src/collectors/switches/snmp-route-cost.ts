// Whether to walk a range or to look for its prefixes one by one, whichever is cheaper: the walk begins, and where it meets
// many more routes than are expected in the part behind it, the rest of the range is left to single questions. Then routes
// that nobody expects do not show there, which the view's scopes say; so a table of moderate size is always walked.
import { comparePrefixes, type Prefix, samePrefix } from '../../model/prefix.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import type { RouteLayout } from './snmp-route-index.ts';

// inetCidrRouteNumber and ipCidrRouteNumber (RFC 4292).
const numbers: readonly Oid[] = [
  [1, 3, 6, 1, 2, 1, 4, 24, 6, 0],
  [1, 3, 6, 1, 2, 1, 4, 24, 3, 0],
];
/** A table of so many rows is walked whatever is in it: less than a thousand requests. */
const moderate = 20_000;
/** Foreign rows after which to give up, where the table's size is known to be large and where it is not known. */
const allowance = { large: 500, unknown: 10_000 } as const;
/** Rows for each expected prefix, foreign ones included, that still make a walk the cheaper way. */
const perExpected = 4;

/** How many rows that nobody expects a walk may meet. Rejects with SnmpError. */
export async function foreignRowsAllowed(
  session: Pick<SnmpSession, 'get'>,
  { entry }: RouteLayout,
): Promise<number> {
  const wanted = entry.at(-2) === 7 ? numbers[0] : numbers[1];
  const [value] = await session.get(wanted ? [wanted] : []);
  if (value?.type !== 'integer') return allowance.unknown;
  return value.value <= moderate ? Number.POSITIVE_INFINITY : allowance.large;
}

/** Watches one walk: how many prefixes it has met, and how many of those expected lie behind it. */
export function crowdWatch(prefixes: readonly Prefix[], foreignRows: number) {
  const sorted = Number.isFinite(foreignRows) ? prefixes.toSorted(comparePrefixes) : [];
  let last: Prefix | undefined;
  let first = 0;
  let behind = 0;
  let seen = 0;
  return {
    saw(prefix: Prefix): void {
      if (last && samePrefix(last, prefix)) return;
      if (!last) {
        while (first < sorted.length && comparePrefixes(sorted[first] ?? prefix, prefix) < 0) first++;
        behind = first;
      }
      last = prefix;
      seen++;
      while (behind < sorted.length && comparePrefixes(sorted[behind] ?? prefix, prefix) <= 0) behind++;
    },
    tooMany: () => seen > foreignRows + perExpected * (behind - first),
  };
}
