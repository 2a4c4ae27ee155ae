// Devices are read one after the other while routes move: a next hop that was right when the switch was read looks wrong
// beside a node that was read later. What is new waits until the switch was asked again.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { failure, keepLast, type Reading } from '../../src/model/reading.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, input, now, route, success, view } from './fabric.ts';
import { at, missing, refused, rejected, run } from './moments.ts';

/** leaf01 sends node1's block to node2, which does not have it. */
function astray(
  leafAt: number,
  nodesAt: number,
  tookSeconds = 0,
  cacheSeconds = 0,
): Record<string, DeviceSnapshot> {
  const { leaf01, node1, node2, spine01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const rows = ['10.1.0.0/26', '10.1.0.64/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.2'));
  const wrong = device(
    'leaf01',
    leaf01.sessions,
    [{ ...view('installed', rows), cacheSeconds }],
    leaf01.device.addresses,
  );
  const stats = {
    source: 'test',
    durationSeconds: tookSeconds,
    lastSuccessAt: leafAt,
    successes: 1,
    failures: 0,
  };
  return {
    spine01: at(spine01, leafAt),
    leaf01: { ...at(wrong, leafAt), collection: [stats] },
    node1: at(node1, nodesAt),
    node2: at(node2, nodesAt),
  };
}

const said = (findings: ReturnType<typeof audit>['findings']) =>
  findings
    .filter(({ check }) => check === 'route-next-hop')
    .map(({ device, subject }) => `${device} ${subject}`);

const finding = ['leaf01 10.1.0.0/26'];

describe('a next hop of a switch', () => {
  it('waits also where it was read after the nodes: what they withdrew a moment ago may still be there', () => {
    const first = run(astray(now, now - 1500), now);
    expect([said(first.findings), said(first.pending)]).toEqual([[], finding]);
    expect([...(first.again ?? [])].sort()).toEqual([
      ['leaf01', now + 1000],
      ['node1', now + 1000],
      ['node2', now + 1000],
    ]);
    expect(first.pending.find(({ check }) => check === 'route-next-hop')?.excuse).toMatch(/asked once more/);
    // Asked again before that time, they tell nothing new.
    const second = run(astray(now + 900, now + 800), now + 900, first);
    expect([said(second.findings), said(second.pending)]).toEqual([[], finding]);
    const third = run(astray(now + 1100, now + 1000), now + 1200, second);
    expect([said(third.findings), said(third.pending)]).toEqual([finding, []]);
  });

  it('of an agent that answers from a copy waits by the age of the copy longer', () => {
    const copied = (leafAt: number, nodesAt: number) => astray(leafAt, nodesAt, 0, 5);
    const first = run(copied(now, now - 100), now);
    expect(first.again?.get('leaf01')).toBe(now + 6000);
    const second = run(copied(now + 5900, now + 6000), now + 6000, first);
    expect([said(second.findings), said(second.pending)]).toEqual([[], finding]);
    const third = run(copied(now + 6000, now + 6000), now + 6100, second);
    expect([said(third.findings), said(third.pending)]).toEqual([finding, []]);
  });

  it('is judged at once where nobody reads again', () => {
    expect(said(audit({ ...input(astray(now, now - 100)), now }).findings)).toEqual(finding);
  });

  it('that was read before a node waits, and stands when the switch was asked again', () => {
    const first = run(astray(now, now + 500), now + 600);
    expect([said(first.findings), said(first.pending)]).toEqual([[], finding]);
    // The nodes alone were asked again.
    const second = run(astray(now, now + 2500), now + 2600, first);
    expect([said(second.findings), said(second.pending)]).toEqual([[], finding]);
    const third = run(astray(now + 2700, now + 2800), now + 2900, second);
    expect([said(third.findings), said(third.pending)]).toEqual([finding, []]);
  });

  it('counts as read when the collection began', () => {
    const first = run(astray(now, now + 500), now + 600);
    const second = run(astray(now + 2700, now + 2800, 2.5), now + 2900, first);
    expect([said(second.findings), said(second.pending)]).toEqual([[], finding]);
    const third = run(astray(now + 2700, now + 2800, 1), now + 2900, second);
    expect([said(third.findings), said(third.pending)]).toEqual([finding, []]);
  });
});

