// The snapshot as readings come in: which source shows, what a failure keeps, how flaps are counted.
import { describe, expect, it } from 'vitest';
import { SnapshotStore } from '../../src/exporter/store.ts';
import type { Collected, Collector } from '../../src/model/collector.ts';
import { failure, success } from '../../src/model/reading.ts';
import type { BgpState, Session } from '../../src/model/session.ts';
import { flapKey } from '../../src/model/snapshot.ts';

const device = { name: 'leaf01', role: 'switch' as const, address: '192.0.2.1', addresses: [] };
const from = (source: string): Collector => ({
  device: 'leaf01',
  source,
  collect: async () => {
    throw new Error('not asked here');
  },
  close() {},
});
const session = (state: BgpState | null): Session => ({
  device: 'leaf01',
  peerAddress: '192.0.2.9',
  peerAsn: 65001,
  localAsn: 65002,
  state,
  afi: 'ipv4',
  vrf: 'default',
});
const read = (at: number, state: BgpState | null = 'established'): Collected => ({
  sessions: success(at, [session(state)]),
  routes: success(at, []),
});
const unread = (at: number): Collected => ({
  sessions: failure(at, 'timeout', 'slow'),
  routes: failure(at, 'timeout', 'slow'),
});
/** A store whose wall clock can be set while its steady clock goes on. */
function clocked() {
  const clocks = { wall: 1_000_000, steady: 0 };
  const kept = new SnapshotStore(
    [{ device, sources: ['ssh'] }],
    () => clocks.wall,
    () => clocks.steady,
  );
  const pass = (ms: number, step = 0) => {
    clocks.wall += ms + step;
    clocks.steady += ms;
  };
  return { clocks, kept, pass };
}

const store = (...sources: string[]) => new SnapshotStore([{ device, sources }], () => 1000);

describe('SnapshotStore', () => {
  it('starts with readings that say they are to come', () => {
    const [snapshot] = store('ssh').snapshots();
    expect(snapshot?.sessions).toMatchObject({ ok: false, error: { kind: 'pending' } });
  });

  it('shows the preferred source while it works, and the other when it does not', () => {
    const both = store('ssh', 'snmp');
    both.put(from('snmp'), read(1), 0.1);
    expect(both.snapshots()[0]?.source).toBe('snmp');
    both.put(from('ssh'), read(2), 0.1);
    expect(both.snapshots()[0]?.source).toBe('ssh');
    both.put(from('ssh'), unread(3), 0.1);
    expect(both.snapshots()[0]?.sessions).toMatchObject({ ok: true, at: 1 });
    both.put(from('snmp'), unread(4), 0.1);
    expect(both.snapshots()[0]?.sessions).toMatchObject({ ok: false, at: 3, last: { at: 2 } });
  });

  it('counts successes and failures apart, and remembers the last success', () => {
    const one = store('ssh');
    one.put(from('ssh'), read(1), 0.5);
    one.put(from('ssh'), unread(2), 2);
    expect(one.snapshots()[0]?.collection).toEqual([
      { source: 'ssh', durationSeconds: 2, lastSuccessAt: 1, successes: 1, failures: 1 },
    ]);
  });

  it('counts a session that falls, once, and not one that was never up or cannot be read', () => {
    const one = store('ssh');
    const flaps = () => one.snapshots()[0]?.flaps.get(flapKey(session('idle')));
    one.put(from('ssh'), read(1), 0);
    one.put(from('ssh'), read(2), 0);
    expect(flaps()).toBe(0);
    one.put(from('ssh'), read(3, 'active'), 0);
    one.put(from('ssh'), read(4, 'active'), 0);
    expect(flaps()).toBe(1);
    one.put(from('ssh'), read(5), 0);
    one.put(from('ssh'), unread(6), 0);
    one.put(from('ssh'), read(7, null), 0);
    expect(flaps()).toBe(1);
    // It fell while nobody could look.
    one.put(from('ssh'), read(8), 0);
    one.put(from('ssh'), unread(9), 0);
    one.put(from('ssh'), read(10, 'active'), 0);
    expect(flaps()).toBe(2);
  });

  it('drops readings of devices it does not know', () => {
    const one = store('ssh');
    one.put({ ...from('ssh'), device: 'leaf99' }, read(1), 0);
    expect(one.snapshots()).toHaveLength(1);
  });

  it('counts a fall once, however many sources see it', () => {
    const both = store('ssh', 'snmp');
    for (const source of ['ssh', 'snmp']) both.put(from(source), read(1), 0);
    for (const source of ['ssh', 'snmp']) both.put(from(source), read(2, 'active'), 0);
    expect(both.snapshots()[0]?.flaps.get(flapKey(session('idle')))).toBe(1);
  });

  it('does not take the idle family of a session for a fall', () => {
    const one = store('bird');
    const two: Collected = { ...read(1), sessions: success(1, [session('established'), session('idle')]) };
    for (let i = 0; i < 5; i++) one.put(from('bird'), two, 0);
    expect(one.snapshots()[0]?.flaps.get(flapKey(session('idle')))).toBe(0);
  });

  it('goes, when all sources fail, by the one that worked last', () => {
    const both = store('ssh', 'snmp');
    both.put(from('ssh'), read(1), 0);
    both.put(from('ssh'), unread(2), 0);
    both.put(from('snmp'), read(900), 0);
    both.put(from('snmp'), unread(915), 0);
    expect(both.snapshots()[0]?.sessions).toMatchObject({ ok: false, last: { at: 900 } });
  });
});

