// Expected prefixes by their place in the list of all: what is known of a prefix at many devices then is a number in an array,
// not an object. Made once per list; lists are never changed.
import type { ExpectedPrefix } from '../model/expectation.ts';
import { columnsOf, type PrefixColumns, PrefixIndex } from '../model/prefix-index.ts';

export interface Places {
  readonly columns: PrefixColumns;
  readonly index: PrefixIndex;
  /** The place that stands for the prefix at place `i`: another one where a prefix is there twice. */
  first(i: number): number;
}

const made = new WeakMap<readonly ExpectedPrefix[], Places>();

/** The places of a list. */
export function placesOf(list: readonly ExpectedPrefix[]): Places {
  const known = made.get(list);
  if (known) return known;
  const columns = columnsOf(list, ({ prefix }) => prefix);
  const index = new PrefixIndex(columns);
  const once = index.distinct === columns.size;
  const places = {
    columns,
    index,
    first: once ? (i: number) => i : (i: number) => index.firstLike(columns, i),
  };
  made.set(list, places);
  return places;
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** True when the name is among them: a service range has thousands of owners. */
export function isAmong(names: readonly string[], name: string): boolean {
  if (names.length < 16) return names.includes(name);
  const known = sets.get(names) ?? new Set(names);
  sets.set(names, known);
  return known.has(name);
}
