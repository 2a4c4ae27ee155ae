// Is the lab as its topology says: every daemon running, every session Established on both ends, every block and
// service range on every device, and BGP objects answered over SNMP? Each lack is one line of text.
// Reads the daemons themselves: BIRD's socket, vtysh's JSON, an SNMP walk of bgpPeerState (RFC 4273).
import { ask } from './bird-socket.ts';
import { daemonsOf, pidOf } from './daemons.ts';
import { attempt, run } from './run.ts';
import { nodeSessions, switchSessions } from './sessions.ts';
import { folderOf, type LabState, netnsOf, socketOf } from './state.ts';
import { SNMP_COMMUNITY } from './switch-config.ts';
import {
  afiOf,
  announcedPrefixes,
  deviceNames,
  managementAddress,
  type NodeSpec,
  nodeFamilies,
  OBSERVER,
  type SwitchSpec,
} from './topology.ts';

interface SessionEnd {
  readonly device: string;
  readonly role: 'node' | 'switch';
  readonly peerAddress: string;
  readonly name: string;
  readonly established: boolean;
  readonly state: string;
}

export interface Health {
  readonly sessions: readonly SessionEnd[];
  readonly prefixes: Readonly<Record<string, readonly string[]>>;
  readonly lacks: readonly string[];
}

interface Part {
  readonly sessions: SessionEnd[];
  readonly prefixes: string[];
  readonly lacks: string[];
}

async function nodePart(lab: LabState, node: NodeSpec): Promise<Part> {
  const part: Part = { sessions: [], prefixes: [], lacks: [] };
  for (const afi of nodeFamilies(node)) {
    const socket = socketOf(lab, node.name, afi);
    const table = await ask(socket, 'show protocols');
    const rows = table.split('\n').map((line) => line.replace(/^(?:\d{4}[- ]| )/, '').split(/\s+/));
    for (const session of nodeSessions(lab.topology, node).filter((each) => each.afi === afi)) {
      // BIRD may say Established while it still recovers: only `up` sends routes.
      const row = rows.find(([name]) => name === session.name);
      const [, , , state = 'absent', , ...info] = row ?? [];
      const established = state === 'up' && info[0] === 'Established';
      const said = [state, ...info].join(' ');
      const { name, peerAddress } = session;
      part.sessions.push({ device: node.name, role: 'node', peerAddress, name, established, state: said });
    }
    const routes = await ask(socket, 'show route primary');
    // The code of a reply line is `1007-`, or one blank where it repeats.
    part.prefixes.push(...[...routes.matchAll(/^(?:\d{4}-| )(\S+\/\d+) /gm)].map((match) => match[1] ?? ''));
  }
  return part;
}

interface Summary {
  readonly peers?: Readonly<Record<string, { readonly state?: string }>>;
}

/** One command to a switch's vtysh, from the machine's namespace: the socket is a file. */
export async function vtysh(lab: LabState, device: string, ...commands: string[]): Promise<string> {
  const shell = `${folderOf(lab, device)}/bin/vtysh`;
  return run([shell, ...commands.flatMap((command) => ['-c', command])], { device });
}

async function snmpLacks(lab: LabState, device: SwitchSpec): Promise<string[]> {
  const expected = switchSessions(lab.topology, device.name).filter(
    (session) => session.afi === 'ipv4',
  ).length;
  const address = managementAddress(lab.topology, device.name);
  const walk = ['snmpbulkwalk', '-v2c', '-c', SNMP_COMMUNITY, '-On', '-OqUe', '-r0', '-t2', address];
  const { stdout } = await attempt(
    ['ip', 'netns', 'exec', netnsOf(lab, OBSERVER), ...walk, '.1.3.6.1.2.1.15.3.1.2'],
    { env: { MIBS: '', SNMP_PERSISTENT_DIR: folderOf(lab, OBSERVER) } },
  );
  const established = stdout.split('\n').filter((line) => / 6$/.test(line)).length;
  return established === expected
    ? []
    : [`${device.name}: SNMP shows ${established} of ${expected} peers established`];
}

async function switchPart(lab: LabState, device: SwitchSpec): Promise<Part> {
  const part: Part = { sessions: [], prefixes: [], lacks: await snmpLacks(lab, device) };
  const summary = JSON.parse(await vtysh(lab, device.name, 'show bgp summary json')) as Record<
    string,
    Summary
  >;
  for (const { afi, peerAddress, peer } of switchSessions(lab.topology, device.name)) {
    const state = summary[`${afi}Unicast`]?.peers?.[peerAddress]?.state ?? 'absent';
    const established = state === 'Established';
    part.sessions.push({ device: device.name, role: 'switch', peerAddress, name: peer, established, state });
  }
  for (const afi of ['ipv4', 'ipv6'] as const) {
    if (!announcedPrefixes(lab.topology).some((prefix) => afiOf(prefix) === afi)) continue;
    const text = await vtysh(lab, device.name, `show bgp ${afi} unicast json`);
    const table = JSON.parse(text) as { routes?: Record<string, { valid?: boolean }[]> };
    const valid = Object.entries(table.routes ?? {}).filter(([, paths]) =>
      paths.some((path) => path.valid === true),
    );
    part.prefixes.push(...valid.map(([prefix]) => prefix));
  }
  return part;
}

async function daemonLacks(lab: LabState, device: string): Promise<string[]> {
  const lacks: string[] = [];
  for (const daemon of daemonsOf(lab, device)) {
    if ((await pidOf(daemon)) === undefined) lacks.push(`${device}: ${daemon.name} does not run`);
  }
  return lacks;
}

async function examine(lab: LabState, device: string): Promise<Part> {
  const down = await daemonLacks(lab, device);
  const node = lab.topology.nodes.find((each) => each.name === device);
  const asSwitch = lab.topology.switches.find((each) => each.name === device);
  const none: Part = { sessions: [], prefixes: [], lacks: down };
  try {
    if (node !== undefined) return { ...(await nodePart(lab, node)), lacks: down };
    if (asSwitch === undefined) return none;
    const part = await switchPart(lab, asSwitch);
    return { ...part, lacks: [...down, ...part.lacks] };
  } catch (error) {
    return {
      ...none,
      lacks: [...down, `${device}: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

export async function health(lab: LabState): Promise<Health> {
  const devices = deviceNames(lab.topology);
  const parts = await Promise.all(devices.map((device) => examine(lab, device)));
  const sessions = parts.flatMap((part) => part.sessions);
  const wanted = announcedPrefixes(lab.topology);
  const lacks = parts.flatMap((part, index) => {
    const device = devices[index] ?? '';
    const missing = part.lacks.length > 0 ? [] : wanted.filter((prefix) => !part.prefixes.includes(prefix));
    return [...part.lacks, ...missing.map((prefix) => `${device}: no route to ${prefix}`)];
  });
  const idle = sessions.filter((session) => !session.established);
  const prefixes = Object.fromEntries(devices.map((device, index) => [device, parts[index]?.prefixes ?? []]));
  return {
    sessions,
    prefixes,
    lacks: [...lacks, ...idle.map((end) => `${end.device}: session with ${end.peerAddress} is ${end.state}`)],
  };
}
