// /metrics with 100,000 series: what a rendering takes, what a scrape takes from its bytes, and how long the event loop stands
// still while ten scrapers read and the exporter renders anew; beside prom-client with the same series, and beside a bare server
// that sends the same bytes and does nothing else.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import path from 'node:path';
import { renderExposition } from '../src/metrics/exposition.ts';
import { type Measured, print, timed } from './measure.ts';
import { largeFabric, options } from './metrics/fabric.ts';
import { promRegistry } from './metrics/prom-registry.ts';

const scrapers = 10;
const seconds = 10;

const round = (value: number) => Math.round(value * 10) / 10;

interface Told {
  readonly stallMs: number;
  readonly cpuMs: number;
  readonly rssKiB: number;
}

async function asked(child: ChildProcess): Promise<Told> {
  const answer = once(child, 'message');
  child.send('now');
  const [told] = (await answer) as [Told];
  return told;
}

/** One GET with the body thrown away; its time in ms and its bytes. */
function fetched(agent: Agent, url: string, gzip: boolean): Promise<{ ms: number; bytes: number }> {
  const began = performance.now();
  const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ ms: performance.now() - began, bytes }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

async function server(kind: string): Promise<{ child: ChildProcess; url: string }> {
  const file = path.join(import.meta.dirname, 'metrics', 'server.ts');
  const child = fork(file, [kind], { execArgv: ['--import', 'tsx'] });
  const [told] = (await once(child, 'message')) as [{ readonly port: number }];
  return { child, url: `http://127.0.0.1:${told.port}` };
}

const target = (goal?: string) => (goal === undefined ? {} : { target: goal });

async function single(name: string, url: string, gzip: boolean, goal?: string): Promise<Measured[]> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 30; i++) {
    const one = await fetched(agent, `${url}/metrics`, gzip);
    bytes = one.bytes;
    // The first ones compress and warm up.
    if (i >= 10) times.push(one.ms);
  }
  agent.destroy();
  times.sort((x, y) => x - y);
  return [
    { what: `${name}, median of 20`, value: round(times[10] ?? 0), unit: 'ms', ...target(goal) },
    { what: `${name}, worst`, value: round(times[19] ?? 0), unit: 'ms' },
    { what: `${name}, bytes`, value: Math.round(bytes / 1024), unit: 'KiB' },
  ];
}

/** Ten scrapers without a pause for a while; meanwhile someone asks whether the server is healthy. */
async function crowd(
  name: string,
  child: ChildProcess,
  url: string,
  gzip: boolean,
  goal?: string,
): Promise<Measured[]> {
  const agent = new Agent({ keepAlive: true });
  const before = await asked(child);
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  const health: number[] = [];
  const all = Array.from({ length: scrapers }, async () => {
    while (performance.now() < until) {
      times.push((await fetched(agent, `${url}/metrics`, gzip)).ms);
      // A scraper that does nothing else would take what the server needs.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  const watch = (async () => {
    while (performance.now() < until) {
      health.push((await fetched(agent, `${url}/-/healthy`, false)).ms);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await Promise.all([...all, watch]);
  const after = await asked(child);
  agent.destroy();
  return [
    { what: `${name}: scrapes`, value: times.length, unit: `in ${seconds} s` },
    {
      what: `${name}: longest stall of the event loop`,
      value: round(after.stallMs),
      unit: 'ms',
      ...target(goal),
    },
    { what: `${name}: slowest answer of /-/healthy`, value: round(Math.max(...health)), unit: 'ms' },
    {
      what: `${name}: processor for each scrape`,
      value: round((after.cpuMs - before.cpuMs) / times.length),
      unit: 'ms',
    },
    { what: `${name}: memory, most (resident)`, value: Math.round(after.rssKiB / 1024), unit: 'MiB' },
  ];
}

const fabric = largeFabric();
const { series, text } = await renderExposition(fabric, options);
const registry = await promRegistry(fabric);
const measured: Measured[] = [
  { what: 'series', value: series, unit: '' },
  { what: 'text', value: Math.round(text.reduce((sum, { length }) => sum + length, 0) / 1024), unit: 'KiB' },
  ...(await timed(
    'a rendering',
    15,
    () => renderExposition(fabric, options),
    () => globalThis.gc?.(),
    '< 150 ms',
  )),
  ...(await timed(
    'prom-client: a rendering',
    15,
    () => registry.metrics(),
    () => globalThis.gc?.(),
  )),
];
for (const kind of ['ours', 'prom-client', 'bytes']) {
  const { child, url } = await server(kind);
  const isOurs = kind === 'ours';
  const name = isOurs ? '/metrics' : kind === 'bytes' ? 'nothing but the bytes' : kind;
  measured.push(...(await single(`${name}: a scrape`, url, false, isOurs ? '< 20 ms' : undefined)));
  if (isOurs) measured.push(...(await single('/metrics: a scrape with gzip', url, true, '< 20 ms')));
  measured.push(...(await crowd(`${name}, ten scrapers`, child, url, false, isOurs ? '< 50 ms' : undefined)));
  if (isOurs)
    measured.push(...(await crowd('/metrics, ten scrapers with gzip', child, url, true, '< 50 ms')));
  child.disconnect();
  await once(child, 'exit');
}
print(measured);
