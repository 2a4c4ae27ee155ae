// Each check on a fabric written by hand: what one change makes of a healthy fabric, and nothing else.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import type { RouteSight, SeenVrfs } from '../../src/model/capabilities.ts';
import type { ExpectedSession } from '../../src/model/expectation.ts';
import type { AuditResult, Finding } from '../../src/model/finding.ts';
import type { Afi } from '../../src/model/session.ts';
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

const brief = ({ findings }: AuditResult) =>
  findings.map(({ check, device: at, subject, verdict, cause }) => [check, at, subject, verdict, cause]);

const leafSessions = () => healthy().leaf01?.sessions ?? failure(now, 'internal', 'no leaf');

describe('a healthy fabric', () => {
  it('has no finding and counts everything', () => {
    const result = audit(input(healthy()));
    expect(brief(result)).toEqual([]);
    expect(result.unknown).toEqual([]);
    expect(result.summary).toEqual({
      devices: 4,
      devicesUnknown: 0,
      sessionsUp: 6,
      sessionsDown: 0,
      expectedPrefixes: 3,
      missing: 0,
      unknown: 0,
    });
    expect(Array.from(result.devices.get('leaf01')?.verdicts ?? [], ({ verdict }) => verdict)).toEqual([
      'present',
      'present',
      'present',
    ]);
    expect(result.devices.get('leaf01')?.sessionsExpected).toBe(2);
    expect(result.devices.get('leaf01')?.routesSeen).toBe(3);
  });
});

