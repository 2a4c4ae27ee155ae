// A conversation with BIRD over its control socket (bird: nest/cli.c): greeting, `restrict` before anything else so that
// BIRD itself refuses to change anything, then one command at a time. A listing that BIRD broke off because it was being
// reconfigured (8004) is asked for once more; every other failure says which command it was.
import { ParseError } from '../../model/parse-error.ts';
import type { ReadingErrorKind } from '../../model/reading.ts';
import {
  connectUnixSocket,
  type UnixSocketConnection,
  UnixSocketError,
  type UnixSocketErrorKind,
} from '../../transport/unix-socket.ts';
import { type ReplyLine, type ReplyReader, replyCode, replyFramer } from './bird-reply.ts';

/** The conversation failed, or BIRD answered with an error (then with its reply code). */
export class BirdError extends Error {
  override name = 'BirdError';
  readonly kind: ReadingErrorKind;
  /** BIRD's reply code, 8000..9999, when it is an answer of BIRD's. */
  readonly code: number | undefined;

  constructor(kind: ReadingErrorKind, message: string, code?: number) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

export interface BirdOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Largest reply taken, in bytes, where `ask` is not told otherwise. */
  readonly maxReplyBytes: number;
}

/** Largest greeting, and largest answer about BIRD itself and its protocols: 500 mesh sessions take some 0.5 MiB. */
export const maxBriefReplyBytes = 4 * 1024 * 1024;

export interface Bird {
  /** From the greeting, e.g. `1.6.8` or `v0.3.3+birdv1.6.8`. */
  readonly version: string;
  /** Sends one command, reads its reply. Rejects with BirdError or the reader's ParseError; usable after the latter. */
  ask<T>(command: string, reader: () => ReplyReader<T>, maxReplyBytes?: number): Promise<T>;
  close(): void;
}

/**
 * BIRD keeps what it receives in 1024 bytes, drops the connection when they are full, and empties them only once it has
 * found no further command in them, which may be never while commands follow each other fast. So what one connection
 * carries is bounded, and the next command goes over a new one. A single line of 4096 bytes, sent in pieces, even makes
 * the whole daemon spin for ever, its sessions with it (all seen with BIRD 1.6.8 and 2.0.12).
 */
const maxConnectionBytes = 1000;

/** Longest command sent; see above, and it must leave room for `restrict`. */
export const maxCommandBytes = 900;

const kinds: Readonly<Record<UnixSocketErrorKind, ReadingErrorKind>> = {
  'not-found': 'not-found',
  permission: 'permission',
  refused: 'refused',
  timeout: 'timeout',
  closed: 'protocol',
  'too-large': 'protocol',
  failed: 'refused',
};

function birdError(error: unknown, doing: string): unknown {
  if (!(error instanceof UnixSocketError)) return error;
  return new BirdError(kinds[error.kind], `${error.message} (${doing})`);
}

interface Reply<T> {
  readonly value: T;
  readonly last: ReplyLine;
}

/** Reads one reply to its end, whatever the reader thinks of it, so that the next command starts clean. */
async function readReply<T>(
  connection: UnixSocketConnection,
  options: BirdOptions,
  command: string,
  reader: ReplyReader<T>,
): Promise<Reply<T>> {
  const frame = replyFramer(`"${command}"`);
  let complaint: ParseError | undefined;
  let last: ReplyLine | undefined;
  const read = (line: ReplyLine) => {
    if (complaint) return;
    try {
      reader.line(line);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      complaint = error;
    }
  };
  await connection.receive((raw) => {
    const framed = frame(raw);
    if (framed === 'async') return false;
    if (framed.last) last = framed;
    if (!framed.last || (framed.text !== '' && (framed.code ?? 0) < replyCode.firstError)) read(framed);
    return framed.last;
  }, options.maxReplyBytes);
  const code = last?.code ?? 0;
  if (code >= replyCode.firstError) {
    throw new BirdError('protocol', `"${command}": BIRD answered ${code} ${last?.text ?? ''}`.trim(), code);
  }
  if (complaint) throw complaint;
  return { value: reader.end(), last: last ?? { code: 0, text: '', number: 0 } };
}

const nothing: ReplyReader<undefined> = { line: () => undefined, end: () => undefined };

async function exchange<T>(
  connection: UnixSocketConnection,
  options: BirdOptions,
  command: string,
  reader: ReplyReader<T>,
): Promise<Reply<T>> {
  if (command.length > maxCommandBytes || /[^\x20-\x7e]/.test(command)) {
    throw new BirdError('internal', `"${command.slice(0, 60)}…" is not a command that may be sent to BIRD`);
  }
  connection.send(command);
  try {
    return await readReply(connection, options, command, reader);
  } catch (error) {
    throw birdError(error, `waiting for the answer to "${command.slice(0, 60)}"`);
  }
}

async function greet(connection: UnixSocketConnection, options: BirdOptions): Promise<string> {
  try {
    const { last } = await readReply(connection, options, 'greeting', nothing);
    const version = /^BIRD (\S+) ready\.$/.exec(last.text)?.[1];
    if (last.code !== replyCode.welcome || version === undefined) {
      throw new BirdError('protocol', `${options.path}: what answers is not BIRD`);
    }
    return version;
  } catch (error) {
    if (error instanceof ParseError)
      throw new BirdError('protocol', `${options.path}: what answers is not BIRD: ${error.message}`);
    throw birdError(error, 'connected, but BIRD does not greet: it hangs or is stopped');
  }
}

const brief = (options: BirdOptions): BirdOptions => ({
  ...options,
  maxReplyBytes: Math.min(options.maxReplyBytes, maxBriefReplyBytes),
});

interface Talk {
  readonly connection: UnixSocketConnection;
  readonly version: string;
  /** Bytes sent over it. */
  sent: number;
}

async function startTalk(all: BirdOptions): Promise<Talk> {
  const options = brief(all);
  const { path, signal } = options;
  let connection: UnixSocketConnection;
  try {
    connection = await connectUnixSocket(path, { signal, maxLineBytes: 8192 });
  } catch (error) {
    throw birdError(error, 'connecting to BIRD');
  }
  try {
    const version = await greet(connection, options);
    const { last } = await exchange(connection, options, 'restrict', nothing);
    if (last.code !== replyCode.restricted) {
      throw new BirdError('protocol', `${path}: BIRD did not restrict the connection to reading`);
    }
    return { connection, version, sent: 'restrict\n'.length };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Connects, waits for the greeting and makes the connection read-only. Rejects with BirdError. */
export async function openBird(options: BirdOptions): Promise<Bird> {
  let talk = await startTalk(options);

  async function once<T>(command: string, reader: () => ReplyReader<T>, maxReplyBytes: number): Promise<T> {
    if (talk.sent + command.length + 1 > maxConnectionBytes) {
      talk.connection.close();
      talk = await startTalk(options);
    }
    talk.sent += command.length + 1;
    return (await exchange(talk.connection, { ...options, maxReplyBytes }, command, reader())).value;
  }

  return {
    version: talk.version,
    async ask(command, reader, maxReplyBytes = options.maxReplyBytes) {
      try {
        return await once(command, reader, maxReplyBytes);
      } catch (error) {
        if (!(error instanceof BirdError) || error.code !== replyCode.reconfigured) throw error;
        return once(command, reader, maxReplyBytes);
      }
    },
    close: () => talk.connection.close(),
  };
}
