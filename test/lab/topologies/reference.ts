// The reference fabric: one spine, two leaves, two racks of three nodes; in each rack two nodes are route reflectors
// and speak eBGP with their leaf, the third is their client. The AS numbers of leaves and racks all differ.
// Calico documentation, "Configure BGP peering", the pattern of in-cluster route reflectors for each rack.
import { cable, type NodeSpec, rack, type Topology } from '../topology.ts';

function node(
  name: string,
  group: string,
  asn: number,
  address: string,
  block: string,
  reflector: boolean,
): NodeSpec {
  return {
    name,
    asn,
    ipv4: `${address}/24`,
    gateways: [address.replace(/\.\d+$/, '.254')],
    labels: { 'kubernetes.io/hostname': name, 'rr-group': group, ...(reflector ? { 'rr-id': group } : {}) },
    ...(reflector ? { clusterId: address } : {}),
    blocks: [block],
  };
}

const rack1 = [
  node('node1', 'rr1', 64512, '172.20.0.11', '10.233.64.0/24', true),
  node('node2', 'rr1', 64512, '172.20.0.12', '10.233.65.0/24', true),
  node('node3', 'rr1', 64512, '172.20.0.13', '10.233.66.0/24', false),
];
const rack2 = [
  node('node4', 'rr2', 64513, '173.20.0.11', '10.233.67.0/24', true),
  node('node5', 'rr2', 64513, '173.20.0.12', '10.233.68.0/24', true),
  node('node6', 'rr2', 64513, '173.20.0.13', '10.233.69.0/24', false),
];

export const reference: Topology = {
  name: 'reference',
  title: 'spine, two leaves, two racks with route reflectors',
  switches: [
    { name: 'spine01', role: 'spine', asn: 65008, routerId: '1.1.1.1', networks: [] },
    { name: 'leaf01', role: 'leaf', asn: 65009, routerId: '2.2.2.2', networks: ['172.20.0.0/24'] },
    { name: 'leaf02', role: 'leaf', asn: 65010, routerId: '3.3.3.3', networks: ['173.20.0.0/24'] },
  ],
  nodes: [...rack1, ...rack2],
  links: [
    cable(['spine01', 'swp1', '100.0.0.1/30'], ['leaf01', 'swp1', '100.0.0.2/30']),
    cable(['spine01', 'swp2', '100.0.0.5/30'], ['leaf02', 'swp1', '100.0.0.6/30']),
    rack('rack1', { leaf01: ['172.20.0.254/24'] }, rack1),
    rack('rack2', { leaf02: ['173.20.0.254/24'] }, rack2),
  ],
  pools: [{ name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 24 }],
  serviceCidrs: ['10.233.0.0/18'],
  mesh: false,
  defaultAsn: 64512,
  bgpPeers: [
    { name: 'rr1-to-leaf1-peer', nodeSelector: "rr-id == 'rr1'", peerIP: '172.20.0.254', asNumber: 65009 },
    { name: 'rr1-to-node-peer', nodeSelector: "rr-group == 'rr1'", peerSelector: "rr-id == 'rr1'" },
    { name: 'rr2-to-leaf2-peer', nodeSelector: "rr-id == 'rr2'", peerIP: '173.20.0.254', asNumber: 65010 },
    { name: 'rr2-to-node-peer', nodeSelector: "rr-group == 'rr2'", peerSelector: "rr-id == 'rr2'" },
  ],
};
