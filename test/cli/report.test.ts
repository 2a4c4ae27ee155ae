// The audit's report, from fabrics made by hand: golden files for the terminal and the pipe, and the JSON shape.
import { describe, expect, it } from 'vitest';
import { renderReport, reportJson, summaryLines } from '../../src/cli/report.ts';
import { painter } from '../../src/cli/terminal.ts';
import type { ExpectedPrefix, ExpectedState } from '../../src/model/expectation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { DeviceAudit, Finding, RouteVerdict } from '../../src/model/finding.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, type Reading, success } from '../../src/model/reading.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { expectGolden } from '../metrics/golden.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function device(name: string, role: 'node' | 'switch', ok = true): DeviceSnapshot {
  const reading = ok ? success(at, []) : failure<never[]>(at, 'timeout', 'no answer within 10 s');
  return {
    device: { name, role, address: '', addresses: [] },
    sessions: reading,
    routes: reading,
    facts: {},
    source: 'snmp',
    collection: [],
    flaps: new Map(),
  };
}

const block = (n: number): ExpectedPrefix => ({
  prefix: parsePrefix(`10.233.${64 + n}.0/24`),
  kind: 'block',
  origins: [`node${n + 1}`],
  because: '',
});

/** Seven prefixes with these verdicts in front; the others are present. */
function audited(name: string, ...verdicts: RouteVerdict['verdict'][]): [string, DeviceAudit] {
  const all = Array.from({ length: 7 }, (_, n) => ({
    expected: block(n),
    verdict: verdicts[n] ?? ('present' as const),
    evidence: [],
  }));
  const none = { sessionsExpected: 0, sessionsMissing: 0, sessionsUnexpected: 0, routesUnexpected: 0 };
  return [name, { device: name, verdicts: all, ...none, routesSeen: 7 }];
}

const known: Reading<ExpectedState> = success(at, {
  nodes: [],
  sessions: [],
  prefixes: [],
  ranges: [],
  problems: [],
});

function fabric(
  change: Partial<Fabric['audit']> & { expected?: Fabric['expected']; snapshots?: DeviceSnapshot[] },
): Fabric {
  const { expected = known, snapshots, ...audit } = change;
  return {
    at,
    devices: snapshots ?? [
      device('spine01', 'switch'),
      device('leaf01', 'switch'),
      device('leaf02', 'switch'),
    ],
    expected,
    audit: {
      at,
      durationSeconds: 0.01,
      findings: [],
      pending: [],
      unknown: [],
      devices: new Map([audited('spine01'), audited('leaf01'), audited('leaf02')]),
      summary: {
        devices: 9,
        devicesUnknown: 0,
        sessionsUp: 24,
        sessionsDown: 0,
        expectedPrefixes: 7,
        missing: 0,
        unknown: 0,
      },
      ...audit,
    },
    deviceByAddress: new Map(),
  };
}

const finding = (change: Partial<Finding>): Finding => ({
  check: 'route-missing',
  severity: 'critical',
  device: 'leaf01',
  subject: '10.233.66.0/24',
  verdict: 'missing',
  detail: '',
  since: at,
  ...change,
});

