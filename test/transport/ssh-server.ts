// A real SSH server (ssh2's Server class) on a loopback port, made to behave like a switch: answers exec requests from a
// table, plays a shell, or misbehaves. Its host keys are made anew for each run.
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import type { SshOptions } from '../../src/transport/ssh-options.ts';

export const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
export const otherHostKey = ssh2.utils.generateKeyPairSync('ed25519');
export const ecdsaHostKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
export const clientKey = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'open sesame',
  cipher: 'aes256-ctr',
  rounds: 16,
});

/** `type base64` of a public key in OpenSSH form. */
export const publicPart = (key: { public: string }) => key.public.trim().split(' ').slice(0, 2).join(' ');

export interface Play {
  readonly exec?: (command: string, channel: ServerChannel, connection: Connection) => void;
  readonly shell?: (channel: ServerChannel) => void;
  /** Methods allowed; password is `secret`. */
  readonly methods?: readonly ('password' | 'keyboard-interactive' | 'publickey')[];
  readonly hostKeys?: readonly string[];
  readonly algorithms?: ssh2.ServerConfig['algorithms'];
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
        const prompts = [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Token: ', echo: true },
        ];
        return context.prompt(prompts, ([password, token]) =>
          password === 'secret' && token === '' ? context.accept() : reject(),
        );
      }
      if (context.method === 'publickey')
        return context.key.data.equals(clientBlob) ? context.accept() : reject();
      return reject();
    });
    connection.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('pty', (acceptPty) => acceptPty?.());
      session.on('exec', (accept, _reject, { command }) => play.exec?.(command, accept(), connection));
      session.on('shell', (accept) => play.shell?.(accept()));
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
