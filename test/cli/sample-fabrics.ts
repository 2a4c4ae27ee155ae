// Fabrics made by hand for the outputs of `audit`: one where all is well, and one with every kind of trouble.
import type { ExpectedPrefix, ExpectedState } from '../../src/model/expectation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { DeviceAudit, Finding, RouteVerdict } from '../../src/model/finding.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, type Reading, success } from '../../src/model/reading.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';

export const at = Date.UTC(2026, 0, 2, 3, 4, 5);

export function device(name: string, role: 'node' | 'switch', ok = true): DeviceSnapshot {
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
export function audited(name: string, ...verdicts: RouteVerdict['verdict'][]): [string, DeviceAudit] {
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

export function fabric(
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

export const finding = (change: Partial<Finding>): Finding => ({
  check: 'route-missing',
  severity: 'critical',
  device: 'leaf01',
  subject: '10.233.66.0/24',
  verdict: 'missing',
  detail: '',
  since: at,
  ...change,
});

export const troubled = fabric({
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
