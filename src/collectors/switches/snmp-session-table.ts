// What a table of BGP peers is to the reader: an entry of data and a pure decoder. Each table is one file with one line in
// snmp-session-tables.ts. Index and columns by the vendor's MIB, named in each file; RFC 2578 for how tables are laid out.
import type { Afi } from '../../model/session.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import type { DecodedSessions } from './snmp-session-list.ts';
import type { TableRow } from './snmp-tables.ts';

/** One conceptual table that has a share in the answer: peers, counters, names of VRFs, a scalar. */
export interface TablePart {
  /** The OID above the column numbers; of a scalar, the OID above its last number. */
  readonly entry: Oid;
  readonly columns: readonly number[];
}

/** The rows of a part; none when the agent does not serve it. */
export type RowsOf = (part: TablePart) => readonly TableRow[];

export interface SessionTable {
  /** The table of peers as its MIB names it. */
  readonly name: string;
  /** The peers, which decide whether the table is there. */
  readonly peers: TablePart;
  /** Read beside the peers where the agent serves them. */
  readonly details: readonly TablePart[];
  /** Families whose sessions the table can hold; that an agent fills it is another matter. */
  readonly families: readonly Afi[];
  /** Whether it shows the sessions of other VRFs than the one (or the SNMP context) that is asked. */
  readonly vrfs: 'all' | 'one';
  /** Names of tables whose sessions are added, and fill what this one leaves open. */
  readonly beside: readonly string[];
  decode(rowsOf: RowsOf, localAsn: number | null): DecodedSessions;
}

/** `root` with further arcs. */
export function under(root: Oid, ...arcs: readonly number[]): Oid {
  return [...root, ...arcs];
}
