// A small fabric written by hand: the shape of the reference fabric (a spine, two leaves, racks of three nodes, of which
// two are asked) at one moment of a bad night. Every case that metrics, API and page must tell apart is in it once.

import { explain } from '../../src/audit/explain/explain.ts';
import type {
  ExpectedPrefix,
  ExpectedSession,
  ExpectedState,
  PrefixKind,
} from '../../src/model/expectation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { AuditResult, DeviceAudit, Finding, RouteVerdict } from '../../src/model/finding.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, keepLast, type Reading, success } from '../../src/model/reading.ts';
import { RouteTable } from '../../src/model/route-table.ts';
import type { RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import { type DeviceSnapshot, flapKey } from '../../src/model/snapshot.ts';

/** 2026-01-15 03:00:00 UTC. */
export const sampleNow = Date.UTC(2026, 0, 15, 3, 0, 0);
export const sampleOptions = { maxMissingSeries: 100, meshDetail: false, maxAgeMs: () => 90_000 };

const ago = (seconds: number) => sampleNow - seconds * 1000;

function prefix(text: string, kind: PrefixKind, origins: readonly string[], because: string): ExpectedPrefix {
  return { prefix: parsePrefix(text), kind, origins, because };
}

const nodeNames = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];
const prefixes: readonly ExpectedPrefix[] = [
  prefix('10.233.0.0/18', 'service-cluster', nodeNames, 'BGPConfiguration default: serviceClusterIPs'),
  ...nodeNames.map((name, i) =>
    prefix(
      `10.233.${64 + i}.0/24`,
      'block',
      [name],
      `IPAMBlock 10-233-${64 + i}-0-24: affinity host:${name}`,
    ),
  ),
];

function expectedSession(node: string, peerAddress: string, peerAsn: number, more: Partial<ExpectedSession>) {
  const localAsn = ['node1', 'node2', 'node3'].includes(node) ? 64512 : 64513;
  return {
    node,
    name: `Node_${peerAddress.replaceAll('.', '_')}`,
    peerAddress,
    peerAsn,
    localAsn,
    afi: 'ipv4' as const,
    kind: 'node' as const,
    passive: false,
    rrClient: false,
    nextHopKeep: false,
    because: 'BGPPeer',
    ...more,
  };
}

const addresses = ['172.20.0.11', '172.20.0.12', '172.20.0.13', '173.20.0.11', '173.20.0.12', '173.20.0.13'];

const expected: ExpectedState = {
  nodes: nodeNames.map((name, i) => ({
    name,
    asn: i < 3 ? 64512 : 64513,
    addresses: [addresses[i] ?? ''],
  })),
  sessions: [
    expectedSession('node1', '172.20.0.254', 65009, { because: 'BGPPeer rr1-to-leaf1-peer' }),
    expectedSession('node1', '172.20.0.12', 64512, { kind: 'mesh', peerNode: 'node2' }),
    expectedSession('node1', '172.20.0.13', 64512, { kind: 'mesh', peerNode: 'node3' }),
    expectedSession('node2', '172.20.0.254', 65009, { because: 'BGPPeer rr1-to-leaf1-peer' }),
    expectedSession('node4', '173.20.0.254', 65010, { because: 'BGPPeer rr2-to-leaf2-peer' }),
    expectedSession('node5', '173.20.0.254', 65010, { because: 'BGPPeer rr2-to-leaf2-peer' }),
  ],
  prefixes,
  ranges: [parsePrefix('10.233.0.0/18'), parsePrefix('10.233.64.0/18')],
  problems: [
    {
      severity: 'warning',
      object: 'BGPPeer old-tor',
      field: 'spec.nodeSelector',
      message: 'selects no node',
    },
  ],
};

function session(device: string, peerAddress: string, peerAsn: number, more: Partial<Session> = {}): Session {
  return {
    device,
    peerAddress,
    peerAsn,
    localAsn: device === 'leaf01' ? 65009 : device === 'leaf02' ? 65010 : 64512,
    state: 'established',
    afi: peerAddress.includes(':') ? 'ipv6' : 'ipv4',
    vrf: 'default',
    ...more,
  };
}

