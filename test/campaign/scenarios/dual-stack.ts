// Two racks with IPv4 and IPv6: two daemons on each node, two sessions on each cable. A fault of one family must not be
// told of the other. SNMP (BGP4-MIB) shows no IPv6 session; the node's end does.
import { bgp, fault, healed, pause, stopOne } from '../actions/daemons.ts';
import { affinity, block, objects } from '../actions/objects.ts';
import { all, answers, down, gone, prints } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'dual-stack';
const switches = '{spine01,leaf01,leaf02}';

export const dualStackScenarios: readonly Scenario[] = [
  {
    ...{ id: 'ipv6-session-shut', topology, quick: true },
    via: 'ssh',
    says: 'leaf01 has shut its IPv6 session with node1, the IPv4 one stands',
    steps: [fault('shut-session', 'leaf01', 'fd00:172:20::11')],
    shows: down('leaf01', 'fd00:172:20::11'),
    expects: ['session-down leaf01|node1 fd00:172:20::11|fd00:172:20::254 admin-down'],
    allows: ['* leaf01 fd00:10:* thin-ecmp'],
  },
  {
    ...{ id: 'ipv6-refused', topology },
    says: 'a route-map of leaf01 takes the IPv6 block of node1 from nobody',
    steps: [fault('filter', 'fd00:10:233:1::/122', 'leaf01')],
    shows: gone('fd00:10:233:1::/122', 'leaf01', 'spine01', 'leaf02'),
    expects: [`route-missing ${switches} fd00:10:233:1::/122 rejected-by-switch-policy`],
  },
  {
    ...{ id: 'ipv6-withdrawn', topology },
    says: 'bird6 on node3 does not have its block',
    steps: [fault('withdraw', 'fd00:10:233:3::/122')],
    shows: gone('fd00:10:233:3::/122', 'leaf01', 'spine01', 'leaf02'),
    expects: [`route-missing ${switches} fd00:10:233:3::/122 not-configured-on-node`],
    allows: ['* node3 fd00:10:233:3::/122 not-configured-on-node'],
  },
  {
    ...{ id: 'bird6-stopped', topology },
    says: 'bird6 on node2 has ended, bird runs',
    steps: [stopOne('node2', 'bird6')],
    shows: gone('fd00:10:233:2::/122', 'leaf01', 'spine01', 'leaf02'),
    expects: [
      `route-missing ${switches} fd00:10:233:2::/122 bird-down`,
      'device-unreachable node2 node2 bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down leaf01|node1 fd00:172:20::12 *',
      'session-down node2 node1_–_node2_(ipv6)|fd00:* *',
      '* leaf01 fd00:10:* thin-ecmp',
    ],
  },
  {
    ...{ id: 'ipv6-spine-cut', topology },
    via: 'ssh',
    says: 'spine01 has shut its IPv6 session with leaf02: IPv6 is parted, IPv4 is whole',
    steps: [fault('shut-session', 'spine01', 'fd00:100:2::2')],
    shows: all(gone('fd00:10:233:1::/122', 'leaf02'), gone('fd00:10:233:3::/122', 'spine01', 'leaf01')),
    expects: [
      'session-down spine01|leaf02 fd00:100:2::1|fd00:100:2::2 admin-down',
      'route-missing leaf02 fd00:10:233:{1,2}::/122 session-down',
      'route-missing {spine01,leaf01} fd00:10:233:{3,4}::/122 session-down',
    ],
    allows: ['* spine01 fd00:10:96::/112 thin-ecmp'],
  },
  {
    ...{ id: 'ipv4-refused', topology },
    says: 'a route-map of leaf02 takes the IPv4 block of node3 from nobody',
    steps: [fault('filter', '10.233.66.0/24', 'leaf02')],
    shows: gone('10.233.66.0/24', 'leaf01', 'spine01', 'leaf02'),
    expects: [`route-missing ${switches} 10.233.66.0/24 rejected-by-switch-policy`],
  },
  {
    ...{ id: 'next-hop-of-nobody', topology },
    via: 'ssh',
    says: 'a route-map of leaf02 sends the block of node3 to an address that no node has',
    steps: [fault('next-hop', 'leaf02', '10.233.66.0/24', '172.21.0.99')],
    shows: prints('leaf02', 'show ip route 10.233.66.0/24', /172\.21\.0\.99/),
    expects: ['* leaf02 10.233.66.0/24 wrong-next-hop'],
  },
  {
    ...{ id: 'password-on-one-side', topology },
    via: 'ssh',
    says: 'leaf02 wants a TCP MD5 password of node4 on IPv4',
    steps: [bgp('leaf02', ['neighbor 172.21.0.12 password wrong'], ['no neighbor 172.21.0.12 password'])],
    shows: down('leaf02', '172.21.0.12'),
    showsWithinMs: 40_000,
    expects: ['session-down leaf02|node4 172.21.0.12|172.21.0.254 authentication'],
    allows: ['* leaf02 10.233.* thin-ecmp|session-down'],
  },
  {
    ...{ id: 'rack-session-shut', topology },
    says: 'node1 has disabled its IPv4 session with node2',
    steps: [fault('shut-session', 'node1', '172.20.0.12')],
    shows: answers('node1', 'show protocols Node_172_20_0_12', / down /),
    expects: ['session-down node1|node2 172.20.0.11|172.20.0.12 admin-down'],
    allows: ['* leaf01 10.233.* thin-ecmp'],
  },
  {
    ...{ id: 'block-moved', topology, harmless: true },
    says: 'the block of node2 is given up and taken by node1',
    steps: [
      objects('10.233.65.0/24 goes from node2 to node1', (things) => [
        ...things.filter(({ spec }) => spec?.cidr !== '10.233.65.0/24'),
        block('node1', '10.233.65.0/24'),
        affinity('node1', '10.233.65.0/24'),
      ]),
      fault('withdraw', '10.233.65.0/24', 'node2'),
      pause(500),
      fault('announce', '10.233.65.0/24', 'node1'),
    ],
    expects: [],
    watchMs: 20_000,
  },
  {
    ...{ id: 'snmp-agent-restarted', topology, harmless: true },
    via: 'snmp',
    says: 'snmpd of leaf01 restarts; its BGP objects come back with AgentX',
    steps: [fault('stop-snmpd', 'leaf01'), healed('stop-snmpd', 'leaf01')],
    expects: [],
    watchMs: 20_000,
  },
  {
    ...{ id: 'exporter-restarted', topology, harmless: true },
    says: 'the exporter restarts',
    steps: [
      {
        says: 'the exporter restarts',
        apply: (world) => world.exporter.restart(),
        undo: async () => undefined,
      },
    ],
    expects: [],
  },
];
