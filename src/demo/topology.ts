// The reference fabric as data: one spine, two leaves, six Calico nodes in two racks, two route reflectors a rack, and
// the twelve BGP sessions between them. Every address, AS number and cluster id is the reference installation's; BGPPeer
// objects that give these sessions are in objects.ts.

interface DemoInterface {
  readonly name: string;
  readonly address: string;
  /** The connected network, e.g. `172.20.0.0/24`. */
  readonly network: string;
}

export interface DemoDevice {
  readonly name: string;
  readonly role: 'node' | 'switch';
  readonly asn: number;
  readonly routerId: string;
  readonly interfaces: readonly DemoInterface[];
  /** Route reflector (RFC 4456): Calico's routeReflectorClusterID. */
  readonly clusterId?: string;
  /** Address of the default gateway; nodes only. */
  readonly gateway?: string;
  /** A node's IPAM block. */
  readonly block?: string;
  /** Prefixes it announces as its own. */
  readonly originates: readonly string[];
}

/** One BGP session: device names and the addresses both ends use. */
interface DemoLink {
  readonly a: string;
  readonly aAddress: string;
  readonly b: string;
  readonly bAddress: string;
}

export interface DemoTopology {
  readonly devices: readonly DemoDevice[];
  readonly links: readonly DemoLink[];
}

export const podPool = '10.233.64.0/18';
export const serviceRange = '10.233.0.0/18';

interface Rack {
  readonly number: number;
  readonly network: string;
  readonly leaf: string;
  readonly leafAddress: string;
  readonly nodeAsn: number;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly block: string }[];
}

/** The two racks: in each, the first two hosts are its route reflectors. */
export const racks: readonly Rack[] = [
  {
    number: 1,
    network: '172.20.0.0/24',
    leaf: 'leaf01',
    leafAddress: '172.20.0.254',
    nodeAsn: 64512,
    hosts: [
      { name: 'node1', address: '172.20.0.11', block: '10.233.64.0/24' },
      { name: 'node2', address: '172.20.0.12', block: '10.233.65.0/24' },
      { name: 'node3', address: '172.20.0.13', block: '10.233.66.0/24' },
    ],
  },
  {
    number: 2,
    network: '173.20.0.0/24',
    leaf: 'leaf02',
    leafAddress: '173.20.0.254',
    nodeAsn: 64513,
    hosts: [
      { name: 'node4', address: '173.20.0.11', block: '10.233.67.0/24' },
      { name: 'node5', address: '173.20.0.12', block: '10.233.68.0/24' },
      { name: 'node6', address: '173.20.0.13', block: '10.233.69.0/24' },
    ],
  },
];

/** How many hosts of a rack, counted from its first, reflect routes and peer with the leaf. */
export const reflectorsPerRack = 2;

function rackNodes(rack: Rack): DemoDevice[] {
  return rack.hosts.map(({ name, address, block }, i) => ({
    name,
    role: 'node',
    asn: rack.nodeAsn,
    routerId: address,
    interfaces: [{ name: 'eth0', address, network: rack.network }],
    ...(i < reflectorsPerRack ? { clusterId: address } : {}),
    gateway: rack.leafAddress,
    block,
    originates: [block, serviceRange],
  }));
}

function rackLinks(rack: Rack): DemoLink[] {
  const links: DemoLink[] = [];
  for (const [i, reflector] of rack.hosts.slice(0, reflectorsPerRack).entries()) {
    for (const host of rack.hosts.slice(i + 1)) {
      links.push({ a: reflector.name, aAddress: reflector.address, b: host.name, bAddress: host.address });
    }
    links.push({
      a: rack.leaf,
      aAddress: rack.leafAddress,
      b: reflector.name,
      bAddress: reflector.address,
    });
  }
  return links;
}

const switches: readonly DemoDevice[] = [
  {
    name: 'spine01',
    role: 'switch',
    asn: 65008,
    routerId: '1.1.1.1',
    interfaces: [
      { name: 'swp1', address: '100.0.0.1', network: '100.0.0.0/30' },
      { name: 'swp2', address: '100.0.0.5', network: '100.0.0.4/30' },
    ],
    originates: [],
  },
  {
    name: 'leaf01',
    role: 'switch',
    asn: 65009,
    routerId: '2.2.2.2',
    interfaces: [
      { name: 'swp1', address: '100.0.0.2', network: '100.0.0.0/30' },
      { name: 'vlan20', address: '172.20.0.254', network: '172.20.0.0/24' },
    ],
    originates: [],
  },
  {
    name: 'leaf02',
    role: 'switch',
    asn: 65010,
    routerId: '3.3.3.3',
    interfaces: [
      { name: 'swp1', address: '100.0.0.6', network: '100.0.0.4/30' },
      { name: 'vlan20', address: '173.20.0.254', network: '173.20.0.0/24' },
    ],
    originates: [],
  },
];

export const referenceTopology: DemoTopology = {
  devices: [...switches, ...racks.flatMap(rackNodes)],
  links: [
    { a: 'spine01', aAddress: '100.0.0.1', b: 'leaf01', bAddress: '100.0.0.2' },
    { a: 'spine01', aAddress: '100.0.0.5', b: 'leaf02', bAddress: '100.0.0.6' },
    ...racks.flatMap(rackLinks),
  ],
};
