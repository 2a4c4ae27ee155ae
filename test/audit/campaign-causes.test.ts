// What real daemons taught (test/campaign): a BIRD that ends says "Administrative shutdown", a password on one end makes both
// silent, an agent that comes back shows half of its table, a dead switch is not to blame for its policy.
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { RouteTable } from '../../src/model/route-table.ts';
import type { Session } from '../../src/model/session.ts';
import { device, expected, failure, healthy, input, now, route, session, success, view } from './fabric.ts';

const leafAddresses = ['192.0.2.254', '198.51.100.2'];

/** leaf01 with its session with node1 as given. */
function leafWith(changes: Partial<Session>) {
  const { leaf01 } = healthy();
  if (!leaf01?.sessions.ok) throw new Error('no leaf');
  const sessions = leaf01.sessions.value.map((each) =>
    each.peerAddress === '192.0.2.1' ? { ...each, ...changes } : each,
  );
  return device('leaf01', sessions, leaf01.routes, leafAddresses);
}

function nodeWith(changes: Partial<Session>) {
  const { node1 } = healthy();
  if (!node1?.sessions.ok) throw new Error('no node');
  return device(
    'node1',
    node1.sessions.value.map((each) => ({ ...each, ...changes })),
    node1.routes,
  );
}

const brief = (result: ReturnType<typeof audit>, check: string) =>
  result.findings.filter((each) => each.check === check).map((each) => `${each.device} ${each.cause ?? '-'}`);

describe('a session', () => {
  it('with a BIRD that has ended is down because of that, whatever the NOTIFICATION said', () => {
    const leaf01 = leafWith({ state: 'active', lastError: 'Cease: Administrative Shutdown (6/2)' });
    const gone = failure<never>(now, 'refused', 'connection refused');
    const down = audit(input({ ...healthy(), leaf01, node1: device('node1', gone, gone) }));
    expect(brief(down, 'session-down')).toEqual(['node1 bird-down']);
    expect(brief(audit(input({ ...healthy(), leaf01 })), 'session-down')).toEqual(['leaf01 admin-down']);
    // A switch has no BIRD: an agent that refuses is no cause of a session.
    const node1 = nodeWith({ state: 'active', lastError: 'Socket: Connection refused' });
    const silent = audit(input({ ...healthy(), leaf01: device('leaf01', gone, gone, leafAddresses), node1 }));
    expect(brief(silent, 'session-down')).toEqual(['leaf01 connection-refused']);
  });

  it('that the peer has given up takes the routes of a node that hangs, everywhere', () => {
    const { node1, leaf01, spine01 } = healthy();
    if (!node1?.routes.ok || !node1.sessions.ok || !leaf01 || !spine01) throw new Error('no fabric');
    const hangs = <T>(last: { at: number; value: T }) => ({
      ...failure<T>(now, 'timeout', 'no answer in time'),
      last: { at: last.at - 5_000, value: last.value },
    });
    const silent = device('node1', hangs(node1.sessions), hangs(node1.routes));
    const rest = (of: typeof leaf01) =>
      of.routes.ok
        ? of.routes.value.map((one) => ({
            ...one,
            table: RouteTable.of(
              [...one.table.rows()].filter((row) => formatPrefix(row.prefix) !== '10.1.0.0/26'),
            ),
          }))
        : [];
    const fabric = {
      ...healthy(),
      node1: silent,
      leaf01: {
        ...leafWith({ state: 'active', lastError: 'Hold Timer Expired (4/0)' }),
        routes: success(now, rest(leaf01)),
      },
      spine01: { ...spine01, routes: success(now, rest(spine01)) },
    };
    const missing = audit(input(fabric)).findings.filter(
      ({ check, subject }) => check === 'route-missing' && subject === '10.1.0.0/26',
    );
    expect(missing.map(({ device: at, cause }) => `${at} ${cause}`)).toEqual([
      'leaf01 session-down',
      'spine01 session-down',
    ]);
    expect(missing[1]?.detail).toContain('node1 cannot be read, and leaf01 has no session with it');
  });

  it('of which one end has a password that the objects do not give the other fails by it', () => {
    const both = { state: 'connect', lastError: 'Cease: Other Configuration Change (6/6)' } as const;
    const told = (passwordSet: boolean, meant = false) => {
      const sessions = expected.sessions.map((each) => ({ ...each, passwordSet: meant }));
      const fabric = {
        ...healthy(),
        leaf01: leafWith({ ...both, ...(passwordSet && { passwordSet }) }),
        node1: nodeWith(both),
      };
      return brief(
        audit(input(fabric, { expected: success(now, { ...expected, sessions }) })),
        'session-down',
      );
    };
    expect(told(true)).toEqual(['leaf01 authentication']);
    // Both have one: whether they agree cannot be told from here.
    expect(told(true, true)).not.toEqual(['leaf01 authentication']);
    expect(told(false)).not.toEqual(['leaf01 authentication']);
  });

  it('that the node has established is not missing on a switch that does not show it', () => {
    const { leaf01 } = healthy();
    if (!leaf01?.sessions.ok) throw new Error('no leaf');
    const half = leaf01.sessions.value.filter(({ peerAddress }) => peerAddress !== '192.0.2.1');
    const at = device('leaf01', half, leaf01.routes, leafAddresses);
    expect(brief(audit(input({ ...healthy(), leaf01: at })), 'session-missing')).toEqual([]);
    const node1 = nodeWith({ state: 'active' });
    expect(brief(audit(input({ ...healthy(), leaf01: at, node1 })), 'session-missing')).toEqual([
      'leaf01 no-neighbour',
    ]);
  });
});

