// The two ends of every BGP session of the demo fabric under the active faults: state, last error, who is external to
// whom. Error codes and texts: RFC 4271 section 4.5, RFC 4486, and BIRD 1.6's bgp_msg_table. A session is up when both
// ends run, neither has shut it, and each end's AS number is the one that the other expects.
import type { BgpState } from '../model/session.ts';
import type { Effect } from './faults.ts';
import type { DemoDevice, DemoTopology } from './topology.ts';

/** Why an end is down: what it sent, received, or could not reach. */
export interface SessionError {
  readonly by: 'received' | 'sent' | 'socket';
  /** NOTIFICATION error code and subcode; 0, 0 for a socket error. */
  readonly code: number;
  readonly subcode: number;
  readonly text: string;
}

export interface SessionEnd {
  readonly device: string;
  readonly peer: string;
  /** As BIRD names it for a node-specific BGPPeer. */
  readonly name: string;
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly localAsn: number;
  /** The AS this end expects of its peer. */
  readonly peerAsn: number;
  readonly peerRouterId: string;
  readonly external: boolean;
  /** The peer is a route-reflector client of this device. */
  readonly client: boolean;
  readonly state: BgpState;
  readonly adminDown: boolean;
  readonly error?: SessionError;
}

const badPeerAs = { code: 2, subcode: 2, text: 'Bad peer AS' };
const adminShutdown = { code: 6, subcode: 2, text: 'Administrative shutdown' };
const refused: SessionError = { by: 'socket', code: 0, subcode: 0, text: 'Connection refused' };

/** BIRD's name of a node-specific session: `Node_172_20_0_254`. */
function birdSessionName(peerAddress: string): string {
  return `Node_${peerAddress.replaceAll('.', '_')}`;
}

/** The AS number a device runs with. */
export function runningAsn(device: DemoDevice, effects: readonly Effect[]): number {
  const changed = effects.find((effect) => effect.kind === 'local-as' && effect.device === device.name);
  return changed?.kind === 'local-as' ? changed.asn : device.asn;
}

/** True while the device's BGP daemon runs. */
export function isRunning(device: string, effects: readonly Effect[]): boolean {
  return !effects.some((effect) => effect.kind === 'stop' && effect.device === device);
}

function isShut(device: string, peer: string, effects: readonly Effect[]): boolean {
  return effects.some((e) => e.kind === 'shut' && e.device === device && e.peer === peer);
}

function expectedAsn(device: DemoDevice, peer: DemoDevice, effects: readonly Effect[]): number {
  const changed = effects.find(
    (e) => e.kind === 'expect-as' && e.device === device.name && e.peer === peer.name,
  );
  return changed?.kind === 'expect-as' ? changed.asn : peer.asn;
}

function fate(
  self: DemoDevice,
  peer: DemoDevice,
  effects: readonly Effect[],
): Pick<SessionEnd, 'state' | 'adminDown'> & { readonly error?: SessionError } {
  if (isShut(self.name, peer.name, effects)) {
    return { state: 'idle', adminDown: true, error: { by: 'sent', ...adminShutdown } };
  }
  if (!isRunning(peer.name, effects)) {
    // BIRD says goodbye with a NOTIFICATION. FRR remembers that, BIRD its latest attempt to connect.
    const error: SessionError = self.role === 'node' ? refused : { by: 'received', ...adminShutdown };
    return { state: 'active', adminDown: false, error };
  }
  if (isShut(peer.name, self.name, effects)) {
    return { state: 'active', adminDown: false, error: { by: 'received', ...adminShutdown } };
  }
  // The end that expects another AS answers the OPEN with a NOTIFICATION; the other receives it (RFC 4271 6.2).
  if (expectedAsn(self, peer, effects) !== runningAsn(peer, effects)) {
    return { state: 'idle', adminDown: false, error: { by: 'sent', ...badPeerAs } };
  }
  if (expectedAsn(peer, self, effects) !== runningAsn(self, effects)) {
    return { state: 'idle', adminDown: false, error: { by: 'received', ...badPeerAs } };
  }
  return { state: 'established', adminDown: false };
}

/** All session ends of the running devices, in the topology's order. */
export function sessionEnds(topology: DemoTopology, effects: readonly Effect[]): SessionEnd[] {
  const byName = new Map(topology.devices.map((device) => [device.name, device]));
  const ends: SessionEnd[] = [];
  const add = (name: string, address: string, peerName: string, peerAddress: string) => {
    const self = byName.get(name);
    const peer = byName.get(peerName);
    if (!self || !peer) throw new Error(`no device ${self ? peerName : name} in the topology`);
    if (!isRunning(name, effects)) return;
    const localAsn = runningAsn(self, effects);
    const peerAsn = expectedAsn(self, peer, effects);
    const external = localAsn !== peerAsn;
    ends.push({
      device: name,
      peer: peerName,
      name: birdSessionName(peerAddress),
      localAddress: address,
      peerAddress,
      localAsn,
      peerAsn,
      peerRouterId: peer.routerId,
      external,
      // Calico: `rr client` for an internal peer without or with another cluster id.
      client: !external && self.clusterId !== undefined && peer.clusterId !== self.clusterId,
      ...fate(self, peer, effects),
    });
  };
  for (const { a, aAddress, b, bAddress } of topology.links) {
    add(a, aAddress, b, bAddress);
    add(b, bAddress, a, aAddress);
  }
  return ends;
}
