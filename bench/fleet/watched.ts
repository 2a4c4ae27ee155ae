// The exporter with a fleet: the bundle in a process of its own, watched for some minutes by its own metrics and by /proc. With
// BENCH_MINUTES a part runs shorter or longer than ten minutes; whether memory is flat can be told from thirty.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoObjectsText } from '../../src/demo/objects.ts';
import { type PlainData, toYaml } from '../../src/demo/yaml.ts';
import { type Point, trendOf } from '../../test/soak/trend.ts';
import { freePort, started, usageOf } from '../debian.ts';
import type { Measured } from '../measure.ts';

const minutes = Number(process.env.BENCH_MINUTES ?? 10);
const sampleMs = 5000;
/** What memory may grow while it is judged and still be flat, in MiB, as in the soak. */
const allowance = { share: 0.1, least: 15 };
const root = path.resolve(import.meta.dirname, '..', '..');
const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
const folder = mkdtempSync(path.join(tmpdir(), 'bench-fleet-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
export const round = (value: number): number => Math.round(value * 100) / 100;

/** A helper in a process of its own, and the first that it says. */
export async function helper<T>(file: string, args: readonly string[]): Promise<[ChildProcess, T]> {
  const child = fork(path.join(import.meta.dirname, '..', file), args, { execArgv: ['--import', 'tsx'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [told] = (await once(child, 'message')) as [T];
  return [child, told];
}

/** Builds the bundle; gives a configuration of the demo's objects with these devices. */
export function builder(): (devices: Readonly<Record<string, PlainData>>) => string {
  spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'ignore' });
  const objects = path.join(folder, 'objects.yaml');
  writeFileSync(objects, demoObjectsText());
  return (devices) => toYaml({ datastore: { files: [objects] }, ...devices });
}

const seriesOf = (text: string, name: string): readonly (readonly [device: string, value: number])[] =>
  [...text.matchAll(new RegExp(`^${name}\\{device="([^"]*)".*\\} (\\S+)$`, 'gm'))].map(
    ([, device = '', value]) => [device, Number(value)],
  );

export interface Run {
  /** Between the first look and the last. */
  readonly spentMs: number;
  /** Collections of devices that count, in ms. */
  readonly durations: readonly number[];
  /** Ages of their readings when looked at, in seconds. */
  readonly ages: readonly number[];
  readonly cpuPercent: number;
  readonly memory: readonly Point[];
  readonly handles: readonly number[];
  readonly successes: number;
  readonly failures: number;
}

/** Runs the exporter with a configuration for some minutes after one to settle, and looks at it all the time. */
export async function watched(config: string, counts: (device: string) => boolean): Promise<Run> {
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
  const memory: Point[] = [];
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
    memory.push({ at: Date.now(), value: rssMiB });
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

export const share = (values: readonly number[], part: number) =>
  [...values].sort((x, y) => x - y)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

/** What a part has measured. */
export function told(name: string, run: Run): Measured[] {
  const memory = run.memory.map(({ value }) => value);
  const { verdict, perHour } = trendOf(run.memory, allowance);
  return [
    { what: `${name}: collections of healthy devices`, value: run.successes, unit: '' },
    { what: `${name}: of them failed`, value: run.failures, unit: '', target: '0' },
    { what: `${name}: a collection, median`, value: round(share(run.durations, 0.5)), unit: 'ms' },
    { what: `${name}: a collection, p99`, value: round(share(run.durations, 0.99)), unit: 'ms' },
    { what: `${name}: oldest reading`, value: round(most(run.ages)), unit: 's' },
    { what: `${name}: processor`, value: round(run.cpuPercent), unit: '% of a core' },
    { what: `${name}: memory (resident), median`, value: round(share(memory, 0.5)), unit: 'MiB' },
    { what: `${name}: memory, most`, value: round(most(memory)), unit: 'MiB' },
    {
      what: `${name}: memory`,
      value: verdict,
      unit: Number.isNaN(perHour) ? '' : `(${round(perHour)} MiB an hour)`,
      target: 'flat',
    },
    { what: `${name}: open descriptors, most`, value: most(run.handles), unit: '' },
  ];
}
