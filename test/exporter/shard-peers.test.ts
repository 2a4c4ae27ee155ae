// Asking the other shards over real HTTP: what they answer, in what words it is told when they do not, and that nothing is asked twice or
// for longer than it may take.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { ShardsConfig } from '../../src/config/shards.ts';
import { peerUrls, shardPeers } from '../../src/exporter/shard-peers.ts';
import type { PeerAnswer, ShardPeers } from '../../src/model/shard-peers.ts';

const open: (Server | ShardPeers)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) {
    if ('closeAllConnections' in each) each.closeAllConnections();
    each.close();
  }
});

interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A server that answers everything alike; `undefined` never answers. */
async function shard(status: number | undefined, body: string, seen: Seen[] = []): Promise<string> {
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization });
    if (status !== undefined) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function peers(urls: readonly string[], more: Partial<ShardsConfig> = {}): ShardPeers {
  const made = shardPeers(
    { peers: ['http://127.0.0.1:1', ...urls], timeout: 5000, ...more },
    { index: 0, count: urls.length + 1 },
  );
  open.push(made);
  return made;
}

const said = (answers: readonly PeerAnswer[]) =>
  answers.map((answer) => (answer.ok ? answer.data : answer.message));

describe('peerUrls', () => {
  it('puts the index in, or takes the list', () => {
    expect(peerUrls({ peers: 'http://x-{i}.x:10179/' }, { index: 0, count: 2 })).toEqual([
      'http://x-0.x:10179',
      'http://x-1.x:10179',
    ]);
    expect(peerUrls({ peers: ['http://a', 'http://b/'] }, { index: 1, count: 2 })).toEqual([
      'http://a',
      'http://b',
    ]);
  });

  it('refuses a list of another length', () => {
    expect(() => peerUrls({ peers: ['http://a'] }, { index: 1, count: 2 })).toThrow(
      'shards.peers lists 1 URLs, and --shard says that there are 2 shards',
    );
  });
});

describe('ask', () => {
  it('asks each other shard for its own part, and not itself', async () => {
    const seen: Seen[] = [];
    const url = await shard(200, '{"status":"success","data":{"total":3}}', seen);
    const answers = await peers([url, url]).ask('/api/v1/findings?limit=5');
    expect(answers).toEqual([
      { ok: true, shard: 1, url, data: { total: 3 } },
      { ok: true, shard: 2, url, data: { total: 3 } },
    ]);
    expect(seen.map((each) => each.url)).toEqual(Array(2).fill('/api/v1/findings?limit=5&shard=own'));
    expect(seen[0]?.authorization).toBeUndefined();
  });

  it.each([
    [{ login: { user: 'u', password: new Secret('p') } }, 'Basic dTpw'],
    [{ token: new Secret('t') }, 'Bearer t'],
  ])('logs in', async (more, header) => {
    const seen: Seen[] = [];
    const url = await shard(200, '{"status":"success","data":{}}', seen);
    await peers([url], more).ask('/x');
    expect(seen).toEqual([{ url: '/x?shard=own', authorization: header }]);
  });

  it.each([
    [401, 'Unauthorized', /: it refuses us; give the shards section the user and password/],
    [403, 'Forbidden', /: it refuses us; .* or the client certificate, that it wants/],
    [429, 'too many requests', /: it is asked too often/],
    [
      503,
      '{"status":"error","error":{"kind":"not-ready","message":"x"}}',
      /: it has not made its first audit yet$/,
    ],
    [
      400,
      '{"status":"error","error":{"kind":"bad-parameter","message":"unknown parameter"}}',
      /: it says "unknown parameter"$/,
    ],
    [200, '<html>', /: it answers with status 200 and no answer of our API/],
    [
      200,
      `{"status":"success","data":"${'x'.repeat(17 * 1024 * 1024)}"}`,
      /: the answer is larger than 16777216 bytes$/,
    ],
  ])('says why an answer of status %s is none', async (status, body, message) => {
    const [answer] = await peers([await shard(status, body)]).ask('/x');
    expect(answer).toMatchObject({ ok: false, shard: 1, message: expect.stringMatching(message) });
    expect(said(answer ? [answer] : [])[0]).toMatch(/^could not ask shard 1: /);
    expect(answer).not.toHaveProperty('notFound');
  });

  it('tells a shard that knows nothing from one that could not be asked', async () => {
    const body = '{"status":"error","error":{"kind":"not-found","message":"there is no device \\"x\\""}}';
    const [answer] = await peers([await shard(404, body)]).ask('/api/v1/explain?target=x');
    expect(answer).toMatchObject({ ok: false, notFound: true, message: 'shard 1: there is no device "x"' });
  });

  it('waits no longer than it may, and for the silent one alone', async () => {
    const silent = await shard(undefined, '');
    const fine = await shard(200, '{"status":"success","data":1}');
    expect(said(await peers([silent, fine, 'http://127.0.0.1:1'], { timeout: 300 }).ask('/x'))).toEqual([
      `could not ask shard 1: ${silent}: no answer within 0.3 s`,
      1,
      expect.stringMatching(/^could not ask shard 3: http:\/\/127\.0\.0\.1:1: connection refused/),
    ]);
  });

  it('asks the same once, however many want it, and refuses what piles up', async () => {
    const seen: Seen[] = [];
    const made = peers([await shard(undefined, '', seen)], { timeout: 500 });
    const many = Array.from({ length: 33 }, (_, i) => [made.ask(`/${i}`), made.ask(`/${i}`)] as const);
    expect(said((await many[32]?.[0]) ?? [])).toEqual(['could not ask shard 1: too many questions at once']);
    expect(many[0]?.[0]).toBe(many[0]?.[1]);
    const answers = (await Promise.all(many.flat())).flatMap(said);
    expect(answers.filter((text) => String(text).includes('too many questions'))).toHaveLength(2);
    expect(new Set(seen.map((each) => each.url)).size).toBe(seen.length);
  });
});
