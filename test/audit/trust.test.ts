// Where an audit could cry wolf or stay silent: clocks that jump, loops that are stuck, outages that are big, prefixes that
// are new, next hops that are other routers'.
import { describe, expect, it } from 'vitest';
import { addressBook, audit } from '../../src/audit/audit.ts';
import type { ExpectedSession } from '../../src/model/expectation.ts';
import { formatPrefix, type Prefix } from '../../src/model/prefix.ts';
import { device, expected, healthy, input, now, route, session, success, view } from './fabric.ts';

const leafAddresses = ['192.0.2.254', '198.51.100.2'];
const lines = (result: ReturnType<typeof audit>) =>
  result.findings.map(({ check, device: at, subject, verdict }) => `${check} ${at} ${subject} ${verdict}`);

describe('time', () => {
  it('does not judge by a reading from the future', () => {
    const fabric = healthy();
    const views = fabric.leaf01?.routes.ok ? fabric.leaf01.routes.value : [];
    const leaf = device(
      'leaf01',
      fabric.leaf01?.sessions ?? [],
      success(now + 3_600_000, views),
      leafAddresses,
    );
    const result = audit(input({ ...fabric, leaf01: leaf }));
    expect(result.summary).toMatchObject({ unknown: 3, missing: 0, devicesUnknown: 1 });
    expect(result.findings[0]?.detail).toContain('the clock was set back');
  });

  it('notices a loop that hangs: a good reading that is too old is unknown, and said', () => {
    const fabric = healthy();
    const old = success(now - 3_600_000, fabric.node1?.sessions.ok ? fabric.node1.sessions.value : []);
    const result = audit(input({ ...fabric, node1: device('node1', old, fabric.node1?.routes ?? []) }));
    expect(lines(result)).toEqual(['device-unreachable node1 node1 unknown']);
    expect(result.summary.devicesUnknown).toBe(1);
  });

  it('gives a prefix that has just become expected time to arrive, visibly', () => {
    const fabric = healthy();
    const rows = ['10.1.0.0/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.1'));
    const at = (cacheSeconds: number) => {
      const leaf = device(
        'leaf01',
        fabric.leaf01?.sessions ?? [],
        [view('installed', rows, { cacheSeconds })],
        leafAddresses,
      );
      return (since: number) => {
        const expectedSince = (prefix: Prefix) =>
          formatPrefix(prefix) === '10.1.0.64/26' ? since : undefined;
        return audit(input({ ...fabric, leaf01: leaf }, { expectedSince }));
      };
    };
    const young = at(0)(now - 10_000);
    expect(young.findings).toEqual([]);
    expect(young.pending.map(({ device: where, subject }) => [where, subject])).toEqual([
      ['leaf01', '10.1.0.64/26'],
    ]);
    expect(young.summary.missing).toBe(0);
    expect(at(0)(now - 31_000).findings).toHaveLength(1);
    // The agent's answer may be a minute older than it looks.
    expect(at(60)(now - 31_000).findings).toEqual([]);
    expect(at(60)(now - 91_000).findings).toHaveLength(1);
  });
});

describe('answers that are cut', () => {
  it('counts no routes where nobody could look', () => {
    const fabric = healthy();
    const seen = (views: Parameters<typeof device>[2]) => {
      const leaf = device('leaf01', fabric.leaf01?.sessions ?? [], views, leafAddresses);
      return audit(input({ ...fabric, leaf01: leaf })).devices.get('leaf01')?.routesSeen;
    };
    expect(seen([view('installed', [], { partial: 'zebra does not answer' })])).toBeUndefined();
    expect(seen([view('installed', [])])).toBe(0);
  });
});

describe('size', () => {
  it('survives a mesh in which nothing is configured', () => {
    const names = Array.from({ length: 400 }, (_, i) => `node${i}`);
    const address = (i: number) => `10.9.${i >> 8}.${i & 255}`;
    const sessions = names.flatMap((node, i) =>
      names.flatMap((_, j): ExpectedSession[] =>
        i === j
          ? []
          : [
              {
                ...(expected.sessions[0] as ExpectedSession),
                node,
                name: `Mesh_${j}`,
                kind: 'mesh',
                peerAddress: address(j),
              },
            ],
      ),
    );
    const nodes = names.map((name, i) => ({ name, asn: 64512, addresses: [address(i)] }));
    const fabric = Object.fromEntries(names.map((name) => [name, device(name, [], [])]));
    const result = audit(input(fabric, { expected: success(now, { ...expected, nodes, sessions }) }));
    expect(result.devices.get('node7')?.sessionsMissing).toBe(399);
    expect(result.findings.filter(({ check }) => check === 'session-missing')).toHaveLength((400 * 399) / 2);
  });
});

