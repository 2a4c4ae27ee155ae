// Causes on the node: what confd and BIRD make of Calico's objects. Source: confd/pkg/backends/calico, bird:proto/bgp.
import type { NodeCauseId } from '../cause.ts';
import type { CauseEntry } from './entry.ts';

export const nodeCauses = {
  'not-configured-on-node': {
    title: 'The node does not have the route itself',
    severity: 'critical',
    meaning:
      'The route is lost at its source: BIRD on the owner has no such route in its own table, so it has nothing to announce.',
    sentence: 'BIRD on {node} has no such route in its own table',
    users:
      'Pods in this block, or services in this range, cannot be reached from outside of the node that should announce it.',
    calico:
      "Look at calico-node's log on the node for confd errors; compare /etc/calico/confd/config/bird_aggr.cfg with the node's BlockAffinities. Restarting calico-node on that node renders it anew.",
    network: '',
  },
  'node-not-ready': {
    title: 'The node is not ready',
    severity: 'critical',
    meaning:
      'Kubernetes says that the owner is not ready, or it is being taken out: what it should announce cannot be there.',
    sentence: '{node} is not ready ({reason})',
    users: 'Pods of the node are rescheduled; until then they cannot be reached.',
    calico:
      'Bring the node back, or remove it with its blocks: `kubectl delete node`, then `calicoctl ipam check`.',
    network: '',
  },
  'bird-down': {
    title: 'BIRD does not run',
    severity: 'critical',
    meaning: 'Nothing listens on the BIRD socket of the owner: calico-node is down or restarts there.',
    sentence: 'BIRD on {node} is not running',
    users: 'Everything that this node announces is lost once the graceful-restart time of its peers is over.',
    calico:
      '`kubectl -n calico-system get pods -o wide` (or kube-system): look why calico-node on the node is not running; `kubectl logs --previous` tells of a crash.',
    network: '',
  },
  'config-not-applied': {
    title: 'The configuration on the node is an old one',
    severity: 'critical',
    meaning:
      'BIRD runs with another configuration than the objects call for: confd did not render it, or BIRD refused it and kept the old one.',
    sentence: 'BIRD on {node} still runs with an older configuration ({detail})',
    users: 'What was changed in the objects last is not in force on this node.',
    calico:
      'Look for "Config check failed" in the log of calico-node: two nodes with one BGP address or a BGPPeer without asNumber make BIRD refuse the whole file. Then restart calico-node there.',
    network: '',
  },
  'graceful-restart': {
    title: 'A graceful restart is under way',
    severity: 'warning',
    meaning:
      'BIRD or a peer restarts: routes are kept by helpers but not yet announced anew, for at most the restart time (120 s, on the restarting node up to 240 s).',
    sentence: '{node} is in graceful-restart recovery and announces nothing yet',
    users: 'Nothing while helpers keep the routes; if the restart does not end in time, the routes are lost.',
    calico:
      'Wait. If it takes more than four minutes: one peer that is dead for good holds up the recovery of all; take it out of the BGPPeers.',
    network: 'Nothing, unless the peer on this side is the dead one.',
  },
  'not-exported': {
    title: 'The node has the route but sends it to nobody',
    severity: 'critical',
    meaning:
      "The owner has the route, but no export filter of its sessions lets it through although Calico's rules would.",
    sentence: '{node} has the route but sends it on none of its sessions',
    users: 'Pods in this block, or services in this range, cannot be reached through the fabric.',
    calico:
      '`birdcl show route noexport <session>` on the node shows what is kept back; compare bird_ipam.cfg with the pools and look whether confd is stuck.',
    network: '',
  },
  'bgpfilter-reject': {
    title: 'A BGPFilter rejects the route',
    severity: 'critical',
    meaning:
      'A rule of a BGPFilter keeps the route from the peer: the node does what it is told, but then nothing can come of the expectation.',
    sentence: 'BGPFilter {filter}, {direction} rule {rule} rejects it on {node} towards {peer}',
    users:
      'Pods or services behind this prefix cannot be reached through the peers that the filter applies to.',
    calico:
      'Change the rule, or take the filter from the BGPPeer; if it is meant, tell the exporter with expected.rules (carry: false).',
    network: '',
  },
  'pool-export-disabled': {
    title: 'The pool is not exported',
    severity: 'info',
    meaning:
      'The IPPool has disableBGPExport, so no node announces its blocks; a route to them elsewhere is left over or made by hand.',
    sentence: 'IPPool {pool} has disableBGPExport',
    users: 'Pods of the pool can be reached from within the cluster only.',
    calico: 'Set disableBGPExport: false if the pods shall be reached from outside.',
    network: 'Remove static routes to the pool if there are any.',
  },
  'mesh-left-on': {
    title: 'The node-to-node mesh is still on',
    severity: 'warning',
    meaning:
      'Nodes peer with each other over the mesh although route reflectors or the objects have taken its place: they pass on blocks that are not theirs, with themselves as next hop.',
    sentence: 'the node-to-node mesh is still on ({detail})',
    users: 'Traffic takes detours over other nodes, and switches see as many paths as there are nodes.',
    calico:
      'Set nodeToNodeMeshEnabled: false in BGPConfiguration default, or reject routes with source: RemotePeers in a BGPFilter towards the switches.',
    network: 'Look at limits of prefixes: the mesh multiplies what each node sends.',
  },
  'rr-misconfigured': {
    title: 'Route reflection is not set up right',
    severity: 'critical',
    meaning:
      'An iBGP speaker between two others does not pass the route on, because it is no route reflector for them, or drops it because of an equal cluster id.',
    sentence: '{speaker} has it from {from} over iBGP and does not reflect it to {to} ({detail})',
    users: 'Nodes or switches behind the reflector cannot reach these pods, or only over a default route.',
    calico:
      'Give reflecting nodes the annotation projectcalico.org/RouteReflectorClusterID and a BGPPeer that selects their clients; two reflectors that are each the only way to some clients need different cluster ids.',
    network:
      'On a switch that peers by iBGP: make the nodes route-reflector clients (`neighbor … route-reflector-client`).',
  },
} as const satisfies Record<NodeCauseId, CauseEntry>;
