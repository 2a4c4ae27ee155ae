// The server over real HTTP on loopback: what Prometheus, a load balancer, a browser and an attacker would send.
import { spawnSync } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createRenderer, type Renderer } from '../../src/metrics/renderer.ts';
import { createSelfMetrics } from '../../src/metrics/self.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import type { RunningServer, ServerOptions } from '../../src/web/server.ts';
import { checkOpenMetrics } from '../metrics/openmetrics-checker.ts';
import { sampleFabric, sampleOptions } from '../metrics/sample-fabric.ts';
import { sampleServer } from './sample-server.ts';

const open: { server: RunningServer; renderer: Renderer }[] = [];
afterEach(async () => {
  for (const { server, renderer } of open.splice(0)) {
    renderer.stop();
    await server.close();
  }
});

async function serve(fabric: Fabric | undefined, more: Partial<ServerOptions> = {}) {
  const renderer = createRenderer({ metrics: sampleOptions });
  if (fabric) {
    renderer.update(fabric);
    await renderer.settled();
  }
  const server = await sampleServer(() => fabric, { renderer, ...more });
  open.push({ server, renderer });
  return (path: string, init: RequestInit = {}) => fetch(server.url + path, { redirect: 'manual', ...init });
}

/** A request without the headers and the decompression that fetch adds. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ body: Buffer; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ body: Buffer.concat(chunks), headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

const openmetrics = 'application/openmetrics-text;version=1.0.0';

describe('/metrics', () => {
  it('has the fabric and the exporter itself in text 0.0.4', async () => {
    const get = await serve(sampleFabric());
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('etag')).toBeNull();
    const body = await response.text();
    expect(body).toContain('\ncalico_bgp_routes_missing{device="leaf01"} 1\n');
    expect(body).toContain('calico_bgp_exporter_scrapes_total{format="text"} 1\n');
    expect(body).toContain('calico_bgp_build_info{version="1.2.3",revision="abc"');
  });

  it('keeps the names of its own counters when both formats are scraped in turn', async () => {
    const get = await serve(sampleFabric());
    for (let i = 0; i < 2; i++) {
      const om = await get('/metrics', { headers: { accept: openmetrics } });
      expect(om.headers.get('content-type')).toBe(
        'application/openmetrics-text; version=1.0.0; charset=utf-8',
      );
      const body = await om.text();
      expect(checkOpenMetrics(body)).toEqual([]);
      expect(body).toContain(`calico_bgp_exporter_scrapes_total{format="openmetrics"} ${i + 1}\n`);
      expect(await (await get('/metrics')).text()).toContain(
        'calico_bgp_exporter_scrapes_total{format="text"}',
      );
    }
  });

  it('is right in OpenMetrics with the metrics of the process, too', async () => {
    const self = createSelfMetrics({ version: '1.2.3', revision: 'abc' });
    self.rendered(0.2, 0);
    self.countLogError();
    const get = await serve(sampleFabric(), { self });
    const body = await (await get('/metrics', { headers: { accept: openmetrics } })).text();
    expect(checkOpenMetrics(body)).toEqual([]);
    expect(body).toContain('process_cpu_seconds_total ');
    expect(body).toContain('calico_bgp_exporter_render_duration_seconds_bucket{le="1.0"} 1\n');
    expect(body).toContain('calico_bgp_exporter_log_errors_total 1\n');
  });

  it.each(['*/*', openmetrics])('compressed says the same as plain (%s)', async (accept) => {
    await serve(sampleFabric());
    const url = `${open[0]?.server.url}/metrics`;
    const plain = await raw(url, { accept });
    const zipped = await raw(url, { accept, 'accept-encoding': 'gzip' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers['content-length']).toBe(String(zipped.body.length));
    expect(zipped.body.length).toBeLessThan(plain.body.length / 4);
    // The exporter counts scrapes and requests, so only these lines may differ.
    const counting = /^(# (HELP|TYPE) )?calico_bgp_exporter_(scrapes|http_requests)/;
    const without = (body: Buffer) =>
      body
        .toString()
        .split('\n')
        .filter((line) => !counting.test(line));
    expect(without(gunzipSync(zipped.body))).toEqual(without(plain.body));
    // One ordinary member, not several: clients that stop after the first would lose the rest.
    const gunzip = spawnSync('gzip', ['-t', '-v'], { input: zipped.body, encoding: 'utf8' });
    if (!gunzip.error) expect(gunzip.stderr).toMatch(/OK/);
  });

  it('shows the exporter itself before the first audit', async () => {
    const get = await serve(undefined);
    const body = await (await get('/metrics', { headers: { accept: openmetrics } })).text();
    expect(checkOpenMetrics(body)).toEqual([]);
    expect(body).not.toContain('calico_bgp_device_up');
    expect((await get('/metrics')).status).toBe(200);
  });
});

describe('health', () => {
  it('is healthy at once and ready after the first audit', async () => {
    const early = await serve(undefined);
    expect((await early('/-/healthy')).status).toBe(200);
    expect((await early('/-/ready')).status).toBe(503);
    const later = await serve(sampleFabric());
    expect((await later('/-/ready')).status).toBe(200);
  });
});

