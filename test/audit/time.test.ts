// Findings over time: incidents, graces with their ends, what comes back, what is over, what is silenced.
import { describe, expect, it } from 'vitest';
import { type AuditInput, audit } from '../../src/audit/audit.ts';
import type { NodeLifecycle } from '../../src/model/expectation.ts';
import type { AuditResult, Silence } from '../../src/model/finding.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import {
  device,
  expected,
  failure,
  healthy,
  input,
  now,
  prefixes,
  route,
  session,
  success,
  view,
} from './fabric.ts';

const leafAddresses = ['192.0.2.254', '198.51.100.2'];
const block = '10.1.0.64/26';

/** leaf01 without node2's block. */
function lossy(): Record<string, DeviceSnapshot> {
  const fabric = healthy();
  const rows = ['10.1.0.0/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.1'));
  return {
    ...fabric,
    leaf01: device('leaf01', fabric.leaf01?.sessions ?? [], [view('installed', rows)], leafAddresses),
  };
}

const at = (
  ms: number,
  fabric: Record<string, DeviceSnapshot>,
  extra: Partial<AuditInput> = {},
): AuditInput => ({
  ...input(fabric, { maxAgeMs: () => 10 * 3_600_000, ...extra }),
  now: now + ms,
});

const brief = ({ findings }: AuditResult) =>
  findings.map(({ check, device: where, subject }) => `${check} ${where} ${subject}`);

describe('findings that end', () => {
  it('are resolved with their duration, counted once, and forgotten after an hour', () => {
    const first = audit(at(0, lossy()));
    const second = audit(at(60_000, lossy()), first);
    const third = audit(at(90_000, healthy()), second);
    expect(third.resolved).toMatchObject([
      { finding: { subject: block, since: now }, until: now + 90_000, durationSeconds: 90 },
    ]);
    expect(third.resolvedTotal?.get('route-missing')).toBe(1);
    const fourth = audit(at(120_000, healthy()), third);
    expect(fourth.resolved).toHaveLength(1);
    expect(fourth.resolvedTotal?.get('route-missing')).toBe(1);
    expect(audit(at(90_000 + 3_600_001, healthy()), fourth).resolved).toEqual([]);
  });

  it('that come back at once are the same finding, however often', () => {
    let result = audit(at(0, lossy()));
    for (let i = 1; i <= 6; i++) result = audit(at(i * 10_000, i % 2 === 0 ? lossy() : healthy()), result);
    expect(result.findings.map(({ since, times }) => [since, times])).toEqual([[now, 4]]);
    expect(result.resolved).toEqual([]);
    // After a quiet while it is a new one.
    const quiet = audit(at(70_000, healthy()), result);
    const again = audit(at(70_000 + 5 * 60_000 + 1, lossy()), quiet);
    expect(again.findings.map(({ since, times }) => [since, times])).toEqual([[now + 370_001, undefined]]);
  });

  it('have not ended when nobody can look any more', () => {
    const silent = failure<never>(now, 'timeout', 'no answer');
    const blind = { ...lossy(), leaf01: device('leaf01', silent, silent, leafAddresses) };
    const result = audit(at(30_000, blind), audit(at(0, lossy())));
    expect(result.resolved).toEqual([]);
  });
});

describe('grace', () => {
  const withNode2 = (lifecycle: NodeLifecycle) => {
    const nodes = expected.nodes.map((node) => (node.name === 'node2' ? { ...node, lifecycle } : node));
    return { expected: success(now, { ...expected, nodes }) };
  };

  it('covers the loss of what a node announces that has just joined, until an end that is told', () => {
    // The finding is about leaf01 and node2; leaf01 is no node, so node2 alone must be excused.
    const young = withNode2({ createdAt: now - 60_000 });
    const result = audit(at(0, lossy(), young));
    expect(brief(result)).toEqual([]);
    expect(result.pending).toMatchObject([
      { subject: block, until: now + 60_000, excuse: 'node2 has just joined' },
    ]);
    expect(result.summary.missing).toBe(0);
    expect(brief(audit(at(60_001, lossy(), young), result))).toEqual([`route-missing leaf01 ${block}`]);
  });

  it('covers a node that is drained, and not for ever', () => {
    const cordoned = withNode2({ unschedulable: true });
    const first = audit(at(0, lossy(), cordoned));
    expect(first.pending).toHaveLength(1);
    expect(audit(at(15 * 60_000 + 1, lossy(), cordoned), first).findings).toHaveLength(1);
  });

  it('does not cover what another node announces, too', () => {
    const fabric = healthy();
    const rows = ['10.1.0.0/26', block].map((prefix, i) => route(prefix, `192.0.2.${i + 1}`));
    const leaf = device('leaf01', fabric.leaf01?.sessions ?? [], [view('installed', rows)], leafAddresses);
    const result = audit(at(0, { ...fabric, leaf01: leaf }, withNode2({ createdAt: now - 1000 })));
    expect(brief(result)).toEqual(['route-missing leaf01 10.96.0.0/16']);
  });

  it('lets a block that has lost its owner leave the tables', () => {
    const fabric = healthy();
    const rows = [
      ...prefixes.map(({ prefix }) => ({ ...route('0.0.0.0/0', '192.0.2.1'), prefix })),
      route('10.1.0.192/26', '192.0.2.1'),
    ].map((row) =>
      row.prefix.a === parsePrefix(block).a ? { ...row, nextHops: [{ address: '192.0.2.2' }] } : row,
    );
    const leaf = device('leaf01', fabric.leaf01?.sessions ?? [], [view('installed', rows)], leafAddresses);
    const run = (since: number) =>
      audit(at(0, { ...fabric, leaf01: leaf }, { expectedUntil: () => now - since }));
    expect(run(10_000).pending.map(({ subject, until }) => [subject, until])).toEqual([
      ['10.1.0.192/26', now + 20_000],
    ]);
    expect(brief(run(31_000))).toEqual(['route-unexpected leaf01 10.1.0.192/26']);
  });
});

