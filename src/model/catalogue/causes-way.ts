// Causes on the way through the fabric: policies, loops, next hops, tables. Source: RFC 4271 section 9, RFC 4456,
// and what switches print for each (docs/drivers).
import type { WayCauseId } from '../cause.ts';
import type { CauseEntry } from './entry.ts';

export const wayCauses = {
  'not-received': {
    title: 'Sent, but it did not arrive',
    severity: 'critical',
    meaning:
      'The device before it has the route and a session that is up, and this one does not have it: it was not sent on, or refused without a trace.',
    sentence: '{have}; it was not sent here, or refused here by policy',
    users: 'Connections to these pods or services through this device fail.',
    calico: '',
    network:
      'Compare `advertised-routes` on the device before with `received-routes` here; look at route maps, prefix lists and next-hop-self on that session.',
  },
  'rejected-by-switch-policy': {
    title: "The switch's policy rejects it",
    severity: 'critical',
    meaning:
      'The switch received the route on an established session, and its import policy does not let it into the BGP table.',
    sentence: '{device} received it from {peer}, and its import policy rejects it',
    users: 'Connections to these pods or services through this switch fail.',
    calico: '',
    network:
      'Look at the route map and the prefix list in direction in of that neighbour: does it allow the pod range with the length of the blocks (le 26, le 32 for borrowed addresses)?',
  },
  'as-path-loop': {
    title: 'The AS path has the receiver in it',
    severity: 'critical',
    meaning:
      "The receiver's own AS number is in the path already, so BGP's loop check drops the route without a word.",
    sentence: '{device} is in AS {asn}, which is in the path already ({path}): loop detection drops it',
    users: 'Racks that share an AS number do not reach each other, except over a default route.',
    calico:
      'Give racks their own AS, or allow the own AS on the nodes: BGPPeer spec.numAllowedLocalASNumbers: 1.',
    network: '`as-override` towards the racks or `allowas-in 1` on the receiving switch.',
  },
  'next-hop-unreachable': {
    title: 'The next hop cannot be resolved',
    severity: 'critical',
    meaning: 'The route is there, but the device has no way to its next hop, so it does not use it.',
    sentence: '{device} has it, but no way to its next hop {hop}',
    users: 'Connections to these pods or services through this device fail although BGP looks healthy.',
    calico: 'Reflectors keep the next hop of the owner: the fabric must know the subnets of the nodes.',
    network: "Announce the nodes' subnets, or set next-hop-self where the next hop is not known.",
  },
  'wrong-next-hop': {
    title: 'The next hop is not on the way to the owner',
    severity: 'warning',
    meaning: 'The route is there, but points to a device that neither is the owner nor is on the way to it.',
    sentence: 'it goes to {hops} instead of {wanted}',
    users: 'Traffic takes a detour, or ends at a node that discards it.',
    calico:
      'Look at keepOriginalNextHop and nextHopMode of the BGPPeers of route reflectors, and for a node that announces what is not its own.',
    network: 'Look for static routes and route maps that set the next hop.',
  },
  'thin-ecmp': {
    title: 'Fewer paths than announcers',
    severity: 'warning',
    meaning:
      'Fewer next hops are in use than nodes announce the prefix, or neighbouring switches have as good a path: the rest gets no traffic.',
    sentence: 'it goes to {count} of {total} {whom}{missing}',
    users: 'Load is not spread, and losing one node may lose all.',
    calico:
      'Look whether the nodes that are not used have the same AS path length and the same priority (versions of calico-node mixed?).',
    network:
      'Set maximum-paths high enough, `bestpath as-path multipath-relax` for nodes of different AS, and look at the ECMP limit of the hardware; where a neighbouring switch is not used, look at its filter towards this one.',
  },
  'lost-best-path': {
    title: 'Another route wins',
    severity: 'critical',
    meaning:
      'The route is in the table, but another one to the same prefix is preferred: a static route, another protocol, or a better BGP path.',
    sentence: 'on {device} another route to the same prefix wins ({winner})',
    users: 'Traffic to these pods or services goes elsewhere.',
    calico: 'Look for two announcers with different attributes.',
    network: 'Remove the other route, or set its preference below that of BGP.',
  },
  'not-installed': {
    title: 'In the BGP table, not in the routing table',
    severity: 'critical',
    meaning:
      'The best BGP path did not make it into the routing table: a full table, a filter before it, or a next hop that is not usable.',
    sentence: 'it is in the BGP table but not in the routing table',
    users: 'Connections to these pods or services through this switch fail although BGP looks healthy.',
    calico: '',
    network: 'Look at the table limits of the hardware, `table-map`, and whether the next hop resolves.',
  },
  'covered-only': {
    title: 'Only a shorter prefix leads there',
    severity: 'warning',
    meaning: 'The exact route is missing, and an aggregate or another shorter route covers it.',
    sentence: 'only {covering} covers it',
    users: 'Traffic arrives or not, as the aggregate leads; a borrowed address of a pod is lost.',
    calico: '',
    network: 'If the fabric aggregates on purpose, say so to the exporter: carry: covered in expected.rules.',
  },
  'default-only': {
    title: 'Only the default route leads there',
    severity: 'critical',
    meaning:
      'Nothing but the default route covers the prefix: packets go to the uplink and, at the top, nowhere.',
    sentence: 'only the default route is left',
    users: 'Connections to these pods or services fail, or take a long way round.',
    calico: '',
    network: 'As for a missing route: find where it was lost.',
  },
  'rogue-announcer': {
    title: 'Somebody announces what is not theirs',
    severity: 'critical',
    meaning:
      "A node or switch announces a prefix inside the cluster's ranges that it does not own: somebody else's block, a more specific route, or one that nobody owns.",
    sentence: '{device} announces it, and {owner}',
    users: 'Traffic for the rightful owner goes to the wrong place and is lost.',
    calico:
      'On a node: look for static routes in a custom BIRD configuration and for left-over BlockAffinities.',
    network:
      'On a switch: look for network statements, static routes that are redistributed, and other clusters with the same ranges.',
  },
  'unknown-device-unreachable': {
    title: 'Nobody could look',
    severity: 'warning',
    meaning:
      'A device that is needed for the answer cannot be read, so what is on it is unknown: neither there nor missing.',
    sentence: '{device} cannot be read, so nobody can tell',
    users: 'Perhaps nothing: the device may forward all the same.',
    calico: 'For a node: look at the agent, the socket and the rights of the reader.',
    network: 'For a switch: look at reachability, credentials and ACLs of the management address.',
  },
} as const satisfies Record<WayCauseId, CauseEntry>;
