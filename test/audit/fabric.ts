// A small fabric for audit tests, written by hand: two nodes behind leaf01, a spine above it; node1 owns
// 10.1.0.0/26, node2 owns 10.1.0.64/26, both announce 10.96.0.0/16. Every part can be replaced by a test.
import type { AuditInput } from '../../src/audit/audit.ts';
import type { ExpectedPrefix, ExpectedSession, ExpectedState, Vantage } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, type Reading, success } from '../../src/model/reading.ts';
import { type RouteRow, RouteTable } from '../../src/model/route-table.ts';
import type { RouteLayer, RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';

export const now = 1_800_000_000_000;
export const ranges = [parsePrefix('10.1.0.0/24'), parsePrefix('10.96.0.0/16')];

export const prefixes: readonly ExpectedPrefix[] = [
  { prefix: parsePrefix('10.1.0.0/26'), kind: 'block', origins: ['node1'], because: 'IPAMBlock 10-1-0-0-26' },
  {
    prefix: parsePrefix('10.1.0.64/26'),
    kind: 'block',
    origins: ['node2'],
    because: 'IPAMBlock 10-1-0-64-26',
  },
  {
    prefix: parsePrefix('10.96.0.0/16'),
    kind: 'service-cluster',
    origins: ['node1', 'node2'],
    because: 'BGPConfiguration default',
  },
];

function expectedSession(node: string, peerAddress: string, peerAsn: number): ExpectedSession {
  return {
    node,
    name: `Node_${peerAddress.replaceAll('.', '_')}`,
    peerAddress,
    peerAsn,
    localAsn: 64512,
    afi: 'ipv4',
    kind: 'node',
    passive: false,
    rrClient: false,
    nextHopKeep: false,
    sourceAddress: node === 'node1' ? '192.0.2.1' : '192.0.2.2',
    because: 'BGPPeer rack1 selects it',
  };
}

export const expected: ExpectedState = {
  nodes: [
    { name: 'node1', asn: 64512, addresses: ['192.0.2.1'] },
    { name: 'node2', asn: 64512, addresses: ['192.0.2.2'] },
  ],
  sessions: [expectedSession('node1', '192.0.2.254', 65001), expectedSession('node2', '192.0.2.254', 65001)],
  prefixes,
  ranges,
  problems: [],
};

export function session(device: string, peerAddress: string, extra: Partial<Session> = {}): Session {
  return {
    device,
    peerAddress,
    peerAsn: 64512,
    localAsn: 65001,
    state: 'established',
    afi: 'ipv4',
    vrf: 'default',
    ...extra,
  };
}

export function route(prefix: string, via: string | undefined, extra: Partial<RouteRow> = {}): RouteRow {
  const nextHops = via === undefined ? [] : [{ address: via }];
  return { prefix: parsePrefix(prefix), nextHops, protocol: 'bgp', best: true, vrf: 'default', ...extra };
}

export function view(
  layer: RouteLayer,
  rows: readonly RouteRow[],
  extra: Partial<RouteView> = {},
): RouteView {
  const scopes = [{ kind: 'ranges' as const, prefixes: ranges }];
  // One next hop of several, as net-snmp shows it; tests of ECMP say otherwise.
  return { layer, vrf: 'default', table: RouteTable.of(rows), scopes, allNextHops: false, ...extra };
}

export function device(
  name: string,
  sessions: readonly Session[] | Reading<readonly Session[]>,
  routes: readonly RouteView[] | Reading<readonly RouteView[]>,
  addresses: readonly string[] = [],
): DeviceSnapshot {
  const reading = <T>(given: readonly T[] | Reading<readonly T[]>): Reading<readonly T[]> =>
    'ok' in given ? given : success(now, given);
  return {
    device: { name, role: name.startsWith('node') ? 'node' : 'switch', address: '', addresses },
    sessions: reading(sessions),
    routes: reading(routes),
    facts: {},
    source: 'test',
    collection: [],
    flaps: new Map(),
  };
}

const own = [
  route('10.1.0.0/26', '192.0.2.1'),
  route('10.1.0.64/26', '192.0.2.2'),
  route('10.96.0.0/16', '192.0.2.1'),
];
const above = own.map((row) => ({ ...row, nextHops: [{ address: '198.51.100.2' }] }));

function node(name: string, block: string): DeviceSnapshot {
  const rows = [
    route(block, undefined, { discard: true, protocol: 'static' }),
    route('10.96.0.0/16', undefined, { discard: true, protocol: 'static' }),
  ];
  const sent = rows.map((row) => ({ ...row, discard: false }));
  return device(
    name,
    [session(name, '192.0.2.254', { peerAsn: 65001, localAsn: 64512, kind: 'node' })],
    [view('local', rows), view('exported', sent, { peer: '192.0.2.254' })],
  );
}

/** Everything as it should be, by device name. */
export function healthy(): Record<string, DeviceSnapshot> {
  return {
    node1: node('node1', '10.1.0.0/26'),
    node2: node('node2', '10.1.0.64/26'),
    leaf01: device(
      'leaf01',
      [session('leaf01', '192.0.2.1'), session('leaf01', '192.0.2.2'), session('leaf01', '198.51.100.1')],
      [view('installed', own)],
      ['192.0.2.254', '198.51.100.2'],
    ),
    spine01: device(
      'spine01',
      [session('spine01', '198.51.100.2')],
      [view('installed', above)],
      ['198.51.100.1'],
    ),
  };
}

export function input(devices: Record<string, DeviceSnapshot>, extra: Partial<AuditInput> = {}): AuditInput {
  const vantages = new Map<string, Vantage>();
  for (const name of ['leaf01', 'spine01']) vantages.set(name, { device: name, prefixes });
  return {
    now,
    devices: Object.values(devices),
    expected: success(now, expected),
    vantages,
    maxAgeMs: () => 45_000,
    ...extra,
  };
}

export { failure, success };
