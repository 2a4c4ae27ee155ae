// trust: shows the SSH host keys of switches, with their fingerprints, and records them on demand, as ssh-keyscan(1)
// does. Whoever records a key vouches for it: compare the fingerprint with what the switch's console shows.
import { appendFile, readFile } from 'node:fs/promises';
import { SshError } from '../transport/ssh-errors.ts';
import { type ShownHostKey, trustHost } from '../transport/ssh-trust.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { columns } from './table.ts';

const timeoutMs = 15_000;

/** `host`, `host:port` or `[ipv6]:port`. */
function target(text: string): { readonly host: string; readonly port?: number } {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+):(\d{1,5})$/.exec(text);
  if (!match?.[1]) return { host: text };
  const port = Number(match[2] ?? 22);
  if (port < 1 || port > 65535) throw new UsageError(`"${text}" has no port from 1 to 65535`);
  return { host: match[1], port };
}

async function keysOf(text: string, invocation: Invocation, io: Io): Promise<ShownHostKey[]> {
  try {
    const legacyAlgorithms = invocation.on.has('legacy-algorithms');
    return await trustHost({ ...target(text), timeoutMs, legacyAlgorithms, signal: io.signal() });
  } catch (error) {
    if (error instanceof SshError) throw new CannotRun(error.message);
    throw error;
  }
}

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

export async function run(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.rest.length === 0)
    throw new UsageError('whose keys? Name one or more hosts, e.g. 192.168.250.11');
  const file = flagValue(invocation, 'known-hosts');
  const rows: string[][] = [];
  const lines: string[] = [];
  for (const host of invocation.rest) {
    const keys = await keysOf(host, invocation, io);
    if (keys.length === 0)
      throw new CannotRun(`${host} shows no host key that could be used; try --legacy-algorithms`);
    for (const { type, fingerprint, line } of keys) {
      rows.push([host, type, fingerprint]);
      lines.push(line);
    }
  }
  io.stdout.write(`${columns([['HOST', 'KEY', 'FINGERPRINT'], ...rows]).join('\n')}\n`);
  if (file === undefined) {
    io.stderr.write(
      'Compare the fingerprints with the consoles of the switches; then record the keys with --known-hosts FILE.\n',
    );
  } else {
    const count = await record(file, lines);
    io.stderr.write(
      `${count} of ${lines.length} keys are new in ${file}. Compare the fingerprints with the consoles of the switches.\n`,
    );
  }
  return exitCodes.clean;
}