describe('route-missing', () => {
  const without = (prefix: string, extra = {}) => {
    const fabric = healthy();
    const rows = prefixes
      .filter(
        ({ prefix: { a, length } }) =>
          prefix !== `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}/${length}`,
      )
      .map(({ prefix: p }) => ({ ...route('0.0.0.0/0', '192.0.2.1'), prefix: p }));
    return {
      ...fabric,
      leaf01: device(
        'leaf01',
        leafSessions(),
        [view('installed', rows, extra)],
        ['192.0.2.254', '198.51.100.2'],
      ),
    };
  };

  it('names prefix, switch and owner, and that the owner announces it', () => {
    const result = audit(input(without('10.1.0.64/26')));
    expect(brief(result)).toEqual([
      ['route-missing', 'leaf01', '10.1.0.64/26', 'missing', 'rejected-by-switch-policy'],
    ]);
    expect(result.findings[0]).toMatchObject({ nodes: ['node2'], kind: 'block', severity: 'critical' });
    expect(result.findings[0]?.detail).toBe(
      '10.1.0.64/26 (pod block of node2) is missing on leaf01: leaf01 received it from node2, and its import policy rejects it',
    );
  });

  it('is unknown, never missing, when the answer was cut', () => {
    const result = audit(input(without('10.1.0.64/26', { partial: 'cut off after 10 rows' })));
    expect(brief(result)).toEqual([]);
    expect(result.unknown.map(({ device: at, detail }) => [at, detail])).toEqual([
      ['leaf01', '1 of 3 prefixes cannot be judged on leaf01: cut off after 10 rows'],
    ]);
    expect(result.summary).toMatchObject({ missing: 0, unknown: 1 });
  });

  it('is unknown when the prefix was not asked for', () => {
    const scopes = [{ kind: 'exact' as const, prefixes: [] }];
    const result = audit(input(without('10.1.0.64/26', { scopes })));
    expect(result.summary).toMatchObject({ missing: 0, unknown: 1 });
  });

  it('tells a route that only a default or a shorter prefix covers', () => {
    const bare = (...rows: string[]) => {
      const kept = ['10.1.0.0/26', '10.96.0.0/16', ...rows].map((prefix) => route(prefix, '192.0.2.1'));
      return {
        ...healthy(),
        leaf01: device('leaf01', leafSessions(), [view('installed', kept)], ['192.0.2.254', '198.51.100.2']),
      };
    };
    expect(brief(audit(input(bare('0.0.0.0/0'))))).toEqual([
      ['route-missing', 'leaf01', '10.1.0.64/26', 'default-only', 'rejected-by-switch-policy'],
    ]);
    expect(brief(audit(input(bare('0.0.0.0/0', '10.1.0.0/24'))))).toEqual([
      ['route-missing', 'leaf01', '10.1.0.64/26', 'covered', 'covered-only'],
    ]);
  });

  it('is content with an aggregate where the fabric aggregates, but never with a default route', () => {
    const loose = prefixes.map((expectedPrefix) => ({ ...expectedPrefix, coverSuffices: true }));
    const vantages = new Map([['leaf01', { device: 'leaf01', prefixes: loose }]]);
    const leaf = (...rows: string[]) => {
      const kept = ['10.1.0.0/26', '10.96.0.0/16', ...rows].map((prefix) => route(prefix, '192.0.2.1'));
      const views = [view('installed', kept)];
      return {
        ...healthy(),
        leaf01: device('leaf01', leafSessions(), views, ['192.0.2.254', '198.51.100.2']),
      };
    };
    expect(brief(audit(input(leaf('10.1.0.0/24'), { vantages })))).toEqual([]);
    expect(audit(input(leaf('0.0.0.0/0'), { vantages })).findings.map(({ verdict }) => verdict)).toEqual([
      'default-only',
    ]);
  });

  it('does not take a discard route for the route', () => {
    const rows = [
      route('10.1.0.0/26', '192.0.2.1'),
      route('10.96.0.0/16', '192.0.2.1'),
      route('10.1.0.64/26', undefined, { discard: true }),
    ];
    const fabric = {
      ...healthy(),
      leaf01: device('leaf01', leafSessions(), [view('installed', rows)], ['192.0.2.254']),
    };
    expect(audit(input(fabric)).findings.map(({ verdict }) => verdict)).toEqual(['missing']);
  });

  it('calls a route of a silent peer stale', () => {
    const sessions = [
      session('leaf01', '192.0.2.1'),
      session('leaf01', '192.0.2.2', { state: 'active' }),
      session('leaf01', '198.51.100.1'),
    ];
    const fabric = {
      ...healthy(),
      leaf01: device('leaf01', sessions, healthy().leaf01?.routes ?? [], ['192.0.2.254', '198.51.100.2']),
    };
    expect(brief(audit(input(fabric)))).toEqual([
      ['session-down', 'leaf01', 'leaf01 – node2', 'down', 'ends-disagree'],
      ['route-missing', 'leaf01', '10.1.0.64/26', 'stale', 'graceful-restart'],
    ]);
  });

  it.each([
    ['not-configured-on-node', [view('local', []), view('exported', [])]],
    ['not-exported', [view('local', [route('10.1.0.64/26', undefined)]), view('exported', [])]],
    ['bird-down', failure<never>(now, 'refused', 'BIRD is gone')],
  ])('finds the cause at the owner: %s', (cause, routes) => {
    const fabric = without('10.1.0.64/26');
    const sessions = healthy().node2?.sessions ?? [];
    const result = audit(input({ ...fabric, node2: device('node2', sessions, routes as never) }));
    const missing = result.findings.find(({ check }) => check === 'route-missing');
    expect(missing?.cause).toBe(cause);
  });

  it('names the session between switches that is down, wherever it is', () => {
    const fabric = healthy();
    const [one, , services] = prefixes.map(({ prefix }) => ({
      ...route('0.0.0.0/0', '203.0.113.1'),
      prefix,
    }));
    const rows = [one, services].flatMap((kept) => (kept ? [kept] : []));
    const sessions = [
      session('spine01', '198.51.100.2', { state: 'active' }),
      session('spine01', '203.0.113.2'),
    ];
    const far = device(
      'leaf09',
      [session('leaf09', '203.0.113.1')],
      [view('installed', rows)],
      ['203.0.113.2'],
    );
    const spine = device('spine01', sessions, [view('installed', rows)], ['198.51.100.1', '203.0.113.1']);
    const vantages = new Map(['leaf01', 'leaf09'].map((name) => [name, { device: name, prefixes }]));
    const result = audit(input({ ...fabric, spine01: spine, leaf09: far }, { vantages }));
    const missing = result.findings.filter(({ check }) => check === 'route-missing');
    expect(missing.map(({ device: where, subject, cause }) => [where, subject, cause])).toEqual([
      ['leaf09', '10.1.0.64/26', 'session-down'],
    ]);
    expect(missing[0]?.detail).toContain(
      'the session between leaf01 and spine01 is down, and no other way leads to leaf01, which carries it',
    );
  });

  it('tells a route that is in the BGP table but not installed', () => {
    const kept = ['10.1.0.0/26', '10.96.0.0/16'].map((prefix) => route(prefix, '192.0.2.1'));
    const views = [view('installed', kept), view('bgp', [...kept, route('10.1.0.64/26', '192.0.2.2')])];
    const result = audit(
      input({ ...healthy(), leaf01: device('leaf01', leafSessions(), views, ['192.0.2.254']) }),
    );
    expect(brief(result)).toEqual([['route-missing', 'leaf01', '10.1.0.64/26', 'missing', 'not-installed']]);
  });
});

