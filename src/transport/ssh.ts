// One device by SSH: runs commands (RFC 4254 section 6.5) or opens a shell, over one connection that is kept and reused.
// Whatever goes wrong with a command, its connection is thrown away and the next command makes a new one: a half-dead
// connection is never trusted again. Every command has its own deadline and an upper bound of output.
import type { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { deadline } from './ssh-deadline.ts';
import { SshError, toSshError } from './ssh-errors.ts';
import { login, type SshLogin } from './ssh-login.ts';
import { endpoint, type SshOptions } from './ssh-options.ts';

export interface ExecLimits {
  readonly signal: AbortSignal;
  /** From sending the command to its end; connecting has its own limit. */
  readonly timeoutMs: number;
  /** Most bytes of output and error output together. */
  readonly maxOutputBytes: number;
  /** Takes the output while it comes; `stdout` is empty then. What it throws ends the command and its connection. */
  readonly onOutput?: (bytes: Uint8Array) => void;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** undefined: the device does not say. */
  readonly exitCode: number | undefined;
}

export interface SshDevice {
  /** Runs one command. Rejects with SshError. */
  exec(command: string, limits: ExecLimits): Promise<ExecResult>;
  /** What the server calls itself, e.g. `SSH-2.0-Comware-7.1.070`. Rejects with SshError. */
  identification(signal: AbortSignal): Promise<string>;
  /** Opens an interactive shell on a wide terminal without colours. Rejects with SshError. */
  shell(signal: AbortSignal, timeoutMs: number): Promise<Duplex>;
  /** Throws the connection away; the next command makes a new one. */
  close(): void;
}

/** How much of a command's answer has come: without any, the connection may just have been a stale one. */
interface Progress {
  bytes: number;
}

/** Settles as `work` does, or rejects when the connection closes first. */
function whileOpen<T>(connection: SshLogin, where: string, progress: Progress, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onClose = () =>
      reject(
        new SshError('protocol', `${where} closed the connection during a command`, progress.bytes === 0),
      );
    connection.client.once('close', onClose);
    work.then(resolve, reject).finally(() => connection.client.off('close', onClose));
  });
}

/**
 * Opens a channel and hands it to `use` at once: what the device sent in the same packet as its consent (an exit status,
 * the end) is reported by events that nobody would hear a moment later.
 */
function openChannel<T>(
  where: string,
  open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  use: (channel: ClientChannel) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      open((error, channel) => {
        if (error) reject(new SshError('protocol', `${where} opens no channel: ${error.message}`, true));
        else resolve(use(channel));
      });
    } catch (error) {
      // ssh2 throws "Not connected" when the socket has gone meanwhile.
      const message = error instanceof Error ? error.message : String(error);
      reject(new SshError('protocol', `the connection to ${where} is gone: ${message}`, true));
    }
  });
}

/** Collects one channel's output until it ends. */
function readChannel(
  channel: ClientChannel,
  where: string,
  { maxOutputBytes: maxBytes, onOutput }: Pick<ExecLimits, 'maxOutputBytes' | 'onOutput'>,
  progress: Progress,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let exitCode: number | undefined;
    const take = (chunks: { push(chunk: Buffer): unknown }) => (chunk: Buffer) => {
      progress.bytes += chunk.length;
      if (progress.bytes <= maxBytes) chunks.push(chunk);
      else reject(new SshError('protocol', `${where} sent more than ${maxBytes} bytes for one command`));
    };
    const handOver = (bytes: Uint8Array) => {
      try {
        onOutput?.(bytes);
      } catch (error) {
        channel.removeAllListeners('data');
        reject(error);
      }
    };
    channel.on('data', take(onOutput ? { push: handOver } : out));
    channel.stderr.on('data', take(err));
    channel.on('exit', (code: number | null) => {
      exitCode = code ?? undefined;
    });
    channel.on('error', (error: Error) => reject(toSshError(error, where)));
    // A lost connection closes its channels too, but only after the client's own 'close', which whileOpen has seen.
    channel.on('close', () => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      resolve({ stdout: text(out), stderr: text(err), exitCode });
    });
  });
}

/** A device to run commands on. Nothing is connected until the first command. */
export function sshDevice(options: SshOptions): SshDevice {
  const where = endpoint(options);
  let current: Promise<SshLogin> | undefined;

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

  const connect = async (signal: AbortSignal): Promise<{ connection: SshLogin; kept: boolean }> => {
    const kept = current;
    if (kept) return { connection: await kept, kept: true };
    const connecting = login(options, signal);
    current = connecting;
    try {
      const connection = await connecting;
      const forget = () => {
        if (current === connecting) current = undefined;
      };
      connection.client
        .on('error', () => drop(connecting))
        .on('close', forget)
        .on('end', forget);
      return { connection, kept: false };
    } catch (error) {
      if (current === connecting) current = undefined;
      throw error;
    }
  };

  /** Does `work` on the connection; on failure throws the connection away, and tries a stale kept one once more. */
  const use = async <T>(
    signal: AbortSignal,
    work: (connection: SshLogin) => Promise<T>,
    again = true,
  ): Promise<T> => {
    const { connection, kept } = await connect(signal);
    const used = current;
    try {
      return await work(connection);
    } catch (error) {
      drop(used);
      connection.socket.destroy();
      if (again && kept && error instanceof SshError && error.stale && !signal.aborted) {
        return use(signal, work, false);
      }
      throw error;
    }
  };

  const exec = (command: string, limits: ExecLimits) =>
    use(limits.signal, (connection) => {
      const limit = deadline(limits.signal, limits.timeoutMs, `waiting for ${where} to answer a command`);
      const progress = { bytes: 0 };
      const run = openChannel(
        where,
        (done) => connection.client.exec(command, done),
        (channel) => readChannel(channel, where, limits, progress),
      );
      return limit.race(whileOpen(connection, where, progress, run));
    });

  const shell = (signal: AbortSignal, timeoutMs: number) =>
    use(signal, (connection) => {
      const limit = deadline(signal, timeoutMs, `waiting for ${where} to open a shell`);
      const terminal = { term: 'dumb', cols: 511, rows: 1000 };
      const opening = openChannel<Duplex>(
        where,
        (done) => connection.client.shell(terminal, done),
        (channel) => channel,
      );
      return limit.race(whileOpen(connection, where, { bytes: 0 }, opening));
    });

  const identification = (signal: AbortSignal) =>
    use(signal, async (connection) => connection.identification);

  return { exec, shell, identification, close: () => drop(current) };
}
