// Faults of the demo through the page: forms without script, JSON for scripts, and nobody from another site.
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/web/server.ts';
import { sampleFabric } from '../metrics/sample-fabric.ts';
import { sampleServer } from './sample-server.ts';

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function serveDemo() {
  const active = new Set<string>();
  const names = ['leaf02-down', 'node3-filter'];
  server = await sampleServer(sampleFabric, {
    demo: {
      list: () => names.map((name) => ({ name, title: `Break <${name}>`, active: active.has(name) })),
      inject: (name) => void active.add(name),
      heal: (name) => void active.delete(name),
      healAll: () => active.clear(),
    },
  });
  const { url } = server;
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  return { active, url, post };
}

const json = { 'content-type': 'application/json' };

describe('demo faults', () => {
  it('are put in and healed by forms that lead back to the page', async () => {
    const { active, post, url } = await serveDemo();
    const injected = await post('/demo/faults/leaf02-down', 'action=inject', { origin: url });
    expect([injected.status, injected.headers.get('location')]).toEqual([303, '/']);
    expect([...active]).toEqual(['leaf02-down']);
    expect((await post('/demo/faults/leaf02-down', 'action=heal')).status).toBe(303);
    expect([...active]).toEqual([]);
    await post('/demo/faults/leaf02-down', 'action=inject');
    await post('/demo/faults/node3-filter', 'action=inject');
    expect((await post('/demo/faults', 'action=heal')).status).toBe(303);
    expect([...active]).toEqual([]);
  });

  it('are put in by JSON, which answers with the list', async () => {
    const { post, url } = await serveDemo();
    const response = await post('/demo/faults/node3-filter', '{"action":"inject"}', json);
    const list = {
      status: 'success',
      data: {
        faults: [
          { name: 'leaf02-down', title: 'Break <leaf02-down>', active: false },
          { name: 'node3-filter', title: 'Break <node3-filter>', active: true },
        ],
      },
    };
    expect(await response.json()).toEqual(list);
    expect(await (await fetch(`${url}/demo/faults`)).json()).toEqual(list);
  });

  it('are refused to other sites', async () => {
    const { active, post } = await serveDemo();
    const foreign = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'http://127.0.0.1:1' },
    ];
    for (const headers of foreign) {
      expect((await post('/demo/faults/leaf02-down', 'action=inject', headers)).status).toBe(403);
    }
    expect([...active]).toEqual([]);
  });

  it.each([
    ['/demo/faults/unknown', 'action=inject', {}, 404],
    ['/demo/faults/leaf02-down', 'action=explode', {}, 400],
    ['/demo/faults/leaf02-down', '', {}, 400],
    ['/demo/faults', 'action=inject', {}, 400],
    ['/demo/faults/leaf02-down', '{"action":', json, 400],
    ['/demo/faults/leaf02-down', `action=inject&x=${'x'.repeat(2000)}`, {}, 413],
    ['/demo/faults/leaf02-down', 'a=1&b=2&c=3&d=4&action=inject', {}, 413],
  ] as const)('%s with %s is refused', async (path, body, headers, status) => {
    const { active, post } = await serveDemo();
    const response = await post(path, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status: 'error' });
    expect([...active]).toEqual([]);
  });

  it('stand on the page as buttons, escaped', async () => {
    const { url } = await serveDemo();
    const page = await (await fetch(url)).text();
    expect(page).toContain('<form method="post" action="/demo/faults/leaf02-down">');
    expect(page).toContain('Break &lt;leaf02-down&gt;');
  });
});
