// One deadline for a piece of work: the caller's AbortSignal or a time limit, whichever comes first, told apart in the
// error so that the reader knows whose limit it was. A promise that loses against it is left to end by itself.
import { SshError } from './ssh-errors.ts';

export interface Deadline {
  /** Aborts when the time is over or the caller gives up. */
  readonly signal: AbortSignal;
  /** The error that says so. */
  error(): SshError;
  /** Rejects with that error at the deadline, else settles as `work` does. */
  race<T>(work: Promise<T>): Promise<T>;
}

/** A deadline `timeoutMs` from now, or earlier when `signal` aborts; `doing` completes "gave up …". */
export function deadline(signal: AbortSignal, timeoutMs: number, doing: string): Deadline {
  const timer = AbortSignal.timeout(timeoutMs);
  const both = AbortSignal.any([signal, timer]);
  const error = () =>
    new SshError(
      'timeout',
      timer.aborted
        ? `gave up ${doing} after ${timeoutMs / 1000} s`
        : `gave up ${doing}: the time for the whole collection is over`,
    );
  const race = <T>(work: Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const stop = () => reject(error());
      if (both.aborted) stop();
      else both.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => both.removeEventListener('abort', stop));
    });
  return { signal: both, error, race };
}
