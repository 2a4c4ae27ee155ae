// What policy keeps from the fabric although its nodes have it: pools with disableBGPExport, and BGPFilters, with the rule.
// Such prefixes are expected nowhere; whoever looks for one must be told why.
import type { WithheldPrefix } from '../model/expectation.ts';
import { type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, exportDecision } from './exports.ts';
import { speaksOf } from './filter-rules.ts';
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
    if (reachesFabric(map, origination, node, true) || !reachesFabric(map, origination, node, false))
      return [];
    const { filter, because = 'a BGPFilter on the way rejects it' } = rejection(map, origination, node) ?? {};
    const object = filter === undefined ? 'BGPFilter' : `BGPFilter ${filter}`;
    return [{ prefix, kind, nodes: [node], cause: 'bgpfilter-reject', object, because }];
  });
}

/** Prefixes that nodes have and policy keeps from the whole fabric. */
export function withheldPrefixes(cluster: Cluster): readonly WithheldPrefix[] {
  const rules = rulesInUse(cluster);
  const map = rules.length > 0 ? routeMapOf(cluster) : undefined;
  return cluster.originations.flatMap((origination): readonly WithheldPrefix[] => {
    const { prefix, kind, nodes } = origination;
    const pool = closedPool(cluster, prefix);
    if (pool !== undefined) {
      const because = `IPPool ${pool} has disableBGPExport`;
      return [{ prefix, kind, nodes, cause: 'pool-export-disabled', object: `IPPool ${pool}`, because }];
    }
    if (!map || !poolsAllow(cluster, origination)) return [];
    return rules.some((rule) => speaksOf(rule, prefix)) ? byFilter(map, origination) : [];
  });
}
