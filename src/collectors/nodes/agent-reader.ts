// The node's side of the agent: one reading at a time of the node's BIRD, on its own interval or when an auditor asks,
// never more often than a least interval whoever asks how often. The last good reading stays beside a failed one, with its
// time. Knows no HTTP; the clock is passed in.
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { failure, keepLast } from '../../model/reading.ts';

export interface AgentReaderOptions {
  readonly collector: Collector;
  /** Between two readings when nobody asks. */
  readonly intervalMs: number;
  /** Between the starts of two readings, whoever asks. */
  readonly leastIntervalMs: number;
  /** Deadline of one reading. */
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onRead?: (collected: Collected, durationSeconds: number) => void;
}

export interface AgentReader {
  /** Reads with this question (or shares a reading that has just been made with it), then gives what is known. */
  read(query: CollectQuery): Promise<Collected>;
  start(): void;
  stop(): void;
}

/** Makes a reader; nothing is read before `start` or `read`. */
export function agentReader(options: AgentReaderOptions): AgentReader {
  const { collector, intervalMs, leastIntervalMs, timeoutMs, now, onRead } = options;
  let query: CollectQuery = { prefixes: [], ranges: [] };
  let latest: Collected = {
    sessions: failure(now(), 'pending', 'not asked yet'),
    routes: failure(now(), 'pending', 'not asked yet'),
  };
  let lastStart = Number.NEGATIVE_INFINITY;
  let lastKey = '';
  // Readings queue up behind each other, each of them bounded by its deadline.
  let tail: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let stopped = false;
  const end = new AbortController();

  async function readOnce(): Promise<void> {
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(timeoutMs)]);
    const began = performance.now();
    lastStart = began;
    const collected = await collector.collect(query, signal);
    latest = {
      sessions: keepLast(latest.sessions, collected.sessions),
      routes: keepLast(latest.routes, collected.routes),
      // Facts of a daemon that does not answer are those it had.
      ...((collected.facts ?? latest.facts) ? { facts: collected.facts ?? latest.facts ?? {} } : {}),
    };
    onRead?.(latest, (performance.now() - began) / 1000);
  }

  function arm(): void {
    clearTimeout(timer);
    if (running && !stopped) timer = setTimeout(() => void enqueue(query), intervalMs);
  }

  function enqueue(asked: CollectQuery): Promise<void> {
    const key = JSON.stringify(asked);
    const work = async () => {
      const wait = lastStart + leastIntervalMs - performance.now();
      if (stopped || (wait > 0 && key === lastKey)) return;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (stopped) return;
      query = asked;
      lastKey = key;
      await readOnce();
      arm();
    };
    tail = tail.then(work);
    return tail;
  }

  return {
    async read(asked) {
      await enqueue(asked);
      return latest;
    },
    start() {
      running = true;
      void enqueue(query);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      end.abort();
      collector.close();
    },
  };
}
