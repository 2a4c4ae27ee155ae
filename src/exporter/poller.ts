// One source's loop: ask, put the answer where it belongs, wait, ask again. Each source has its own interval, deadline
// and back-off, so that a slow or dead device delays nobody; a collector that ignores its deadline is cut off.
import type { Collected, Collector, CollectQuery } from '../model/collector.ts';
import { failure } from '../model/reading.ts';

export interface Source {
  readonly collector: Collector;
  readonly intervalMs: number;
  /** Deadline of one collection, in milliseconds. */
  readonly timeoutMs: number;
}

type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export interface PollerOptions {
  readonly source: Source;
  readonly query: () => CollectQuery;
  readonly now: () => number;
  /** Runs the work when a slot is free: bounds how many devices are asked at once. */
  readonly limit: Limit;
  /** The same for devices that keep failing: few slots, so that the dead do not keep the living waiting. */
  readonly limitFailing: Limit;
  readonly onCollected: (collector: Collector, collected: Collected, durationSeconds: number) => void;
}

/** How long after its deadline a collector may still hand over its readings. */
const graceMs = 500;

/** Waits grow to this many intervals while a device keeps failing, and no further: healing must show soon. */
const mostBackOff = 4;

/** The collector with one reading at a time: who asks while it reads gets that reading. */
export function oneAtATime(collector: Collector): Collector {
  let running: Promise<Collected> | undefined;
  return {
    device: collector.device,
    source: collector.source,
    collect(query, signal) {
      running ??= collector.collect(query, signal).finally(() => {
        running = undefined;
      });
      return running;
    },
    close: () => collector.close(),
  };
}

function cutOff(now: number, timeoutMs: number): Collected {
  const reason = `no answer within ${timeoutMs / 1000} s`;
  return { sessions: failure(now, 'timeout', reason), routes: failure(now, 'timeout', reason) };
}

/** Collects once within the source's deadline; never rejects and never takes much longer than that. */
export async function collectOnce(
  source: Source,
  query: CollectQuery,
  now: () => number,
): Promise<Collected> {
  const { collector, timeoutMs } = source;
  const deadline = AbortSignal.timeout(timeoutMs);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Collected>((resolve) => {
    timer = setTimeout(() => resolve(cutOff(now(), timeoutMs)), timeoutMs + graceMs);
  });
  try {
    return await Promise.race([collector.collect(query, deadline), late]);
  } catch (error) {
    // A collector's promise is not to throw: this is a fault of ours, and a reading that says so.
    const message = `internal error in the ${collector.source} collector: ${String(error)}`;
    return { sessions: failure(now(), 'internal', message), routes: failure(now(), 'internal', message) };
  } finally {
    clearTimeout(timer);
  }
}

/** Waiting time before the next collection after so many failures in a row, in milliseconds. */
export function backOff(intervalMs: number, failures: number): number {
  return intervalMs * Math.min(2 ** Math.max(0, failures - 2), mostBackOff);
}

export interface Poller {
  /**
   * Asks again before its time: after `delayMs`, and when the last collection is long enough ago. Not where the next one comes earlier
   * than that, nor of devices that keep failing.
   */
  soon(delayMs: number): void;
  stop(): void;
}

/** Least time from the end of a collection to one that is asked for, in milliseconds. */
export function soonestMs(intervalMs: number, lastTookMs: number): number {
  return Math.max(intervalMs / 8, Math.min(250, intervalMs / 2), lastTookMs);
}

/** Runs one source until stopped. */
export function startPoller(options: PollerOptions): Poller {
  const { source, query, now, limit, limitFailing, onCollected } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  /** By the monotonic clock: when the next collection is due, and the soonest that it may be; undefined while one runs. */
  let waiting: { readonly dueAt: number; readonly soonestAt: number; readonly extraAt: number } | undefined;

  const round = async (isExtra: boolean): Promise<void> => {
    const due = waiting?.dueAt;
    waiting = undefined;
    let tookMs = 0;
    // By the monotonic clock: a step of the wall clock must not stop polling.
    const began = performance.now();
    await (failures > 2 ? limitFailing : limit)(async () => {
      if (stopped) return;
      const start = performance.now();
      const collected = await collectOnce(source, query(), now);
      if (stopped) return;
      const failed = !collected.sessions.ok && !collected.routes.ok;
      // One that was asked for comes soon after another: it tells nothing of how long a device has been dead.
      if (!failed || !isExtra) failures = failed ? failures + 1 : 0;
      tookMs = performance.now() - start;
      onCollected(source.collector, collected, tookMs / 1000);
    });
    if (stopped) return;
    const ended = performance.now();
    const next = isExtra && due !== undefined ? due : began + backOff(source.intervalMs, failures);
    const dueAt = Math.max(ended, next);
    waiting = {
      dueAt,
      soonestAt: ended + soonestMs(source.intervalMs, tookMs),
      extraAt: Number.POSITIVE_INFINITY,
    };
    timer = setTimeout(() => void round(false), dueAt - ended);
  };

  void round(false);
  return {
    soon(delayMs) {
      if (stopped || !waiting || failures > 2) return;
      const now = performance.now();
      const extraAt = Math.max(waiting.soonestAt, now + delayMs);
      if (extraAt >= Math.min(waiting.dueAt, waiting.extraAt)) return;
      waiting = { ...waiting, extraAt };
      clearTimeout(timer);
      timer = setTimeout(() => void round(true), extraAt - now);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      source.collector.close();
    },
  };
}
