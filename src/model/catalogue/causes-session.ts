// Causes on a session: what its ends say of why it is not established. Texts of daemons: bird:proto/bgp/bgp.c
// bgp_msg_table, RFC 4271 section 6, RFC 4486 (cease subcodes).
import type { SessionCauseId } from '../cause.ts';
import type { CauseEntry } from './entry.ts';

export const sessionCauses = {
  'session-down': {
    title: 'A session on the way is down',
    severity: 'critical',
    meaning: 'The only session that could bring the route is not established.',
    sentence: 'the session between {pairs} is down{more}',
    users: 'What only this session carried is lost; what has another way takes it.',
    calico: 'See the finding of the session itself: it names the end that complains, and what it says.',
    network: 'Look at link, addresses, AS numbers and filters of port 179 on both ends.',
  },
  'admin-down': {
    title: 'Shut down by configuration',
    severity: 'warning',
    meaning: 'One end has shut the session down on purpose.',
    sentence: '{device} has shut it down by configuration',
    users: 'What only this session carried is lost.',
    calico: '`birdcl enable <session>`, or restart calico-node, if a person disabled it.',
    network: '`no neighbor … shutdown` when the maintenance is over.',
  },
  'wrong-as': {
    title: 'The AS numbers do not agree',
    severity: 'critical',
    meaning: 'One end expects another AS number than the other end has (OPEN error, bad peer AS).',
    sentence: '{device} refuses the AS number of its peer ({says})',
    users: 'What only this session carried is lost.',
    calico:
      "Compare BGPPeer spec.asNumber with the switch's AS, and the node's AS (annotation projectcalico.org/ASNumber, else BGPConfiguration) with what the switch expects.",
    network: 'Compare `remote-as` of the neighbour with the AS of the node.',
  },
  'no-neighbour': {
    title: 'One end is not configured',
    severity: 'critical',
    meaning:
      'One end has the session and the other does not know this neighbour at all, so it turns the connection away.',
    sentence: '{device} has no neighbour {address} configured',
    users: 'What only this session carried is lost, and a new rack or node gets no traffic.',
    calico:
      'If the end that lacks it is a node: look at the selectors of the BGPPeers and whether confd has rendered them.',
    network: 'Configure the neighbour, or the listen range that should hold it.',
  },
  'connection-refused': {
    title: 'The connection is refused',
    severity: 'critical',
    meaning:
      'The other end answers, but nothing takes the connection on the BGP port: its daemon is down, listens on another port or address, or a filter resets it.',
    sentence: '{device} cannot connect: {says}',
    users: 'What only this session carried is lost.',
    calico: 'Look whether BIRD runs on the node and at listenPort and bindMode in BGPConfiguration.',
    network: 'Look whether BGP runs, knows this neighbour, and whether an ACL on port 179 rejects.',
  },
  'peer-unreachable': {
    title: 'The peer cannot be reached',
    severity: 'critical',
    meaning: 'Packets do not reach the other end: link down, no route, or a filter that drops.',
    sentence: '{device} does not reach its peer ({says})',
    users: 'What only this session carried is lost; usually the link is down and more than BGP is.',
    calico:
      'Ping the peer from the node with the BGP address as source; look at the link, VLAN and default route.',
    network: 'Look at the port, the VLAN, the next hop to the node and ACLs.',
  },
  'hold-timer': {
    title: 'The peer fell silent',
    severity: 'critical',
    meaning:
      'No keepalive came within the hold time: the other end hangs, is overloaded, or packets are lost one way.',
    sentence: '{device} heard nothing for the hold time ({says})',
    users: 'What only this session carried is lost.',
    calico: 'Look whether BIRD hangs (its socket does not answer) or the node is starved of CPU.',
    network: 'Look for loss on the link, an MTU that is too small for updates, and CPU policing.',
  },
  'prefix-limit': {
    title: 'Too many prefixes',
    severity: 'critical',
    meaning:
      'The peer sent more prefixes than the limit allows, so the session was closed or what came later is not taken.',
    sentence: '{device} has reached its limit of prefixes for {peer} ({says})',
    users: 'What this session carried is lost, and often the session stays down until someone clears it.',
    calico:
      'Find out why so many are sent: the mesh left on, /32 routes instead of blocks, serviceLoadBalancerAggregation disabled.',
    network: 'Raise maximum-prefix, then clear the session.',
  },
  authentication: {
    title: 'The passwords do not agree',
    severity: 'critical',
    meaning:
      'One end wants a TCP MD5 or TCP-AO password that the other does not have; the connection times out without a word, or the daemon says so.',
    sentence: '{device}: authentication fails ({says})',
    users: 'What only this session carried is lost.',
    calico:
      "Compare the secret that BGPPeer spec.password names; it must be in calico-node's namespace, and a missing secret counts as no password.",
    network: 'Compare the password of the neighbour.',
  },
  'ttl-security': {
    title: 'TTL security rejects the packets',
    severity: 'critical',
    meaning:
      'One end takes packets of near neighbours only (RFC 5082) and the other is farther away, or sends with a smaller TTL.',
    sentence: '{device}: packets of the peer do not pass the check of their TTL ({says})',
    users: 'What only this session carried is lost.',
    calico: 'Set BGPPeer spec.ttlSecurity on this side as on the switch, and to the right number of hops.',
    network: 'Compare `ttl-security hops` or `ebgp-multihop` with the real distance.',
  },
  'bad-identifier': {
    title: 'The router ids clash',
    severity: 'critical',
    meaning: 'Both ends, or two peers of one end, have the same BGP identifier.',
    sentence: '{device} refuses the BGP identifier of its peer ({says})',
    users: 'What only this session carried is lost.',
    calico: 'Look at CALICO_ROUTER_ID and at nodes with the same address.',
    network: 'Give each switch its own router id.',
  },
  'passive-waits': {
    title: 'The passive end waits',
    severity: 'critical',
    meaning:
      'One end only waits for a connection, and the other end does not make one: the reason is on the other end.',
    sentence: '{device} is passive and waits for {peer}, which does not connect',
    users: 'What only this session carried is lost.',
    calico: 'Look at the other node: its BIRD may be down or without this session.',
    network: 'Let one end connect: do not configure both ends as passive.',
  },
  'ends-disagree': {
    title: 'The two ends do not agree',
    severity: 'warning',
    meaning:
      'One end says established and the other does not, or one sends more than the other has: one of them has not noticed yet, or the two are not one session.',
    sentence: '{up} says established, {down} says {state}',
    users: 'Traffic that the established end still sends may be lost.',
    calico: 'Wait for the hold time. If it stays, look for two devices with one address.',
    network: 'Wait for the hold time. If it stays, look for two devices with one address.',
  },
} as const satisfies Record<SessionCauseId, CauseEntry>;
