// In which prefixes two tables of one device differ, told from the columns: a device that is read again shows nearly the same.
import { comparePrefixes, type Prefix } from './prefix.ts';
import type { PrefixColumns } from './prefix-index.ts';
import { attributesKey, hopsKey } from './route-sets.ts';
import type { RouteTable } from './route-table.ts';

/** By number of a set in `after`, the number of the same set in `before`; -1 for none. */
function numbers<T>(before: readonly T[], after: readonly T[], keyOf: (set: T) => string): Int32Array {
  const known = new Map(before.map((set, i) => [keyOf(set), i]));
  return Int32Array.from(after, (set) => known.get(keyOf(set)) ?? -1);
}

function samePlace(x: PrefixColumns, i: number, y: PrefixColumns, j: number): boolean {
  if (x.a[i] !== y.a[j] || x.length[i] !== y.length[j]) return false;
  if (!x.rest && !y.rest) return true;
  for (let word = 0; word < 3; word++)
    if ((x.rest?.[i * 3 + word] ?? 0) !== (y.rest?.[j * 3 + word] ?? 0)) return false;
  return true;
}

type Columns = RouteTable['columns'];

/** How many rows from these on are the same; of tables with IPv6 none is counted here. */
function alikeFrom(
  old: Columns,
  i: number,
  now: Columns,
  j: number,
  hops: Int32Array,
  attributes: Int32Array,
): number {
  if (old.rest || now.rest) return 0;
  const most = Math.min(old.size - i, now.size - j);
  let count = 0;
  for (; count < most; count++) {
    const [x, y] = [i + count, j + count];
    if (old.a[x] !== now.a[y] || old.length[x] !== now.length[y]) break;
    if (hops[now.hops[y] as number] !== old.hops[x]) break;
    if (attributes[now.attributes[y] as number] !== old.attributes[x]) break;
  }
  return count;
}

/** Prefixes whose rows are others, perhaps with some whose rows are not; undefined for more than `most` rows. */
export function changedPrefixes(
  before: RouteTable,
  after: RouteTable,
  most: number,
): readonly Prefix[] | undefined {
  if (before === after) return [];
  const [old, now] = [before.columns, after.columns];
  if (Math.abs(old.size - now.size) > most) return undefined;
  const hops = numbers(old.hopSets, now.hopSets, hopsKey);
  const attributes = numbers(old.attributeSets, now.attributeSets, attributesKey);
  const changed: Prefix[] = [];
  let [i, j] = [0, 0];
  let shifted = false;
  while (i < old.size || j < now.size) {
    const alike = alikeFrom(old, i, now, j, hops, attributes);
    i += alike;
    j += alike;
    if (i >= old.size && j >= now.size) break;
    if (changed.length > most) return undefined;
    if (i < old.size && j < now.size && samePlace(old, i, now, j)) {
      const same =
        hops[now.hops[j] as number] === old.hops[i] &&
        attributes[now.attributes[j] as number] === old.attributes[i];
      if (!same) changed.push(after.prefixAt(j));
      i++;
      j++;
      continue;
    }
    // Tables come in the order of prefixes; of one that does not too much seems to differ, and all is looked at anew.
    shifted = true;
    const gone =
      j >= now.size || (i < old.size && comparePrefixes(before.prefixAt(i), after.prefixAt(j)) < 0);
    changed.push(gone ? before.prefixAt(i++) : after.prefixAt(j++));
  }
  if (!shifted) after.indexLike(before);
  return changed;
}
