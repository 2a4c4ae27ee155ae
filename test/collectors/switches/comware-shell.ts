// A shell on a channel of a real SSH server that behaves as a Comware switch does: banner, prompt, echo, a pager until
// `screen-length disable`, complaints about unknown commands. It answers from a capture of several commands.
import type { ServerChannel } from 'ssh2';

export interface ComwareShell {
  /** `<leaf01>command` and its answer, one after the other. */
  readonly session: string;
  /** What was typed is put in here. */
  readonly typed: string[];
  /** False for a device that pages whatever is typed. */
  readonly obeys: boolean;
}

const prompt = '<leaf01>';
const pageLines = 7;
const more = '---- More ----';

function answers(session: string): Map<string, string> {
  const parts = session.split(/^<leaf01>/m).map((part) => part.split('\n'));
  return new Map(parts.map(([command = '', ...lines]) => [command, lines.join('\n')]));
}

/** Plays the shell on one channel. */
export function comwareShell({ session, typed, obeys }: ComwareShell): (channel: ServerChannel) => void {
  const known = answers(session);
  return (channel) => {
    let paging = true;
    let rest: string[] = [];
    let line = '';
    const page = () => {
      const now = paging ? rest.splice(0, pageLines) : rest.splice(0);
      channel.write(now.map((text) => `${text}\r\n`).join(''));
      channel.write(rest.length > 0 ? more : prompt);
    };
    const run = (command: string) => {
      if (command !== '') typed.push(command);
      const text = known.get(command);
      if (command === 'screen-length disable') {
        paging = !obeys;
        rest = ['% Screen-length configuration is disabled for current user.'];
      } else if (command === '') rest = [];
      else rest = text?.replace(/\n$/, '').split('\n') ?? [" % Unrecognized command found at '^' position."];
      page();
    };
    channel.write(
      '\r\n******************************************************************************\r\n' +
        '* Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved.*\r\n' +
        `******************************************************************************\r\n\r\n${prompt}`,
    );
    channel.on('data', (data: Buffer) => {
      for (const char of data.toString()) {
        if (rest.length > 0) {
          channel.write('\x1b[14D              \x1b[14D');
          page();
        } else if (char === '\n' || char === '\r') {
          channel.write('\r\n');
          const command = line;
          line = '';
          run(command);
        } else {
          line += char;
          channel.write(char);
        }
      }
    });
  };
}
