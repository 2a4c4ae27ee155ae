// Walks one column of a table by GETBULK (RFC 3416 section 4.2.3) within bounds, so that the cost grows with the part that
// matters and not with the table. Stops at the first row beyond the bound, at the end of the column, at the row limit, and
// at an agent that goes round in circles: whether the answer is whole is part of the answer. Requests begin modest, grow
// with good answers and are halved where the agent says tooBig or an answer gets lost.
import { SnmpError } from './snmp-error.ts';
import {
  compareOids,
  formatOid,
  type Oid,
  type SnmpValue,
  type SnmpVarbind,
  startsWith,
} from './snmp-value.ts';

export interface WalkOptions {
  /** Index to start behind; a partial index stands before every row that begins with it. Default: the first row. */
  readonly from?: Oid;
  /** Last index, may be partial: rows that begin with it are still given. Default: the end of the column. */
  readonly to?: Oid;
  /** Most rows asked for in one request. */
  readonly maxRepetitions: number;
  readonly maxRows: number;
  /** Asked after each row: true ends the walk there. */
  readonly enough?: () => boolean;
  /** Take rows in any order, each once: the whole column is walked, whatever the bounds, to its end or to the first row seen before. */
  readonly unordered?: boolean;
}

/**
 * How a walk ended; `reason` is a sentence part that says why it is not whole, `error` the error behind it where a request
 * failed, `enough` that its owner ended it, `disorder` that the agent's OIDs do not increase: an unordered walk may do better.
 */
export type WalkEnd =
  | { readonly whole: true; readonly rows: number }
  | {
      readonly whole: false;
      readonly rows: number;
      readonly reason: string;
      readonly error?: SnmpError;
      readonly enough?: true;
      readonly disorder?: true;
    };

/** One GETBULK for one OID. Rejects with SnmpError. */
export type GetBulk = (oid: Oid, maxRepetitions: number) => Promise<readonly SnmpVarbind[]>;

/** How much an agent can be asked for at once; what one walk learns holds for the next. */
export interface WalkPace {
  repetitions: number;
  ceiling: number;
}

const modest = 10;

/** The pace at which to begin with an agent. */
export function newPace(): WalkPace {
  return { repetitions: modest, ceiling: Number.POSITIVE_INFINITY };
}

// A lost answer may have been too large for the path (fragments dropped by a firewall): two smaller tries are worth it.
const smallerAfterTimeout = 2;

interface Place {
  cursor: Oid;
  rows: number;
  /** Rows met so far, of an unordered walk. */
  readonly seen?: Set<string>;
}

/** Why the walk cannot go on from the row, if so; takes note of where it stands. */
function step(oid: Oid, place: Place, column: Oid): WalkEnd | undefined {
  const { cursor, seen } = place;
  const key = seen ? formatOid(oid) : '';
  const backward = seen ? seen.has(key) || compareOids(oid, column) <= 0 : compareOids(oid, cursor) <= 0;
  if (backward) return { ...cut(place, disorder(oid, cursor)), disorder: true };
  seen?.add(key);
  place.cursor = oid;
  return undefined;
}

/** Hands on the rows of one answer; gives the end of the walk when the answer holds it. */
function takeBatch(
  batch: readonly SnmpVarbind[],
  place: Place,
  column: Oid,
  { to, maxRows, enough, unordered }: WalkOptions,
  onRow: (index: Oid, value: SnmpValue) => void,
): WalkEnd | undefined {
  for (const { oid, value } of batch) {
    const absent = value.type === 'absent';
    if (absent && value.reason === 'endOfMibView') return { whole: true, rows: place.rows };
    const end = step(oid, place, column);
    if (end) return end;
    if (!startsWith(oid, column))
      return strayed(batch, oid, place, column) ?? { whole: true, rows: place.rows };
    const index = oid.slice(column.length);
    if (to && !unordered && isBeyond(index, to)) return { whole: true, rows: place.rows };
    // A row that went away while it was asked for: not a value, and not the end either.
    if (absent) continue;
    if (place.rows === maxRows) return cut(place, 'more than that are not read');
    place.rows++;
    onRow(index, value);
    if (enough?.()) return { ...cut(place, 'the rest is not needed'), enough: true };
  }
  return batch.length === 0 ? cut(place, 'the agent sent an empty answer') : undefined;
}

/** What ends a column is behind all of it: a row of the column that comes after it shows an agent without order. */
function strayed(batch: readonly SnmpVarbind[], last: Oid, place: Place, column: Oid): WalkEnd | undefined {
  const rest = batch.slice(batch.findIndex(({ oid }) => oid === last) + 1);
  const stray = rest.find(({ oid }) => startsWith(oid, column));
  return stray && { ...cut(place, disorder(stray.oid, last)), disorder: true };
}

/** True when the index comes behind every one that begins with `to`. */
function isBeyond(index: Oid, to: Oid): boolean {
  for (let i = 0; i < to.length; i++) {
    const difference = (index[i] ?? -1) - (to[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function disorder(oid: Oid, cursor: Oid): string {
  return `the agent's OIDs do not increase (${formatOid(oid)} comes behind ${formatOid(cursor)})`;
}

function cut({ rows }: Place, reason: string) {
  return { whole: false, rows, reason: `the walk stopped after ${rows} rows: ${reason}` } as const;
}

/** Calls `onRow` with the index arcs and the value of each row in order. Rejects with SnmpError before the first row. */
export async function walkColumn(
  getBulk: GetBulk,
  column: Oid,
  options: WalkOptions,
  onRow: (index: Oid, value: SnmpValue) => void,
  pace: WalkPace = newPace(),
): Promise<WalkEnd> {
  const place: Place = options.unordered
    ? { cursor: column, rows: 0, seen: new Set() }
    : { cursor: [...column, ...(options.from ?? [])], rows: 0 };
  let timeouts = 0;
  for (;;) {
    const most = Math.min(options.maxRepetitions, pace.ceiling);
    const repetitions = Math.max(1, Math.min(pace.repetitions, most));
    try {
      const end = takeBatch(await getBulk(place.cursor, repetitions), place, column, options, onRow);
      if (end) return end;
      pace.repetitions = Math.min(repetitions * 2, Math.max(most, 1));
    } catch (error) {
      if (!(error instanceof SnmpError)) throw error;
      const lost = error.kind === 'timeout' && place.rows > 0 && timeouts++ < smallerAfterTimeout;
      if (repetitions === 1 || (error.status !== 'tooBig' && !lost)) {
        // What has been read is read: it is the owner's to say whether a part is of use.
        if (place.rows > 0 && error.kind !== 'auth') return { ...cut(place, error.message), error };
        throw error;
      }
      pace.ceiling = Math.floor(repetitions / 2);
    }
  }
}
