// Runbooks of the alerts on sessions.
import { ask, explain, type Runbook } from './runbook.ts';

const sessionCauses = [
  'admin-down',
  'no-neighbour',
  'wrong-as',
  'connection-refused',
  'peer-unreachable',
  'hold-timer',
  'authentication',
  'prefix-limit',
  'ttl-security',
  'bad-identifier',
  'passive-waits',
  'bird-down',
  'node-not-ready',
] as const;

export const sessionRunbooks: Readonly<Record<string, Runbook>> = {
  CalicoBGPSessionDown: {
    means: 'A BGP session is not established, as seen from the named end, and nobody shut it on purpose.',
    users:
      'Nothing while another session carries the same routes; routes that only this one carried are missing and have alerts of their own.',
    first: [
      [ask('findings?check=session-down'), 'both ends of the session, what each says, and the cause'],
      [explain('DEVICE'), 'whether other sessions of it are down, too'],
      ['birdcl -s /var/run/calico/bird.ctl show protocols all NAME', 'the node’s end: state and last error'],
    ],
    causes: sessionCauses,
    topics: ['session', 'enable', 'limit'],
    ends: 'when the session is established, or is no longer there at all.',
  },
  CalicoBGPNodeIsolated: {
    means: 'No BGP session of a node is established, neither to switches nor to other nodes.',
    users:
      'Pods of this node can be reached from nowhere but the node itself, and reach nothing outside of it.',
    first: [
      [explain('NODE'), 'its sessions from both ends, and whether BIRD runs'],
      [
        'kubectl -n calico-system logs -l k8s-app=calico-node --field-selector spec.nodeName=NODE',
        'what calico-node says',
      ],
      ['ip -br addr; ip route get PEER', 'on the node: its address and its way to the peers'],
    ],
    causes: [
      'peer-unreachable',
      'bird-down',
      'config-not-applied',
      'wrong-as',
      'hold-timer',
      'node-not-ready',
    ],
    topics: ['session'],
    ends: 'when one session is established.',
  },
  CalicoBGPRouteReflectorRedundancyLost: {
    means:
      'A node that has sessions with several route reflectors has one of them established, or none; counted by address family.',
    users:
      'Nothing while one is left. With none, its pods cannot be reached from other nodes, unless a switch carries their routes, too.',
    first: [
      [explain('NODE'), 'which reflector is away, and what both ends say'],
      [explain('REFLECTOR'), 'whether other clients have lost it, too'],
      [ask('findings?check=session-down'), 'all sessions that are down'],
    ],
    causes: ['bird-down', 'node-not-ready', 'peer-unreachable', 'config-not-applied'],
    topics: ['session'],
    ends: 'when two reflectors are there again.',
  },
  CalicoBGPMeshSessionDown: {
    means: 'Sessions of the node-to-node mesh are not established on a node.',
    users: 'Pods on the two nodes cannot reach each other.',
    first: [
      [explain('NODE'), 'which peers are away'],
      ['birdcl -s /var/run/calico/bird.ctl show protocols', 'the rows named Mesh_…'],
      ['kubectl get nodes -o wide', 'whether the other nodes are there'],
    ],
    causes: ['node-not-ready', 'bird-down', 'peer-unreachable', 'hold-timer', 'config-not-applied'],
    ends: 'when the mesh is whole.',
  },
  CalicoBGPSessionMissing: {
    means: 'A session that the BGPPeer objects call for is not configured on a device at all.',
    users: 'As with a session that is down.',
    first: [
      [explain('DEVICE'), 'its sessions, which of them is not configured, and the object that calls for it'],
      ['calico-bgp-exporter expected --config CONFIG --node NODE', 'what the node must have, and why'],
      [
        'kubectl -n calico-system logs POD | grep "Config check failed"',
        'on a node: whether BIRD refused the configuration',
      ],
    ],
    causes: ['config-not-applied', 'no-neighbour'],
    topics: ['session'],
    ends: 'when it is configured, or no object calls for it any more.',
  },
  CalicoBGPSessionFlapping: {
    means: 'A session goes up and down: more often than `alerts.flaps` in 15 minutes.',
    users: 'Each time its routes vanish for seconds: single connections break, latency jumps.',
    first: [
      [ask('sessions?device=DEVICE'), 'last error of the session, and when'],
      [explain('DEVICE'), 'whether its other sessions flap, too: then it is the device or its link'],
      ['ping -c 100 -i 0.2 -M do -s 1472 PEER', 'loss, or an MTU that is smaller than both believe'],
    ],
    causes: ['hold-timer', 'prefix-limit', 'peer-unreachable'],
    also: ['A node under memory or CPU pressure, on which BIRD does not get to send its keepalives in time.'],
    topics: ['session', 'limit'],
    ends: 'when it has been quiet for 15 minutes.',
  },
  CalicoBGPRecoveryNotEnding: {
    means:
      'BIRD on a node is in graceful-restart recovery for longer than it may take (240 s), and announces nothing so long.',
    users: "Pods on the node can no longer be reached once the peers' restart time is over.",
    first: [
      [
        'birdcl -s /var/run/calico/bird.ctl show status',
        'for how many protocols it waits, and how long still',
      ],
      [explain('NODE'), 'the session that does not come up'],
      ['kubectl get bgppeers -o yaml', 'whether that peer should still be there'],
    ],
    causes: ['graceful-restart', 'session-down'],
    topics: ['session'],
    ends: 'when the recovery is over.',
  },
  CalicoBGPExportsHeldBack: {
    means: 'A session is established, but BIRD sends nothing on it, or not yet everything.',
    users: 'Routes of the node are missing behind this session.',
    first: [
      [
        'birdcl -s /var/run/calico/bird.ctl show protocols all NAME',
        'state `wait` or `feed`, and the counters',
      ],
      [explain('NODE'), 'what it should send'],
      ['kubectl top pod -n calico-system', 'whether calico-node gets the processor it needs'],
    ],
    causes: ['graceful-restart', 'not-exported'],
    topics: ['received'],
    ends: 'when the session has sent everything.',
  },
  CalicoBGPPrefixLimitHit: {
    means: 'A session has reached its limit of prefixes: more are dropped, or the session is shut.',
    users: 'Routes are missing at random: whichever came last.',
    first: [
      [ask('sessions?device=DEVICE'), 'how many prefixes go over it'],
      [explain('DEVICE'), 'which routes it lacks'],
      [
        'calico-bgp-exporter expected --config CONFIG --node NODE',
        'how many the node should announce: far more point to a mesh left on',
      ],
    ],
    causes: ['prefix-limit', 'mesh-left-on'],
    topics: ['limit'],
    ends: 'when the session is below its limit.',
  },
};
