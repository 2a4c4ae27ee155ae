// Three exporters that share the demo fabric, each asking the others: whichever is looked at tells of a route that is missing anywhere, and
// says when one of them is gone.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningDemo, runDemo } from '../demo/running.ts';
import { cli, type Ran } from './io.ts';

let demo: RunningDemo;
let urls: readonly string[] = [];
const ends = [0, 1, 2].map(() => new AbortController());
let ended: Promise<Ran>[] = [];

/** A port that nobody has now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const get = async (shard: number, where: string) => (await fetch((urls[shard] ?? '') + where)).text();
const findings = async (shard: number) => {
  const answer = JSON.parse(await get(shard, '/api/v1/findings?state=firing')) as {
    data: {
      items: { check: string; device: string; subject: string }[];
      shards: { shard: number; ok: boolean; error?: string }[];
      summary: { devices: number };
    };
  };
  return answer.data;
};
const everywhere = { timeout: 30_000, interval: 200 };

beforeAll(async () => {
  demo = await runDemo();
  urls = (await Promise.all([freePort(), freePort(), freePort()])).map((port) => `http://127.0.0.1:${port}`);
  const file = path.join(demo.folder, 'shards.yml');
  writeFileSync(
    file,
    `${demo.demo.configText}\nshards: { peers: [${urls.map((url) => `"${url}"`).join(', ')}] }\n`,
  );
  ended = urls.map((url, i) => {
    const listen = url.replace('http://', '');
    const argv = ['serve', '--config', file, '--web.listen-address', listen, '--shard', `${i}/3`];
    return cli(argv, { signal: ends[i]?.signal ?? AbortSignal.abort() });
  });
}, 120_000);

afterAll(async () => {
  for (const end of ends) end.abort('end of test');
  await Promise.all(ended);
  await demo.stop();
});

it('shows on each of them what all of them have found', async () => {
  for (const i of [0, 1, 2])
    await expect.poll(() => get(i, '/-/ready').catch(() => ''), everywhere).toBe('ready\n');
  demo.demo.control.inject('withdraw-node3-block');
  for (const i of [0, 1, 2]) {
    const missing = async () =>
      (await findings(i)).items.filter(({ check }) => check === 'route-missing').map(({ device }) => device);
    await expect
      .poll(async () => (await missing()).sort(), everywhere)
      .toEqual(['leaf01', 'leaf02', 'spine01']);
    const { shards, summary } = await findings(i);
    expect(shards.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(summary.devices).toBe(9);
    expect(await get(i, '/')).toMatch(/<h2>3 routes missing on [^<]*<\/h2>/);
    expect(await get(i, '/explain?target=10.233.66.0/24')).toContain('What the other shards say');
  }
  demo.demo.control.healAll();
  for (const i of [0, 1, 2]) {
    await expect.poll(async () => (await findings(i)).items, everywhere).toEqual([]);
    expect(await get(i, '/')).toContain('So say all 3 shards.');
  }
}, 120_000);

it('says on the others that one is gone, and calls nothing fine', async () => {
  ends[2]?.abort('gone');
  await ended[2];
  const { shards } = await findings(0);
  expect(shards[2]).toMatchObject({ shard: 2, ok: false });
  expect(shards[2]?.error).toMatch(/^could not ask shard 2: http:.*: connection refused/);
  const page = await get(0, '/');
  expect(page).toContain('<h2>Not every shard could be asked</h2>');
  expect(page).toContain('could not ask shard 2: ');
});

it('refuses a list that does not fit the number of shards', async () => {
  const file = path.join(demo.folder, 'shards.yml');
  const { code, err } = await cli([
    'serve',
    '--config',
    file,
    '--web.listen-address',
    '127.0.0.1:0',
    '--shard',
    '0/2',
  ]);
  expect([code, err]).toEqual([2, 'shards.peers lists 3 URLs, and --shard says that there are 2 shards\n']);
});
