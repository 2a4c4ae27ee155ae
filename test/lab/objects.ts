// What the Kubernetes API of the lab's cluster would hold: Nodes with Calico's annotations, and Calico's resources as
// `crd.projectcalico.org/v1`. The exporter under test reads them from <lab>/objects.yaml as its datastore.
// Calico: libcalico-go/lib/backend/k8s (KDD); names of blocks and affinities as ipam_block and ipam_affinity make them.
import type { BgpPeerSpec, NodeSpec, Topology } from './topology.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

function calico(kind: string, name: string, spec: Readonly<Record<string, unknown>>): KubernetesObject {
  return { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec };
}

function kubernetesNode(node: NodeSpec): KubernetesObject {
  const annotations = {
    'projectcalico.org/IPv4Address': node.ipv4,
    ...(node.ipv6 === undefined ? {} : { 'projectcalico.org/IPv6Address': node.ipv6 }),
    'projectcalico.org/ASNumber': String(node.asn),
    ...(node.clusterId === undefined ? {} : { 'projectcalico.org/RouteReflectorClusterID': node.clusterId }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: node.labels, annotations },
    spec: { podCIDR: node.blocks[0], podCIDRs: node.blocks },
  };
}

function dashed(cidr: string): string {
  return cidr.replaceAll(/[.:/]/g, '-');
}

/** The one pod of a block has its first address but one, the address that answers in the lab. */
function block(node: NodeSpec, cidr: string): KubernetesObject {
  const hostBits = (cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]);
  const size = 2 ** hostBits;
  const secondary = { node: node.name, pod: `web-${node.name}`, namespace: 'default' };
  return calico('IPAMBlock', dashed(cidr), {
    cidr,
    affinity: `host:${node.name}`,
    strictAffinity: false,
    deleted: false,
    allocations: Array.from({ length: size }, (_empty, ordinal) => (ordinal === 1 ? 0 : null)),
    unallocated: Array.from({ length: size }, (_empty, ordinal) => ordinal).filter(
      (ordinal) => ordinal !== 1,
    ),
    attributes: [{ handle_id: `k8s-pod-network.${node.name}`, secondary }],
    sequenceNumber: 1,
  });
}

function affinity(node: NodeSpec, cidr: string): KubernetesObject {
  const spec = { cidr, node: node.name, state: 'confirmed', deleted: 'false', type: 'host' };
  return calico('BlockAffinity', `${node.name}-${dashed(cidr)}`, spec);
}

function bgpPeer({ name, ...spec }: BgpPeerSpec): KubernetesObject {
  return calico('BGPPeer', name, spec);
}

/** All objects of a topology's cluster. */
export function objects(topology: Topology): KubernetesObject[] {
  const pools = topology.pools.map(({ name, cidr, blockSize }) =>
    calico('IPPool', name, {
      ...{ cidr, blockSize, ipipMode: 'Never', vxlanMode: 'Never', natOutgoing: true },
      ...{ nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'] },
    }),
  );
  const configuration = calico('BGPConfiguration', 'default', {
    logSeverityScreen: 'Info',
    nodeToNodeMeshEnabled: topology.mesh,
    asNumber: topology.defaultAsn,
    serviceClusterIPs: topology.serviceCidrs.map((cidr) => ({ cidr })),
  });
  const information = calico('ClusterInformation', 'default', {
    ...{ calicoVersion: 'v3.30.3', clusterType: 'kdd,k8s,bgp', datastoreReady: true },
  });
  return [
    ...topology.nodes.map(kubernetesNode),
    ...pools,
    ...topology.nodes.flatMap((node) =>
      node.blocks.flatMap((cidr) => [block(node, cidr), affinity(node, cidr)]),
    ),
    configuration,
    ...topology.bgpPeers.map(bgpPeer),
    information,
  ];
}
