// What is remembered of one expectation to the next: what each device should carry (computed once per expectation and
// device), and since when each prefix has been expected, where that began while we watched.
import { type VantageRule, vantage } from '../expected/vantage.ts';
import type { ExpectedState, Vantage } from '../model/expectation.ts';
import { type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import type { Device } from '../model/snapshot.ts';

export interface ExpectationMemory {
  /** Takes note of the expectation that holds now. */
  see(expected: ExpectedState, now: number): void;
  vantages(devices: readonly Device[]): ReadonlyMap<string, Vantage>;
  /** Milliseconds since the epoch; undefined for what was expected from the start. */
  expectedSince(prefix: Prefix): number | undefined;
}

export function expectationMemory(rules: readonly VantageRule[]): ExpectationMemory {
  let current: ExpectedState | undefined;
  let carried = new Map<string, Vantage>();
  // Undefined for prefixes of the first expectation: they may have been there for years.
  let since = new Map<PrefixKey, number | undefined>();
  return {
    see(expected, now) {
      if (expected.prefixes === current?.prefixes) return;
      const first = current === undefined;
      const known = since;
      since = new Map(
        expected.prefixes.map(({ prefix }) => {
          const key = prefixKey(prefix);
          return [key, known.has(key) ? known.get(key) : first ? undefined : now];
        }),
      );
      current = expected;
      carried = new Map();
    },
    vantages(devices) {
      for (const device of devices) {
        if (current && !carried.has(device.name)) carried.set(device.name, vantage(current, device, rules));
      }
      return carried;
    },
    expectedSince: (prefix) => since.get(prefixKey(prefix)),
  };
}
