// Which rows of a table lie in the cluster's ranges, and how many prefixes of a device do: told from the columns, since big
// tables have a million rows.
import { contains, type Prefix } from '../model/prefix.ts';
import { firstIpv6 } from '../model/prefix-index.ts';
import type { RouteTable } from '../model/route-table.ts';

/** Tells whether the prefix of a row lies in one of the ranges. */
export function insideRanges(ranges: readonly Prefix[], table: RouteTable): (row: number) => boolean {
  const { a, length } = table.columns;
  const ipv4 = ranges.filter(({ family }) => family === 4);
  const ipv6 = ranges.filter(({ family }) => family === 6);
  return (row) => {
    const bits = length[row] as number;
    if (bits >= firstIpv6) return ipv6.some((range) => contains(range, table.prefixAt(row)));
    for (const range of ipv4) {
      if (range.length > bits) continue;
      // The bits in which they differ, if any, lie behind the range's own.
      const differ = ((a[row] as number) ^ range.a) >>> 0;
      if (range.length === 0 || differ >>> (32 - range.length) === 0) return true;
    }
    return false;
  };
}

function count(ranges: readonly Prefix[], table: RouteTable, before: readonly RouteTable[]): number {
  const { columns, index } = table;
  const inside = insideRanges(ranges, table);
  let sum = 0;
  for (let row = 0; row < table.size; row++)
    if (
      index.next(row) < 0 &&
      inside(row) &&
      before.every((other) => other.index.firstLike(columns, row) < 0)
    )
      sum++;
  return sum;
}

const counted = new WeakMap<RouteTable, { readonly ranges: readonly Prefix[]; readonly sum: number }>();

/** How many different prefixes of these tables lie in the ranges. */
export function countInside(ranges: readonly Prefix[], tables: readonly RouteTable[]): number {
  let sum = 0;
  for (const [i, table] of tables.entries()) {
    const known = i === 0 ? counted.get(table) : undefined;
    const own = known?.ranges === ranges ? known.sum : count(ranges, table, tables.slice(0, i));
    if (i === 0) counted.set(table, { ranges, sum: own });
    sum += own;
  }
  return sum;
}
