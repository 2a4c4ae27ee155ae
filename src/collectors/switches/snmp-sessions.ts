// The tables that hold BGP sessions, one entry each, and how they are read. BGP4-MIB (RFC 4273) is served by nearly all;
// a vendor's own table is one more entry with its decoder. An agent without any of them is a failed reading, never an
// empty list.
import { failure, type Reading, success } from '../../model/reading.ts';
import type { Session } from '../../model/session.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import { bgpPeerColumns, bgpPeerEntry, type DecodedSessions, decodeBgpPeers } from './snmp-bgp.ts';
import type { SystemAnswer } from './snmp-system.ts';
import { type TableRow, TableRows } from './snmp-tables.ts';

export interface SessionTable {
  readonly name: string;
  readonly entry: Oid;
  /** Columns worth asking for; the first one decides what rows there are. */
  readonly columns: readonly number[];
  decode(rows: readonly TableRow[], localAsn: number | null): DecodedSessions;
}

export const sessionTables: readonly SessionTable[] = [
  { name: 'bgpPeerTable', entry: bgpPeerEntry, columns: bgpPeerColumns, decode: decodeBgpPeers },
];

export interface WalkLimits {
  readonly maxRepetitions: number;
  readonly maxRows: number;
}

/** All sessions of the first table that has rows. Rejects with SnmpError. */
export async function readSessions(
  session: SnmpSession,
  device: string,
  system: SystemAnswer,
  limits: WalkLimits,
  now: () => number,
): Promise<Reading<readonly Session[]>> {
  for (const table of sessionTables) {
    const cells = new TableRows();
    for (const column of table.columns) {
      const end = await session.walkColumn([...table.entry, column], limits, (index, value) =>
        cells.add(column, index, value),
      );
      if (!end.whole) return failure(now(), 'protocol', `${table.name}, column ${column}: ${end.reason}`);
    }
    const rows = cells.rows();
    if (rows.length === 0) continue;
    const { sessions } = table.decode(rows, system.localAsn);
    return success(
      now(),
      sessions.map((decoded) => ({ device, ...decoded })),
    );
  }
  if (system.bgp) return success(now(), []);
  return failure(
    now(),
    'not-found',
    'the agent has no BGP objects (BGP4-MIB, 1.3.6.1.2.1.15): allow them in its view; where a routing daemon serves ' +
      'them by AgentX (FRR), it is not connected, which also takes about 15 s after a restart of snmpd',
  );
}
