// The interactive shell of a demo switch, on a channel of its SSH server (RFC 4254 section 6.5): greeting, prompt, echo,
// and a pager until the command that turns it off. How it looks is data; what it answers is a function. No command changes
// anything.
import type { Duplex } from 'node:stream';

export interface ShellManners {
  readonly prompt: string;
  /** What it says before the first prompt. */
  readonly greeting: string;
  /** What stands where an answer waits for a key. */
  readonly pager: string;
  /** What it sends over its pager's line after the key. */
  readonly wipe: string;
  /** What turns the pager off for this shell. */
  readonly pagingOff: RegExp;
  /** Lines of a page. */
  readonly pageLines: number;
}

export interface ShellOptions {
  readonly manners: ShellManners;
  /** True while the switch answers nobody. */
  readonly silent: () => boolean;
  /** The whole answer to one command, complaints included; '' for none. */
  readonly reply: (command: string) => string;
}

/** Longer lines are cut: a terminal takes no more. */
const longestLine = 1024;

const leaves = /^(?:quit|exit|logout)$/;

/** Plays the shell until the client or `quit` ends it. */
export function playShell(channel: Duplex, { manners, silent, reply }: ShellOptions): void {
  const { prompt, greeting, pager, wipe, pagingOff, pageLines } = manners;
  let paging = true;
  let line = '';
  let rest: string[] = [];

  const show = (most: number) => {
    const lines = rest.splice(0, paging ? most : rest.length);
    channel.write(lines.map((text) => `${text}\r\n`).join('') + (rest.length > 0 ? pager : prompt));
  };
  const key = (char: string) => {
    channel.write(wipe);
    if (char === 'q') rest = [];
    show(char === '\r' || char === '\n' ? 1 : pageLines);
  };
  const enter = () => {
    const command = line.trim().replaceAll(/\s+/g, ' ');
    line = '';
    channel.write('\r\n');
    if (leaves.test(command)) {
      channel.end();
      return;
    }
    if (pagingOff.test(command)) paging = false;
    const text = command === '' ? '' : reply(command);
    rest = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    show(pageLines);
  };

  // A client that leaves in the middle is its own business.
  channel.on('error', () => {});
  channel.on('data', (data: Buffer) => {
    if (silent()) return;
    for (const char of data.toString('latin1')) {
      if (channel.writableEnded) return;
      if (rest.length > 0) key(char);
      else if (char === '\r' || char === '\n') enter();
      else if (line.length < longestLine && char >= ' ' && char <= '~') {
        line += char;
        channel.write(char);
      }
    }
  });
  if (!silent()) channel.write(greeting + prompt);
}
