// The sessions of a node or switch, each seen from both ends: those that it has, and those that the objects call for and it
// lacks. Worst first.
import type { ExpectedSession } from '../../model/expectation.ts';
import type { ExplainTone, SessionLine, SessionSide } from '../../model/explanation.ts';
import { lastGood } from '../../model/reading.ts';
import { isEstablished, type Session } from '../../model/session.ts';
import type { DeviceSnapshot } from '../../model/snapshot.ts';
import type { Context } from '../context.ts';
import { type LinkEnd, otherEnd } from '../links.ts';
import { sessionText } from './words.ts';

const timeOf = (snapshot: DeviceSnapshot | undefined) => {
  const at = snapshot && lastGood(snapshot.sessions)?.at;
  return at === undefined ? {} : { at };
};

/** Sessions that the objects call for at a device: a node's own, or those of nodes with a switch. */
function calledFor(context: Context, name: string, role: string): readonly ExpectedSession[] {
  if (role === 'node') return context.expectedByNode.get(name) ?? [];
  return (context.expected?.sessions ?? []).filter(
    ({ peerAddress }) => context.deviceByAddress.get(peerAddress) === name,
  );
}

function isFor(context: Context, wanted: ExpectedSession, session: Session, role: string): boolean {
  if (wanted.afi !== session.afi) return false;
  if (role === 'node') return wanted.peerAddress === session.peerAddress;
  return wanted.sourceAddress === undefined
    ? context.deviceByAddress.get(session.peerAddress) === wanted.node
    : wanted.sourceAddress === session.peerAddress;
}

function otherSide(context: Context, end: LinkEnd): SessionSide {
  const device = end.device ?? end.address ?? '?';
  const snapshot = end.device === undefined ? undefined : context.devices.get(end.device);
  if (end.session) return { device, says: sessionText(end.session), ...timeOf(snapshot) };
  if (end.sight === 'absent') return { device, says: 'has no such session', ...timeOf(snapshot) };
  if (end.device === undefined) return { device, says: 'nobody is known behind this address' };
  if (!snapshot) return { device, says: 'is not configured here, so nobody looks at it' };
  const sessions = context.sessions(snapshot);
  const why = sessions.known ? 'its source does not show such sessions' : sessions.reason;
  return { device, says: `not known: ${why}` };
}

function toneOf(session: Session, other: LinkEnd): ExplainTone {
  if (session.state === null) return 'unknown';
  if (!isEstablished(session) || other.sight === 'absent') return 'bad';
  return other.session && other.session.state !== null && !isEstablished(other.session) ? 'bad' : 'good';
}

function lineOf(
  context: Context,
  snapshot: DeviceSnapshot,
  session: Session,
  because: string | undefined,
): SessionLine {
  const other = otherEnd(context, snapshot, session);
  return {
    peer: other.device ?? session.peerAddress,
    peerAddress: session.peerAddress,
    afi: session.afi,
    vrf: session.vrf,
    tone: toneOf(session, other),
    ...(because === undefined ? {} : { because }),
    own: { device: snapshot.device.name, says: sessionText(session), ...timeOf(snapshot) },
    other: otherSide(context, other),
  };
}

/** A session that the objects call for and that the device does not show. */
function lackLine(
  context: Context,
  name: string,
  role: string,
  wanted: ExpectedSession,
  says: string,
  tone: ExplainTone,
): SessionLine {
  const peerAddress = role === 'node' ? wanted.peerAddress : (wanted.sourceAddress ?? wanted.node);
  const peer = role === 'node' ? (context.deviceByAddress.get(peerAddress) ?? peerAddress) : wanted.node;
  const snapshot = context.devices.get(peer);
  const theirs = snapshot && context.sessions(snapshot);
  const session = theirs?.known
    ? theirs.value.find(
        (each) => each.afi === wanted.afi && context.deviceByAddress.get(each.peerAddress) === name,
      )
    : undefined;
  const sight = session ? 'seen' : theirs?.known ? 'absent' : 'unread';
  const device = snapshot || context.nodes.has(peer) ? peer : undefined;
  const own = context.devices.get(name);
  return {
    peer,
    peerAddress,
    afi: wanted.afi,
    vrf: 'default',
    tone,
    because: wanted.because,
    own: { device: name, says, ...timeOf(own) },
    other: otherSide(context, { device, address: peerAddress, session, sight }),
  };
}

const weight: Record<ExplainTone, number> = { bad: 0, warn: 1, unknown: 2, good: 3 };

/** All sessions of a device, worst first. */
export function sessionLines(
  context: Context,
  name: string,
  role: 'node' | 'switch',
): readonly SessionLine[] {
  const snapshot = context.devices.get(name);
  const wanted = calledFor(context, name, role);
  const sessions = snapshot && context.sessions(snapshot);
  if (!snapshot || !sessions?.known) {
    const why =
      sessions && !sessions.known ? sessions.reason : `${name} is not configured here, so nobody looks at it`;
    return wanted.map((each) => lackLine(context, name, role, each, `not known: ${why}`, 'unknown'));
  }
  const lines = sessions.value.map((session) => {
    const call = wanted.find((each) => isFor(context, each, session, role));
    return lineOf(context, snapshot, session, call?.because);
  });
  const lacking = wanted.filter(
    (each) => !sessions.value.some((session) => isFor(context, each, session, role)),
  );
  const says = role === 'node' ? 'BIRD has no such session' : 'no such neighbour is configured';
  const missing = lacking.map((each) => lackLine(context, name, role, each, says, 'bad'));
  return [...missing, ...lines].toSorted(
    (x, y) => weight[x.tone] - weight[y.tone] || x.peer.localeCompare(y.peer),
  );
}
