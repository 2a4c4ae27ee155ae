// Each cause on the small fabric: what one change makes the audit say, and a near miss that must not say it.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { ExpectedState, ObjectProblem } from '../../src/model/expectation.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import { block, change, drop, edit, type Fabric, lostAtBoth, rebuilt } from './changes.ts';
import { device, expected, failure, healthy, input, now, route, session, success, view } from './fabric.ts';

function causesOf(fabric: Fabric, state: ExpectedState = expected, check = 'route-missing') {
  const { findings } = audit(input(fabric, { expected: success(now, state) }));
  return findings.flatMap((finding) =>
    finding.check === check ? [`${finding.device} ${finding.subject} ${finding.cause}`] : [],
  );
}

describe('at the owner', () => {
  const withNode = (more: object): ExpectedState => ({
    ...expected,
    nodes: expected.nodes.map((node) => (node.name === 'node2' ? { ...node, ...more } : node)),
  });

  it('node-not-ready, before bird-down', () => {
    const gone = failure<never>(now, 'refused', 'no BIRD');
    const fabric = { ...lostAtBoth(), node2: device('node2', gone, gone) };
    const lifecycle = { ready: false, readySince: now - 60_000 };
    expect(causesOf(fabric, withNode({ lifecycle }))).toEqual([
      `leaf01 ${block} node-not-ready`,
      `spine01 ${block} node-not-ready`,
    ]);
    expect(causesOf(fabric, withNode({ lifecycle: { ready: true } }))[0]).toBe(`leaf01 ${block} bird-down`);
  });

  it('unknown-device-unreachable, where the owner alone could tell', () => {
    const silent = failure<never>(now, 'timeout', 'no answer');
    const leafSessions = (old: readonly Session[]) => old;
    const fabric = {
      ...change(lostAtBoth(), 'leaf01', (v) => v, leafSessions),
      node2: device('node2', silent, silent),
    };
    expect(causesOf(fabric)[0]).toBe(`leaf01 ${block} unknown-device-unreachable`);
  });

  it('graceful-restart, while BIRD recovers', () => {
    const fabric = change(lostAtBoth(), 'node2', drop('exported', block), undefined, { recovering: true });
    expect(causesOf(fabric)[0]).toBe(`leaf01 ${block} graceful-restart`);
    const over = change(lostAtBoth(), 'node2', drop('exported', block), undefined, { recovering: false });
    expect(causesOf(over)[0]).toBe(`leaf01 ${block} not-exported`);
  });

  it('config-not-applied, when BIRD last read its configuration before the block was claimed', () => {
    const bare = (reconfiguredAt: number) => {
      const fabric = change(lostAtBoth(), 'node2', drop('exported', block), undefined, { reconfiguredAt });
      return change(fabric, 'node2', drop('local', block), undefined, { reconfiguredAt });
    };
    const claimed = {
      ...expected,
      prefixes: expected.prefixes.map((each) => ({ ...each, since: now - 600_000 })),
    };
    const vantages = new Map([['leaf01', { device: 'leaf01', prefixes: claimed.prefixes }]]);
    const cause = (at: number) =>
      audit(input(bare(at), { expected: success(now, claimed), vantages })).findings.find(
        ({ check }) => check === 'route-missing',
      )?.cause;
    expect(cause((now - 3_600_000) / 1000)).toBe('config-not-applied');
    expect(cause((now - 60_000) / 1000)).toBe('not-configured-on-node');
  });
});

