// Faults of sessions on the reference fabric, each found on the side that complains and named by what it says. A session
// is one thing with two ends: either end's finding will do, but no end may name another cause.
import { bgp, dropBgp, fault, onlyUndo, operate, unconfigure } from '../actions/daemons.ts';
import { all, answers, down, gone } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'reference';
const node1 = 'leaf01|node1 172.20.0.11|172.20.0.254';
const node2 = 'leaf01|node2 172.20.0.12|172.20.0.254';
const node4 = 'leaf02|node4 173.20.0.11|173.20.0.254';
/** What a leaf has by one of its two reflectors alone is thinner than it was, until the other is back. */
const thinAtLeaf01 = '* leaf01 10.233.*  thin-ecmp|session-down';

export const referenceSessions: readonly Scenario[] = [
  {
    ...{ id: 'shut-at-switch', topology, quick: true },
    says: 'leaf01 has shut its session with node1',
    steps: [fault('shut-session', 'leaf01', 'node1')],
    shows: down('leaf01', '172.20.0.11'),
    expects: [`session-down ${node1} admin-down`],
    allows: [thinAtLeaf01],
  },
  {
    ...{ id: 'shut-at-node', topology },
    says: 'node1 has disabled its session with leaf01',
    steps: [fault('shut-session', 'node1', 'leaf01')],
    shows: down('leaf01', '172.20.0.11'),
    expects: [`session-down ${node1} admin-down`],
    allows: [thinAtLeaf01],
  },
  {
    ...{ id: 'spine-leaf-shut', topology, quick: true },
    says: 'spine01 has shut its session with leaf02: each rack is cut off from the other',
    steps: [fault('shut-session', 'spine01', 'leaf02')],
    shows: all(gone('10.233.64.0/24', 'leaf02'), gone('10.233.69.0/24', 'leaf01', 'spine01')),
    expects: [
      'session-down leaf02|spine01 100.0.0.5|100.0.0.6 admin-down',
      'route-missing {leaf01,spine01} 10.233.{67,68,69}.0/24 session-down',
      'route-missing leaf02 10.233.{64,65,66}.0/24 session-down',
    ],
    allows: ['* spine01 10.233.0.0/18 thin-ecmp'],
  },
  {
    ...{ id: 'wrong-as-at-switch', topology },
    says: 'leaf01 expects AS 64999 of node2',
    steps: [fault('wrong-as', 'leaf01', '172.20.0.12', '64999')],
    shows: answers('node2', 'show protocols Node_172_20_0_254', /Bad peer AS/),
    expects: [`session-down ${node2} wrong-as`],
    allows: [thinAtLeaf01],
  },
  {
    ...{ id: 'wrong-as-at-node', topology },
    says: 'node4 expects AS 65111 of leaf02',
    steps: [fault('wrong-as', 'node4', '173.20.0.254', '65111')],
    shows: answers('node4', 'show protocols Node_173_20_0_254', /Bad peer AS/),
    expects: [`session-down ${node4} wrong-as`],
    allows: [
      '* leaf02 10.233.* thin-ecmp|session-down',
      'session-unexpected|session-missing node4 173.20.0.254 *',
    ],
  },
  {
    ...{ id: 'no-neighbour', topology },
    says: 'leaf01 has no neighbour node2',
    steps: [unconfigure('leaf01', ['no neighbor 172.20.0.12'])],
    shows: answers('node2', 'show protocols Node_172_20_0_254', / start /),
    expects: [`session-missing|session-down ${node2} no-neighbour`],
    allows: [thinAtLeaf01],
  },
  {
    ...{ id: 'password-wrong', topology },
    via: 'ssh',
    says: 'leaf01 wants a TCP MD5 password of node2, which has none',
    steps: [bgp('leaf01', ['neighbor 172.20.0.12 password wrong'], ['no neighbor 172.20.0.12 password'])],
    shows: down('leaf01', '172.20.0.12'),
    showsWithinMs: 40_000,
    expects: [`session-down ${node2} authentication`],
    allows: [thinAtLeaf01],
  },
  {
    ...{ id: 'packets-dropped', topology },
    says: 'a rule drops packets of BGP from leaf02 to node4: both sides wait for the hold timer',
    steps: [dropBgp('leaf02', '173.20.0.11')],
    shows: down('leaf02', '173.20.0.11'),
    showsWithinMs: 45_000,
    expects: [`session-down ${node4} hold-timer`],
    allows: ['* leaf02 10.233.* thin-ecmp|session-down|graceful-restart'],
  },
  {
    ...{ id: 'prefix-limit', topology },
    says: 'leaf01 takes no more than two prefixes of node1 and shuts the session',
    steps: [
      onlyUndo(operate('leaf01', 'clear bgp ipv4 unicast 172.20.0.11')),
      bgp(
        'leaf01',
        ['address-family ipv4 unicast', 'neighbor 172.20.0.11 maximum-prefix 2'],
        ['address-family ipv4 unicast', 'no neighbor 172.20.0.11 maximum-prefix'],
      ),
    ],
    shows: down('leaf01', '172.20.0.11'),
    expects: [`session-down ${node1} prefix-limit`],
    allows: [thinAtLeaf01],
  },
];
