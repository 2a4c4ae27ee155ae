// Devices are read one after the other while routes move: a next hop that was right when the switch was read looks wrong
// beside a node that was read later. What is new waits until the switch was asked again.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { device, healthy, input, now, route, success, view } from './fabric.ts';

const at = (snapshot: DeviceSnapshot | undefined, ms: number): DeviceSnapshot => {
  if (!snapshot?.sessions.ok || !snapshot.routes.ok) throw new Error('no device');
  const { device: own, sessions, routes } = snapshot;
  return device(own.name, success(ms, sessions.value), success(ms, routes.value), own.addresses);
};

/** leaf01 sends node1's block to node2, which does not have it. */
function astray(leafAt: number, nodesAt: number, tookSeconds = 0) {
  const { leaf01, node1, node2, spine01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const rows = ['10.1.0.0/26', '10.1.0.64/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.2'));
  const wrong = device('leaf01', leaf01.sessions, [view('installed', rows)], leaf01.device.addresses);
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

const run = (fabric: ReturnType<typeof astray>, ms: number, previous?: ReturnType<typeof audit>) =>
  audit({ ...input(fabric), now: ms, isWatching: true }, previous);

const said = (findings: ReturnType<typeof audit>['findings']) =>
  findings
    .filter(({ check }) => check === 'route-next-hop')
    .map(({ device, subject }) => `${device} ${subject}`);

const finding = ['leaf01 10.1.0.0/26'];

describe('a next hop of a switch', () => {
  it('that was read after the nodes is judged at once', () => {
    expect(said(run(astray(now, now - 100), now).findings)).toEqual(finding);
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
    expect(said(run(astray(now, now - 100, 1), now).findings)).toEqual([]);
    const first = run(astray(now, now + 500), now + 600);
    const second = run(astray(now + 2700, now + 2800, 2.5), now + 2900, first);
    expect([said(second.findings), said(second.pending)]).toEqual([[], finding]);
  });
});
