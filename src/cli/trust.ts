// trust: shows the SSH host keys of switches, with their fingerprints, and records them on demand, as ssh-keyscan(1)
// does. Whoever records a key vouches for it: compare the fingerprint with what the switch's console shows.
import { appendFile, readFile } from 'node:fs/promises';
import { SshError } from '../transport/ssh-errors.ts';
import { type ShownHostKey, trustHost } from '../transport/ssh-trust.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { sshTarget } from './ssh-target.ts';
import { columns } from './table.ts';
import { type JumpWay, jumpWay, type TrustLimits } from './trust-jump.ts';

const timeoutMs = 15_000;

async function record(file: string, lines: readonly string[]): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new CannotRun(`${file} cannot be read (${error.code})`);
  });
  const known = new Set(text.split('\n').map((line) => line.trim()));
  const fresh = lines.filter((line) => !known.has(line.trim()));
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  if (fresh.length > 0) {
    await appendFile(file, `${start}${fresh.map((line) => line.trim()).join('\n')}\n`).catch(
      (error: NodeJS.ErrnoException) => {
        throw new CannotRun(`${file} cannot be written (${error.code})`);
      },
    );
  }
  return fresh.length;
}

/** The keys of every host, in the order given; a host without any ends the command. */
async function keysOfAll(hosts: readonly string[], limits: TrustLimits, way: JumpWay | undefined) {
  const found: { host: string; keys: readonly ShownHostKey[] }[] = [...(way?.vouched ?? [])];
  for (const host of hosts) {
    const keys = await trustHost({ ...sshTarget(host), ...limits, ...(way && { gateway: way.gateway }) });
    if (keys.length === 0)
      throw new CannotRun(`${host} shows no host key that could be used; try --legacy-algorithms`);
    found.push({ host, keys });
  }
  return found;
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.rest.length === 0)
    throw new UsageError('whose keys? Name one or more hosts, e.g. 192.168.250.11');
  const file = flagValue(invocation, 'known-hosts');
  const legacyAlgorithms = invocation.on.has('legacy-algorithms');
  const limits = { timeoutMs, legacyAlgorithms, signal: io.signal() };
  let way: JumpWay | undefined;
  try {
    way = await jumpWay(invocation, io, limits);
    const found = await keysOfAll(invocation.rest, limits, way);
    const rows = found.flatMap(({ host, keys }) =>
      keys.map(({ type, fingerprint }) => [host, type, fingerprint]),
    );
    io.stdout.write(`${columns([['HOST', 'KEY', 'FINGERPRINT'], ...rows]).join('\n')}\n`);
    const lines = found.flatMap(({ keys }) => keys.map(({ line }) => line));
    const compare = 'Compare the fingerprints with the consoles of the switches';
    io.stderr.write(
      file === undefined
        ? `${compare}; then record the keys with --known-hosts FILE.\n`
        : `${await record(file, lines)} of ${lines.length} keys are new in ${file}. ${compare}.\n`,
    );
  } catch (error) {
    if (error instanceof SshError) throw new CannotRun(error.message);
    throw error;
  } finally {
    way?.close();
  }
  return exitCodes.clean;
}
