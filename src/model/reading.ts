// What came of asking a source: a value with the time it was read, or why nothing could be read, with the last good
// value beside it. "Could not look" stays apart from "is not there": nothing turns a failed reading into an empty one.

export type ReadingErrorKind =
  | 'pending' // not asked yet
  | 'timeout'
  | 'refused' // no connection: nobody listens there
  | 'unreachable' // what stands between us and the device (API server, SSH) lets nobody through
  | 'auth'
  | 'host-key'
  | 'permission'
  | 'not-found' // socket, object or table absent
  | 'protocol' // answered, but not as the protocol says
  | 'parse' // answered something we cannot read
  | 'unsupported' // this source cannot show it
  | 'internal'; // a fault of ours

export interface ReadingError {
  readonly kind: ReadingErrorKind;
  /** A sentence for a person: what was asked, what came back, what to do. Never a secret. */
  readonly message: string;
}

/** Times are milliseconds since the epoch, by the exporter's clock. */
export type Reading<T> =
  | { readonly ok: true; readonly at: number; readonly value: T }
  | {
      readonly ok: false;
      readonly at: number;
      readonly error: ReadingError;
      readonly last?: { readonly at: number; readonly value: T };
    };

/** A reading that succeeded at `at`. */
export function success<T>(at: number, value: T): Reading<T> {
  return { ok: true, at, value };
}

/** A reading that failed at `at`. */
export function failure<T>(at: number, kind: ReadingErrorKind, message: string): Reading<T> {
  return { ok: false, at, error: { kind, message } };
}

/** The newer reading; when it failed, with the last good value of the older one kept beside it. */
export function keepLast<T>(older: Reading<T> | undefined, newer: Reading<T>): Reading<T> {
  if (newer.ok || newer.last || !older) return newer;
  const last = older.ok ? { at: older.at, value: older.value } : older.last;
  return last ? { ...newer, last } : newer;
}

/** The value and its time: the reading's own or the last good one; undefined when there never was one. */
export function lastGood<T>(reading: Reading<T>): { readonly at: number; readonly value: T } | undefined {
  return reading.ok ? reading : reading.last;
}
