// The audit of the big cluster when everything is wrong at once, each outage in a process of its own (argument: which). What the
// event loop stands still for, and what the process takes, must stay bounded.
import { spawnSync } from 'node:child_process';
import { audit } from '../src/audit/audit.ts';
import { outages } from './audit/outages.ts';
import { type Measured, print } from './measure.ts';

function measure(what: string, input: ReturnType<(typeof outages)[number][1]>): readonly Measured[] {
  const before = process.memoryUsage().rss;
  const timed = (seconds: number, previous?: ReturnType<typeof audit>) => {
    const began = performance.now();
    const result = audit({ ...input, now: input.now + seconds * 1000 }, previous);
    return { result, ms: Math.round(performance.now() - began) };
  };
  const first = timed(0);
  const told = timed(60, first.result);
  const lasting = timed(120, told.result);
  const { findings, summary } = lasting.result;
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  return [
    { what: `${what}: the first audit`, value: first.ms, unit: 'ms' },
    { what: `${what}: the audit that tells it`, value: told.ms, unit: 'ms' },
    { what: `${what}: an audit while it lasts`, value: lasting.ms, unit: 'ms' },
    { what: `${what}: findings listed`, value: findings.length, unit: '' },
    { what: `${what}: routes missing, unknown`, value: `${summary.missing}, ${summary.unknown}`, unit: '' },
    { what: `${what}: memory resident before`, value: mebibytes(before), unit: 'MiB' },
    {
      what: `${what}: memory resident, most`,
      value: Math.round(process.resourceUsage().maxRSS / 1024),
      unit: 'MiB',
    },
  ];
}

const own = outages[Number(process.argv[2] ?? -1)];
if (own) {
  const [name, make] = own;
  print(measure(name, make()));
} else {
  const measured = outages.flatMap((_, i): readonly Measured[] => {
    const args = [...process.execArgv, import.meta.filename, String(i)];
    const child = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0) throw new Error(`outage ${i} failed`);
    return JSON.parse(child.stdout) as readonly Measured[];
  });
  print(measured);
}
