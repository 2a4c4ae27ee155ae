// Opens the TCP connection and waits for the server's first words (RFC 4253 section 4.2: its identification), before a
// handshake slot is taken: a dead or silent device then costs no slot and gets an error that says which of the two it is.
import net from 'node:net';
import type { Deadline } from './ssh-deadline.ts';
import { SshError, toSshError } from './ssh-errors.ts';

/** A connected socket with the server's first bytes unread in it. Rejects with SshError; the socket is then destroyed. */
export function openSocket(host: string, port: number, where: string, limit: Deadline): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, keepAlive: true, noDelay: true });
    let connected = false;
    const settle = (error: SshError | undefined) => {
      limit.signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('readable').off('error', onError).off('end', onEnd);
      if (!error) return resolve(socket);
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