function bgpView(rows: readonly (readonly [prefix: string, nextHop: string])[]): RouteView {
  const table = RouteTable.of(
    rows.map(([text, address]) => ({
      prefix: parsePrefix(text),
      nextHops: [{ address }],
      protocol: 'bgp' as const,
      best: true,
      vrf: 'default',
      from: address,
    })),
  );
  return {
    layer: 'installed',
    vrf: 'default',
    table,
    scopes: [{ kind: 'ranges', prefixes: expected.ranges }],
    allNextHops: true,
  };
}

function snapshot(
  name: string,
  address: string,
  bgpAddresses: readonly string[],
  source: string,
  sessions: Reading<readonly Session[]>,
  routes: Reading<readonly RouteView[]>,
  more: Partial<DeviceSnapshot> = {},
): DeviceSnapshot {
  const role = name.startsWith('node') ? ('node' as const) : ('switch' as const);
  return {
    device: { name, role, address, addresses: bgpAddresses },
    sessions,
    routes,
    facts: {},
    source,
    collection: [],
    flaps: new Map(),
    ...more,
  };
}

// What spine01 said ten minutes ago: too old to be shown.
const spineSessions = [session('spine01', '100.0.0.2', 65009), session('spine01', '100.0.0.6', 65010)];
const spineTimeout = 'no answer from 192.0.2.1:161 within 5 s';

const leaf01Sessions = [
  session('leaf01', '172.20.0.11', 64512, {
    description: 'rack "1"\\rr\nfirst',
    adminDown: false,
    establishedSeconds: 3600,
    prefixesReceived: 4,
    prefixesAccepted: 4,
    prefixesAdvertised: 3,
    transitions: 2,
  }),
  session('leaf01', '172.20.0.12', 64512, {
    adminDown: false,
    establishedSeconds: 3500,
    prefixesReceived: 3,
  }),
  session('leaf01', '100.0.0.1', 65008, { adminDown: false }),
  // Unnumbered peers on two interfaces share an address: the broken one must show.
  session('leaf01', 'fe80::1', 65008, { name: 'swp3' }),
  session('leaf01', 'fe80::1', 65008, { name: 'swp4', state: 'active' }),
  // An agent that does not tell the state of a session in a VRF.
  session('leaf01', 'fd00:20::99', 65099, { state: null, vrf: 'blue' }),
];
const leaf02Sessions = [
  session('leaf02', '173.20.0.11', 64513, {
    adminDown: false,
    state: 'active',
    lastError: 'Hold Timer Expired',
  }),
  session('leaf02', '173.20.0.12', 64513, { adminDown: true, state: 'idle', prefixesReceived: 0 }),
  session('leaf02', '100.0.0.5', 65008, { adminDown: false }),
];
const node1Sessions = [
  session('node1', '172.20.0.254', 65009, { name: 'Node_172_20_0_254', kind: 'node', prefixesReceived: 3 }),
  session('node1', '172.20.0.12', 64512, { name: 'Mesh_172_20_0_12', kind: 'mesh' }),
  session('node1', '172.20.0.13', 64512, { name: 'Mesh_172_20_0_13', kind: 'mesh', state: 'connect' }),
];

const rack1 = [
  ['10.233.0.0/18', '172.20.0.11'],
  ['10.233.64.0/24', '172.20.0.11'],
  ['10.233.65.0/24', '172.20.0.12'],
] as const;

