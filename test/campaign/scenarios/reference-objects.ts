// Faults between objects and nodes on the reference fabric: what Calico's objects say and BIRD does not do, or the other
// way round.
import { birdFile, command, configure, fault, operate, pause } from '../actions/daemons.ts';
import { add, affinity, bgpFilter, bgpPeer, block, borrow, change, remove } from '../actions/objects.ts';
import { all, answers, gone, there } from '../probes.ts';
import type { Scenario, Step } from '../scenario.ts';

const topology = 'reference';

/** BIRD learns the address of a pod as a /32 of the kernel and sends it out, as it does with a borrowed one. */
function podOn(node: string, address: string): Step {
  return command(
    node,
    ['ip', 'route', 'add', `${address}/32`, 'dev', 'caliweb'],
    ['ip', 'route', 'del', `${address}/32`, 'dev', 'caliweb'],
  );
}

export const referenceObjects: readonly Scenario[] = [
  {
    ...{ id: 'peer-not-applied', topology, quick: true },
    says: 'a new BGPPeer gives node3 a session with leaf01, and its bird.cfg stays as it was',
    steps: [add(bgpPeer('node3-to-leaf1', { node: 'node3', peerIP: '172.20.0.254', asNumber: 65009 }))],
    expects: ['session-missing node3 172.20.0.254 config-not-applied'],
    allows: ['session-missing leaf01 172.20.0.13 *'],
  },
  {
    ...{ id: 'peer-remains', topology },
    says: 'a BGPPeer was deleted, and node1 and node2 still have their sessions with leaf01',
    steps: [remove('BGPPeer rr1-to-leaf1-peer', ({ metadata }) => metadata.name === 'rr1-to-leaf1-peer')],
    expects: ['session-unexpected {node1,node2} 172.20.0.254 config-not-applied'],
    allows: ['session-unexpected leaf01 172.20.0.11|172.20.0.12 *', '* * 10.233.* *'],
  },
  {
    ...{ id: 'pending-affinity', topology },
    says: 'the affinity of a new block of node6 stays pending: its pods are there, and nobody announces the block',
    steps: [add(block('node6', '10.233.80.0/24'), affinity('node6', '10.233.80.0/24', 'pending'))],
    expects: ['* * *10.233.80.0/24|*10-233-80-0-24* pending-affinity'],
    allows: ['* * *10.233.80.0/24|*10-233-80-0-24* pending-affinity'],
  },
  {
    ...{ id: 'duplicate-affinity', topology },
    says: 'the block of node4 has a second affinity, with node5, whose BIRD announces it too',
    steps: [add(affinity('node5', '10.233.67.0/24')), fault('announce', '10.233.67.0/24', 'node5')],
    shows: answers('node5', 'show route 10.233.67.0/24', /static1/),
    expects: ['* * *10.233.67.0/24|*10-233-67-0-24*|node5 duplicate-affinity'],
    allows: ['* * *10.233.67.0/24|*10-233-67-0-24* duplicate-affinity|rogue-announcer|wrong-next-hop'],
  },
  {
    ...{ id: 'stale-affinity', topology },
    says: 'an affinity of node2 has lost its block, and BIRD announces the prefix all the same',
    steps: [add(affinity('node2', '10.233.90.0/24')), fault('announce', '10.233.90.0/24', 'node2')],
    shows: there('10.233.90.0/24', 'leaf01'),
    expects: ['* * *10.233.90.0/24|*10-233-90-0-24* stale-affinity'],
    allows: ['* * *10.233.90.0/24|*10-233-90-0-24* stale-affinity'],
  },
  {
    ...{ id: 'orphan-block', topology },
    says: 'Node node6 was deleted without a drain: its block remains, and so do its BIRD and its neighbours',
    restMs: 120_000,
    steps: [
      remove('Node node6', ({ kind, metadata }) => kind === 'Node' && metadata.name === 'node6'),
      fault('withdraw', 'node6'),
    ],
    expects: ['* * *10.233.69.0/24|*10-233-69-0-24* orphan-block'],
    allows: [
      '* * *10.233.69.0/24|*10-233-69-0-24* orphan-block',
      'session-unexpected node4|node5 173.20.0.13 *',
      '* node6 * *',
    ],
  },
  {
    ...{ id: 'pool-closed', topology },
    // What was expected a moment ago may still be on its way out.
    graceMs: 30_000,
    says: 'the pool says disableBGPExport, and the nodes still announce its blocks',
    steps: [
      change('IPPool', 'default-pool', 'disableBGPExport', ({ spec }) => {
        if (spec) spec.disableBGPExport = true;
      }),
    ],
    expects: ['* {node1,node2,node3,node4,node5,node6} 10.233.* pool-export-disabled|config-not-applied'],
    allows: ['* * 10.233.6* pool-export-disabled|config-not-applied'],
  },
  {
    ...{ id: 'filter-rejects', topology },
    says: 'a BGPFilter of the peering with leaf01 rejects the block of node2, and BIRD follows it',
    steps: [
      add(
        bgpFilter('no-node2', {
          exportV4: [{ action: 'Reject', matchOperator: 'Equal', cidr: '10.233.65.0/24' }],
        }),
      ),
      change('BGPPeer', 'rr1-to-leaf1-peer', 'filters: [no-node2]', ({ spec }) => {
        if (spec) spec.filters = ['no-node2'];
      }),
      ...['node1', 'node2'].map((node) =>
        birdFile(node, 'bird_ipam.cfg', 'reject 10.233.65.0/24 towards leaf01', (text) =>
          text.replace(
            '  apply_communities();\n',
            '  if (!internal_peer && net = 10.233.65.0/24) then { reject; }\n  apply_communities();\n',
          ),
        ),
      ),
    ],
    shows: gone('10.233.65.0/24', 'leaf01', 'spine01', 'leaf02'),
    expects: ['route-withheld node2 10.233.65.0/24 bgpfilter-reject'],
  },
  {
    ...{ id: 'borrowed-refused', topology },
    says: 'a pod of node4 has an address of the block of node1, and leaf02 begins to refuse every /32',
    // Long enough for the address to be no news any more.
    prepare: [podOn('node4', '10.233.64.9'), borrow('10.233.64.0/24', 9, 'node4'), pause(34_000)],
    steps: [
      configure(
        'leaf02',
        [
          'ip prefix-list HOSTS permit 10.233.64.0/18 ge 32',
          'route-map LAB-IN deny 50',
          'match ip address prefix-list HOSTS',
        ],
        ['no route-map LAB-IN deny 50', 'no ip prefix-list HOSTS'],
      ),
      operate('leaf02', 'clear bgp ipv4 unicast * soft in'),
    ],
    shows: gone('10.233.64.9/32', 'spine01', 'leaf01', 'leaf02'),
    expects: ['route-missing {spine01,leaf01,leaf02} 10.233.64.9/32 borrowed-address-filtered'],
  },
  {
    ...{ id: 'reflector-without-clients', topology },
    says: 'node1 and node2 do not treat node3 as their client, though they are its reflectors',
    steps: ['node1', 'node2'].map((node) =>
      birdFile(node, 'bird.cfg', 'node3 is no client', (text) =>
        text.replace(/(neighbor 172\.20\.0\.13 [\s\S]*?)rr client;\n {2}rr cluster id [\d.]+;\n/, '$1'),
      ),
    ),
    // A changed reflector is a changed session for BIRD: it goes down and comes up again.
    shows: all(
      ...['node1', 'node2'].map((node) =>
        answers(node, 'show protocols all Node_172_20_0_13', /Established(?![\s\S]*route-reflector)/),
      ),
      answers(
        'node3',
        'show protocols',
        /Node_172_20_0_11 .*up .*\n.*Node_172_20_0_12 .*up |Established[\s\S]*Established/,
      ),
    ),
    showsWithinMs: 60_000,
    expects: ['!session-down {node1,node2} 172.20.0.13 rr-misconfigured'],
    allows: [
      '* node3 * rr-misconfigured',
      'session-down node1|node2|node3 172.20.0.1* *',
      'route-missing leaf01|spine01|leaf02 10.233.66.0/24 session-down|graceful-restart',
    ],
  },
  {
    ...{ id: 'mesh-left-on', topology },
    says: 'the mesh is off in the objects, and node1 and node4 still have a session of it',
    steps: [
      birdFile(
        'node1',
        'bird.cfg',
        'Mesh_173_20_0_11',
        (text) => `${text}\n${meshSession('172.20.0.11', '173.20.0.11', 64513)}`,
      ),
      birdFile(
        'node4',
        'bird.cfg',
        'Mesh_172_20_0_11',
        (text) => `${text}\n${meshSession('173.20.0.11', '172.20.0.11', 64512)}`,
      ),
    ],
    shows: answers('node1', 'show protocols Mesh_173_20_0_11', /Established/),
    expects: [
      'session-unexpected node1 173.20.0.11 mesh-left-on',
      'session-unexpected node4 172.20.0.11 mesh-left-on',
    ],
    allows: [
      'session-unexpected node1|node4 173.20.0.11|172.20.0.11 mesh-left-on',
      '* node1|node4 10.233.* *',
      '* leaf01|leaf02|spine01 10.233.* *',
    ],
  },
];

function meshSession(own: string, peer: string, asn: number): string {
  return `protocol bgp Mesh_${peer.replaceAll('.', '_')} from bgp_template {
  neighbor ${peer} as ${asn};
  source address ${own};
  import filter { accept; };
  export filter { calico_export_to_bgp_peers(true); reject; };
}
`;
}
