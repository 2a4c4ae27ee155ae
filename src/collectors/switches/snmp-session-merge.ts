// Sessions of two tables of one device in one list: the better table's, what they leave open filled from the other, and
// peers that only the other has. An address is one peer: a table without VRFs may show the peers of all of them, so
// what it says fills sessions of the default table only, and adds nobody who is known in a VRF.
import type { DecodedSessions, PlainSession } from './snmp-session-list.ts';

function filled(session: PlainSession, other: PlainSession): PlainSession {
  const { establishedSeconds, ...rest } = other;
  const state = session.state ?? other.state;
  const { afi, vrf, peerAddress, prefixesReceived, prefixesAccepted, prefixesAdvertised, ...fill } = rest;
  return {
    ...fill,
    ...(state === 'established' && establishedSeconds !== undefined && { establishedSeconds }),
    ...session,
    peerAsn: session.peerAsn ?? other.peerAsn,
    localAsn: session.localAsn ?? other.localAsn,
    state,
  };
}

/** The sessions of `best`, what they leave open filled from `other`. */
export function fillSessions(best: DecodedSessions, other: DecodedSessions): DecodedSessions {
  const others = new Map(other.sessions.map((session) => [session.peerAddress, session]));
  const sessions = best.sessions.map((session) => {
    const match = session.vrf === 'default' ? others.get(session.peerAddress) : undefined;
    return match ? filled(session, match) : session;
  });
  return { ...best, sessions };
}

/** The sessions of `best`, completed by those of `other`. */
export function mergeSessions(best: DecodedSessions, other: DecodedSessions): DecodedSessions {
  const known = new Set(best.sessions.map(({ peerAddress }) => peerAddress));
  const filledOnes = fillSessions(best, other).sessions;
  return {
    sessions: [...filledOnes, ...other.sessions.filter(({ peerAddress }) => !known.has(peerAddress))],
    notes: best.notes,
    unreadable: [...best.unreadable, ...other.unreadable],
  };
}

/** Whether a table left out of a session what every table of peers has: agents serve a vendor's table in part. */
export function isIncomplete({ sessions }: DecodedSessions): boolean {
  return sessions.some(
    ({ vrf, state, peerAsn }) => vrf === 'default' && (state === null || peerAsn === null),
  );
}
