// Faults of switches on the reference fabric: policies, aggregates, next hops, tables, and switches that do not answer.
import { bgp, command, configure, endOfSshd, fault, operate, powerOff } from '../actions/daemons.ts';
import { all, down, gone, prints, there } from '../probes.ts';
import type { Scenario, Step } from '../scenario.ts';

const topology = 'reference';
const soft = (device: string) => operate(device, 'clear bgp ipv4 unicast * soft');

/** A prefix is taken out on the way to a neighbour. */
function filteredOut(device: string, neighbour: string, prefix: string): Step[] {
  return [
    configure(
      device,
      [`ip prefix-list OUT deny ${prefix}`, 'ip prefix-list OUT permit any'],
      ['no ip prefix-list OUT'],
    ),
    bgp(
      device,
      ['address-family ipv4 unicast', `neighbor ${neighbour} prefix-list OUT out`],
      ['address-family ipv4 unicast', `no neighbor ${neighbour} prefix-list OUT out`],
    ),
    soft(device),
  ];
}

export const referenceFabric: readonly Scenario[] = [
  {
    ...{ id: 'leaf-refuses', topology },
    says: 'a route-map of leaf01 takes the block of node3 from nobody',
    steps: [fault('filter', '10.233.66.0/24', 'leaf01')],
    shows: gone('10.233.66.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: ['route-missing {leaf01,spine01,leaf02} 10.233.66.0/24 rejected-by-switch-policy'],
  },
  {
    ...{ id: 'leaf-does-not-pass-on', topology },
    says: 'a prefix-list of leaf01 keeps the block of node2 from the spine',
    steps: filteredOut('leaf01', '100.0.0.1', '10.233.65.0/24'),
    shows: gone('10.233.65.0/24', 'spine01', 'leaf02'),
    expects: ['route-missing {spine01,leaf02} 10.233.65.0/24 not-exported|not-received'],
  },
  {
    ...{ id: 'spine-refuses', topology },
    says: 'a route-map of spine01 takes the block of node4 from nobody',
    steps: [fault('filter', '10.233.67.0/24', 'spine01')],
    shows: gone('10.233.67.0/24', 'spine01', 'leaf01'),
    expects: ['route-missing {spine01,leaf01} 10.233.67.0/24 rejected-by-switch-policy|not-received'],
  },
  {
    ...{ id: 'spine-does-not-pass-on', topology },
    says: 'a prefix-list of spine01 keeps the block of node6 from leaf01',
    steps: filteredOut('spine01', '100.0.0.2', '10.233.69.0/24'),
    shows: gone('10.233.69.0/24', 'leaf01'),
    expects: ['route-missing leaf01 10.233.69.0/24 not-exported|not-received'],
  },
  {
    ...{ id: 'aggregate-only', topology },
    says: 'leaf01 sends the spine an aggregate of its rack in place of the blocks',
    steps: [
      bgp(
        'leaf01',
        ['address-family ipv4 unicast', 'aggregate-address 10.233.64.0/22 summary-only'],
        ['address-family ipv4 unicast', 'no aggregate-address 10.233.64.0/22 summary-only'],
      ),
    ],
    shows: gone('10.233.65.0/24', 'spine01', 'leaf02'),
    expects: ['route-missing {spine01,leaf02} 10.233.{64,65,66}.0/24 covered-only'],
    allows: ['route-unexpected leaf01|spine01|leaf02 10.233.64.0/22 *', '* leaf01 10.233.64.0/24 *'],
  },
  {
    ...{ id: 'default-only', topology },
    says: 'leaf02 refuses the block of node1 and has nothing but the default route that the spine sends',
    prepare: [
      bgp(
        'spine01',
        ['address-family ipv4 unicast', 'neighbor 100.0.0.6 default-originate'],
        ['address-family ipv4 unicast', 'no neighbor 100.0.0.6 default-originate'],
      ),
    ],
    steps: [fault('filter', '10.233.64.0/24', 'leaf02')],
    shows: all(gone('10.233.64.0/24', 'leaf02'), there('0.0.0.0/0', 'leaf02')),
    expects: ['route-missing leaf02 10.233.64.0/24 default-only'],
  },
  {
    ...{ id: 'next-hop-unreachable', topology },
    via: 'ssh',
    says: 'a route-map of leaf01 gives the block of node3 a next hop that it has no route to',
    steps: [fault('next-hop', 'leaf01', '10.233.66.0/24', '192.0.2.1')],
    shows: gone('10.233.66.0/24', 'leaf01'),
    expects: ['route-missing leaf01 10.233.66.0/24 next-hop-unreachable'],
    allows: ['route-missing spine01|leaf02 10.233.66.0/24 next-hop-unreachable'],
  },
  {
    ...{ id: 'next-hop-wrong', topology },
    via: 'ssh',
    says: 'a route-map of leaf01 sends the block of node3 to an address of the rack that nobody has',
    steps: [fault('next-hop', 'leaf01', '10.233.66.0/24', '172.20.0.99')],
    shows: prints('leaf01', 'show ip route 10.233.66.0/24', /172\.20\.0\.99/),
    expects: ['* leaf01 10.233.66.0/24 wrong-next-hop'],
  },
  {
    ...{ id: 'not-installed', topology },
    says: 'zebra of spine01 installs the block of node1 not, though BGP has it',
    steps: [
      configure(
        'spine01',
        [
          'ip prefix-list FIB permit 10.233.64.0/24',
          'route-map FIB deny 10',
          'match ip address prefix-list FIB',
          'route-map FIB permit 20',
          'ip protocol bgp route-map FIB',
        ],
        ['no ip protocol bgp route-map FIB', 'no route-map FIB', 'no ip prefix-list FIB'],
      ),
    ],
    shows: prints('spine01', 'show ip route 10.233.64.0/24', /^(?![\s\S]*\* 100\.0\.0\.2)/),
    expects: ['route-missing spine01 10.233.64.0/24 not-installed'],
    allows: ['route-missing leaf02 10.233.64.0/24 not-installed'],
  },
  {
    ...{ id: 'switch-injects', topology },
    says: 'leaf02 originates a prefix of the pool by a network statement',
    steps: [
      command(
        'leaf02',
        ['ip', 'route', 'add', 'blackhole', '10.233.101.0/24'],
        ['ip', 'route', 'del', 'blackhole', '10.233.101.0/24'],
      ),
      bgp(
        'leaf02',
        ['address-family ipv4 unicast', 'network 10.233.101.0/24'],
        ['address-family ipv4 unicast', 'no network 10.233.101.0/24'],
      ),
    ],
    shows: there('10.233.101.0/24', 'leaf01', 'spine01'),
    expects: ['route-unexpected {leaf01,spine01} 10.233.101.0/24 rogue-announcer'],
    allows: ['route-unexpected leaf02 10.233.101.0/24 rogue-announcer'],
  },
  {
    ...{ id: 'bgpd-dead', topology },
    says: 'the BGP daemon of leaf01 has crashed',
    steps: [fault('kill-bgpd', 'leaf01')],
    shows: all(down('spine01', '100.0.0.2'), gone('10.233.64.0/24', 'leaf02')),
    showsWithinMs: 150_000,
    expects: [
      'session-down spine01 100.0.0.2 *',
      'route-missing {spine01,leaf02} 10.233.{64,65,66}.0/24 session-down',
    ],
    allows: [
      '* leaf01 * *',
      'session-down node1|node2 172.20.0.254 *',
      'route-missing spine01|leaf02 10.233.64.0/24|10.233.65.0/24|10.233.66.0/24 graceful-restart',
      '* spine01|leaf02 10.233.0.0/18 thin-ecmp|graceful-restart|session-down',
    ],
  },
  {
    ...{ id: 'snmpd-dead', topology },
    via: 'snmp',
    says: 'snmpd of leaf01 has ended: what leaf01 has is unknown, not missing',
    steps: [fault('stop-snmpd', 'leaf01')],
    expects: ['device-unreachable leaf01 leaf01 unknown-device-unreachable'],
  },
  {
    ...{ id: 'sshd-dead', topology },
    via: 'ssh',
    says: 'sshd of leaf02 has ended: what leaf02 has is unknown, not missing',
    steps: [fault('stop-sshd', 'leaf02'), endOfSshd('leaf02')],
    expects: ['device-unreachable leaf02 leaf02 unknown-device-unreachable'],
  },
  {
    ...{ id: 'switch-dead', topology },
    says: 'leaf02 has lost its power',
    steps: [powerOff('leaf02')],
    shows: down('spine01', '100.0.0.6'),
    expects: [
      'device-unreachable leaf02 leaf02 unknown-device-unreachable',
      'session-down spine01 100.0.0.6 *',
      'route-missing {spine01,leaf01} 10.233.{67,68,69}.0/24 session-down|unknown-device-unreachable|graceful-restart',
    ],
    allows: [
      // A switch that boots has no routes until its sessions are up.
      '* leaf02 * *',
      'session-down node4|node5 173.20.0.254 *',
      '* spine01 10.233.0.0/18 thin-ecmp|session-down|graceful-restart',
    ],
  },
];
