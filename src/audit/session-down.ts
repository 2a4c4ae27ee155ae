// Sessions that are configured and not established, each once: both ends are joined, the finding names the end that
// complains and what it says. On nodes those that should exist are judged, on switches every one, since a fabric's own
// sessions carry the routes too. A session that one end does not have at all is session-missing's.

import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { Severity } from '../model/finding.ts';
import { isEstablished, type Session } from '../model/session.ts';
import { clusterVrf, type DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import { complaintOf, errorOf, sayingOf } from './complaint.ts';
import type { Context } from './context.ts';
import { type Link, type LinkEnd, linkOf } from './links.ts';
import { birdGone } from './origin.ts';
import { isMissingSession } from './session-missing.ts';

/** Sessions that should be up: on a node those that the objects call for (all, where none are known), on a switch all. */
export function judgedAt(context: Context, snapshot: DeviceSnapshot): readonly Session[] {
  const sessions = context.sessions(snapshot);
  const { name, role } = snapshot.device;
  // A node that is not in the cluster, or not yet: nothing is asked of it.
  if (!sessions.known || (role === 'node' && context.expected && !context.nodes.has(name))) return [];
  const unexpected = new Set(context.pairing(snapshot)?.unexpected);
  return sessions.value.filter((session) => !unexpected.has(session));
}

/** A switch's session with a stranger outside the cluster's VRF is none of the cluster's business. */
function severityOf(context: Context, session: Session): Severity {
  const known = context.deviceByAddress.has(session.peerAddress);
  if (session.kind === 'mesh' || session.adminDown) return 'warning';
  if (known || session.kind !== undefined) return 'critical';
  const vrf = clusterVrf(context.devices.get(session.device)?.device ?? {});
  return session.vrf === vrf ? 'warning' : 'info';
}

interface Why {
  readonly cause?: CauseId;
  readonly clause: string;
  /** The device at fault, where it can be told; else the one that complains. */
  readonly device: string | undefined;
}

// AS_TRANS (RFC 6793): what a source shows that cannot write a 4-byte number.
const asTrans = 23456;

/** AS numbers that contradict each other, whatever the texts say; they outlive the texts. */
function wrongAs(context: Context, a: LinkEnd, b: LinkEnd): Why | undefined {
  const wants = a.session?.peerAsn;
  const has = b.session?.localAsn ?? context.devices.get(b.device ?? '')?.facts.localAsn;
  if (wants === null || wants === undefined || has === null || has === undefined) return undefined;
  if (wants === has || wants === asTrans || has === asTrans || wants === 0) return undefined;
  // A per-peer local AS (BGPPeer localASNumber, `local-as`) shows on the session alone.
  if (b.session?.localAsn === null || b.session === undefined) return undefined;
  const says = `it expects AS ${wants}, ${nameOf(b)} is in AS ${has}`;
  const meant = expectedBetween(context, a, b);
  // Calico's objects say which of the two is as it should be.
  const device = meant === undefined || meant.peerAsn !== wants ? a.device : b.device;
  return { cause: 'wrong-as', clause: clauseOf('wrong-as', { device: nameOf(a), says }), device };
}

function expectedBetween(context: Context, a: LinkEnd, b: LinkEnd) {
  const at = (from: LinkEnd, to: LinkEnd) =>
    (context.expectedByNode.get(from.device ?? '') ?? []).find(
      ({ peerAddress }) => peerAddress === to.address,
    );
  const own = at(a, b);
  if (own) return { peerAsn: own.peerAsn, passwordSet: own.passwordSet === true };
  const back = at(b, a);
  return back && { peerAsn: back.localAsn, passwordSet: back.passwordSet === true };
}

/** One end signs its packets (RFC 2385) and the objects give the other no password: what it sends is dropped unseen. */
function password(context: Context, a: LinkEnd, b: LinkEnd): Why | undefined {
  if (a.session?.passwordSet !== true || expectedBetween(context, a, b)?.passwordSet !== false)
    return undefined;
  const says = `a password is set there, and none for ${nameOf(b)} in the objects`;
  return {
    cause: 'authentication',
    clause: clauseOf('authentication', { device: nameOf(a), says }),
    device: a.device,
  };
}

const nameOf = ({ device, address }: LinkEnd) => device ?? address ?? 'the peer';

function said(a: LinkEnd, b: LinkEnd): { why: Why; rank: number } | undefined {
  if (!a.session || isEstablished(a.session)) return undefined;
  const complaint = complaintOf(a.session);
  if (!complaint) return undefined;
  const { cause, rank, told } = complaint;
  const says = errorOf(a.session);
  // What this end was told in a NOTIFICATION is the other end's complaint.
  const complainer = told ? b : a;
  const device = nameOf(complainer);
  const peer = nameOf(complainer === a ? b : a);
  const values = {
    device,
    peer,
    says,
    address: a.address ?? peer,
    up: '',
    down: '',
    state: '',
    pairs: '',
    more: '',
  };
  // Refused, or waiting in vain: the fault is at the end that does not answer.
  const elsewhere = cause === 'connection-refused' || cause === 'passive-waits';
  const fault = elsewhere ? (b.device ?? a.device) : (complainer.device ?? a.device);
  return { why: { cause, clause: clauseOf(cause, values), device: fault }, rank: told ? rank - 1 : rank };
}

function why(context: Context, { ends: [a, b] }: Link): Why {
  const spoken = [said(a, b), said(b, a)].flatMap((each) => each ?? []).sort((x, y) => y.rank - x.rank);
  const [first] = spoken;
  // A BIRD that ends says Administrative shutdown, too.
  for (const { device } of [a, b]) {
    const gone = device === undefined ? undefined : birdGone(context, device);
    if (gone && device !== undefined) return { cause: gone.id, clause: gone.clause, device };
  }
  if (first?.why.cause === 'admin-down') return first.why;
  const absent = [a, b].find(({ sight }) => sight === 'absent');
  if (absent) {
    const address = (absent === a ? b : a).address ?? nameOf(absent === a ? b : a);
    const clause = clauseOf('no-neighbour', { device: nameOf(absent), address });
    return { cause: 'no-neighbour', clause, device: absent.device };
  }
  const as = wrongAs(context, a, b) ?? wrongAs(context, b, a);
  if (as) return as;
  if (first && first.rank >= 40) return first.why;
  const signed = password(context, a, b) ?? password(context, b, a);
  if (signed) return signed;
  const up = [a, b].find(({ session }) => session && isEstablished(session));
  const down = up === a ? b : a;
  if (up && down.session) {
    const clause = clauseOf('ends-disagree', {
      up: nameOf(up),
      down: nameOf(down),
      state: sayingOf(down.session),
    });
    return { cause: 'ends-disagree', clause, device: down.device };
  }
  if (first) return first.why;
  const spokesman = a.session ? a : b;
  return { clause: `${nameOf(spokesman)} gives no reason`, device: spokesman.device };
}

function endText(end: LinkEnd): string {
  const name =
    end.device === undefined || end.address === undefined ? nameOf(end) : `${end.device} (${end.address})`;
  return name;
}

function saying(end: LinkEnd): string {
  if (end.sight === 'unread') return end.device === undefined ? '' : `${end.device} could not be asked`;
  return end.session ? `${nameOf(end)} says ${sayingOf(end.session)}` : '';
}

function draft(context: Context, link: Link, told: DeviceSnapshot): Draft {
  const [a, b] = link.ends;
  const reason = why(context, link);
  const device = reason.device ?? told.device.name;
  const peer = a.device === device ? b : a;
  const down = [a, b].flatMap(({ session }) => (session && !isEstablished(session) ? [session] : []));
  const severities = down.map((session) => severityOf(context, session));
  const severity =
    reason.cause === 'admin-down' || severities.every((each) => each !== 'critical')
      ? (severities.find((each) => each === 'warning') ?? severities[0] ?? 'warning')
      : 'critical';
  const says = [a, b].map(saying).filter((text) => text !== '');
  return {
    severity,
    device,
    subject: link.subject,
    verdict: 'down',
    ...(reason.cause ? { cause: reason.cause } : {}),
    detail: `BGP session between ${endText(a)} and ${endText(b)} is down: ${reason.clause}. ${says.join('; ')}`,
    ...(peer.address === undefined ? {} : { peerAddress: peer.address }),
    vrf: link.session.vrf,
    ...(peer.device === undefined ? {} : { peer: peer.device }),
    ends: [a, b].flatMap(({ device: name, session, sight }) =>
      name === undefined
        ? []
        : [{ device: name, state: session?.state ?? sight, says: session ? errorOf(session) : '' }],
    ),
  };
}

export const sessionDown: Check = (context) => {
  const findings = new Map<string, Draft>();
  for (const snapshot of context.devices.values()) {
    for (const session of judgedAt(context, snapshot)) {
      if (session.state === null || isEstablished(session)) continue;
      const link = linkOf(context, snapshot, session);
      // The end that lacks it is the finding: session-missing tells it, with what this end says.
      if (isMissingSession(context, link)) continue;
      const key = `${link.subject} ${session.vrf} ${session.afi}`;
      if (!findings.has(key)) findings.set(key, draft(context, link, snapshot));
    }
  }
  return { findings: [...findings.values()] };
};
