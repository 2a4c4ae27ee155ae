// Walks one column of a table by GETBULK (RFC 3416 section 4.2.3) within bounds, so that the cost grows with the part that
// matters and not with the table. Stops at the first row beyond the bound, at the end of the column, at the row limit, and
// at an agent that goes round in circles: whether the answer is whole is part of the answer.
import { SnmpError } from './snmp-error.ts';
import { compareOids, type Oid, type SnmpValue, type SnmpVarbind, startsWith } from './snmp-value.ts';

export interface WalkOptions {
  /** Index to start behind; a partial index stands before every row that begins with it. Default: the first row. */
  readonly from?: Oid;
  /** Last index, may be partial: rows that begin with it are still given. Default: the end of the column. */
  readonly to?: Oid;
  /** Rows asked for in one request; halved where the agent says tooBig or the answer gets lost. */
  readonly maxRepetitions: number;
  readonly maxRows: number;
}

/** How a walk ended; `reason` is a sentence part that says why it is not whole. */
export type WalkEnd =
  | { readonly whole: true; readonly rows: number }
  | { readonly whole: false; readonly rows: number; readonly reason: string };

/** One GETBULK for one OID. Rejects with SnmpError. */
export type GetBulk = (oid: Oid, maxRepetitions: number) => Promise<readonly SnmpVarbind[]>;

// A lost answer may have been too large for the path (fragments dropped by a firewall): two smaller tries are worth it.
const smallerAfterTimeout = 2;

interface Place {
  cursor: Oid;
  rows: number;
}

/** Hands on the rows of one answer; gives the end of the walk when the answer holds it. */
function takeBatch(
  batch: readonly SnmpVarbind[],
  place: Place,
  column: Oid,
  { to, maxRows }: WalkOptions,
  onRow: (index: Oid, value: SnmpValue) => void,
): WalkEnd | undefined {
  for (const { oid, value } of batch) {
    const absent = value.type === 'absent';
    if (absent && value.reason === 'endOfMibView') return { whole: true, rows: place.rows };
    if (compareOids(oid, place.cursor) <= 0) return cut(place, disorder);
    place.cursor = oid;
    if (!startsWith(oid, column)) return { whole: true, rows: place.rows };
    const index = oid.slice(column.length);
    if (to && compareOids(index.slice(0, to.length), to) > 0) return { whole: true, rows: place.rows };
    // A row that went away while it was asked for: not a value, and not the end either.
    if (absent) continue;
    if (place.rows === maxRows) return cut(place, 'more than that are not read');
    place.rows++;
    onRow(index, value);
  }
  return batch.length === 0 ? cut(place, 'the agent sent an empty answer') : undefined;
}

const disorder = "the agent's OIDs do not increase";

function cut({ rows }: Place, reason: string): WalkEnd {
  return { whole: false, rows, reason: `the walk stopped after ${rows} rows: ${reason}` };
}

/** Calls `onRow` with the index arcs and the value of each row in order. Rejects with SnmpError. */
export async function walkColumn(
  getBulk: GetBulk,
  column: Oid,
  options: WalkOptions,
  onRow: (index: Oid, value: SnmpValue) => void,
): Promise<WalkEnd> {
  const place: Place = { cursor: [...column, ...(options.from ?? [])], rows: 0 };
  let repetitions = Math.max(1, options.maxRepetitions);
  let timeouts = 0;
  for (;;) {
    try {
      const end = takeBatch(await getBulk(place.cursor, repetitions), place, column, options, onRow);
      if (end) return end;
    } catch (error) {
      if (!(error instanceof SnmpError)) throw error;
      if (error.status === 'disorder') return cut(place, disorder);
      const lost = error.kind === 'timeout' && place.rows > 0 && timeouts++ < smallerAfterTimeout;
      if (repetitions === 1 || (error.status !== 'tooBig' && !lost)) throw error;
      repetitions = Math.floor(repetitions / 2);
    }
  }
}
