// OpenSSH's own server for one test: keys by ssh-keygen in a folder, a configuration, and the fingerprint to know it by.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const sshd = '/usr/sbin/sshd';
export const sshdPossible = existsSync(sshd) && existsSync('/usr/bin/ssh-keygen') && process.getuid?.() === 0;

const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { stdio: 'pipe' }).toString();

export interface SshdFiles {
  readonly folder: string;
  readonly config: string;
  /** Of its host key, `SHA256:…`. */
  readonly fingerprint: string;
  /** Private key that it lets in as root. */
  readonly clientKey: string;
}

/** Keys and configuration for a server at an address. `path` stands first on the PATH of its sessions. */
export function sshdFiles(address: string, port: number, binFolder: string): SshdFiles {
  const folder = mkdtempSync(path.join(tmpdir(), 'real-sshd-'));
  chmodSync(folder, 0o755);
  // sshd insists on this folder; a running system has it.
  mkdirSync('/run/sshd', { recursive: true });
  const file = (name: string) => path.join(folder, name);
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', file('host'));
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', file('client'));
  writeFileSync(file('authorized_keys'), readFileSync(file('client.pub')), { mode: 0o600 });
  const config = [
    `ListenAddress ${address.includes(':') ? `[${address}]` : address}:${port}`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    // A home without a .bashrc: bash reads it for every command that sshd runs, and a developer's own may take a second of work
    // under a lock (pyenv's does), ten commands at once then run out of time.
    `SetEnv HOME=${folder} PATH=${binFolder}:/usr/sbin:/usr/bin:/sbin:/bin`,
    `PidFile ${file('pid')}`,
  ];
  writeFileSync(file('config'), `${config.join('\n')}\n`);
  const fingerprint = /SHA256:\S+/.exec(keygen('-l', '-f', file('host.pub')))?.[0] ?? '';
  return { folder, config: file('config'), fingerprint, clientKey: file('client') };
}

export interface RealSshd extends SshdFiles {
  readonly port: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts one on loopback. */
export async function startSshd(binFolder: string): Promise<RealSshd> {
  const port = await freePort();
  const files = sshdFiles('127.0.0.1', port, binFolder);
  const daemon = spawn(sshd, ['-D', '-e', '-f', files.config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(daemon, 'exit');
  process.once('exit', () => daemon.kill('SIGKILL'));
  let log = '';
  daemon.stderr.on('data', (chunk) => (log += chunk));
  const until = Date.now() + 10_000;
  while (!log.includes('listening')) {
    if (daemon.exitCode !== null || Date.now() > until) throw new Error(`sshd did not start: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    ...files,
    port,
    async stop() {
      daemon.kill();
      await gone;
      rmSync(files.folder, { recursive: true, force: true });
    },
  };
}
