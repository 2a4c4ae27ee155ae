// `npm run bench [-- NAME…]`: runs every benchmark (or those named), each in a process of its own so that memory is its own,
// and prints a table; with --json the measurements. The machine's load stands beside them: without it they mean little.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname);
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.slice(0, -'.bench.ts'.length));

const args = process.argv.slice(2);
const asJson = args.includes('--json');
const names = args.filter((arg) => arg !== '--json');
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

const machine = {
  at: new Date().toISOString(),
  node: process.version,
  kernel: release(),
  cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  load1: Math.round((loadavg()[0] ?? 0) * 10) / 10,
};

interface Measured {
  readonly what: string;
  readonly value: number | string;
  readonly unit: string;
  readonly target?: string;
}

let failed = false;
const results: Record<string, readonly Measured[]> = {};
for (const name of names.length > 0 ? names : known) {
  const file = path.join(folder, `${name}.bench.ts`);
  const child = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', file], {
    cwd: path.dirname(folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status === 0) results[name] = JSON.parse(child.stdout) as readonly Measured[];
  else failed = true;
}

if (asJson) {
  console.log(JSON.stringify({ machine, results }, null, 2));
} else {
  console.log(`Measured ${machine.at} on ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node},`);
  console.log(`Linux ${machine.kernel}, load ${machine.load1} before the start.\n`);
  for (const [name, measured] of Object.entries(results)) {
    console.log(`### ${name}\n\n| what | measured | target |\n|---|---:|---|`);
    for (const { what, value, unit, target = '' } of measured) {
      console.log(`| ${what} | ${value} ${unit} | ${target} |`);
    }
    console.log('');
  }
}
process.exitCode = failed ? 1 : 0;
