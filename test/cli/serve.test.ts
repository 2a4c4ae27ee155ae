// serve on the demo fabric's devices: reload by request and by SIGHUP, the masked configuration, and probes of single devices.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningDemo, runDemo } from '../demo/running.ts';
import { until } from '../kube/cluster.ts';
import { checkOpenMetrics } from '../metrics/openmetrics-checker.ts';
import { cli, type Ran } from './io.ts';

let demo: RunningDemo;
let file: string;
let url = '';
let log = '';
let ended: Promise<Ran>;
let hangUp: () => void = () => undefined;
const end = new AbortController();

const get = async (where: string, init: RequestInit = {}) => {
  const response = await fetch(url + where, init);
  return { status: response.status, body: await response.text() };
};
const sampleOf = (body: string, series: string) =>
  Number(
    body
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length),
  );

beforeAll(async () => {
  demo = await runDemo();
  file = path.join(demo.folder, 'config.yml');
  writeFileSync(file, demo.demo.configText);
  ended = cli(['serve', '--config', file, '--web.listen-address', '127.0.0.1:0'], {
    signal: end.signal,
    onErr(text) {
      log = text;
      url = /"url":"([^"]+)"/.exec(text)?.[1] ?? '';
    },
    onHangUp(listener) {
      hangUp = listener;
      return () => {
        hangUp = () => undefined;
      };
    },
  });
  await until(() => url !== '', 60_000);
  while ((await get('/-/ready')).status !== 200) await new Promise((wake) => setTimeout(wake, 50));
}, 120_000);

afterAll(async () => {
  end.abort('end of test');
  await ended;
  await demo.stop();
});

describe('/config', () => {
  it('shows the configuration without its secrets', async () => {
    const { status, body } = await get('/config');
    expect(status).toBe(200);
    expect(body).toContain('name: leaf01');
    expect(body).not.toContain(demo.ssh.password);
    expect(body).toContain('password: <secret>');
  });
});

describe('/probe', () => {
  it('reads one device and answers with its metrics alone', async () => {
    const { status, body } = await get('/probe?target=leaf01');
    expect(status).toBe(200);
    expect(sampleOf(body, 'probe_success')).toBe(1);
    expect(sampleOf(body, 'probe_duration_seconds')).toBeGreaterThan(0);
    expect(body).toContain('calico_bgp_routes_missing{device="leaf01"} 0');
    expect(body).not.toMatch(/device="(leaf02|spine01|node1)"/);
  });

  it('answers in OpenMetrics, and compressed, where that is asked for', async () => {
    const response = await fetch(`${url}/probe?target=leaf01`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0', 'accept-encoding': 'gzip' },
    });
    expect(response.headers.get('content-type')).toContain('application/openmetrics-text; version=1.0.0');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const body = await response.text();
    expect(checkOpenMetrics(body)).toEqual([]);
    expect(sampleOf(body, 'probe_success')).toBe(1);
    expect(body).toContain('calico_bgp_routes_missing{device="leaf01"} 0');
  });

  it.each([
    '/probe',
    '/probe?target=',
    '/probe?target=leaf09',
    '/probe?target=leaf01&port=22',
    '/probe?target=a&target=b',
  ])('answers %s with 400', async (where) => {
    expect((await get(where)).status).toBe(400);
  });
});

describe('reload', () => {
  it('refuses what comes from another site and anything but POST and PUT', async () => {
    const headers = { origin: 'http://evil.example' };
    expect((await get('/-/reload', { method: 'POST', headers })).status).toBe(403);
    expect((await get('/-/reload')).status).toBe(405);
  });

  it('keeps the configuration that works when the new one does not', async () => {
    writeFileSync(file, `${demo.demo.configText}\nswitchs: []\n`);
    const { status, body } = await get('/-/reload', { method: 'POST' });
    expect(status).toBe(500);
    expect(body).toMatch(/config\.yml:\d+:1 the configuration has no option "switchs"/);
    const metrics = (await get('/metrics')).body;
    expect(sampleOf(metrics, 'calico_bgp_config_last_reload_successful')).toBe(0);
    expect(metrics).toContain('calico_bgp_device_up{device="leaf01",role="switch"} 1');
  });

  it('takes the new one over without a scrape that shows nothing', async () => {
    const without = demo.demo.configText.replaceAll('leaf02', 'tor-b');
    writeFileSync(file, without);
    const seen: boolean[] = [];
    const watching = setInterval(() => {
      get('/metrics').then(
        ({ body }) => seen.push(body.includes('calico_bgp_device_up{device="leaf01"')),
        () => seen.push(false),
      );
    }, 20);
    expect(await get('/-/reload', { method: 'POST' })).toEqual({ status: 200, body: 'reloaded\n' });
    clearInterval(watching);
    const { body } = await get('/metrics');
    expect(body).toContain('calico_bgp_device_up{device="tor-b",role="switch"} 1');
    expect(body).not.toContain('device="leaf02"');
    expect(sampleOf(body, 'calico_bgp_config_last_reload_successful')).toBe(1);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).not.toContain(false);
    expect((await get('/config')).body).toContain('name: tor-b');
  }, 60_000);

  it('does the same at SIGHUP', async () => {
    writeFileSync(file, demo.demo.configText);
    hangUp();
    await expect
      .poll(
        async () =>
          (await get('/metrics')).body.includes('calico_bgp_device_up{device="leaf02",role="switch"} 1'),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(log).toContain('configuration reloaded');
  }, 60_000);
});
