// What must be there, computed from Kubernetes and Calico objects: sessions of each node, prefixes of the cluster, and
// what was wrong with the objects. The rules are in expected/; these are the nouns that audit, metrics and page share.
import type { Prefix } from './prefix.ts';
import type { Afi, SessionKind } from './session.ts';

/**
 * block: an IPAM block's own prefix; pod-cidr: a Node's podCIDR (host-local IPAM); borrowed: one address of another
 * node's block; service-*: ranges and single addresses of Services (BGPConfiguration).
 */
export type PrefixKind =
  | 'block'
  | 'pod-cidr'
  | 'borrowed'
  | 'service-cluster'
  | 'service-external'
  | 'service-loadbalancer';

/** One end of a session that must exist on a node. */
export interface ExpectedSession {
  readonly node: string;
  /** As BIRD names it: `Node_172_20_0_254`, `Mesh_…`, `Global_…_port_1179`. */
  readonly name: string;
  readonly peerAddress: string;
  readonly port?: number;
  readonly peerAsn: number;
  readonly localAsn: number;
  readonly afi: Afi;
  readonly kind: SessionKind;
  readonly passive: boolean;
  readonly rrClient: boolean;
  readonly nextHopKeep: boolean;
  readonly nextHopSelf?: boolean;
  /** The address it speaks from; absent when the kernel chooses (sourceAddress: None). */
  readonly sourceAddress?: string;
  /** Hops that TTL security allows. */
  readonly ttlSecurity?: number;
  /** A password is configured (the password itself is never read). */
  readonly passwordSet?: boolean;
  /** BGPFilters, in the order in which they are asked. */
  readonly filters?: readonly string[];
  /** How often the own AS may stand in a received path. */
  readonly allowedLocalAsns?: number;
  /** The node behind peerAddress, when it is one. */
  readonly peerNode?: string;
  /** In words, naming the object: "BGPPeer rr1-to-leaf1-peer: nodeSelector rr-id == 'rr1' matches node1". */
  readonly because: string;
}

export interface ExpectedPrefix {
  readonly prefix: Prefix;
  readonly kind: PrefixKind;
  /** Nodes entitled to announce it to the fabric, sorted. */
  readonly origins: readonly string[];
  readonly because: string;
  /** At this device an aggregate that covers it is enough (configuration: expected.rules). */
  readonly coverSuffices?: boolean;
}

/** Something wrong with an object; the rest is still computed. */
export interface ObjectProblem {
  readonly severity: 'error' | 'warning';
  /** `Kind name`, e.g. `BGPPeer rack1`. */
  readonly object: string;
  /** Path in the object, e.g. `spec.nodeSelector`. */
  readonly field?: string;
  readonly message: string;
  /** Set where objects could not be read at all: what therefore cannot be judged, in words. */
  readonly notJudged?: string;
}

export interface ExpectedNode {
  readonly name: string;
  readonly asn: number;
  readonly addresses: readonly string[];
  readonly routeReflectorClusterId?: string;
}

export interface ExpectedState {
  readonly nodes: readonly ExpectedNode[];
  readonly sessions: readonly ExpectedSession[];
  readonly prefixes: readonly ExpectedPrefix[];
  /** Pools, service ranges and podCIDR parents: a route inside them that nobody owns is unexpected. */
  readonly ranges: readonly Prefix[];
  readonly problems: readonly ObjectProblem[];
}

/** What one device should carry, of the whole: the answer of expected/vantage. */
export interface Vantage {
  readonly device: string;
  readonly prefixes: readonly ExpectedPrefix[];
}
