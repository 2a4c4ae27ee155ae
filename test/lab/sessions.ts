// Which BGP sessions a topology has, as Calico would work them out from mesh, BGPPeers and node labels, and the
// same sessions as the switches have to configure them. Written apart from src/expected on purpose: two derivations
// that agree are worth more than one. Calico: confd/pkg/backends/calico/{client,bgp_processor}.go.
import {
  type Afi,
  afiOf,
  type BgpPeerSpec,
  hostOf,
  type NodeSpec,
  nodeAddress,
  nodeFamilies,
  type Topology,
} from './topology.ts';

/** One end of a session on a node, with what Calico's template would render. */
export interface NodeSession {
  readonly node: string;
  readonly name: string;
  readonly afi: Afi;
  readonly localAddress: string;
  readonly localAsn: number;
  readonly peerAddress: string;
  readonly peerAsn: number;
  readonly passive: boolean;
  readonly reflectorClient: boolean;
}

/** One end of a session on a switch. */
export interface SwitchSession {
  readonly device: string;
  readonly afi: Afi;
  readonly peerAddress: string;
  readonly peerAsn: number;
  readonly peer: string;
  readonly kind: 'node' | 'fabric';
}

interface Candidate {
  readonly kind: 'Mesh' | 'Global' | 'Node';
  readonly afi: Afi;
  readonly address: string;
  readonly asn: number;
  readonly remote?: NodeSpec;
}

function selects(selector: string, node: NodeSpec): boolean {
  if (selector === 'all()') return true;
  const has = /^has\(([^)]+)\)$/.exec(selector);
  if (has?.[1] !== undefined) return has[1] in node.labels;
  const equals = /^(\S+) == '([^']*)'$/.exec(selector);
  if (equals?.[1] !== undefined) return node.labels[equals[1]] === equals[2];
  throw new Error(`the lab does not know the selector ${selector}`);
}

function towards(kind: Candidate['kind'], remote: NodeSpec): Candidate[] {
  return nodeFamilies(remote).map((afi) => ({
    kind,
    afi,
    address: nodeAddress(remote, afi) ?? '',
    asn: remote.asn,
    remote,
  }));
}

function candidatesOf(topology: Topology, peer: BgpPeerSpec): Candidate[] {
  const kind = peer.nodeSelector === undefined ? 'Global' : 'Node';
  if (peer.peerSelector !== undefined) {
    const selector = peer.peerSelector;
    return topology.nodes.filter((node) => selects(selector, node)).flatMap((node) => towards(kind, node));
  }
  if (peer.peerIP === undefined || peer.asNumber === undefined) throw new Error(`${peer.name} names no peer`);
  return [{ kind, afi: afiOf(peer.peerIP), address: peer.peerIP, asn: peer.asNumber }];
}

function candidates(topology: Topology, node: NodeSpec): Candidate[] {
  const mesh =
    topology.mesh && node.clusterId === undefined
      ? topology.nodes
          .filter((other) => other.clusterId === undefined)
          .flatMap((other) => towards('Mesh', other))
      : [];
  const global = topology.bgpPeers.filter((peer) => peer.nodeSelector === undefined);
  const local = topology.bgpPeers.filter(
    (peer) => peer.nodeSelector !== undefined && selects(peer.nodeSelector, node),
  );
  // Calico gives the far side of a peerSelector peering its session back without an object of its own.
  const reverse = topology.bgpPeers.filter(
    (peer) => peer.peerSelector !== undefined && selects(peer.peerSelector, node),
  );
  const back = reverse.flatMap((peer) =>
    topology.nodes
      .filter((other) => selects(peer.nodeSelector ?? 'all()', other))
      .flatMap((other) => towards('Node', other)),
  );
  return [...mesh, ...[...global, ...local].flatMap((peer) => candidatesOf(topology, peer)), ...back];
}

/** The sessions that Calico configures on a node. */
export function nodeSessions(topology: Topology, node: NodeSpec): NodeSession[] {
  const sessions = new Map<string, NodeSession>();
  for (const { kind, afi, address, asn, remote } of candidates(topology, node)) {
    const localAddress = nodeAddress(node, afi);
    if (localAddress === undefined || localAddress === address || sessions.has(address)) continue;
    const internal = asn === node.asn;
    sessions.set(address, {
      node: node.name,
      name: `${kind}_${address.replaceAll(/[.:]/g, '_')}`,
      afi,
      localAddress,
      localAsn: node.asn,
      peerAddress: address,
      peerAsn: asn,
      // Compared as text, as Calico does: "10.0.0.9" is greater than "10.0.0.10".
      passive: kind !== 'Node' && remote !== undefined && address > localAddress,
      reflectorClient: internal && node.clusterId !== undefined && remote?.clusterId !== node.clusterId,
    });
  }
  return [...sessions.values()];
}

export function allNodeSessions(topology: Topology): NodeSession[] {
  return topology.nodes.flatMap((node) => nodeSessions(topology, node));
}

function fabricSessions(topology: Topology, device: string): SwitchSession[] {
  const asn = new Map(topology.switches.map((each) => [each.name, each.asn]));
  return topology.links.flatMap(({ ends }) => {
    const [own] = ends.filter((end) => end.device === device);
    const [peer] = ends.filter((end) => end.device !== device);
    const peerAsn = peer === undefined ? undefined : asn.get(peer.device);
    if (ends.length !== 2 || own === undefined || peer === undefined || peerAsn === undefined) return [];
    return peer.addresses
      .map(hostOf)
      .map((peerAddress) => ({ afi: afiOf(peerAddress), peerAddress }))
      .filter(({ afi }) => own.addresses.some((address) => afiOf(address) === afi))
      .map(({ afi, peerAddress }) => ({
        device,
        afi,
        peerAddress,
        peerAsn,
        peer: peer.device,
        kind: 'fabric' as const,
      }));
  });
}

/** The sessions of a switch: to the other end of its cables, and to each node that peers with one of its addresses. */
export function switchSessions(topology: Topology, device: string): SwitchSession[] {
  const own = new Set(
    topology.links.flatMap((link) =>
      link.ends.filter((end) => end.device === device).flatMap((end) => end.addresses.map(hostOf)),
    ),
  );
  const nodes = allNodeSessions(topology)
    .filter((session) => own.has(session.peerAddress))
    .map(({ afi, localAddress, localAsn, node }) => ({
      device,
      afi,
      peerAddress: localAddress,
      peerAsn: localAsn,
      peer: node,
      kind: 'node' as const,
    }));
  return [...fabricSessions(topology, device), ...nodes];
}

/**
 * When a node's BIRD may start, so that no two nodes call each other in the same moment: nodes with a session between
 * them that both may open have different turns. A mesh session is opened from one side only.
 */
export function startTurns(topology: Topology): Map<string, number> {
  const turns = new Map<string, number>();
  for (const node of topology.nodes) {
    const callers = allNodeSessions(topology)
      .filter((session) => session.peerAddress === nodeAddress(node, session.afi) && !session.passive)
      .map((session) => session.node);
    const calls = new Set(
      nodeSessions(topology, node).flatMap(({ passive, peerAddress }) => (passive ? [] : peerAddress)),
    );
    const rivals = topology.nodes.filter(
      (other) =>
        callers.includes(other.name) &&
        nodeFamilies(other).some((afi) => calls.has(nodeAddress(other, afi) ?? '')),
    );
    const taken = rivals.map(({ name }) => turns.get(name));
    let turn = 0;
    while (taken.includes(turn)) turn++;
    turns.set(node.name, turn);
  }
  return turns;
}
