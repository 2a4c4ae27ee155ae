// Which questions about routes find every expected prefix, everything unexpected, and what covers a prefix that is missing,
// for systems that answer "all inside this range" and "longest match of this prefix". The FRR driver asks length by
// length instead, because its look-ups are cheap and take a hundred in one request.
import type { CollectQuery } from '../../model/collector.ts';
import { contains, type Prefix, prefixKey, samePrefix } from '../../model/prefix.ts';

export interface RouteQuestions {
  /** Ranges of which none lies inside another: ask for everything inside. */
  readonly ranges: readonly Prefix[];
  /** Expected prefixes outside all ranges: ask for each, or for what covers it. */
  readonly outside: readonly Prefix[];
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [prefixKey(prefix), prefix])).values()];
}

/** The questions for a query, each once. */
export function routeQuestions(query: CollectQuery): RouteQuestions {
  const all = distinct(query.ranges);
  const ranges = all.filter(
    (range) => !all.some((other) => !samePrefix(other, range) && contains(other, range)),
  );
  const outside = distinct(query.prefixes).filter(
    (prefix) => !ranges.some((range) => contains(range, prefix)),
  );
  return { ranges, outside };
}
