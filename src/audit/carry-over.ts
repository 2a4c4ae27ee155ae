// An audit after a change of some prefixes, made from the one before: verdicts, faults and unexpected routes of all other
// prefixes are taken over. What a prefix is judged by are its own routes and, where it has none, those that cover it; so the
// prefixes that have changed are looked at again at every device, with those inside of them where routes have changed.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { comparePrefixes, contains, type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { isUnlooked, LeanVerdict, SparseVerdicts } from '../model/verdicts.ts';
import type { RouteAudit } from './check.ts';
import type { Context } from './context.ts';
import { type JudgedDevice, judgeAll } from './judged.ts';
import { takeOver } from './lasting.ts';
import { groundsOf } from './route-missing.ts';
import { type Faulty, faultyAt, keepFaults, knownFaults } from './route-next-hop.ts';
import { hasManyOwners, keepShared, sharedIn } from './route-unannounced.ts';
import { carryUnexpected } from './route-unexpected.ts';
import { routesChanged } from './surroundings.ts';
import { spreads } from './uplinks.ts';
import { judge } from './verdict.ts';

type List = readonly ExpectedPrefix[];

/** Most prefixes that are looked at again: with more of them everything is. */
const mostTouched = 2000;

const order = (x: ExpectedPrefix, y: ExpectedPrefix) => comparePrefixes(x.prefix, y.prefix);

/** Lists that are known to be in the order of prefixes. */
const sorted = new WeakSet<List>();

function isSorted(list: List): boolean {
  if (sorted.has(list)) return true;
  for (let i = 1; i < list.length; i++)
    if (order(list[i - 1] as ExpectedPrefix, list[i] as ExpectedPrefix) > 0) return false;
  sorted.add(list);
  return true;
}

