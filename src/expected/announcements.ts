// How an announcement travels through the nodes: from its origin over iBGP, route reflectors and eBGP to every peer, with
// the next hop that each peer sees. Source: bird:proto/bgp/{bgp,attrs}.c (next hops, reflection, loops), RFC 4456, RFC 4271.
import type { ExpectedSession, PrefixKind } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import { prefixKey } from '../model/prefix.ts';
import type { Cluster } from './cluster.ts';
import {
  type ExportDecision,
  type ExportRoute,
  exportDecision,
  type NodePolicy,
  policiesOf,
} from './exports.ts';
import { askFilters } from './filter-rules.ts';
import type { Origination } from './origination.ts';

/** One prefix on one session, as the peer gets it. */
export interface Announcement {
  readonly prefix: Prefix;
  readonly kind: PrefixKind;
  /** The node it comes from. */
  readonly origin: string;
  /** The session it leaves on; its `node` is the announcing one. */
  readonly session: ExpectedSession;
  readonly nextHop: string | undefined;
  /** Those of the nodes on the way included. */
  readonly communities: readonly string[];
  readonly because: string;
}

/** Everything needed to follow routes; made once for a cluster. */
export interface RouteMap {
  readonly cluster: Cluster;
  readonly policies: ReadonlyMap<string, NodePolicy>;
  /** By node, then by peer address. */
  readonly sessions: ReadonlyMap<string, ReadonlyMap<string, ExpectedSession>>;
  /** Nodes that originate a prefix themselves: their own route wins there. */
  readonly owners: ReadonlyMap<string | number, ReadonlySet<string>>;
  /** Sessions of each node that lead out of the cluster or to a node that passes on what it is told. */
  readonly onward: Cluster['sessions'];
}

/** A node whose peers are all of its own AS, and none of them its client, keeps to itself what it is told. */
const passesOn = (sessions: readonly ExpectedSession[]) =>
  sessions.some((session) => !isInternal(session) || session.rrClient || session.peerNode === undefined);

function onwardOf({ sessions }: Pick<Cluster, 'sessions'>): Cluster['sessions'] {
  const passing = new Set([...sessions].flatMap(([node, list]) => (passesOn(list) ? [node] : [])));
  const leads = ({ peerNode }: ExpectedSession) => peerNode === undefined || passing.has(peerNode);
  return new Map([...sessions].map(([node, list]) => [node, list.filter(leads)]));
}

/** Prepares a cluster for following routes; `policies` are those of its nodes, where they are at hand. */
export function routeMapOf(cluster: Cluster, policies = policiesOf(cluster)): RouteMap {
  const owners = new Map<string | number, Set<string>>();
  for (const { prefix, nodes } of cluster.originations) {
    const key = prefixKey(prefix);
    owners.set(key, new Set([...(owners.get(key) ?? []), ...nodes]));
  }
  const sessions = new Map(
    [...cluster.sessions].map(([node, list]) => [node, new Map(list.map((s) => [s.peerAddress, s]))]),
  );
  return { cluster, policies, sessions, owners, onward: onwardOf(cluster) };
}

/** How a node has a route: as its own, or from which kind of peer. */
interface Held {
  readonly node: string;
  readonly from: 'own' | 'ebgp' | 'client' | 'non-client';
  readonly sender: string | undefined;
  readonly nextHop: string | undefined;
  readonly path: readonly number[];
  readonly communities: readonly string[];
  /** Cluster ids of the reflectors it went through (RFC 4456): one's own among them means a loop. */
  readonly clusters: readonly string[];
}

const isInternal = (session: ExpectedSession) => session.peerAsn === session.localAsn;

function mayPass(held: Held, session: ExpectedSession): boolean {
  if (session.peerNode !== undefined && session.peerNode === held.sender) return false;
  if (!isInternal(session) || held.from === 'own' || held.from === 'ebgp') return true;
  // RFC 4456: from a client to everybody, from others to clients only.
  return held.from === 'client' || session.rrClient;
}

function nextHopOn(map: RouteMap, held: Held, session: ExpectedSession): string | undefined {
  const own = session.sourceAddress ?? map.cluster.nodes.get(session.node)?.addresses[session.afi];
  if (held.from === 'own' || session.nextHopSelf) return own;
  // Calico's sessions are multihop, so BIRD sets itself as next hop on eBGP unless it is told to keep.
  return isInternal(session) || session.nextHopKeep ? held.nextHop : own;
}

// Only an iBGP route that goes on over iBGP is reflected; across an AS border the list is gone.
function clustersOn(map: RouteMap, held: Held, session: ExpectedSession): readonly string[] {
  if (!isInternal(session)) return [];
  const own = map.cluster.nodes.get(held.node)?.clusterId;
  const reflects = held.from === 'client' || held.from === 'non-client';
  return reflects && own !== undefined ? [own, ...held.clusters] : held.clusters;
}

