// From BGPPeer objects to the peerings of each node: the global pass, the node pass and the reverse pass, with Calico's
// rules for which of two equal ones stands. Source: confd/pkg/backends/calico/client.go updatePeersV1.
import { afiOf } from '../model/session.ts';
import type { BgpConfig } from './bgp-config.ts';
import type { Report } from './fields.ts';
import { perObject, perPair, sameItems } from './memo.ts';
import type { Select } from './node-selection.ts';
import { type ClusterNode, families } from './nodes.ts';
import { type BgpPeer, peerProblem } from './peer-spec.ts';

/** One peering, before it is seen from a node. */
export interface Peering {
  readonly peer: BgpPeer;
  readonly address: string;
  readonly port: number | undefined;
  readonly asn: number;
  /** Of the peer, when the peering was made from a node. */
  readonly clusterId: string | undefined;
  readonly peerNode: string | undefined;
  /** A global peerIP that is a node's own: one of the two ends must wait for the other. */
  readonly mayBePassive: boolean;
  readonly reverse: boolean;
}

/** Peerings valid on every node, and those of single nodes by node name. */
export interface Peerings {
  readonly global: readonly Peering[];
  readonly byNode: ReadonlyMap<string, readonly Peering[]>;
}

interface Cluster {
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly select: Select;
  readonly config: BgpConfig;
  readonly byAddress: ReadonlyMap<string, readonly ClusterNode[]>;
}

type Bucket = Map<string, Peering>;

// Port 179 written out and no port are one peering to Calico.
const keyOf = ({ address, port }: Peering) => `${address} ${port === 179 ? 0 : (port ?? 0)}`;

/** Names of the nodes that a peer is configured on; undefined for all (a global peer). */
function localNodes(cluster: Cluster, peer: BgpPeer): readonly string[] | undefined {
  if (peer.nodeSelector) return cluster.select(peer.nodeSelector).map(({ name }) => name);
  return peer.node === undefined ? undefined : [peer.node];
}

// An omitted asNumber is looked up as the cluster's AS number, although the session itself gets AS 0.
function nodesAt(cluster: Cluster, peer: BgpPeer): readonly ClusterNode[] {
  if (!peer.peerIp) return [];
  const { address, port } = peer.peerIp;
  return (cluster.byAddress.get(address) ?? []).filter(
    ({ asn, listenPort }) =>
      asn === (peer.asn ?? cluster.config.asn) && (port === undefined || port === (listenPort ?? 179)),
  );
}

const towards = (reverse: boolean) =>
  perPair((peer: BgpPeer, node: ClusterNode): readonly Peering[] =>
    families.flatMap((afi) => {
      const address = node.addresses[afi];
      if (address === undefined) return [];
      const { listenPort: port, asn, clusterId, name: peerNode } = node;
      return [{ peer, address, port, asn, clusterId, peerNode, mayBePassive: false, reverse }];
    }),
  );
const there = towards(false);
const back = towards(true);

// No cluster id even when the address is a node's: to Calico a peerIP is somebody outside.
const toAddress = perObject(
  (
    peer: BgpPeer,
    address: string,
    port: number | undefined,
    peerNode: string | undefined,
    mayBePassive: boolean,
  ): Peering => {
    const asn = peer.asn ?? 0;
    return { peer, address, port, asn, clusterId: undefined, peerNode, mayBePassive, reverse: false };
  },
);

function forward(cluster: Cluster, peer: BgpPeer): readonly Peering[] {
  if (peer.peerSelector) {
    return cluster.select(peer.peerSelector).flatMap((node) => there(peer, node));
  }
  if (!peer.peerIp || (peer.asn === undefined && peer.asnWritten)) return [];
  const { address, port: writtenPort } = peer.peerIp;
  const [node] = nodesAt(cluster, peer);
  const peerNode = cluster.byAddress.get(address)?.[0]?.name;
  return [toAddress(peer, address, writtenPort ?? node?.listenPort, peerNode, node !== undefined)];
}

function reportClash(kept: Peering, lost: Peering, report: Report): void {
  if (kept.peer === lost.peer || lost.reverse || kept.reverse || sameEffect(kept, lost)) return;
  const message =
    `and BGPPeer ${kept.peer.name} both define the session to ${lost.address}, differently: ` +
    'Calico takes either one, by chance, at each change';
  peerProblem(report, lost.peer, 'error', undefined, message);
}