describe('silences', () => {
  const silence = (change: Partial<Silence>): Silence => ({
    source: 'silences[0]',
    until: now + 3_600_000,
    reason: 'new optics',
    ...change,
  });
  const told = (change: Partial<Silence>) => {
    const result = audit(at(0, lossy(), { silences: [silence(change)] }));
    return [result.findings.length, result.silenced?.length, result.silences?.[0]?.state];
  };

  it.each([
    ['its device', { devices: ['leaf*'] }, [0, 1, 'active']],
    ['another device', { devices: ['leaf1'] }, [1, 0, 'active']],
    ['its owner', { nodes: ['node2'] }, [0, 1, 'active']],
    ['another node', { nodes: ['node1'] }, [1, 0, 'active']],
    ['its range', { prefixes: [parsePrefix('10.1.0.0/24')] }, [0, 1, 'active']],
    ['another range', { prefixes: [parsePrefix('10.2.0.0/24')] }, [1, 0, 'active']],
    [
      'range and device, of which one is another',
      { devices: ['spine01'], prefixes: [parsePrefix('10.1.0.0/24')] },
      [1, 0, 'active'],
    ],
    ['nothing', {}, [1, 0, 'active']],
    ['its device, over', { devices: ['leaf01'], until: now - 1 }, [1, 0, 'expired']],
    ['its device, for a year', { devices: ['leaf01'], until: now + 365 * 86_400_000 }, [1, 0, 'refused']],
  ] as const)('of %s', (_, change, outcome) => {
    expect(told(change)).toEqual(outcome);
  });

  it('of a node by annotation, with end and reason', () => {
    const lifecycle = { silence: { until: now + 60_000, reason: 'new disks' } };
    const nodes = expected.nodes.map((node) => (node.name === 'node2' ? { ...node, lifecycle } : node));
    const silenced = { expected: success(now, { ...expected, nodes }) };
    const result = audit(at(0, lossy(), silenced));
    expect(result.findings).toEqual([]);
    expect(result.silenced).toMatchObject([{ subject: block, until: now + 60_000, excuse: 'new disks' }]);
    expect(result.silences).toMatchObject([{ source: 'Node node2', state: 'active', findings: 1 }]);
    expect(audit(at(60_001, lossy(), silenced), result).findings).toHaveLength(1);
  });
});

describe('incidents', () => {
  it('put what a cut session costs together with the session', () => {
    const fabric = healthy();
    const spine = device(
      'spine01',
      [session('spine01', '198.51.100.2', { state: 'active' })],
      [view('installed', [])],
      ['198.51.100.1'],
    );
    const { findings, incidents } = audit(input({ ...fabric, spine01: spine }));
    expect(findings).toHaveLength(4);
    expect(incidents).toHaveLength(1);
    expect(incidents?.[0]).toMatchObject({
      id: 'session-down leaf01 – spine01',
      severity: 'critical',
      findings: 4,
      missingRoutes: 3,
    });
  });

  it('put the sessions and routes of a switch that is gone together with it', () => {
    const fabric = healthy();
    const gone = failure<never>(now, 'timeout', 'no answer');
    const down = (name: string, old: DeviceSnapshot | undefined) =>
      device(
        name,
        (old?.sessions.ok ? old.sessions.value : []).map((s) => ({ ...s, state: 'active' as const })),
        old?.routes ?? [],
      );
    const spine = device(
      'spine01',
      [session('spine01', '198.51.100.2', { state: 'active' })],
      [view('installed', [])],
      ['198.51.100.1'],
    );
    const result = audit(
      input({
        node1: down('node1', fabric.node1),
        node2: down('node2', fabric.node2),
        leaf01: device('leaf01', gone, gone, leafAddresses),
        spine01: spine,
      }),
    );
    const mine = result.incidents?.filter(({ id }) => id === 'device-down leaf01') ?? [];
    expect(mine).toHaveLength(1);
    expect(mine[0]?.findings).toBe(
      result.findings.filter(({ incident }) => incident === 'device-down leaf01').length,
    );
    expect(
      result.findings
        .filter(({ check }) => check === 'session-down')
        .every(({ incident }) => incident === 'device-down leaf01'),
    ).toBe(true);
  });

  it('keep two roots apart', () => {
    const fabric = lossy();
    const spine = device(
      'spine01',
      [session('spine01', '198.51.100.2', { state: 'active' })],
      [view('installed', [])],
      ['198.51.100.1'],
    );
    const { incidents } = audit(input({ ...fabric, spine01: spine }));
    expect(incidents?.length).toBeGreaterThan(1);
  });
});
