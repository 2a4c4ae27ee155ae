// A fleet for ten minutes: 200 switches over SNMP and SSH on loopback every 30 s, all healthy and then with 5 % dead and 5 %
// slow. The simulated switches are in a process of their own. BENCH_MINUTES: see fleet/watched.ts.
import type { PlainData } from '../src/demo/yaml.ts';
import { builder, helper, type Run, round, share, told, watched } from './fleet/watched.ts';
import { print } from './measure.ts';

const [switches, dead, slow] = [200, 10, 10];

const configure = builder();
const [devices, fleet] = await helper<{ readonly all: PlainData[]; readonly faulty: PlainData[] }>(
  'fleet-small/devices.ts',
  [switches, dead, slow].map(String),
);
const isHealthy = (name: string) => Number(name.slice(2)) >= dead + slow;
const configOf = (entries: PlainData[]) =>
  configure({ collection: { interval: '30s', timeout: '10s' }, switches: entries });
/** What a part has measured, at once: the next one takes ten minutes more. */
const soFar = (name: string, run: Run) => console.error(JSON.stringify(told(name, run)));
const healthy = await watched(configOf(fleet.all), isHealthy);
soFar('all healthy', healthy);
const faulty = await watched(configOf(fleet.faulty), isHealthy);
devices.disconnect();
print([
  ...told('all healthy', healthy),
  ...told('5 % dead and 5 % slow', faulty),
  {
    what: 'p99 of healthy switches: with dead and slow ones against all healthy',
    value: round(share(faulty.durations, 0.99) / share(healthy.durations, 0.99)),
    unit: '×',
    target: '< 1.2',
  },
]);
process.exit(0);
