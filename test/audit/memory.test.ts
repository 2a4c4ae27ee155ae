// What an audit remembers must not hold the tables of the time before: what has ended is kept for an hour, and a fabric's tables are
// many megabytes.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { AuditResult } from '../../src/model/finding.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, now, view } from './fabric.ts';
import { at, run } from './moments.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** leaf01 has lost all its routes. */
function faulty(ms: number): Record<string, DeviceSnapshot> {
  const { leaf01, node1, node2, spine01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const empty = device('leaf01', leaf01.sessions, [view('installed', [])], leaf01.device.addresses);
  return { leaf01: at(empty, ms), node1: at(node1, ms), node2: at(node2, ms), spine01: at(spine01, ms) };
}

const sound = (ms: number) =>
  Object.fromEntries(Object.entries(healthy()).map(([name, snapshot]) => [name, at(snapshot, ms)]));

/** An outage that comes, stands, and ends; what its readings held, weakly. */
function outage(began: number, previous: AuditResult | undefined) {
  const held: WeakRef<object>[] = [];
  let result = previous;
  for (const fabric of [
    faulty(began),
    faulty(began + 40_000),
    faulty(began + 80_000),
    sound(began + 120_000),
  ]) {
    const { leaf01 } = fabric;
    const { routes } = leaf01 ?? {};
    if (!routes?.ok || !leaf01) throw new Error('no leaf');
    held.push(new WeakRef(routes.value), new WeakRef(leaf01));
    result = run(fabric, routes.at, result);
  }
  return { held, result };
}

it('lets go of the tables in which a fault was seen when it has ended', async () => {
  let { held, result } = outage(now, undefined);
  expect(result?.resolved?.filter(({ finding }) => finding.check === 'route-missing').length).toBeGreaterThan(
    0,
  );
  // The last audit holds its own tables and those that it took over from; two more, and nobody needs the old ones.
  for (const seconds of [160, 200]) result = run(sound(now + seconds * 1000), now + seconds * 1000, result);
  // A turn of the event loop: WeakRefs hold what was made or looked at in this one.
  await sleep(0);
  collectGarbage();
  held = held.filter((each) => each.deref() !== undefined);
  expect(held).toEqual([]);
  expect(result?.resolved?.length).toBeGreaterThan(0);
});

it('lets go of old tables also where a fault stands that was seen in them', async () => {
  const before = faulty(now);
  const held = Object.values(before).map(({ routes }) => new WeakRef(routes.ok ? routes.value : []));
  let result = run(before, now);
  for (const name of Object.keys(before)) delete before[name];
  for (const seconds of [40, 80, 120])
    result = run(faulty(now + seconds * 1000), now + seconds * 1000, result);
  await sleep(0);
  collectGarbage();
  expect(held.filter((each) => each.deref() !== undefined)).toEqual([]);
  expect(result.findings.some(({ check }) => check === 'route-missing')).toBe(true);
  const [lost] = [...(result.devices.get('leaf01')?.verdicts ?? [])];
  expect(lost).toMatchObject({ verdict: 'missing' });
  expect(lost?.evidence).toEqual([]);
});
