// One server in a process of its own: `ours` is the exporter's, which renders anew all the time, `prom-client` one that answers
// each scrape from a registry, `bytes` one that has nothing to do but send the same text from one buffer. Says its port, then at each message how long its event loop stood still and what it has cost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { explain } from '../../src/audit/explain/explain.ts';
import { renderExposition } from '../../src/metrics/exposition.ts';
import { createRenderer } from '../../src/metrics/renderer.ts';
import { createSelfMetrics } from '../../src/metrics/self.ts';
import { startServer } from '../../src/web/server.ts';
import { largeFabric, options } from './fabric.ts';
import { promRegistry } from './prom-registry.ts';

async function ours(): Promise<number> {
  const fabric = largeFabric();
  const { maxAgeMs } = options;
  const renderer = createRenderer({ metrics: options });
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    fabric: () => fabric,
    renderer,
    self: createSelfMetrics({ version: 'bench', revision: '' }),
    maxAgeMs,
    explain: (of, target, device) =>
      explain({ fabric: of, maxAgeMs, target, ...(device !== undefined && { device }) }),
    version: 'bench',
    now: Date.now,
  });
  renderer.update(fabric);
  await renderer.settled();
  // As after each audit, of which there may be four a second.
  setInterval(() => renderer.update({ ...fabric }), 250);
  return server.port;
}

/** Answers with what is given, or with that it is healthy. */
async function bare(type: string, body: () => Promise<string | Buffer>): Promise<number> {
  const server = createServer(async (request, response) => {
    const healthy = request.url !== '/metrics';
    response.setHeader('content-type', healthy ? 'text/plain' : type);
    response.end(healthy ? 'healthy\n' : await body());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const kinds: Readonly<Record<string, () => Promise<number>>> = {
  ours,
  'prom-client': async () => {
    const registry = await promRegistry(largeFabric());
    return bare(registry.contentType, () => registry.metrics());
  },
  bytes: async () => {
    const { text } = await renderExposition(largeFabric(), options);
    const bytes = Buffer.concat(text);
    return bare('text/plain', async () => bytes);
  },
};

const port = await kinds[process.argv[2] ?? '']?.();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  // What it samples is the whole time between two timers, of which 1 ms is meant.
  const stallMs = Math.max(0, delay.max / 1e6 - 1);
  process.send?.({ stallMs, cpuMs: (user + system) / 1000, rssKiB: process.resourceUsage().maxRSS });
  delay.reset();
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
