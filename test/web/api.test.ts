// The API's answers on the fabric written by hand: filters, pages, times, and refusal of what it does not know.
import { describe, expect, it } from 'vitest';
import { endpoints } from '../../src/web/api.ts';
import { defaultLimit, maxLimit, parseQuery, QueryError } from '../../src/web/api-query.ts';
import { sampleFabric, sampleOptions } from '../metrics/sample-fabric.ts';

interface Answer {
  readonly total: number;
  readonly items: readonly Record<string, unknown>[];
  readonly [key: string]: unknown;
}

function ask(name: string, search = ''): Answer {
  const endpoint = endpoints.find((candidate) => candidate.name === name);
  if (!endpoint) throw new Error(`no endpoint ${name}`);
  const query = parseQuery(search, endpoint.filters, endpoint.choices);
  const data = endpoint.answer({ fabric: sampleFabric(), query, maxAgeMs: sampleOptions.maxAgeMs });
  // Through JSON, as a client gets it.
  return JSON.parse(JSON.stringify(data)) as Answer;
}

describe('devices', () => {
  it('tells a device that is read, one that no longer answers and one not asked yet apart', () => {
    const { total, items } = ask('devices');
    expect(total).toBe(5);
    const [spine, leaf, , , node4] = items;
    expect(leaf).toMatchObject({
      device: 'leaf01',
      source: 'snmp',
      sessions: { ok: true, at: '2026-01-15T02:59:56.000Z', fresh: true },
      routesSeen: 7,
      expectedPrefixes: 7,
    });
    expect(spine).toMatchObject({
      device: 'spine01',
      routes: {
        ok: false,
        at: '2026-01-15T02:59:55.000Z',
        lastGoodAt: '2026-01-15T02:50:00.000Z',
        fresh: false,
        error: { kind: 'timeout', message: 'no answer from 192.0.2.1:161 within 5 s' },
      },
      routesSeen: null,
    });
    expect(node4).toMatchObject({
      device: 'node4',
      sessions: { error: { kind: 'pending' }, lastGoodAt: null },
    });
  });

  it('filters by role', () => {
    expect(ask('devices', '?role=node').items.map(({ device }) => device)).toEqual(['node1', 'node4']);
  });
});

describe('sessions', () => {
  it('finds the two ends of one session by device, peer name and peer address', () => {
    expect(ask('sessions', '?device=leaf01&peer=node1').items).toMatchObject([
      { peerAddress: '172.20.0.11', peer: 'node1', kind: 'node', state: 'established', role: 'switch' },
    ]);
    expect(ask('sessions', '?device=node1&peer=172.20.0.254').items).toMatchObject([
      { peer: 'leaf01', kind: 'node', at: '2026-01-15T02:59:58.000Z', fresh: true },
    ]);
  });

  it('marks what is too old and says null where nothing is known', () => {
    const old = ask('sessions', '?device=spine01').items;
    expect(old).toHaveLength(2);
    for (const item of old) expect(item).toMatchObject({ fresh: false, at: '2026-01-15T02:50:00.000Z' });
    expect(ask('sessions', '?state=unknown').items).toMatchObject([
      { peerAddress: 'fd00:20::99', peer: null, kind: null, state: null, vrf: 'blue' },
    ]);
  });

  it('takes any of several values of one filter', () => {
    const states = ask('sessions', '?state=idle&state=connect').items.map(({ state }) => state);
    expect(states.sort()).toEqual(['connect', 'idle']);
  });
});

describe('routes', () => {
  it('lists every missing route, with the node that should announce it', () => {
    expect(
      ask('routes', '?verdict=missing&verdict=default-only').items.map((item) => [
        item.device,
        item.prefix,
        item.node,
        item.verdict,
      ]),
    ).toEqual([
      ['leaf01', '10.233.66.0/24', 'node3', 'missing'],
      ['leaf02', '10.233.65.0/24', 'node2', 'missing'],
      ['leaf02', '10.233.66.0/24', 'node3', 'default-only'],
    ]);
  });

  it('says why a route is unknown', () => {
    expect(ask('routes', '?device=spine01&prefix=10.233.66.0/24').items).toMatchObject([
      {
        verdict: 'unknown',
        reason: 'no answer from 192.0.2.1:161 within 5 s',
        at: '2026-01-15T02:50:00.000Z',
      },
    ]);
  });

  it.each([
    ['10.233.66.7', ['10.233.66.0/24']],
    ['10.233.66.0/23', ['10.233.66.0/24', '10.233.67.0/24']],
    ['10.233.0.1', ['10.233.0.0/18']],
    ['10.99.0.0/16', []],
    ['fd00::/8', []],
  ])('?prefix=%s means what concerns these addresses', (prefix, found) => {
    const { items } = ask('routes', `?device=leaf01&prefix=${encodeURIComponent(prefix)}`);
    expect(items.map((item) => item.prefix)).toEqual(found);
  });

  it('gives node null for a prefix of many nodes', () => {
    const [item] = ask('routes', '?device=leaf01&kind=service-cluster').items;
    expect(item).toMatchObject({ node: null });
    expect(item?.origins).toHaveLength(6);
  });
});

