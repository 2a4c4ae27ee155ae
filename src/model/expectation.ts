// What must be there, computed from Kubernetes and Calico objects: sessions of each node, prefixes of the cluster, and
// what was wrong with the objects. The rules are in expected/; these are the nouns that audit, metrics and page share.
import type { CauseId } from './cause.ts';
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
  /** When the object behind it was made or claimed, in ms since the epoch; absent where the objects do not say. */
  readonly since?: number;
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
  /** Set where it explains what becomes of a prefix: why, which one, and the nodes that are named. */
  readonly cause?: CauseId;
  readonly prefix?: Prefix;
  readonly nodes?: readonly string[];
  /** Since when, by the object's own timestamp, in ms since the epoch. */
  readonly since?: number;
}

/** A prefix that its nodes would announce to the fabric if no policy kept it back. */
export interface WithheldPrefix {
  readonly prefix: Prefix;
  readonly kind: PrefixKind;
  readonly nodes: readonly string[];
  readonly cause: 'bgpfilter-reject' | 'pool-export-disabled';
  /** `BGPFilter name` or `IPPool name`. */
  readonly object: string;
  /** Names the filter's rule. */
  readonly because: string;
}

/** What Kubernetes says of a node's life; each part only where the objects tell. Times in ms since the epoch. */
export interface NodeLifecycle {
  readonly createdAt?: number;
  readonly deletingSince?: number;
  /** The Ready condition, and since when. */
  readonly ready?: boolean;
  readonly readySince?: number;
  /** Cordoned, e.g. while it is drained. */
  readonly unschedulable?: boolean;
  /** A silence by annotation. */
  readonly silence?: { readonly until: number; readonly reason: string };
}

export interface ExpectedNode {
  readonly name: string;
  readonly asn: number;
  readonly addresses: readonly string[];
  readonly routeReflectorClusterId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly lifecycle?: NodeLifecycle;
}

export interface ExpectedState {
  readonly nodes: readonly ExpectedNode[];
  readonly sessions: readonly ExpectedSession[];
  readonly prefixes: readonly ExpectedPrefix[];
  /** Pools, service ranges and podCIDR parents: a route inside them that nobody owns is unexpected. */
  readonly ranges: readonly Prefix[];
  readonly problems: readonly ObjectProblem[];
  /** True when the node-to-node mesh is too big for its sessions to be among `sessions`: a problem says so. */
  readonly meshUnlisted?: boolean;
  /** What policy keeps from the whole fabric; not expected anywhere. */
  readonly withheld?: readonly WithheldPrefix[];
}

/** What one device should carry, of the whole: the answer of expected/vantage. */
export interface Vantage {
  readonly device: string;
  readonly prefixes: readonly ExpectedPrefix[];
}
