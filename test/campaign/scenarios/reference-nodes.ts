// Faults of nodes on the reference fabric: what BIRD does not have, does not send, or sends without right.
import { birdFile, fault, healed, pause } from '../actions/daemons.ts';
import { all, answers, down, gone, prints, there } from '../probes.ts';
import type { Scenario } from '../scenario.ts';

const topology = 'reference';
const switches = '{spine01,leaf01,leaf02}';

export const referenceNodes: readonly Scenario[] = [
  {
    ...{ id: 'block-withdrawn', topology, quick: true },
    says: 'BIRD on node3 does not have its block',
    steps: [fault('withdraw', 'node3')],
    shows: gone('10.233.66.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: [`route-missing ${switches} 10.233.66.0/24 not-configured-on-node`],
    allows: ['* node3 10.233.66.0/24 not-configured-on-node'],
  },
  {
    ...{ id: 'service-withdrawn', topology },
    says: 'node1 does not announce the service range, five others do',
    steps: [fault('withdraw', '10.233.0.0/18', 'node1')],
    expects: ['* node1 10.233.0.0/18 not-configured-on-node'],
    allows: ['* leaf01 10.233.0.0/18 *'],
  },
  {
    ...{ id: 'bird-stopped', topology },
    says: 'BIRD on node5 has ended',
    steps: [fault('stop-bird', 'node5')],
    shows: gone('10.233.68.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: [
      `route-missing ${switches} 10.233.68.0/24 bird-down`,
      'device-unreachable node5 node5 bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down leaf02|node4|node6 173.20.0.12 *',
      'session-down node5 * *',
      '* leaf02 10.233.0.0/18|10.233.6?.0/24 thin-ecmp',
    ],
  },
  {
    ...{ id: 'bird-frozen', topology },
    says: 'BIRD on node2 hangs: its socket accepts and never greets, and the leaf gives it up after the hold time',
    steps: [fault('freeze-bird', 'node2')],
    shows: down('leaf01', '172.20.0.12'),
    showsWithinMs: 45_000,
    expects: [
      'device-unreachable node2 node2 bird-down|unknown-device-unreachable',
      'session-down leaf01 172.20.0.12 hold-timer|bird-down|unknown-device-unreachable',
    ],
    allows: [
      'session-down node1|node3 172.20.0.12 *',
      '* spine01|leaf01|leaf02 10.233.65.0/24|10.233.0.0/18|10.233.64.0/24|10.233.66.0/24 *',
    ],
  },
  {
    ...{ id: 'export-refused-by-hand', topology },
    says: 'a rule in bird.cfg of node3 that no object asks for keeps its block from every peer',
    steps: [
      birdFile('node3', 'bird_ipam.cfg', 'reject 10.233.66.0/24 on the way out', (text) =>
        text.replace(
          '  apply_communities();\n',
          '  if (net = 10.233.66.0/24) then { reject; }\n  apply_communities();\n',
        ),
      ),
    ],
    shows: gone('10.233.66.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: [`route-missing ${switches} 10.233.66.0/24 not-exported`],
    allows: ['* node3 10.233.66.0/24 not-exported'],
  },
  {
    ...{ id: 'rogue-block', topology },
    says: 'node6 announces a prefix of the pool that nobody owns',
    steps: [fault('announce', '10.233.100.0/24', 'node6')],
    shows: there('10.233.100.0/24', 'spine01', 'leaf01', 'leaf02'),
    expects: ['route-unexpected {node6,leaf01,leaf02,spine01} 10.233.100.0/24 rogue-announcer'],
  },
  {
    ...{ id: 'rogue-owner', topology },
    says: 'node6 announces the block of node1 as its own',
    steps: [fault('announce', '10.233.64.0/24', 'node6')],
    shows: prints('leaf02', 'show ip route 10.233.64.0/24', /\* 173\.20\.0\./),
    // Who announces is what has to be said; the switches that follow it may be named beside.
    expects: ['* node6 10.233.64.0/24 rogue-announcer'],
    allows: ['* leaf02|spine01 10.233.64.0/24 rogue-announcer|wrong-next-hop'],
  },
  {
    ...{ id: 'recovery-stuck', topology },
    says: 'BIRD on node1 was started again and waits for node2, whose BIRD is gone: it sends nothing for four minutes, in which its peers keep what they had',
    steps: [
      fault('stop-bird', 'node2'),
      fault('kill-bird', 'node1'),
      pause(1000),
      healed('kill-bird', 'node1'),
    ],
    shows: all(
      answers('node1', 'show status', /Waiting for|Graceful restart recovery/i),
      answers('node1', 'show protocols Node_172_20_0_254', /Established/),
    ),
    expects: ['route-missing {spine01,leaf01,leaf02} 10.233.65.0/24 bird-down'],
    allows: [
      'session-down leaf01|node1|node3 172.20.0.12|172.20.0.11 *',
      'session-down node2 * *',
      'device-unreachable node1|node2 node1|node2 *',
      '* spine01|leaf01|leaf02|node1 10.233.64.0/24|10.233.65.0/24|10.233.66.0/24|10.233.0.0/18 *',
      'session-down node1 172.20.0.254|172.20.0.13 *',
    ],
    showsWithinMs: 60_000,
  },
];