const devices: readonly DeviceSnapshot[] = [
  snapshot(
    'spine01',
    '192.0.2.1',
    ['100.0.0.1', '100.0.0.5'],
    'snmp',
    keepLast(success(ago(600), spineSessions), failure(ago(5), 'timeout', spineTimeout)),
    keepLast(success(ago(600), [bgpView(rack1)]), failure(ago(5), 'timeout', spineTimeout)),
    {
      facts: { software: 'FRRouting 8.4.4', localAsn: 65008, routerId: '1.1.1.1' },
      collection: [
        { source: 'snmp', durationSeconds: 5, lastSuccessAt: ago(600), successes: 120, failures: 40 },
      ],
    },
  ),
  snapshot(
    'leaf01',
    '192.0.2.11',
    ['172.20.0.254', '100.0.0.2'],
    'snmp',
    success(ago(4), leaf01Sessions),
    success(ago(4), [
      bgpView([
        ...rack1,
        ['10.233.67.0/24', '100.0.0.1'],
        ['10.233.68.0/24', '100.0.0.1'],
        ['10.233.69.0/24', '100.0.0.1'],
        ['10.233.99.0/24', '172.20.0.12'],
      ]),
    ]),
    {
      collection: [
        { source: 'snmp', durationSeconds: 0.25, lastSuccessAt: ago(4), successes: 160, failures: 0 },
      ],
      flaps: new Map([[flapKey({ peerAddress: '172.20.0.11', vrf: 'default', afi: 'ipv4' }), 3]]),
    },
  ),
  snapshot(
    'leaf02',
    '192.0.2.12',
    ['173.20.0.254', '100.0.0.6'],
    'ssh',
    success(ago(7), leaf02Sessions),
    success(ago(7), [
      bgpView([
        ['0.0.0.0/0', '100.0.0.5'],
        ['10.233.0.0/18', '100.0.0.5'],
        ['10.233.64.0/24', '100.0.0.5'],
        ['10.233.67.0/24', '173.20.0.11'],
        ['10.233.68.0/24', '173.20.0.12'],
        ['10.233.64.0/20', '100.0.0.5'],
      ]),
    ]),
    {
      collection: [
        { source: 'ssh', durationSeconds: 0.5, lastSuccessAt: ago(7), successes: 158, failures: 2 },
      ],
    },
  ),
  snapshot(
    'node1',
    '',
    ['172.20.0.11'],
    'bird',
    success(ago(2), node1Sessions),
    success(ago(2), [bgpView(rack1)]),
    {
      facts: {
        software: 'BIRD 1.6.8',
        routerId: '172.20.0.11',
        localAsn: 64512,
        startedAt: sampleNow / 1000 - 86400,
        reconfiguredAt: sampleNow / 1000 - 7200,
        recovering: false,
      },
      collection: [
        { source: 'bird', durationSeconds: 0.02, lastSuccessAt: ago(2), successes: 161, failures: 0 },
      ],
    },
  ),
  snapshot(
    'node4',
    '173.20.0.11',
    ['173.20.0.11'],
    'agent',
    failure(sampleNow, 'pending', 'not asked yet'),
    failure(sampleNow, 'pending', 'not asked yet'),
  ),
];

type Word = RouteVerdict['verdict'];

function verdicts(words: readonly Word[], reason?: string): RouteVerdict[] {
  return prefixes.map((entry, i) => {
    const verdict = words[i] ?? 'present';
    return { expected: entry, verdict, evidence: [], ...(verdict === 'unknown' && reason ? { reason } : {}) };
  });
}

function deviceAudit(device: string, list: readonly RouteVerdict[], more: Partial<DeviceAudit>): DeviceAudit {
  return {
    device,
    verdicts: list,
    sessionsExpected: 0,
    sessionsMissing: 0,
    sessionsUnexpected: 0,
    routesUnexpected: 0,
    routesSeen: undefined,
    ...more,
  };
}

