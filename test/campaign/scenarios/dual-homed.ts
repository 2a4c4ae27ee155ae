// Racks with two leaves each under two spines: one path lost is no route lost, but it is a thinner one.
import { bgp, command, configure, fault, operate, pause, powerOff } from '../actions/daemons.ts';
import { add, service } from '../actions/objects.ts';
import { all, down, gone, prints, there } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'dual-homed';

export const dualHomedScenarios: readonly Scenario[] = [
  {
    ...{ id: 'uplink-cut', topology, quick: true },
    says: 'the cable between leaf01 and spine01 is cut: everything goes by spine02',
    steps: [fault('cut-link', 'leaf01', 'spine01')],
    shows: all(down('leaf01', '100.0.1.1'), down('spine01', '100.0.1.2')),
    showsWithinMs: 45_000,
    expects: ['session-down leaf01|spine01 100.0.1.1|100.0.1.2 *'],
    allows: ['* leaf01|spine01 10.233.* thin-ecmp|session-down'],
  },
  {
    ...{ id: 'one-path-filtered', topology },
    via: 'ssh',
    says: 'spine02 keeps the block of node3 from leaf01: one path of two is left, every session stands',
    steps: [
      configure(
        'spine02',
        ['ip prefix-list OUT deny 10.233.66.0/24', 'ip prefix-list OUT permit any'],
        ['no ip prefix-list OUT'],
      ),
      bgp(
        'spine02',
        ['address-family ipv4 unicast', 'neighbor 100.0.2.2 prefix-list OUT out'],
        ['address-family ipv4 unicast', 'no neighbor 100.0.2.2 prefix-list OUT out'],
      ),
      operate('spine02', 'clear bgp ipv4 unicast * soft'),
    ],
    shows: prints('leaf01', 'show ip route 10.233.66.0/24', /^(?![\s\S]*100\.0\.2\.1)/),
    expects: ['* leaf01 10.233.66.0/24 thin-ecmp'],
  },
  {
    ...{ id: 'rack-uplink-shut', topology },
    says: 'leaf01 has shut its session with node1, which still has leaf02',
    steps: [fault('shut-session', 'leaf01', 'node1')],
    shows: down('leaf01', '172.20.0.11'),
    expects: ['session-down leaf01|node1 172.20.0.11|172.20.0.253 admin-down'],
    allows: ['* leaf01 10.233.* thin-ecmp|session-down'],
  },
  {
    ...{ id: 'spine-dead', topology },
    says: 'spine01 has lost its power: no route is lost, every path by it is',
    steps: [powerOff('spine01')],
    shows: all(...[1, 2, 3, 4].map((leaf) => down(`leaf0${leaf}`, `100.0.1.${4 * leaf - 3}`))),
    showsWithinMs: 45_000,
    expects: [
      'device-unreachable spine01 spine01 unknown-device-unreachable',
      'session-down leaf0{1,2,3,4} 100.0.1.* *',
    ],
    // A switch that boots has no routes until its sessions are up.
    allows: ['* spine01 * *', '* leaf0* 10.233.* thin-ecmp|session-down'],
  },
  {
    ...{ id: 'one-leaf-refuses', topology },
    says: 'a route-map of leaf01 takes the block of node1 from nobody, leaf02 has it',
    steps: [fault('filter', '10.233.64.0/24', 'leaf01')],
    shows: gone('10.233.64.0/24', 'leaf01'),
    expects: ['route-missing leaf01 10.233.64.0/24 rejected-by-switch-policy'],
    allows: ['* spine01|spine02 10.233.64.0/24 thin-ecmp|rejected-by-switch-policy'],
  },
  {
    ...{ id: 'detour-by-preference', topology },
    via: 'ssh',
    says: 'leaf03 prefers the block of node3 by way of node4: the path of its owner is there and not best',
    steps: [
      configure(
        'leaf03',
        [
          'ip prefix-list DETOUR permit 10.233.66.0/24',
          'ip prefix-list NODE4 permit 172.21.0.12/32',
          'route-map LAB-IN permit 60',
          'match ip address prefix-list DETOUR',
          'match ip next-hop prefix-list NODE4',
          'set local-preference 200',
        ],
        ['no route-map LAB-IN permit 60', 'no ip prefix-list DETOUR', 'no ip prefix-list NODE4'],
      ),
      operate('leaf03', 'clear bgp ipv4 unicast * soft in'),
    ],
    shows: prints(
      'leaf03',
      'show ip route 10.233.66.0/24',
      /^(?![\s\S]*172\.21\.0\.11)[\s\S]*172\.21\.0\.12/,
    ),
    expects: ['* leaf03 10.233.66.0/24 lost-best-path|wrong-next-hop'],
  },
  {
    ...{ id: 'rack-sessions-shut', topology },
    says: 'node3 has disabled its session with node4',
    steps: [fault('shut-session', 'node3', 'node4')],
    expects: ['session-down node3|node4 172.21.0.11|172.21.0.12 admin-down'],
    allows: ['* leaf0* 10.233.* thin-ecmp'],
  },
  {
    ...{ id: 'bird-stopped-dual-homed', topology },
    says: 'BIRD on node4 has ended',
    steps: [fault('stop-bird', 'node4')],
    shows: gone('10.233.67.0/24', 'spine01', 'spine02', 'leaf01', 'leaf02', 'leaf03', 'leaf04'),
    expects: [
      'route-missing {spine01,spine02,leaf01,leaf02,leaf03,leaf04} 10.233.67.0/24 bird-down',
      'device-unreachable node4 node4 bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down leaf03|leaf04|node3 172.21.0.12 *',
      'session-down node4 * *',
      '* leaf03|leaf04 10.233.* thin-ecmp',
    ],
  },
  {
    ...{ id: 'spine-injects', topology },
    says: 'spine01 originates a prefix of the pool by a network statement',
    steps: [
      command(
        'spine01',
        ['ip', 'route', 'add', 'blackhole', '10.233.102.0/24'],
        ['ip', 'route', 'del', 'blackhole', '10.233.102.0/24'],
      ),
      bgp(
        'spine01',
        ['address-family ipv4 unicast', 'network 10.233.102.0/24'],
        ['address-family ipv4 unicast', 'no network 10.233.102.0/24'],
      ),
    ],
    shows: there('10.233.102.0/24', 'leaf01', 'leaf04'),
    expects: ['route-unexpected leaf0{1,2,3,4} 10.233.102.0/24 rogue-announcer'],
    allows: ['route-unexpected spine0* 10.233.102.0/24 rogue-announcer'],
  },
  {
    ...{ id: 'node-port-cut', topology },
    says: 'the port of node1 in its rack is dark: both leaves give it up after the hold time',
    steps: [fault('cut-link', 'node1', 'leaf01')],
    shows: all(down('leaf01', '172.20.0.11'), down('leaf02', '172.20.0.11')),
    showsWithinMs: 45_000,
    // The node itself may say first that the network is gone.
    expects: ['session-down leaf0{1,2} 172.20.0.11 hold-timer|peer-unreachable'],
    allows: [
      'session-down node1 172.20.0.* *',
      'session-down node2 172.20.0.11 *',
      '* * 10.233.64.0/24 session-down|hold-timer|next-hop-unreachable|graceful-restart|thin-ecmp|not-received',
      '* leaf01|leaf02 10.233.* thin-ecmp|session-down',
    ],
  },
  {
    ...{ id: 'maintenance', topology, harmless: true },
    says: 'spine02 is rebooted while a silence for it is in force',
    steps: [powerOff('spine02'), pause(20_000)],
    expects: [],
    watchMs: 5000,
    config: (config) => ({
      ...config,
      silences: [
        {
          devices: ['spine02'],
          until: new Date(Date.now() + 3_600_000).toISOString(),
          reason: 'new firmware',
        },
      ],
    }),
  },
  {
    ...{ id: 'path-changed', topology, harmless: true },
    via: 'ssh',
    says: 'the best of equal paths is another one, the set of next hops is the same',
    steps: [
      bgp('leaf01', ['bgp bestpath compare-routerid'], ['no bgp bestpath compare-routerid']),
      operate('leaf01', 'clear bgp ipv4 unicast * soft'),
      bgp('leaf04', ['bgp bestpath compare-routerid'], ['no bgp bestpath compare-routerid']),
      operate('leaf04', 'clear bgp ipv4 unicast * soft'),
    ],
    expects: [],
  },
  {
    ...{ id: 'service-added', topology, harmless: true },
    says: 'Services come and go within the announced range',
    steps: [add(service('web', '10.233.1.10'), service('db', '10.233.1.11')), pause(4000)],
    expects: [],
  },
];
