// The prefixes that must be in the fabric, and the nodes that are entitled to announce each: everything that nodes
// originate, less what a policy (disableBGPExport, BGPFilters) keeps back. A missing session keeps nothing back here:
// that is a fault, which the audit must see. Rules: exports.ts.
import type { ExpectedPrefix, ObjectProblem } from '../model/expectation.ts';
import { comparePrefixes, contains, formatPrefix } from '../model/prefix.ts';
import { follow, type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, openPool } from './exports.ts';
import type { Origination } from './origination.ts';

function reachesFabric(map: RouteMap, origination: Origination, useFilters: boolean): boolean {
  for (const { session } of follow(map, origination, useFilters)) {
    if (session.peerNode === undefined && session.kind !== 'local-workload') return true;
  }
  return false;
}

function poolsAllow(cluster: Cluster, { prefix, kind }: Origination): boolean {
  if (closedPool(cluster, prefix) !== undefined) return false;
  // A single address is no block, so only a pool can let it through.
  return kind !== 'borrowed' || openPool(cluster, prefix) !== undefined;
}

function filtersInUse({ sessions, filters }: Cluster): boolean {
  for (const list of sessions.values()) {
    for (const { filters: names } of list) if (names?.some((name) => filters.has(name))) return true;
  }
  return false;
}

function entitled(cluster: Cluster): readonly Origination[] {
  // Following each prefix through the nodes costs time in big clusters, and only filters can make a difference.
  if (!filtersInUse(cluster)) return cluster.originations.filter((o) => poolsAllow(cluster, o));
  const map = routeMapOf(cluster);
  return cluster.originations.filter((origination) => {
    if (reachesFabric(map, origination, true)) return true;
    return poolsAllow(cluster, origination) && !reachesFabric(map, origination, false);
  });
}

/** Blocks that lie in no pool: their node announces them, but nobody passes them on. */
export function poollessProblems(cluster: Cluster): readonly ObjectProblem[] {
  const { pools, originations } = cluster;
  if (pools.length === 0) return [];
  return originations.flatMap(({ prefix, kind, object, node }): ObjectProblem[] => {
    if (kind !== 'block' && kind !== 'pod-cidr') return [];
    if (pools.some((pool) => contains(pool.prefix, prefix))) return [];
    const message = `${formatPrefix(prefix)} lies in no IPPool: ${node} announces it, but no other node passes it on`;
    return [{ severity: 'warning', object, message }];
  });
}

/** The expected prefixes, each with its origins. */
export function expectedPrefixes(cluster: Cluster): readonly ExpectedPrefix[] {
  const found = new Map<string, { readonly first: Origination; readonly origins: Set<string> }>();
  for (const origination of entitled(cluster)) {
    const key = `${formatPrefix(origination.prefix)} ${origination.kind}`;
    const entry = found.get(key);
    if (entry) entry.origins.add(origination.node);
    else found.set(key, { first: origination, origins: new Set([origination.node]) });
  }
  return [...found.values()]
    .map(({ first: { prefix, kind, because }, origins }) => ({
      prefix,
      kind,
      origins: [...origins].sort(),
      because,
    }))
    .sort((x, y) => comparePrefixes(x.prefix, y.prefix) || (x.kind < y.kind ? -1 : 1));
}
