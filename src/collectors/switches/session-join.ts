// What several answers say of one session, put together: a summary and its neighbours in detail, asked one after the other or
// pasted into one file.
import type { Session } from '../../model/session.ts';

type SessionRow = Omit<Session, 'device'>;

/** The first to say something wins, except that a true address wins over an interface name standing in for one. */
function joined(older: SessionRow, row: SessionRow): SessionRow {
  return {
    ...row,
    ...older,
    peerAddress: older.peerAddress === older.name ? row.peerAddress : older.peerAddress,
    peerAsn: older.peerAsn ?? row.peerAsn,
    localAsn: older.localAsn ?? row.localAsn,
    state: older.state ?? row.state,
  };
}

/**
 * Each session once. Rows of one answer are never joined: two links may have the same link-local address at their far ends.
 */
export function joinedSessions(answers: readonly (readonly SessionRow[])[]): SessionRow[] {
  const all: SessionRow[] = [];
  const places = new Map<string, number[]>();
  for (const rows of answers) {
    const taken = new Set<number>();
    for (const row of rows) {
      const key = `${row.vrf} ${row.afi} ${row.name ?? row.peerAddress}`;
      const known = places.get(key) ?? [];
      const place = known.find((each) => !taken.has(each)) ?? all.length;
      const older = all[place];
      all[place] = older ? joined(older, row) : row;
      if (!older) places.set(key, [...known, place]);
      taken.add(place);
    }
  }
  return all;
}
