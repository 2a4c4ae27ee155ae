// Readings there and back through JSON: everything survives, ages follow the reader's clock, and a message that was
// tampered with anywhere is read or refused with a ParseError, never anything else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collected } from '../../src/model/collector.ts';
import { ParseError } from '../../src/model/parse-error.ts';
import { parsePrefix } from '../../src/model/prefix.ts';
import { failure, keepLast, success } from '../../src/model/reading.ts';
import { encodeCollected } from '../../src/model/reading-json.ts';
import { decodeCollected, decodeHead } from '../../src/model/reading-json-decode.ts';
import { type RouteRow, RouteTable } from '../../src/model/route-table.ts';
import type { RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';

const agentNow = 1_000_000_000;
const auditorNow = 5_000_000_000_000;

const session: Session = {
  device: 'node1',
  peerAddress: '172.20.0.254',
  peerAsn: 65009,
  localAsn: null,
  state: 'established',
  afi: 'ipv4',
  vrf: 'default',
  localAddress: '172.20.0.11',
  name: 'Node_172_20_0_254',
  kind: 'node',
  description: 'leaf "1"',
  adminDown: false,
  passive: true,
  establishedSeconds: 12.5,
  prefixesReceived: 3,
  prefixesAccepted: 2,
  prefixesAdvertised: 0,
  transitions: 4,
  lastError: 'Socket: Connection refused',
  protocolState: 'up',
  gracefulRestart: true,
  passwordSet: true,
};
const bare: Session = {
  device: 'node1',
  peerAddress: '',
  peerAsn: null,
  localAsn: 4_200_000_701,
  state: null,
  afi: 'ipv6',
  vrf: 'blue',
};
const rows: RouteRow[] = [
  {
    prefix: parsePrefix('10.233.64.0/26'),
    nextHops: [{ address: '172.20.0.12' }, { address: '172.20.0.13', interface: 'eth0' }],
    protocol: 'bgp',
    best: true,
    vrf: 'default',
    stale: true,
    unusable: true,
    asPath: '65009 64513',
    from: '172.20.0.254',
    communities: '64512:1',
    localPref: 2_147_482_623,
  },
  {
    prefix: parsePrefix('fd00:10::/64'),
    nextHops: [],
    protocol: 'static',
    best: false,
    vrf: 'default',
    discard: true,
  },
];
const view = {
  layer: 'exported',
  peer: '172.20.0.254',
  vrf: 'default',
  table: RouteTable.of(rows),
  scopes: [{ kind: 'ranges', prefixes: [parsePrefix('10.233.64.0/18')] }],
  partial: 'went away',
  allNextHops: false,
  cacheSeconds: 60,
} satisfies RouteView;

const collected: Collected = {
  sessions: success(agentNow - 1500, [session, bare]),
  routes: keepLast(success(agentNow - 9000, [view]), failure(agentNow - 20, 'timeout', 'no answer in time')),
  facts: {
    software: 'BIRD 1.6.8',
    localAsn: 64512,
    routerId: '10.0.0.1',
    startedAt: 999_900,
    recovering: false,
    capabilities: {
      sessions: { families: ['ipv4', 'ipv6'], vrfs: 'all', counts: ['received'] },
      routes: {
        families: ['ipv4'],
        vrfs: ['default', 'blue'],
        limits: 'no more than that',
        layers: ['local', 'exported'],
        allNextHops: true,
        questions: ['ranges', 'exact'],
        cacheSeconds: 60,
      },
    },
  },
};

const encoded = (): unknown => JSON.parse(JSON.stringify(encodeCollected('node1', collected, agentNow)));
const decode = (data: unknown) => decodeCollected(data, 'agent', 'node1', auditorNow);
const listed = (views: readonly RouteView[]) =>
  views.map(({ table, ...rest }) => ({ ...rest, rows: [...table.rows()] }));

describe('readings as JSON', () => {
  it('come back as they were, their ages counted by the reader’s clock', () => {
    const { sessions, routes, facts } = decode(encoded());
    expect(sessions).toEqual(success(auditorNow - 1500, [session, bare]));
    if (routes.ok || !routes.last) throw new Error('a failed reading with a last good one');
    expect({ ...routes, last: { at: routes.last.at, value: listed(routes.last.value) } }).toEqual({
      ok: false,
      at: auditorNow - 20,
      error: { kind: 'timeout', message: 'no answer in time' },
      last: { at: auditorNow - 9000, value: listed([view]) },
    });
    // Started 100 s before the agent's now.
    expect(facts).toEqual({ ...collected.facts, startedAt: auditorNow / 1000 - 100 });
    expect(decodeHead(encoded(), 'agent')).toEqual({ version: 1, node: 'node1' });
  });

  it('take the device from the auditor and pass over members of a later release', () => {
    const data = { ...(encoded() as object), device: 'evil', later: [1, 2] };
    const { sessions } = decodeCollected(data, 'agent', 'mine', auditorNow);
    expect(sessions.ok && sessions.value.map(({ device }) => device)).toEqual(['mine', 'mine']);
  });

  it('are never of the future', () => {
    const { sessions } = decode(
      JSON.parse(JSON.stringify(encodeCollected('n', collected, agentNow - 60_000))),
    );
    expect(sessions.at).toBe(auditorNow);
  });

  it.each<[path: string, value: unknown, message: string]>([
    ['sessions.ok', 'yes', 'agent.sessions.ok: must be true or false, not "\\"yes\\""'],
    ['sessions.value.0.state', 'up', 'agent.sessions.value[0].state: must be one of idle, connect'],
    ['sessions.value.0.peerAddress', 'x', 'must be an IP address, not "\\"x\\""'],
    ['sessions.ageMs', -1, 'agent.sessions.ageMs: must be a number from 0'],
    ['routes.last.value.0.table.hops', [0], 'must be columns of one length'],
    ['routes.last.value.0.table.hops.0', 9, 'must be the number of a set, not "9"'],
    ['routes.last.value.0.scopes.0.prefixes.0', '::/x', 'must be a prefix'],
    ['routes', undefined, 'agent.routes: must be an object, not nothing'],
    ['sessions.value.0.name', 'x'.repeat(9000), 'a text of 8192 characters at most'],
    ['sessions.value', new Array(10_001).fill({}), '10000 are the most'],
  ])('refuse a wrong %s', (path, value, message) => {
    const data = encoded();
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let place = data as Record<string, unknown>;
    for (const step of steps) place = place[step] as Record<string, unknown>;
    place[last] = value;
    expect(() => decode(data)).toThrow(message);
  });

  it('end in a reading or a ParseError, whatever stands in any place', () => {
    const text = JSON.stringify(encoded());
    const keys = [...text.matchAll(/"(\w+)":/g)].length;
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(keys - 1), fc.jsonValue(), (which, value) => {
        let seen = 0;
        const data: unknown = JSON.parse(text, (_, old) => (seen++ === which ? value : old));
        try {
          decode(data);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
          refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
