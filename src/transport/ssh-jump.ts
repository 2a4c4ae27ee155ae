// A jump host: one logged-in connection over which devices behind it are reached (RFC 4254 section 7.2, direct-tcpip), as
// with `ssh -J`. Many devices share it. It is opened when the first asks, kept while one of them uses it, and ended with
// the last. The jump host sees only the encrypted bytes: each device's own host key is checked and its secrets go to it alone.
import type { Duplex } from 'node:stream';
import type { Deadline } from './ssh-deadline.ts';
import { SshError, toSshError } from './ssh-errors.ts';
import { login, type SshLogin } from './ssh-login.ts';
import { endpoint, type SshGateway, type SshOptions } from './ssh-options.ts';

/** A gateway whose connection can be kept between two uses. */
export interface JumpGateway extends SshGateway {
  /** Keeps the connection, once there is one, until the returned function is called. */
  hold(): () => void;
}

/** A gateway through the host of `options` (which may itself lie behind another gateway). */
export function sshGateway(options: SshOptions): JumpGateway {
  const where = endpoint(options);
  let current: Promise<SshLogin> | undefined;
  let users = 0;

  const drop = (connecting: Promise<SshLogin> | undefined) => {
    if (current === connecting) current = undefined;
    connecting?.then(
      ({ client, socket }) => {
        client.end();
        socket.destroy();
      },
      () => {},
    );
  };

  const connect = (): Promise<SshLogin> => {
    if (current) return current;
    // By its own time limit alone: others may wait for it when the one who asked first has given up.
    const connecting = login(options, new AbortController().signal);
    current = connecting;
    const forget = () => {
      if (current === connecting) current = undefined;
    };
    connecting.then(({ client }) => client.on('error', forget).on('close', forget).on('end', forget), forget);
    return connecting;
  };

  const release = (connecting: Promise<SshLogin> | undefined) => {
    users--;
    if (users === 0) drop(connecting);
  };

  const hold = () => {
    users++;
    return () => release(current);
  };

  const open = async (host: string, port: number, limit: Deadline): Promise<Duplex> => {
    users++;
    const connecting = connect();
    try {
      const { client } = await limit.race(connecting);
      const target = endpoint({ host, port });
      const channel = new Promise<Duplex>((resolve, reject) => {
        client.once('close', () => reject(new SshError('refused', `the jump host ${where} went away`)));
        client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
          if (!error) resolve(stream);
          else
            reject(
              new SshError('refused', `the jump host ${where} cannot reach ${target}: ${error.message}`),
            );
        });
      });
      const stream = await limit.race(channel);
      stream.once('close', () => release(connecting));
      return stream;
    } catch (error) {
      release(connecting);
      const { kind, message } = toSshError(error, where);
      throw new SshError(kind, message.includes('jump host') ? message : `jump host: ${message}`);
    }
  };

  return { open, hold };
}
