// parse: what a saved answer of a device says, as JSON: sessions, routes, and notes on what was left unread. The whole of
// a bug report about a parser: the text in, this out. No device is asked.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseBirdText } from '../collectors/nodes/bird-parse.ts';
import { drivers } from '../collectors/switches/drivers.ts';
import { parseSnmpText } from '../collectors/switches/snmp-text.ts';
import type { Parsed } from '../model/driver.ts';
import { ParseError } from '../model/parse-error.ts';
import { formatPrefix } from '../model/prefix.ts';
import { hint } from '../model/suggest.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';

interface Job {
  readonly file: string;
  readonly parse: (text: string) => Parsed;
}

function driverJob(invocation: Invocation, name: string): Job {
  const driver = Object.hasOwn(drivers, name) ? drivers[name as keyof typeof drivers] : undefined;
  if (!driver) {
    const names = Object.keys(drivers);
    throw new UsageError(`there is no driver "${name}"${hint(name, names)}; drivers are ${names.join(', ')}`);
  }
  const command = flagValue(invocation, 'command');
  if (!command) {
    const known = driver.commands.map(({ template }) => `\n  ${template}`).join('');
    throw new UsageError(`which command was it? Add --command "…"; ${name} types:${known}`);
  }
  const [file] = invocation.rest;
  if (file === undefined)
    throw new UsageError('which file holds the answer? Name it, or "-" for standard input');
  return { file, parse: (text) => driver.parse(command, text) };
}

function jobOf(invocation: Invocation): Job {
  const given = (['driver', 'snmpwalk', 'bird'] as const).filter(
    (flag) => flagValue(invocation, flag) !== undefined,
  );
  if (given.length !== 1) {
    throw new UsageError(
      'what kind of answer is it? Give one of --driver NAME, --snmpwalk FILE and --bird FILE',
    );
  }
  const driver = flagValue(invocation, 'driver');
  if (driver !== undefined) return driverJob(invocation, driver);
  if (flagValue(invocation, 'command') !== undefined)
    throw new UsageError('--command goes with --driver only');
  if (invocation.rest.length > 0)
    throw new UsageError(`what is "${invocation.rest[0]}"? The file stands behind --${given[0]}`);
  const walk = flagValue(invocation, 'snmpwalk');
  if (walk !== undefined) return { file: walk, parse: (text) => parseSnmpText(text, walk) };
  const bird = flagValue(invocation, 'bird') ?? '';
  return { file: bird, parse: (text) => parseBirdText(text, bird) };
}

async function textOf(file: string, io: Io): Promise<string> {
  // Editors of Windows put a byte order mark in front.
  const bare = (text: string) => text.replace(/^\ufeff/, '');
  if (file === '-') return bare(await io.stdin());
  try {
    return bare(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'does not exist',
      EISDIR: 'is a directory',
      EACCES: 'may not be read',
    };
    throw new CannotRun(`${file} ${reasons[code ?? ''] ?? `cannot be read (${code})`}`);
  }
}

/** Keys in the documented order; what the device does not say is absent, or null where the shape has it always. */
function shapes({ sessions, routes, notes }: Parsed, device: string) {
  return {
    sessions: sessions.map((session) => ({
      device,
      peerAddress: session.peerAddress,
      peerAsn: session.peerAsn,
      localAsn: session.localAsn,
      state: session.state,
      afi: session.afi,
      vrf: session.vrf,
      // JSON.stringify leaves undefined out.
      description: session.description,
      adminDown: session.adminDown,
      establishedSeconds: session.establishedSeconds,
      prefixesReceived: session.prefixesReceived,
      prefixesAccepted: session.prefixesAccepted,
      prefixesAdvertised: session.prefixesAdvertised,
      lastError: session.lastError,
    })),
    routes: routes.flatMap(({ rows }) =>
      rows.map(({ prefix, nextHops, protocol, best, asPath, from, vrf }) => ({
        device,
        prefix: formatPrefix(prefix),
        nextHops,
        protocol,
        best,
        asPath,
        from,
        vrf,
      })),
    ),
    notes,
  };
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { file, parse } = jobOf(invocation);
  const device = flagValue(invocation, 'device') ?? (file === '-' ? 'stdin' : basename(file));
  const text = await textOf(file, io);
  try {
    io.stdout.write(`${JSON.stringify(shapes(parse(text), device), null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { line = 1, reason } = error;
    if (!error.read) throw new CannotRun(`${file}:${line}: ${reason}`);
    // A text that says itself that it is not whole (an excerpt, say): what it shows is read, and that it is not all is said.
    const { notes } = error.read;
    const found = shapes({ ...error.read, notes: [...notes, `not whole: line ${line}: ${reason}`] }, device);
    io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    io.stderr.write(`${file}:${line}: not whole: ${reason}\n`);
  }
  return exitCodes.clean;
}
