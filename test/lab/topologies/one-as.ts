// One AS for all nodes and one for all leaves, as many sites have it: without help BGP's loop check drops every route
// of the other rack. The leaves put their own AS in place of the nodes' (as-override) and take paths that hold their
// own AS once (allowas-in).
import { cable, type NodeSpec, rack, type Topology } from '../topology.ts';

function node(number: number, rackNumber: 1 | 2, host: number): NodeSpec {
  const subnet = 19 + rackNumber;
  return {
    name: `node${number}`,
    asn: 64512,
    ipv4: `172.${subnet}.0.${host}/24`,
    gateways: [`172.${subnet}.0.254`],
    labels: { 'kubernetes.io/hostname': `node${number}`, rack: `rack${rackNumber}` },
    blocks: [`10.233.${63 + number}.0/24`],
  };
}

const rack1 = [node(1, 1, 11), node(2, 1, 12)];
const rack2 = [node(3, 2, 11), node(4, 2, 12)];
const leaf = { role: 'leaf', asn: 65009, asOverride: true, allowAsIn: 1 } as const;

export const oneAs: Topology = {
  name: 'one-as',
  title: 'two racks, one AS for all nodes and one for all leaves',
  switches: [
    { name: 'spine01', role: 'spine', asn: 65008, routerId: '1.1.1.1', networks: [] },
    { ...leaf, name: 'leaf01', routerId: '2.2.2.2', networks: ['172.20.0.0/24'] },
    { ...leaf, name: 'leaf02', routerId: '3.3.3.3', networks: ['172.21.0.0/24'] },
  ],
  nodes: [...rack1, ...rack2],
  links: [
    cable(['spine01', 'swp1', '100.0.0.1/30'], ['leaf01', 'swp1', '100.0.0.2/30']),
    cable(['spine01', 'swp2', '100.0.0.5/30'], ['leaf02', 'swp1', '100.0.0.6/30']),
    rack('rack1', { leaf01: ['172.20.0.254/24'] }, rack1),
    rack('rack2', { leaf02: ['172.21.0.254/24'] }, rack2),
  ],
  pools: [{ name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 24 }],
  serviceCidrs: ['10.233.0.0/18'],
  mesh: false,
  defaultAsn: 64512,
  bgpPeers: [
    { name: 'rack1', nodeSelector: "rack == 'rack1'", peerIP: '172.20.0.254', asNumber: 65009 },
    { name: 'rack2', nodeSelector: "rack == 'rack2'", peerIP: '172.21.0.254', asNumber: 65009 },
  ],
};
