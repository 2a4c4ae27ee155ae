// Devices behind OpenSSH's own server as the jump host: forwarding, one login for two devices, a jump host that forwards to
// nobody, and one with another key. Runs where sshd is installed and we are root; elsewhere it says that it was skipped.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sshDevice } from '../../src/transport/ssh.ts';
import { sshGateway } from '../../src/transport/ssh-jump.ts';
import type { SshGateway, SshOptions } from '../../src/transport/ssh-options.ts';
import { because } from '../because.ts';
import { type RealSshd, sshdPossible, startSshd } from './real-sshd.ts';
import { answer, optionsFor, type Play, sshServer } from './ssh-server.ts';

const limits = { signal: new AbortController().signal, timeoutMs: 10_000, maxOutputBytes: 10_000 };
const says = (text: string): Play => ({ exec: (_, channel) => answer(channel, text) });

describe.skipIf(!sshdPossible)(
  because(!sshdPossible, 'OpenSSH as a jump host', 'needs root, sshd and ssh-keygen'),
  () => {
    let jump: RealSshd;
    let behind: RealSshd;
    beforeAll(async () => {
      [jump, behind] = await Promise.all([startSshd('/bin'), startSshd('/bin')]);
    });
    afterAll(() => Promise.all([jump.stop(), behind.stop()]));

    const loginAt = (server: RealSshd, more: Partial<SshOptions> = {}): SshOptions => ({
      host: '127.0.0.1',
      port: server.port,
      username: 'root',
      privateKey: readFileSync(server.clientKey, 'utf8'),
      hostKeys: { fingerprints: [server.fingerprint] },
      readyTimeoutMs: 10_000,
      ...more,
    });

    async function deviceBehind(gateway: SshGateway, play: Play) {
      const server = await sshServer(play);
      onTestFinished(() => server.close());
      const ssh = sshDevice(optionsFor(server.port, { gateway }));
      onTestFinished(() => ssh.close());
      return { ssh, server };
    }

    it('reaches two devices, and a second sshd as a jump host behind the first', async () => {
      const gateway = sshGateway(loginAt(jump));
      const one = await deviceBehind(gateway, says('leaf01'));
      const two = await deviceBehind(sshGateway(loginAt(behind, { gateway })), says('leaf02'));
      expect((await one.ssh.exec('show version', limits)).stdout).toBe('leaf01');
      expect((await two.ssh.exec('show version', limits)).stdout).toBe('leaf02');
    });

    it('says that the device refuses the jump host', async () => {
      const ssh = sshDevice(optionsFor(1, { gateway: sshGateway(loginAt(jump)) }));
      onTestFinished(() => ssh.close());
      await expect(ssh.exec('show version', limits)).rejects.toThrow(
        /^the jump host 127\.0\.0\.1:\d+ cannot reach 127\.0\.0\.1:1: .*Connection refused/,
      );
    });

    it('says that the jump host forwards to nobody', async () => {
      const file = path.join(behind.folder, 'authorized_keys');
      const usual = readFileSync(file, 'utf8');
      writeFileSync(file, `no-port-forwarding ${usual}`);
      onTestFinished(() => writeFileSync(file, usual));
      const { ssh, server } = await deviceBehind(sshGateway(loginAt(behind)), says('x'));
      await expect(ssh.exec('show version', limits)).rejects.toThrow(
        /^the jump host 127\.0\.0\.1:\d+ cannot reach .*administratively prohibited|^the jump host .*open failed/,
      );
      expect(server.connections).toEqual([]);
    });

    it('sends nothing to a jump host with another key', async () => {
      const wrong = loginAt(jump, { hostKeys: { fingerprints: [behind.fingerprint] } });
      const { ssh, server } = await deviceBehind(sshGateway(wrong), says('x'));
      await expect(ssh.exec('show version', limits)).rejects.toMatchObject({
        kind: 'host-key',
        message: expect.stringMatching(/^jump host: .* which is not a configured fingerprint/),
      });
      expect(server.connections).toEqual([]);
    });
  },
);
