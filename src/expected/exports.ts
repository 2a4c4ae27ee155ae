// What a node's export filter says of one route on one session, step by step in Calico's order: BGPFilters, pools that are
// not exported, own blocks, service routes, reflected service addresses, pools. First answer wins; the last one is no.
// Source: confd/pkg/backends/calico/bgp_processor.go buildExportFilter, bird_ipam.cfg.template, bird_aggr.cfg.template.
import type { ExpectedSession } from '../model/expectation.ts';
import { contains, formatPrefix, type Prefix, samePrefix } from '../model/prefix.ts';
import type { Cluster } from './cluster.ts';
import { askFilters, globMatches } from './filter-rules.ts';
import { perList, perObject } from './memo.ts';
import type { ClusterNode } from './nodes.ts';
import type { Origination, RouteSource } from './origination.ts';

export interface ExportRoute {
  readonly prefix: Prefix;
  /** `bgp`: learnt from a peer. */
  readonly source: RouteSource | 'bgp';
  /** Where it leads out, when that is known. */
  readonly interface?: string;
  /** What a learnt route has brought along. */
  readonly communities?: readonly string[];
  readonly asPath?: readonly number[];
}

export interface ExportDecision {
  readonly accepted: boolean;
  /** The step that decided, in words, naming the object. */
  readonly because: string;
  /** Communities that are added on the way out. */
  readonly communities: readonly string[];
  /** The BGPFilter that decided, when one did. */
  readonly filter?: string;
  /** What that filter puts before the AS path. */
  readonly prepend?: readonly number[];
}

/** What one node's filters are made of. */
export interface NodePolicy {
  readonly node: ClusterNode;
  readonly blocks: readonly Prefix[];
  /** Service ranges and addresses that the node announces. */
  readonly services: readonly Prefix[];
}

/** Interface of a pod, as far as it is known: `cali` and eleven characters of a hash. */
const workloadInterface = 'cali00000000000';

const policyOf = perObject((node: ClusterNode) =>
  perList((own: readonly Origination[]): NodePolicy => {
    const isBlock = ({ kind }: Origination) => kind === 'block' || kind === 'pod-cidr';
    const blocks = own.filter(isBlock).map(({ prefix }) => prefix);
    const services = own.filter((each) => !isBlock(each)).map(({ prefix }) => prefix);
    return { node, blocks, services };
  }),
);

/** The policies of all nodes; that of a node is the same object as before while nothing of it has changed. */
export function policiesOf(
  cluster: Pick<Cluster, 'nodes' | 'originations'>,
): ReadonlyMap<string, NodePolicy> {
  const own = new Map([...cluster.nodes.keys()].map((name) => [name, [] as Origination[]]));
  for (const origination of cluster.originations) {
    if (origination.kind === 'borrowed') continue;
    for (const node of origination.nodes) own.get(node)?.push(origination);
  }
  return new Map(
    [...cluster.nodes].map(([name, node]) => [name, policyOf(node)(node, own.get(name) ?? [])] as const),
  );
}

function communitiesFor(cluster: Cluster, node: ClusterNode, prefix: Prefix): readonly string[] {
  const { config } = cluster;
  const own = config.nodes.get(node.name)?.advertisements ?? [];
  // A node's own list stands in for the cluster's, it is not added to it.
  const advertisements = own.length > 0 ? own : config.advertisements;
  return advertisements.flatMap((entry) => (contains(entry.prefix, prefix) ? entry.communities : []));
}

/** The pool that keeps a prefix from being announced, when there is one. */
export function closedPool({ pools }: Pick<Cluster, 'pools'>, prefix: Prefix): string | undefined {
  // A plain loop: this is asked of every prefix.
  for (const pool of pools) if (pool.disableBgpExport && contains(pool.prefix, prefix)) return pool.name;
  return undefined;
}

/** The pool that lets a prefix through. */
export function openPool({ pools }: Pick<Cluster, 'pools'>, prefix: Prefix): string | undefined {
  return pools.find((pool) => !pool.disableBgpExport && contains(pool.prefix, prefix))?.name;
}

function reflected({ config, features }: Cluster, node: ClusterNode): readonly Prefix[] {
  if (node.clusterId === undefined) return [];
  return features.reflectsExternalAddresses
    ? [...config.loadBalancerIps, ...config.externalIps]
    : config.loadBalancerIps;
}

/** Devices whose routes stay on the node, or at least away from iBGP peers, which have them from their owner. */
function keptInside({ config, features }: Cluster, name: string, internal: boolean): boolean {
  if (globMatches('bpf*.cali', name)) return true;
  if (!internal || !features.tunnelRoutesKeptFromIbgp) return false;
  const ipipByFelix = features.felixRoutesIpip && config.programClusterRoutes !== 'Enabled';
  return globMatches('*.cali', name) || globMatches('*.calico', name) || (ipipByFelix && name === 'tunl0');
}

/** Calico's own rules, which come after the peer's BGPFilters. */
function calicoDecision(
  cluster: Cluster,
  policy: NodePolicy,
  { prefix, interface: device }: ExportRoute,
  internal: boolean,
): Omit<ExportDecision, 'communities'> {
  const closed = closedPool(cluster, prefix);
  if (closed) return { accepted: false, because: `IPPool ${closed} has disableBGPExport` };
  if (device !== undefined && keptInside(cluster, device, internal)) {
    return { accepted: false, because: `routes of device ${device} are not for this peer` };
  }
  const { blocks, services, node } = policy;
  const block = blocks.find((own) => contains(own, prefix));
  if (block) {
    const accepted = samePrefix(block, prefix);
    const text = formatPrefix(block);
    return {
      accepted,
      because: accepted ? `${text} is a block of ${node.name}` : `inside the own block ${text}`,
    };
  }
  const service = services.find((route) => contains(route, prefix));
  if (service) return { accepted: true, because: `inside the service route ${formatPrefix(service)}` };
  const range = reflected(cluster, node).find((candidate) => contains(candidate, prefix));
  if (range)
    return { accepted: true, because: `route reflectors pass on what is inside ${formatPrefix(range)}` };
  const open = openPool(cluster, prefix);
  if (open) return { accepted: true, because: `inside IPPool ${open}` };
  return { accepted: false, because: 'neither a block nor a service route nor inside an IPPool' };
}

/** Whether a node announces a route on a session, and why. `useFilters: false` leaves BGPFilters out. */
export function exportDecision(
  cluster: Cluster,
  policy: NodePolicy,
  session: ExpectedSession,
  route: ExportRoute,
  useFilters = true,
): ExportDecision {
  const { prefix, source } = route;
  const device = route.interface ?? (source === 'workload' ? workloadInterface : undefined);
  const named = { prefix, source, ...(device === undefined ? {} : { interface: device }) };
  const internal = session.peerAsn === session.localAsn;
  const seen = { ...route, ...named, remote: source === 'bgp' };
  const filtered = useFilters
    ? askFilters(cluster.filters, session.filters ?? [], 'export', seen, internal)
    : undefined;
  if (filtered) {
    const { action, filter, rule, addCommunities, prepend } = filtered;
    const verb = action === 'Accept' ? 'accepts' : 'rejects';
    const because = `BGPFilter ${filter}, export rule ${rule} ${verb} it`;
    return { accepted: action === 'Accept', because, communities: addCommunities, filter, prepend };
  }
  return {
    ...calicoDecision(cluster, policy, named, internal),
    communities: communitiesFor(cluster, policy.node, prefix),
  };
}
