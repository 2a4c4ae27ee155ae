// A big cluster in objects: racks of nodes, each with its own AS and two leaves; blocks with addresses in use; Services with
// endpoints. Deterministic: the same sizes give the same objects.
import type { ApiObject } from '../src/model/object.ts';

export interface Size {
  readonly nodes: number;
  readonly blocksPerNode: number;
  readonly services: number;
  /** Two a rack. */
  readonly switches: number;
}

/** The sizes that the targets speak of. */
export const big: Size = { nodes: 5000, blocksPerNode: 4, services: 10_000, switches: 100 };

const calico = (kind: string, name: string, spec: object): ApiObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name, resourceVersion: '1' },
  spec,
});

const nodeName = (i: number) => `node${String(i).padStart(5, '0')}`;
const quad = (base: number, i: number) => `${base}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

/** Racks that the nodes stand in. */
export const racksOf = ({ switches }: Size) => switches / 2;

function nodesOf(size: Size): ApiObject[] {
  const racks = racksOf(size);
  return Array.from({ length: size.nodes }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName(i),
      labels: { rack: `r${i % racks}`, 'kubernetes.io/hostname': nodeName(i), 'kubernetes.io/os': 'linux' },
      annotations: {
        'projectcalico.org/IPv4Address': `${quad(172, i + 256)}/22`,
        'projectcalico.org/ASNumber': String(4_200_000_000 + (i % racks)),
      },
      resourceVersion: '1',
    },
    spec: { podCIDRs: [] },
  }));
}

function peersOf(size: Size): ApiObject[] {
  return Array.from({ length: size.switches }, (_, i) =>
    calico('BGPPeer', `leaf${i}`, {
      nodeSelector: `rack == 'r${i % racksOf(size)}'`,
      peerIP: `192.0.2.${i + 1}`,
      asNumber: 65_000 + i,
    }),
  );
}

/** A block of 64 addresses, 30 of them in use, one of them by a pod of the next node. */
export function blockObjects(size: Size, i: number): readonly [ApiObject, ApiObject] {
  const owner = nodeName(i % size.nodes);
  const cidr = `${quad(10, i * 64)}/26`;
  const name = cidr.replace(/[./]/g, '-');
  const guest = nodeName((i + 1) % size.nodes);
  const attributes = Array.from({ length: 30 }, (_, n) => ({
    handle_id: `k8s-pod-network.${i}.${n}`,
    secondary: {
      namespace: `team-${n % 7}`,
      pod: `app-${i}-${n}`,
      node: n === 29 && i % 100 === 0 ? guest : owner,
      timestamp: '2026-01-01 00:00:00 +0000 UTC',
    },
  }));
  const allocations = Array.from({ length: 64 }, (_, n) => (n < 30 ? n : null));
  const unallocated = Array.from({ length: 34 }, (_, n) => n + 30);
  const spec = { cidr, affinity: `host:${owner}`, allocations, unallocated, attributes, deleted: false };
  const affinity = { cidr, node: owner, state: 'confirmed', type: 'host', deleted: 'false' };
  return [calico('IPAMBlock', name, spec), calico('BlockAffinity', `${owner}-${name}`, affinity)];
}

/** A Service; every tenth is announced from where its three endpoints are. */
function serviceObjects(size: Size, i: number): readonly ApiObject[] {
  const metadata = { name: `svc${i}`, namespace: `team-${i % 50}`, resourceVersion: '1' };
  const local = i % 10 === 0;
  const spec = {
    type: local ? 'LoadBalancer' : 'ClusterIP',
    clusterIP: quad(198, i + 1),
    clusterIPs: [quad(198, i + 1)],
    ipFamilies: ['IPv4'],
    ...(local && { externalTrafficPolicy: 'Local' }),
  };
  const ingress = local ? [{ ip: quad(203, i + 1) }] : [];
  const endpoints = [1, 2, 3].map((n) => ({
    addresses: [quad(10, i * n)],
    nodeName: nodeName((i * n) % size.nodes),
    conditions: { ready: true },
  }));
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      name: `svc${i}-abcde`,
      labels: { 'kubernetes.io/service-name': metadata.name },
    },
    addressType: 'IPv4',
    endpoints,
  };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec, status: { loadBalancer: { ingress } } },
    slice as ApiObject,
  ];
}

/** All objects of a cluster. */
export function clusterObjects(size: Size): ApiObject[] {
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  return [
    ...nodesOf(size),
    ...peersOf(size),
    calico('BGPConfiguration', 'default', {
      nodeToNodeMeshEnabled: false,
      serviceClusterIPs: [{ cidr: '198.0.0.0/16' }],
      serviceLoadBalancerIPs: [{ cidr: '203.0.0.0/16' }],
    }),
    calico('IPPool', 'pods', { cidr: '10.0.0.0/8', blockSize: 26 }),
    ...range(size.nodes * size.blocksPerNode).flatMap((i) => blockObjects(size, i)),
    ...range(size.services).flatMap((i) => serviceObjects(size, i)),
  ];
}
