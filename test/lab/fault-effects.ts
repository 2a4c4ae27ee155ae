// What each fault does to the reference lab, as a question that is answered `false` before it and after its healing,
// and `true` while it is in force. The lab's own test asks; whoever writes an end-to-end test may read what to expect.
import type { FaultName } from './faults.ts';
import type { Lab } from './lab.ts';

export interface Effect {
  readonly fault: readonly [FaultName, ...string[]];
  readonly says: string;
  readonly seen: (lab: Lab) => Promise<boolean>;
  /** How long it may take, by the timers involved; 15 s unless said. */
  readonly withinMs?: number;
}

async function lacks(lab: Lab, text: string): Promise<boolean> {
  return (await lab.health()).lacks.some((lack) => lack.includes(text));
}

async function down(lab: Lab, device: string, peerAddress: string): Promise<boolean> {
  const { sessions } = await lab.health();
  return sessions.some((end) => end.device === device && end.peerAddress === peerAddress && !end.established);
}

async function has(lab: Lab, device: string, prefix: string): Promise<boolean> {
  return (await lab.health()).prefixes[device]?.includes(prefix) ?? false;
}

/** How a TCP connection to a switch's SSH port ends: `SSH-2.0…`, `refused` or `silent`. */
async function sshGreeting(lab: Lab, device: string): Promise<string> {
  const address = lab.description.devices.find(({ name }) => name === device)?.mgmtAddress ?? '';
  const script = `const c = require('net').connect(22, '${address}'); c.setTimeout(1000);
    const say = (text) => { console.log(text); process.exit(); };
    c.on('data', (d) => say(String(d))).on('error', () => say('refused')).on('timeout', () => say('silent'));`;
  return (await lab.exec('obs', [process.execPath, '-e', script])).stdout.trim();
}

async function snmpAnswers(lab: Lab, device: string): Promise<boolean> {
  const { mgmtAddress = '', snmp } = lab.description.devices.find(({ name }) => name === device) ?? {};
  const get = [
    'snmpget',
    '-v2c',
    '-c',
    snmp?.community ?? '',
    '-On',
    '-r0',
    '-t1',
    mgmtAddress,
    '.1.3.6.1.2.1.1.5.0',
  ];
  return (await lab.exec('obs', get)).code === 0;
}

async function stale(lab: Lab, device: string, prefix: string): Promise<boolean> {
  return (await lab.vtysh(device, `show bgp ipv4 unicast ${prefix} json`)).includes('"stale":true');
}

async function nextHops(lab: Lab, device: string, prefix: string): Promise<string> {
  const { stdout } = await lab.exec(device, ['ip', 'route', 'show', prefix]);
  return [...stdout.matchAll(/via (\S+)/g)].map((match) => match[1]).join(' ');
}

