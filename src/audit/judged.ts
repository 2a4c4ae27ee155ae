// The verdicts on all prefixes of one device at once. That a prefix is there, which is nearly always so, is seen in the columns
// of the tables; everything else is left to `judge`, which says the same, and why.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict, RouteVerdicts } from '../model/finding.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { RouteView } from '../model/route-view.ts';
import { LeanVerdict, SparseVerdicts } from '../model/verdicts.ts';
import type { Known } from './context.ts';
import { placesOf } from './places.ts';
import { decidingViews, isStale, isUsable, judge } from './verdict.ts';

/** Where the expected prefixes stand in one table. */
export interface FoundRows {
  readonly table: RouteTable;
  /** By place of the expected prefix: its first row, or -1. */
  readonly first: Int32Array;
  /** By number of the set of attributes: 1 for rows that the device may use. */
  readonly usable: Uint8Array;
}

/** Where a device has what it should have. */
export interface Found {
  /** What it should carry, in whose order the arrays are. */
  readonly list: readonly ExpectedPrefix[];
  readonly tables: readonly FoundRows[];
  /** 1 for each prefix to which it has a route that it can use and that is not only kept. */
  readonly exact: Uint8Array;
}

export interface JudgedDevice {
  readonly verdicts: RouteVerdicts;
  /** Undefined where the routes are not known. */
  readonly found?: Found;
}

/** What a verdict rests on beside the prefix: see `judge`. */
export interface Grounds {
  readonly views: Known<readonly RouteView[]>;
  readonly silent: ReadonlySet<string>;
  readonly hopsKept: boolean;
}

/** By number of the set of attributes and of the next hops, whether such a row is fresh; one pair is asked for once. */
function freshness(table: RouteTable, { silent, hopsKept }: Grounds): (row: number) => boolean {
  const { attributes, hops } = table.columns;
  const none = silent.size === 0;
  const known = new Map<number, boolean>();
  const width = table.columns.hopSets.length;
  const byAttributes = table.columns.attributeSets.map(({ stale }) => stale !== true);
  return (row) => {
    const set = attributes[row] as number;
    if (none) return byAttributes[set] as boolean;
    const key = set * width + (hops[row] as number);
    const is = known.get(key) ?? !isStale(table.at(row), silent, hopsKept);
    known.set(key, is);
    return is;
  };
}

function look(
  list: readonly ExpectedPrefix[],
  table: RouteTable,
  grounds: Grounds,
  exact: Uint8Array,
): FoundRows {
  const { columns } = placesOf(list);
  const first = new Int32Array(list.length);
  const { attributes, attributeSets } = table.columns;
  const usable = Uint8Array.from(attributeSets, (set) => (isUsable(set) ? 1 : 0));
  const isFresh = freshness(table, grounds);
  const { index } = table;
  let guess = 0;
  for (let i = 0; i < list.length; i++) {
    let row = index.near(columns, i, guess);
    first[i] = row;
    if (row >= 0) guess = row + 1;
    for (; row >= 0 && exact[i] === 0; row = index.next(row))
      if (usable[attributes[row] as number] === 1 && isFresh(row)) exact[i] = 1;
  }
  return { table, first, usable };
}

/** Judges every prefix that a device should carry. */
export function judgeAll(list: readonly ExpectedPrefix[], grounds: Grounds): JudgedDevice {
  const { views, silent, hopsKept } = grounds;
  const again = (expected: ExpectedPrefix) => judge(expected, views, silent, hopsKept);
  const judging = { judge: again };
  if (!views.known) return { verdicts: new SparseVerdicts(list, [], judging, 'unknown') };
  const exact = new Uint8Array(list.length);
  const tables = decidingViews(views.value).map(({ table }) => look(list, table, grounds, exact));
  const kept: RouteVerdict[] = [];
  for (let i = 0; i < list.length; i++) {
    if (exact[i] === 1) continue;
    const { expected, verdict } = again(list[i] as ExpectedPrefix);
    kept.push(new LeanVerdict(expected, verdict, judging));
  }
  return { verdicts: new SparseVerdicts(list, kept, judging), found: { list, tables, exact } };
}
