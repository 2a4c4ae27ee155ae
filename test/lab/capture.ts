// Makes the project's own fixtures: brings labs up under a name of their own, injects one fault after the other and
// keeps what the daemons say, byte for byte: `npx tsx test/lab/capture.ts [SITUATION…]`. BIRD's answers keep their
// reply codes; FRR's are vtysh's output, one file for each command; SNMP's are plain `snmpbulkwalk -On`.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialogue } from './bird-socket.ts';
import { Lab } from './lab.ts';
import { nodeSessions } from './sessions.ts';
import { put, socketOf } from './state.ts';
import { SNMP_COMMUNITY } from './switch-config.ts';
import { topologies } from './topologies.ts';
import type { Afi } from './topology.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

interface Situation {
  readonly says: string;
  /** `reference` unless said. */
  readonly topology?: string;
  readonly faults?: readonly (readonly string[])[];
  /** A fault that is healed again before the look, to see the way back. */
  readonly healed?: readonly string[];
  /** How long it takes until the fault has its effect, by the timers involved. */
  readonly waitMs?: number;
  readonly nodes: readonly string[];
  readonly switches: readonly string[];
  readonly snmp?: readonly string[];
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  up: {
    says: 'all is well',
    nodes: ['node1', 'node3'],
    switches: ['leaf01', 'spine01'],
    snmp: ['leaf01', 'spine01'],
  },
  'switch-shut': {
    says: 'leaf01 has shut its session with node2',
    faults: [['shut-session', 'leaf01', 'node2']],
    waitMs: 4000,
    nodes: ['node2'],
    switches: ['leaf01'],
    snmp: ['leaf01'],
  },
  'node-shut': {
    says: 'node1 has disabled its session with leaf01',
    faults: [['shut-session', 'node1', 'leaf01']],
    waitMs: 4000,
    nodes: ['node1'],
    switches: ['leaf01'],
  },
  stopped: {
    says: 'the BIRD of node2 has ended in order',
    faults: [['stop-bird', 'node2']],
    waitMs: 8000,
    nodes: ['node1'],
    switches: ['leaf01'],
  },
  stale: {
    says: 'the BIRD of node2 was killed: its peers keep its routes',
    faults: [['kill-bird', 'node2']],
    waitMs: 3000,
    nodes: ['node1'],
    switches: ['leaf01'],
    snmp: ['leaf01'],
  },
  filtered: {
    says: 'leaf01 takes 10.233.66.0/24 from nobody',
    faults: [['filter', '10.233.66.0/24', 'at', 'leaf01']],
    waitMs: 3000,
    nodes: [],
    switches: ['leaf01', 'spine01'],
    snmp: ['leaf01'],
  },
  'wrong-as': {
    says: 'leaf01 expects AS 64999 of node2',
    faults: [['wrong-as', 'leaf01', '172.20.0.12', '64999']],
    waitMs: 8000,
    nodes: ['node2'],
    switches: ['leaf01'],
    snmp: ['leaf01'],
  },
  withdrawn: {
    says: 'node3 no longer announces its block',
    faults: [['withdraw', 'node3']],
    waitMs: 3000,
    nodes: ['node3', 'node1'],
    switches: ['leaf01'],
  },
  recovering: {
    says: 'the BIRD of node1 was started again and waits for that of node2: Established, but no routes go out',
    faults: [
      ['stop-bird', 'node2'],
      ['kill-bird', 'node1'],
    ],
    healed: ['kill-bird', 'node1'],
    waitMs: 8000,
    nodes: ['node1'],
    switches: ['leaf01'],
  },
  mesh: {
    says: 'a node-to-node mesh with a global peer',
    topology: 'mesh',
    nodes: ['node1'],
    switches: ['leaf01'],
    snmp: ['leaf01'],
  },
  'dual-stack': {
    says: 'IPv4 and IPv6',
    topology: 'dual-stack',
    nodes: ['node1'],
    switches: ['leaf01', 'spine01'],
    snmp: ['leaf01'],
  },
};

/** The prefixes to ask for: a block, one that nobody has, an address in the block, and the range all blocks are in. */
const QUESTIONS = {
  ipv4: { block: '10.233.66.0/24', absent: '10.233.99.0/24', host: '10.233.66.7', range: '10.233.64.0/18' },
  ipv6: {
    ...{ block: 'fd00:10:233:2::/122', absent: 'fd00:10:233:99::/122' },
    ...{ host: 'fd00:10:233:2::7', range: 'fd00:10:233::/48' },
  },
} as const;

function birdCommands(session: string, afi: Afi): string[] {
  const { block, absent, host } = QUESTIONS[afi];
  return [
    'restrict',
    'show status',
    'show protocols',
    'show protocols all',
    `show protocols all ${session}`,
    'show protocols all Node_192_0_2_1',
    'show route count',
    'show route',
    'show route all',
    `show route export ${session}`,
    `show route export ${session} all`,
    `show route noexport ${session}`,
    `show route protocol ${session} all`,
    `show route ${block} all`,
    `show route ${absent} all`,
    `show route for ${host}`,
    'show nonsense',
  ];
}

