// A real SSH server (ssh2's Server class) on a loopback port, made to behave like a switch: answers exec requests from a
// table, plays a shell, or misbehaves. Its host keys are made anew for each run.
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2, { type Connection, type KeyboardAuthContext, type ServerChannel } from 'ssh2';
import { newSshKey } from '../../src/demo/ssh-key.ts';
import type { SshOptions } from '../../src/transport/ssh-options.ts';

export const hostKey = newSshKey();
export const otherHostKey = newSshKey();
export const ecdsaHostKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
export const clientKey = newSshKey('open sesame');

/** `type base64` of a public key in OpenSSH form. */
export const publicPart = (key: { public: string }) => key.public.trim().split(' ').slice(0, 2).join(' ');

export interface Play {
  readonly exec?: (command: string, channel: ServerChannel, connection: Connection) => void;
  readonly shell?: (channel: ServerChannel) => void;
  /** Methods allowed; password is `secret`. */
  readonly methods?: readonly ('password' | 'keyboard-interactive' | 'publickey')[];
  readonly hostKeys?: readonly string[];
  readonly algorithms?: ssh2.ServerConfig['algorithms'];
  /** What the server calls itself, behind `SSH-2.0-`. */
  readonly ident?: string;
  /** Shown before the login. */
  readonly banner?: string;
  /** Lets clients through to other ports of loopback, as a jump host does. */
  readonly forwards?: boolean;
  /** Rounds of keyboard-interactive prompts, with what must be answered. */
  readonly rounds?: readonly (readonly { prompt: string; echo: boolean; answer: string }[])[];
}

export interface TestServer {
  readonly port: number;
  readonly connections: Connection[];
  /** Login methods as clients tried them. */
  readonly attempts: string[];
  close(): Promise<void>;
}

/** Answers and ends a channel as a device does that says its exit status. */
export function answer(channel: ServerChannel, text: string, code = 0): void {
  channel.write(text);
  channel.exit(code);
  channel.end();
}

const usualRounds: NonNullable<Play['rounds']> = [
  [
    { prompt: 'Password: ', echo: false, answer: 'secret' },
    { prompt: 'Token: ', echo: true, answer: '' },
  ],
];

/** Asks the rounds one after the other; each must be answered as written. */
function ask(
  context: KeyboardAuthContext,
  [round, ...rest]: NonNullable<Play['rounds']>,
  reject: () => void,
): void {
  if (!round) {
    context.accept();
    return;
  }
  const prompts = round.map(({ prompt, echo }) => ({ prompt, echo }));
  context.prompt(prompts, (answers) => {
    if (round.every(({ answer: wanted }, i) => answers[i] === wanted)) ask(context, rest, reject);
    else reject();
  });
}

export async function sshServer(play: Play, port = 0): Promise<TestServer> {
  const methods = play.methods ?? ['password'];
  const connections: Connection[] = [];
  const attempts: string[] = [];
  const parsedKey = ssh2.utils.parseKey(clientKey.public);
  if (parsedKey instanceof Error) throw parsedKey;
  const clientBlob = parsedKey.getPublicSSH();
  const config: ssh2.ServerConfig = {
    hostKeys: [...(play.hostKeys ?? [hostKey.private])],
    ...(play.algorithms && { algorithms: play.algorithms }),
    ...(play.ident !== undefined && { ident: play.ident }),
    ...(play.banner !== undefined && { banner: play.banner }),
  };
  const server = new ssh2.Server(config, (connection) => {
    connections.push(connection);
    connection.on('error', () => {});
    // Else each small answer waits for a delayed acknowledgement.
    (connection as Connection & { setNoDelay(on: boolean): unknown }).setNoDelay(true);
    connection.on('authentication', (context) => {
      if (context.method !== 'none') attempts.push(context.method);
      const reject = () => context.reject([...methods]);
      if (context.method === 'none' || !methods.some((method) => method === context.method)) return reject();
      if (context.method === 'password') return context.password === 'secret' ? context.accept() : reject();
      if (context.method === 'keyboard-interactive') {
        return ask(context, play.rounds ?? usualRounds, reject);
      }
      if (context.method === 'publickey')
        return context.key.data.equals(clientBlob) ? context.accept() : reject();
      return reject();
    });
    if (play.forwards) {
      connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
        const socket = net.connect(destPort, destIP, () => {
          const channel = accept();
          socket.pipe(channel).pipe(socket);
          channel.on('close', () => socket.destroy());
        });
        socket.on('error', () => reject());
      });
    }
    connection.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('pty', (acceptPty) => acceptPty?.());
      session.on('exec', (accept, reject, { command }) => {
        if (play.exec) play.exec(command, accept(), connection);
        else reject?.();
      });
      session.on('shell', (accept, reject) => {
        if (play.shell) play.shell(accept());
        else reject?.();
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () =>
    new Promise<void>((resolve) => {
      for (const connection of connections) connection.end();
      server.close(() => resolve());
    });
  return { port: (server.address() as AddressInfo).port, connections, attempts, close };
}

const folder = mkdtempSync(path.join(tmpdir(), 'known-hosts-'));
let files = 0;

/** Writes a known_hosts file and gives its path. */
export function knownHostsFile(text: string): string {
  const file = path.join(folder, `known_hosts_${files++}`);
  writeFileSync(file, text);
  return file;
}

/** Options to reach a test server with the right password and the right host key. */
export function optionsFor(port: number, more: Partial<SshOptions> = {}): SshOptions {
  const file = knownHostsFile(`[127.0.0.1]:${port} ${publicPart(hostKey)}\n`);
  return {
    host: '127.0.0.1',
    port,
    username: 'reader',
    password: 'secret',
    hostKeys: { knownHostsFiles: [file] },
    readyTimeoutMs: 5000,
    ...more,
  };
}
