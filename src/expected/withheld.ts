// What policy keeps from the fabric although its nodes have it: pools with disableBGPExport, and BGPFilters, with the rule.
// Such prefixes are expected nowhere; whoever looks for one must be told why.
import type { WithheldPrefix } from '../model/expectation.ts';
import { type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, exportDecision } from './exports.ts';
import { speaksOf } from './filter-rules.ts';
import { mapped, remembered, sameItems } from './memo.ts';
import type { Origination } from './origination.ts';
import { poolsAllow, reachesFabric, rulesInUse } from './prefixes.ts';

/** The first filter that stops the prefix on one of its origin's own sessions with the fabric. */
function rejection(map: RouteMap, { prefix, source }: Origination, origin: string) {
  const policy = map.policies.get(origin);
  if (!policy) return undefined;
  for (const session of map.cluster.sessions.get(origin) ?? []) {
    if ((session.afi === 'ipv4') !== (prefix.family === 4)) continue;
    const decision = exportDecision(map.cluster, policy, session, { prefix, source });
    if (!decision.accepted && decision.filter !== undefined) return decision;
  }
  return undefined;
}

function byFilter(map: RouteMap, origination: Origination): readonly WithheldPrefix[] {
  const { prefix, kind, nodes } = origination;
  return nodes.flatMap((node): WithheldPrefix[] => {
    const ways = { cluster: map.cluster, policies: map.policies, map: () => map };
    if (reachesFabric(ways, origination, node, true) || !reachesFabric(ways, origination, node, false))
      return [];
    const { filter, because = 'a BGPFilter on the way rejects it' } = rejection(map, origination, node) ?? {};
    const object = filter === undefined ? 'BGPFilter' : `BGPFilter ${filter}`;
    return [{ prefix, kind, nodes: [node], cause: 'bgpfilter-reject', object, because }];
  });
}

function byPool(origination: Origination, pools: Cluster['pools']): WithheldPrefix | undefined {
  const { prefix, kind, nodes } = origination;
  const pool = closedPool({ pools }, prefix);
  if (pool === undefined) return undefined;
  const because = `IPPool ${pool} has disableBGPExport`;
  return { prefix, kind, nodes, cause: 'pool-export-disabled', object: `IPPool ${pool}`, because };
}

function byPolicy(cluster: Cluster, rules: ReturnType<typeof rulesInUse>): readonly WithheldPrefix[] {
  const map = routeMapOf(cluster);
  return cluster.originations.flatMap((origination): readonly WithheldPrefix[] => {
    const closed = byPool(origination, cluster.pools);
    if (closed) return [closed];
    if (!poolsAllow(cluster, origination)) return [];
    return rules.some((rule) => speaksOf(rule, origination.prefix)) ? byFilter(map, origination) : [];
  });
}

/** A function that finds the prefixes that nodes have and policy keeps from the whole fabric. */
export function withheldFinder(): (cluster: Cluster) => readonly WithheldPrefix[] {
  const rulesIn = remembered((sessions: Cluster['sessions'], filters: Cluster['filters']) =>
    rulesInUse({ sessions, filters }),
  );
  const closed = mapped(byPool);
  // Only the problems of a cluster can differ while these are the same, and they withhold nothing.
  let last: { readonly on: readonly unknown[]; readonly found: readonly WithheldPrefix[] } | undefined;
  return (cluster) => {
    const { features, config, nodes, pools, filters, sessions, originations } = cluster;
    const rules = rulesIn(sessions, filters);
    if (rules.length === 0) return closed(originations, pools).filter((found) => found !== undefined);
    const on = [features, config, nodes, pools, filters, sessions, originations];
    if (!last || !sameItems(last.on, on)) last = { on, found: byPolicy(cluster, rules) };
    return last.found;
  };
}