describe('device-unreachable', () => {
  it('makes routes unknown once the last good reading is too old, and never missing', () => {
    const gone = {
      ...failure<never>(now, 'timeout', 'no answer within 2 s'),
      last: { at: now - 60_000, value: [] },
    };
    const result = audit(
      input({ ...healthy(), leaf01: device('leaf01', gone, gone, ['192.0.2.254', '198.51.100.2']) }),
    );
    expect(brief(result)).toEqual([
      ['device-unreachable', 'leaf01', 'leaf01', 'unknown', 'unknown-device-unreachable'],
    ]);
    expect(result.findings[0]?.detail).toContain('unknown, not faulty: no answer within 2 s');
    expect(result.summary).toMatchObject({ missing: 0, unknown: 3, devicesUnknown: 1 });
  });

  it('goes by the last good reading while that is recent', () => {
    const routes = healthy().leaf01?.routes;
    const value = routes?.ok ? routes.value : [];
    const late = { ...failure<typeof value>(now, 'timeout', 'no answer'), last: { at: now - 20_000, value } };
    const result = audit(
      input({
        ...healthy(),
        leaf01: device('leaf01', leafSessions(), late, ['192.0.2.254', '198.51.100.2']),
      }),
    );
    expect(result.summary).toMatchObject({ missing: 0, unknown: 0 });
    expect(brief(result)).toEqual([]);
    // It answers otherwise: what may come back is pending until then.
    expect(result.pending).toMatchObject([{ check: 'device-unreachable', device: 'leaf01' }]);
  });

  it('is no fault before the first reading', () => {
    const pending = failure<never>(now, 'pending', 'not asked yet');
    const result = audit(input({ ...healthy(), leaf01: device('leaf01', pending, pending) }));
    expect(brief(result)).toEqual([]);
    expect(result.unknown.map(({ check }) => check)).toContain('device-unreachable');
  });
});