describe('a policy that is blamed by what two devices show', () => {
  const first = run(refused(now, now - 900), now + 100);

  it('waits, and has both asked again', () => {
    expect([missing(first.findings), missing(first.pending)]).toEqual([[], rejected]);
    expect([...(first.again ?? [])].sort()).toEqual([
      ['leaf01', now + 1100],
      ['node1', now + 1100],
    ]);
    expect(first.pending.find(({ check }) => check === 'route-missing')?.excuse).toMatch(/asked once more/);
  });

  it('waits on while only one of them was', () => {
    const second = run(refused(now, now + 1500), now + 1600, first);
    expect([missing(second.findings), missing(second.pending)]).toEqual([[], rejected]);
    expect([...(second.again?.keys() ?? [])]).toEqual(['leaf01']);
  });

  it('is said when both were, and stands', () => {
    // Within a second a change may still be on its way.
    const early = run(refused(now + 400, now + 500), now + 600, first);
    expect([missing(early.findings), missing(early.pending)]).toEqual([[], rejected]);
    const second = run(refused(now + 1400, now + 1500), now + 1600, early);
    expect([missing(second.findings), missing(second.pending)]).toEqual([rejected, []]);
    const third = run(refused(now + 1400, now + 1500), now + 1700, second);
    expect(missing(third.findings)).toEqual(rejected);
  });

  it('waits longer for a session that has just come up', () => {
    const young = (leafAt: number, node1At: number) => {
      const fabric = refused(leafAt, node1At);
      const leaf01 = fabric.leaf01;
      if (!leaf01?.sessions.ok) throw new Error('no leaf');
      const sessions = leaf01.sessions.value.map((each) => ({
        ...each,
        establishedSeconds: (leafAt - now) / 1000 + 1,
      }));
      return { ...fabric, leaf01: { ...leaf01, sessions: success(leafAt, sessions) } };
    };
    const early = run(young(now, now - 900), now + 100);
    const second = run(young(now + 1500, now + 1600), now + 1700, early);
    expect([missing(second.findings), missing(second.pending)]).toEqual([[], rejected]);
    const third = run(young(now + 2500, now + 2600), now + 2700, second);
    expect(missing(third.findings)).toEqual(rejected);
  });

  it('is said after half a minute, whatever comes', () => {
    const second = run(refused(now, now - 900), now + 30_100, first);
    expect(missing(second.findings)).toEqual(rejected);
  });

  it('waits no longer where the clock was set back meanwhile', () => {
    const hour = 3_600_000;
    const before = run(refused(now, now - 900), now + 100);
    const second = run(refused(now - hour, now - hour), now - hour + 100, before);
    expect(second.pending.find(({ check }) => check === 'route-missing')).toMatchObject({
      pendingSince: now - hour + 100,
      until: now - hour + 30_100,
    });
    const third = run(refused(now - hour + 1400, now - hour + 1500), now - hour + 1600, second);
    expect(missing(third.findings)).toEqual(rejected);
  });

  it('is said at once where nobody reads again', () => {
    const once = audit({ ...input(refused(now, now - 900)), now: now + 100 });
    expect(missing(once.findings)).toEqual(rejected);
  });
});

describe('a default route beside a block that has not arrived', () => {
  /** leaf01 has node1's block; spine01 lacks it and has a default route, read at these times. */
  function defaultOnly(spineAt: number, leafAt: number): Record<string, DeviceSnapshot> {
    const { leaf01, node1, node2, spine01 } = healthy();
    const rows = ['0.0.0.0/0', '10.1.0.64/26', '10.96.0.0/16'].map((prefix) => route(prefix, '198.51.100.2'));
    const lacking = device(
      'spine01',
      spine01?.sessions.ok ? spine01.sessions.value : [],
      [view('installed', rows)],
      ['198.51.100.1'],
    );
    return {
      spine01: at(lacking, spineAt),
      leaf01: at(leaf01, leafAt),
      node1: at(node1, leafAt),
      node2: at(node2, leafAt),
    };
  }
  const only = ['spine01 10.1.0.0/26 default-only'];

  it('is said when both devices were asked again: the leaf may have lost it meanwhile', () => {
    const first = run(defaultOnly(now, now - 900), now + 100);
    expect([missing(first.findings), missing(first.pending)]).toEqual([[], only]);
    expect([...(first.again?.keys() ?? [])].sort()).toEqual(['leaf01', 'spine01']);
    const second = run(defaultOnly(now + 1400, now + 1500), now + 1600, first);
    expect([missing(second.findings), missing(second.pending)]).toEqual([only, []]);
    expect(second.findings[0]).not.toHaveProperty('grounds');
  });
});

