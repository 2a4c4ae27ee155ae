// Where a session comes from (mesh, node, global, local-workload, fabric), seen from either end: a node's BIRD names it,
// a switch knows nothing of Calico, so its end is found through the expected session of the node behind the address.
// Calico: BGPPeer and BGPConfiguration (confd's bird.cfg.template).

import type { Fabric } from '../model/fabric.ts';
import { lastGood } from '../model/reading.ts';
import type { Session, SessionKind } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';

/** Tells a session's kind; '' when it is neither expected nor between two switches. */
export type KindOf = (snapshot: DeviceSnapshot, session: Session) => SessionKind | '';

const key = (from: string, to: string) => `${from}\0${to}`;

/** Prepares the look-up of session kinds for one fabric. */
export function sessionKinds(fabric: Fabric): KindOf {
  const byAddress = new Map<string, SessionKind>();
  const byDevice = new Map<string, SessionKind>();
  for (const { node, peerAddress, kind } of lastGood(fabric.expected)?.value.sessions ?? []) {
    byAddress.set(key(node, peerAddress), kind);
    const peer = fabric.deviceByAddress.get(peerAddress);
    if (peer !== undefined) byDevice.set(key(node, peer), kind);
  }
  const all = [...fabric.devices.map(({ device }) => device), ...(fabric.elsewhere ?? [])];
  const roles = new Map(all.map(({ name, role }) => [name, role]));
  return ({ device }, session) => {
    if (session.kind) return session.kind;
    const peer = fabric.deviceByAddress.get(session.peerAddress);
    const own = byAddress.get(key(device.name, session.peerAddress));
    if (own) return own;
    const otherEnd = peer === undefined ? undefined : byDevice.get(key(peer, device.name));
    if (otherEnd) return otherEnd;
    return device.role === 'switch' && peer !== undefined && roles.get(peer) === 'switch' ? 'fabric' : '';
  };
}