describe('on the way', () => {
  it('rejected-by-switch-policy, when the owner sends it on a session that is up', () => {
    expect(causesOf(change(healthy(), 'leaf01', drop('installed', block)))).toEqual([
      `leaf01 ${block} rejected-by-switch-policy`,
    ]);
  });

  it('as-path-loop, when the AS of the switch stands in every path that is sent to it', () => {
    const path = (asPath: string) =>
      change(
        change(healthy(), 'leaf01', drop('installed', block)),
        'node2',
        edit('exported', block, (row) => [{ ...row, asPath }]),
      );
    expect(causesOf(path('64512 65001'))).toEqual([`leaf01 ${block} as-path-loop`]);
    expect(causesOf(path('64512 650011'))).toEqual([`leaf01 ${block} rejected-by-switch-policy`]);
  });

  it('prefix-limit, when the session says so', () => {
    const limited = (lastError: string) =>
      change(
        lostAtBoth(),
        'leaf01',
        (v) => v,
        (old) =>
          old.map((each) =>
            each.peerAddress === '192.0.2.2' ? { ...each, state: 'idle' as const, lastError } : each,
          ),
      );
    expect(causesOf(limited('Cease: Maximum Number of Prefixes Reached (6/1)'))[0]).toBe(
      `leaf01 ${block} prefix-limit`,
    );
    expect(causesOf(limited('Hold Timer Expired'))[0]).toBe(`leaf01 ${block} session-down`);
  });

  it('not-received, between two switches of which one has it', () => {
    expect(causesOf(change(healthy(), 'spine01', drop('installed', block)))).toEqual([
      `spine01 ${block} not-received`,
    ]);
  });

  it('not-exported by a node in between is told from a rejection', () => {
    const fabric = change(
      change(healthy(), 'leaf01', drop('installed', block)),
      'node2',
      drop('exported', block),
    );
    expect(causesOf(fabric)).toEqual([`leaf01 ${block} not-exported`]);
  });
});

describe('in the tables of the switch', () => {
  const bgp = (extra: Partial<RouteRow>) => (views: readonly RouteView[]) => [
    ...drop('installed', block)(views),
    view('bgp', [route(block, '192.0.2.2', extra)]),
  ];

  it.each([
    ['not-installed', bgp({})],
    ['next-hop-unreachable', bgp({ unusable: true })],
    ['lost-best-path', bgp({ best: false })],
    [
      'lost-best-path',
      (views: readonly RouteView[]) => [
        ...edit('installed', block, (row) => [{ ...row, protocol: 'static', discard: true, nextHops: [] }])(
          views,
        ),
        view('bgp', [route(block, '192.0.2.2')]),
      ],
    ],
    [
      'rejected-by-switch-policy',
      (views: readonly RouteView[]) => [
        ...drop('installed', block)(views),
        view('received', [route(block, '192.0.2.2')], { peer: '192.0.2.2' }),
      ],
    ],
  ] as const)('%s', (cause, views) => {
    expect(causesOf(change(healthy(), 'leaf01', views))).toEqual([`leaf01 ${block} ${cause}`]);
  });

  it('borrowed-address-filtered, and covered-only for a block', () => {
    const address = parsePrefix('10.1.0.5/32');
    const borrowed = {
      prefix: address,
      kind: 'borrowed' as const,
      origins: ['node2'],
      because: 'Pod shop/a',
    };
    const vantages = new Map([['leaf01', { device: 'leaf01', prefixes: [borrowed] }]]);
    const state = { ...expected, prefixes: [...expected.prefixes, borrowed] };
    const announced = change(healthy(), 'node2', (views) =>
      views.map((old) => rebuilt(old, [...old.table.rows(), route('10.1.0.5/32', '192.0.2.2')])),
    );
    const of = (fabric: Fabric) =>
      audit(input(fabric, { expected: success(now, state), vantages })).findings.map(
        ({ cause, severity }) => [cause, severity],
      );
    expect(of(announced)).toEqual([['borrowed-address-filtered', 'critical']]);
    expect(of(healthy())).toEqual([['covered-only', 'warning']]);
  });
});

