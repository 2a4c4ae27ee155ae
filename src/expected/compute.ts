// Everything that must be there, computed from the objects: nodes, sessions, prefixes, ranges, and what was wrong with the
// objects. It never throws for a bad object. The rules are Calico's; each file here names its source. Whoever computes
// again and again keeps an `expectedComputer`, which reads anew only what has changed (memo.ts).
import type { ExpectedNode, ExpectedSession, ExpectedState, ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { type Prefix, samePrefix } from '../model/prefix.ts';
import type { BgpConfig } from './bgp-config.ts';
import { type Cluster, clusterReader, type ExpectedSettings } from './cluster.ts';
import { entitlementReader } from './entitlement.ts';
import { mapped, perObject, remembered, settled } from './memo.ts';
import { type ClusterNode, families } from './nodes.ts';
import type { Origination } from './origination.ts';
import type { Pool } from './pools.ts';
import { poollessChecker, prefixComputer } from './prefixes.ts';
import { liesIn, widest } from './ranges.ts';

export type { ExpectedSettings } from './cluster.ts';

// A block outside of all pools still counts.
function rangeFinder() {
  const settle = settled(samePrefix);
  const named = remembered((pools: readonly Pool[], config: BgpConfig) =>
    settle(
      widest([
        ...pools.map(({ prefix }) => prefix),
        ...config.clusterIps,
        ...config.externalIps,
        ...config.loadBalancerIps,
      ]),
    ),
  );
  const outside = mapped(({ prefix }: Origination, ranges: readonly Prefix[]) =>
    liesIn(ranges, prefix) ? undefined : prefix,
  );
  return ({ pools, config, originations }: Cluster): readonly Prefix[] => {
    const ranges = named(pools, config);
    const others = outside(originations, ranges).filter((prefix) => prefix !== undefined);
    return others.length === 0 ? ranges : widest([...ranges, ...others]);
  };
}

const shownNode = perObject(
  ({ name, asn, addresses, clusterId, labels, lifecycle }: ClusterNode): ExpectedNode => {
    const own = families.flatMap((afi) => addresses[afi] ?? []);
    return {
      name,
      asn,
      addresses: own,
      ...(clusterId === undefined ? {} : { routeReflectorClusterId: clusterId }),
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(lifecycle && { lifecycle }),
    };
  },
);

/** Without nodes nothing is expected of anybody, and so nothing can ever be missing: rather the wrong objects. */
function nodelessProblems({ nodes }: Cluster): readonly ObjectProblem[] {
  if (nodes.size > 0) return [];
  const message =
    'there is none among the objects, so that no session and no prefix is expected; are these the right objects, and may Nodes be read?';
  return [{ severity: 'error', object: 'Node', message }];
}

/** Computes what must be there from objects, in any order; kinds that do not count are passed over. */
export type ExpectedComputer = (objects: readonly ApiObject[]) => ExpectedState;

/** A computer that is quick where few objects differ from those of its last call. What it gives is the same. */
export function expectedComputer(settings: ExpectedSettings = {}): ExpectedComputer {
  const read = clusterReader(settings);
  const prefixes = prefixComputer();
  const nodesFrom = remembered((nodes: Cluster['nodes']) =>
    [...nodes.values()].map((node) => shownNode(node)),
  );
  const sessionsFrom = remembered((sessions: Cluster['sessions']): readonly ExpectedSession[] =>
    [...sessions.values()].flat(),
  );
  const entitlement = entitlementReader();
  const ranges = rangeFinder();
  const poolless = poollessChecker();
  return (objects) => {
    const cluster = read(objects);
    const { entitled, withheld } = entitlement(cluster);
    return {
      nodes: nodesFrom(cluster.nodes),
      sessions: sessionsFrom(cluster.sessions),
      ...(cluster.meshUnlisted && { meshUnlisted: true }),
      prefixes: prefixes(entitled),
      withheld,
      ranges: ranges(cluster),
      problems: [...nodelessProblems(cluster), ...cluster.problems, ...poolless(cluster)],
    };
  };
}

/**
 * What must be there, by Calico's rules.
 * @param objects from any datastore, in any order; kinds that do not count are passed over
 */
export function computeExpected(
  objects: readonly ApiObject[],
  settings: ExpectedSettings = {},
): ExpectedState {
  return expectedComputer(settings)(objects);
}
