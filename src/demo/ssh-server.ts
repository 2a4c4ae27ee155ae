// The SSH side of a demo switch (RFC 4254 section 6.5): exec requests for one whose users get vtysh as their login shell, or
// the shell of its command line. One user, one random password, one Ed25519 host key made at start. No forwarding; listens
// on 127.0.0.1 only.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import type { FrrReply } from './frr-replies.ts';
import { newSshKey } from './ssh-key.ts';
import { playShell, type ShellManners } from './switch-shell.ts';

export interface SshServer {
  readonly port: number;
  /** `SHA256:…`, as OpenSSH prints it. */
  readonly hostKey: string;
  stop(): Promise<void>;
}

/** What a system serves, and what it calls itself behind `SSH-2.0-`. */
export type SshSystem = { readonly ident: string } & (
  | { readonly exec: (command: string) => FrrReply }
  | { readonly manners: ShellManners; readonly reply: (command: string) => string }
);

export interface SshServerOptions {
  readonly user: string;
  readonly password: string;
  /** True while the switch answers nobody. */
  readonly silent: () => boolean;
  readonly system: SshSystem;
}

const mostConnections = 16;

const digest = (text: string) => createHash('sha256').update(text).digest();
const equal = (x: string, y: string) => timingSafeEqual(digest(x), digest(y));

/** The fingerprint of a public key in SSH's wire form. */
function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}

function authenticate(context: AuthContext, options: SshServerOptions): void {
  const good =
    context.method === 'password' &&
    equal(context.username, options.user) &&
    equal(context.password, options.password);
  if (good) context.accept();
  else context.reject(['password']);
}

function serve(client: Connection, options: SshServerOptions): void {
  const { system, silent } = options;
  client.on('authentication', (context) => authenticate(context, options));
  client.on('session', (acceptSession) => {
    const session = acceptSession();
    if ('exec' in system) {
      session.on('exec', (accept, _reject, { command }) => {
        // Who answers nobody does not refuse either.
        if (silent()) return;
        const channel = accept();
        const { output, exitCode } = system.exec(command);
        channel.write(output);
        channel.exit(exitCode);
        channel.end();
      });
      return;
    }
    session.on('pty', (accept) => accept?.());
    session.on('shell', (accept) => {
      if (!silent()) playShell(accept(), { ...system, silent });
    });
  });
  // A client that leaves in the middle is its own business.
  client.on('error', () => client.end());
}

/** Listens on an ephemeral port of 127.0.0.1. Rejects when it cannot. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const key = newSshKey();
  const ssh = new ssh2.Server({ hostKeys: [key.private], ident: options.system.ident }, (client) =>
    serve(client, options),
  );
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  listener.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    hostKey: fingerprint(key.parsed.getPublicSSH()),
    async stop() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
