// Types commands into a device's interactive shell and reads their answers, for systems whose SSH server runs no single
// commands. Learns the exact prompt first, answers pagers, takes echo and terminal codes away. Works on any duplex
// stream. It types only what it is given: which commands are allowed is decided by whoever calls.
import type { Duplex } from 'node:stream';
import { type EnableSteps, enable } from './cli-enable.ts';
import { loginAnswer, pagerAnswer } from './cli-pager.ts';
import { promptCore, removeEcho, renderTerminal, withoutPrompt } from './cli-terminal.ts';
import { type Deadline, deadline } from './ssh-deadline.ts';
import { SshError } from './ssh-errors.ts';

export interface CliOptions {
  /** For messages. */
  readonly where: string;
  /** What a prompt looks like; must match the whole last line. What it matches first is then waited for literally. */
  readonly prompt?: RegExp;
  /** Typed first: paging off, terminal width. What the device says to it is not looked at. */
  readonly preamble?: readonly string[];
  /** Raises the rights before the preamble is typed. */
  readonly enable?: EnableSteps & { readonly secret: string };
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
  /** False once it has ended or failed. */
  alive(): boolean;
  /**
   * Types one command and gives its answer, without echo and prompt. Rejects with SshError; the session is then over. An
   * error that is `stale` says that the session had ended before the command.
   */
  run(command: string, limits: CliLimits): Promise<string>;
  close(): void;
}

/**
 * `leaf1#`, `user@leaf1> `, `<HS125X>`, `[HS125X]`, `A:admin@srl1#`, `RP/0/RP0/CPU0:r1#`, `leaf1(config)#`; SR OS puts `*`
 * or `!` in front while changes are not saved: `*A:leaf1#`. Onyx names the state of a cluster: `leaf1 [standalone: master] #`.
 */
const usualPrompt =
  /^(?:[*!]{0,2}[[<(]?[\w.:/@~()-][\w.:/@~() -]{0,80}[#>$%\]]|[\w.-]{1,63} \[[\w.-]{1,63}: [\w -]{1,30}\] (?:\([\w -]{1,60}\) )?[>#])\s*$/;

const settleMs = 250;
/** After this many different "prompts" in a row the device has none that could be learnt. */
const mostTries = 5;
/** Longer lines are no prompt and no pager's: they are not looked at for each packet anew. */
const longestPromptLine = 4096;

/** Waits for shell and prompt, raises the rights, types the preamble. Rejects with SshError; the stream is then destroyed. */
export async function openCliSession(
  stream: Duplex,
  options: CliOptions,
  limits: CliLimits,
): Promise<CliSession> {
  const { where, newline = '\n', prompt: pattern = usualPrompt } = options;
  let buffer = '';
  let closed = false;
  let wake: () => void = () => {};
  const stop = () => {
    closed = true;
    wake();
  };
  const decoder = new TextDecoder();
  let most = limits.maxOutputBytes;
  stream.on('data', (chunk: Buffer) => {
    // What comes after the limit is only counted as too much.
    if (buffer.length <= most) buffer += decoder.decode(chunk, { stream: true });
    wake();
  });
  stream.on('close', stop).on('end', stop).on('error', stop);

  const lastLine = () => {
    const raw = buffer.slice(buffer.lastIndexOf('\n') + 1);
    return raw.length > longestPromptLine ? '' : renderTerminal(raw);
  };
  const type = (line: string) => {
    buffer = '';
    stream.write(line + newline);
  };

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
  const readUntil = async (done: (lastLine: string) => boolean, limit: Deadline) => {
    for (;;) {
      if (buffer.length > most)
        throw new SshError('protocol', `${where} sent more than ${most} bytes for one command`);
      const last = lastLine();
      if (done(last)) return;
      const key = pagerAnswer(last);
      if (key === undefined) {
        await more(limit);
        continue;
      }
      // The pager's own line is cut off: not every device wipes it away.
      buffer = buffer.slice(0, buffer.lastIndexOf('\n') + 1);
      stream.write(key === '\n' ? newline : key);
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

  /** The prompt that the device settles at: nothing follows it, and after an empty line it comes again. */
  const learnPrompt = async (limit: Deadline): Promise<string> => {
    let answered = false;
    const settled = async () => {
      const done = (line: string) => {
        const answer = answered ? undefined : loginAnswer(line);
        if (answer !== undefined) {
          answered = true;
          type(answer);
        }
        return pattern.test(line);
      };
      do await readUntil(done, limit);
      while (!(await quiet(limit)));
      return lastLine().trim();
    };
    let prompt = await settled();
    // A banner may end with a line that looks like a prompt, and the device may then take its time.
    for (let tries = 0; tries < mostTries; tries++) {
      type('');
      const next = await settled();
      if (promptCore(next) === promptCore(prompt)) return next;
      prompt = next;
    }
    throw new SshError('protocol', `the prompt of ${where} is another each time, the last one: ${prompt}`);
  };

  const untilPrompt = async (work: (limit: Deadline) => Promise<string>): Promise<string> => {
    const limit = deadline(limits.signal, limits.timeoutMs, `waiting for the prompt of ${where}`);
    try {
      return await work(limit);
    } catch (error) {
      const last = lastLine().trim().slice(0, 80);
      if (!(error instanceof SshError) || error.kind !== 'timeout' || last === '') throw error;
      throw new SshError('timeout', `${error.message}; the last line it sent is ${JSON.stringify(last)}`);
    }
  };

  const raise = async (limit: Deadline, { secret, ...steps }: EnableSteps & { secret: string }) => {
    const answer = async (asks: RegExp) => {
      do await readUntil((line) => asks.test(line) || pattern.test(line), limit);
      while (!asks.test(lastLine()) && !(await quiet(limit)));
      return renderTerminal(buffer);
    };
    await enable({ where, type, answer }, steps, secret);
  };

  let prompt = await guarded(() => untilPrompt(learnPrompt));
  const steps = options.enable;
  if (steps && !steps.granted.test(prompt)) {
    await guarded(() =>
      untilPrompt(async (limit) => {
        await raise(limit, steps);
        prompt = await learnPrompt(limit);
        return prompt;
      }),
    );
  }

  let echoes = false;
  const run = (command: string, commandLimits: CliLimits) => {
    if (closed && !over) {
      over = true;
      return Promise.reject(new SshError('protocol', `${where} has closed the shell meanwhile`, true));
    }
    return guarded(async () => {
      const until = deadline(
        commandLimits.signal,
        commandLimits.timeoutMs,
        `waiting for ${where} to answer a command`,
      );
      most = commandLimits.maxOutputBytes;
      type(command);
      const core = promptCore(prompt);
      const atPrompt = (line: string) => line.trim() === prompt || promptCore(line) === core;
      for (;;) {
        await readUntil(atPrompt, until);
        const text = renderTerminal(buffer);
        const body = removeEcho(text, command, prompt);
        // A prompt drawn again in front of the echo is not the end. Where no echo ever came, only silence tells.
        if (body === text) {
          if (echoes) await more(until);
          if (echoes || !(await quiet(until))) continue;
        } else echoes = true;
        return withoutPrompt(body);
      }
    });
  };

  for (const command of options.preamble ?? []) await run(command, limits);
  return { prompt, run, alive: () => !over && !closed, close: () => stream.destroy() };
}
