// 50 switches at once, by SNMP and by SSH, of which 5 are dead and 5 slow: when have the 40 healthy ones answered, against a
// fleet in which all 50 are healthy? Once with new connections, as at a start, and then while the exporter runs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietLog as log } from '../src/cli/log.ts';
import type { Config } from '../src/config/config.ts';
import { parseConfig } from '../src/config/load.ts';
import { demoObjectsText } from '../src/demo/objects.ts';
import { type PlainData, toYaml } from '../src/demo/yaml.ts';
import { createExporter } from '../src/exporter.ts';
import { type Measured, print } from './measure.ts';

const rounds = 5;
const isHealthy = (name: string) => Number(name.slice(2)) >= 10;
const folder = mkdtempSync(path.join(tmpdir(), 'bench-fleet-'));
const objects = path.join(folder, 'objects.yaml');
writeFileSync(objects, demoObjectsText());

const child = fork(path.join(import.meta.dirname, 'fleet-small', 'devices.ts'), {
  execArgv: process.execArgv,
});
process.once('exit', () => child.kill());
const [told] = (await once(child, 'message')) as [{ all: PlainData[]; faulty: PlainData[] }];

function configOf(switches: PlainData[]): Config {
  const collection = { interval: '10s', timeout: '10s' };
  const text = toYaml({ datastore: { files: [objects] }, collection, switches });
  return parseConfig(text, 'fleet.yml', {});
}
const fleets = { healthy: configOf(told.all), faulty: configOf(told.faulty) };
type Fleet = keyof typeof fleets;

const median = (values: readonly number[]) =>
  values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
const round = (value: number) => Math.round(value * 100) / 100;

/** When the median one and the last one of the 40 had answered, in milliseconds from the start. */
async function atStart(fleet: Fleet): Promise<{ readonly middle: number; readonly last: number }> {
  const exporter = createExporter(fleets[fleet], { log, now: Date.now });
  const began = performance.now();
  const times = new Map<string, number>();
  const names = fleets[fleet].switches.map(({ name }) => name).filter(isHealthy);
  const fabric = await exporter.runOnce(({ waiting }) => {
    for (const name of names)
      if (!waiting.includes(name) && !times.has(name)) times.set(name, performance.now() - began);
  });
  await exporter.stop();
  const unread = fabric.devices.flatMap(({ device, routes }) =>
    isHealthy(device.name) && !routes.ok ? [`${device.name}: ${routes.error.message}`] : [],
  );
  if (unread.length > 0) throw new Error(`${unread.length} healthy switches were not read: ${unread[0]}`);
  return { middle: median([...times.values()]), last: Math.max(...times.values()) };
}

/** How long a collection of a healthy one takes while the exporter runs, and how old its oldest reading gets. */
async function running(fleet: Fleet): Promise<{ readonly collection: number; readonly oldest: number }> {
  const exporter = createExporter(fleets[fleet], { log, now: Date.now });
  await exporter.start();
  await sleep(22_000);
  const durations: number[] = [];
  let oldest = 0;
  for (let i = 0; i < 25; i++) {
    await sleep(1000);
    for (const { device, sessions, collection } of exporter.current()?.devices ?? []) {
      if (!isHealthy(device.name)) continue;
      for (const { durationSeconds } of collection) durations.push(durationSeconds * 1000);
      oldest = Math.max(oldest, Date.now() - sessions.at);
    }
  }
  await exporter.stop();
  return { collection: median(durations), oldest };
}

const starts: Record<Fleet, { middle: number; last: number }[]> = { healthy: [], faulty: [] };
// One of each before it counts: code that is loaded for the first time.
for (let i = 0; i <= rounds; i++) {
  for (const fleet of ['healthy', 'faulty'] as const) {
    const times = await atStart(fleet);
    if (i > 0) starts[fleet].push(times);
  }
}
const middle = (fleet: Fleet) => median(starts[fleet].map((each) => each.middle));
const last = (fleet: Fleet) => median(starts[fleet].map((each) => each.last));
const steady = { healthy: await running('healthy'), faulty: await running('faulty') };
child.kill();
rmSync(folder, { recursive: true, force: true });

const compared = (what: string, healthy: number, faulty: number, target?: string): Measured[] => [
  { what: `${what}, all 50 healthy`, value: Math.round(healthy), unit: 'ms' },
  { what: `${what}, 5 dead and 5 slow`, value: Math.round(faulty), unit: 'ms' },
  {
    what: `${what}, ratio`,
    value: round(faulty / healthy),
    unit: '',
    ...(target !== undefined && { target }),
  },
];
print([
  ...compared('start: half of the 40 have answered', middle('healthy'), middle('faulty'), '< 1.2'),
  ...compared('start: all of the 40 have answered', last('healthy'), last('faulty'), '< 1.2'),
  ...compared(
    'running: a collection of one of the 40, median',
    steady.healthy.collection,
    steady.faulty.collection,
    '< 1.2',
  ),
  ...compared('running: oldest reading of the 40', steady.healthy.oldest, steady.faulty.oldest),
]);
process.exit(0);
