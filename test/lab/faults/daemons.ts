// Faults of processes: a daemon that is stopped (SIGTERM), killed (SIGKILL) or frozen (SIGSTOP: its sockets accept and
// never answer). Healing starts what does not run and lets what is frozen go on.
import { type Daemon, daemonsOf, pidOf, start, stop } from '../daemons.ts';
import { signal } from '../processes.ts';
import { LabError } from '../run.ts';
import { tuneRouteCache } from '../snmp-cache.ts';
import { argument, type Fault, type FaultContext } from './fault.ts';

type Kind = 'bird' | 'snmpd' | 'sshd' | 'bgpd';

/** `bird` means both BIRDs of a node. */
function affected(context: FaultContext, kind: Kind): Daemon[] {
  const device = argument(context, 0, 'the device');
  const found = daemonsOf(context.lab, device).filter(({ name }) => name === kind || name === `${kind}6`);
  if (found.length === 0) throw new LabError(`${device} has no ${kind}`);
  return found;
}

async function send(daemons: readonly Daemon[], name: NodeJS.Signals): Promise<void> {
  for (const daemon of daemons) {
    const pid = await pidOf(daemon);
    if (pid === undefined) throw new LabError(`${daemon.device}: ${daemon.name} does not run`);
    signal(pid, name);
  }
}

async function restart(context: FaultContext, kind: Kind): Promise<void> {
  for (const daemon of affected(context, kind)) {
    const pid = await pidOf(daemon);
    if (pid !== undefined) signal(pid, 'SIGCONT');
    else await start(daemon);
    if (daemon.name === 'snmpd') await tuneRouteCache(context.lab, daemon.device);
  }
}

function daemonFault(verb: 'stop' | 'kill' | 'freeze', kind: Kind, says: string): Fault {
  const inject = async (context: FaultContext) => {
    const daemons = affected(context, kind);
    if (verb === 'freeze') return send(daemons, 'SIGSTOP');
    if (verb === 'kill') await send(daemons, 'SIGKILL');
    await Promise.all(daemons.map((daemon) => stop(daemon)));
  };
  const where = kind === 'bird' ? 'NODE' : 'SWITCH';
  return { usage: `${verb}-${kind} ${where}`, says, inject, heal: (context) => restart(context, kind) };
}

export const daemonFaults = {
  'stop-bird': daemonFault('stop', 'bird', 'BIRD ends in order and says so to its peers'),
  'kill-bird': daemonFault('kill', 'bird', 'BIRD is gone without a word: its peers keep its routes as stale'),
  'freeze-bird': daemonFault('freeze', 'bird', 'BIRD hangs: its socket accepts and never greets'),
  'kill-bgpd': daemonFault('kill', 'bgpd', "a switch's BGP daemon crashes"),
  'stop-snmpd': daemonFault('stop', 'snmpd', 'SNMP is refused'),
  'freeze-snmpd': daemonFault('freeze', 'snmpd', 'SNMP does not answer'),
  'stop-sshd': daemonFault('stop', 'sshd', 'SSH is refused'),
  'freeze-sshd': daemonFault('freeze', 'sshd', 'SSH accepts and never greets'),
} as const;
