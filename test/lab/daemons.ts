// The daemons of a device: how each is started in its namespace, and where it leaves its pid. All go to the background
// by themselves, so that a lab outlives the command that brought it up. `-R` on BIRD (graceful-restart recovery) and
// `-M snmp` on FRR are as in calico-node's runit scripts and FRR's documentation, "SNMP Support".
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birdName } from './bird-config.ts';
import { end, isIn, pidFrom } from './processes.ts';
import { LabError, type RunOptions, run } from './run.ts';
import { folderOf, frrFolders, type LabState, netnsOf, socketOf } from './state.ts';
import { nodeFamilies } from './topology.ts';

export interface Daemon {
  readonly name: 'bird' | 'bird6' | 'snmpd' | 'zebra' | 'bgpd' | 'sshd';
  readonly device: string;
  readonly netns: string;
  readonly pidFile: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function birds(lab: LabState, device: string): Daemon[] {
  const node = lab.topology.nodes.find((each) => each.name === device);
  const folder = folderOf(lab, device);
  return (node === undefined ? [] : nodeFamilies(node)).map((afi) => {
    const name = birdName(afi);
    const pidFile = join(folder, `${name}.pid`);
    const argv = [
      name,
      '-R',
      '-s',
      socketOf(lab, device, afi),
      '-c',
      join(folder, `${name}.cfg`),
      '-P',
      pidFile,
    ];
    return { name, device, netns: netnsOf(lab, device), pidFile, argv, env: {} };
  });
}

function switchDaemons(lab: LabState, device: string): Daemon[] {
  const netns = netnsOf(lab, device);
  const folder = folderOf(lab, device);
  const frr = frrFolders(lab, device);
  const file = (name: string) => join(folder, name);
  const snmpEnv = (persistent: string) => ({ MIBS: '', SNMP_PERSISTENT_DIR: file(persistent) });
  const frrEnv = { ...snmpEnv('agentx-state'), SNMPCONFPATH: file('agentx') };
  const frrDaemon = (name: 'zebra' | 'bgpd', modules: readonly string[]): Daemon => ({
    name,
    device,
    netns,
    pidFile: join(frr.run, `${name}.pid`),
    argv: [
      `/usr/lib/frr/${name}`,
      ...['-d', '-N', netns, '-f', join(frr.config, `${name}.conf`), '-P', '0'],
      ...modules.flatMap((module) => ['-M', module]),
    ],
    env: frrEnv,
  });
  return [
    {
      ...{ name: 'snmpd', device, netns, pidFile: file('snmpd.pid') },
      argv: ['snmpd', '-C', '-c', file('snmpd.conf'), '-Lf', file('snmpd.log'), '-p', file('snmpd.pid')],
      env: snmpEnv('snmpd-state'),
    },
    frrDaemon('zebra', ['snmp']),
    frrDaemon('bgpd', ['snmp', 'bmp']),
    {
      ...{ name: 'sshd', device, netns, pidFile: file('sshd.pid') },
      argv: ['unshare', '--uts', file('start-sshd'), '-f', file('sshd_config'), '-E', file('sshd.log')],
      env: {},
    },
  ];
}

/** All daemons of a device, in the order in which they have to start. */
export function daemonsOf(lab: LabState, device: string): Daemon[] {
  const isSwitch = lab.topology.switches.some((each) => each.name === device);
  return isSwitch ? switchDaemons(lab, device) : birds(lab, device);
}

export async function pidOf(daemon: Daemon): Promise<number | undefined> {
  return pidFrom(daemon.pidFile, daemon.netns);
}

/** Starts a daemon unless it runs, and waits until its pid file says that it does. */
export async function start(daemon: Daemon, options: RunOptions = {}): Promise<void> {
  if ((await pidOf(daemon)) !== undefined) return;
  await rm(daemon.pidFile, { force: true });
  const argv = ['ip', 'netns', 'exec', daemon.netns, ...daemon.argv];
  await run(argv, { ...options, device: daemon.device, env: daemon.env });
  const deadline = Date.now() + 10_000;
  while ((await pidOf(daemon)) === undefined) {
    if (Date.now() > deadline)
      throw new LabError(`${daemon.device}: ${argv.join(' ')}: no process after 10 s`);
    await sleep(30);
  }
}

/** Stops a daemon: SIGTERM, or at once with no patience. */
export async function stop(daemon: Daemon, patienceMs = 3000): Promise<void> {
  const pid = await pidOf(daemon);
  if (pid === undefined) return;
  await end(async () => ((await isIn(pid, daemon.netns)) ? [pid] : []), patienceMs);
  await rm(daemon.pidFile, { force: true });
  await forgetCrashLogs([pid]);
}

/** FRR keeps a folder for each process under /var/tmp/frr, and removes it only when it ends in order. */
export async function forgetCrashLogs(pids: readonly number[]): Promise<void> {
  const folder = '/var/tmp/frr';
  const names = await readdir(folder).catch(() => []);
  const ours = names.filter((name) => pids.some((pid) => name.endsWith(`.${pid}`)));
  await Promise.all(ours.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
