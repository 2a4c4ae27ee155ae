// Where a lab keeps its things, and the description (lab.json) that tests and the exporter's configuration are built
// from. Everything is under /run, which does not outlive the machine; names carry the lab's name, so labs can co-exist.
// Only FRR wants folders of its own: /etc/frr/<pathspace> and /run/frr/<pathspace> (its option -N).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SNMP_COMMUNITY, SNMP_USERS, SSH_PASSWORD, SSH_USER } from './switch-config.ts';
import { type Afi, managementAddress, nodeAddress, OBSERVER, type Topology } from './topology.ts';

export const LABS = '/run/calico-bgp-lab';

/** A lab: its name and what it is made of. */
export interface LabState {
  readonly name: string;
  readonly topology: Topology;
}

interface LabDevice {
  readonly name: string;
  readonly role: 'node' | 'switch';
  readonly tier?: 'leaf' | 'spine';
  readonly asn: number;
  readonly mgmtAddress: string;
  readonly netns: string;
  /** Nodes: bird's control socket, and bird6's where the node has an IPv6 address. */
  readonly birdSocket?: string;
  readonly bird6Socket?: string;
  readonly snmp?: {
    readonly port: number;
    readonly community: string;
    readonly v3: (typeof SNMP_USERS)[number];
    readonly v3sha1: (typeof SNMP_USERS)[number];
  };
  readonly ssh?: {
    readonly port: number;
    readonly user: string;
    readonly keyFile: string;
    readonly password: string;
  };
}

export interface LabDescription {
  readonly name: string;
  readonly topology: string;
  readonly folder: string;
  readonly objectsFile: string;
  readonly knownHostsFile: string;
  readonly observer: { readonly name: string; readonly netns: string; readonly mgmtAddress: string };
  readonly devices: readonly LabDevice[];
}

export function checkName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,15}$/.test(name)) return name;
  throw new Error(`a lab's name is 1 to 16 of a-z, 0-9 and -, and begins with a letter: ${name}`);
}

export function labFolder(name: string): string {
  return join(LABS, checkName(name));
}

export function folderOf(lab: LabState, device: string): string {
  return join(labFolder(lab.name), device);
}

export function netnsOf(lab: LabState, device: string): string {
  return `cbe-${lab.name}-${device}`;
}

export function socketOf(lab: LabState, node: string, afi: Afi): string {
  return join(folderOf(lab, node), afi === 'ipv4' ? 'bird.ctl' : 'bird6.ctl');
}

/** FRR's name for the instance of a switch is that of its namespace. */
export function frrFolders(lab: LabState, device: string): { config: string; run: string } {
  const pathspace = netnsOf(lab, device);
  return { config: join('/etc/frr', pathspace), run: join('/run/frr', pathspace) };
}

export function describe(lab: LabState): LabDescription {
  const folder = labFolder(lab.name);
  const place = (name: string) => ({
    name,
    netns: netnsOf(lab, name),
    mgmtAddress: managementAddress(lab.topology, name),
  });
  const switches = lab.topology.switches.map(({ name, role, asn }) => ({
    ...place(name),
    role: 'switch' as const,
    tier: role,
    asn,
    snmp: { port: 161, community: SNMP_COMMUNITY, v3: SNMP_USERS[0], v3sha1: SNMP_USERS[1] },
    ssh: { port: 22, user: SSH_USER, keyFile: join(folder, 'id_ed25519'), password: SSH_PASSWORD },
  }));
  const nodes = lab.topology.nodes.map((node) => ({
    ...place(node.name),
    role: 'node' as const,
    asn: node.asn,
    birdSocket: socketOf(lab, node.name, 'ipv4'),
    ...(nodeAddress(node, 'ipv6') === undefined ? {} : { bird6Socket: socketOf(lab, node.name, 'ipv6') }),
  }));
  return {
    name: lab.name,
    topology: lab.topology.name,
    folder,
    objectsFile: join(folder, 'objects.yaml'),
    knownHostsFile: join(folder, 'known_hosts'),
    observer: place(OBSERVER),
    devices: [...switches, ...nodes],
  };
}

/** Writes a file and the folders above it. */
export async function put(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode });
}

/** The lab of this name as it was brought up, or undefined if there is none. */
export async function load(name: string): Promise<LabState | undefined> {
  try {
    const text = await readFile(join(labFolder(name), 'topology.json'), 'utf8');
    return { name, topology: JSON.parse(text) as Topology };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
