// A node-to-node mesh and a top-of-rack switch: every node sends every block to leaf01 with itself as next hop.
import {
  bgp,
  birdFile,
  command,
  configure,
  fault,
  healed,
  once,
  onlyUndo,
  operate,
  pause,
  reverse,
  unconfigure,
} from '../actions/daemons.ts';
import { add, affinity, block, change, objects, remove } from '../actions/objects.ts';
import { all, answers, down, gone, prints, there } from '../probes.ts';
import type { Scenario, Step } from '../scenario.ts';
import type { Thing } from '../world.ts';

const topology = 'mesh';
const switches = '{leaf01,spine01}';

/** BIRD on a node forgets its mesh session with node3. */
function withoutNode3(node: string): Step {
  return birdFile(node, 'bird.cfg', 'no session with node3', (text) =>
    text.replace(/protocol bgp Mesh_172_20_0_13 [\s\S]*?\n}\n/, ''),
  );
}

/** node3 leaves the cluster as it is done by hand: cordoned, drained, deleted, its neighbour taken out of the leaf. */
const node3Leaves: readonly Step[] = [
  change('Node', 'node3', 'is cordoned', (thing) => {
    thing.spec = { ...thing.spec, unschedulable: true };
  }),
  pause(2000),
  remove(
    'the block of node3 and its affinity',
    ({ kind, spec }) => (kind === 'IPAMBlock' || kind === 'BlockAffinity') && spec?.cidr === '10.233.66.0/24',
  ),
  fault('withdraw', 'node3'),
  pause(4000),
  remove('Node node3', ({ kind, metadata }) => kind === 'Node' && metadata.name === 'node3'),
  withoutNode3('node1'),
  withoutNode3('node2'),
  unconfigure('leaf01', ['no neighbor 172.20.0.13']),
  fault('stop-bird', 'node3'),
];

/** node3 comes back as a new node: registered first, then its peers and its own BIRD, then a block of its own. */
const node3Joins: readonly Step[] = [
  objects('Node node3 is registered', (things) => [...things, ...newNode3(things)]),
  pause(1000),
  ...node3Leaves.slice(6).map(reverse),
  pause(5000),
  add(block('node3', '10.233.66.0/24'), affinity('node3', '10.233.66.0/24')),
  healed('withdraw', 'node3'),
];

/** Node node3 as kubelet and calico-node write it, made a moment ago: like node2 with its own name and address. */
function newNode3(things: readonly Thing[]): Thing[] {
  const like = things.find(({ kind, metadata }) => kind === 'Node' && metadata.name === 'node2');
  if (like === undefined) throw new Error('no Node node2');
  const own = JSON.parse(JSON.stringify(like).replaceAll('node2', 'node3').replaceAll('.12/24', '.13/24'));
  const creationTimestamp = new Date().toISOString().replace(/\.\d+/, '');
  return [{ ...own, metadata: { ...own.metadata, creationTimestamp }, spec: { podCIDR: '10.233.66.0/24' } }];
}

/** BIRD ends without a word and comes back, as in a new version of calico-node's pod. */
function restart(node: string): Step[] {
  return [fault('kill-bird', node), pause(1500), healed('kill-bird', node), pause(14_000)];
}

