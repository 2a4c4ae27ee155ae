// One AS for all nodes and one for all leaves: without as-override and allowas-in BGP's loop check drops the other rack's
// routes. A node speaks with its leaf alone, so a leaf has each block from its owner and from nobody else.
import { bgp, birdFile, endOfSshd, fault, onlyUndo, operate, pause, powerOff } from '../actions/daemons.ts';
import { change, ready } from '../actions/objects.ts';
import { down, gone, prints } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'one-as';
const switches = '{spine01,leaf01,leaf02}';

/** The exporter's clock goes wrong, and right again. */
const clockStep = (ms: number) => ({
  says: `the exporter's clock steps by ${ms / 1000} s`,
  apply: async ({ exporter }: { exporter: { setClock(ms: number): void } }) => exporter.setClock(ms),
  undo: async ({ exporter }: { exporter: { setClock(ms: number): void } }) => exporter.setClock(0),
});

export const oneAsScenarios: readonly Scenario[] = [
  {
    ...{ id: 'as-path-loop', topology },
    says: 'leaf02 no longer takes paths with its own AS: it drops those of the other rack',
    steps: [
      bgp(
        'leaf02',
        ['address-family ipv4 unicast', 'no neighbor 100.0.0.5 allowas-in'],
        ['address-family ipv4 unicast', 'neighbor 100.0.0.5 allowas-in 1'],
      ),
      operate('leaf02', 'clear bgp ipv4 unicast 100.0.0.5 in'),
    ],
    shows: gone('10.233.64.0/24', 'leaf02'),
    expects: ['route-missing leaf02 10.233.{64,65}.0/24 as-path-loop'],
  },
  {
    ...{ id: 'one-announcer-less', topology },
    via: 'ssh',
    says: 'node2 does not announce the service range: leaf01 has it from node1 alone',
    steps: [fault('withdraw', '10.233.0.0/18', 'node2')],
    shows: prints('leaf01', 'show ip route 10.233.0.0/18', /^(?![\s\S]*172\.20\.0\.12)/),
    expects: ['* leaf01|node2 10.233.0.0/18 thin-ecmp|not-configured-on-node'],
    allows: ['* leaf01|node2 10.233.0.0/18 thin-ecmp|not-configured-on-node'],
  },
  {
    ...{ id: 'bird-killed', topology },
    says: 'BIRD on node1 is gone without a word: leaf01 keeps its routes as stale',
    steps: [fault('kill-bird', 'node1')],
    shows: down('leaf01', '172.20.0.11'),
    // A BIRD whose routes are kept may be back in a moment: the audit waits about one interval.
    graceMs: 2000,
    expects: [
      'route-missing leaf01 10.233.64.0/24 graceful-restart|bird-down',
      'device-unreachable node1 node1 bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down leaf01 172.20.0.11 *',
      'session-down node1 172.20.0.254 *',
      'route-missing spine01|leaf02 10.233.64.0/24 graceful-restart|bird-down',
      '* leaf01 10.233.0.0/18 thin-ecmp|graceful-restart',
    ],
  },
  {
    ...{ id: 'next-hop-of-another', topology },
    via: 'ssh',
    says: 'a route-map of leaf01 sends the block of node1 to node2',
    steps: [fault('next-hop', 'leaf01', '10.233.64.0/24', '172.20.0.12')],
    shows: prints('leaf01', 'show ip route 10.233.64.0/24', /172\.20\.0\.12/),
    expects: ['* leaf01 10.233.64.0/24 wrong-next-hop'],
  },
  {
    ...{ id: 'limit-of-one', topology },
    says: 'leaf02 takes one prefix of node3 and shuts the session at the second',
    steps: [
      onlyUndo(operate('leaf02', 'clear bgp ipv4 unicast 172.21.0.11')),
      bgp(
        'leaf02',
        ['address-family ipv4 unicast', 'neighbor 172.21.0.11 maximum-prefix 1'],
        ['address-family ipv4 unicast', 'no neighbor 172.21.0.11 maximum-prefix'],
      ),
    ],
    shows: down('leaf02', '172.21.0.11'),
    expects: [
      'session-down leaf02|node3 172.21.0.11|172.21.0.254 prefix-limit',
      `route-missing ${switches} 10.233.66.0/24 session-down|prefix-limit`,
    ],
    allows: ['* leaf02 10.233.0.0/18 thin-ecmp|session-down'],
  },
  {
    ...{ id: 'peer-not-rendered', topology },
    says: 'BIRD on node4 has no session with its leaf, though a BGPPeer asks for it',
    steps: [
      birdFile('node4', 'bird.cfg', 'no session with leaf02', (text) =>
        text.replace(/protocol bgp Node_172_21_0_254 [\s\S]*?\n}\n/, ''),
      ),
    ],
    shows: gone('10.233.67.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: [
      'session-missing node4 172.21.0.254 config-not-applied',
      `route-missing ${switches} 10.233.67.0/24 config-not-applied|session-down`,
    ],
    allows: [
      'session-down leaf02 172.21.0.12 *',
      '* leaf02 10.233.0.0/18 thin-ecmp|session-down|config-not-applied',
    ],
  },
  {
    ...{ id: 'node-dead', topology },
    says: 'node4 has lost its power, and Kubernetes knows',
    steps: [powerOff('node4'), ready('node4', 'Unknown')],
    shows: gone('10.233.67.0/24', 'spine01', 'leaf01', 'leaf02'),
    showsWithinMs: 60_000,
    expects: [
      `route-missing ${switches} 10.233.67.0/24 node-not-ready`,
      'device-unreachable node4 node4 node-not-ready',
    ],
    allows: [
      'session-down leaf02 172.21.0.12 *',
      'session-down node4 172.21.0.254 *',
      '* leaf02 10.233.0.0/18 thin-ecmp|node-not-ready',
    ],
  },
  {
    ...{ id: 'as-of-node-changed', topology },
    says: 'the objects give node3 another AS number, and its bird.cfg stays as it was',
    steps: [
      change('Node', 'node3', 'AS 64555', ({ metadata }) => {
        metadata.annotations = { ...metadata.annotations, 'projectcalico.org/ASNumber': '64555' };
      }),
    ],
    expects: ['* node3 172.21.0.254|node3 config-not-applied|wrong-as'],
    allows: ['* leaf02 172.21.0.11 config-not-applied|wrong-as'],
  },
  {
    ...{ id: 'leaf-frozen', topology, quick: true },
    via: 'ssh',
    says: 'sshd of leaf01 accepts and says nothing, after the sessions that stood have ended',
    steps: [fault('freeze-sshd', 'leaf01'), endOfSshd('leaf01')],
    expects: ['device-unreachable leaf01 leaf01 unknown-device-unreachable'],
  },
  {
    ...{ id: 'agent-frozen', topology },
    via: 'snmp',
    says: 'snmpd of spine01 does not answer',
    steps: [fault('freeze-snmpd', 'spine01')],
    expects: ['device-unreachable spine01 spine01 unknown-device-unreachable'],
  },
  {
    ...{ id: 'fabric-as-wrong', topology },
    says: 'spine01 expects AS 65111 of leaf02',
    steps: [fault('wrong-as', 'spine01', '100.0.0.6', '65111')],
    shows: gone('10.233.66.0/24', 'spine01', 'leaf01'),
    expects: [
      'session-down spine01|leaf02 100.0.0.5|100.0.0.6 wrong-as',
      'route-missing {spine01,leaf01} 10.233.{66,67}.0/24 session-down|wrong-as',
      'route-missing leaf02 10.233.{64,65}.0/24 session-down|wrong-as',
    ],
    allows: ['* spine01 10.233.0.0/18 thin-ecmp|session-down|wrong-as'],
  },
  {
    ...{ id: 'service-range-added', topology, harmless: true, quick: true },
    says: 'a range for load balancers is added to BGPConfiguration, and every node announces it',
    steps: [
      change('BGPConfiguration', 'default', 'serviceLoadBalancerIPs: 10.60.0.0/24', ({ spec }) => {
        if (spec) spec.serviceLoadBalancerIPs = [{ cidr: '10.60.0.0/24' }];
      }),
      ...['node1', 'node2', 'node3', 'node4'].map((node) => fault('announce', '10.60.0.0/24', node)),
    ],
    expects: [],
    watchMs: 20_000,
  },
  {
    ...{ id: 'clock-stepped', topology, harmless: true },
    says: 'the clock of the exporter steps an hour ahead, and back',
    steps: [clockStep(3_600_000), pause(8000), clockStep(0)],
    expects: [],
  },
];
