// A fault that ends: one device shows it before the other, and what the two show together looks like another cause. What
// stands keeps its words until both were asked again.
import { describe, expect, it } from 'vitest';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, now, route, view } from './fabric.ts';
import { at, missing, refused, rejected, run } from './moments.ts';

describe('a route that comes back', () => {
  /** leaf01 lacks node1's block or has it, spine01 lacks it; read at these times. */
  function behind(leafHas: boolean, leafAt: number, spineAt: number): Record<string, DeviceSnapshot> {
    const fabric = refused(leafAt, leafAt);
    const { spine01, leaf01 } = healthy();
    const rows = ['10.1.0.64/26', '10.96.0.0/16'].map((prefix) => route(prefix, '198.51.100.2'));
    const sessions = spine01?.sessions.ok ? spine01.sessions.value : [];
    const lacking = device('spine01', sessions, [view('installed', rows)], ['198.51.100.1']);
    return {
      ...fabric,
      spine01: at(lacking, spineAt),
      ...(leafHas && { leaf01: at(leaf01, leafAt) }),
    };
  }
  const lost = [...rejected, 'spine01 10.1.0.0/26 rejected-by-switch-policy'];
  const before = run(behind(false, now, now), now + 100);
  const standing = run(behind(false, now + 1500, now + 1500), now + 1600, before);
  /** leaf01 has it again; spine01 was read a moment before. */
  const first = run(behind(true, now + 4500, now + 4400), now + 4600, standing);

  it('is missing for the cause that it was missing for until both devices were asked again', () => {
    expect(missing(standing.findings)).toEqual(lost);
    expect([missing(first.findings), missing(first.pending)]).toEqual([lost.slice(1), []]);
    expect(first.findings[0]?.incident).toBe(standing.findings[0]?.incident);
    expect([...(first.again ?? [])].sort()).toEqual([
      ['leaf01', now + 5600],
      ['spine01', now + 5600],
    ]);
  });

  it('is no finding when it has come', () => {
    const whole = { ...behind(true, now + 5700, 0), spine01: at(healthy().spine01, now + 5700) };
    expect(missing(run(whole, now + 5800, first).findings)).toEqual([]);
  });

  it('has another cause when it does not come', () => {
    const waiting = run(behind(true, now + 5700, now + 5500), now + 5800, first);
    expect(missing(waiting.findings)).toEqual(lost.slice(1));
    const other = run(behind(true, now + 5700, now + 5900), now + 6000, waiting);
    expect(missing(other.findings)).toEqual(['spine01 10.1.0.0/26 not-received']);
    expect(other.findings[0]?.since).toBe(
      standing.findings.find(({ device }) => device === 'spine01')?.since,
    );
  });

  it('has another cause after half a minute, whatever comes', () => {
    const late = run(behind(true, now + 4500, now + 4400), now + 34_700, first);
    expect(missing(late.findings)).toEqual(['spine01 10.1.0.0/26 not-received']);
  });
});
