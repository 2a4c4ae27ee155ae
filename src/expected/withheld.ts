// Why policy keeps a prefix from the fabric although its nodes have it: a pool with disableBGPExport, or a BGPFilter, with
// the rule. Such prefixes are expected nowhere; whoever looks for one must be told why.
import type { WithheldPrefix } from '../model/expectation.ts';
import type { Cluster } from './cluster.ts';
import { exportDecision, type NodePolicy } from './exports.ts';
import type { Origination } from './origination.ts';

interface Ways {
  readonly cluster: Cluster;
  readonly policies: ReadonlyMap<string, NodePolicy>;
}

/** The first filter that stops the prefix on one of its origin's own sessions with the fabric. */
function rejection({ cluster, policies }: Ways, { prefix, source }: Origination, origin: string) {
  const policy = policies.get(origin);
  if (!policy) return undefined;
  for (const session of cluster.sessions.get(origin) ?? []) {
    if ((session.afi === 'ipv4') !== (prefix.family === 4)) continue;
    const decision = exportDecision(cluster, policy, session, { prefix, source });
    if (!decision.accepted && decision.filter !== undefined) return decision;
  }
  return undefined;
}

/** A prefix that BGPFilters keep on one node. */
export function byFilter(ways: Ways, origination: Origination, node: string): WithheldPrefix {
  const { prefix, kind } = origination;
  const { filter, because = 'a BGPFilter on the way rejects it' } = rejection(ways, origination, node) ?? {};
  const object = filter === undefined ? 'BGPFilter' : `BGPFilter ${filter}`;
  return { prefix, kind, nodes: [node], cause: 'bgpfilter-reject', object, because };
}

/** A prefix that a pool keeps on these nodes. */
export function byPool(
  { prefix, kind }: Origination,
  pool: string,
  nodes: readonly string[],
): WithheldPrefix {
  const because = `IPPool ${pool} has disableBGPExport`;
  return { prefix, kind, nodes, cause: 'pool-export-disabled', object: `IPPool ${pool}`, because };
}
