// Runbooks of the alerts on routes.
import { ask, explain, type Runbook } from './runbook.ts';

export const routeRunbooks: Readonly<Record<string, Runbook>> = {
  CalicoBGPPodRouteMissing: {
    means:
      'A switch has no route to a block of pod addresses, or to a single address that another node borrowed, or nothing but a default route.',
    users:
      'Connections to pods of the named node time out when they come through this switch. Nodes and pods look healthy, `kubectl get nodes` says Ready.',
    first: [
      [explain('PREFIX'), 'the whole way of the route, hop by hop, where it ends, and why'],
      [
        ask('routes?prefix=PREFIX'),
        'which switches have it: none points to the node, one that lacks it to that switch',
      ],
      [explain('NODE'), 'what else is wrong with the owner'],
    ],
    causes: [
      'session-down',
      'bird-down',
      'node-not-ready',
      'not-configured-on-node',
      'config-not-applied',
      'not-exported',
      'bgpfilter-reject',
      'rejected-by-switch-policy',
      'prefix-limit',
      'as-path-loop',
      'rr-misconfigured',
      'next-hop-unreachable',
      'not-installed',
      'borrowed-address-filtered',
      'not-received',
    ],
    topics: ['routes', 'received', 'session', 'loop', 'limit'],
    ends: 'when the route is there again. It also ends when the switch can no longer be read: then CalicoBGPDeviceUnreachable takes its place, and the route is unknown, not back.',
  },
  CalicoBGPServiceRouteMissing: {
    means:
      'A switch has no route to a range or an address of services (cluster IPs, external IPs, load-balancer IPs) that BGPConfiguration advertises.',
    users: 'Services in this range cannot be reached from outside of the cluster through this switch.',
    first: [
      [explain('PREFIX'), 'who should announce it, who does, and where it ends'],
      [
        ask('routes?prefix=PREFIX'),
        'missing on all switches: look at BGPConfiguration; on one: at that switch',
      ],
      [
        'kubectl get bgpconfigurations default -o yaml',
        'serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs',
      ],
    ],
    causes: [
      'not-exported',
      'bgpfilter-reject',
      'session-down',
      'rejected-by-switch-policy',
      'not-received',
      'not-installed',
    ],
    also: [
      'All nodes have the label `node.kubernetes.io/exclude-from-external-load-balancers=true`: then none announces services.',
      'A Service with `externalTrafficPolicy: Local` has no ready endpoint on any node.',
    ],
    topics: ['routes', 'received', 'session'],
    ends: 'when the route is there again, or the range is no longer advertised.',
  },
  CalicoBGPMissingRoutesNotListed: {
    means: 'More routes are missing than `audit.maxMissingSeries` allows to be named one by one.',
    users: 'Something large has failed: many connections time out.',
    first: [
      [ask('findings'), 'worst first: what the missing routes have in common'],
      [ask('routes?verdict=missing'), 'all of them'],
      [explain('SWITCH'), 'the switch that lacks the most: its sessions and what it says'],
    ],
    causes: ['session-down', 'unknown-device-unreachable', 'rejected-by-switch-policy'],
    topics: ['session'],
    ends: 'when the list holds all missing routes again.',
  },
  CalicoBGPRouteStale: {
    means:
      'A switch forwards by routes that it keeps for a peer whose session is down (graceful restart, RFC 4724).',
    users: 'Nothing yet. When the restart time ends (usually 120 s), the routes go missing.',
    first: [
      [ask('findings?check=session-down'), 'the session that is down, with what both ends say'],
      [explain('NODE'), 'whether BIRD runs and recovers there'],
      ['kubectl -n calico-system get pods -o wide', 'whether calico-node was restarted or crashes'],
    ],
    causes: ['graceful-restart', 'bird-down', 'session-down'],
    topics: ['session'],
    ends: 'when the session is back, or the routes are gone (then CalicoBGPPodRouteMissing fires).',
  },
  CalicoBGPRouteCoveredOnly: {
    means: 'An expected prefix has no route of its own on the switch, only a shorter one that contains it.',
    users: 'Traffic may take a detour, or end where the aggregate is made.',
    first: [
      [explain('PREFIX'), 'where the exact route ends and who makes the aggregate'],
      [ask('routes?verdict=covered'), 'all prefixes of this kind'],
      ['calico-bgp-exporter expected --config CONFIG', 'what should be there, and why'],
    ],
    causes: ['covered-only', 'borrowed-address-filtered', 'rejected-by-switch-policy'],
    also: [
      'The fabric aggregates on purpose: say so with `carry: covered` in `expected.rules`, then this alert is silent.',
    ],
    topics: ['routes', 'received'],
    ends: 'when the exact route is there, or a rule says that the aggregate is enough.',
  },
  CalicoBGPUnexpectedRoute: {
    means: "A device carries a prefix inside the cluster's ranges that no node may announce.",
    users: 'Often nothing; a more specific route takes traffic away from the pods or services that own it.',
    first: [
      [ask('findings?check=route-unexpected'), 'which prefix, where, and who announces it'],
      [explain('PREFIX'), 'the way back to its origin'],
      ['calicoctl ipam check', 'blocks and affinities that do not agree'],
    ],
    causes: [
      'rogue-announcer',
      'stale-affinity',
      'duplicate-affinity',
      'pool-export-disabled',
      'mesh-left-on',
      'orphan-block',
    ],
    topics: ['routes'],
    ends: 'when the route is withdrawn or its owner is known.',
  },
  CalicoBGPNextHopUnusable: {
    means:
      'BIRD on a node has best routes whose next hop it cannot resolve: they are in no forwarding table.',
    users: 'Pods on this node cannot reach the addresses behind those routes.',
    first: [
      [explain('NODE'), 'its routes and sessions'],
      [
        'birdcl -s /var/run/calico/bird.ctl show route where dest = RTD_UNREACHABLE',
        'those routes (IPv6: bird6.ctl)',
      ],
      [ask('findings?device=NODE'), 'what the audit makes of it'],
    ],
    causes: ['next-hop-unreachable', 'wrong-next-hop'],
    topics: ['routes'],
    ends: 'when every next hop can be resolved.',
  },
};
