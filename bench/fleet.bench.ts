// A fleet for ten minutes: 200 switches over SNMP and SSH on loopback every 30 s, all healthy and then with 5 % dead and 5 %
// slow; and 5,000 agents every 15 s. The exporter is the bundle in a process of its own, the simulated devices in another. With
// BENCH_MINUTES each part runs shorter or longer.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoObjectsText } from '../src/demo/objects.ts';
import { type PlainData, toYaml } from '../src/demo/yaml.ts';
import { freePort, started, usageOf } from './debian.ts';
import { agentAddress, agentName } from './fleet/names.ts';
import { type Measured, print } from './measure.ts';

const minutes = Number(process.env.BENCH_MINUTES ?? 10);
const [switches, dead, slow, agents] = [200, 10, 10, 5000];
const sampleMs = 5000;
const root = path.resolve(import.meta.dirname, '..');
const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
const folder = mkdtempSync(path.join(tmpdir(), 'bench-fleet-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const round = (value: number) => Math.round(value * 100) / 100;

/** A helper in a process of its own, and the first that it says. */
async function helper<T>(file: string, args: readonly string[]): Promise<[ChildProcess, T]> {
  const child = fork(path.join(import.meta.dirname, file), args, { execArgv: ['--import', 'tsx'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [told] = (await once(child, 'message')) as [T];
  return [child, told];
}

const seriesOf = (text: string, name: string): readonly (readonly [device: string, value: number])[] =>
  [...text.matchAll(new RegExp(`^${name}\\{device="([^"]*)".*\\} (\\S+)$`, 'gm'))].map(
    ([, device = '', value]) => [device, Number(value)],
  );

interface Run {
  /** Between the first look and the last. */
  readonly spentMs: number;
  /** Collections of devices that count, in ms. */
  readonly durations: readonly number[];
  /** Ages of their readings when looked at, in seconds. */
  readonly ages: readonly number[];
  readonly cpuPercent: number;
  readonly memory: readonly number[];
  readonly handles: readonly number[];
  readonly successes: number;
  readonly failures: number;
}

/** Runs the exporter with a configuration for some minutes after one to settle, and looks at it all the time. */
async function watched(config: string, counts: (device: string) => boolean): Promise<Run> {
  const file = path.join(folder, 'config.yml');
  writeFileSync(file, config);
  const listen = `127.0.0.1:${await freePort()}`;
  const args = [bundle, 'serve', '--config', file, '--web.listen-address', listen, '--log.level', 'error'];
  const child = started(process.execPath, args);
  const pid = child.pid ?? 0;
  const scrape = async () => {
    const response = await fetch(`http://${listen}/metrics`, { signal: AbortSignal.timeout(10_000) });
    return response.text();
  };
  await sleep(Math.min(60_000, minutes * 30_000));
  const before = usageOf(pid)?.cpuMs ?? 0;
  const total = (text: string, name: string) =>
    seriesOf(text, name).reduce((sum, [device, value]) => sum + (counts(device) ? value : 0), 0);
  const first = await scrape();
  const began = performance.now();
  const durations: number[] = [];
  const ages: number[] = [];
  const memory: number[] = [];
  const handles: number[] = [];
  let last = first;
  let spentMs = 0;
  while (performance.now() - began < minutes * 60_000) {
    await sleep(sampleMs);
    spentMs = performance.now() - began;
    last = await scrape();
    for (const [device, value] of seriesOf(last, 'calico_bgp_collection_duration_seconds'))
      if (counts(device)) durations.push(value * 1000);
    for (const [device, value] of seriesOf(last, 'calico_bgp_device_last_success_timestamp_seconds'))
      if (counts(device)) ages.push(Date.now() / 1000 - value);
    const { rssMiB = 0, handles: open = 0 } = usageOf(pid) ?? {};
    memory.push(rssMiB);
    handles.push(open);
  }
  const cpuPercent = (((usageOf(pid)?.cpuMs ?? 0) - before) / (performance.now() - began)) * 100;
  const more = (name: string) => total(last, name) - total(first, name);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return {
    ...{ spentMs, durations, ages, cpuPercent, memory, handles },
    successes: more('calico_bgp_collection_successes_total'),
    failures: more('calico_bgp_collection_failures_total'),
  };
}

/** The greatest: a spread of half a million ages overflows the stack. */
const most = (values: readonly number[]) => values.reduce((x, y) => Math.max(x, y), 0);

const share = (values: readonly number[], part: number) =>
  [...values].sort((x, y) => x - y)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

/** Mean of the last quarter less that of the first, for each hour. */
function slope(values: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  const hours = (values.length * 0.75 * sampleMs) / 3_600_000;
  return (mean(values.slice(-quarter)) - mean(values.slice(0, quarter))) / hours;
}

function told(name: string, run: Run): Measured[] {
  return [
    { what: `${name}: collections of healthy devices`, value: run.successes, unit: '' },
    { what: `${name}: of them failed`, value: run.failures, unit: '', target: '0' },
    { what: `${name}: a collection, median`, value: round(share(run.durations, 0.5)), unit: 'ms' },
    { what: `${name}: a collection, p99`, value: round(share(run.durations, 0.99)), unit: 'ms' },
    { what: `${name}: oldest reading`, value: round(most(run.ages)), unit: 's' },
    { what: `${name}: processor`, value: round(run.cpuPercent), unit: '% of a core' },
    { what: `${name}: memory (resident), median`, value: round(share(run.memory, 0.5)), unit: 'MiB' },
    { what: `${name}: memory, most`, value: round(most(run.memory)), unit: 'MiB' },
    { what: `${name}: memory, growth`, value: round(slope(run.memory)), unit: 'MiB an hour' },
    { what: `${name}: open descriptors, most`, value: most(run.handles), unit: '' },
  ];
}

spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'ignore' });
const objects = path.join(folder, 'objects.yaml');
writeFileSync(objects, demoObjectsText());
const base = { datastore: { files: [objects] } };
const measured: Measured[] = [];

const [devices, fleet] = await helper<{ readonly all: PlainData[]; readonly faulty: PlainData[] }>(
  'fleet-small/devices.ts',
  [switches, dead, slow].map(String),
);
const isHealthy = (name: string) => Number(name.slice(2)) >= dead + slow;
const configOf = (entries: PlainData[]) =>
  toYaml({ ...base, collection: { interval: '30s', timeout: '10s' }, switches: entries });
/** What a part has measured, at once: the next one takes ten minutes more. */
const soFar = (name: string, run: Run) => console.error(JSON.stringify(told(name, run)));
const healthy = await watched(configOf(fleet.all), isHealthy);
soFar('all healthy', healthy);
const faulty = await watched(configOf(fleet.faulty), isHealthy);
soFar('5 % dead and 5 % slow', faulty);
devices.disconnect();
measured.push(
  ...told('200 switches, all healthy', healthy),
  ...told('200 switches, 5 % dead and 5 % slow', faulty),
  {
    what: 'p99 of healthy switches: with dead and slow ones against all healthy',
    value: round(share(faulty.durations, 0.99) / share(healthy.durations, 0.99)),
    unit: '×',
    target: '< 1.2',
  },
);

const [server, { port }] = await helper<{ readonly port: number }>('fleet/agents.ts', []);
const nodes = Array.from({ length: agents }, (_, i) => ({
  name: agentName(i),
  agent: { url: `http://${agentAddress(i)}:${port}` },
}));
const run = await watched(
  toYaml({ ...base, collection: { interval: '15s', timeout: '5s' }, nodes }),
  (device) => device.startsWith('node-'),
);
server.disconnect();
const wanted = (agents * run.spentMs) / 15_000;
measured.push(...told('5,000 agents every 15 s', run), {
  what: '5,000 agents every 15 s: readings accepted, of those due',
  value: round((100 * run.successes) / wanted),
  unit: '%',
  target: '100 %',
});
print(measured);
process.exit(0);
