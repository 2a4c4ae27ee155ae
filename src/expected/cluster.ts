// All that is read from the objects, once: the base that sessions, prefixes and announcements are computed from.
import type { ExpectedSession, ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { type BgpConfig, bgpConfigOf } from './bgp-config.ts';
import { blockOriginations, podCidrsCount } from './blocks.ts';
import { type Report, specOf } from './fields.ts';
import { type BgpFilter, filtersOf } from './filters.ts';
import { blocksOf, borrowedOriginations } from './ipam.ts';
import { type ClusterNode, nodesOf } from './nodes.ts';
import { indexObjects, type ObjectIndex } from './objects.ts';
import type { Origination } from './origination.ts';
import { checkPeers } from './peer-checks.ts';
import { peersOf } from './peer-spec.ts';
import { peeringsOf } from './peers.ts';
import { type Pool, poolsOf } from './pools.ts';
import { servicesOf } from './service-objects.ts';
import { serviceOriginations } from './services.ts';
import { meshSessions, peerSessions } from './sessions.ts';
import { type Features, featuresOf, parseVersion } from './versions.ts';
import { localWorkloadSessions } from './workloads.ts';

export interface ExpectedSettings {
  /** Whether podCIDRs stand for blocks (host-local IPAM, `USE_POD_CIDR`). auto: when Calico's IPAM left no trace. */
  readonly usePodCidr?: 'auto' | boolean;
  /** E.g. `v3.31.7`; by default what ClusterInformation says, else the newest. */
  readonly calicoVersion?: string;
}

export interface Cluster {
  readonly features: Features;
  readonly config: BgpConfig;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly pools: readonly Pool[];
  readonly filters: ReadonlyMap<string, BgpFilter>;
  /** By node name; every node has an entry. */
  readonly sessions: ReadonlyMap<string, readonly ExpectedSession[]>;
  /** What nodes have of their own, before filters. */
  readonly originations: readonly Origination[];
  readonly problems: readonly ObjectProblem[];
}

function versionOf(index: ObjectIndex, settings: ExpectedSettings, report: Report): string | undefined {
  if (settings.calicoVersion !== undefined) return settings.calicoVersion;
  const [information] = index.of('ClusterInformation');
  const spec = information && specOf(information, report);
  const version = spec?.text('calicoVersion');
  // Development builds call themselves `master` and the like: those are the newest.
  return version !== undefined && parseVersion(version) ? version : undefined;
}

const byName = (x: ExpectedSession, y: ExpectedSession) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0);

/** Reads a cluster from its objects. Never throws for a bad object: `problems` tells what is wrong with which. */
export function readCluster(objects: readonly ApiObject[], settings: ExpectedSettings = {}): Cluster {
  const problems = new Map<string, ObjectProblem>();
  // A field that is read for two purposes is still one problem.
  const report: Report = (problem) => problems.set(JSON.stringify(problem), problem);
  const index = indexObjects(objects, report);
  const features = featuresOf(versionOf(index, settings, report));
  const config = bgpConfigOf(index, report);
  const nodes = nodesOf(index, config, report);
  const filters = filtersOf(index, features, report);
  const peers = peersOf(index, features, report);
  const peerings = peeringsOf(peers, nodes, config);
  const workloads = localWorkloadSessions(peers, index, nodes, report);
  const sessions = new Map(
    [...nodes.values()].map((node) => {
      const all = [
        ...meshSessions(node, nodes, config),
        ...peerSessions(node, peerings),
        ...(workloads.get(node.name) ?? []),
      ];
      return [node.name, all.sort(byName)] as const;
    }),
  );
  checkPeers(peers, { config, nodes, filters, sessions });
  const { usePodCidr = 'auto' } = settings;
  const podCidrs = usePodCidr === 'auto' ? podCidrsCount(index) : usePodCidr;
  const blocks = blocksOf(index, report);
  const originations = [
    ...blockOriginations(index, blocks, nodes, podCidrs, report),
    ...(podCidrs ? [] : borrowedOriginations(blocks, nodes, report)),
    ...serviceOriginations(servicesOf(index, features, report), nodes, config, features),
  ];
  const pools = poolsOf(index, report);
  return {
    features,
    config,
    nodes,
    pools,
    filters,
    sessions,
    originations,
    problems: [...problems.values()],
  };
}