const VTYSH_COMMANDS = [
  'show version',
  'show bgp summary',
  'show bgp summary json',
  'show bgp vrf all summary json',
  'show bgp vrf all neighbors json',
];

function vtyshCommands(afi: Afi): string[] {
  const { block, absent, range } = QUESTIONS[afi];
  const ip = afi === 'ipv4' ? 'ip' : 'ipv6';
  return [
    `show bgp ${afi} unicast`,
    `show bgp ${afi} unicast summary json`,
    `show bgp ${afi} unicast json`,
    `show bgp ${afi} unicast ${block} json`,
    `show bgp ${afi} unicast ${range} json`,
    `show bgp ${afi} unicast ${absent} json`,
    `show bgp ${afi} unicast ${range} longer-prefixes json`,
    `show bgp vrf all ${afi} unicast json`,
    `show ${ip} route`,
    `show ${ip} route json`,
    `show ${ip} route ${block} json`,
    `show ${ip} route ${absent} json`,
    `show ${ip} route ${range} longer-prefixes json`,
    `show ${ip} route vrf all json`,
  ];
}

const SNMP_TREES = {
  system: '.1.3.6.1.2.1.1',
  bgp: '.1.3.6.1.2.1.15',
  ipCidrRoute: '.1.3.6.1.2.1.4.24.4',
  inetCidrRoute: '.1.3.6.1.2.1.4.24.7',
};

function families(lab: Lab): readonly Afi[] {
  return lab.state.topology.nodes.some((node) => node.ipv6 !== undefined) ? ['ipv4', 'ipv6'] : ['ipv4'];
}

async function captureNode(lab: Lab, name: string, situation: string): Promise<void> {
  const node = lab.state.topology.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  for (const afi of families(lab)) {
    const sessions = nodeSessions(lab.state.topology, node).filter((session) => session.afi === afi);
    // The session with a switch if there is one: it is the external one.
    const chosen = sessions.find((session) => session.peerAsn !== session.localAsn) ?? sessions[0];
    const commands = birdCommands(chosen?.name ?? '', afi);
    const [greeting = '', ...replies] = await dialogue(socketOf(lab.state, name, afi), commands);
    const text = replies.map((reply, index) => `>>> ${commands[index]}\n${reply}`).join('');
    const file = `${situation}-${name}${afi === 'ipv6' ? '-bird6' : ''}.txt`;
    await put(join(FIXTURES, 'bird/1.6', file), greeting + text);
  }
}

async function captureSwitch(lab: Lab, device: string, situation: string): Promise<void> {
  const folder = join(FIXTURES, 'frr/8.4.4', `lab-${situation}-${device}`);
  await rm(folder, { recursive: true, force: true });
  for (const command of [...VTYSH_COMMANDS, ...families(lab).flatMap(vtyshCommands)]) {
    const { stdout } = await lab.exec(device, ['vtysh', '-c', command]);
    await put(join(folder, `${command.replaceAll(/[ /:]/g, '_')}.txt`), stdout);
  }
}

async function captureSnmp(lab: Lab, device: string, situation: string): Promise<void> {
  const address = lab.description.devices.find(({ name }) => name === device)?.mgmtAddress ?? '';
  for (const [name, tree] of Object.entries(SNMP_TREES)) {
    const walk = ['snmpbulkwalk', '-v2c', '-c', SNMP_COMMUNITY, '-On', address, tree];
    const { stdout } = await lab.exec('obs', walk);
    await put(join(FIXTURES, 'snmp/frr-8.4.4', `${situation}-${device}`, `${name}.txt`), stdout);
  }
}

async function capture(lab: Lab, name: string, situation: Situation): Promise<void> {
  for (const [fault = '', ...args] of situation.faults ?? []) await lab.fault(fault, args);
  const [healed, ...args] = situation.healed ?? [];
  if (healed !== undefined) await lab.heal(healed, args);
  await sleep(situation.waitMs ?? 0);
  console.log(`${name}: ${situation.says}`);
  for (const node of situation.nodes) await captureNode(lab, node, name);
  for (const device of situation.switches) await captureSwitch(lab, device, name);
  for (const device of situation.snmp ?? []) await captureSnmp(lab, device, name);
  await lab.heal('all');
  await lab.ready({ timeoutMs: 150_000 });
}

const asked = process.argv.slice(2);
const chosen = Object.entries(SITUATIONS).filter(([name]) => asked.length === 0 || asked.includes(name));
for (const [topologyName, topology] of Object.entries(topologies)) {
  const situations = chosen.filter(([, situation]) => (situation.topology ?? 'reference') === topologyName);
  if (situations.length === 0) continue;
  const lab = await Lab.up(topology, { name: 'capture' });
  try {
    for (const [name, situation] of situations) await capture(lab, name, situation);
  } finally {
    await lab.down();
  }
}
