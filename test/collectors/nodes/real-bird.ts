// Starts Debian's `bird` and `bird6` (BIRD 1.6) on a temporary directory, without root and without the kernel's table, with
// BGP on loopback addresses and a port of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const birdPath = ['/usr/sbin/bird', '/usr/local/sbin/bird'].find((path) => existsSync(path));
export const bird6Path = ['/usr/sbin/bird6', '/usr/local/sbin/bird6'].find((path) => existsSync(path));

export interface RealBird {
  readonly socket: string;
  readonly process: ChildProcess;
  signal(name: NodeJS.Signals): void;
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Polls until the condition holds; throws after ten seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ten seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function startBird(
  binary: string,
  directory: string,
  name: string,
  config: string,
): Promise<RealBird> {
  const file = join(directory, `${name}.conf`);
  const socket = join(directory, `${name}.ctl`);
  writeFileSync(file, config);
  // -d: stay in the foreground.
  const args = ['-d', '-c', file, '-s', socket, '-P', join(directory, `${name}.pid`)];
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // Should the test itself die, its daemon must not outlive it.
  process.once('exit', () => child.kill('SIGKILL'));
  let log = '';
  child.stderr?.on('data', (data) => (log += data));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await eventually(() => log.includes('Started') || child.exitCode !== null, `${name} starts: ${log}`);
  if (child.exitCode !== null) throw new Error(`${name} did not start: ${log}`);
  return {
    socket,
    process: child,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
