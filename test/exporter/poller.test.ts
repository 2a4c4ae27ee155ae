// One source's loop with collectors that behave badly: slow, deaf to their deadline, throwing. The clock is real; the
// deadlines are short.
import { describe, expect, it } from 'vitest';
import { backOff, collectOnce, soonestMs, startPoller } from '../../src/exporter/poller.ts';
import type { Collected, Collector } from '../../src/model/collector.ts';
import { failure, success } from '../../src/model/reading.ts';

const good: Collected = { sessions: success(1, []), routes: success(1, []) };
const bad: Collected = { sessions: failure(1, 'timeout', 'slow'), routes: failure(1, 'timeout', 'slow') };
const query = { prefixes: [], ranges: [] };

const collector = (collect: Collector['collect']): Collector => ({
  device: 'leaf01',
  source: 'test',
  collect,
  close() {},
});
const source = (collect: Collector['collect'], timeoutMs = 100) => ({
  collector: collector(collect),
  intervalMs: 20,
  timeoutMs,
});

describe('collectOnce', () => {
  it('hands over what the collector read', async () => {
    expect(
      await collectOnce(
        source(async () => good),
        query,
        Date.now,
      ),
    ).toBe(good);
  });

  it('cuts off a collector that ignores its deadline, and says how long it waited', async () => {
    const began = performance.now();
    const collected = await collectOnce(
      source(() => new Promise(() => {})),
      query,
      () => 42,
    );
    expect(performance.now() - began).toBeLessThan(3000);
    expect(collected.sessions).toEqual(failure(42, 'timeout', 'no answer within 0.1 s'));
    expect(collected.routes.ok).toBe(false);
  });

  it('tells the collector when its time is up', async () => {
    const collected = await collectOnce(
      source((_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(bad)))),
      query,
      Date.now,
    );
    expect(collected).toBe(bad);
  });

  it('makes readings of an exception, not a crash', async () => {
    const collected = await collectOnce(
      source(async () => {
        throw new TypeError('oops');
      }),
      query,
      () => 42,
    );
    expect(collected.sessions).toEqual(
      failure(42, 'internal', 'internal error in the test collector: TypeError: oops'),
    );
  });
});

describe('backOff', () => {
  it.each([
    [0, 15_000],
    [1, 15_000],
    [2, 15_000],
    [3, 30_000],
    [4, 60_000],
    [50, 60_000],
  ])('waits, after %d failures, %d ms', (failures, wait) => expect(backOff(15_000, failures)).toBe(wait));
});

describe('soonestMs', () => {
  it('leaves a device an eighth of its interval', () => expect(soonestMs(30_000, 100)).toBe(3750));
  it('leaves it as long as the last collection took', () => expect(soonestMs(30_000, 9000)).toBe(9000));
  it('is a quarter of a second at least', () => expect(soonestMs(1000, 10)).toBe(250));
});

describe('startPoller', () => {
  /** A poller of a long interval, and when it asked, in milliseconds from now. */
  function seldom(collected: Collected) {
    const began = performance.now();
    const asked: number[] = [];
    const poller = startPoller({
      source: { ...source(async () => collected), intervalMs: 1000 },
      query: () => query,
      now: Date.now,
      limit: (work) => work(),
      limitFailing: (work) => work(),
      onCollected: () => void asked.push(performance.now() - began),
    });
    return { poller, asked };
  }

  it('asks before its time when it is told to, once, and not at once', async () => {
    const { poller, asked } = seldom(good);
    await new Promise((wake) => setTimeout(wake, 20));
    poller.soon(900);
    for (let i = 0; i < 5; i++) poller.soon(0);
    await new Promise((wake) => setTimeout(wake, 600));
    poller.stop();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBeGreaterThan(240);
    poller.soon(0);
    await new Promise((wake) => setTimeout(wake, 400));
    expect(asked).toHaveLength(2);
  });

  it('asks no earlier than it is told to, and leaves it to the next regular time where that comes first', async () => {
    const { poller, asked } = seldom(good);
    await new Promise((wake) => setTimeout(wake, 20));
    poller.soon(500);
    await new Promise((wake) => setTimeout(wake, 600));
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBeGreaterThan(490);
    poller.soon(5000);
    await new Promise((wake) => setTimeout(wake, 600));
    poller.stop();
    expect(asked).toHaveLength(3);
    expect(asked[2]).toBeGreaterThan(950);
  });

  it('asks again and again, one at a time, until stopped', async () => {
    let running = 0;
    let rounds = 0;
    const done = new Promise<void>((resolve) => {
      const poller = startPoller({
        source: source(async () => {
          expect(++running).toBe(1);
          await new Promise((wake) => setTimeout(wake, 5));
          running--;
          return good;
        }),
        query: () => query,
        now: Date.now,
        limit: (work) => work(),
        limitFailing: (work) => work(),
        onCollected: () => {
          if (++rounds < 3) return;
          poller.stop();
          resolve();
        },
      });
    });
    await done;
    await new Promise((wake) => setTimeout(wake, 100));
    expect(rounds).toBe(3);
  });

  it('goes on when the clock is set back', async () => {
    let clock = Date.now();
    let rounds = 0;
    const done = new Promise<void>((resolve) => {
      const poller = startPoller({
        source: source(async () => good),
        query: () => query,
        now: () => clock,
        limit: (work) => work(),
        limitFailing: (work) => work(),
        onCollected: () => {
          clock -= 3_600_000;
          if (++rounds < 4) return;
          poller.stop();
          resolve();
        },
      });
    });
    await done;
    expect(rounds).toBe(4);
  });

  it('takes a device that keeps failing out of the way of the others', async () => {
    const slots: string[] = [];
    await new Promise<void>((resolve) => {
      const poller = startPoller({
        source: source(async () => bad),
        query: () => query,
        now: Date.now,
        limit: (work) => {
          slots.push('all');
          return work();
        },
        limitFailing: (work) => {
          slots.push('failing');
          return work();
        },
        onCollected: () => {
          if (slots.length < 5) return;
          poller.stop();
          resolve();
        },
      });
    });
    expect(slots).toEqual(['all', 'all', 'all', 'failing', 'failing']);
  });
});
