// What is wrong with BGPPeers beyond single fields: configurations that BIRD refuses, filters that do not exist, sessions
// that the mesh has already. Source: confd's `bird -p` check (resource.go), bird:proto/bgp (one session per remote address).
import type { ExpectedSession } from '../model/expectation.ts';
import type { BgpConfig } from './bgp-config.ts';
import type { Report } from './fields.ts';
import type { BgpFilter } from './filters.ts';
import type { Select } from './node-selection.ts';
import type { ClusterNode } from './nodes.ts';
import { type BgpPeer, peerProblem } from './peer-spec.ts';

interface Context {
  readonly config: BgpConfig;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly select: Select;
  readonly filters: ReadonlyMap<string, BgpFilter>;
  readonly sessions: ReadonlyMap<string, readonly ExpectedSession[]>;
}

function checkAsn(peer: BgpPeer, report: Report): void {
  if (!peer.peerIp || peer.asn !== undefined || peer.peerSelector || peer.asnWritten) return;
  const message =
    'is missing beside peerIP: calico-node renders "as 0", BIRD refuses the whole configuration and stays on the old one';
  peerProblem(report, peer, 'error', 'asNumber', message);
}

function checkReferences(peer: BgpPeer, { nodes, select, filters }: Context, report: Report): void {
  if (peer.node !== undefined && !peer.nodeSelector && !nodes.has(peer.node)) {
    const message = `"${peer.node}" is no Node: nothing comes of this object`;
    peerProblem(report, peer, 'warning', 'node', message);
  }
  for (const key of ['nodeSelector', 'peerSelector'] as const) {
    const selector = peer[key];
    if (selector && selector !== 'invalid' && select(selector).length === 0) {
      peerProblem(report, peer, 'warning', key, `matches no Node: ${selector.text}`);
    }
  }
  for (const [i, name] of peer.filters.entries()) {
    if (filters.has(name)) continue;
    const message = `there is no BGPFilter ${name}; Calico passes over it in silence`;
    peerProblem(report, peer, 'error', `filters[${i}]`, message);
  }
}

// BIRD keeps one session per remote address and port: the second one stays Idle, without any error text.
function checkMesh(peers: readonly BgpPeer[], { config, sessions }: Context, report: Report): void {
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
    peerProblem(report, peer, 'warning', undefined, message);
  }
}

/** Reports what is wrong with the peers as a whole. */
export function checkPeers(peers: readonly BgpPeer[], context: Context, report: Report): void {
  for (const peer of peers) {
    checkAsn(peer, report);
    checkReferences(peer, context, report);
  }
  checkMesh(peers, context, report);
}
