// Both ends of each session as one thing: joined by the addresses that each end uses for the other, within VRF and
// family. What one end alone shows stays a link with one end. Only links of which an end is down are made: of a mesh of
// a thousand nodes the half million healthy ones need no object.
import { showsSessions } from '../model/capabilities.ts';
import { isEstablished, type Session } from '../model/session.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';
import type { Context } from './context.ts';

/** One end: what its device says, or why it says nothing. */
export interface LinkEnd {
  /** Undefined where nobody knows who is behind the address. */
  readonly device: string | undefined;
  /** The address that the other end uses for it. */
  readonly address: string | undefined;
  readonly session: Session | undefined;
  /** seen: its session; absent: its sessions are known, and this one is not among them; unread: nobody could look. */
  readonly sight: 'seen' | 'absent' | 'unread';
}

export interface Link {
  /** In the order of names. */
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly session: Session;
  /** `leaf01 – node2`, the same whichever end told of it. */
  readonly subject: string;
}

type Sessions = ReadonlyMap<string, readonly Session[]>;

const byPeer = new WeakMap<Context, Map<string, Sessions>>();

/** A device's sessions by the device behind their peer; undefined when they are not known. */
function sessionsByPeer(context: Context, name: string): Sessions | undefined {
  let known = byPeer.get(context);
  if (!known) {
    known = new Map();
    byPeer.set(context, known);
  }
  const found = known.get(name);
  if (found) return found;
  const snapshot = context.devices.get(name);
  const sessions = snapshot && context.sessions(snapshot);
  if (!sessions?.known) return undefined;
  const made = new Map<string, Session[]>();
  for (const session of sessions.value) {
    const peer = context.deviceByAddress.get(session.peerAddress);
    if (peer === undefined) continue;
    const list = made.get(peer);
    if (list) list.push(session);
    else made.set(peer, [session]);
  }
  known.set(name, made);
  return made;
}

/** The other end of a session, from that device's own reading. */
export function otherEnd(context: Context, { device }: DeviceSnapshot, session: Session): LinkEnd {
  const peer = context.deviceByAddress.get(session.peerAddress);
  const address = session.peerAddress;
  if (peer === undefined) return { device: peer, address, session: undefined, sight: 'unread' };
  const back = sessionsByPeer(context, peer);
  const there = context.devices.get(peer);
  const sight = there?.facts.capabilities?.sessions;
  if (!back || !showsSessions(sight, session.afi, clusterVrf(there?.device ?? {})))
    return { device: peer, address, session: undefined, sight: 'unread' };
  const candidates = (back.get(device.name) ?? []).filter(({ afi }) => afi === session.afi);
  const facing = candidates.find(
    (other) =>
      (session.localAddress !== undefined && other.peerAddress === session.localAddress) ||
      (other.localAddress !== undefined && other.localAddress === session.peerAddress),
  );
  // Ends that do not tell their own address: one candidate can only be the one.
  const found =
    facing ?? (candidates.length === 1 ? candidates[0] : candidates.find((s) => !isEstablished(s)));
  return { device: peer, address, session: found, sight: found ? 'seen' : 'absent' };
}

const nameOf = ({ device, address }: LinkEnd) => device ?? address ?? '?';

/** The link that a session of a device is one end of. */
export function linkOf(context: Context, snapshot: DeviceSnapshot, session: Session): Link {
  const other = otherEnd(context, snapshot, session);
  const address = other.session?.peerAddress ?? session.localAddress;
  const own: LinkEnd = { device: snapshot.device.name, address, session, sight: 'seen' };
  const ends: readonly [LinkEnd, LinkEnd] = nameOf(own) <= nameOf(other) ? [own, other] : [other, own];
  return { ends, session, subject: subjectOf(context, snapshot, session, ends) };
}

function subjectOf(
  context: Context,
  { device }: DeviceSnapshot,
  session: Session,
  [a, b]: readonly [LinkEnd, LinkEnd],
): string {
  const pair = `${nameOf(a)} – ${nameOf(b)}`;
  const peer = context.deviceByAddress.get(session.peerAddress);
  const parallel = peer === undefined ? [] : (sessionsByPeer(context, device.name)?.get(peer) ?? []);
  if (parallel.length < 2) return pair;
  // Two sessions of one pair: by family where that tells them apart, else by the address of the second end.
  if (parallel.filter(({ afi }) => afi === session.afi).length === 1) return `${pair} (${session.afi})`;
  const which =
    b.device === device.name ? (b.address ?? session.peerAddress) : (b.address ?? session.peerAddress);
  return `${pair} (${which})`;
}
