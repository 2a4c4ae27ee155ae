// Runbooks of the alerts on incidents: findings with one root.
import { ask, explain, type Runbook } from './runbook.ts';

const incidents = [
  ask('incidents'),
  'the root in words, how many routes and sessions hang on it, since when',
] as const;

export const incidentRunbooks: Readonly<Record<string, Runbook>> = {
  CalicoBGPIncident: {
    means:
      'Something with consequences is broken: all findings with this root are one incident, and this alert is what pages.',
    users:
      'Connections to the pods or services behind the lost routes time out; the alerts on single routes name them.',
    first: [
      incidents,
      [explain('DEVICE'), 'the device of the root: its sessions from both ends, and what it says'],
      [ask('findings'), 'every finding, worst first, each with its cause'],
    ],
    causes: [
      'session-down',
      'unknown-device-unreachable',
      'bird-down',
      'node-not-ready',
      'not-configured-on-node',
      'not-exported',
      'rejected-by-switch-policy',
      'prefix-limit',
      'as-path-loop',
    ],
    topics: ['session', 'routes'],
    ends: 'when the last finding with this root has ended.',
  },
  CalicoBGPWrongNextHop: {
    means:
      'A route is present but leads to another next hop than the device that owns it, or to one that cannot be reached.',
    users: 'Connections time out although every session is up and every route is there.',
    first: [
      incidents,
      [explain('PREFIX'), 'the next hop at each hop of the way, beside the expected one'],
      [ask('findings?check=route-next-hop'), 'all of them'],
    ],
    causes: ['wrong-next-hop', 'next-hop-unreachable', 'rr-misconfigured', 'lost-best-path'],
    topics: ['routes'],
    ends: 'when the next hops are the expected ones.',
  },
  CalicoBGPThinECMP: {
    means: 'A prefix that several nodes announce has fewer next hops on a switch than there are announcers.',
    users: 'Nothing yet: load is not spread, and one failure more takes the route away.',
    first: [
      incidents,
      [explain('PREFIX'), 'who announces it, and which paths the switch has'],
      [ask('findings?check=route-next-hop'), 'all of them'],
    ],
    causes: ['thin-ecmp', 'session-down'],
    also: [
      'The switch takes fewer paths than there are (`maximum-paths`): raise it, or leave it and silence the prefix.',
    ],
    topics: ['routes', 'received'],
    ends: 'when every announcer is among the next hops.',
  },
  CalicoBGPRogueAnnouncer: {
    means: 'A device announces a prefix that belongs to another one.',
    users: 'Part of the connections to these pods or services ends at the wrong device and times out.',
    first: [
      incidents,
      [explain('PREFIX'), 'the owner, and who else announces it'],
      ['calicoctl ipam check', 'blocks and affinities that do not agree'],
    ],
    causes: ['rogue-announcer', 'duplicate-affinity', 'stale-affinity', 'mesh-left-on'],
    topics: ['routes', 'received'],
    ends: 'when only the owner announces it.',
  },
  CalicoBGPEndsDisagree: {
    means: 'One end of a session shows it as established, the other one does not.',
    users: 'Routes of one direction are lost, or will be when the hold timer runs out.',
    first: [
      incidents,
      [ask('findings?check=session-down'), 'what each end says'],
      [explain('DEVICE'), 'the other sessions of the device'],
    ],
    causes: ['ends-disagree', 'hold-timer', 'peer-unreachable'],
    also: [
      'The two ends were read some seconds apart, while the session went down or came up: then it ends by itself.',
    ],
    topics: ['session'],
    ends: 'when both ends agree.',
  },
  CalicoBGPSilenceLeftOver: {
    means:
      'A silence is over, or was refused since it would last longer than 31 days: it keeps nothing quiet any more.',
    users: 'Nothing.',
    first: [
      [ask('silences'), 'which one, by whom, and until when'],
      ['kubectl get nodes -o yaml | grep calico-bgp-exporter/silence', 'those that stand on Nodes'],
      ['calico-bgp-exporter check-config --config CONFIG', 'those of the configuration'],
    ],
    ends: 'when it is taken away or renewed.',
  },
};