function sameEffect(x: Peering, y: Peering): boolean {
  const { peer: p, ...here } = x;
  const { peer: q, ...there } = y;
  const effect = (peer: BgpPeer) => [
    peer.localAsn,
    peer.keepNextHop,
    peer.nextHopMode,
    peer.filters,
    peer.passwordSet,
    peer.sourceNone,
    peer.ttlSecurity,
    peer.allowedLocalAsns,
  ];
  return JSON.stringify([here, effect(p)]) === JSON.stringify([there, effect(q)]);
}

class Emitter {
  readonly global: Bucket = new Map();
  readonly byNode = new Map<string, Bucket>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  toAll(peering: Peering): void {
    const key = keyOf(peering);
    const kept = this.global.get(key);
    if (kept) reportClash(kept, peering, this.#report);
    else this.global.set(key, peering);
  }

  toNode(node: string, peering: Peering): void {
    const key = keyOf(peering);
    const global = this.global.get(key);
    if (global) {
      if (global.peer !== peering.peer && !peering.reverse && !sameEffect(global, peering)) {
        const message = `to ${peering.address} has no effect: the global BGPPeer ${global.peer.name} is preferred`;
        peerProblem(this.#report, peering.peer, 'warning', undefined, message);
      }
      return;
    }
    let bucket = this.byNode.get(node);
    if (!bucket) {
      bucket = new Map();
      this.byNode.set(node, bucket);
    }
    const kept = bucket.get(key);
    if (kept) reportClash(kept, peering, this.#report);
    else bucket.set(key, peering);
  }
}

function emitForward(cluster: Cluster, peers: readonly BgpPeer[], out: Emitter): void {
  for (const globalPass of [true, false]) {
    for (const peer of peers) {
      if (peer.localWorkloadSelector) continue;
      const locals = localNodes(cluster, peer);
      if (globalPass !== (locals === undefined)) continue;
      for (const peering of forward(cluster, peer)) {
        if (!locals) out.toAll(peering);
        for (const name of locals ?? []) out.toNode(name, peering);
      }
    }
  }
}

// Where the remote side is a node of the cluster, it gets the way back without anybody writing it down.
function emitReverse(cluster: Cluster, peers: readonly BgpPeer[], out: Emitter): void {
  for (const peer of peers) {
    if (peer.localWorkloadSelector || !peer.reverse) continue;
    const remotes = peer.peerSelector ? cluster.select(peer.peerSelector) : nodesAt(cluster, peer);
    if (remotes.length === 0) continue;
    const afis = peer.peerSelector || !peer.peerIp ? families : [afiOf(peer.peerIp.address)];
    const ways = (localNodes(cluster, peer) ?? [...cluster.nodes.keys()]).flatMap((name) => {
      const node = cluster.nodes.get(name);
      return node ? back(peer, node).filter(({ address }) => afis.includes(afiOf(address))) : [];
    });
    for (const peering of ways) for (const { name } of remotes) out.toNode(name, peering);
  }
}

/** A function that gives the peerings that BGPPeer objects make; nodes that kept theirs have the same list as before. */
export function peeringReader(): typeof peeringsOf {
  let last: Peerings = { global: [], byNode: new Map() };
  return (...args) => {
    const next = peeringsOf(...args);
    const global = sameItems(last.global, next.global) ? last.global : next.global;
    const byNode = new Map<string, readonly Peering[]>();
    for (const [node, list] of next.byNode) {
      const older = last.byNode.get(node);
      byNode.set(node, older && sameItems(older, list) ? older : list);
    }
    last = { global, byNode };
    return last;
  };
}

/** The peerings that BGPPeer objects make. */
function peeringsOf(
  peers: readonly BgpPeer[],
  nodes: ReadonlyMap<string, ClusterNode>,
  select: Select,
  config: BgpConfig,
  report: Report,
): Peerings {
  const byAddress = new Map<string, ClusterNode[]>();
  for (const node of nodes.values()) {
    for (const address of Object.values(node.addresses)) {
      byAddress.set(address, [...(byAddress.get(address) ?? []), node]);
    }
  }
  const cluster = { nodes, select, config, byAddress };
  const out = new Emitter(report);
  emitForward(cluster, peers, out);
  emitReverse(cluster, peers, out);
  const byNode = new Map([...out.byNode].map(([name, bucket]) => [name, [...bucket.values()]]));
  return { global: [...out.global.values()], byNode };
}
