// All that is read from the objects, once: the base that sessions, prefixes and announcements are computed from.
import type { ExpectedSession, ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { type BgpConfig, bgpConfigOf } from './bgp-config.ts';
import { blockReader, podCidrOriginations, podCidrsCount } from './blocks.ts';
import { type Report, specOf } from './fields.ts';
import { type BgpFilter, filtersOf } from './filters.ts';
import { borrowedOriginations, ipamReader } from './ipam.ts';
import { perList, perObject, remembered, rememberedReading } from './memo.ts';
import { nodeSelection, type Select } from './node-selection.ts';
import { type ClusterNode, nodeNames, nodesOf } from './nodes.ts';
import { objectIndexer } from './objects.ts';
import type { Origination } from './origination.ts';
import { checkPeers } from './peer-checks.ts';
import { type BgpPeer, peersOf } from './peer-spec.ts';
import { type Peerings, peeringReader } from './peers.ts';
import { type Pool, poolsOf } from './pools.ts';
import { serviceReader } from './service-objects.ts';
import { announcingNodes, serviceOriginator } from './services.ts';
import { meshProblem, meshSessions, meshSize, mostMeshSessions, peerSessions } from './sessions.ts';
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
  /** True when the mesh has too many sessions to be among them. */
  readonly meshUnlisted: boolean;
  /** What nodes have of their own, before filters. */
  readonly originations: readonly Origination[];
  readonly problems: readonly ObjectProblem[];
}

function versionOf(
  informations: readonly ApiObject[],
  settings: ExpectedSettings,
  report: Report,
): string | undefined {
  if (settings.calicoVersion !== undefined) return settings.calicoVersion;
  const [information] = informations;
  const spec = information && specOf(information, report);
  const version = spec?.text('calicoVersion');
  // Development builds call themselves `master` and the like: those are the newest.
  return version !== undefined && parseVersion(version) ? version : undefined;
}

const noOriginations: readonly Origination[] = [];

const byName = (x: ExpectedSession, y: ExpectedSession) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0);

const sorted = perList((sessions: readonly ExpectedSession[]) => [...sessions].sort(byName));

/** A function that reads a cluster from its objects; what did not change since the last call is not read again. */
export type ClusterReader = (objects: readonly ApiObject[]) => Cluster;

/** One function for each step, each with its own memory. A step that reports problems reports them each time. */
export function clusterReader(settings: ExpectedSettings = {}): ClusterReader {
  const index = objectIndexer();
  const version = rememberedReading((informations: readonly ApiObject[], report: Report) =>
    versionOf(informations, settings, report),
  );
  const featuresFor = remembered(featuresOf);
  const configFrom = rememberedReading(bgpConfigOf);
  const nodesFrom = rememberedReading(nodesOf);
  const filtersFrom = rememberedReading(filtersOf);
  const peersFrom = rememberedReading(peersOf);
  const selection = nodeSelection();
  const peeringsFrom = rememberedReading(peeringReader());
  const workloadsFrom = rememberedReading(localWorkloadSessions);
  const countMesh = remembered(meshSize);
  const ownSessions = perObject(
    (
      node: ClusterNode,
      global: Peerings['global'],
      own: Peerings['global'] | undefined,
      workloads: readonly ExpectedSession[] | undefined,
      config: BgpConfig,
      // Undefined without a mesh: then the other nodes do not count.
      meshNodes: Cluster['nodes'] | undefined,
    ) =>
      sorted(node, [
        ...(meshNodes ? meshSessions(node, meshNodes, config) : []),
        ...peerSessions(node, global, own ?? []),
        ...(workloads ?? []),
      ]),
  );
  const sessionsFrom = remembered(
    (
      nodes: Cluster['nodes'],
      config: BgpConfig,
      { global, byNode }: Peerings,
      workloads: ReturnType<typeof localWorkloadSessions>,
      meshUnlisted: boolean,
    ): Cluster['sessions'] => {
      const mesh = config.mesh && !meshUnlisted ? nodes : undefined;
      const all = new Map<string, readonly ExpectedSession[]>();
      for (const node of nodes.values()) {
        const { name } = node;
        all.set(name, ownSessions(node, global, byNode.get(name), workloads.get(name), config, mesh));
      }
      return all;
    },
  );
  const checks = rememberedReading(
    (
      peers: readonly BgpPeer[],
      config: BgpConfig,
      nodes: Cluster['nodes'],
      select: Select,
      filters: Cluster['filters'],
      sessions: Cluster['sessions'],
      report: Report,
    ) => checkPeers(peers, { config, nodes, select, filters, sessions }, report),
  );
  const blocksFrom = rememberedReading(ipamReader());
  const namesOf = nodeNames();
  const podCidrsFrom = rememberedReading(podCidrOriginations);
  const wholeBlocks = rememberedReading(blockReader());
  const borrowed = rememberedReading(borrowedOriginations);
  const servicesFrom = rememberedReading(serviceReader());
  const announcing = announcingNodes();
  const serviceRoutes = remembered(serviceOriginator());
  const poolsFrom = rememberedReading(poolsOf);
  const joined = remembered((...lists: readonly (readonly Origination[])[]): readonly Origination[] =>
    noOriginations.concat(...lists),
  );

  return (objects) => {
    const problems = new Map<string, ObjectProblem>();
    // A field that is read for two purposes is still one problem.
    const report: Report = (problem) => problems.set(JSON.stringify(problem), problem);
    const { coreNodes, calicoNodes, of } = index(objects, report);
    const features = featuresFor(version(of('ClusterInformation'), report));
    const config = configFrom(of('BGPConfiguration'), report);
    const nodes = nodesFrom(coreNodes, calicoNodes, config, report);
    const filters = filtersFrom(of('BGPFilter'), features, report);
    const peers = peersFrom(of('BGPPeer'), features, report);
    const select = selection(nodes);
    const peerings = peeringsFrom(peers, nodes, select, config, report);
    const workloads = workloadsFrom(peers, of('Pod'), of('WorkloadEndpoint'), nodes, report);
    const meshSessionCount = countMesh(nodes, config);
    const meshUnlisted = meshSessionCount > mostMeshSessions;
    if (meshUnlisted) report(meshProblem(meshSessionCount));
    const sessions = sessionsFrom(nodes, config, peerings, workloads, meshUnlisted);
    checks(peers, config, nodes, select, filters, sessions, report);
    const { usePodCidr = 'auto' } = settings;
    const podCidrs = usePodCidr === 'auto' ? podCidrsCount(of) : usePodCidr;
    const names = namesOf(nodes);
    const blocks = blocksFrom(of('IPAMBlock'), report);
    const services = servicesFrom(of('Service'), of('EndpointSlice'), of('Endpoints'), features, report);
    const originations = joined(
      ...(podCidrs
        ? [podCidrsFrom(nodes, report)]
        : [wholeBlocks(of('BlockAffinity'), blocks, names, report), borrowed(blocks, names, report)]),
      serviceRoutes(services, announcing(nodes), config, features),
    );
    const pools = poolsFrom(of('IPPool'), report);
    return {
      features,
      config,
      nodes,
      pools,
      filters,
      sessions,
      meshUnlisted,
      originations,
      problems: [...problems.values()],
    };
  };
}

/** Reads a cluster from its objects. Never throws for a bad object: `problems` tells what is wrong with which. */
export function readCluster(objects: readonly ApiObject[], settings: ExpectedSettings = {}): Cluster {
  return clusterReader(settings)(objects);
}