describe('errors of a session', () => {
  const complains = (at: number, lastError: string): Collected => ({
    sessions: success(at, [{ ...session('active'), lastError }]),
    routes: success(at, []),
  });
  const kept = (of: SnapshotStore) => {
    const [snapshot] = of.snapshots();
    return snapshot?.sessions.ok ? snapshot.sessions.value[0]?.keptError : undefined;
  };

  it('keep the most telling one, with its time, until the session is up', () => {
    const one = store('ssh');
    one.put(from('ssh'), complains(1, 'Socket: Connection refused'), 0);
    one.put(from('ssh'), complains(2, 'BGP Error: Bad peer AS'), 0);
    one.put(from('ssh'), complains(3, 'Socket: Connection reset by peer'), 0);
    one.put(from('ssh'), read(4, 'active'), 0);
    one.put(from('ssh'), unread(5), 0);
    one.put(from('ssh'), complains(6, 'BGP Error: Bad peer AS'), 0);
    expect(kept(one)).toEqual({ text: 'BGP Error: Bad peer AS', at: 2 });
    one.put(from('ssh'), read(7), 0);
    expect(kept(one)).toBeUndefined();
    one.put(from('ssh'), complains(8, 'Socket: Connection refused'), 0);
    expect(kept(one)).toEqual({ text: 'Socket: Connection refused', at: 8 });
  });

  it.each([
    ['Socket: Connection reset by peer', 'Socket: Connection refused'],
    ['Socket: No route to host', 'Received: Hold timer expired'],
    ['BGP Error: Hold timer expired', 'Received: Maximum number of prefixes reached'],
    ['Received: Connection collision resolution', 'Automatic shutdown: Route limit exceeded'],
    ['Socket: Connection closed', 'Error: Kernel MD5 auth failed'],
    ['Received: Cease', 'OPEN Message Error/Bad Peer AS.'],
    ['Socket: Connection closed', 'Received: Unknown error 6.7'],
  ])('%s tells less than %s, in any order', (less, more) => {
    for (const texts of [
      [less, more],
      [more, less],
    ]) {
      const one = store('ssh');
      for (const [i, text] of texts.entries()) one.put(from('ssh'), complains(i, text), 0);
      expect(kept(one)?.text).toBe(more);
    }
  });
});

describe('a step of the wall clock', () => {
  const hour = 3_600_000;
  const age = ({ clocks, kept }: ReturnType<typeof clocked>) => {
    const reading = kept.snapshots()[0]?.sessions;
    const at = reading?.ok ? reading.at : reading?.last?.at;
    return at === undefined ? undefined : clocks.wall - at;
  };

  it.each([hour, -hour])('of %d ms leaves a reading as old as it was', (step) => {
    const clock = clocked();
    clock.kept.put(from('ssh'), read(clock.clocks.wall), 0.1);
    clock.pass(5000, step);
    expect(age(clock)).toBe(5000);
    expect(clock.kept.snapshots()[0]?.collection[0]?.lastSuccessAt).toBe(clock.clocks.wall - 5000);
    // The same for what a failure keeps, and once only.
    clock.kept.put(from('ssh'), unread(clock.clocks.wall), 2);
    clock.pass(3000);
    expect(age(clock)).toBe(8000);
  });

  it('dates anew a reading that was made before it and comes after it', () => {
    const clock = clocked();
    const at = clock.clocks.wall;
    clock.pass(1000, hour);
    clock.kept.snapshots();
    clock.kept.put(from('ssh'), read(at), 1);
    expect(age(clock)).toBe(1000);
  });

  it('is none when the clock is slewed or the process slept', () => {
    const clock = clocked();
    clock.kept.put(from('ssh'), read(clock.clocks.wall), 0.1);
    for (let i = 0; i < 10; i++) {
      clock.pass(10_000, 500);
      clock.kept.snapshots();
    }
    expect(age(clock)).toBe(105_000);
  });
});
