// parse: what a saved answer of a device says, as JSON: sessions, routes, and notes on what was left unread. The whole of
// a bug report about a parser: the text in, this out. No device is asked.
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseBirdText } from '../collectors/nodes/bird-parse.ts';
import { drivers } from '../collectors/switches/drivers.ts';
import { parseSnmpText } from '../collectors/switches/snmp-text.ts';
import type { AnswerStream, Parsed } from '../model/driver.ts';
import { ParseError } from '../model/parse-error.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { printPacked, readStreamed } from './parse-large.ts';
import { shapes } from './parse-shapes.ts';

interface Job {
  readonly file: string;
  readonly parse: (text: string) => Parsed;
  /** Reads a large file piece by piece, where the driver can. */
  readonly stream?: () => AnswerStream;
}

/** Smaller files are read whole: those may be recordings of a terminal, whose codes stand anywhere. */
const largeBytes = 16 * 2 ** 20;

function driverJob(invocation: Invocation, name: string): Job {
  const driver = Object.hasOwn(drivers, name) ? drivers[name as keyof typeof drivers] : undefined;
  // The table of commands allows these names alone.
  if (!driver) throw new UsageError(`there is no driver "${name}"`);
  const command = flagValue(invocation, 'command');
  if (!command) {
    const known = driver.commands.map(({ template }) => `\n  ${template}`).join('');
    throw new UsageError(`which command was it? Add --command "…"; ${name} types:${known}`);
  }
  const [file] = invocation.rest;
  if (file === undefined)
    throw new UsageError('which file holds the answer? Name it, or "-" for standard input');
  const { stream } = driver;
  return {
    file,
    parse: (text) => driver.parse(command, text),
    ...(stream && { stream: () => stream(command) }),
  };
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

/** Does something with a file. Throws CannotRun where it cannot be read. */
async function opened<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reasons: Record<string, string> = {
      ENOENT: 'does not exist',
      EISDIR: 'is a directory',
      EACCES: 'may not be read',
    };
    throw new CannotRun(`${file} ${reasons[code] ?? `cannot be read (${code})`}`);
  }
}

/** A file's text: UTF-8, or UTF-16 with its mark, as a redirect of Windows PowerShell 5 writes it. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le');
  return first === 0xfe && second === 0xff
    ? new TextDecoder('utf-16be').decode(bytes)
    : bytes.toString('utf8');
}

async function textOf(file: string, io: Io): Promise<string> {
  const text = file === '-' ? await io.stdin() : decoded(await opened(file, () => readFile(file)));
  // Standard input comes as UTF-8 already, in which the mark of UTF-16 is no character.
  if (file === '-' && /^\ufffd\ufffd.?\0/s.test(text))
    throw new CannotRun('standard input is UTF-16, not UTF-8: name the file instead');
  // Editors of Windows put a byte order mark in front.
  return text.replace(/^\ufeff/, '');
}

async function print({ file, parse, stream }: Job, device: string, io: Io): Promise<void> {
  const size = stream && file !== '-' ? (await opened(file, () => stat(file))).size : 0;
  if (stream && size >= largeBytes)
    return printPacked(await opened(file, () => readStreamed(file, stream())), device, io);
  const text = await textOf(file, io);
  io.stdout.write(`${JSON.stringify(shapes(parse(text), device), null, 2)}\n`);
}

export async function run(invocation: Invocation, io: Io): Promise<number> {
  const job = jobOf(invocation);
  const { file } = job;
  const device = flagValue(invocation, 'device') ?? (file === '-' ? 'stdin' : basename(file));
  try {
    await print(job, device, io);
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