describe('what sessions say', () => {
  const both = (atLeaf: Partial<Session>, atNode: Partial<Session>) => {
    const leaf = change(
      healthy(),
      'leaf01',
      (v) => v,
      (old) => old.map((each) => (each.peerAddress === '192.0.2.2' ? { ...each, ...atLeaf } : each)),
    );
    return change(
      leaf,
      'node2',
      (v) => v,
      (old) => old.map((each) => ({ ...each, ...atNode })),
    );
  };
  const down = { state: 'active' as const };

  it.each([
    ['wrong-as', 'leaf01', { ...down, lastError: 'OPEN Message Error: Bad Peer AS (2/2)' }, down],
    ['wrong-as', 'leaf01', { ...down, peerAsn: 64999 }, down],
    ['wrong-as', 'node2', down, { ...down, peerAsn: 65111 }],
    ['hold-timer', 'leaf01', { ...down, lastError: 'Hold Timer Expired' }, down],
    ['connection-refused', 'leaf01', down, { ...down, lastError: 'Socket: Connection refused' }],
    ['peer-unreachable', 'node2', down, { ...down, lastError: 'Socket: No route to host' }],
    ['authentication', 'node2', down, { ...down, lastError: 'Error: Kernel MD5 auth failed' }],
    ['ttl-security', 'leaf01', { ...down, lastError: 'TTL check failed' }, down],
    [
      'admin-down',
      'leaf01',
      { ...down, adminDown: true },
      { ...down, lastError: 'Received: Administrative shutdown' },
    ],
    ['admin-down', 'node2', { ...down, lastError: 'administratively shutdown (reset by the peer)' }, down],
    ['hold-timer', 'leaf01', { ...down, lastError: 'holdtimer expired error (reset by this side)' }, down],
    ['passive-waits', 'leaf01', down, { ...down, passive: true }],
    ['ends-disagree', 'node2', {}, down],
    [undefined, 'leaf01', down, down],
  ] as const)('%s at %s', (cause, at, leaf, node) => {
    const { findings } = audit(input(both(leaf, node)));
    const found = findings.filter(({ check }) => check === 'session-down');
    expect(found.map(({ cause: told, device: where, subject }) => [told, where, subject])).toEqual([
      [cause, at, 'leaf01 – node2'],
    ]);
    expect(found[0]?.ends?.map(({ device: name }) => name)).toEqual(['leaf01', 'node2']);
  });

  it('keeps the more specific of two complaints', () => {
    const fabric = both(
      { ...down, lastError: 'Bad Peer AS' },
      { ...down, lastError: 'Socket: Connection reset by peer' },
    );
    expect(causesOf(fabric, expected, 'session-down')).toEqual(['leaf01 leaf01 – node2 wrong-as']);
  });

  it('no-neighbour: one finding, at the end that lacks it, with what the other says', () => {
    const leaf = change(
      healthy(),
      'leaf01',
      (v) => v,
      (old) => old.filter(({ peerAddress }) => peerAddress !== '192.0.2.2'),
    );
    const fabric = change(
      leaf,
      'node2',
      (v) => v,
      (old) => old.map((each) => ({ ...each, ...down, lastError: 'Socket: Connection refused' })),
    );
    const { findings } = audit(input(fabric));
    const sessions = findings.filter(({ check }) => check.startsWith('session-'));
    expect(sessions.map(({ check, device: at, cause }) => [check, at, cause])).toEqual([
      ['session-missing', 'leaf01', 'no-neighbour'],
    ]);
    expect(sessions[0]?.detail).toContain('node2 says active, last error: Socket: Connection refused');
  });
});

describe('next hops', () => {
  const all = (fabric: Fabric, name = 'leaf01') =>
    change(fabric, name, (views) => views.map((old) => ({ ...old, allNextHops: true })));
  const via = (prefix: string, ...hops: string[]) =>
    change(
      healthy(),
      'leaf01',
      edit('installed', prefix, (row) => [{ ...row, nextHops: hops.map((address) => ({ address })) }]),
    );
  const said = (fabric: Fabric) => causesOf(fabric, expected, 'route-next-hop');

  it('thin-ecmp: fewer than announce it, where every next hop shows', () => {
    const one = via('10.96.0.0/16', '192.0.2.1');
    expect(said(all(one))).toEqual(['leaf01 10.96.0.0/16 thin-ecmp']);
    expect(said(one)).toEqual([]);
    expect(said(all(via('10.96.0.0/16', '192.0.2.1', '192.0.2.2')))).toEqual([]);
  });

  it('wrong-next-hop: a node that does not have it, or a way round where the owner offers it', () => {
    expect(said(via(block, '192.0.2.1'))).toEqual([`leaf01 ${block} wrong-next-hop`]);
    expect(said(via(block, '198.51.100.1'))).toEqual([`leaf01 ${block} wrong-next-hop`]);
    // The owner offers it, and the device sends it to somebody that nobody knows.
    expect(said(via(block, '192.0.2.99'))).toEqual([`leaf01 ${block} wrong-next-hop`]);
  });

  it('is content with an uplink toward the owner', () => {
    expect(said(healthy()).filter((line) => line.startsWith('spine01'))).toEqual([]);
  });
});