describe('sessions', () => {
  it('finds one that is missing on the node and on the switch', () => {
    const fabric = healthy();
    const result = audit(
      input({
        ...fabric,
        node2: device('node2', [], fabric.node2?.routes ?? []),
        leaf01: device(
          'leaf01',
          [session('leaf01', '192.0.2.1'), session('leaf01', '198.51.100.1')],
          fabric.leaf01?.routes ?? [],
          ['192.0.2.254', '198.51.100.2'],
        ),
      }),
    );
    expect(brief(result)).toEqual([
      ['session-missing', 'node2', 'leaf01 – node2', 'missing', 'config-not-applied'],
    ]);
    expect(result.findings[0]?.detail).toContain('(leaf01 has no neighbour 192.0.2.2 either)');
    // One finding, and each end lacks one session.
    expect(result.devices.get('node2')?.sessionsMissing).toBe(1);
    expect(result.devices.get('leaf01')?.sessionsMissing).toBe(1);
  });

  it('misses no session of a family that the source cannot show', () => {
    const six: ExpectedSession = {
      ...(expected.sessions[0] as ExpectedSession),
      peerAddress: 'fd00::254',
      sourceAddress: 'fd00::1',
      afi: 'ipv6',
    };
    const nodes = expected.nodes.map((node) => ({
      ...node,
      addresses: [...node.addresses, `fd00::${node.name.at(-1)}`],
    }));
    const both = success(now, { ...expected, nodes, sessions: [...expected.sessions, six] });
    const fabric = healthy();
    const peers = fabric.leaf01?.sessions ?? [];
    const leaf = device('leaf01', peers, fabric.leaf01?.routes ?? [], [
      '192.0.2.254',
      '198.51.100.2',
      'fd00::254',
    ]);
    const judged = (families?: readonly Afi[], vrfs: SeenVrfs = 'all') => {
      const sight = { vrfs, counts: [], limits: 'bgpPeerTable has IPv4 peers only' };
      const facts = families ? { capabilities: { sessions: { families, ...sight } } } : {};
      const result = audit(input({ ...fabric, leaf01: { ...leaf, facts } }, { expected: both }));
      const ofLeaf = (list: readonly Finding[]) =>
        list.filter(({ check, device: at }) => check === 'session-missing' && at === 'leaf01');
      return [
        result.devices.get('leaf01')?.sessionsMissing,
        ofLeaf(result.unknown).map(({ detail }) => detail),
      ];
    };
    expect(judged(['ipv4'])).toEqual([
      0,
      [
        'whether leaf01 has the session with fd00::1 (node1) cannot be seen by test: bgpPeerTable has IPv4 peers only',
      ],
    ]);
    expect(judged(['ipv4', 'ipv6'])).toEqual([1, []]);
    expect(judged(['ipv4', 'ipv6'], ['blue'])[0]).toBe(0);
    expect(judged()).toEqual([1, []]);
  });

  it('finds one that nothing calls for, and leaves the fabric’s own alone', () => {
    const fabric = healthy();
    const extra = [
      ...(fabric.node1?.sessions.ok ? fabric.node1.sessions.value : []),
      session('node1', '192.0.2.77', { state: 'active' }),
    ];
    const result = audit(input({ ...fabric, node1: device('node1', extra, fabric.node1?.routes ?? []) }));
    expect(brief(result)).toEqual([
      ['session-unexpected', 'node1', '192.0.2.77', 'unexpected', 'config-not-applied'],
    ]);
  });

  it('finds a session that a switch has with a node that peers elsewhere', () => {
    const fabric = healthy();
    const result = audit(
      input({
        ...fabric,
        spine01: device(
          'spine01',
          [session('spine01', '198.51.100.2'), session('spine01', '192.0.2.1', { state: 'active' })],
          fabric.spine01?.routes ?? [],
          ['198.51.100.1'],
        ),
      }),
    );
    expect(brief(result).filter(([check]) => check === 'session-unexpected')).toEqual([
      ['session-unexpected', 'spine01', '192.0.2.1', 'unexpected', undefined],
    ]);
  });

  it('says when the peer was shut down by hand', () => {
    const fabric = healthy();
    const result = audit(
      input({
        ...fabric,
        spine01: device(
          'spine01',
          [session('spine01', '198.51.100.2', { state: 'idle', adminDown: true })],
          [view('installed', [])],
          ['198.51.100.1'],
        ),
      }),
    );
    expect(brief(result)[0]).toEqual(['route-missing', 'spine01', '10.1.0.0/26', 'missing', 'session-down']);
    expect(result.findings.find(({ check }) => check === 'session-down')).toMatchObject({
      cause: 'admin-down',
      severity: 'warning',
    });
  });
});