describe('a node that does not reflect as the objects say', () => {
  const internal = { peerAsn: 64512, localAsn: 64512 } as const;
  const told = (rrClient: boolean, routeReflectorClient?: boolean) => {
    const sessions = expected.sessions.map((each) =>
      each.node === 'node1' ? { ...each, ...internal, rrClient } : each,
    );
    const node1 = nodeWith({
      ...internal,
      ...(routeReflectorClient === undefined ? {} : { routeReflectorClient }),
    });
    const fabric = input({ ...healthy(), node1 }, { expected: success(now, { ...expected, sessions }) });
    return brief(audit(fabric), 'session-unexpected');
  };

  it('is found, and not where its BIRD does not say', () => {
    expect(told(true, false)).toEqual(['node1 rr-misconfigured']);
    expect(told(false, true)).toEqual(['node1 rr-misconfigured']);
    expect(told(true, true)).toEqual([]);
    expect(told(false, false)).toEqual([]);
    expect(told(true)).toEqual([]);
  });
});

describe('a route that is missing', () => {
  const lost = [route('10.1.0.0/26', '198.51.100.2'), route('10.96.0.0/16', '198.51.100.2')];
  const spine01 = device(
    'spine01',
    [session('spine01', '198.51.100.2', { state: 'active' })],
    [view('installed', lost)],
    ['198.51.100.1'],
  );

  it('behind a switch that cannot be read is not the fault of its policy', () => {
    const silent = failure<never>(now, 'timeout', 'no answer');
    const leaf01 = device('leaf01', silent, silent, leafAddresses);
    const causes = brief(audit(input({ ...healthy(), leaf01, spine01 })), 'route-missing');
    expect(causes.length).toBeGreaterThan(0);
    expect(causes.join()).not.toContain('rejected-by-switch-policy');
  });

  it('is not installed where the routing table shows it refused', () => {
    const { leaf01 } = healthy();
    if (!leaf01?.routes.ok) throw new Error('no leaf');
    const rows = leaf01.routes.value.flatMap(({ table }) => [...table.rows()]);
    const refused = rows.map((row) =>
      row.nextHops[0]?.address === '192.0.2.2' ? { ...row, best: false } : row,
    );
    const at = device(
      'leaf01',
      leaf01.sessions,
      [view('installed', refused), view('bgp', rows)],
      leafAddresses,
    );
    expect(brief(audit(input({ ...healthy(), leaf01: at })), 'route-missing')).toEqual([
      'leaf01 not-installed',
    ]);
  });

  it('of a family whose BIRD has ended is missing because of that, though the other one answers', () => {
    const { node1, leaf01 } = healthy();
    if (!node1?.routes.ok || !leaf01?.sessions.ok) throw new Error('no devices');
    const gone = failure<never>(now, 'protocol', 'the BIRD of IPv4 is gone; that of IPv6 answers');
    const cut = view('local', [], { partial: 'the BIRD of IPv4 cannot be read' });
    const half = { ...device('node1', gone, [cut]), facts: { familiesDown: [4] as const } };
    const rows = [route('10.1.0.64/26', '192.0.2.2'), route('10.96.0.0/16', '192.0.2.2')];
    const leaf = device('leaf01', leaf01.sessions, [view('installed', rows)], leafAddresses);
    const result = audit(input({ ...healthy(), node1: half, leaf01: leaf }));
    expect(brief(result, 'route-missing')).toEqual(['leaf01 bird-down']);
    expect(brief(result, 'device-unreachable')).toEqual(['node1 bird-down']);
    // What it said of its BIRDs is old once nothing of it can be read any more.
    const silent = failure<never>(now, 'timeout', 'no answer');
    const later = { ...device('node1', silent, silent), facts: half.facts };
    const then = audit(input({ ...healthy(), node1: later, leaf01: leaf }));
    expect(brief(then, 'device-unreachable')).toEqual(['node1 unknown-device-unreachable']);
    const detail = result.findings.find(({ check }) => check === 'route-missing')?.detail;
    expect(detail).toContain('BIRD on node1, that of IPv4, is not running');
  });
});
