// What is remembered of one expectation to the next: what each device should carry (patched where few prefixes change), and
// since when each prefix has been expected, where that began while we watched.
import { compareExpected } from '../expected/prefixes.ts';
import { type ListChange, placesIn, sortedChange } from '../expected/sorted.ts';
import { type VantageRule, vantage, vantageAfter } from '../expected/vantage.ts';
import type { ExpectedPrefix, ExpectedState, Vantage } from '../model/expectation.ts';
import { comparePrefixes, type Prefix, type PrefixKey, prefixKey, samePrefix } from '../model/prefix.ts';
import type { Device } from '../model/snapshot.ts';

export interface ExpectationMemory {
  /** Takes note of the expectation that holds now. */
  see(expected: ExpectedState, now: number): void;
  vantages(devices: readonly Device[]): ReadonlyMap<string, Vantage>;
  /** Whether one of these devices would carry the prefix if it were announced. */
  isCarried(prefix: ExpectedPrefix, devices: readonly Device[]): boolean;
  /** Milliseconds since the epoch; undefined for what was expected from the start. */
  expectedSince(prefix: Prefix): number | undefined;
  /** Since when a prefix is no longer expected; undefined when that is long ago, or never was. */
  expectedUntil(prefix: Prefix): number | undefined;
  /** Since when a node belongs to the cluster, where that began while we watched; in milliseconds since the epoch. */
  nodeSince(name: string): number | undefined;
}

/** How long a prefix that is no longer expected is remembered, in milliseconds. */
const rememberMs = 5 * 60_000;

/** Whether prefixes, asked for in order, are expected, of whatever kind. */
function holder({ prefixes }: ExpectedState): (prefix: Prefix) => boolean {
  const place = placesIn(prefixes);
  return (prefix) => {
    const found = prefixes[place((item) => comparePrefixes(item.prefix, prefix))];
    return found !== undefined && samePrefix(found.prefix, prefix);
  };
}

/** Since when nodes belong to the cluster; those of the first look from ever. */
function nodeMemory() {
  let names: ReadonlySet<string> | undefined;
  let seen: ExpectedState['nodes'] | undefined;
  const since = new Map<string, number>();
  return {
    see(nodes: ExpectedState['nodes'], now: number) {
      if (nodes === seen) return;
      seen = nodes;
      const before = names;
      names = new Set(nodes.map(({ name }) => name));
      for (const name of since.keys()) if (!names.has(name)) since.delete(name);
      if (before) for (const name of names) if (!before.has(name)) since.set(name, now);
    },
    since: (name: string) => since.get(name),
  };
}

export function expectationMemory(rules: readonly VantageRule[]): ExpectationMemory {
  let current: ExpectedState | undefined;
  let carried = new Map<string, Vantage>();
  // What each device carried before the last change, and that change.
  let older = new Map<string, Vantage>();
  let change: ListChange<ExpectedPrefix> = { gone: [], come: [] };
  // Prefixes of the first expectation are not in here: they may have been there for years.
  const since = new Map<PrefixKey, number>();
  const left = new Map<PrefixKey, number>();
  const nodes = nodeMemory();
  return {
    nodeSince: nodes.since,
    see(expected, now) {
      nodes.see(expected.nodes, now);
      const before = current;
      if (expected.prefixes === before?.prefixes) return;
      current = expected;
      older = carried;
      carried = new Map();
      if (!before) return;
      change = sortedChange(before.prefixes, expected.prefixes, compareExpected);
      // Of many thousands that go, as when a pool is closed, none comes back.
      const lost = change.come.length === 0 ? [] : change.gone.filter(({ kind }) => kind === 'block');
      const owners = new Map(lost.map(({ prefix, origins }) => [prefixKey(prefix), origins[0]] as const));
      const [heldBefore, holds] = [holder(before), holder(expected)];
      for (const { prefix, kind, origins } of change.come) {
        const key = prefixKey(prefix);
        left.delete(key);
        // A block that has moved to another node is as good as new; a service's nodes come and go all the time.
        const moved = kind === 'block' && owners.has(key) && owners.get(key) !== origins[0];
        if (!heldBefore(prefix) || moved) since.set(key, now);
      }
      for (const { prefix } of change.gone) {
        if (holds(prefix)) continue;
        const key = prefixKey(prefix);
        since.delete(key);
        left.set(key, now);
      }
      // Whatever left later stands behind.
      for (const [key, at] of left) {
        if (now - at <= rememberMs) break;
        left.delete(key);
      }
    },
    vantages(devices) {
      for (const device of devices) {
        if (!current || carried.has(device.name)) continue;
        const before = older.get(device.name);
        carried.set(
          device.name,
          before ? vantageAfter(before, change, current, device, rules) : vantage(current, device, rules),
        );
      }
      return carried;
    },
    isCarried(prefix, devices) {
      const alone = current && { ...current, prefixes: [prefix] };
      return (
        alone !== undefined && devices.some((device) => vantage(alone, device, rules).prefixes.length > 0)
      );
    },
    expectedSince: (prefix) => since.get(prefixKey(prefix)),
    expectedUntil: (prefix) => left.get(prefixKey(prefix)),
  };
}
