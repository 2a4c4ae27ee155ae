// Remembering what was computed, so that one changed object costs little. Each helper wraps a pure function and gives its
// former result for the same (===) inputs, problems included: what comes out is what a fresh computation gives, by
// construction. Objects are never changed in place, datastores put new ones in their stead.
import type { ObjectProblem } from '../model/expectation.ts';
import type { Report } from './fields.ts';

type Args = readonly unknown[];

interface Entry<R> {
  readonly args: Args;
  readonly value: R;
}

interface Read<R> {
  readonly value: R;
  readonly problems: readonly ObjectProblem[];
}

const none: readonly ObjectProblem[] = [];

/** True when two lists hold the same things in the same order. */
export function sameItems(x: Args, y: Args): boolean {
  if (x.length !== y.length) return false;
  // A plain loop: this is asked of every object.
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

function read<R>(compute: (report: Report) => R): Read<R> {
  const problems: ObjectProblem[] = [];
  const value = compute((problem) => problems.push(problem));
  return { value, problems: problems.length > 0 ? problems : none };
}

function told<R>({ value, problems }: Read<R>, report: Report): R {
  for (const problem of problems) report(problem);
  return value;
}

/** The function, with its last result as long as its arguments are the same. */
export function remembered<A extends Args, R>(compute: (...args: A) => R): (...args: A) => R {
  let last: Entry<R> | undefined;
  return (...args) => {
    if (!last || !sameItems(last.args, args)) last = { args, value: compute(...args) };
    return last.value;
  };
}

/** The same for a function that reports problems: they are reported again. */
export function rememberedReading<A extends Args, R>(
  compute: (...args: [...A, Report]) => R,
): (...args: [...A, Report]) => R {
  const inner = remembered((...args: A) => read((report) => compute(...args, report)));
  return (...all) => told(inner(...(all.slice(0, -1) as unknown as A)), all.at(-1) as Report);
}

/** A function of one object, with its last result for that object as long as the other arguments are the same. */
export function perObject<K extends object, A extends Args, R>(
  compute: (key: K, ...rest: A) => R,
): (key: K, ...rest: A) => R {
  const known = new WeakMap<K, Entry<R>>();
  return (key, ...args) => {
    const last = known.get(key);
    if (last && sameItems(last.args, args)) return last.value;
    const value = compute(key, ...args);
    known.set(key, { args, value });
    return value;
  };
}

/** The same for a function that reports problems. */
export function perObjectReading<K extends object, A extends Args, R>(
  compute: (key: K, ...rest: [...A, Report]) => R,
): (key: K, ...rest: [...A, Report]) => R {
  const inner = perObject((key: K, ...args: A) => read((report) => compute(key, ...args, report)));
  return (key, ...all) => told(inner(key, ...(all.slice(0, -1) as unknown as A)), all.at(-1) as Report);
}

/** A function of two objects. */
export function perPair<X extends object, Y extends object, R>(
  compute: (x: X, y: Y) => R,
): (x: X, y: Y) => R {
  const known = new WeakMap<X, WeakMap<Y, { readonly value: R }>>();
  return (x, y) => {
    const inner = known.get(x) ?? new WeakMap<Y, { readonly value: R }>();
    known.set(x, inner);
    const entry = inner.get(y) ?? { value: compute(x, y) };
    inner.set(y, entry);
    return entry.value;
  };
}

/** A function of a list that belongs to an object: the same items in the same order give the same result. */
export function perList<P, R>(
  compute: (parts: readonly P[]) => R,
): (owner: object, parts: readonly P[]) => R {
  const known = new WeakMap<object, { readonly parts: readonly P[]; readonly value: R }>();
  return (owner, parts) => {
    const last = known.get(owner);
    if (last && sameItems(last.parts, parts)) return last.value;
    const value = compute(parts);
    known.set(owner, { parts, value });
    return value;
  };
}

/**
 * Gives the list that came before in place of one with the same items, so that it counts as unchanged.
 * @param same what counts as the same item; the same object unless given
 */
export function settled<T>(same: (x: T, y: T) => boolean = Object.is): (list: readonly T[]) => readonly T[] {
  let last: readonly T[] = [];
  return (list) => {
    if (list.length !== last.length || list.some((item, i) => !same(last[i] as T, item))) last = list;
    return last;
  };
}

/**
 * A function of each item of a list and of what is the same for all: items that stand where they stood keep their result
 * without a look at anything but the two lists.
 */
export function mapped<T, A extends Args, R>(
  compute: (item: T, ...shared: A) => R,
): (list: readonly T[], ...shared: A) => readonly R[] {
  let before: readonly T[] = [];
  let results: readonly R[] = [];
  let last: Args = [];
  return (list, ...shared) => {
    if (!sameItems(last, shared)) {
      [before, results, last] = [list, list.map((item) => compute(item, ...shared)), shared];
      return results;
    }
    if (list === before) return results;
    const most = Math.min(before.length, list.length);
    let head = 0;
    while (head < most && before[head] === list[head]) head++;
    let tail = 0;
    while (tail < most - head && before[before.length - 1 - tail] === list[list.length - 1 - tail]) tail++;
    const known = new Map<T, R>();
    for (let i = head; i < before.length - tail; i++) known.set(before[i] as T, results[i] as R);
    const middle = list
      .slice(head, list.length - tail)
      .map((item) => (known.has(item) ? (known.get(item) as R) : compute(item, ...shared)));
    // Joined, not spread: that takes ten times as long where lists have tens of thousands of items.
    results = results.slice(0, head).concat(middle, results.slice(before.length - tail));
    before = list;
    return results;
  };
}

/** The same for a function that reports problems. */
export function mappedReading<T, A extends Args, R>(
  compute: (item: T, ...rest: [...A, Report]) => R,
): (list: readonly T[], ...rest: [...A, Report]) => readonly R[] {
  const inner = mapped((item: T, ...shared: A) => read((report) => compute(item, ...shared, report)));
  const values = remembered((reads: readonly Read<R>[]) => reads.map(({ value }) => value));
  const troubled = remembered((reads: readonly Read<R>[]) =>
    reads.filter(({ problems }) => problems !== none),
  );
  return (list, ...all) => {
    const reads = inner(list, ...(all.slice(0, -1) as unknown as A));
    for (const each of troubled(reads)) told(each, all.at(-1) as Report);
    return values(reads);
  };
}
