// The agent's two sides without a BIRD: what the auditor makes of answers that are none, and how often the reader on the
// node reads, whoever asks how often.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { agentCollector } from '../../../src/collectors/nodes/agent.ts';
import { type AgentReader, agentReader } from '../../../src/collectors/nodes/agent-reader.ts';
import { agentSocketsCollector } from '../../../src/collectors/nodes/agent-sockets.ts';
import type { Collected, CollectQuery } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { failure, lastGood, success } from '../../../src/model/reading.ts';
import { encodeCollected } from '../../../src/model/reading-json.ts';

const query: CollectQuery = { prefixes: [], ranges: [] };
const empty: Collected = { sessions: success(1000, []), routes: success(1000, []) };
const whole = JSON.stringify(encodeCollected('node1', empty, 1000));

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function askOf(listener: RequestListener, timeoutMs = 3000): Promise<[kind: string, message: string]> {
  const listening = createServer(listener).listen(0, '127.0.0.1');
  server = listening;
  await new Promise((resolve) => listening.once('listening', resolve));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const collector = agentCollector({
    device: 'node1',
    url,
    token: 'hunter2',
    maxBytes: 10_000,
    now: Date.now,
  });
  const { sessions, routes } = await collector.collect(query, AbortSignal.timeout(timeoutMs));
  collector.close();
  expect(routes.ok).toBe(sessions.ok);
  if (sessions.ok) return ['ok', ''];
  expect(sessions.error.message).not.toContain('hunter2');
  return [sessions.error.kind, sessions.error.message];
}

describe('an agent that answers', () => {
  it.each<[what: string, status: number, body: string, kind: string, says: string]>([
    ['as it should', 200, whole, 'ok', ''],
    ['nothing', 200, '', 'parse', 'no JSON; is this the agent?'],
    ['a page', 200, '<html>login</html>', 'parse', 'no JSON'],
    ['half of it', 200, whole.slice(0, -9), 'parse', 'no JSON'],
    ['another JSON', 200, '{"status":"success"}', 'parse', 'version: must be a whole number, not nothing'],
    [
      'an older format',
      200,
      whole.replace('"version":1', '"version":0'),
      'unsupported',
      'of version 0, not 1',
    ],
    ['a later format', 200, '{"version":2,"node":"node1","new":1}', 'unsupported', 'one release'],
    ['too much', 200, `"${'x'.repeat(20_000)}"`, 'protocol', 'larger than 10000 bytes'],
    ['no such path', 404, 'nothing here', 'unsupported', 'no /agent/v1/readings there'],
    ['a fault of its own', 500, '{"error":"a fault of the agent"}', 'protocol', '500; it says "a fault'],
    ['busy', 503, '{"error":5}', 'protocol', 'status 503'],
    ['a redirection', 302, '', 'protocol', 'status 302'],
  ])('%s', async (_, status, body, kind, says) => {
    const location = status === 302 ? { location: 'http://127.0.0.1:1/' } : {};
    const answer = await askOf((_request, response) => response.writeHead(status, location).end(body));
    expect(answer).toEqual([kind, expect.stringContaining(says)]);
  });

  it('never, or drop by drop, or breaks off', async () => {
    expect(await askOf(() => undefined, 200)).toEqual([
      'timeout',
      expect.stringContaining('no answer in time'),
    ]);
    expect(await askOf((_, response) => void response.writeHead(200).write('{'), 200)).toEqual([
      'timeout',
      expect.stringContaining('no answer in time'),
    ]);
    const [kind, message] = await askOf((_, response) => {
      response.writeHead(200, { 'content-length': 99 }).write('{');
      setTimeout(() => response.destroy(), 50);
    });
    expect([kind, message]).toEqual(['protocol', expect.stringContaining('the connection was cut')]);
  });
});

describe('the reader on the node', () => {
  const readers: AgentReader[] = [];
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.stop();
  });

  function counted(intervalMs: number, leastIntervalMs: number, answer: () => Collected = () => empty) {
    const asked: CollectQuery[] = [];
    let [running, most] = [0, 0];
    const collector = {
      device: 'node1',
      source: 'bird',
      async collect(each: CollectQuery) {
        asked.push(each);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return answer();
      },
      close: () => undefined,
    };
    const reader = agentReader({ collector, intervalMs, leastIntervalMs, timeoutMs: 1000, now: Date.now });
    readers.push(reader);
    return { reader, asked, most: () => most };
  }

  it('answers many that ask the same with one reading', async () => {
    const { reader, asked } = counted(60_000, 60_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => reader.read(query)));
    expect(new Set(answers.map((answer) => answer.sessions.at))).toEqual(new Set([1000]));
    expect(asked).toHaveLength(1);
  });

  it('reads one after the other, with the least interval between, where questions differ', async () => {
    const { reader, asked, most } = counted(60_000, 100);
    const began = performance.now();
    const questions = [8, 16, 24].map((n) => ({ prefixes: [parsePrefix(`10.0.0.0/${n}`)], ranges: [] }));
    await Promise.all(questions.map((each) => reader.read(each)));
    expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    expect(asked).toEqual(questions);
    expect(most()).toBe(1);
  });

  it('goes on by itself with the last question', async () => {
    const { reader, asked } = counted(30, 0);
    reader.start();
    const last = { prefixes: [], ranges: [parsePrefix('10.0.0.0/8')] };
    await reader.read(last);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.slice(1).every((each) => each === last)).toBe(true);
    reader.stop();
    const { length } = asked;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked.length - length).toBeLessThanOrEqual(1);
  });

  it('keeps what was good beside what failed, part by part', async () => {
    let broken = false;
    const { reader } = counted(60_000, 0, () => ({
      sessions: success(2000, []),
      routes: broken ? failure(3000, 'timeout', 'no answer in time') : success(1000, []),
    }));
    await reader.read(query);
    broken = true;
    const { sessions, routes } = await reader.read(query);
    expect(sessions.ok).toBe(true);
    expect([routes.ok, routes.at, lastGood(routes)?.at]).toEqual([false, 3000, 1000]);
  });
});

it.each([
  [[], '/nonexistent/calico/bird.ctl: there is no such socket'],
  [['/nonexistent/bird6.ctl'], '/nonexistent/'],
])('a node whose sockets are absent says so (IPv6: %j)', async (sockets6, says) => {
  const sockets = ['/nonexistent/calico/bird.ctl', '/nonexistent/bird/bird.ctl'];
  const collector = agentSocketsCollector({ device: 'node1', sockets, sockets6, now: Date.now });
  const { sessions } = await collector.collect(query, AbortSignal.timeout(1000));
  expect(sessions).toMatchObject({
    ok: false,
    error: { kind: 'not-found', message: expect.stringContaining(says) },
  });
});
