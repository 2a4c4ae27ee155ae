// Missing routes as the metrics count and name them: verdicts `missing` and `default-only` outside of any grace time,
// with the cause that the audit found. The named ones are bounded and cut in a stable order, so that alerts on them do
// not come and go; the counts are exact.
import type { ExpectedPrefix, PrefixKind } from '../model/expectation.ts';
import type { Fabric } from '../model/fabric.ts';
import { comparePrefixes, formatPrefix } from '../model/prefix.ts';
import { exceptions } from '../model/verdicts.ts';
import { atOnce } from './turns.ts';

interface MissingRoute {
  readonly device: string;
  readonly expected: ExpectedPrefix;
  readonly prefix: string;
  /** The one node that should announce it; '' for a prefix that several nodes announce. */
  readonly node: string;
  /** Id of the cause; '' where it is not known. */
  readonly cause: string;
}

export interface MissingRoutes {
  /** The first of all missing routes, as many as the limit allows. */
  readonly named: readonly MissingRoute[];
  /** How many more there are. */
  readonly left: number;
  /** Exact counts by device. */
  readonly count: ReadonlyMap<string, number>;
  /** Missing, but within a grace time or silenced, by device. */
  readonly pending: ReadonlyMap<string, number>;
}

// Pods first: losing one cuts pods off, while a service range usually has other ways in.
const order: Record<PrefixKind, number> = {
  block: 0,
  'pod-cidr': 0,
  borrowed: 0,
  'service-cluster': 1,
  'service-external': 1,
  'service-loadbalancer': 1,
};

const compareNames = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);

const byImportance = (x: MissingRoute, y: MissingRoute) =>
  order[x.expected.kind] - order[y.expected.kind] ||
  comparePrefixes(x.expected.prefix, y.expected.prefix) ||
  compareNames(x.device, y.device);

const key = (device: string, prefix: string) => `${device} ${prefix}`;

/** The node behind a prefix when there is exactly one. */
export function ownerOf({ origins }: ExpectedPrefix): string {
  const [only] = origins;
  return origins.length === 1 && only !== undefined ? only : '';
}

/** Counts missing routes and names the first `limit` of them; may be interrupted where it yields. */
export function* missingRoutesInParts(fabric: Fabric, limit: number): Generator<void, MissingRoutes> {
  const { findings, pending, silenced = [], devices } = fabric.audit;
  const waiting = [...pending, ...silenced];
  const causes = new Map<string, string>();
  for (const { check, device, prefix, cause } of findings) {
    if (check === 'route-missing' && prefix !== undefined && cause !== undefined) {
      causes.set(key(device, prefix), cause);
    }
  }
  const graced = new Set(
    waiting.flatMap(({ check, device, prefix }) =>
      check === 'route-missing' && prefix !== undefined ? [key(device, prefix)] : [],
    ),
  );
  let first: MissingRoute[] = [];
  let all = 0;
  const count = new Map<string, number>();
  const waitingCount = new Map<string, number>();
  for (const { device, verdicts } of devices.values()) {
    for (const { expected, verdict } of exceptions(verdicts)) {
      if (verdict !== 'missing' && verdict !== 'default-only') continue;
      const prefix = formatPrefix(expected.prefix);
      const id = key(device, prefix);
      const tally = graced.has(id) ? waitingCount : count;
      tally.set(device, (tally.get(device) ?? 0) + 1);
      if (tally === waitingCount) continue;
      all++;
      if (limit === 0) continue;
      first.push({ device, expected, prefix, node: ownerOf(expected), cause: causes.get(id) ?? '' });
      // In a large outage there are millions, of which a few are named.
      if (first.length >= 4 * limit) first = first.sort(byImportance).slice(0, limit);
    }
    yield;
  }
  const named = first.sort(byImportance).slice(0, limit);
  return { named, left: all - named.length, count, pending: waitingCount };
}

/** The same at once. */
export function missingRoutes(fabric: Fabric, limit: number): MissingRoutes {
  return atOnce(missingRoutesInParts(fabric, limit));
}
