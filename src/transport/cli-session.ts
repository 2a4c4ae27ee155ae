// Types commands into a device's interactive shell and reads their answers, for systems whose SSH server runs no single
// commands. Learns the exact prompt first, answers pagers, takes echo and terminal codes away. Works on any duplex
// stream. It types only what it is given: which commands are allowed is decided by whoever calls.
import type { Duplex } from 'node:stream';
import { removeEcho, renderTerminal } from './cli-terminal.ts';
import { type Deadline, deadline } from './ssh-deadline.ts';
import { SshError } from './ssh-errors.ts';

export interface CliOptions {
  /** For messages. */
  readonly where: string;
  /** What a prompt looks like; must match the whole last line. Its first match is then waited for literally. */
  readonly prompt?: RegExp;
  /** Typed first: paging off, terminal width. What the device says to it is not looked at. */
  readonly preamble?: readonly string[];
  /** What ends a typed line; `\r` for the few that want it. */
  readonly newline?: string;
}

export interface CliLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

export interface CliSession {
  /** The device's prompt, e.g. `<HS125X>`. */
  readonly prompt: string;
  /** Types one command and gives its answer, without echo and prompt. Rejects with SshError; the session is then over. */
  run(command: string, limits: CliLimits): Promise<string>;
  close(): void;
}

/**
 * `leaf1#`, `user@leaf1> `, `<HS125X>`, `[HS125X]`, `A:admin@srl1#`, `RP/0/RP0/CPU0:r1#`, `leaf1(config)#`; SR OS puts `*`
 * or `!` in front while changes are not saved: `*A:leaf1#`.
 */
const usualPrompt = /^[*!]{0,2}[[<(]?[\w.:/@~()-][\w.:/@~() -]{0,80}[#>$%\]]\s*$/;

const pager =
  /(?:-{2,}\s*\(?more\)?.*?-{2,}|<-+ ?more ?-+>|\(more[^)]*\)|press (?:any key|space|<space>|enter)[^\n]*)\s*$/i;
const pagerEnd = /^\s*(?:\(END\)|lines \d+-\d+\/\d+ \(END\))\s*$/;
const settleMs = 250;

/** Waits for shell and prompt, types the preamble. Rejects with SshError; the stream is then destroyed. */
export async function openCliSession(
  stream: Duplex,
  options: CliOptions,
  limits: CliLimits,
): Promise<CliSession> {
  const { where, newline = '\n' } = options;
  let buffer = '';
  let closed = false;
  let wake: () => void = () => {};
  const stop = () => {
    closed = true;
    wake();
  };
  const decoder = new TextDecoder();
  stream.on('data', (chunk: Buffer) => {
    buffer += decoder.decode(chunk, { stream: true });
    wake();
  });
  stream.on('close', stop).on('end', stop).on('error', stop);

  /** Waits for more to come. */
  const more = (limit: Deadline): Promise<void> => {
    if (closed) throw new SshError('protocol', `${where} closed the shell before its prompt came back`);
    return limit.race(
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    );
  };

  /** Reads until `done` says that the text is whole. Pagers are answered on the way. */
  const readUntil = async (done: (lastLine: string) => boolean, limit: Deadline, most: number) => {
    for (;;) {
      if (buffer.length > most)
        throw new SshError('protocol', `${where} sent more than ${most} bytes for one command`);
      const lastLine = renderTerminal(buffer.slice(buffer.lastIndexOf('\n') + 1));
      if (done(lastLine)) return;
      if (pager.test(lastLine) || pagerEnd.test(lastLine)) {
        // The pager's own line is cut off: not every device wipes it away.
        buffer = buffer.slice(0, buffer.lastIndexOf('\n') + 1);
        stream.write(pagerEnd.test(lastLine) ? 'q' : ' ');
        continue;
      }
      await more(limit);
    }
  };

  /** True when nothing more comes for a moment. */
  const quiet = async (limit: Deadline) => {
    const before = buffer.length;
    await limit.race(new Promise((resolve) => setTimeout(resolve, settleMs)));
    return buffer.length === before;
  };

  // After a failure the rest of an answer may still come: whatever is read then would be taken for another command's.
  let over = false;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (over) throw new SshError('protocol', `the shell of ${where} is over after an earlier failure`);
    try {
      return await work();
    } catch (error) {
      over = true;
      stream.destroy();
      throw error;
    }
  };

  const promptPattern = options.prompt ?? usualPrompt;
  const limit = deadline(limits.signal, limits.timeoutMs, `waiting for the prompt of ${where}`);
  const prompt = await guarded(async () => {
    // A banner may hold a line that looks like a prompt: it counts only when nothing follows it.
    do await readUntil((line) => promptPattern.test(line), limit, limits.maxOutputBytes);
    while (!(await quiet(limit)));
    return renderTerminal(buffer.slice(buffer.lastIndexOf('\n') + 1)).trim();
  });

  let echoes = false;
  const run = (command: string, commandLimits: CliLimits) =>
    guarded(async () => {
      const until = deadline(
        commandLimits.signal,
        commandLimits.timeoutMs,
        `waiting for ${where} to answer a command`,
      );
      buffer = '';
      stream.write(command + newline);
      const atPrompt = (line: string) => line.trim() === prompt;
      for (;;) {
        await readUntil(atPrompt, until, commandLimits.maxOutputBytes);
        const text = renderTerminal(buffer);
        const body = removeEcho(text, command, prompt);
        // A prompt drawn again in front of the echo is not the end. Where no echo ever came, only silence tells.
        if (body === text) {
          if (echoes) await more(until);
          if (echoes || !(await quiet(until))) continue;
        } else echoes = true;
        return body.slice(0, Math.max(0, body.lastIndexOf('\n') + 1));
      }
    });

  for (const command of options.preamble ?? []) await run(command, limits);
  return { prompt, run, close: () => stream.destroy() };
}