const audits: readonly DeviceAudit[] = [
  deviceAudit(
    'spine01',
    verdicts(
      prefixes.map(() => 'unknown' as const),
      spineTimeout,
    ),
    {},
  ),
  // In the order of `prefixes`: the service range, then the blocks of node1 to node6.
  deviceAudit('leaf01', verdicts(['present', 'present', 'present', 'missing']), {
    sessionsExpected: 2,
    routesUnexpected: 1,
    routesSeen: 7,
  }),
  deviceAudit(
    'leaf02',
    verdicts(['present', 'present', 'missing', 'default-only', 'stale', 'present', 'covered']),
    { sessionsExpected: 2, sessionsMissing: 0, sessionsUnexpected: 0, routesSeen: 5 },
  ),
  deviceAudit('node1', [], { sessionsExpected: 3, sessionsMissing: 0, routesSeen: 3 }),
  deviceAudit('node4', [], { sessionsExpected: 1 }),
];

function missing(device: string, node: string, text: string, more: Partial<Finding>): Finding {
  return {
    check: 'route-missing',
    severity: 'critical',
    device,
    subject: text,
    verdict: 'missing',
    detail: `${text} (pod block of ${node}) is missing on ${device}`,
    since: ago(120),
    prefix: text,
    kind: 'block',
    nodes: [node],
    ...more,
  };
}

const audit: AuditResult = {
  at: sampleNow - 250,
  durationSeconds: 0.004,
  findings: [
    missing('leaf01', 'node3', '10.233.66.0/24', {
      cause: 'not-exported',
      detail:
        '10.233.66.0/24 (pod block of node3) is missing on leaf01: node3 has the route but sends it on none of its sessions',
    }),
    missing('leaf02', 'node3', '10.233.66.0/24', { verdict: 'default-only' }),
    {
      check: 'session-down',
      severity: 'critical',
      device: 'leaf02',
      subject: '173.20.0.11',
      verdict: 'down',
      detail: 'leaf02 has no session with node4 (173.20.0.11): active, last error <Hold Timer Expired>',
      since: ago(400),
      peerAddress: '173.20.0.11',
      peer: 'node4',
      vrf: 'default',
    },
    {
      check: 'route-unexpected',
      severity: 'warning',
      device: 'leaf01',
      subject: '10.233.99.0/24',
      verdict: 'unexpected',
      detail: '10.233.99.0/24 on leaf01 is inside the pod range but no node owns it',
      since: ago(3600),
      prefix: '10.233.99.0/24',
    },
  ],
  pending: [missing('leaf02', 'node2', '10.233.65.0/24', { since: ago(3) })],
  unknown: [
    {
      check: 'device-unreachable',
      severity: 'warning',
      device: 'spine01',
      subject: 'spine01',
      verdict: 'unknown',
      cause: 'unknown-device-unreachable',
      detail: `spine01 cannot be read: ${spineTimeout}`,
      since: ago(600),
    },
  ],
  devices: new Map(audits.map((entry) => [entry.device, entry])),
  summary: {
    devices: 5,
    devicesUnknown: 2,
    sessionsUp: 8,
    sessionsDown: 4,
    expectedPrefixes: 7,
    missing: 3,
    unknown: 7,
  },
};

/** The fabric; parts of it may be replaced. */
export function sampleFabric(changes: Partial<Fabric> = {}): Fabric {
  const deviceByAddress = new Map([
    ...nodeNames.map((name, i) => [addresses[i] ?? '', name] as const),
    ...devices.flatMap(({ device }) => device.addresses.map((address) => [address, device.name] as const)),
  ]);
  return {
    at: sampleNow,
    devices,
    expected: success(ago(1), expected),
    datastore: {
      kinds: [
        { kind: 'Node', count: 2, at: ago(1) },
        // Read once, and refused since.
        { kind: 'BGPPeer', count: 1, at: ago(300), error: '403', errorSince: ago(290) },
        // Never read: no count, and no time.
        { kind: 'IPAMBlock', count: 0, at: undefined, error: '403', errorSince: ago(400) },
      ],
    },
    audit,
    deviceByAddress,
    ...changes,
  };
}

/** What the exporter puts in for `explain`. */
export const sampleExplain = (fabric: Fabric, target: string, device?: string) =>
  explain({ fabric, maxAgeMs: sampleOptions.maxAgeMs, target, ...(device !== undefined && { device }) });