describe('a block that BIRD does not have', () => {
  /** node1 has given its block up, and the objects of that moment still have it. */
  function withdrawn(objectsAt: number, leafAt: number) {
    const fabric = refused(leafAt, now);
    const rows = [route('10.96.0.0/16', undefined, { discard: true, protocol: 'static' })];
    const sent = view(
      'exported',
      rows.map((row) => ({ ...row, discard: false })),
      { peer: '192.0.2.254' },
    );
    const node1 = device('node1', healthy().node1?.sessions ?? [], [view('local', rows), sent]);
    const given = input({ ...fabric, node1 });
    if (!given.expected.ok) throw new Error('no objects');
    return { ...given, expected: success(objectsAt, given.expected.value), isWatching: true };
  }
  const lost = ['leaf01 10.1.0.0/26 not-configured-on-node'];

  it('waits until the objects were read again', () => {
    const first = audit({ ...withdrawn(now, now), now: now + 100 });
    expect([missing(first.findings), missing(first.pending)]).toEqual([[], lost]);
    const second = audit({ ...withdrawn(now + 1200, now + 1200), now: now + 1300 }, first);
    expect(missing(second.findings)).toEqual(lost);
  });

  it('waits for watched objects, of which nothing comes, one and a half seconds', () => {
    const first = audit({ ...withdrawn(now, now), now: now + 100 });
    const second = audit({ ...withdrawn(now, now + 1400), now: now + 1500 }, first);
    expect(missing(second.findings)).toEqual([]);
    const third = audit({ ...withdrawn(now, now + 1400), now: now + 1700 }, second);
    expect(missing(third.findings)).toEqual(lost);
  });
});

describe('a BIRD that is away while the leaf keeps its routes', () => {
  /** node1 was asked at `askedAt` and its socket was gone; leaf01 has no session with it and all its routes. */
  function away(askedAt: number): Record<string, DeviceSnapshot> {
    const { leaf01, node1, node2, spine01 } = healthy();
    if (!leaf01?.sessions.ok || !leaf01.routes.ok || !node1) throw new Error('no leaf');
    const sessions = leaf01.sessions.value.map((each) =>
      each.peerAddress === '192.0.2.1' ? { ...each, state: 'idle' as const } : each,
    );
    const gone = <T>(reading: Reading<T>) =>
      keepLast(reading, failure<T>(askedAt, 'refused', 'connection refused'));
    return {
      spine01: at(spine01, now),
      leaf01: device('leaf01', sessions, leaf01.routes, leaf01.device.addresses),
      node1: { ...node1, sessions: gone(node1.sessions), routes: gone(node1.routes) },
      node2: at(node2, now),
    };
  }
  const firing = (result: ReturnType<typeof audit>) => result.findings.map(({ cause }) => cause);

  it('has its time, though the source shows no graceful restart, and is asked again', () => {
    const first = run(away(now + 100), now + 200);
    expect(firing(first)).toEqual([]);
    expect(first.pending.map(({ cause }) => cause)).toContain('bird-down');
    // Its time is over, and nobody has looked whether it is back.
    const second = run(away(now + 100), now + 13_000, first);
    expect(firing(second)).toEqual([]);
    expect([...(second.again?.keys() ?? [])]).toEqual(['node1']);
  });

  it('has its time each time', () => {
    const first = run(away(now + 100), now + 200);
    const down = run(away(now + 12_000), now + 13_000, first);
    expect(firing(down)).toContain('bird-down');
    const { spine01, leaf01, node1, node2 } = healthy();
    const back = {
      spine01: at(spine01, now + 14_000),
      leaf01: at(leaf01, now + 14_000),
      node1: at(node1, now + 14_000),
      node2: at(node2, now + 14_000),
    };
    const whole = run(back, now + 14_100, down);
    expect(firing(whole)).toEqual([]);
    const again = run(away(now + 15_000), now + 15_100, whole);
    expect(firing(again)).toEqual([]);
    // It is one finding that has come twice, all the same.
    expect(again.pending.find(({ check }) => check === 'device-unreachable')).toMatchObject({
      since: now + 200,
      pendingSince: now + 15_100,
      times: 2,
    });
  });

  it('is down when it was asked again in vain', () => {
    const first = run(away(now + 100), now + 200);
    const second = run(away(now + 12_000), now + 13_000, first);
    expect(firing(second)).toContain('bird-down');
  });
});
