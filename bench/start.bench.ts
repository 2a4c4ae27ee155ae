// How long the bundle takes to start: `--help` until the process has ended, and `serve` on the demo fabric (six nodes, three
// switches over SNMP and SSH, in this process) until it listens and until it is ready, which is after the first audit. Beside
// an empty Node.js, which no program on it can beat, and Debian's prometheus-bird-exporter and prometheus-snmp-exporter.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDemo } from '../src/demo/demo.ts';
import { debianBinary, freePort, started, usageOf } from './debian.ts';
import { type Measured, print, timed } from './measure.ts';

const runs = 15;
const root = path.resolve(import.meta.dirname, '..');
const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');

async function ended(what: string, command: string, args: readonly string[], target?: string) {
  const run = () => spawnSync(command, args, { stdio: 'ignore' });
  run();
  return timed(what, runs, run, () => 0, target);
}

interface Started {
  /** Milliseconds since the process was made until each path answered with 200. */
  readonly at: readonly number[];
  readonly cpuMs: number;
}

/** Starts a server and asks it every 2 ms until every path has answered well, then ends it. */
async function served(command: string, args: readonly string[], url: string, paths: readonly string[]) {
  const began = performance.now();
  const child = started(command, args);
  const at: number[] = [];
  for (const asked of paths) {
    while (
      !(await fetch(url + asked).then(
        async (response) => (await response.text()) !== '' && response.ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || performance.now() - began > 30_000)
        throw new Error(`${command} does not answer ${asked}`);
      await sleep(2);
    }
    at.push(performance.now() - began);
  }
  const { cpuMs = 0 } = usageOf(child.pid ?? 0) ?? {};
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return { at, cpuMs };
}

const round = (value: number) => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));

async function starts(
  name: string,
  rows: readonly { readonly path: string; readonly what: string; readonly target?: string }[],
  command: string,
  args: (listen: string) => readonly string[],
): Promise<readonly Measured[]> {
  const all: Started[] = [];
  for (let i = 0; i <= runs; i++) {
    const listen = `127.0.0.1:${await freePort()}`;
    const once = await served(
      command,
      args(listen),
      `http://${listen}`,
      rows.map((row) => row.path),
    );
    // The first one reads the files from the disk.
    if (i > 0) all.push(once);
  }
  const middle = (values: readonly number[]) =>
    [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
  const measured = rows.flatMap(({ what, target }, i): Measured[] => {
    const times = all.map(({ at }) => at[i] ?? 0);
    const goal = target === undefined ? {} : { target };
    return [
      { what: `${name}: ${what}, median of ${runs}`, value: round(middle(times)), unit: 'ms', ...goal },
      { what: `${name}: ${what}, worst`, value: round(Math.max(...times)), unit: 'ms' },
    ];
  });
  const cpu = middle(all.map(({ cpuMs }) => cpuMs));
  return [...measured, { what: `${name}: processor until then, median`, value: cpu, unit: 'ms' }];
}

spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'ignore' });
const folder = mkdtempSync(path.join(tmpdir(), 'bench-start-'));
const demo = await startDemo({ now: Date.now });
const measured: Measured[] = [];
try {
  const config = path.join(folder, 'config.yml');
  writeFileSync(config, demo.configText);
  measured.push(
    ...(await ended('an empty Node.js', process.execPath, ['--eval', '0'])),
    ...(await ended('--help', process.execPath, [bundle, '--help'], '< 150 ms')),
    ...(await starts(
      'serve',
      [
        { path: '/-/healthy', what: 'it listens' },
        { path: '/-/ready', what: 'ready, the first audit made', target: '< 1000 ms' },
      ],
      process.execPath,
      (listen) => [
        ...[bundle, 'serve', '--config', config],
        ...['--web.listen-address', listen, '--log.level', 'error'],
      ],
    )),
  );
  const peers: readonly (readonly [string, (listen: string) => readonly string[]])[] = [
    ['prometheus-bird-exporter', (listen) => [`-web.listen-address=${listen}`]],
    [
      'prometheus-snmp-exporter',
      (listen) => [`--web.listen-address=${listen}`, `--config.file=${path.join(folder, 'snmp.yml')}`],
    ],
  ];
  writeFileSync(
    path.join(folder, 'snmp.yml'),
    'if:\n  walk: [1.3.6.1.2.1.2]\n  auth: {community: public}\n  metrics: []\n',
  );
  for (const [name, args] of peers) {
    const binary = debianBinary(name);
    if (binary === undefined) continue;
    measured.push(
      ...(await ended(`${name} --help`, binary, ['--help'])),
      ...(await starts(name, [{ path: '/', what: 'it listens' }], binary, args)),
    );
  }
} finally {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}
print(measured);
process.exit(0);
