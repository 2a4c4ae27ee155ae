// IPv4 and IPv6 side by side: two daemons on each node, two sessions on each cable, blocks and service ranges of both
// families. No reflectors: every node speaks with its leaf and the other nodes of its rack. An IPv6 block is a /122, as
// is Calico's default.
import { cable, type NodeSpec, rack, type Topology } from '../topology.ts';

function node(number: number, rackNumber: 1 | 2, host: number): NodeSpec {
  const subnet = 19 + rackNumber;
  return {
    name: `node${number}`,
    asn: 64511 + rackNumber,
    ipv4: `172.${subnet}.0.${host}/24`,
    ipv6: `fd00:172:${subnet}::${host}/64`,
    gateways: [`172.${subnet}.0.254`, `fd00:172:${subnet}::254`],
    labels: { 'kubernetes.io/hostname': `node${number}`, rack: `rack${rackNumber}` },
    blocks: [`10.233.${63 + number}.0/24`, `fd00:10:233:${number}::/122`],
  };
}

const rack1 = [node(1, 1, 11), node(2, 1, 12)];
const rack2 = [node(3, 2, 11), node(4, 2, 12)];

export const dualStack: Topology = {
  name: 'dual-stack',
  title: 'two racks, IPv4 and IPv6',
  switches: [
    { name: 'spine01', role: 'spine', asn: 65008, routerId: '1.1.1.1', networks: [] },
    {
      ...{ name: 'leaf01', role: 'leaf', asn: 65009, routerId: '2.2.2.2' },
      networks: ['172.20.0.0/24', 'fd00:172:20::/64'],
    },
    {
      ...{ name: 'leaf02', role: 'leaf', asn: 65010, routerId: '3.3.3.3' },
      networks: ['172.21.0.0/24', 'fd00:172:21::/64'],
    },
  ],
  nodes: [...rack1, ...rack2],
  links: [
    cable(
      ['spine01', 'swp1', '100.0.0.1/30', 'fd00:100:1::1/64'],
      ['leaf01', 'swp1', '100.0.0.2/30', 'fd00:100:1::2/64'],
    ),
    cable(
      ['spine01', 'swp2', '100.0.0.5/30', 'fd00:100:2::1/64'],
      ['leaf02', 'swp1', '100.0.0.6/30', 'fd00:100:2::2/64'],
    ),
    rack('rack1', { leaf01: ['172.20.0.254/24', 'fd00:172:20::254/64'] }, rack1),
    rack('rack2', { leaf02: ['172.21.0.254/24', 'fd00:172:21::254/64'] }, rack2),
  ],
  pools: [
    { name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 24 },
    { name: 'default-pool-v6', cidr: 'fd00:10:233::/48', blockSize: 122 },
  ],
  serviceCidrs: ['10.233.0.0/18', 'fd00:10:96::/112'],
  mesh: false,
  defaultAsn: 64512,
  bgpPeers: [
    { name: 'rack1-nodes', nodeSelector: "rack == 'rack1'", peerSelector: "rack == 'rack1'" },
    { name: 'rack2-nodes', nodeSelector: "rack == 'rack2'", peerSelector: "rack == 'rack2'" },
    { name: 'rack1-v4', nodeSelector: "rack == 'rack1'", peerIP: '172.20.0.254', asNumber: 65009 },
    { name: 'rack1-v6', nodeSelector: "rack == 'rack1'", peerIP: 'fd00:172:20::254', asNumber: 65009 },
    { name: 'rack2-v4', nodeSelector: "rack == 'rack2'", peerIP: '172.21.0.254', asNumber: 65010 },
    { name: 'rack2-v6', nodeSelector: "rack == 'rack2'", peerIP: 'fd00:172:21::254', asNumber: 65010 },
  ],
};
