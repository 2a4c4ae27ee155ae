// Devices behind a jump host: a real SSH server that forwards, a second one behind it, each with its own host-key check.
import { expect, it, onTestFinished } from 'vitest';
import { sshDevice } from '../../src/transport/ssh.ts';
import { sshGateway } from '../../src/transport/ssh-jump.ts';
import type { SshOptions } from '../../src/transport/ssh-options.ts';
import { answer, optionsFor, otherHostKey, type Play, sshServer } from './ssh-server.ts';

const limits = { signal: new AbortController().signal, timeoutMs: 10_000, maxOutputBytes: 10_000 };

async function served(play: Play) {
  const server = await sshServer(play);
  onTestFinished(() => server.close());
  return server;
}

function device(options: SshOptions) {
  const ssh = sshDevice(options);
  onTestFinished(() => ssh.close());
  return ssh;
}

const says = (text: string): Play => ({ exec: (_, channel) => answer(channel, text) });

it('reaches two devices over one connection to the jump host', async () => {
  const jump = await served({ forwards: true });
  const gateway = sshGateway(optionsFor(jump.port));
  const [first, second] = [await served(says('leaf01')), await served(says('leaf02'))];
  const one = device(optionsFor(first.port, { gateway }));
  const two = device(optionsFor(second.port, { gateway }));
  expect((await one.exec('show version', limits)).stdout).toBe('leaf01');
  expect((await two.exec('show version', limits)).stdout).toBe('leaf02');
  expect(jump.connections).toHaveLength(1);
});

it('trusts neither the jump host nor the device with another key than the known one', async () => {
  const target = await served({ ...says('x'), hostKeys: [otherHostKey.private] });
  const good = await served({ forwards: true });
  const behind = device(optionsFor(target.port, { gateway: sshGateway(optionsFor(good.port)) }));
  await expect(behind.exec('show version', limits)).rejects.toMatchObject({ kind: 'host-key' });
  const bad = await served({ forwards: true, hostKeys: [otherHostKey.private] });
  const other = device(optionsFor(target.port, { gateway: sshGateway(optionsFor(bad.port)) }));
  await expect(other.exec('show version', limits)).rejects.toThrow(/^jump host: .*has changed/);
  expect(target.attempts).toEqual([]);
});
