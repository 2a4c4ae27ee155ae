// Ranges of addresses that are disjoint and sorted: the widest of many prefixes, and whether one lies in them.
import { comparePrefixes, contains, type Prefix } from '../model/prefix.ts';
import { placeOf } from './sorted.ts';

/** The prefixes without those that lie in another one; sorted. */
export function widest(prefixes: readonly Prefix[]): readonly Prefix[] {
  const ranges: Prefix[] = [];
  for (const prefix of [...prefixes].sort(comparePrefixes)) {
    // Sorted by address and then by length: what contains this one is the last that was kept, or nobody.
    const last = ranges.at(-1);
    if (!last || !contains(last, prefix)) ranges.push(prefix);
  }
  return ranges;
}

/** True when a prefix lies in one of these ranges, which must come from `widest`. */
export function liesIn(ranges: readonly Prefix[], prefix: Prefix): boolean {
  // Only the last one that does not begin behind it can hold it, or the one that is the same.
  const at = placeOf(ranges, (range) => comparePrefixes(range, prefix));
  return [ranges[at - 1], ranges[at]].some((range) => range !== undefined && contains(range, prefix));
}
