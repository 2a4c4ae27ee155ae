// The tools that a user would take instead: a Debian package, fetched and unpacked for the benchmark without being installed;
// and what a process has cost so far, from /proc (proc(5)).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The binary `name` of a package, in a folder that goes with this process; undefined where the package cannot be had. */
export function debianBinary(name: string): string | undefined {
  const cwd = mkdtempSync(path.join(tmpdir(), `bench-${name}-`));
  process.once('exit', () => rmSync(cwd, { recursive: true, force: true }));
  if (spawnSync('apt-get', ['download', name], { cwd }).status !== 0) return undefined;
  const file = readdirSync(cwd).find((entry) => entry.endsWith('.deb'));
  if (file === undefined || spawnSync('dpkg', ['-x', file, '.'], { cwd }).status !== 0) return undefined;
  return path.join(cwd, 'usr', 'bin', name);
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A process that ends with this one at the latest. */
export function started(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** A TCP port on loopback that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  await new Promise((resolve) => server.close(resolve));
  return at !== null && typeof at === 'object' ? at.port : 0;
}

export interface Usage {
  /** Processor time so far, in ms. */
  readonly cpuMs: number;
  /** Resident memory now and at most, in MiB. */
  readonly rssMiB: number;
  readonly peakMiB: number;
  /** Open descriptors. */
  readonly handles: number;
}

/** What a process has cost; undefined when it has gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    return {
      // In ticks of 10 ms.
      cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
      rssMiB: kib('VmRSS') / 1024,
      peakMiB: kib('VmHWM') / 1024,
      handles: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return undefined;
  }
}
