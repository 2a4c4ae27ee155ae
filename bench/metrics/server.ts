// One server in a process of its own: `ours` is the exporter's, which renders anew all the time, `prom-client` one that answers
// each scrape from a registry. Says its port, then at each message how long its event loop stood still and what it has cost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { explain } from '../../src/audit/explain/explain.ts';
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

async function theirs(): Promise<number> {
  const registry = promRegistry(largeFabric());
  const server = createServer(async (request, response) => {
    const healthy = request.url !== '/metrics';
    response.setHeader('content-type', healthy ? 'text/plain' : registry.contentType);
    response.end(healthy ? 'healthy\n' : await registry.metrics());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const port = await (process.argv[2] === 'ours' ? ours() : theirs());
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