export const meshScenarios: readonly Scenario[] = [
  {
    ...{ id: 'mesh-block-withdrawn', topology, quick: true },
    says: 'BIRD on node2 does not have its block',
    steps: [fault('withdraw', 'node2')],
    shows: gone('10.233.65.0/24', 'leaf01', 'spine01'),
    expects: [`route-missing ${switches} 10.233.65.0/24 not-configured-on-node`],
    allows: ['* node2 10.233.65.0/24 not-configured-on-node'],
  },
  {
    ...{ id: 'mesh-session-not-rendered', topology },
    says: 'BIRD on node3 has no session with node1, which waits for it',
    steps: [
      birdFile('node3', 'bird.cfg', 'no session with node1', (text) =>
        text.replace(/protocol bgp Mesh_172_20_0_11 [\s\S]*?\n}\n/, ''),
      ),
    ],
    shows: answers('node1', 'show protocols Mesh_172_20_0_13', /Passive/),
    expects: ['session-missing node3 172.20.0.11 config-not-applied'],
    allows: ['session-down node1|node3 172.20.0.13|172.20.0.11 *', '* leaf01 10.233.* thin-ecmp'],
  },
  {
    ...{ id: 'mesh-session-shut', topology, quick: true },
    says: 'node3 has disabled its session with node1, which waits for it',
    steps: [fault('shut-session', 'node3', 'node1')],
    shows: answers('node1', 'show protocols Mesh_172_20_0_13', /Passive/),
    expects: ['session-down node1|node3 172.20.0.11|172.20.0.13 admin-down'],
    allows: ['* leaf01 10.233.* thin-ecmp'],
  },
  {
    ...{ id: 'mesh-prefix-limit', topology },
    says: 'leaf01 takes three prefixes of node1, and the mesh makes it four',
    steps: [
      onlyUndo(operate('leaf01', 'clear bgp ipv4 unicast 172.20.0.11')),
      bgp(
        'leaf01',
        ['address-family ipv4 unicast', 'neighbor 172.20.0.11 maximum-prefix 3'],
        ['address-family ipv4 unicast', 'no neighbor 172.20.0.11 maximum-prefix'],
      ),
    ],
    shows: down('leaf01', '172.20.0.11'),
    expects: ['session-down leaf01|node1 172.20.0.11|172.20.0.254 prefix-limit'],
    allows: ['* leaf01 10.233.* thin-ecmp'],
  },
  {
    ...{ id: 'mesh-bgpd-dead', topology },
    says: 'the BGP daemon of the only leaf has crashed: nodes are refused',
    steps: [fault('kill-bgpd', 'leaf01')],
    shows: all(
      ...['node1', 'node2', 'node3'].map((node) =>
        answers(node, 'show protocols Global_172_20_0_254', / start .*refused/i),
      ),
      down('spine01', '100.0.0.2'),
    ),
    showsWithinMs: 60_000,
    expects: [
      'session-down {node1,node2,node3} 172.20.0.254 connection-refused',
      'session-down spine01 100.0.0.2 *',
      'route-missing spine01 10.233.{64,65,66}.0/24 session-down|graceful-restart',
    ],
    allows: ['* leaf01 * *', 'route-missing spine01 10.233.0.0/18 session-down|graceful-restart'],
  },
  {
    ...{ id: 'mesh-not-installed', topology },
    // By SNMP there is the routing table alone.
    via: 'ssh',
    says: 'zebra of leaf01 does not install the block of node3, though BGP has it',
    steps: [
      configure(
        'leaf01',
        [
          'ip prefix-list FIB permit 10.233.66.0/24',
          'route-map FIB deny 10',
          'match ip address prefix-list FIB',
          'route-map FIB permit 20',
          'ip protocol bgp route-map FIB',
        ],
        ['no ip protocol bgp route-map FIB', 'no route-map FIB', 'no ip prefix-list FIB'],
      ),
    ],
    shows: prints('leaf01', 'show ip route 10.233.66.0/24', /^(?![\s\S]*\* 172\.20\.0\.)/),
    expects: ['route-missing leaf01 10.233.66.0/24 not-installed'],
    allows: ['route-missing spine01 10.233.66.0/24 not-installed'],
  },
  {
    ...{ id: 'mesh-bird-stopped', topology },
    says: 'BIRD on node3 has ended',
    steps: [fault('stop-bird', 'node3')],
    shows: gone('10.233.66.0/24', 'leaf01', 'spine01'),
    expects: [
      `route-missing ${switches} 10.233.66.0/24 bird-down`,
      'device-unreachable node3 node3 bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down leaf01|node1|node2 172.20.0.13 *',
      'session-down node3 * *',
      '* leaf01 10.233.* thin-ecmp',
    ],
  },
  {
    ...{ id: 'mesh-rogue-host', topology },
    says: 'node2 announces a single address of its block that belongs to no pod',
    steps: [fault('announce', '10.233.77.7/32', 'node2')],
    shows: there('10.233.77.7/32', 'leaf01', 'spine01'),
    expects: ['route-unexpected {node2,leaf01,spine01} 10.233.77.7/32 rogue-announcer'],
    allows: ['route-unexpected node1|node3 10.233.77.7/32 rogue-announcer'],
  },
  {
    ...{ id: 'mesh-lost-best-path', topology },
    says: 'leaf01 originates the block of node1 itself: its own path beats those of the nodes',
    steps: [
      command(
        'leaf01',
        ['ip', 'route', 'add', 'blackhole', '10.233.64.0/24', 'metric', '4096'],
        ['ip', 'route', 'del', 'blackhole', '10.233.64.0/24', 'metric', '4096'],
      ),
      bgp(
        'leaf01',
        ['no bgp network import-check', 'address-family ipv4 unicast', 'network 10.233.64.0/24'],
        ['bgp network import-check', 'address-family ipv4 unicast', 'no network 10.233.64.0/24'],
      ),
    ],
    shows: prints(
      'leaf01',
      'show bgp ipv4 unicast 10.233.64.0/24',
      /sourced, local, best|Local[\s\S]*best \(Weight\)/,
    ),
    expects: ['* leaf01 10.233.64.0/24 lost-best-path|rogue-announcer'],
    allows: ['* leaf01|spine01 10.233.64.0/24 lost-best-path|rogue-announcer|wrong-next-hop'],
  },
  {
    ...{ id: 'mesh-spine-refuses', topology },
    says: 'a route-map of spine01 takes the service range from nobody',
    steps: [fault('filter', '10.233.0.0/18', 'spine01')],
    shows: gone('10.233.0.0/18', 'spine01'),
    expects: ['route-missing spine01 10.233.0.0/18 rejected-by-switch-policy|not-received'],
  },
  {
    ...{ id: 'node-removed', topology, harmless: true },
    says: 'node3 is cordoned, drained, deleted and switched off',
    steps: node3Leaves,
    expects: [],
    watchMs: 15_000,
  },
  {
    ...{ id: 'node-added', topology, harmless: true },
    says: 'node3 joins the cluster and gets a block',
    // What the joining leaves undone the healing of the leaving does: neither is undone twice.
    prepare: [...node3Leaves, pause(8000)],
    steps: node3Joins.map(once),
    expects: [],
    watchMs: 20_000,
  },
  {
    ...{ id: 'rolling-restart', topology, harmless: true },
    says: 'BIRD restarts on one node after the other, with graceful restart',
    steps: ['node1', 'node2', 'node3'].flatMap(restart),
    expects: [],
  },
];
