// Racks with two leaves each, as a pair behind one VLAN (MLAG): every node speaks with both leaves and the other
// nodes of its rack, every leaf with both spines. The leaves of a pair share an AS, so what a node has from one leaf
// the other refuses: nodes re-announce what they learn by eBGP, and would be transit otherwise.
import { cable, type NodeSpec, rack, type SwitchSpec, type Topology } from '../topology.ts';

function node(number: number, rackNumber: 1 | 2, host: number): NodeSpec {
  const subnet = 19 + rackNumber;
  return {
    name: `node${number}`,
    asn: 64511 + rackNumber,
    ipv4: `172.${subnet}.0.${host}/24`,
    gateways: [`172.${subnet}.0.253`],
    labels: { 'kubernetes.io/hostname': `node${number}`, rack: `rack${rackNumber}` },
    blocks: [`10.233.${63 + number}.0/24`],
  };
}

function leaf(number: number, rackNumber: 1 | 2): SwitchSpec {
  const networks = [`172.${19 + rackNumber}.0.0/24`];
  const routerId = `${number}.${number}.${number}.${number}`;
  return { name: `leaf0${number}`, role: 'leaf', asn: 65008 + rackNumber, routerId, networks };
}

const rack1 = [node(1, 1, 11), node(2, 1, 12)];
const rack2 = [node(3, 2, 11), node(4, 2, 12)];
const leaves = [leaf(1, 1), leaf(2, 1), leaf(3, 2), leaf(4, 2)];
const spines: SwitchSpec[] = [1, 2].map((number) => ({
  ...{ name: `spine0${number}`, role: 'spine', asn: 65008, networks: [] },
  routerId: `10.0.0.${number}`,
}));

/** Every leaf to every spine, each cable with a /30 of its own: 100.0.<spine>.<4 × leaf>. */
const cables = spines.flatMap((spine, s) =>
  leaves.map(({ name }, l) => {
    const subnet = `100.0.${s + 1}`;
    return cable(
      [spine.name, `swp${l + 1}`, `${subnet}.${4 * l + 1}/30`],
      [name, `swp${s + 1}`, `${subnet}.${4 * l + 2}/30`],
    );
  }),
);

export const dualHomed: Topology = {
  name: 'dual-homed',
  title: 'two spines, two racks with two leaves each',
  switches: [...spines, ...leaves],
  nodes: [...rack1, ...rack2],
  links: [
    ...cables,
    rack('rack1', { leaf01: ['172.20.0.253/24'], leaf02: ['172.20.0.254/24'] }, rack1),
    rack('rack2', { leaf03: ['172.21.0.253/24'], leaf04: ['172.21.0.254/24'] }, rack2),
  ],
  pools: [{ name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 24 }],
  serviceCidrs: ['10.233.0.0/18'],
  mesh: false,
  defaultAsn: 64512,
  bgpPeers: [
    { name: 'rack1-nodes', nodeSelector: "rack == 'rack1'", peerSelector: "rack == 'rack1'" },
    { name: 'rack2-nodes', nodeSelector: "rack == 'rack2'", peerSelector: "rack == 'rack2'" },
    { name: 'rack1-leaf01', nodeSelector: "rack == 'rack1'", peerIP: '172.20.0.253', asNumber: 65009 },
    { name: 'rack1-leaf02', nodeSelector: "rack == 'rack1'", peerIP: '172.20.0.254', asNumber: 65009 },
    { name: 'rack2-leaf03', nodeSelector: "rack == 'rack2'", peerIP: '172.21.0.253', asNumber: 65010 },
    { name: 'rack2-leaf04', nodeSelector: "rack == 'rack2'", peerIP: '172.21.0.254', asNumber: 65010 },
  ],
};