describe('API', () => {
  it('answers in its envelope', async () => {
    const get = await serve(sampleFabric());
    const response = await get('/api/v1/routes?verdict=missing&device=leaf01');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({
      status: 'success',
      data: { at: '2026-01-15T03:00:00.000Z', total: 1, items: [{ prefix: '10.233.66.0/24' }] },
    });
  });

  it('says what is wrong with a question, and that it is not ready', async () => {
    const get = await serve(sampleFabric());
    const wrong = await get('/api/v1/sessions?prefix=10.0.0.0/8');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toEqual({
      status: 'error',
      error: {
        kind: 'bad-parameter',
        message:
          'unknown parameter "prefix"; known here: device, peer, state, kind, afi, vrf, limit, offset, shard',
      },
    });
    expect((await get('/api/v1/routes?verdict=nonsense')).status).toBe(400);
    const soon = await serve(undefined);
    const early = await soon('/api/v1/findings');
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({ status: 'error', error: { kind: 'not-ready' } });
  });

  it('hides a fault of its own from the client and reports it', async () => {
    const errors: unknown[] = [];
    const broken = { ...sampleFabric(), devices: [null] } as unknown as Fabric;
    const get = await serve(sampleFabric(), { fabric: () => broken, onError: (error) => errors.push(error) });
    const response = await get('/api/v1/devices');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      status: 'error',
      error: { kind: 'internal', message: 'a fault of the exporter; see its log' },
    });
    expect(errors).toHaveLength(1);
  });
});

describe('the rest', () => {
  it('sends security headers and no name of the software', async () => {
    const get = await serve(sampleFabric());
    for (const path of ['/', '/metrics', '/nothing', '/api/v1/findings?x=1', '/static/page.js']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'self';/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('lists its paths where there is nothing, and every path it lists exists', async () => {
    const get = await serve(sampleFabric());
    const response = await get('/nothing');
    expect(response.status).toBe(404);
    const paths = (await response.text()).split('\n').filter((line) => line.startsWith('/'));
    expect(paths).toContain('/metrics');
    expect(paths).not.toContain('/demo/faults');
    // An explanation is of something.
    const query = (path: string) => (path.endsWith('/explain') ? `${path}?target=leaf01` : path);
    for (const path of paths) expect((await get(query(path))).status, path).toBe(200);
  });

  it.each([
    ['POST', '/metrics', 'GET, HEAD', 'only GET and HEAD requests'],
    ['DELETE', '/', 'GET, HEAD', 'only GET and HEAD requests'],
    ['PUT', '/static/page.js', 'GET, HEAD', 'only GET and HEAD requests'],
    ['PATCH', '/api/v1/findings', 'GET, HEAD', '"kind":"bad-method"'],
    ['GET', '/-/reload', 'POST, PUT', 'only POST and PUT requests'],
    ['DELETE', '/-/reload', 'POST, PUT', 'only POST and PUT requests'],
    ['POST', '/probe?target=leaf01', 'GET, HEAD', 'only GET and HEAD requests'],
    ['PUT', '/demo/faults', 'GET, HEAD, POST', 'only GET, HEAD and POST requests'],
    ['GET', '/demo/faults/x', 'POST', 'only POST requests'],
  ])('%s %s is refused with the methods that it takes', async (method, path, allow, says) => {
    const get = await serve(sampleFabric(), {
      operations: { reload: async () => ({ ok: true }), probe: async () => undefined },
      demo: { list: () => [], inject: () => {}, heal: () => {}, healAll: () => {} },
    });
    const response = await get(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.text()).toContain(says);
    const options = await get(path, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    expect((await get('/nothing', { method })).status).toBe(404);
  });

  it.each(['/', '/api/v1/routes', '/explain?target=10.233.66.0/24', '/static/page.css'])(
    '%s is compressed for who takes it, and says the same',
    async (path) => {
      await serve(sampleFabric());
      const url = `${open[0]?.server.url}${path}`;
      const plain = await raw(url, { 'accept-encoding': 'gzip;q=0' });
      const zipped = await raw(url, { 'accept-encoding': 'gzip, br' });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(zipped.headers['content-encoding']).toBe('gzip');
      for (const { headers, body } of [plain, zipped]) {
        expect(headers.vary).toBe('Accept-Encoding');
        expect(headers['content-length']).toBe(String(body.length));
      }
      expect(zipped.headers['content-type']).toBe(plain.headers['content-type']);
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    },
  );

  it('counts requests by route, never by what a client made up', async () => {
    const get = await serve(sampleFabric());
    await get('/made-up-1');
    await get('/made-up-2');
    await get('/api/v1/findings?device=x');
    const body = await (await get('/metrics')).text();
    expect(body).toContain('http_requests_total{path="other",code="404"} 2\n');
    expect(body).toContain('http_requests_total{path="/api/v1/findings",code="200"} 1\n');
    expect(body).not.toContain('made-up');
  });

  it('rejects when its port is taken', async () => {
    await serve(sampleFabric());
    const port = open[0]?.server.port ?? 0;
    await expect(serve(sampleFabric(), { listen: { host: '127.0.0.1', port } })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });

  it('serves again within seconds when 300 clients connect and say nothing', {
    timeout: 20_000,
  }, async () => {
    const get = await serve(sampleFabric());
    const port = open[0]?.server.port ?? 0;
    const idle = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const began = Date.now();
    const answered = async () => {
      try {
        return (await get('/metrics', { headers: { connection: 'close' } })).ok;
      } catch {
        return false;
      }
    };
    // That they do block it shows that this test can fail.
    expect(await answered()).toBe(false);
    while (!(await answered())) {
      expect(Date.now() - began).toBeLessThan(9000);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    for (const socket of idle) socket.destroy();
  });

  it('closes although a client keeps its connection', async () => {
    await serve(sampleFabric());
    const entry = open.pop();
    const socket = connect(entry?.server.port ?? 0, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await entry?.server.close();
    entry?.renderer.stop();
    await closed;
  });
});
