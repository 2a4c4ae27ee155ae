// `npm start`: installs what is missing, builds when the sources are newer than the bundle, and runs the exporter.
// Without a configuration it runs on the embedded demo fabric. Arguments behind `--` go to the exporter.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { oneAtATime } from './one-at-a-time.mjs';
import { ensureNodeModules } from './setup.mjs';

ensureNodeModules();
const { build, bundle, isStale } = await import('./build.mjs');
if (isStale()) {
  const release = oneAtATime(path.join(import.meta.dirname, '..', '.tools', 'build.lock'), 'builds here');
  if (isStale()) await build();
  release();
}

const args = process.argv.slice(2);
const child = spawn(
  process.execPath,
  ['--enable-source-maps', bundle, ...(args.length > 0 ? args : ['serve'])],
  {
    stdio: 'inherit',
    // What to type to run it again, for the commands that its messages propose.
    env: { ...process.env, CALICO_BGP_EXPORTER_STARTED_BY: 'npm start --' },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