describe('whose route it is', () => {
  const down = [
    session('leaf01', '192.0.2.1'),
    session('leaf01', '192.0.2.2', { state: 'active' }),
    session('leaf01', '198.51.100.1'),
  ];
  const verdictWith = (expectedSessions: readonly ExpectedSession[], rows: Parameters<typeof view>[1]) => {
    const leaf = device('leaf01', down, [view('installed', rows)], leafAddresses);
    const result = audit(
      input(
        { ...healthy(), leaf01: leaf },
        { expected: success(now, { ...expected, sessions: expectedSessions }) },
      ),
    );
    return result.devices.get('leaf01')?.verdicts.at(1)?.verdict;
  };
  const rows = [
    route('10.1.0.0/26', '192.0.2.1'),
    route('10.1.0.64/26', '192.0.2.2'),
    route('10.96.0.0/16', '192.0.2.1'),
  ];

  it('takes the next hop for the sender where nobody passes on other routers’ next hops', () => {
    expect(verdictWith(expected.sessions, rows)).toBe('stale');
  });

  it('does not where a reflector keeps next hops', () => {
    const keeping = expected.sessions.map((each) => ({ ...each, nextHopKeep: each.node === 'node1' }));
    expect(verdictWith(keeping, rows)).toBe('present');
  });

  it('does not for a static route, nor for a session of another VRF', () => {
    const asStatic = rows.map((row) => ({ ...row, protocol: 'static' as const }));
    expect(verdictWith(expected.sessions, asStatic)).toBe('present');
    const elsewhere = [
      session('leaf01', '192.0.2.1'),
      session('leaf01', '192.0.2.2'),
      session('leaf01', '198.51.100.1'),
    ];
    const red = [...elsewhere, session('leaf01', '192.0.2.2', { state: 'idle', vrf: 'red' })];
    const leaf = device('leaf01', red, [view('installed', rows)], leafAddresses);
    const result = audit(input({ ...healthy(), leaf01: leaf }));
    expect(Array.from(result.devices.get('leaf01')?.verdicts ?? [], ({ verdict }) => verdict)).toEqual([
      'present',
      'present',
      'present',
    ]);
  });
});

describe('who is who', () => {
  it('keeps link-local addresses and those of two devices out of the book', () => {
    const leaf = (name: string) =>
      device(
        name,
        [
          session(name, 'fe80::1', { localAddress: 'fe80::2' }),
          session(name, '192.0.2.9', { localAddress: '192.0.2.8' }),
        ],
        [],
      );
    const own = device('leaf03', [session('leaf03', '192.0.2.7', { localAddress: '192.0.2.6' })], []);
    const book = addressBook([leaf('leaf01'), leaf('leaf02'), own], undefined);
    expect([...book]).toEqual([['192.0.2.6', 'leaf03']]);
  });

  it('tells two sessions with one address apart by name', () => {
    const [first] = expected.sessions;
    if (!first) throw new Error('no session');
    const second = { ...first, name: 'Node_192_0_2_254_port_1179', port: 1179 };
    const fabric = {
      ...healthy(),
      node1: device(
        'node1',
        [session('node1', '192.0.2.254', { name: first.name, kind: 'node' })],
        healthy().node1?.routes ?? [],
      ),
    };
    const result = audit(
      input(fabric, { expected: success(now, { ...expected, sessions: [first, second] }) }),
    );
    const atNode1 = result.findings.filter(({ device: at }) => at === 'node1');
    expect(atNode1.map(({ check, detail }) => [check, detail.includes(second.name)])).toEqual([
      ['session-missing', true],
    ]);
  });

  it('names nodes that nobody looks at', () => {
    const nodes = [...expected.nodes, { name: 'node77', asn: 64512, addresses: ['192.0.2.77'] }];
    const result = audit(input(healthy(), { expected: success(now, { ...expected, nodes }) }));
    expect(result.findings).toEqual([]);
    expect(result.unknown.map(({ detail }) => detail)).toEqual([
      '1 node(s) of the objects are not configured here, so nobody looks at their BIRD: node77',
    ]);
  });

  it('does not page for a stranger of a switch', () => {
    const sessions = [
      ...(healthy().leaf01?.sessions.ok
        ? [session('leaf01', '192.0.2.1'), session('leaf01', '192.0.2.2'), session('leaf01', '198.51.100.1')]
        : []),
      session('leaf01', '203.0.113.9', { state: 'idle', vrf: 'tenant-b' }),
      session('leaf01', '203.0.113.8', { state: 'idle' }),
    ];
    const fabric = {
      ...healthy(),
      leaf01: device('leaf01', sessions, healthy().leaf01?.routes ?? [], leafAddresses),
    };
    expect(audit(input(fabric)).findings.map(({ subject, severity }) => [subject, severity])).toEqual([
      ['203.0.113.8 – leaf01', 'warning'],
      ['203.0.113.9 – leaf01', 'info'],
    ]);
  });
});
