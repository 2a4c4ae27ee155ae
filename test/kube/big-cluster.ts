// A big cluster as a real API server shows it, managedFields and addresses in blocks included: nodes in racks of fifty, each
// rack with a leaf switch to peer with, blocks of 64 addresses.
import type { FakeApiServer, Item } from './fake-api-server.ts';

const managedFields = [
  {
    manager: 'calico-node',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-11-22T23:53:23Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:annotations': { 'f:projectcalico.org/IPv4Address': {} } },
      'f:spec': { 'f:podCIDRs': {} },
    },
  },
];

const conditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map(
  (type) => ({
    type,
    status: 'False',
    lastHeartbeatTime: '2026-11-22T23:53:23Z',
    lastTransitionTime: '2026-11-22T23:53:23Z',
    reason: `Kubelet${type}`,
    message: `kubelet has something to say about ${type}`,
  }),
);
const images = Array.from({ length: 10 }, (_, i) => ({
  names: [`registry.example/image-${i}:v1`],
  sizeBytes: i * 1000,
}));

const rackSize = 50;

function bigNode(i: number): Item {
  const address = `10.${100 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
  return {
    metadata: {
      name: `node-${i}`,
      uid: `uid-${i}`,
      labels: { 'kubernetes.io/hostname': `node-${i}`, rack: `r${Math.floor(i / rackSize)}` },
      annotations: { 'projectcalico.org/IPv4Address': `${address}/16`, 'node.alpha.kubernetes.io/ttl': '0' },
      managedFields,
    },
    spec: { podCIDR: `172.16.${i & 255}.0/24`, podCIDRs: [`172.16.${i & 255}.0/24`] },
    status: { conditions, images, capacity: { cpu: '64', memory: '256Gi' } },
  };
}

const cidrOf = (i: number) => `10.${(i >> 10) & 255}.${(i >> 2) & 255}.${(i & 3) * 64}/26`;

function bigBlock(i: number, nodes: number): Item {
  const node = `node-${i % nodes}`;
  const used = Array.from({ length: 20 }, (_, pod) => ({
    handle_id: `k8s-pod-network.${i}-${pod}`,
    secondary: {
      namespace: 'default',
      node,
      pod: `pod-${i}-${pod}`,
      timestamp: '2026-11-22 23:53:23 +0000 UTC',
    },
  }));
  const cidr = cidrOf(i);
  return {
    metadata: { name: cidr.replace(/[./]/g, '-'), uid: `block-${i}`, managedFields },
    spec: {
      cidr,
      affinity: `host:${node}`,
      allocations: Array.from({ length: 64 }, (_, n) => (n < 20 ? n : null)),
      unallocated: Array.from({ length: 44 }, (_, n) => n + 20),
      attributes: used,
      deleted: false,
      strictAffinity: false,
    },
  };
}

function bigAffinity(i: number, nodes: number): Item {
  const [cidr, node] = [cidrOf(i), `node-${i % nodes}`];
  return {
    metadata: { name: `${node}-${cidr.replace(/[./]/g, '-')}`, managedFields },
    spec: { cidr, node, state: 'confirmed', type: 'host', deleted: 'false' },
  };
}

function bigPeers(nodes: number): readonly Item[] {
  return Array.from({ length: Math.ceil(nodes / rackSize) }, (_, rack) => ({
    metadata: { name: `rack-${rack}` },
    spec: { nodeSelector: `rack == 'r${rack}'`, peerIP: `192.0.${rack >> 8}.${rack & 255}`, asNumber: 65000 },
  }));
}

/** Serves the cluster: its nodes, blocks with their affinities, peers, one pool; no Services. */
export function serveBigCluster(server: FakeApiServer, nodes: number, blocks: number): void {
  const crd = '/apis/crd.projectcalico.org/v1';
  const list = (n: number, make: (i: number) => Item) => Array.from({ length: n }, (_, i) => make(i));
  const config = { metadata: { name: 'default' }, spec: { nodeToNodeMeshEnabled: false } };
  const pool = { metadata: { name: 'pods' }, spec: { cidr: '10.0.0.0/9', blockSize: 26 } };
  server.serve('/api/v1/nodes', 'Node', list(nodes, bigNode));
  server.serve('/api/v1/services', 'Service');
  server.serve('/apis/discovery.k8s.io/v1/endpointslices', 'EndpointSlice');
  server.serve(`${crd}/bgpconfigurations`, 'BGPConfiguration', [config]);
  server.serve(`${crd}/bgppeers`, 'BGPPeer', bigPeers(nodes));
  server.serve(`${crd}/ippools`, 'IPPool', [pool]);
  server.serve(
    `${crd}/ipamblocks`,
    'IPAMBlock',
    list(blocks, (i) => bigBlock(i, nodes)),
  );
  server.serve(
    `${crd}/blockaffinities`,
    'BlockAffinity',
    list(blocks, (i) => bigAffinity(i, nodes)),
  );
  server.serve(`${crd}/bgpfilters`, 'BGPFilter');
  server.serve(`${crd}/clusterinformations`, 'ClusterInformation');
}
