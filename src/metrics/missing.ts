// Missing routes as the metrics count and name them: verdicts `missing` and `default-only` outside of any grace time,
// with the cause that the audit found. The named ones are bounded and cut in a stable order, so that alerts on them do
// not come and go; the counts are exact.
import type { ExpectedPrefix, PrefixKind } from '../model/expectation.ts';
import type { Fabric } from '../model/fabric.ts';
import type { AuditResult, DeviceAudit, Finding } from '../model/finding.ts';
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

/** Missing routes of one device: its key with the prefix, and the prefix as text. */
function* lostAt({ device, verdicts }: DeviceAudit) {
  for (const { expected, verdict } of exceptions(verdicts)) {
    if (verdict !== 'missing' && verdict !== 'default-only') continue;
    const prefix = formatPrefix(expected.prefix);
    yield { id: key(device, prefix), expected, prefix };
  }
}

/** Causes of the missing routes that were found by their key; '' for one that is not known. */
function causesOf(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  for (const { check, device, prefix, cause } of findings)
    if (check === 'route-missing' && prefix !== undefined) causes.set(key(device, prefix), cause ?? '');
  return causes;
}

/** Counts missing routes and names the first `limit` of them; may be interrupted where it yields. */
export function* missingRoutesInParts(fabric: Fabric, limit: number): Generator<void, MissingRoutes> {
  const { findings, pending, silenced = [], devices } = fabric.audit;
  const causes = causesOf(findings);
  const graced = causesOf([...pending, ...silenced]);
  let first: MissingRoute[] = [];
  let all = 0;
  const count = new Map<string, number>();
  const waiting = new Map<string, number>();
  for (const audit of devices.values()) {
    const { device, waitingUnlisted: unlisted = 0 } = audit;
    let [missing, excused] = [0, 0];
    for (const { id, expected, prefix } of lostAt(audit)) {
      if (graced.has(id)) excused++;
      else missing++;
      // Of those that are not listed nobody knows which of them wait.
      const isNamed = !graced.has(id) && (unlisted === 0 || causes.has(id));
      if (limit === 0 || !isNamed) continue;
      first.push({ device, expected, prefix, node: ownerOf(expected), cause: causes.get(id) ?? '' });
      // In a large outage there are millions, of which a few are named.
      if (first.length >= 4 * limit) first = first.sort(byImportance).slice(0, limit);
    }
    const unseen = Math.min(unlisted, missing);
    if (missing > unseen) count.set(device, missing - unseen);
    if (excused + unseen > 0) waiting.set(device, excused + unseen);
    all += missing - unseen;
    yield;
  }
  const named = first.sort(byImportance).slice(0, limit);
  return { named, left: all - named.length, count, pending: waiting };
}

const countsOf = new WeakMap<AuditResult, ReadonlyMap<string, number>>();

/** Exact counts of missing routes by device, of devices that have some; counted once for each audit. */
export function missingCounts(fabric: Fabric): ReadonlyMap<string, number> {
  const known = countsOf.get(fabric.audit) ?? atOnce(missingRoutesInParts(fabric, 0)).count;
  countsOf.set(fabric.audit, known);
  return known;
}
