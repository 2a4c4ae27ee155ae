// Page and API of one shard of three: what the others have found stands with its own, a shard that cannot be asked is told wherever
// something of it could be missing, and nothing goes round in circles.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PeerAnswer, ShardPeers } from '../../src/model/shard-peers.ts';
import type { RunningServer } from '../../src/web/server.ts';
import { sampleFabric } from '../metrics/sample-fabric.ts';
import { sampleServer } from './sample-server.ts';

const lost = 'could not ask shard 2: http://c: connection refused: nobody listens there (ECONNREFUSED)';
const finding = (more: object) => ({
  state: 'firing',
  check: 'route-missing',
  severity: 'critical',
  device: 'leaf77',
  subject: '10.9.9.0/24',
  verdict: 'missing',
  detail: 'leaf77 lacks 10.9.9.0/24 of node9 <b>.',
  since: '2026-01-15T02:50:00.000Z',
  prefix: '10.9.9.0/24',
  ...more,
});
const summary = {
  devices: 4,
  devicesUnknown: 0,
  sessionsUp: 8,
  sessionsDown: 0,
  expectedPrefixes: 7,
  missing: 1,
  unknown: 0,
};

/** What shard 1 answers, by path. */
let answers: Readonly<Record<string, object>> = {};
const asked: string[] = [];
const peers: ShardPeers = {
  shard: { index: 0, count: 3 },
  async ask(path): Promise<readonly PeerAnswer[]> {
    asked.push(path);
    const data = answers[path.replace(/\?.*/, '')];
    const known: PeerAnswer = data
      ? { ok: true, shard: 1, url: 'http://b', data }
      : { ok: false, shard: 1, url: 'http://b', notFound: true, message: 'shard 1: there is no such thing' };
    return [known, { ok: false, shard: 2, url: 'http://c', message: lost }];
  },
  close: () => undefined,
};

let server: RunningServer;
let alone: RunningServer;
beforeAll(async () => {
  server = await sampleServer(sampleFabric, { peers: () => peers });
  alone = await sampleServer(sampleFabric);
});
afterAll(() => Promise.all([server.close(), alone.close()]));

const text = async (path: string, from = server) => (await fetch(from.url + path)).text();
const json = async (path: string, from = server) => {
  const response = await fetch(from.url + path);
  return JSON.parse(await response.text()) as Record<string, unknown>;
};
const dataOf = async (path: string, from = server) =>
  (await json(path, from)).data as {
    total: number;
    items: readonly Record<string, unknown>[];
    summary: typeof summary;
    shards: readonly object[];
  };
const page = (items: readonly object[], more: object = {}) => ({
  at: '2026-01-15T03:00:00.000Z',
  total: items.length,
  offset: 0,
  limit: 500,
  items,
  ...more,
});
const states = [
  { shard: 0, ok: true },
  { shard: 1, ok: true, url: 'http://b' },
  { shard: 2, ok: false, url: 'http://c', error: lost },
];