/** Number of the first item that does not stand before the prefix. */
function placeBy<T>(list: readonly T[], prefix: Prefix, prefixOf: (item: T) => Prefix): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (comparePrefixes(prefixOf(list[middle] as T), prefix) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

const placeIn = (list: List, prefix: Prefix) => placeBy(list, prefix, (entry) => entry.prefix);

const isBehind = (x: ExpectedPrefix | undefined, next: ExpectedPrefix | undefined) =>
  x !== undefined && next !== undefined && order(x, next) > 0;

/** How many entries from these places on are the same objects. */
function sameFrom(x: List, i: number, y: List, j: number): number {
  const most = Math.min(x.length - i, y.length - j);
  let count = 0;
  while (count < most && x[i + count] === y[j + count]) count++;
  return count;
}

/** Entries that differ between two lists in order; undefined for too many. An entry is the same only as the same object. */
function changedEntries(before: List, after: List): readonly ExpectedPrefix[] | undefined {
  if (before === after) return [];
  if (!isSorted(before) || Math.abs(before.length - after.length) > mostTouched) return undefined;
  const changed: ExpectedPrefix[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const same = sameFrom(before, i, after, j);
    i += same;
    j += same;
    if (i >= before.length && j >= after.length) break;
    const [x, y] = [before[i], after[j]];
    if (changed.length > mostTouched) return undefined;
    const which = x === undefined ? 1 : y === undefined ? -1 : order(x, y);
    changed.push((which <= 0 ? x : y) as ExpectedPrefix);
    if (which <= 0) i++;
    if (which < 0) continue;
    // What has come must stand in order, too: what it stands between is in order by itself.
    if (isBehind(after[j - 1], y) || isBehind(y, after[j + 1])) return undefined;
    j++;
  }
  sorted.add(after);
  return changed;
}

type Touched = ReadonlyMap<PrefixKey, Prefix>;

/** Prefixes that are expected otherwise, somewhere; undefined when these are too many or cannot be told. */
function expectedOtherwise(before: Context, context: Context): readonly Prefix[] | undefined {
  const changed: Prefix[] = [];
  // Devices that share a list mostly shared the one before.
  const compared = new Map<List, List>();
  const compare = (old: List, list: List): boolean => {
    if (compared.get(list) === old) return true;
    compared.set(list, old);
    const entries = changedEntries(old, list);
    for (const { prefix } of entries ?? []) changed.push(prefix);
    return entries !== undefined && isSorted(list);
  };
  if (!compare(before.expected?.prefixes ?? [], context.expected?.prefixes ?? [])) return undefined;
  for (const name of context.devices.keys())
    if (!compare(before.carries(name), context.carries(name))) return undefined;
  return changed;
}

/** Every prefix that must be looked at again; undefined when these are too many or cannot be told. */
function touchedPrefixes(before: Context, context: Context): Touched | undefined {
  const routes = routesChanged(before, context);
  const otherwise = routes && expectedOtherwise(before, context);
  if (!otherwise) return undefined;
  const all = context.expected?.prefixes ?? [];
  const touched = new Map([...otherwise, ...routes].map((prefix) => [prefixKey(prefix), prefix]));
  for (const prefix of routes) {
    for (let i = placeIn(all, prefix); i < all.length && touched.size <= mostTouched; i++) {
      const inner = (all[i] as ExpectedPrefix).prefix;
      if (!contains(prefix, inner)) break;
      touched.set(prefixKey(inner), inner);
    }
  }
  return touched.size > mostTouched ? undefined : touched;
}

function entriesOf(list: List, prefix: Prefix): readonly ExpectedPrefix[] {
  const entries: ExpectedPrefix[] = [];
  for (let i = placeIn(list, prefix); i < list.length; i++) {
    const entry = list[i] as ExpectedPrefix;
    if (comparePrefixes(entry.prefix, prefix) !== 0) break;
    entries.push(entry);
  }
  return entries;
}

/** A list in order with what it has of these prefixes, which are in order too, replaced. */
function replaced<T>(
  list: readonly T[],
  prefixes: readonly Prefix[],
  fresh: readonly T[],
  prefixOf: (item: T) => Prefix,
): readonly T[] {
  const all: T[] = [];
  let [at, next] = [0, 0];
  for (const prefix of prefixes) {
    const place = placeBy(list, prefix, prefixOf);
    for (; at < place; at++) all.push(list[at] as T);
    while (at < list.length && comparePrefixes(prefixOf(list[at] as T), prefix) === 0) at++;
    for (; next < fresh.length; next++) {
      const item = fresh[next] as T;
      if (comparePrefixes(prefixOf(item), prefix) !== 0) break;
      all.push(item);
    }
  }
  for (; at < list.length; at++) all.push(list[at] as T);
  return all;
}

const judgedPrefix = ({ expected }: { readonly expected: ExpectedPrefix }) => expected.prefix;

/** True for a verdict that is kept: the others are made when somebody asks (judged.ts). */
const isKept = ({ verdict, evidence, expected }: RouteVerdict) =>
  verdict !== 'present' || evidence[0]?.prefix.length !== expected.prefix.length;

/** True where the verdicts on a device can be mended: it should carry something as before, and they were made in full. */
function canCarry(
  before: Context,
  context: Context,
  [name, snapshot]: readonly [string, DeviceSnapshot],
  old: RouteAudit,
): boolean {
  const count = context.carries(name).length;
  const judged = old.get(name);
  if (count === 0 || !judged) return count === 0 && !judged;
  // Whether it spreads traffic at all is judged by the whole table.
  if (spreads(before, name) !== spreads(context, name)) return false;
  return (
    !context.routes(snapshot).known ||
    (judged.verdicts instanceof SparseVerdicts && judged.verdicts.usual === 'present')
  );
}

function rejudged(
  context: Context,
  snapshot: DeviceSnapshot,
  old: JudgedDevice,
  prefixes: readonly Prefix[],
): JudgedDevice {
  const list = context.carries(snapshot.device.name);
  const grounds = groundsOf(context, snapshot);
  const { views, silent, hopsKept } = grounds;
  if (!views.known || !(old.verdicts instanceof SparseVerdicts) || isUnlooked(old.verdicts))
    return judgeAll(list, grounds);
  const again = (expected: ExpectedPrefix) => judge(expected, views, silent, hopsKept);
  const fresh = prefixes.flatMap((prefix) => entriesOf(list, prefix)).map(again);
  const { judging } = old.verdicts;
  judging.judge = again;
  const keptNow: RouteVerdict[] = fresh
    .filter(isKept)
    .map(({ expected, verdict }) => new LeanVerdict(expected, verdict, judging));
  const kept = replaced(old.verdicts.kept, prefixes, keptNow, judgedPrefix);
  const made: JudgedDevice = { verdicts: new SparseVerdicts(list, kept, judging) };
  const faults = fresh.flatMap((verdict): Faulty[] => {
    const faulty = isKept(verdict) ? undefined : faultyAt(context, snapshot, verdict);
    return faulty ? [faulty] : [];
  });
  keepFaults(made, replaced(knownFaults(old), prefixes, faults, judgedPrefix));
  return made;
}

/** The verdicts of an audit, made from those of the one before; undefined where everything must be looked at. */
export function carryOver(before: Context, old: RouteAudit, context: Context): RouteAudit | undefined {
  const touched = touchedPrefixes(before, context);
  if (!touched || ![...context.devices].every((device) => canCarry(before, context, device, old)))
    return undefined;
  takeOver(before, context);
  const prefixes = [...touched.values()].sort(comparePrefixes);
  const result = new Map<string, JudgedDevice>();
  for (const [name, judged] of old) {
    const snapshot = context.devices.get(name);
    if (snapshot) result.set(name, rejudged(context, snapshot, judged, prefixes));
  }
  const all = context.expected?.prefixes ?? [];
  const owned = prefixes.map((prefix) => {
    const entries = entriesOf(all, prefix);
    return { prefix, owners: entries.length > 0 ? entries.flatMap(({ origins }) => origins) : undefined };
  });
  carryUnexpected(before, context, owned);
  const shared = prefixes.flatMap((prefix) => entriesOf(all, prefix)).filter(hasManyOwners);
  keepShared(
    all,
    replaced(sharedIn(before.expected?.prefixes ?? []), prefixes, shared, (entry) => entry.prefix),
  );
  return result;
}
