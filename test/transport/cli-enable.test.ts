// Raising rights in a shell: the secret goes to the password question only, a wrong one is an error that says so.
import type { ServerChannel } from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import { openCliSession } from '../../src/transport/cli-session.ts';
import { sshDevice } from '../../src/transport/ssh.ts';
import { optionsFor, sshServer } from './ssh-server.ts';

const limits = { signal: new AbortController().signal, timeoutMs: 8000, maxOutputBytes: 10_000 };

/** As IOS: `>` until the secret is right. */
function ios(channel: ServerChannel): void {
  let line = '';
  let asking = false;
  let mode = '>';
  const enter = () => {
    if (asking) {
      asking = false;
      if (line === 'let me in') mode = '#';
      else channel.write('\r\n% Access denied');
    } else if (line === 'enable') asking = true;
    channel.write(asking ? '\r\nPassword: ' : `\r\nr1${mode}`);
    line = '';
  };
  channel.write('\r\nr1>');
  channel.on('data', (data: Buffer) => {
    for (const char of data.toString()) {
      if (char === '\n') enter();
      else {
        line += char;
        if (!asking) channel.write(char);
      }
    }
  });
}

async function open(secret: string) {
  const server = await sshServer({ shell: ios });
  onTestFinished(() => server.close());
  const ssh = sshDevice(optionsFor(server.port));
  onTestFinished(() => ssh.close());
  const stream = await ssh.shell(limits.signal, 5000);
  const enable = { command: 'enable', granted: /#\s*$/, secret };
  return openCliSession(stream, { where: 'r1', enable }, limits);
}

it('waits for the new prompt', async () => {
  expect((await open('let me in')).prompt).toBe('r1#');
});

it('says that the secret is wrong, without saying the secret', async () => {
  const error = await open('wrong-one').then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ kind: 'auth' });
  expect(String(error)).toContain('the enable secret is wrong');
  expect(String(error)).not.toContain('wrong-one');
});
