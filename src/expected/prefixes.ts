// The prefixes that must be in the fabric, and the nodes that are entitled to announce each: everything that nodes
// originate, less what a policy (disableBGPExport, BGPFilters) keeps back. A missing session keeps nothing back here:
// that is a fault, which the audit must see. Rules: exports.ts.
import type { ExpectedPrefix, ObjectProblem } from '../model/expectation.ts';
import { comparePrefixes, contains, formatPrefix } from '../model/prefix.ts';
import { follow, type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, exportDecision, openPool } from './exports.ts';
import { speaksOf } from './filter-rules.ts';
import type { Direction, FilterRule } from './filters.ts';
import type { Origination } from './origination.ts';

/** True when some peer outside of the cluster gets the prefix from this origin. */
export function reachesFabric(
  map: RouteMap,
  origination: Origination,
  origin: string,
  useFilters: boolean,
): boolean {
  const { prefix, source } = origination;
  const policy = map.policies.get(origin);
  // Most nodes speak with the fabric themselves: then there is no way to follow.
  for (const session of map.cluster.sessions.get(origin) ?? []) {
    if (!policy || session.peerNode !== undefined || session.kind === 'local-workload') continue;
    if ((session.afi === 'ipv4') !== (prefix.family === 4)) continue;
    if (exportDecision(map.cluster, policy, session, { prefix, source }, useFilters).accepted) return true;
  }
  for (const { session } of follow(map, origination, origin, useFilters)) {
    if (session.peerNode === undefined && session.kind !== 'local-workload') return true;
  }
  return false;
}

/** True when the pools let the prefix out. */
export function poolsAllow(cluster: Cluster, { prefix, kind }: Origination): boolean {
  if (closedPool(cluster, prefix) !== undefined) return false;
  // A single address is no block, so only a pool can let it through.
  return kind !== 'borrowed' || openPool(cluster, prefix) !== undefined;
}

/** Rules of the BGPFilters that some session uses. */
export function rulesInUse({ sessions, filters }: Cluster): readonly FilterRule[] {
  const names = new Set<string>();
  for (const list of sessions.values()) {
    for (const session of list) for (const name of session.filters ?? []) names.add(name);
  }
  const used = [...names].flatMap((name) => filters.get(name) ?? []);
  const directions: readonly Direction[] = ['import', 'export'];
  return used.flatMap((filter) => directions.flatMap((d) => [...filter.rules(d, 4), ...filter.rules(d, 6)]));
}

function entitled(cluster: Cluster): readonly Origination[] {
  const rules = rulesInUse(cluster);
  if (rules.length === 0) return cluster.originations.filter((o) => poolsAllow(cluster, o));
  const map = routeMapOf(cluster);
  return cluster.originations.flatMap((origination) => {
    const allowed = poolsAllow(cluster, origination);
    // Following each prefix through the nodes costs time in big clusters, and only filters can make a difference.
    if (!rules.some((rule) => speaksOf(rule, origination.prefix))) return allowed ? [origination] : [];
    const nodes = origination.nodes.filter(
      (node) =>
        reachesFabric(map, origination, node, true) ||
        (allowed && !reachesFabric(map, origination, node, false)),
    );
    return nodes.length > 0 ? [{ ...origination, nodes }] : [];
  });
}

/** Blocks that lie in no pool: their node announces them, but nobody passes them on. */
export function poollessProblems(cluster: Cluster): readonly ObjectProblem[] {
  const { pools, originations } = cluster;
  if (pools.length === 0) return [];
  return originations.flatMap(({ prefix, kind, object, nodes }): ObjectProblem[] => {
    if (kind !== 'block' && kind !== 'pod-cidr') return [];
    if (pools.some((pool) => contains(pool.prefix, prefix))) return [];
    const message = `${formatPrefix(prefix)} lies in no IPPool: ${nodes.join(', ')} announces it, but no other node passes it on`;
    return [{ severity: 'warning', object, message }];
  });
}

/** The expected prefixes, each with its origins. */
export function expectedPrefixes(cluster: Cluster): readonly ExpectedPrefix[] {
  const found = new Map<string, ExpectedPrefix>();
  for (const { prefix, kind, nodes, because, since } of entitled(cluster)) {
    const key = `${formatPrefix(prefix)} ${kind}`;
    const older = found.get(key);
    const origins = older ? [...new Set([...older.origins, ...nodes])].sort() : nodes;
    const dated = (older ? older.since : since) ?? since;
    found.set(key, {
      prefix,
      kind,
      origins,
      because: older?.because ?? because,
      ...(dated === undefined ? {} : { since: dated }),
    });
  }
  return [...found.values()].sort(
    (x, y) => comparePrefixes(x.prefix, y.prefix) || (x.kind < y.kind ? -1 : 1),
  );
}
