// Our SSH client against OpenSSH's own server on loopback, with host keys and known_hosts made by ssh-keygen, plain and
// hashed. Runs where sshd is installed and we are root; elsewhere it says that it was skipped.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sshDevice } from '../../src/transport/ssh.ts';
import type { SshOptions } from '../../src/transport/ssh-options.ts';
import { trustHost } from '../../src/transport/ssh-trust.ts';
import { because } from '../because.ts';

const sshd = '/usr/sbin/sshd';
const possible = existsSync(sshd) && existsSync('/usr/bin/ssh-keygen') && process.getuid?.() === 0;
if (!possible) console.log('ssh-sshd: skipped, it needs root, sshd and ssh-keygen');

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(!possible)(because(!possible, 'OpenSSH', 'needs root, sshd and ssh-keygen'), () => {
  let folder = '';
  let port = 0;
  let daemon: ReturnType<typeof spawn> | undefined;
  const file = (name: string) => path.join(folder, name);
  const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { stdio: 'pipe' });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sshd-'));
    chmodSync(folder, 0o755);
    // sshd insists on this folder; a running system has it.
    mkdirSync('/run/sshd', { recursive: true });
    port = await freePort();
    for (const type of ['ed25519', 'rsa', 'ecdsa'])
      keygen('-q', '-t', type, '-N', '', '-f', file(`host_${type}`));
    keygen('-q', '-t', 'ed25519', '-N', 'pass phrase', '-f', file('client'));
    writeFileSync(file('authorized_keys'), readFileSync(file('client.pub')), { mode: 0o600 });
    const config = [
      `ListenAddress 127.0.0.1:${port}`,
      ...['ed25519', 'rsa', 'ecdsa'].map((type) => `HostKey ${file(`host_${type}`)}`),
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      // Not the .bashrc of whoever runs the tests, which bash reads for each command that sshd runs.
      `SetEnv HOME=${folder}`,
      `PidFile ${file('pid')}`,
    ];
    writeFileSync(file('config'), config.join('\n'));
    daemon = spawn(sshd, ['-D', '-e', '-f', file('config')], { stdio: 'pipe' });
    let log = '';
    daemon.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    const until = Date.now() + 10_000;
    while (!log.includes('listening')) {
      if (daemon.exitCode !== null || Date.now() > until) throw new Error(`sshd did not start: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  afterAll(() => {
    daemon?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  function knownHosts(name: string, types: readonly string[]): string {
    const line = (type: string) => {
      const key = readFileSync(file(`host_${type}.pub`), 'utf8')
        .split(' ')
        .slice(0, 2)
        .join(' ');
      return `[127.0.0.1]:${port} ${key}`;
    };
    writeFileSync(file(name), `${types.map(line).join('\n')}\n`);
    return file(name);
  }

  const run = async (knownHostsFile: string, command: string, more: Partial<SshOptions> = {}) => {
    const ssh = sshDevice({
      host: '127.0.0.1',
      port,
      username: userInfo().username,
      privateKey: readFileSync(file('client'), 'utf8'),
      passphrase: 'pass phrase',
      hostKeys: { knownHostsFiles: [knownHostsFile] },
      readyTimeoutMs: 10_000,
      ...more,
    });
    try {
      const signal = new AbortController().signal;
      return await ssh.exec(command, { signal, timeoutMs: 10_000, maxOutputBytes: 1_000_000 });
    } finally {
      ssh.close();
    }
  };

  it.each(['ed25519', 'rsa', 'ecdsa'])('logs in where only its %s key is known', async (type) => {
    const result = await run(knownHosts(`known_${type}`, [type]), 'echo out; echo err >&2; exit 7');
    expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 7 });
  });

  it('reads names hashed by ssh-keygen -H', async () => {
    const hashed = knownHosts('known_hashed', ['ed25519', 'rsa']);
    keygen('-q', '-H', '-f', hashed);
    expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|/);
    expect((await run(hashed, 'echo ok')).stdout).toBe('ok\n');
  });

  it('refuses an unknown host', async () => {
    const empty = knownHosts('known_none', []);
    await expect(run(empty, 'echo ok')).rejects.toMatchObject({ kind: 'host-key' });
  });

  it('refuses a host whose key was changed', async () => {
    const changed = knownHosts('known_changed', ['ed25519']);
    const [name, type] = readFileSync(changed, 'utf8').split(' ');
    const other = readFileSync(file('client.pub'), 'utf8').split(' ')[1];
    writeFileSync(changed, `${name} ${type} ${other}\n`);
    await expect(run(changed, 'echo ok')).rejects.toThrow(/has changed/);
  });

  it('is refused with a key that the server does not know', async () => {
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', file('stranger'));
    const known = knownHosts('known_auth', ['ed25519']);
    const stranger = { privateKey: readFileSync(file('stranger'), 'utf8') };
    await expect(run(known, 'echo ok', stranger)).rejects.toMatchObject({ kind: 'auth' });
  });

  it('shows the same fingerprints as ssh-keygen -lf', async () => {
    const keys = await trustHost({ host: '127.0.0.1', port, timeoutMs: 15_000 });
    const printed = (type: string) =>
      keygen('-lf', file(`host_${type}.pub`))
        .toString()
        .split(' ')[1];
    expect(keys.map(({ type, fingerprint }) => [type, fingerprint])).toEqual([
      ['ssh-ed25519', printed('ed25519')],
      ['ecdsa-sha2-nistp256', printed('ecdsa')],
      ['ssh-rsa', printed('rsa')],
    ]);
  });

  it('runs a command of many lines, as a batch is', async () => {
    const known = knownHosts('known_lines', ['ed25519']);
    expect((await run(known, 'echo a\necho b')).stdout).toBe('a\nb\n');
  });
});
