// Sessions that Calico's objects call for and that one end, or both, do not have at all: BIRD without the protocol (its
// configuration was not applied), or a switch without the neighbour. One session is one finding.
import { showsSessions } from '../model/capabilities.ts';
import type { ExpectedSession } from '../model/expectation.ts';
import { isEstablished } from '../model/session.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import { sayingOf } from './complaint.ts';
import type { Context } from './context.ts';
import type { Link, LinkEnd } from './links.ts';

/** One end that lacks an expected session. */
interface Lack {
  readonly session: ExpectedSession;
  readonly device: string;
  /** The peer's address as this end would have it configured. */
  readonly address: string;
}

const pairOf = (x: string, y: string) => (x <= y ? `${x} – ${y}` : `${y} – ${x}`);

function onNode(context: Context, snapshot: DeviceSnapshot): Lack[] {
  return (context.pairing(snapshot)?.missing ?? []).map((session) => ({
    session,
    device: session.node,
    address: session.peerAddress,
  }));
}

/** True when the node's own end of the session is established. */
function establishedAt(context: Context, { node, peerAddress, afi }: ExpectedSession): boolean {
  const snapshot = context.devices.get(node);
  const sessions = snapshot && context.sessions(snapshot);
  if (!snapshot?.sessions.ok || !sessions?.known) return false;
  return sessions.value.some(
    (session) => session.peerAddress === peerAddress && session.afi === afi && isEstablished(session),
  );
}

function onSwitch(context: Context, snapshot: DeviceSnapshot): { lacks: Lack[]; unknown: Draft[] } {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return { lacks: [], unknown: [] };
  const { name } = snapshot.device;
  const sight = snapshot.facts.capabilities?.sessions;
  const lacks: Lack[] = [];
  const unseen: ExpectedSession[] = [];
  const has = new Set(sessions.value.map(({ peerAddress }) => peerAddress));
  for (const session of context.expectedTowards(name)) {
    // Without a source address the node's kernel chooses: then the switch may know the node by any of its addresses.
    const address = session.sourceAddress;
    if (address === undefined || has.has(address)) continue;
    // An agent that has just come back shows a part of its table: what the other end has established is there.
    if (establishedAt(context, session)) continue;
    // What the source cannot show is not missing.
    if (showsSessions(sight, session.afi, clusterVrf(snapshot.device)))
      lacks.push({ session, device: name, address });
    else unseen.push(session);
  }
  return { lacks, unknown: unseenSessions(snapshot, unseen) };
}

interface Missing {
  readonly lacks: readonly Lack[];
  readonly unknown: readonly Draft[];
  /** Device, peer device and family of each lack: how session-down asks whether this check tells a session. */
  readonly keys: ReadonlySet<string>;
}

const missing = new WeakMap<Context, Missing>();

function missingOf(context: Context): Missing {
  const known = missing.get(context);
  if (known) return known;
  const lacks: Lack[] = [];
  const unknown: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    if (snapshot.device.role === 'node') lacks.push(...onNode(context, snapshot));
    else {
      const found = onSwitch(context, snapshot);
      lacks.push(...found.lacks);
      unknown.push(...found.unknown);
    }
  }
  const keys = new Set(
    lacks.map(({ device, address, session: { afi } }) => `${device} ${peerAt(context, address)} ${afi}`),
  );
  const made = { lacks, unknown, keys };
  missing.set(context, made);
  return made;
}

const peerAt = (context: Context, address: string) => context.deviceByAddress.get(address) ?? address;

/** True when an end of the link does not have it although the objects call for it. */
export function isMissingSession(context: Context, { ends: [a, b], session: { afi } }: Link): boolean {
  const { keys } = missingOf(context);
  if (keys.size === 0) return false;
  const lacks = (end: LinkEnd, other: LinkEnd) =>
    end.sight === 'absent' && keys.has(`${end.device} ${other.device ?? other.address} ${afi}`);
  return lacks(a, b) || lacks(b, a);
}

/** What the other end says of it, where it has the session. */
function otherSays(context: Context, { device, address, session }: Lack): string {
  const peer = context.devices.get(peerAt(context, address));
  const sessions = peer && context.sessions(peer);
  if (!peer || !sessions?.known) return '';
  const found = sessions.value.find(
    ({ peerAddress, afi }) => afi === session.afi && context.deviceByAddress.get(peerAddress) === device,
  );
  return found ? `; ${peer.device.name} says ${sayingOf(found)}` : '';
}

function draft(context: Context, lacks: readonly Lack[]): Draft[] {
  // The node's end comes first: a peer that its objects call for is the node's to make.
  const [first, second] = lacks.toSorted(
    (x, y) => Number(y.device === y.session.node) - Number(x.device === x.session.node),
  );
  if (!first) return [];
  const { session, device, address } = first;
  const peer = peerAt(context, address);
  const onOwn = device === session.node;
  const known = context.deviceByAddress.get(address);
  const what = onOwn
    ? `BIRD has no session ${session.name} with ${address}`
    : `no BGP neighbour ${address} (${session.node}, AS ${session.localAsn}) is configured`;
  const also = second
    ? ` (${second.device} has no neighbour ${second.address} either)`
    : otherSays(context, first);
  return [
    {
      severity: session.kind === 'mesh' ? 'warning' : 'critical',
      device,
      subject: pairOf(device, peer),
      verdict: 'missing',
      cause: onOwn ? 'config-not-applied' : 'no-neighbour',
      detail: `${device}: ${what}; it should, since ${session.because}${also}`,
      peerAddress: address,
      ...(known === undefined ? {} : { peer: known }),
      ends: lacks.map((lack) => ({ device: lack.device, state: 'absent', says: '' })),
    },
  ];
}

/** What is not judged because the source cannot see it, in one entry of the device. */
function unseenSessions(
  { device, facts, source }: DeviceSnapshot,
  unseen: readonly ExpectedSession[],
): Draft[] {
  const [first] = unseen;
  if (!first) return [];
  const example = `${first.sourceAddress} (${first.node})`;
  const which =
    unseen.length === 1
      ? `the session with ${example}`
      : `${unseen.length} sessions, such as the one with ${example},`;
  const limits = facts.capabilities?.sessions?.limits;
  return [
    {
      severity: 'info',
      device: device.name,
      subject: device.name,
      verdict: 'unknown',
      detail: `whether ${device.name} has ${which} cannot be seen by ${source}${limits ? `: ${limits}` : ''}`,
    },
  ];
}

export const sessionMissing: Check = (context) => {
  const { lacks, unknown } = missingOf(context);
  // Both ends of one session are one finding: by the pair, the family and, for two sessions of a pair, the name.
  const bySession = new Map<string, Lack[]>();
  for (const lack of lacks) {
    const { session, device, address } = lack;
    const pair = pairOf(device, peerAt(context, address));
    // Between two nodes both ends are of the objects, under two names; a switch's end has the name of the node's.
    const between = context.nodes.has(peerAt(context, session.peerAddress));
    const key = between ? `${pair} ${session.kind}` : `${session.node} ${session.name}`;
    const id = `${key} ${session.afi}`;
    const list = bySession.get(id);
    if (list) list.push(lack);
    else bySession.set(id, [lack]);
  }
  return { findings: [...bySession.values()].flatMap((list) => draft(context, list)), unknown };
};
