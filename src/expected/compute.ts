// Everything that must be there, computed from the objects: nodes, sessions, prefixes, ranges, and what was wrong with the
// objects. It never throws for a bad object. The rules are Calico's; each file here names its source.
import type { ExpectedNode, ExpectedState, ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { comparePrefixes, contains, type Prefix } from '../model/prefix.ts';
import { type Cluster, type ExpectedSettings, readCluster } from './cluster.ts';
import { families } from './nodes.ts';
import { expectedPrefixes, poollessProblems } from './prefixes.ts';
import { withheldPrefixes } from './withheld.ts';

export type { ExpectedSettings } from './cluster.ts';

// Widest first, so that a range inside another one is left out, and a block outside of all pools still counts.
function rangesOf({ pools, config, originations }: Cluster): readonly Prefix[] {
  const candidates = [
    ...pools.map(({ prefix }) => prefix),
    ...config.clusterIps,
    ...config.externalIps,
    ...config.loadBalancerIps,
    ...originations.map(({ prefix }) => prefix),
  ].sort(comparePrefixes);
  const ranges: Prefix[] = [];
  for (const prefix of candidates) {
    // Sorted by address and then by length: what contains this one is the last that was kept, or nobody.
    const last = ranges.at(-1);
    if (!last || !contains(last, prefix)) ranges.push(prefix);
  }
  return ranges;
}

function nodesOf({ nodes }: Cluster): readonly ExpectedNode[] {
  return [...nodes.values()].map(({ name, asn, addresses, clusterId, labels, lifecycle }) => ({
    name,
    asn,
    addresses: families.flatMap((afi) => addresses[afi] ?? []),
    ...(clusterId === undefined ? {} : { routeReflectorClusterId: clusterId }),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(lifecycle && { lifecycle }),
  }));
}

/** Without nodes nothing is expected of anybody, and so nothing can ever be missing: rather the wrong objects. */
function nodelessProblems({ nodes }: Cluster): readonly ObjectProblem[] {
  if (nodes.size > 0) return [];
  const message =
    'there is none among the objects, so that no session and no prefix is expected; are these the right objects, and may Nodes be read?';
  return [{ severity: 'error', object: 'Node', message }];
}

/**
 * What must be there, by Calico's rules.
 * @param objects from any datastore, in any order; kinds that do not count are passed over
 */
export function computeExpected(
  objects: readonly ApiObject[],
  settings: ExpectedSettings = {},
): ExpectedState {
  const cluster = readCluster(objects, settings);
  return {
    nodes: nodesOf(cluster),
    sessions: [...cluster.sessions.values()].flat(),
    prefixes: expectedPrefixes(cluster),
    withheld: withheldPrefixes(cluster),
    ranges: rangesOf(cluster),
    problems: [...nodelessProblems(cluster), ...cluster.problems, ...poollessProblems(cluster)],
  };
}
