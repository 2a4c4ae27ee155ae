// Finds out what a switch is, the cheapest way first: SNMP where it is configured, the identification of its SSH server, and
// at last what it says to `show version`. Only these read-only words are typed, and none with a value in it.
import { openCliSession } from '../../transport/cli-session.ts';
import { SnmpError } from '../../transport/snmp-error.ts';
import type { SshDevice } from '../../transport/ssh.ts';
import { SshError } from '../../transport/ssh-errors.ts';
import type { DriverName } from './driver-names.ts';
import { byServer, bySystem, byWords, type Found, hostnameIn } from './signatures.ts';
import { type SnmpSystemOptions, snmpIdentity } from './snmp-identity.ts';
import type { RunLimits } from './ssh-runner.ts';

export interface Identified {
  readonly driver: DriverName;
  /** By what, for people: `SSH server Comware-7.1.070`. */
  readonly by: string;
  /** Its name for itself, where it was told on the way. */
  readonly hostname?: string;
}

/** A device that cannot be told: not one that cannot be reached. */
export class UnknownDevice extends Error {
  override name = 'UnknownDevice';
}

/** All that is ever typed to find out. */
export const probes = {
  exec: ['show version', "vtysh -c 'show version'", "sudo -n vtysh -c 'show version'"],
  shell: ['show version', 'display version'],
} as const;

/** Most that a version page may have. */
const mostBytes = 500_000;

const shown = (text: string) => JSON.stringify(text.replace(/\s+/g, ' ').trim().slice(0, 100));

function decide(found: Found, by: string): Identified | undefined {
  const [driver, ...others] = found;
  if (driver === undefined) return undefined;
  if (others.length === 0) return { driver, by };
  throw new UnknownDevice(
    `it looks like ${found.join(' and ')} (${by}): write which of them it is, e.g. driver: ${driver}`,
  );
}

function named(found: Identified, text: string): Identified {
  const hostname = hostnameIn(text);
  return { ...found, ...(hostname !== undefined && { hostname }) };
}

async function askSnmp(options: SnmpSystemOptions, signal: AbortSignal): Promise<Identified | undefined> {
  try {
    const { objectId, description } = await snmpIdentity(options, signal);
    return decide(bySystem(objectId, description), `SNMP: ${objectId.join('.')} ${shown(description)}`);
  } catch (error) {
    // SNMP that does not answer is no reason not to ask by SSH.
    if (error instanceof SnmpError) return undefined;
    throw error;
  }
}

const limitsOf = (limits: RunLimits) => ({ ...limits, maxOutputBytes: mostBytes });

async function askExec(ssh: SshDevice, limits: RunLimits, said: string[]): Promise<Identified | undefined> {
  for (const command of probes.exec) {
    const { stdout, exitCode } = await ssh.exec(command, limitsOf(limits));
    const found = decide(byWords(stdout), `answer to ${command}`);
    if (found) return named(found, stdout);
    if (stdout.trim() !== '') said.push(stdout);
    // A CLI has answered; only a Unix shell knows other programs.
    if (exitCode !== 127) return undefined;
  }
  return undefined;
}

async function askShell(ssh: SshDevice, limits: RunLimits, said: string[]): Promise<Identified | undefined> {
  const stream = await ssh.shell(limits.signal, limits.timeoutMs);
  const session = await openCliSession(stream, { where: 'the device' }, limitsOf(limits));
  try {
    for (const command of probes.shell) {
      const output = await session.run(command, limitsOf(limits));
      const found = decide(byWords(output), `answer to ${command}`);
      if (found) return named(found, output);
      said.push(output);
    }
    return undefined;
  } finally {
    session.close();
  }
}

/**
 * Finds out. Rejects with UnknownDevice when it cannot be told, with SshError when it cannot be reached or gives up in the
 * middle.
 */
export async function identify(
  ssh: SshDevice,
  snmp: SnmpSystemOptions | undefined,
  limits: RunLimits,
): Promise<Identified> {
  const bySnmp = snmp && (await askSnmp(snmp, limits.signal));
  if (bySnmp) return bySnmp;
  const server = await ssh.identification(limits.signal);
  const own = decide(byServer(server), `SSH server ${shown(server)}`);
  if (own) return own;
  const said: string[] = [];
  let last: unknown;
  for (const ask of [askExec, askShell]) {
    try {
      const found = await ask(ssh, limits, said);
      if (found) return found;
    } catch (error) {
      // Many devices have one of the two kinds of channel only.
      if (!(error instanceof SshError) || error.phase === 'connect' || limits.signal.aborted) throw error;
      ssh.close();
      last = error;
    }
  }
  if (said.length === 0 && last !== undefined) throw last;
  throw new UnknownDevice(
    `what it is cannot be told from its SSH server ${shown(server)} and its answer to "show version": ${shown(said[0] ?? '')}; ` +
      'write the driver in place of auto',
  );
}