/** AS path and communities of a route, which filters ask for and add to. */
type Carried = Pick<Held, 'path' | 'communities'>;

const joined = (x: readonly string[], y: readonly string[]) =>
  y.length > 0 ? [...new Set([...x, ...y])] : x;

function carriedOn(held: Held, session: ExpectedSession, { communities, prepend }: ExportDecision): Carried {
  const path = prepend ? [...prepend, ...held.path] : held.path;
  return {
    path: isInternal(session) ? path : [session.localAsn, ...path],
    communities: joined(held.communities, communities),
  };
}

function received(
  map: RouteMap,
  held: Held,
  { session, prefix }: Pick<Announcement, 'session' | 'prefix'>,
  { path, communities }: Carried,
  useFilters: boolean,
): Held | undefined {
  const { cluster, sessions } = map;
  if (session.peerNode === undefined) return undefined;
  const sender = cluster.nodes.get(session.node);
  const own = session.sourceAddress ?? sender?.addresses[session.afi];
  // Without the other end there is no session.
  const back = own === undefined ? undefined : sessions.get(session.peerNode)?.get(own);
  if (!back) return undefined;
  const clusters = clustersOn(map, held, session);
  const { clusterId } = cluster.nodes.get(session.peerNode) ?? {};
  if (clusterId !== undefined && clusters.includes(clusterId)) return undefined;
  const loops = path.filter((asn) => asn === back.localAsn).length;
  if (loops > (back.allowedLocalAsns ?? 0)) return undefined;
  const filtered = useFilters
    ? askFilters(
        cluster.filters,
        back.filters ?? [],
        'import',
        { prefix, remote: true, asPath: path, communities },
        isInternal(back),
      )
    : undefined;
  if (filtered?.action === 'Reject') return undefined;
  const from = !isInternal(back) ? 'ebgp' : back.rrClient ? 'client' : 'non-client';
  return {
    node: session.peerNode,
    from,
    sender: session.node,
    nextHop: nextHopOn(map, held, session),
    path: filtered ? [...filtered.prepend, ...path] : path,
    communities: filtered ? joined(communities, filtered.addCommunities) : communities,
    clusters,
  };
}

/**
 * Follows a prefix from one of its origins over all sessions between nodes and out to all peers. Where a node gets it on several
 * ways, the shortest counts. `useFilters: false` shows the ways that BGPFilters close; `over` leaves sessions out.
 */
export function* follow(
  map: RouteMap,
  origination: Origination,
  origin: string,
  useFilters = true,
  over: Cluster['sessions'] = map.cluster.sessions,
): Generator<Announcement> {
  const { cluster, policies, owners } = map;
  const { prefix, kind } = origination;
  const owned = owners.get(prefixKey(prefix));
  const afi = prefix.family === 4 ? 'ipv4' : 'ipv6';
  const bare = { nextHop: undefined, path: [], communities: [], clusters: [] };
  const queue: Held[] = [{ node: origin, from: 'own', sender: undefined, ...bare }];
  const seen = new Set([origin]);
  const told = new Set<ExpectedSession>();
  for (let held = queue.shift(); held; held = queue.shift()) {
    const policy = policies.get(held.node);
    if (!policy) continue;
    const source = held.from === 'own' ? origination.source : 'bgp';
    for (const session of over.get(held.node) ?? []) {
      if (session.afi !== afi || told.has(session) || !mayPass(held, session)) continue;
      const route: ExportRoute = { prefix, source, asPath: held.path, communities: held.communities };
      const decision = exportDecision(cluster, policy, session, route, useFilters);
      if (!decision.accepted) continue;
      told.add(session);
      const carried = carriedOn(held, session, decision);
      const [nextHop, { communities }, { because }] = [nextHopOn(map, held, session), carried, decision];
      const announcement: Announcement = { prefix, kind, origin, session, nextHop, communities, because };
      yield announcement;
      const next = received(map, held, announcement, carried, useFilters);
      const key = next && `${next.node} ${next.from}`;
      if (!next || key === undefined || seen.has(key) || owned?.has(next.node)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
}

/** What a node (or every node, when none is named) announces: its own prefixes and those that it passes on. */
export function* announcements(map: RouteMap, node?: string): Generator<Announcement> {
  for (const origination of map.cluster.originations) {
    for (const origin of origination.nodes) {
      for (const announcement of follow(map, origination, origin)) {
        if (node === undefined || announcement.session.node === node) yield announcement;
      }
    }
  }
}
