// Interactive shells: a real SSH server that behaves as network devices do (banner, echo, pager, wipe codes, slow and cut
// chunks), and the terminal's text functions by written-out examples.

import type { ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { type CliOptions, openCliSession } from '../../src/transport/cli-session.ts';
import { removeEcho, renderTerminal } from '../../src/transport/cli-terminal.ts';
import { sshDevice } from '../../src/transport/ssh.ts';
import { optionsFor, sshServer } from './ssh-server.ts';

describe('renderTerminal', () => {
  it.each([
    ['plain', 'a\nb', 'a\nb'],
    ['line ends of a terminal', 'a\r\nb\r\r\n', 'a\nb\n'],
    ['colours', '\x1b[1;32mok\x1b[0m', 'ok'],
    ['a title', '\x1b]0;switch\x07leaf01#', 'leaf01#'],
    ['backspaces over a pager', '--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bnext', 'next'],
    ['Comware wiping its pager', '---- More ----\x1b[16D                \x1b[16Dnext line', 'next line'],
    ['carriage return and blanks', '--More-- \r         \rnext', 'next'],
    ['erase to the end of the line', 'pager\r\x1b[Knext', 'next'],
    ['erase the whole line', 'pager\x1b[2K\rnext', 'next'],
    ['cursor forward instead of blanks', 'a\x1b[3Cb', 'a   b'],
    ['tabs', 'a\tb', 'a       b'],
    ['a bell', 'a\x07b', 'ab'],
    ['charset selection', '\x1b(Bok', 'ok'],
  ])('%s', (_what, raw, text) => {
    expect(renderTerminal(raw)).toBe(text);
  });
});

describe('removeEcho', () => {
  it.each([
    ['an echo', 'show version\nWare 1\n', 'Ware 1\n'],
    ['an echo behind the prompt', 'leaf01# show version\nWare 1\n', 'Ware 1\n'],
    ['an echo wrapped by the terminal', 'show ver\nsion\nWare 1\n', 'Ware 1\n'],
    ['none', 'Ware 1\n', 'Ware 1\n'],
    ['an answer that begins like the command', 'show\nmore\n', 'show\nmore\n'],
  ])('%s', (_what, text, rest) => {
    expect(removeEcho(text, 'show version', 'leaf01#')).toBe(rest);
  });
});

interface Behaviour {
  readonly prompt: string;
  readonly banner?: string;
  readonly echo?: boolean;
  /** Lines per page; the pager is off once a command switched it off. */
  readonly page?: number;
  readonly pager?: string;
  readonly wipe?: string;
  /** Bytes per packet. */
  readonly chunk?: number;
  readonly answers: Readonly<Record<string, string>>;
}

/** Plays a device's shell on a channel. */
function play(channel: ServerChannel, device: Behaviour): void {
  const { chunk = 10_000, pager = '--More--', wipe = '\r        \r' } = device;
  const queue: string[] = [];
  let busy = false;
  const pump = () => {
    const next = queue.shift();
    busy = next !== undefined;
    if (next === undefined) return;
    channel.write(next);
    setTimeout(pump, device.chunk ? 2 : 0);
  };
  const send = (text: string) => {
    for (let i = 0; i < text.length; i += chunk) queue.push(text.slice(i, i + chunk));
    if (!busy) pump();
  };
  let paging = device.page !== undefined;
  let typed = '';
  let waiting: string[] = [];
  const showPage = () => {
    const count = paging ? (device.page ?? waiting.length) : waiting.length;
    send(
      waiting
        .splice(0, count)
        .map((line) => `${line}\r\n`)
        .join(''),
    );
    send(waiting.length > 0 ? pager : device.prompt);
  };
  const enter = () => {
    const command = typed;
    typed = '';
    if (device.echo !== false) send(`${command}\r\n`);
    if (/paging off|length 0|screen-length disable/.test(command)) paging = false;
    const text = device.answers[command] ?? '% Unknown command';
    waiting = text === '' ? [] : text.split('\n');
    showPage();
  };
  const turnPage = (char: string) => {
    if (char !== ' ') return;
    send(wipe);
    showPage();
  };
  channel.on('data', (data: Buffer) => {
    for (const char of data.toString()) {
      if (waiting.length > 0) turnPage(char);
      else if (char === '\n' || char === '\r') enter();
      else typed += char;
    }
  });
  send(`${device.banner ?? ''}${device.prompt}`);
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const limits = (timeoutMs = 5000, maxOutputBytes = 1_000_000) => ({
  signal: new AbortController().signal,
  timeoutMs,
  maxOutputBytes,
});

async function open(behaviour: Behaviour, options: Partial<CliOptions> = {}, timeoutMs = 5000) {
  const server = await sshServer({ shell: (channel) => play(channel, behaviour) });
  closers.push(() => server.close());
  const ssh = sshDevice(optionsFor(server.port));
  closers.push(() => ssh.close());
  const stream = await ssh.shell(new AbortController().signal, 5000);
  return openCliSession(stream, { where: 'leaf01', ...options }, limits(timeoutMs));
}

const table = Array.from({ length: 60 }, (_, i) => `10.0.${i}.0/24 via 10.1.0.2`).join('\n');

describe('a session', () => {
  it.each(['*A:leaf1#', '!*A:leaf1#', 'A:admin@srl1#', 'RP/0/RP0/CPU0:r1#'])(
    'takes %s for a prompt',
    async (prompt) => {
      const session = await open({ prompt, answers: { 'show version': 'Ware 1' } });
      expect(session.prompt).toBe(prompt);
      session.close();
    },
  );

  it('learns the prompt behind a banner, and gives answers without echo and prompt', async () => {
    const session = await open({
      prompt: '<HS125X>',
      banner: '****\r\n* Authorised use only. Type > to think twice >\r\n****\r\n\r\n',
      answers: { 'display version': 'H3C Comware', 'display nothing': '' },
    });
    expect(session.prompt).toBe('<HS125X>');
    expect(await session.run('display version', limits())).toBe('H3C Comware\n');
    expect(await session.run('display nothing', limits())).toBe('');
    expect(await session.run('display version', limits())).toBe('H3C Comware\n');
  });

  it.each([
    ['Cisco', 'leaf01#', ' --More-- ', '\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b'],
    ['Comware', '<leaf01>', '---- More ----', '\x1b[16D                \x1b[16D'],
    ['Arista', 'leaf01>', '--More--', '\r\x1b[K'],
    ['one that does not wipe', 'admin@leaf01> ', '---(more 12%)---', '\r\n'],
  ])('answers the pager of %s', async (_who, prompt, pager, wipe) => {
    const session = await open({ prompt, page: 20, pager, wipe, answers: { 'show ip route': table } });
    const text = await session.run('show ip route', limits());
    expect(text.split('\n').filter((line) => line !== '')).toEqual(table.split('\n'));
  });

  it('switches the pager off by its preamble', async () => {
    const session = await open(
      {
        prompt: 'leaf01#',
        page: 5,
        pager: 'no pager may show',
        answers: { 'terminal length 0': '', x: table },
      },
      { preamble: ['terminal length 0'] },
    );
    expect(await session.run('x', limits())).toBe(`${table}\n`);
  });

  it('reads a device that sends three bytes at a time', async () => {
    const session = await open({ prompt: 'r1# ', chunk: 3, page: 4, answers: { x: 'a\nb\nc\nd\ne\nf' } });
    expect(await session.run('x', limits())).toBe('a\nb\nc\nd\ne\nf\n');
  });

  it('reads a device that does not echo', async () => {
    const session = await open({ prompt: 'r1>', echo: false, answers: { x: 'one\ntwo' } });
    expect(await session.run('x', limits())).toBe('one\ntwo\n');
  });

  it('is not fooled by a line that looks like some prompt', async () => {
    const session = await open({ prompt: 'r1#', chunk: 7, answers: { x: 'hostname\nother#\nr2>\nend' } });
    expect(await session.run('x', limits())).toBe('hostname\nother#\nr2>\nend\n');
  });

  it('ends at its deadline when no prompt comes', async () => {
    const began = Date.now();
    await expect(open({ prompt: 'Password: ', answers: {} }, {}, 400)).rejects.toMatchObject({
      kind: 'timeout',
    });
    expect(Date.now() - began).toBeLessThan(3000);
  });

  it('ends when the output is too much, and is then over: no later command gets the rest', async () => {
    const session = await open({ prompt: 'r1#', answers: { x: table } });
    await expect(session.run('x', limits(5000, 300))).rejects.toMatchObject({ kind: 'protocol' });
    await expect(session.run('x', limits())).rejects.toThrow('is over after an earlier failure');
  });

  it('ends when the device hangs up in the middle of an answer', async () => {
    const hangUp = (channel: ServerChannel) => {
      channel.write('r1#');
      channel.on('data', (typed: Buffer) => {
        if (typed.toString() === '\n') return channel.write('\r\nr1#');
        channel.write('x\r\nhalf of the ans');
        return channel.end();
      });
    };
    const server = await sshServer({ shell: hangUp });
    closers.push(() => server.close());
    const ssh = sshDevice(optionsFor(server.port));
    closers.push(() => ssh.close());
    const stream = await ssh.shell(new AbortController().signal, 5000);
    const session = await openCliSession(stream, { where: 'leaf01' }, limits());
    await expect(session.run('x', limits())).rejects.toThrow('closed the shell before its prompt came back');
  });
});
