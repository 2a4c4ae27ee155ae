// Prefixes of a table inside the cluster's ranges that are not the device's own: nobody's, or another node's. Gone through by place in
// the list of all expected prefixes, since nearly every row is an expected one.
import type { ExpectedPrefix, ExpectedState } from '../model/expectation.ts';
import { type Prefix, samePrefix } from '../model/prefix.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Device } from '../model/snapshot.ts';
import { isAmong, type Places, placesOf } from './places.ts';
import { insideRanges } from './ranges.ts';

/** Who may announce the prefix at this place of the list: all its entries' owners. */
function ownersAt(list: readonly ExpectedPrefix[], places: Places, place: number): readonly string[] {
  const { origins = [] } = list[place] ?? {};
  const other = places.index.next(place);
  return other < 0 ? origins : [...origins, ...ownersAt(list, places, other)];
}

/** A prefix that is looked at again. */
export interface TouchedPrefix {
  readonly prefix: Prefix;
  /** All its owners now; undefined for a prefix that nobody owns. */
  readonly owners: readonly string[] | undefined;
}

/** A prefix whose owners, if it has any, are others. */
export type Stranger = TouchedPrefix;

/** Prefixes of a table inside the ranges that are none of the device's own; of a switch every expected one is. */
export function* strangersIn(
  { prefixes, ranges }: ExpectedState,
  { name, role }: Device,
  table: RouteTable,
): Generator<Stranger> {
  const places = placesOf(prefixes);
  const { columns, index } = table;
  const inside = insideRanges(ranges, table);
  let guess = prefixes.length - 1;
  for (let row = table.size - 1; row >= 0; row--) {
    // The last row of a prefix stands for all of them.
    if (index.next(row) >= 0) continue;
    const place = places.index.near(columns, row, guess);
    guess = Math.max(0, place - 1);
    if (place >= 0 && role === 'switch') continue;
    const owners = place < 0 ? undefined : ownersAt(prefixes, places, place);
    if ((owners && isAmong(owners, name)) || !inside(row)) continue;
    const prefix = table.prefixAt(row);
    if (!ranges.some((range) => samePrefix(range, prefix))) yield { prefix, owners };
  }
}
