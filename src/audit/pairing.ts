// Joins the sessions that a node should have with those its BIRD has: by BIRD's name where it tells, else by peer address
// and family, each session once. What is left on either side is missing or unexpected.
import type { ExpectedSession } from '../model/expectation.ts';
import type { Session } from '../model/session.ts';

export interface Pairing {
  readonly missing: readonly ExpectedSession[];
  readonly unexpected: readonly Session[];
}

/**
 * Pairs expected with actual sessions of one node. Local workload sessions take no part, and sessions of the mesh none
 * where it is too big to be listed (`meshUnlisted`): those are neither missing nor unexpected.
 */
export function pairSessions(
  expected: readonly ExpectedSession[],
  actual: readonly Session[],
  meshUnlisted = false,
): Pairing {
  const takesPart = ({ kind }: Session) => kind !== 'local-workload' && !(meshUnlisted && kind === 'mesh');
  const free = new Set(actual.filter(takesPart));
  const claim = (match: (session: Session) => boolean): boolean => {
    for (const session of free) if (match(session)) return free.delete(session);
    return false;
  };
  const wanted = expected.filter(({ kind }) => kind !== 'local-workload');
  const unnamed = wanted.filter(
    ({ name, afi }) => !claim((session) => session.name === name && session.afi === afi),
  );
  const missing = unnamed.filter(
    ({ peerAddress, afi }) => !claim((session) => session.peerAddress === peerAddress && session.afi === afi),
  );
  return { missing, unexpected: [...free] };
}