const troubled = fabric({
  snapshots: [device('spine01', 'switch'), device('leaf01', 'switch'), device('leaf02', 'switch', false)],
  findings: [
    finding({
      cause: 'not-exported',
      detail: 'leaf01 has no route to 10.233.66.0/24, a block of node3: node3 does not announce it',
      since: at - 754_000,
    }),
    finding({
      check: 'device-unreachable',
      severity: 'warning',
      device: 'leaf02',
      subject: 'leaf02',
      verdict: 'unknown',
      detail: 'leaf02 cannot be read, so its state is unknown, not faulty: no answer within 10 s',
    }),
    finding({
      check: 'object-invalid',
      severity: 'info',
      device: '',
      subject: 'BGPPeer rack\u001b[31m1',
      verdict: 'unexpected',
      detail: 'BGPPeer rack1, spec.nodeSelector: not a selector',
    }),
  ],
  pending: [finding({ subject: '10.233.67.0/24', detail: 'leaf01 has no route to 10.233.67.0/24 yet' })],
  unknown: [
    finding({
      severity: 'info',
      device: 'leaf02',
      subject: 'leaf02',
      verdict: 'unknown',
      detail: '7 of 7 prefixes cannot be judged on leaf02: no answer within 10 s',
    }),
  ],
  devices: new Map([
    audited('spine01', 'missing', 'covered'),
    audited('leaf01', 'missing', 'default-only', 'stale'),
    audited('leaf02', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'),
  ]),
  summary: {
    devices: 9,
    devicesUnknown: 1,
    sessionsUp: 20,
    sessionsDown: 2,
    expectedPrefixes: 7,
    missing: 3,
    unknown: 7,
  },
});

const plain = painter({ write() {} }, {});

describe('report', () => {
  it('is two lines when all is well', () => {
    expect(renderReport(fabric({}), { paint: plain, width: undefined })).toBe(
      '3 switches carry 7 of 7 expected prefixes; 24 of 24 session ends up.\nNo findings.\n',
    );
  });

  it('gives a pipe one line per finding', () => {
    expectGolden('cli-report-pipe.txt', renderReport(troubled, { paint: plain, width: undefined }));
  });

  it('wraps to the terminal', () => {
    const text = renderReport(troubled, { paint: plain, width: 100 });
    expectGolden('cli-report-terminal.txt', text);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('colours only severities and titles', () => {
    const paint = painter({ write() {}, isTTY: true }, {});
    const text = renderReport(troubled, { paint, width: undefined });
    expect(text).toContain('\x1b[31mcritical\x1b[39m  leaf01');
    expect(text.replace(/\x1b\[\d+m/g, '')).toBe(renderReport(troubled, { paint: plain, width: undefined }));
  });

  it('never calls a device whole that could not be read, nor counts what is unknown as carried', () => {
    expect(summaryLines(troubled)).toEqual([
      '0 of 3 switches carry every expected prefix (the others: spine01 6 of 7, leaf01 4 of 7, leaf02 0 of 7 with 7 unknown); 20 of 22 session ends up; 1 of 9 devices not read.',
      '3 findings: 1 critical, 1 warning, 1 info.',
    ]);
  });

  it('says that nothing is known to be expected when the objects cannot be read', () => {
    const expected = failure<ExpectedState>(at, 'parse', 'objects.yaml:3: not YAML');
    expect(summaryLines(fabric({ expected, devices: new Map() }))).toEqual([
      '24 of 24 session ends up.',
      'What should be there is not known: objects.yaml:3: not YAML.',
      'No findings.',
    ]);
  });

  it('names five lacking devices of many', () => {
    const names = Array.from({ length: 8 }, (_, i) => `leaf${i}`);
    const many = fabric({
      snapshots: names.map((name) => device(name, 'switch')),
      devices: new Map(names.map((name, i) => (i === 0 ? audited(name) : audited(name, 'missing')))),
    });
    expect(summaryLines(many)[0]).toMatch(
      /^1 of 8 switches carries every expected prefix \(the others: leaf1 6 of 7, .*, leaf5 6 of 7, and 2 more\); /,
    );
  });
});

describe('JSON', () => {
  it('has the documented shape', () => {
    const json = JSON.parse(JSON.stringify(reportJson(troubled)));
    expect(Object.keys(json)).toEqual(['findings', 'pending', 'unknown', 'summary']);
    expect(json.findings[0]).toEqual({
      check: 'route-missing',
      severity: 'critical',
      device: 'leaf01',
      subject: '10.233.66.0/24',
      verdict: 'missing',
      cause: 'not-exported',
      detail: 'leaf01 has no route to 10.233.66.0/24, a block of node3: node3 does not announce it',
      since: '2026-01-02T02:51:31.000Z',
    });
    expect(json.pending).toHaveLength(1);
    expect(json.unknown).toHaveLength(1);
    expect(json.summary).toEqual(troubled.audit.summary);
  });
});