describe('findings', () => {
  it('lists firing, then unknown, then pending ones by state', () => {
    expect(ask('findings').items.map(({ state, check, since }) => [state, check, since])).toEqual([
      ['firing', 'route-missing', '2026-01-15T02:58:00.000Z'],
      ['firing', 'route-missing', '2026-01-15T02:58:00.000Z'],
      ['firing', 'session-down', '2026-01-15T02:53:20.000Z'],
      ['firing', 'route-unexpected', '2026-01-15T02:00:00.000Z'],
      ['unknown', 'device-unreachable', '2026-01-15T02:50:00.000Z'],
      ['pending', 'route-missing', '2026-01-15T02:59:57.000Z'],
    ]);
    expect(ask('findings', '?state=pending').total).toBe(1);
    expect(ask('findings', '?peer=node4').items).toMatchObject([{ check: 'session-down' }]);
    expect(ask('findings', '?prefix=10.233.66.1').total).toBe(2);
  });

  it('has the summary beside every page', () => {
    expect(ask('findings', '?limit=0')).toMatchObject({
      items: [],
      total: 6,
      summary: { missing: 3, unknown: 7 },
    });
  });
});

describe('expected', () => {
  it('shows what should be for one node, and why', () => {
    expect(ask('expected', '?node=node1')).toMatchObject({
      objects: { ok: true, at: '2026-01-15T02:59:59.000Z' },
      ranges: ['10.233.0.0/18', '10.233.64.0/18'],
      prefixes: {
        total: 2,
        items: [
          { prefix: '10.233.0.0/18', kind: 'service-cluster' },
          { prefix: '10.233.64.0/24', because: 'IPAMBlock 10-233-64-0-24: affinity host:node1' },
        ],
      },
      sessions: { total: 3 },
      problems: { total: 1 },
    });
  });
});

describe('queries', () => {
  it.each([
    ['?divice=leaf01', /unknown parameter "divice"; known here: device, prefix/],
    ['?limit=-1', /limit must be one whole number, not "-1"/],
    ['?limit=1&limit=2', /limit must be one whole number/],
    ['?offset=x', /offset must be one whole number/],
    ['?prefix=10.0.0.0/33', /"\/33" in "10.0.0.0\/33" is not a length/],
    ['?prefix=leaf01', /"leaf01" is neither a prefix nor an IP address/],
  ])('refuses %s', (search, message) => {
    expect(() => ask('routes', search)).toThrow(QueryError);
    expect(() => ask('routes', search)).toThrow(message);
  });

  it.each([
    [
      'routes',
      '?verdict=nonsense',
      'verdict must be one of present, covered, default-only, missing, stale, unknown, not "nonsense"',
    ],
    ['routes', '?verdict=missing&verdict=Missing', /not "Missing"$/],
    ['routes', '?verdict=', /not ""$/],
    ['routes', '?kind=pod', /^kind must be one of block, /],
    ['devices', '?role=leaf', 'role must be one of node, switch, not "leaf"'],
    ['sessions', '?state=up', /^state must be one of idle, .*established, unknown, not "up"$/],
    ['sessions', '?kind=constructor', /^kind must be one of mesh, /],
    ['sessions', '?afi=ipv5', 'afi must be one of ipv4, ipv6, not "ipv5"'],
    ['findings', '?check=route-mising', /^check must be one of .*route-missing/],
    ['findings', '?severity=error', 'severity must be one of critical, warning, info, not "error"'],
    ['findings', '?state=open', 'state must be one of firing, unknown, pending, silenced, not "open"'],
  ])('refuses a value that the filter cannot have: %s %s', (name, search, message) => {
    expect(() => ask(name, search)).toThrow(QueryError);
    expect(() => ask(name, search)).toThrow(message);
  });

  it('cuts pages at the limit and the limit at its largest', () => {
    const page = ask('routes', '?limit=2&offset=20');
    expect(page).toMatchObject({ total: 21, limit: 2, offset: 20 });
    expect(page.items).toHaveLength(1);
    expect(parseQuery('?limit=999999', []).limit).toBe(maxLimit);
    expect(parseQuery('', []).limit).toBe(defaultLimit);
  });
});
