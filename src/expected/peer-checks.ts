// What is wrong with BGPPeers beyond single fields: configurations that BIRD refuses, filters that do not exist, sessions
// that the mesh has already. Source: confd's `bird -p` check (resource.go), bird:proto/bgp (one session per remote address).
import type { ExpectedSession } from '../model/expectation.ts';
import type { BgpConfig } from './bgp-config.ts';
import type { BgpFilter } from './filters.ts';
import type { ClusterNode } from './nodes.ts';
import type { BgpPeer } from './peer-spec.ts';

interface Context {
  readonly config: BgpConfig;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly filters: ReadonlyMap<string, BgpFilter>;
  readonly sessions: ReadonlyMap<string, readonly ExpectedSession[]>;
}

function checkAsn(peer: BgpPeer): void {
  if (!peer.peerIp || peer.asn !== undefined || peer.peerSelector || peer.fields.has('asNumber')) return;
  const message =
    'is missing beside peerIP: calico-node renders "as 0", BIRD refuses the whole configuration and stays on the old one';
  peer.fields.problem('error', 'asNumber', message);
}

function checkReferences(peer: BgpPeer, { nodes, filters }: Context): void {
  if (peer.node !== undefined && !peer.nodeSelector && !nodes.has(peer.node)) {
    peer.fields.problem('warning', 'node', `"${peer.node}" is no Node: nothing comes of this object`);
  }
  if (peer.nodeSelector && peer.nodeSelector !== 'invalid') {
    const { nodeSelector } = peer;
    if (![...nodes.values()].some(({ labels }) => nodeSelector.matches(labels))) {
      peer.fields.problem('warning', 'nodeSelector', `matches no Node: ${nodeSelector.text}`);
    }
  }
  if (peer.peerSelector && peer.peerSelector !== 'invalid') {
    const { peerSelector } = peer;
    if (![...nodes.values()].some(({ labels }) => peerSelector.matches(labels))) {
      peer.fields.problem('warning', 'peerSelector', `matches no Node: ${peerSelector.text}`);
    }
  }
  for (const [i, name] of peer.filters.entries()) {
    if (filters.has(name)) continue;
    peer.fields.problem(
      'error',
      `filters[${i}]`,
      `there is no BGPFilter ${name}; Calico passes over it in silence`,
    );
  }
}

// BIRD keeps one session per remote address and port: the second one stays Idle, without any error text.
function checkMesh(peers: readonly BgpPeer[], { config, sessions }: Context): void {
  if (!config.mesh) return;
  const twice = new Map<string, string[]>();
  for (const list of sessions.values()) {
    const mesh = new Set(list.filter(({ kind }) => kind === 'mesh').map(({ peerAddress }) => peerAddress));
    for (const { node, peerAddress, kind, because } of list) {
      if (kind === 'mesh' || !mesh.has(peerAddress)) continue;
      const peer = peers.find(({ name }) => because.startsWith(`BGPPeer ${name}:`));
      if (peer) twice.set(peer.name, [...(twice.get(peer.name) ?? []), `${node} to ${peerAddress}`]);
    }
  }
  for (const peer of peers) {
    const cases = twice.get(peer.name);
    if (!cases) continue;
    const more = cases.length > 1 ? ` and ${cases.length - 1} more` : '';
    const message = `makes a second session beside the node-to-node mesh (${cases[0]}${more}): one of the two stays Idle`;
    peer.fields.problem('warning', undefined, message);
  }
}

/** Reports what is wrong with the peers as a whole. */
export function checkPeers(peers: readonly BgpPeer[], context: Context): void {
  for (const peer of peers) {
    checkAsn(peer);
    checkReferences(peer, context);
  }
  checkMesh(peers, context);
}
