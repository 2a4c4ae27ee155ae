// One rack whose top-of-rack switch speaks iBGP with the nodes and is their route reflector: a node has the blocks of the
// others from the switch, with the owner as next hop. Calico documentation, "Configure BGP peering", the ToR pattern.
import { cable, type NodeSpec, rack, type Topology } from '../topology.ts';

const nodes: NodeSpec[] = [1, 2, 3].map((number) => ({
  name: `node${number}`,
  asn: 64512,
  ipv4: `172.20.0.1${number}/24`,
  gateways: ['172.20.0.254'],
  labels: { 'kubernetes.io/hostname': `node${number}` },
  blocks: [`10.233.${63 + number}.0/24`],
}));

export const torReflector: Topology = {
  name: 'tor-reflector',
  title: 'a top-of-rack switch as route reflector of its nodes',
  switches: [
    { name: 'spine01', role: 'spine', asn: 65008, routerId: '1.1.1.1', networks: [] },
    {
      ...{ name: 'leaf01', role: 'leaf', asn: 64512, routerId: '2.2.2.2' },
      networks: ['172.20.0.0/24'],
      reflectsNodes: true,
    },
  ],
  nodes,
  links: [
    cable(['spine01', 'swp1', '100.0.0.1/30'], ['leaf01', 'swp1', '100.0.0.2/30']),
    rack('rack1', { leaf01: ['172.20.0.254/24'] }, nodes),
  ],
  pools: [{ name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 24 }],
  serviceCidrs: ['10.233.0.0/18'],
  mesh: false,
  defaultAsn: 64512,
  bgpPeers: [{ name: 'tor', peerIP: '172.20.0.254', asNumber: 64512 }],
};
