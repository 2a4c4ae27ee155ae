// The sessions of one node as its BIRD is configured: names, AS numbers, passive ends, route-reflector clients, next hops.
// Source: confd/pkg/backends/calico/bgp_processor.go (v3.32+) and bird.cfg.template (before).
import type { ExpectedSession, ObjectProblem } from '../model/expectation.ts';
import { afiOf } from '../model/session.ts';
import type { BgpConfig } from './bgp-config.ts';
import { perPair } from './memo.ts';
import { sessionName } from './names.ts';
import { type ClusterNode, families } from './nodes.ts';
import type { BgpPeer } from './peer-spec.ts';
import type { Peering, Peerings } from './peers.ts';

/** Adds a key only when there is a value, as exactOptionalPropertyTypes wants. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function because({ peer, peerNode, reverse }: Peering, node: ClusterNode): string {
  const local = reverse ? peerNode : node.name;
  const remote = reverse ? node.name : peerNode;
  const selected =
    peer.nodeSelector && peer.nodeSelector !== 'invalid'
      ? `nodeSelector ${peer.nodeSelector.text} matches ${local}`
      : peer.node === undefined
        ? 'global, for every node'
        : `node ${peer.node}`;
  const towards =
    peer.peerSelector && peer.peerSelector !== 'invalid'
      ? `peerSelector ${peer.peerSelector.text} matches ${remote}`
      : `peerIP ${peer.peerIp?.address}${remote === undefined ? '' : ` is ${remote}`}`;
  return `BGPPeer ${peer.name}: ${selected}, ${towards}${reverse ? '; this is the way back' : ''}`;
}

function extras(peer: BgpPeer, own: string): Partial<ExpectedSession> {
  return {
    ...(peer.ttlSecurity === undefined ? {} : { ttlSecurity: peer.ttlSecurity }),
    ...(peer.passwordSet ? { passwordSet: true } : {}),
    ...(peer.filters.length > 0 ? { filters: peer.filters } : {}),
    ...(peer.allowedLocalAsns ? { allowedLocalAsns: peer.allowedLocalAsns } : {}),
    ...(peer.sourceNone ? {} : { sourceAddress: own }),
  };
}

function peeringSession(node: ClusterNode, own: string, peering: Peering, global: boolean): ExpectedSession {
  const { peer, address, port, asn, reverse } = peering;
  const kind = global ? 'global' : 'node';
  // A local AS number belongs to the side that the BGPPeer was written for.
  const localAsn = (reverse ? undefined : peer.localAsn) ?? node.asn;
  const internal = asn === localAsn;
  return {
    node: node.name,
    name: sessionName(kind, address, port),
    peerAddress: address,
    ...optional('port', port),
    peerAsn: asn,
    localAsn,
    afi: afiOf(address),
    kind,
    // Calico compares the two addresses as texts: "10.0.0.9" is greater than "10.0.0.10".
    passive: global && peering.mayBePassive && address > own,
    rrClient: internal && node.clusterId !== undefined && peering.clusterId !== node.clusterId,
    // The older keepOriginalNextHop works for eBGP alone and has no say once nextHopMode is set.
    nextHopKeep: peer.nextHopMode ? peer.nextHopMode === 'Keep' : peer.keepNextHop && !internal,
    ...(peer.nextHopMode === 'Self' ? { nextHopSelf: true } : {}),
    ...optional('peerNode', peering.peerNode),
    ...extras(peer, own),
    because: because(peering, node),
  };
}

/**
 * The most sessions of a mesh that are listed one by one, those of 1,000 nodes. They grow with the square of the nodes: 5,000
 * would be 25 million. Source of the order of magnitude: Calico's documentation advises route reflectors from 100 nodes on.
 */
export const mostMeshSessions = 1_000_000;

/** How many sessions the node-to-node mesh has, both ends counted. */
export function meshSize(nodes: ReadonlyMap<string, ClusterNode>, config: BgpConfig): number {
  if (!config.mesh) return 0;
  const members = [...nodes.values()].filter(({ clusterId }) => clusterId === undefined);
  const speaking = families.map((afi) => members.filter(({ addresses }) => addresses[afi]).length);
  return speaking.reduce((sum, count) => sum + count * Math.max(0, count - 1), 0);
}

/** Says that a mesh is too big to be listed, and what that means. */
export function meshProblem(size: number): ObjectProblem {
  const message =
    `makes ${size} sessions of the node-to-node mesh, more than the ${mostMeshSessions} that are listed: ` +
    'those that nodes show are judged, but none is said to be missing or unexpected, and BGPFilters are not followed ' +
    'across the mesh; route reflectors in place of the mesh make the difference (nodeToNodeMeshEnabled: false)';
  const object = 'BGPConfiguration default';
  return { severity: 'warning', object, field: 'spec.nodeToNodeMeshEnabled', message };
}

/** Sessions of one node with the whole mesh: every other node of the family that is no route reflector. */
export function meshSessions(
  node: ClusterNode,
  nodes: ReadonlyMap<string, ClusterNode>,
  config: BgpConfig,
): ExpectedSession[] {
  if (!config.mesh || node.clusterId !== undefined) return [];
  const sessions: ExpectedSession[] = [];
  for (const other of nodes.values()) {
    if (other.clusterId !== undefined || other.name === node.name) continue;
    for (const afi of families) {
      const [own, address] = [node.addresses[afi], other.addresses[afi]];
      if (own === undefined || address === undefined || own === address) continue;
      sessions.push({
        node: node.name,
        name: sessionName('mesh', address, undefined),
        peerAddress: address,
        ...optional('port', other.listenPort),
        peerAsn: other.asn,
        localAsn: node.asn,
        afi,
        kind: 'mesh',
        passive: address > own,
        rrClient: false,
        nextHopKeep: false,
        peerNode: other.name,
        sourceAddress: own,
        ...(config.meshPassword ? { passwordSet: true } : {}),
        because: 'BGPConfiguration default: node-to-node mesh',
      });
    }
  }
  return sessions;
}

const sessionOn = (global: boolean) =>
  perPair((peering: Peering, node: ClusterNode): ExpectedSession | undefined => {
    const own = node.addresses[afiOf(peering.address)];
    // Itself is skipped, whatever the port.
    return own === undefined || own === peering.address
      ? undefined
      : peeringSession(node, own, peering, global);
  });
const globalSession = sessionOn(true);
const nodeSession = sessionOn(false);

/** Sessions of one node from BGPPeers. A node without an address of a family has none of that family. */
export function peerSessions(
  node: ClusterNode,
  global: Peerings['global'],
  own: readonly Peering[],
): ExpectedSession[] {
  return [
    ...global.flatMap((peering) => globalSession(peering, node) ?? []),
    ...own.flatMap((peering) => nodeSession(peering, node) ?? []),
  ];
}