describe('lists', () => {
  it('join findings, worst first, add the figures up, and say which shard could not be asked', async () => {
    const minor = finding({ severity: 'info', subject: 'minor', detail: 'minor' });
    answers = { '/api/v1/findings': page([finding({}), minor], { summary }) };
    const own = await dataOf('/api/v1/findings', alone);
    const all = await dataOf('/api/v1/findings');
    expect(all.total).toBe(own.total + 2);
    const firing = all.items.filter(({ state }) => state === 'firing').map(({ severity }) => severity);
    expect(firing).toEqual([...firing].sort((x, y) => order.indexOf(String(x)) - order.indexOf(String(y))));
    expect(firing).toContain('info');
    expect(all.items).toContainEqual(finding({}));
    expect(all.summary).toMatchObject({
      devices: own.summary.devices + 4,
      missing: own.summary.missing + 1,
      expectedPrefixes: own.summary.expectedPrefixes,
    });
    expect(all.shards).toEqual(states);
    expect(own).not.toHaveProperty('shards');
  });
  const order = ['critical', 'warning', 'info'];

  it('pass filters on, and cut one page of the whole', async () => {
    answers = { '/api/v1/findings': page([finding({}), finding({ device: 'leaf78' })], { summary }) };
    asked.length = 0;
    const all = await dataOf(
      '/api/v1/findings?check=route-missing&severity=critical&device=leaf77&device=leaf78&offset=1&limit=1',
    );
    expect(asked).toEqual([
      '/api/v1/findings?check=route-missing&severity=critical&device=leaf77&device=leaf78&limit=2',
    ]);
    expect(all).toMatchObject({ total: 2, offset: 1, limit: 1, items: [{ device: 'leaf78' }] });
  });

  it('have a session that two shards tell of once, from the one that has read both ends', async () => {
    const ends = (state: string) => [
      { device: 'leaf01', state: 'active', says: '' },
      { device: 'leaf77', state, says: '' },
    ];
    const session = (state: string) =>
      finding({
        check: 'session-down',
        device: 'leaf01',
        subject: 'leaf01 – leaf77',
        vrf: 'default',
        ends: ends(state),
      });
    const third = session('unread');
    answers = { '/api/v1/findings': page([third, session('idle'), third], { summary }) };
    const { items } = await dataOf('/api/v1/findings?check=session-down');
    expect(items.filter(({ subject }) => subject === 'leaf01 – leaf77')).toEqual([session('idle')]);
  });

  it('have an incident that spans shards once', async () => {
    const incident = (more: object) => ({
      id: 'device-down leaf77',
      severity: 'warning',
      detail: 'leaf77 is down.',
      findings: 2,
      missingRoutes: 1,
      devices: ['leaf77'],
      since: '2026-01-15T02:50:00.000Z',
      ...more,
    });
    const other = incident({
      severity: 'critical',
      devices: ['leaf77', 'leaf78'],
      since: '2026-01-15T02:40:00.000Z',
    });
    answers = { '/api/v1/incidents': page([incident({}), other]) };
    const { items } = await dataOf('/api/v1/incidents');
    expect(items.filter(({ id }) => id === 'device-down leaf77')).toEqual([
      incident({
        severity: 'critical',
        findings: 4,
        missingRoutes: 2,
        devices: ['leaf77', 'leaf78'],
        since: '2026-01-15T02:40:00.000Z',
      }),
    ]);
  });

  it('take an answer that is none for a shard that could not be asked', async () => {
    answers = { '/api/v1/devices': { items: 'many' } };
    const { shards, total } = await dataOf('/api/v1/devices');
    expect(total).toBe((await dataOf('/api/v1/devices', alone)).total);
    expect(shards[1]).toEqual({
      shard: 1,
      ok: false,
      url: 'http://b',
      error: 'could not ask shard 1: total: must be a whole number, not nothing',
    });
  });

  it.each(['findings', 'devices', 'sessions', 'routes', 'incidents', 'resolved'])(
    '%s: with shard=own nobody else is asked',
    async (name) => {
      asked.length = 0;
      expect(await dataOf(`/api/v1/${name}?shard=own`)).toEqual(await dataOf(`/api/v1/${name}`, alone));
      expect(asked).toEqual([]);
    },
  );

  it.each(['expected', 'silences'])('%s is the same in all shards: nobody else is asked', async (name) => {
    asked.length = 0;
    expect(await dataOf(`/api/v1/${name}`)).toEqual(await dataOf(`/api/v1/${name}`, alone));
    expect(asked).toEqual([]);
  });

  it('refuse what cannot be cut of the whole, and another word for shard', async () => {
    expect(await json('/api/v1/routes?offset=4000&limit=2000')).toMatchObject({
      status: 'error',
      error: {
        message:
          'offset and limit together can be 5000 at most over all shards; for more ask each shard with shard=own',
      },
    });
    expect(await json('/api/v1/routes?shard=2')).toMatchObject({
      error: { message: 'shard must be one of own, not "2"' },
    });
  });
});

describe('explain', () => {
  const verdict = { tone: 'bad', verdict: 'leaf77 lacks it.', kind: 'prefix' };

  it('tells what the others say beside its own', async () => {
    answers = { '/api/v1/explain': verdict };
    asked.length = 0;
    const { data } = await json('/api/v1/explain?target=10.233.66.0/24&device=leaf01');
    expect(asked).toEqual(['/api/v1/explain?target=10.233.66.0%2F24&device=leaf01']);
    expect(data).toMatchObject({
      kind: 'prefix',
      target: '10.233.66.0/24',
      shards: [
        { shard: 1, ok: true, tone: 'bad', verdict: 'leaf77 lacks it.' },
        { shard: 2, ok: false, error: lost },
      ],
    });
    const shown = await text('/explain?target=10.233.66.0/24');
    expect(shown).toContain('What the other shards say');
    expect(shown).toContain('leaf77 lacks it.');
    expect(shown).toContain(`href="http://b/explain?target=10.233.66.0%2F24"`);
    expect(shown).toContain('could not ask shard 2');
  });

  it('gives the answer of a shard that knows what this one does not', async () => {
    answers = { '/api/v1/explain': verdict };
    expect(await json('/api/v1/explain?target=leaf77')).toMatchObject({
      status: 'success',
      data: { verdict: 'leaf77 lacks it.' },
    });
    expect((await fetch(`${server.url}/explain?target=leaf77`)).status).toBe(200);
  });

  it('does not say that nobody knows where one could not be asked', async () => {
    answers = {};
    const { error } = (await json('/api/v1/explain?target=leaf77')) as unknown as {
      error: { message: string };
    };
    expect(error.message).toContain(lost);
    const shown = await text('/explain?target=leaf77');
    expect(shown).toContain('It knows nothing by that name.');
    expect(shown).toContain('could not ask shard 2');
  });

  it('asks nobody when it is asked by another shard', async () => {
    asked.length = 0;
    const { data } = await json('/api/v1/explain?target=10.233.66.0/24&shard=own');
    expect(data).not.toHaveProperty('shards');
    expect(asked).toEqual([]);
  });
});

describe('the page', () => {
  it('shows findings of the others, escaped, and each shard', async () => {
    answers = { '/api/v1/findings': page([finding({})], { summary }) };
    const shown = await text('/');
    expect(shown).toContain('leaf77 lacks 10.9.9.0/24 of node9 &lt;b&gt;.');
    expect(shown).toContain('3 exporters share the devices.');
    expect(shown).toContain('<a href="http://b/">its page</a>');
    expect(shown).toContain(lost);
    expect(await text('/', alone)).not.toContain('id="shards"');
  });
});
