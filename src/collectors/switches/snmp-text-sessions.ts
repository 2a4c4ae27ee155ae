// Sessions in a saved walk, from the same tables in the same order as of a live agent: the platform's own by sysObjectID,
// then BGP4-MIB (RFC 4273), then whatever else is in it. Rows that cannot be read are counted in the notes.
import { type Oid, type SnmpVarbind, startsWith } from '../../transport/snmp-value.ts';
import { bgpPeerTable } from './snmp-bgp.ts';
import { type PlainSession, unreadableNote } from './snmp-session-list.ts';
import { fillSessions, isIncomplete, mergeSessions } from './snmp-session-merge.ts';
import type { SessionTable, TablePart } from './snmp-session-table.ts';
import { sessionTables, tablesBeside, tablesFor } from './snmp-session-tables.ts';
import type { SystemAnswer } from './snmp-system.ts';
import { rowsOf, type TableRow } from './snmp-tables.ts';

/** The entries of all tables that have a share in sessions. */
export const sessionEntries: readonly Oid[] = sessionTables.flatMap(({ peers, details }) =>
  [peers, ...details].map(({ entry }) => entry),
);

/** True for a cell that a session is read from: it must not be left out because its value cannot be read. */
export function sessionCells(oid: Oid): boolean {
  return sessionTables.some(({ peers, details }) =>
    [peers, ...details].some(
      ({ entry, columns }) => startsWith(oid, entry) && columns.includes(oid[entry.length] ?? -1),
    ),
  );
}

function rowsIn(varbinds: readonly SnmpVarbind[]): (part: TablePart) => readonly TableRow[] {
  return ({ entry, columns }) => {
    const wanted = varbinds.filter(
      ({ oid, value }) =>
        startsWith(oid, entry) && columns.includes(oid[entry.length] ?? -1) && value.type !== 'absent',
    );
    return rowsOf(wanted, entry);
  };
}

interface SavedSessions {
  readonly sessions: readonly PlainSession[];
  readonly notes: readonly string[];
}

/** The sessions of the best table in it, and what could not be read. */
export function savedSessions(varbinds: readonly SnmpVarbind[], system: SystemAnswer): SavedSessions {
  const rows = rowsIn(varbinds);
  const notes: string[] = [];
  const decode = (table: SessionTable) => {
    const decoded = table.decode(rows, system.localAsn);
    const note = unreadableNote(table.name, decoded.unreadable);
    return { ...decoded, notes: note === undefined ? decoded.notes : [...decoded.notes, note] };
  };
  for (const table of tablesFor(system.objectId)) {
    const best = decode(table);
    notes.push(...best.notes);
    if (best.sessions.length === 0) continue;
    const beside = tablesBeside(table).map(decode);
    const joined = beside.reduce(mergeSessions, best);
    const merged = isIncomplete(joined) ? fillSessions(joined, decode(bgpPeerTable)) : joined;
    // Of the tables beside only what they could not read matters: they are poorer by nature.
    notes.push(...beside.flatMap((other) => (other.unreadable.length > 0 ? other.notes : [])));
    return { sessions: merged.sessions, notes };
  }
  notes.push('no row of a table of BGP peers in it (BGP4-MIB bgpPeerTable or a vendor table)');
  return { sessions: [], notes };
}
