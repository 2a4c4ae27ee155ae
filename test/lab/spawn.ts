// Commands and long-running processes inside a device's namespace. On the PATH of a device its own `vtysh`, `birdc` and
// `birdc6` come first, those that know which instance they talk to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { end, isIn } from './processes.ts';
import { run } from './run.ts';
import { folderOf, type LabState, netnsOf } from './state.ts';
import { OBSERVER } from './topology.ts';

export interface SpawnOptions {
  /** Names the log file; default: the command's own name. */
  readonly as?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A process in the lab, such as the exporter or Prometheus in the observer's namespace. */
export interface LabProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<number>;
  stop(patienceMs?: number): Promise<void>;
}

export interface DeviceCommand {
  readonly argv: string[];
  readonly env: Record<string, string>;
}

export function commandFor(lab: LabState, device: string, argv: readonly string[]): DeviceCommand {
  const folder = folderOf(lab, device);
  return {
    argv: ['ip', 'netns', 'exec', netnsOf(lab, device), ...argv],
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
      // Clients of net-snmp keep state of their own, which must not outlive the lab.
      MIBS: '',
      SNMP_PERSISTENT_DIR: join(folder, 'snmp-client'),
    },
  };
}

/** Starts a process in the namespace; output goes to `<lab>/<device>/<as>.log`. It ends with the lab at the latest. */
export async function launch(
  lab: LabState,
  device: string,
  command: readonly string[],
  options: SpawnOptions = {},
): Promise<LabProcess> {
  const { argv, env } = commandFor(lab, device, command);
  const folder = folderOf(lab, device);
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, `${options.as ?? command[0]?.split('/').at(-1) ?? 'process'}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(argv[0] ?? 'ip', argv.slice(1), {
    env: { ...process.env, ...env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', log, log],
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 128)));
  const netns = netnsOf(lab, device);
  return {
    pid,
    logFile,
    exited,
    stop: async (patienceMs) => {
      await end(async () => ((await isIn(pid, netns)) ? [pid] : []), patienceMs);
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const FETCH = `const { url, init } = JSON.parse(process.argv[1]);
const answer = await fetch(url, init);
const headers = Object.fromEntries(answer.headers);
console.log(JSON.stringify({ status: answer.status, headers, body: await answer.text() }));`;

/** `fetch` in the observer's namespace: a process of its own, since a process has one network. */
export async function fetchInside(lab: LabState, url: string, init: RequestInit): Promise<Answer> {
  const script = [process.execPath, '--input-type=module', '-e', FETCH, JSON.stringify({ url, init })];
  const { argv, env } = commandFor(lab, OBSERVER, script);
  return JSON.parse(await run(argv, { device: OBSERVER, env })) as Answer;
}
