// Sorted lists that change a little: where an item stands, what two of them differ in, and one made from the other. Each
// item is there once, by the order's own measure.

type Compare<T> = (x: T, y: T) => number;

/** Where an item is or would have to stand: the number of items before it. */
export function placeOf<T>(list: readonly T[], compare: (item: T) => number): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    // `middle` lies inside the list.
    if (compare(list[middle] as T) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

export interface ListChange<T> {
  readonly gone: readonly T[];
  readonly come: readonly T[];
}

/** What differs between two sorted lists; an item counts as the same only when it is the same object. */
export function sortedChange<T>(
  before: readonly T[],
  after: readonly T[],
  compare: Compare<T>,
): ListChange<T> {
  const [gone, come]: [T[], T[]] = [[], []];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [x, y] = [before[i] as T, after[j] as T];
    if (i < before.length && j < after.length && x === y) {
      i++;
      j++;
      continue;
    }
    const order = i >= before.length ? 1 : j >= after.length ? -1 : compare(x, y);
    if (order <= 0) {
      gone.push(x);
      i++;
    }
    if (order >= 0) {
      come.push(y);
      j++;
    }
  }
  return { gone, come };
}

/** What differs between two lists in any order, each object once. Cheap where most of them stand where they stood. */
export function listChange<T>(before: readonly T[], after: readonly T[]): ListChange<T> {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const old = new Set(before.slice(head, before.length - tail));
  const come = after.slice(head, after.length - tail).filter((item) => !old.delete(item));
  return { gone: [...old], come };
}

/** The sorted items of `after`, made from a sorted list that held most of them. */
export function resorted<T extends object>(
  before: readonly T[],
  after: Iterable<T>,
  compare: Compare<T>,
): readonly T[] {
  const rest = new Set(after);
  const size = rest.size;
  // Sorting a list that is sorted but for its end costs little more than looking at it.
  const kept = before.filter((item) => rest.delete(item));
  if (rest.size === 0 && kept.length === before.length && kept.length === size) return before;
  return [...kept, ...rest].sort(compare);
}
