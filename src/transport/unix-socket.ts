// A line-oriented conversation over a unix stream socket: connect, send a line, receive lines as they come. Every wait
// ends with the caller's AbortSignal, lines and answers have a byte limit, and failures say what happened and where.
// Knows nothing of what is spoken. Errors of connect(2) and read(2): unix(7).
import { connect, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/**
 * not-found: no such socket; permission: not allowed to open it; refused: a socket file without a listener; timeout: the
 * signal aborted first, or the listener takes no more connections; closed: the other side went away; too-large: a limit
 * of ours; failed: anything else the system said.
 */
export type UnixSocketErrorKind =
  | 'not-found'
  | 'permission'
  | 'refused'
  | 'timeout'
  | 'closed'
  | 'too-large'
  | 'failed';

export class UnixSocketError extends Error {
  override name = 'UnixSocketError';
  readonly kind: UnixSocketErrorKind;

  constructor(kind: UnixSocketErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface UnixSocketOptions {
  /** Its abort ends the connection and every wait on it. */
  readonly signal: AbortSignal;
  /** Longest line taken, in bytes; 64 KiB unless given. */
  readonly maxLineBytes?: number;
}

export interface UnixSocketConnection {
  /** Sends one line; the newline is added. A failure shows in the next `receive`. */
  send(line: string): void;
  /**
   * Hands over lines, without their newline, until `onLine` returns true. Rejects with UnixSocketError when the
   * connection fails first or more than `maxBytes` arrive; the connection is closed then. One wait at a time.
   */
  receive(onLine: (line: string) => boolean, maxBytes: number): Promise<void>;
  close(): void;
}

const kindOfCode: Readonly<Record<string, UnixSocketErrorKind>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EACCES: 'permission',
  EPERM: 'permission',
  ECONNREFUSED: 'refused',
  // Linux answers so when the listener's queue is full: somebody listens, but does not accept.
  EAGAIN: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

const explanations: Readonly<Record<UnixSocketErrorKind, string>> = {
  'not-found': 'there is no such socket',
  permission:
    'permission denied; such a socket is usually mode 0660 and owned by root:root: run as uid 0 or with gid 0',
  refused: 'connection refused: the socket file is there, but nobody listens on it any more',
  timeout: 'its queue of waiting connections is full',
  closed: 'the other side closed the connection',
  'too-large': 'too much data',
  failed: 'the connection failed',
};

function fromSystem(path: string, error: NodeJS.ErrnoException): UnixSocketError {
  const kind = kindOfCode[error.code ?? ''] ?? 'failed';
  const detail = kind === 'failed' ? `${explanations.failed}: ${error.message}` : explanations[kind];
  return new UnixSocketError(kind, `${path}: ${detail}`);
}

function aborted(path: string, signal: AbortSignal): UnixSocketError {
  const { reason } = signal;
  const deadline = reason instanceof Error && reason.name === 'TimeoutError';
  return new UnixSocketError('timeout', `${path}: ${deadline ? 'no answer in time' : 'stopped waiting'}`);
}

interface Wait {
  readonly onLine: (line: string) => boolean;
  readonly maxBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The conversation on a connected socket. */
function conversation(path: string, socket: Socket, options: UnixSocketOptions): UnixSocketConnection {
  const { signal, maxLineBytes = 65536 } = options;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let received = 0;
  let wait: Wait | undefined;
  let failure: unknown;

  const onAbort = () => fail(aborted(path, signal));

  function fail(error: unknown): void {
    failure ??= error;
    // Lines that came before the other side went away are good; after any other failure nobody may read on.
    if (!(error instanceof UnixSocketError) || error.kind !== 'closed') rest = '';
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    const waiting = wait;
    wait = undefined;
    waiting?.reject(failure);
  }

  function deliver(): void {
    let start = 0;
    while (wait) {
      const end = rest.indexOf('\n', start);
      if (end < 0) break;
      const line = rest.slice(start, rest[end - 1] === '\r' && end > start ? end - 1 : end);
      start = end + 1;
      let finished: boolean;
      try {
        finished = wait.onLine(line);
      } catch (error) {
        fail(error);
        return;
      }
      if (!finished) continue;
      const { resolve } = wait;
      wait = undefined;
      socket.pause();
      resolve();
    }
    rest = rest.slice(start);
    if (rest.length > maxLineBytes) {
      fail(new UnixSocketError('too-large', `${path}: a line is longer than ${maxLineBytes} bytes`));
    }
  }

  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    rest += decoder.write(chunk);
    deliver();
    if (wait && received > wait.maxBytes) {
      fail(new UnixSocketError('too-large', `${path}: the answer is larger than ${wait.maxBytes} bytes`));
    }
  });
  socket.on('error', (error) => fail(fromSystem(path, error)));
  socket.on('close', () => fail(new UnixSocketError('closed', `${path}: ${explanations.closed}`)));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  return {
    send(line) {
      if (failure === undefined) socket.write(`${line}\n`);
    },
    receive(onLine, maxBytes) {
      return new Promise((resolve, reject) => {
        if (wait) throw new Error('one receive at a time');
        received = 0;
        wait = { onLine, maxBytes, resolve, reject };
        deliver();
        if (!wait) return;
        if (failure === undefined) socket.resume();
        else fail(failure);
      });
    },
    close() {
      rest = '';
      fail(new UnixSocketError('closed', `${path}: closed`));
    },
  };
}

/** Connects to the socket at `path`. Rejects with UnixSocketError. */
export function connectUnixSocket(path: string, options: UnixSocketOptions): Promise<UnixSocketConnection> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(aborted(path, signal));
      return;
    }
    const socket = connect({ path });
    const onAbort = () => {
      socket.destroy();
      reject(aborted(path, signal));
    };
    const onError = (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', onAbort);
      reject(fromSystem(path, error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      socket.pause();
      resolve(conversation(path, socket, options));
    });
  });
}
