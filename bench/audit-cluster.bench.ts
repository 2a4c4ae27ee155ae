// The whole audit of a big cluster: 5,000 nodes with 20,000 blocks, all of which are read, and 200 switches that should carry
// every prefix.
import { audit } from '../src/audit/audit.ts';
import { watchMemory } from './audit/memory.ts';
import { clusterFabric } from './audit/racks.ts';
import { big } from './cluster.ts';
import { print, timed } from './measure.ts';

const input = clusterFabric({ ...big, switches: 200 }, 4);
const watch = watchMemory();
const cpu = process.cpuUsage();
const began = performance.now();
let result = audit(input);
const first = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const memory = watch.measured('< 600 MB');

const judged = [...result.devices.values()].reduce((sum, { verdicts }) => sum + verdicts.length, 0);
const size = [
  { what: 'devices', value: result.summary.devices, unit: '' },
  { what: 'expected prefixes', value: result.summary.expectedPrefixes, unit: '' },
  { what: 'verdicts', value: judged, unit: '' },
  { what: 'of them missing', value: result.summary.missing, unit: '' },
  { what: 'findings listed', value: result.findings.length + result.pending.length, unit: '' },
  { what: 'sessions that are up', value: result.summary.sessionsUp, unit: '' },
];
// What waited to be read once more has been by now.
result = audit({ ...input, isWatching: false }, result);
const warm = await timed(
  'the whole audit, in a warm process',
  5,
  () => audit(input),
  () => undefined,
  '< 1000 ms',
);
// Nothing but times has changed: what was said is taken over.
const again = await timed(
  'the audit after every device was read again and shows the same',
  10,
  (anew: typeof input) => {
    result = audit(anew, result);
  },
  () => ({
    ...input,
    devices: input.devices.map((snapshot) => ({
      ...snapshot,
      sessions: { ...snapshot.sessions },
      routes: { ...snapshot.routes },
    })),
  }),
);
print([
  ...size,
  {
    what: 'the whole audit, the first in the process',
    value: Math.round(first),
    unit: 'ms',
    target: '< 1000 ms',
  },
  { what: 'the same, processor', value: Math.round((user + system) / 1000), unit: 'ms' },
  ...warm,
  ...memory,
  ...again,
]);
