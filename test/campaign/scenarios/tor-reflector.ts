// A top-of-rack switch that speaks iBGP with the nodes and reflects: what one node has of another came by the switch.
import { bgp, fault, operate, unconfigure } from '../actions/daemons.ts';
import { all, answers, down, gone, prints } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'tor-reflector';
const switches = '{leaf01,spine01}';

export const torReflectorScenarios: readonly Scenario[] = [
  {
    ...{ id: 'tor-not-reflecting', topology },
    via: 'ssh',
    says: 'leaf01 is no route reflector for its nodes: what it has from one it does not pass to the others',
    steps: [
      bgp(
        'leaf01',
        [
          'address-family ipv4 unicast',
          ...[11, 12, 13].map((host) => `no neighbor 172.20.0.${host} route-reflector-client`),
        ],
        [
          'address-family ipv4 unicast',
          ...[11, 12, 13].map((host) => `neighbor 172.20.0.${host} route-reflector-client`),
        ],
      ),
    ],
    // A changed client is a changed session for FRR: the fault shows when all are up again, and what has just come up has 3 s.
    shows: all(
      answers('node2', 'show route 10.233.64.0/24', /Network not in table/),
      ...[11, 12, 13].map((host) =>
        prints('leaf01', `show bgp neighbors 172.20.0.${host}`, /BGP state = Established/),
      ),
    ),
    graceMs: 3000,
    expects: [
      '* {node2,node3} 10.233.64.0/24 rr-misconfigured',
      '* {node1,node3} 10.233.65.0/24 rr-misconfigured',
      '* {node1,node2} 10.233.66.0/24 rr-misconfigured',
    ],
    allows: [
      'session-down leaf01|node1|node2|node3 172.20.0.* *',
      'route-missing leaf01|spine01 10.233.* session-down|graceful-restart',
      '* leaf01 172.20.0.* rr-misconfigured',
    ],
  },
  {
    ...{ id: 'tor-block-withdrawn', topology, quick: true },
    says: 'BIRD on node1 does not have its block',
    steps: [fault('withdraw', 'node1')],
    shows: gone('10.233.64.0/24', 'leaf01', 'spine01'),
    expects: [`route-missing ${switches} 10.233.64.0/24 not-configured-on-node`],
    allows: ['* node* 10.233.64.0/24 not-configured-on-node'],
  },
  {
    ...{ id: 'tor-no-neighbour', topology },
    says: 'leaf01 has no neighbour node3',
    steps: [unconfigure('leaf01', ['no neighbor 172.20.0.13'])],
    shows: gone('10.233.66.0/24', 'leaf01', 'spine01'),
    expects: [
      'session-missing|session-down leaf01|node3 172.20.0.13|172.20.0.254 no-neighbour',
      `route-missing ${switches} 10.233.66.0/24 session-down|no-neighbour`,
    ],
    allows: ['* node* 10.233.* session-down|no-neighbour', '* leaf01 10.233.0.0/18 thin-ecmp'],
  },
  {
    ...{ id: 'tor-bird-frozen', topology },
    says: 'BIRD on node2 hangs, and leaf01 gives it up after the hold time',
    steps: [fault('freeze-bird', 'node2')],
    shows: down('leaf01', '172.20.0.12'),
    showsWithinMs: 45_000,
    expects: [
      'device-unreachable node2 node2 bird-down|unknown-device-unreachable',
      'session-down leaf01 172.20.0.12 hold-timer|bird-down|unknown-device-unreachable',
      `route-missing ${switches} 10.233.65.0/24 bird-down|session-down|hold-timer|unknown-device-unreachable`,
    ],
    allows: [
      '* node* 10.233.65.0/24 *',
      'session-down node2 172.20.0.254 *',
      '* leaf01 10.233.0.0/18 thin-ecmp',
    ],
  },
  {
    ...{ id: 'tor-refuses', topology },
    says: 'a route-map of leaf01 takes the block of node2 from nobody',
    steps: [fault('filter', '10.233.65.0/24', 'leaf01'), operate('leaf01', 'clear bgp ipv4 unicast * soft')],
    shows: gone('10.233.65.0/24', 'leaf01', 'spine01'),
    expects: [`route-missing ${switches} 10.233.65.0/24 rejected-by-switch-policy`],
    allows: ['* node1|node3 10.233.65.0/24 rejected-by-switch-policy'],
  },
];
