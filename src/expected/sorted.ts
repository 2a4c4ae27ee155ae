// Sorted lists that change a little: where an item stands, what two of them differ in, and one made from the other. Each
// item is there once, by the order's own measure.

type Compare<T> = (x: T, y: T) => number;

/** Where an item is or would have to stand: the number of items before it. It is known to stand between the bounds. */
export function placeOf<T>(
  list: readonly T[],
  compare: (item: T) => number,
  bounds: readonly [from: number, to: number] = [0, list.length],
): number {
  let [from, to] = bounds;
  while (from < to) {
    const middle = (from + to) >>> 1;
    // `middle` lies inside the list.
    if (compare(list[middle] as T) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A `placeOf` for questions in the list's own order: each goes on from where the one before ended. */
export function placesIn<T>(list: readonly T[]): (compare: (item: T) => number) => number {
  let from = 0;
  return (compare) => {
    let [step, to] = [1, from];
    while (to < list.length && compare(list[to] as T) < 0) {
      from = to + 1;
      to += step;
      step *= 2;
    }
    from = placeOf(list, compare, [from, Math.min(to, list.length)]);
    return from;
  };
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
  const [left, right] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  // A set of the shorter one: of a pool that is closed the other has tens of thousands.
  if (left.length > right.length) {
    const fresh = new Set(right);
    const gone = left.filter((item) => !fresh.delete(item));
    return { gone, come: [...fresh] };
  }
  const old = new Set(left);
  const come = right.filter((item) => !old.delete(item));
  return { gone: [...old], come };
}

/** Two sorted lists as one; undefined when an item is there twice by the order's measure. */
export function joinSorted<T>(
  x: readonly T[],
  y: readonly T[],
  compare: Compare<T>,
): readonly T[] | undefined {
  const all: T[] = [];
  const place = placesIn(x);
  let i = 0;
  let last: T | undefined;
  for (const item of y) {
    const to = place((other) => compare(other, item));
    const next = x[to];
    if (next !== undefined && compare(next, item) === 0) return undefined;
    if (last !== undefined && compare(last, item) === 0) return undefined;
    while (i < to) all.push(x[i++] as T);
    all.push(item);
    last = item;
  }
  return all.concat(x.slice(i));
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
