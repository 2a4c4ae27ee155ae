// The Kubernetes and Calico objects of the demo fabric, as the Kubernetes datastore holds them (crd.projectcalico.org/v1
// and core/v1 Nodes with Calico's annotations): the reference installation's pool, blocks, affinities and four BGPPeers.
// Allocations are kept short: one workload a block.
import { podPool, racks, reflectorsPerRack, serviceRange } from './topology.ts';
import { type PlainData, toYaml } from './yaml.ts';

const crd = 'crd.projectcalico.org/v1';

const object = (kind: string, name: string, spec: PlainData): PlainData => ({
  apiVersion: crd,
  kind,
  metadata: { name },
  spec,
});

function nodeObjects(rack: (typeof racks)[number], i: number): PlainData[] {
  const host = rack.hosts[i];
  if (!host) return [];
  const { name, address, block } = host;
  const group = `rr${rack.number}`;
  const reflector = i < reflectorsPerRack;
  const blockName = block.replaceAll(/[./]/g, '-');
  const node: PlainData = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'rr-group': group,
        ...(reflector ? { 'rr-id': group } : {}),
      },
      annotations: {
        'projectcalico.org/IPv4Address': `${address}/${rack.network.split('/')[1]}`,
        'projectcalico.org/ASNumber': String(rack.nodeAsn),
        ...(reflector ? { 'projectcalico.org/RouteReflectorClusterID': address } : {}),
      },
    },
    spec: { podCIDR: block, podCIDRs: [block] },
  };
  const ipamBlock = object('IPAMBlock', blockName, {
    cidr: block,
    affinity: `host:${name}`,
    strictAffinity: false,
    deleted: false,
    // Index 2 is the one workload's address: x.y.z.2.
    allocations: [null, null, 0],
    unallocated: [0, 1],
    attributes: [
      {
        handle_id: `k8s-pod-network.${name}`,
        secondary: { node: name, pod: `web-${name}`, namespace: 'default' },
      },
    ],
  });
  const affinity = object('BlockAffinity', `${name}-${blockName}`, {
    cidr: block,
    node: name,
    state: 'confirmed',
    deleted: 'false',
    type: 'host',
  });
  return [node, ipamBlock, affinity];
}

/** The four BGPPeers: reflectors with their leaf, everyone of a rack with its reflectors. */
function peerObjects(): PlainData[] {
  const leafAsn: Readonly<Record<string, number>> = { leaf01: 65009, leaf02: 65010 };
  return racks.flatMap(({ number, leaf, leafAddress }) => [
    object('BGPPeer', `rr${number}-to-leaf${number}-peer`, {
      nodeSelector: `rr-id == 'rr${number}'`,
      peerIP: leafAddress,
      asNumber: leafAsn[leaf] ?? 0,
    }),
    object('BGPPeer', `rr${number}-to-node-peer`, {
      nodeSelector: `rr-group == 'rr${number}'`,
      peerSelector: `rr-id == 'rr${number}'`,
    }),
  ]);
}

/** All objects of the demo fabric. */
export function demoObjects(): PlainData[] {
  return [
    ...racks.flatMap((rack) => rack.hosts.flatMap((_, i) => nodeObjects(rack, i))),
    object('IPPool', 'default-pool', {
      cidr: podPool,
      blockSize: 24,
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: true,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
    }),
    object('BGPConfiguration', 'default', {
      logSeverityScreen: 'Info',
      nodeToNodeMeshEnabled: false,
      asNumber: 64512,
      serviceClusterIPs: [{ cidr: serviceRange }],
    }),
    ...peerObjects(),
    object('ClusterInformation', 'default', {
      calicoVersion: 'v3.31.7',
      clusterType: 'kdd,k8s,bgp',
      datastoreReady: true,
    }),
  ];
}

/** The objects as a YAML file of several documents, as `kubectl get -o yaml` files joined would be. */
export function demoObjectsText(): string {
  return demoObjects().map(toYaml).join('---\n');
}
