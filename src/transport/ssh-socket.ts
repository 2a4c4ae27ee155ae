// Opens the TCP connection, or one through a jump host, and waits for the server's first words (RFC 4253 section 4.2: its identification), before a
// handshake slot is taken: a dead or silent device then costs no slot and gets an error that says which of the two it is.
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Deadline } from './ssh-deadline.ts';
import { SshError, toSshError } from './ssh-errors.ts';
import { endpoint, type SshOptions } from './ssh-options.ts';

export interface OpenSocket {
  readonly socket: Duplex;
  /** The server's first line; empty when it did not come in one piece. */
  readonly identification: string;
}

type Target = Pick<SshOptions, 'host' | 'port' | 'gateway'>;

/** A connected socket with the server's first bytes unread in it. Rejects with SshError; the socket is then destroyed. */
export async function openSocket(target: Target, limit: Deadline): Promise<OpenSocket> {
  const { host, port = 22, gateway } = target;
  const socket = gateway
    ? await gateway.open(host, port, limit)
    : net.connect({ host, port, keepAlive: true, noDelay: true });
  return firstWords(socket, endpoint(target), gateway !== undefined, limit);
}

/** Looks at what is there to read and leaves it there. */
function peek(socket: Duplex): string {
  const bytes: Buffer | null = socket.read();
  if (!bytes) return '';
  socket.unshift(bytes);
  return /^SSH-[^\r\n]{1,250}(?=\r?\n)/m.exec(bytes.toString('latin1'))?.[0] ?? '';
}

function firstWords(socket: Duplex, where: string, open: boolean, limit: Deadline): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    let connected = open;
    const settle = (error: SshError | undefined) => {
      limit.signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('readable').off('error', onError).off('end', onEnd);
      if (!error) return resolve({ socket, identification: peek(socket) });
      socket.destroy();
      reject(error);
    };
    const onAbort = () => {
      const reason = connected ? 'it accepted the connection but says nothing' : 'no answer';
      settle(new SshError('timeout', `cannot reach ${where}: ${reason}; ${limit.error().message}`));
    };
    const onError = (error: Error) => settle(toSshError(error, where));
    const onEnd = () =>
      settle(
        new SshError(
          'refused',
          `${where} closed the connection at once: too many sessions, or an access list`,
        ),
      );
    socket.once('connect', () => {
      connected = true;
    });
    // The empty listener stays: an error between two owners of the socket would otherwise end the process.
    socket.on('error', () => {});
    socket.on('error', onError).on('end', onEnd);
    // Listening for 'readable' leaves the bytes in the socket's buffer, for whoever reads it next.
    socket.on('readable', () => {
      if (socket.readableLength > 0) settle(undefined);
      // Nothing to read means the other side has closed: reading brings the 'end' event.
      else socket.read();
    });
    if (limit.signal.aborted) onAbort();
    else limit.signal.addEventListener('abort', onAbort, { once: true });
  });
}