describe('who announces what is not theirs', () => {
  const rogue = (rows: readonly RouteRow[]) =>
    change(healthy(), 'node1', (views) =>
      views.map((old) => (old.layer === 'exported' ? rebuilt(old, [...old.table.rows(), ...rows]) : old)),
    );
  const said = (fabric: Fabric, problems: readonly ObjectProblem[] = []) =>
    causesOf(fabric, { ...expected, problems }, 'route-unexpected');
  const asStatic = route(block, '192.0.2.1', { protocol: 'static' });

  it("rogue-announcer: another node's block", () => {
    expect(said(rogue([asStatic]))).toEqual([`node1 ${block} rogue-announcer`]);
    // Passed on from a peer (mesh, reflector), or a tunnel's route: by design.
    expect(said(rogue([route(block, '192.0.2.1')]))).toEqual([]);
    expect(said(rogue([route(block, '192.0.2.1', { protocol: 'kernel' })]))).toEqual([]);
  });

  it('duplicate-affinity and stale-affinity, when the objects say so', () => {
    const problem = (
      cause: 'duplicate-affinity' | 'stale-affinity',
      nodes: readonly string[],
    ): ObjectProblem => ({
      severity: 'error',
      object: 'BlockAffinity x',
      message: 'm',
      cause,
      prefix: parsePrefix(block),
      nodes,
    });
    expect(said(rogue([asStatic]), [problem('duplicate-affinity', ['node1', 'node2'])])).toEqual([
      `node1 ${block} duplicate-affinity`,
    ]);
    expect(said(rogue([asStatic]), [problem('stale-affinity', ['node1'])])).toEqual([
      `node1 ${block} stale-affinity`,
    ]);
    expect(said(rogue([asStatic]), [problem('stale-affinity', ['node2'])])).toEqual([
      `node1 ${block} rogue-announcer`,
    ]);
  });

  it('a switch that makes the route itself', () => {
    const fabric = change(healthy(), 'spine01', (views) =>
      views.map((old) =>
        rebuilt(old, [...old.table.rows(), route('10.1.0.192/26', '203.0.113.1', { protocol: 'static' })]),
      ),
    );
    expect(said(fabric)).toEqual(['spine01 10.1.0.192/26 rogue-announcer']);
  });

  it('mesh-left-on: a session of the mesh that the objects have switched off', () => {
    const fabric = change(
      healthy(),
      'node1',
      (v) => v,
      (old) => [...old, session('node1', '192.0.2.2', { kind: 'mesh', name: 'Mesh_192_0_2_2' })],
    );
    expect(causesOf(fabric, expected, 'session-unexpected')).toEqual(['node1 192.0.2.2 mesh-left-on']);
  });
});

describe('policy', () => {
  it('bgpfilter-reject: named once, unless rules say that nobody carries it', () => {
    const withheld = [
      {
        prefix: parsePrefix('10.1.0.128/26'),
        kind: 'block' as const,
        nodes: ['node1'],
        cause: 'bgpfilter-reject' as const,
        object: 'BGPFilter f',
        because: 'BGPFilter f, export rule 2 rejects it',
      },
    ];
    const state = { ...expected, withheld };
    expect(causesOf(healthy(), state, 'route-withheld')).toEqual(['node1 10.1.0.128/26 bgpfilter-reject']);
    const quiet = input(healthy(), { expected: success(now, state), isCarried: () => false });
    expect(audit(quiet).findings).toEqual([]);
  });
});
