// Reads the BGP sessions of a device from the best table it serves: its platform's tables first, one GETNEXT each, and the
// one that answers is remembered for this device. Others are asked again when it stops answering, and now and then, since
// an upgrade may bring a better one. An agent without any table is a failed reading, never an empty list.
import { failure, type Reading, success } from '../../model/reading.ts';
import type { Session } from '../../model/session.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import { SnmpError } from '../../transport/snmp-error.ts';
import { startsWith } from '../../transport/snmp-value.ts';
import { bgpPeerTable } from './snmp-bgp.ts';
import { type DecodedSessions, unreadableNote } from './snmp-session-list.ts';
import { fillSessions, isIncomplete, mergeSessions } from './snmp-session-merge.ts';
import type { SessionTable, TablePart } from './snmp-session-table.ts';
import { tablesBeside, tablesFor } from './snmp-session-tables.ts';
import type { SystemAnswer } from './snmp-system.ts';
import { type TableRow, TableRows } from './snmp-tables.ts';

export interface WalkLimits {
  readonly maxRepetitions: number;
  readonly maxRows: number;
}

const chooseAgainMs = 3_600_000;

/** Any error but silence: an agent that refuses one table may well answer for another. */
function isRefusal(error: unknown): error is SnmpError {
  return error instanceof SnmpError && error.kind !== 'timeout' && error.kind !== 'auth';
}

async function readPart(
  session: SnmpSession,
  { entry, columns }: TablePart,
  limits: WalkLimits,
): Promise<readonly TableRow[]> {
  const cells = new TableRows();
  for (const column of columns) {
    const walk = (unordered: boolean) =>
      session.walkColumn([...entry, column], { ...limits, unordered }, (index, value) => {
        if (value.type !== 'absent') cells.add(column, index, value);
      });
    let end = await walk(false);
    // Agents that keep no order have all rows all the same.
    if (!end.whole && end.disorder) end = await walk(true);
    if (!end.whole && end.error) throw end.error;
    if (!end.whole) throw new SnmpError('protocol', `column ${column}: ${end.reason}`);
  }
  return cells.rows();
}

async function readTable(
  session: SnmpSession,
  table: SessionTable,
  localAsn: number | null,
  limits: WalkLimits,
): Promise<DecodedSessions> {
  const rows = new Map<TablePart, readonly TableRow[]>();
  try {
    rows.set(table.peers, await readPart(session, table.peers, limits));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new SnmpError(error.kind, `${table.name}, ${error.message}`);
  }
  if (rows.get(table.peers)?.length) {
    for (const part of table.details) {
      const found = await readPart(session, part, limits).catch((error: unknown) => {
        // Counts and names: a session is a session without them, and half of them would be wrong.
        if (isRefusal(error)) return [];
        throw error;
      });
      rows.set(part, found);
    }
  }
  return table.decode((part) => rows.get(part) ?? [], localAsn);
}

/** Reads the table, and where it holds anything the tables beside it. */
async function readWithBeside(
  session: SnmpSession,
  table: SessionTable,
  localAsn: number | null,
  limits: WalkLimits,
): Promise<DecodedSessions> {
  let decoded = await readTable(session, table, localAsn, limits);
  if (isEmpty(decoded)) return decoded;
  for (const other of tablesBeside(table)) {
    decoded = mergeSessions(decoded, await readTable(session, other, localAsn, limits));
  }
  // A table beside it may also add peers; BGP4-MIB, where it is none, only fills what this one leaves open.
  const isWhole =
    table === bgpPeerTable || table.beside.includes(bgpPeerTable.name) || !isIncomplete(decoded);
  if (isWhole) return decoded;
  return fillSessions(decoded, await readTable(session, bgpPeerTable, localAsn, limits));
}

const isEmpty = ({ sessions, unreadable }: DecodedSessions) => sessions.length + unreadable.length === 0;

async function serves(session: SnmpSession, { peers }: SessionTable): Promise<boolean> {
  const [answer] = await session.getNext([peers.entry]);
  return answer !== undefined && answer.value.type !== 'absent' && startsWith(answer.oid, peers.entry);
}

interface Choice {
  readonly table: SessionTable;
  readonly at: number;
}

export interface SessionReader {
  /** The table that the device serves, and that is asked first. */
  table(): SessionTable | undefined;
  /** All sessions of the best table that has rows. Rejects with SnmpError. */
  read(
    session: SnmpSession,
    device: string,
    system: SystemAnswer,
    limits: WalkLimits,
    now: () => number,
  ): Promise<Reading<readonly Session[]>>;
}

function readingOf(
  device: string,
  table: SessionTable,
  { sessions, unreadable }: DecodedSessions,
  now: () => number,
): Reading<readonly Session[]> {
  const note = unreadableNote(table.name, unreadable);
  // The session behind such a row would look missing.
  if (note !== undefined) return failure(now(), 'protocol', `${note}, so sessions may be missing`);
  return success(
    now(),
    sessions.map((decoded) => ({ device, ...decoded })),
  );
}

const nothingThere =
  'the agent has no BGP objects (BGP4-MIB, 1.3.6.1.2.1.15, or a table of its vendor): allow them in its view; where a ' +
  'routing daemon serves them by AgentX (FRR), it is not connected, which also takes about 15 s after a restart of snmpd';

/** A reader for one device; it remembers which table the device serves. */
export function sessionReader(): SessionReader {
  let choice: Choice | undefined;
  return {
    table: () => choice?.table,
    read: async (session, device, system, limits, now) => {
      const fresh = choice && now() - choice.at < chooseAgainMs ? choice.table : undefined;
      if (fresh) {
        const decoded = await readWithBeside(session, fresh, system.localAsn, limits);
        if (!isEmpty(decoded)) return readingOf(device, fresh, decoded, now);
        choice = undefined;
      }
      let refused: SnmpError | undefined;
      for (const table of tablesFor(system.objectId)) {
        if (table === fresh) continue;
        const served = await serves(session, table).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          refused ??= error;
          return false;
        });
        if (!served) continue;
        const decoded = await readWithBeside(session, table, system.localAsn, limits);
        if (isEmpty(decoded)) continue;
        choice = { table, at: now() };
        return readingOf(device, table, decoded, now);
      }
      if (refused) return failure(now(), refused.kind, refused.message);
      return system.bgp ? success(now(), []) : failure(now(), 'not-found', nothingThere);
    },
  };
}
