// The lab's model: a fabric as data. A topology file says which devices, cables, pools and BGPPeers there are;
// everything else (addresses on interfaces, sessions, configurations, Calico objects) is worked out from it.
// Vocabulary: RFC 7938 (leaf, spine), Calico's Node, IPPool, BGPConfiguration and BGPPeer resources.

export type Afi = 'ipv4' | 'ipv6';

/** One end of a cable or one member of a segment. Addresses are in CIDR form. */
export interface LinkEnd {
  readonly device: string;
  readonly interface: string;
  readonly addresses: readonly string[];
}

/** Two ends are a cable (a cut is seen on both sides); more are a segment, a VLAN with one port for each member. */
export interface Link {
  readonly name: string;
  readonly ends: readonly LinkEnd[];
}

/** A Kubernetes node: one BIRD for each family it has an address of. The IPv4 address is the router id too. */
export interface NodeSpec {
  readonly name: string;
  readonly asn: number;
  readonly ipv4: string;
  readonly ipv6?: string;
  readonly gateways: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly clusterId?: string;
  readonly blocks: readonly string[];
}

/** A switch: FRR, snmpd and sshd. */
export interface SwitchSpec {
  readonly name: string;
  readonly role: 'leaf' | 'spine';
  readonly asn: number;
  readonly routerId: string;
  /** Prefixes it originates itself, such as the subnet of its rack. */
  readonly networks: readonly string[];
  /** Towards nodes: put the own AS in place of the neighbour's (one AS for all racks). */
  readonly asOverride?: boolean;
  /** From other switches: how often the own AS may be in a path (one AS for all leaves). */
  readonly allowAsIn?: number;
  /** Nodes of its own AS are its route-reflector clients (RFC 4456). */
  readonly reflectsNodes?: boolean;
}

interface PoolSpec {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
}

/** As Calico's BGPPeer. Selectors here are only `all()`, `has(k)` and `k == 'v'`. */
export interface BgpPeerSpec {
  readonly name: string;
  readonly nodeSelector?: string;
  readonly peerSelector?: string;
  readonly peerIP?: string;
  readonly asNumber?: number;
}

export interface Topology {
  readonly name: string;
  readonly title: string;
  readonly switches: readonly SwitchSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly Link[];
  readonly pools: readonly PoolSpec[];
  readonly serviceCidrs: readonly string[];
  readonly mesh: boolean;
  readonly defaultAsn: number;
  readonly bgpPeers: readonly BgpPeerSpec[];
  /** The switches' BGP timers in seconds; Calico's BIRD offers 240 and takes the smaller hold time. */
  readonly timers?: { readonly keepalive: number; readonly hold: number };
  /** How long snmpd keeps the kernel's route tables. Its own default is 60 s: too slow for end-to-end tests. */
  readonly snmpRouteCacheSeconds?: number;
}

/** The namespace where exporter, Prometheus and Alertmanager run. */
export const OBSERVER = 'obs';
/** The namespace that holds only bridges: the management network and the racks' segments. */
export const BRIDGES = 'l2';
export const DEFAULT_TIMERS = { keepalive: 5, hold: 15 } as const;
export const DEFAULT_ROUTE_CACHE_SECONDS = 1;

export function afiOf(text: string): Afi {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** `172.20.0.11/24` -> `172.20.0.11` */
export function hostOf(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}

/** Node addresses without mask, IPv4 first. */
export function nodeAddress(node: NodeSpec, afi: Afi): string | undefined {
  const cidr = afi === 'ipv4' ? node.ipv4 : node.ipv6;
  return cidr === undefined ? undefined : hostOf(cidr);
}

export function nodeFamilies(node: NodeSpec): Afi[] {
  return (['ipv4', 'ipv6'] as const).filter((afi) => nodeAddress(node, afi) !== undefined);
}

/** Management address of every device: observer .1, switches from .11, nodes from .101. */
export function managementAddress(topology: Topology, device: string): string {
  if (device === OBSERVER) return '192.168.250.1';
  const asSwitch = topology.switches.findIndex((each) => each.name === device);
  if (asSwitch >= 0) return `192.168.250.${11 + asSwitch}`;
  const asNode = topology.nodes.findIndex((each) => each.name === device);
  if (asNode >= 0) return `192.168.250.${101 + asNode}`;
  throw new Error(`${topology.name} has no device ${device}`);
}

export function deviceNames(topology: Topology): string[] {
  return [...topology.switches, ...topology.nodes].map((device) => device.name);
}

/** Every prefix that must be on every device: all blocks and all service ranges. */
export function announcedPrefixes(topology: Topology): string[] {
  return [...topology.nodes.flatMap((node) => node.blocks), ...topology.serviceCidrs];
}

/** The interfaces of a device, the management port not among them. */
export function interfacesOf(topology: Topology, device: string): LinkEnd[] {
  return topology.links.flatMap((link) => link.ends.filter((end) => end.device === device));
}

/** A cable between two switches, by a name for each end: `['spine01', 'swp1', '100.0.0.1/30']`. */
export function cable(
  a: readonly [string, string, ...string[]],
  b: readonly [string, string, ...string[]],
): Link {
  const end = ([device, name, ...addresses]: readonly [string, string, ...string[]]) => ({
    device,
    interface: name,
    addresses,
  });
  return { name: `${a[0]}-${b[0]}`, ends: [end(a), end(b)] };
}

/** A rack: its switches' addresses and its nodes on one segment. */
export function rack(
  name: string,
  gateways: Readonly<Record<string, string[]>>,
  nodes: readonly NodeSpec[],
): Link {
  const switchEnds = Object.entries(gateways).map(([device, addresses]) => ({
    device,
    interface: 'rack0',
    addresses,
  }));
  const nodeEnds = nodes.map((node) => ({
    device: node.name,
    interface: 'eth0',
    addresses: [node.ipv4, node.ipv6].filter((cidr) => cidr !== undefined),
  }));
  return { name, ends: [...switchEnds, ...nodeEnds] };
}