export const EFFECTS: readonly Effect[] = [
  {
    fault: ['withdraw', '10.233.66.0/24'],
    says: 'the block is on no switch',
    seen: async (lab) =>
      !(await has(lab, 'leaf01', '10.233.66.0/24')) && !(await has(lab, 'leaf02', '10.233.66.0/24')),
  },
  {
    fault: ['withdraw', 'node5'],
    says: 'its block is not on the spine',
    seen: async (lab) => !(await has(lab, 'spine01', '10.233.68.0/24')),
  },
  {
    fault: ['withdraw', '10.233.0.0/18', 'node1'],
    says: 'one node less announces the service range',
    seen: async (lab) => !(await lab.bird('node1', 'show route protocol static1')).includes('10.233.0.0/18'),
  },
  {
    fault: ['announce', '10.233.99.0/24', 'node6'],
    says: 'a prefix that nobody owns is on the spine',
    seen: (lab) => has(lab, 'spine01', '10.233.99.0/24'),
  },
  {
    fault: ['stop-bird', 'node2'],
    says: 'its block is gone from the leaf',
    seen: async (lab) =>
      (await down(lab, 'leaf01', '172.20.0.12')) && !(await has(lab, 'leaf01', '10.233.65.0/24')),
  },
  {
    fault: ['kill-bird', 'node2'],
    says: 'its session is down and its block is stale on the leaf',
    seen: async (lab) =>
      (await down(lab, 'leaf01', '172.20.0.12')) && (await stale(lab, 'leaf01', '10.233.65.0/24')),
  },
  {
    fault: ['freeze-bird', 'node2'],
    says: 'its socket does not greet, and the leaf gives it up after the hold time',
    seen: async (lab) =>
      (await lacks(lab, 'node2/bird.ctl: no answer')) && (await down(lab, 'leaf01', '172.20.0.12')),
    withinMs: 40_000,
  },
  {
    fault: ['kill-bgpd', 'leaf02'],
    says: 'the daemon is gone and so are its sessions',
    seen: async (lab) =>
      (await lacks(lab, 'leaf02: bgpd does not run')) && (await down(lab, 'spine01', '100.0.0.6')),
  },
  {
    fault: ['stop-snmpd', 'spine01'],
    says: 'SNMP does not answer',
    seen: async (lab) =>
      !(await snmpAnswers(lab, 'spine01')) && (await lacks(lab, 'spine01: snmpd does not run')),
  },
  {
    fault: ['freeze-snmpd', 'spine01'],
    says: 'SNMP does not answer though the daemon is there',
    seen: async (lab) => !(await snmpAnswers(lab, 'spine01')) && !(await lacks(lab, 'snmpd does not run')),
  },
  {
    fault: ['stop-sshd', 'leaf01'],
    says: 'SSH is refused',
    seen: async (lab) => (await sshGreeting(lab, 'leaf01')) === 'refused',
  },
  {
    fault: ['freeze-sshd', 'leaf01'],
    says: 'SSH accepts and says nothing',
    seen: async (lab) => (await sshGreeting(lab, 'leaf01')) === 'silent',
  },
  {
    fault: ['shut-session', 'leaf01', 'node1'],
    says: 'the switch says Idle (Admin)',
    seen: async (lab) => (await lab.vtysh('leaf01', 'show bgp summary')).includes('Idle (Admin)'),
  },
  {
    fault: ['shut-session', 'node1', 'leaf01'],
    says: 'BIRD says down',
    seen: (lab) => lacks(lab, 'node1: session with 172.20.0.254 is down'),
  },
  {
    fault: ['shut-session', 'spine01', 'leaf02'],
    says: 'the fabric is parted',
    seen: async (lab) =>
      (await down(lab, 'leaf02', '100.0.0.5')) && !(await has(lab, 'leaf02', '10.233.64.0/24')),
  },
  {
    fault: ['wrong-as', 'leaf01', '172.20.0.12', '64999'],
    says: 'the node is told that its AS is bad',
    seen: (lab) => lacks(lab, 'Received: Bad peer AS'),
  },
  {
    fault: ['wrong-as', 'node4', '173.20.0.254', '65111'],
    says: 'the node finds the AS of its leaf bad',
    seen: (lab) => lacks(lab, 'BGP Error: Bad peer AS'),
  },
  {
    fault: ['cut-link', 'leaf01', 'spine01'],
    says: 'both ends of the session are down',
    seen: async (lab) =>
      (await down(lab, 'leaf01', '100.0.0.1')) && (await down(lab, 'spine01', '100.0.0.2')),
  },
  {
    fault: ['cut-link', 'node4', 'leaf02'],
    says: 'the leaf gives the node up after the hold time',
    seen: (lab) => down(lab, 'leaf02', '173.20.0.11'),
    withinMs: 40_000,
  },
  {
    fault: ['filter', '10.233.66.0/24', 'at', 'leaf01'],
    says: 'the prefix is on no switch, other prefixes are',
    seen: async (lab) =>
      !(await has(lab, 'leaf01', '10.233.66.0/24')) && (await has(lab, 'leaf01', '10.233.65.0/24')),
  },
  {
    fault: ['next-hop', 'leaf01', '10.233.66.0/24', '172.20.0.12'],
    says: 'the prefix goes to one node only',
    seen: async (lab) => (await nextHops(lab, 'leaf01', '10.233.66.0/24')) === '172.20.0.12',
  },
];