describe('route-unexpected', () => {
  it('says that it could not look where a source answers for single prefixes only', () => {
    const fabric = healthy();
    const { leaf01 } = fabric;
    if (!leaf01) throw new Error('no leaf');
    const sight = {
      families: ['ipv4'],
      vrfs: ['default'],
      layers: ['installed'],
      allNextHops: true,
      cacheSeconds: 0,
      limits: 'it asks for single prefixes only',
    } as const;
    const unseen = (questions: RouteSight['questions']) => {
      const facts = { capabilities: { routes: { ...sight, questions } } };
      return audit(input({ ...fabric, leaf01: { ...leaf01, facts } })).unknown.map(({ detail }) => detail);
    };
    expect(unseen(['ranges'])).toEqual([]);
    expect(unseen(['exact'])).toEqual([
      expect.stringMatching(
        /^unexpected routes of leaf01 in .* cannot be seen: it asks for single prefixes only$/,
      ),
    ]);
  });

  it('names the node that announces a prefix nobody owns, and the switch that carries it', () => {
    const fabric = healthy();
    const add = (name: string, layer: 'installed' | 'exported') => {
      const routes = fabric[name]?.routes;
      const views = routes?.ok ? routes.value : [];
      return views.map((v) =>
        v.layer === layer
          ? {
              ...view(layer, [
                ...v.table.rows(),
                route('10.1.0.192/26', '192.0.2.1', layer === 'exported' ? { protocol: 'static' } : {}),
              ]),
            }
          : v,
      );
    };
    const result = audit(
      input({
        ...fabric,
        node1: device('node1', fabric.node1?.sessions ?? [], add('node1', 'exported')),
        leaf01: device('leaf01', fabric.leaf01?.sessions ?? [], add('leaf01', 'installed'), [
          '192.0.2.254',
          '198.51.100.2',
        ]),
      }),
    );
    expect(brief(result)).toEqual([
      ['route-unexpected', 'leaf01', '10.1.0.192/26', 'unexpected', 'rogue-announcer'],
      ['route-unexpected', 'node1', '10.1.0.192/26', 'unexpected', 'rogue-announcer'],
    ]);
  });

  it('does not blame a node for what it only passes on', () => {
    const passed = [view('exported', [route('10.1.0.192/26', '192.0.2.2', { protocol: 'bgp' })])];
    const fabric = { ...healthy(), node1: device('node1', healthy().node1?.sessions ?? [], passed) };
    expect(brief(audit(input(fabric)))).toEqual([]);
  });

  it('leaves an aggregate of a whole range alone', () => {
    const fabric = healthy();
    const routes = fabric.spine01?.routes;
    const rows = routes?.ok
      ? [...(routes.value[0]?.table.rows() ?? []), route('10.1.0.0/24', '198.51.100.2')]
      : [];
    const result = audit(
      input({
        ...fabric,
        spine01: device(
          'spine01',
          fabric.spine01?.sessions ?? [],
          [view('installed', rows)],
          ['198.51.100.1'],
        ),
      }),
    );
    expect(brief(result)).toEqual([]);
  });
});

describe('history and bounds', () => {
  it('keeps the time since when a finding stands', () => {
    const broken = {
      ...healthy(),
      spine01: device(
        'spine01',
        [session('spine01', '198.51.100.2', { state: 'active' })],
        healthy().spine01?.routes ?? [],
        ['198.51.100.1'],
      ),
    };
    const first = audit(input(broken));
    const later = audit(input(broken, { now: now + 30_000, maxAgeMs: () => 90_000 }), first);
    const down = later.findings.find(({ check }) => check === 'session-down');
    expect(down?.since).toBe(now);
  });

  it('judges nothing without objects, and says so', () => {
    const result = audit(
      input(healthy(), { expected: failure(now, 'parse', 'objects.yaml:3:1 bad'), vantages: new Map() }),
    );
    expect(brief(result)).toEqual([['object-invalid', '', 'datastore', 'unknown', undefined]]);
  });

  it('shows problems of objects', () => {
    const problems = [
      { severity: 'error' as const, object: 'BGPPeer x', field: 'spec.peerIP', message: 'is not an address' },
    ];
    const result = audit(input(healthy(), { expected: success(now, { ...expected, problems }) }));
    expect(result.findings.map(({ check, detail }) => [check, detail])).toEqual([
      ['object-invalid', 'BGPPeer x, spec.peerIP: is not an address'],
    ]);
  });

  it('cuts endless lists but counts them whole', () => {
    const fabric = healthy();
    const rows = Array.from({ length: 1500 }, (_, i) =>
      route(`10.96.${Math.floor(i / 250)}.${i % 250}/32`, '192.0.2.1'),
    );
    const routes = fabric.leaf01?.routes;
    const own = routes?.ok ? [...(routes.value[0]?.table.rows() ?? [])] : [];
    const result = audit(
      input({
        ...fabric,
        leaf01: device(
          'leaf01',
          leafSessions(),
          [view('installed', [...own, ...rows])],
          ['192.0.2.254', '198.51.100.2'],
        ),
      }),
    );
    expect(result.findings).toHaveLength(1001);
    expect(result.devices.get('leaf01')?.routesUnexpected).toBe(1500);
    expect(result.findings.at(-1)?.detail ?? '').not.toBe('');
  });
});
