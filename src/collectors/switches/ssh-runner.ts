// Types a driver's commands at one device and gives back a text per command: by exec, several in one request where the
// driver knows how to cut the answer, or through a shell. Before anything is typed it is held against the driver's list
// of templates: what is not on the list is never sent.
import { formatAddress, parseAddress } from '../../model/address.ts';
import type { Packed, SwitchDriver } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { formatPrefix, tryParsePrefix } from '../../model/prefix.ts';
import { type CliSession, openCliSession } from '../../transport/cli-session.ts';
import type { ExecResult, SshDevice } from '../../transport/ssh.ts';
import { SshError } from '../../transport/ssh-errors.ts';

export interface RunLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** The device's text for one command, or the error that stands in its place. */
export type Answer =
  | { readonly ok: true; readonly command: string; readonly output: string }
  | { readonly ok: false; readonly command: string; readonly error: unknown };

/** True for what may be typed as the name of a VRF. */
export const isVrfName = (text: string) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/.test(text);

const places: Readonly<Record<string, (text: string) => boolean>> = {
  '{prefix}': (text) => {
    const prefix = tryParsePrefix(text);
    return prefix !== undefined && formatPrefix(prefix) === text;
  },
  '{address}': (text) => {
    const address = parseAddress(text);
    return address !== undefined && formatAddress(address) === text;
  },
  '{vrf}': isVrfName,
};

function fits(template: string, command: string): boolean {
  const wanted = template.split(' ');
  const words = command.split(' ');
  if (wanted.length !== words.length) return false;
  return wanted.every((word, i) => fitsWord(word, words[i] ?? ''));
}

/** A word may be a place, or hold the one of a VRF: `{vrf}.inet.0`. */
function fitsWord(wanted: string, word: string): boolean {
  const place = /\{\w+\}/.exec(wanted);
  if (!place) return word === wanted;
  const before = wanted.slice(0, place.index);
  const after = wanted.slice(place.index + place[0].length);
  if (word.length <= before.length + after.length) return false;
  if (!word.startsWith(before) || !word.endsWith(after)) return false;
  return places[place[0]]?.(word.slice(before.length, word.length - after.length)) ?? false;
}

/** True when the driver's list allows this very command: places hold canonical prefixes, addresses and VRF names only. */
export function commandAllowed(driver: SwitchDriver, command: string): boolean {
  if (/[^\x20-\x7e]|'/.test(command)) return false;
  return driver.preamble.includes(command) || driver.commands.some(({ template }) => fits(template, command));
}

function assertAllowed(driver: SwitchDriver, commands: readonly string[]): void {
  const bad = commands.find((command) => !commandAllowed(driver, command));
  if (bad !== undefined)
    throw new RangeError(`the ${driver.name} driver may not type ${JSON.stringify(bad)}`);
}

/** What the parser is to see: complaints of a failed command come on the error output. */
const textOf = ({ stdout, stderr, exitCode }: ExecResult) => (exitCode ? `${stdout}${stderr}` : stdout);

/** True when it was not the CLI that answered, but a Unix shell that does not know the command. */
const notUnderstood = ({ stdout, exitCode }: ExecResult) =>
  exitCode !== undefined && exitCode !== 0 && !/^\s*[{[%]/.test(stdout);

/** After so many batches in a row that could not be cut, a device is taken to have a shell without batches. */
const mostFailedBatches = 3;

const plainForm = '{command}';
/** Exit status of a Unix shell for a command that it does not find. */
const notFound = 127;

/** After so many refused commands in a row the rest are not tried: a daemon that is down refuses them all. */
const mostRefusals = 10;

/**
 * The name in a prompt: `<HS125X>`, `admin@leaf1>`, `RP/0/RP0/CPU0:r1#`, `*A:leaf1#`, `leaf1 [standalone: master] #`; undefined
 * where none is to be seen.
 */
export function hostnameOf(prompt: string): string | undefined {
  const bare = prompt.replace(/ \[[^\]]*\](?: \([\w -]*\))? (?=[>#]\s*$)/, '');
  return /(?:^|[@:<[*])([A-Za-z0-9][\w.-]{0,62})(?:\([\w -]*\))?[>#\]$%]\s*$/.exec(bare)?.[1];
}

/** What a command said that was read while it came, or the error that stands in its place. */
export type StreamedAnswer =
  | { readonly ok: true; readonly command: string; readonly packed: Packed }
  | Extract<Answer, { readonly ok: false }>;

/** Runs commands on one device; remembers what it learnt about it. `enableSecret` raises the rights of its shell. */
export function commandRunner(driver: SwitchDriver, ssh: SshDevice, enableSecret?: string) {
  /** How commands are handed over: as they are, or inside a wrapper; undefined until one was understood. */
  let form: string | undefined;
  let failedBatches = 0;

  const exec = async (text: string, limits: RunLimits): Promise<string> => {
    const wrapped = (wrapper: string) =>
      wrapper === plainForm ? text : wrapper.replace('{command}', () => `'${text}'`);
    const first = await ssh.exec(wrapped(form ?? plainForm), limits);
    if (form !== undefined) return textOf(first);
    if (!notUnderstood(first)) {
      form = plainForm;
      return textOf(first);
    }
    // What the CLI complains of says more than that a shell does not find the command.
    let best = first;
    for (const wrapper of driver.viaShell ?? []) {
      const next = await ssh.exec(wrapped(wrapper), limits);
      if (best.exitCode === notFound && next.exitCode !== notFound) best = next;
      if (notUnderstood(next) || /^\s*% Unknown command/.test(next.stdout)) continue;
      form = wrapper;
      return textOf(next);
    }
    return textOf(best);
  };

  /** One by one; stops early where the device refuses everything. */
  const execSingly = async (commands: readonly string[], limits: RunLimits): Promise<Answer[]> => {
    const answers: Answer[] = [];
    let refusals = 0;
    for (const command of commands) {
      const output = await exec(command, limits);
      answers.push({ ok: true, command, output });
      const error = refusal(command, output);
      refusals = error ? refusals + 1 : 0;
      if (error && refusals === mostRefusals) {
        const rest = commands.slice(answers.length);
        return [...answers, ...rest.map((other): Answer => ({ ok: false, command: other, error }))];
      }
    }
    return answers;
  };

  const refusal = (command: string, output: string): unknown => {
    try {
      driver.parse(command, output);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  const execGroup = async (commands: readonly string[], limits: RunLimits): Promise<Answer[]> => {
    const { batch } = driver;
    if (!batch || commands.length === 1) return execSingly(commands, limits);
    const output = await exec(commands.join(batch.separator), limits);
    try {
      const outputs = batch.split(output, commands);
      failedBatches = 0;
      return commands.map((command, i) => ({ ok: true, command, output: outputs[i] ?? '' }));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      // One command may be to blame, or the shell takes no batches: ask one by one.
      failedBatches++;
      return execSingly(commands, limits);
    }
  };

  const viaExec = async (commands: readonly string[], limits: RunLimits): Promise<Answer[]> => {
    const answers: Answer[] = [];
    while (answers.length < commands.length) {
      // Without batches the group is still one, so that a device that refuses everything is left in peace.
      const most = driver.batch?.most ?? 100;
      const group = commands.slice(answers.length, answers.length + most);
      try {
        const single = failedBatches >= mostFailedBatches;
        answers.push(...(await (single ? execSingly : execGroup)(group, limits)));
      } catch (error) {
        // The connection is gone; asking on would cost a deadline for each command.
        const rest = commands.slice(answers.length);
        return [...answers, ...rest.map((command): Answer => ({ ok: false, command, error }))];
      }
    }
    return answers;
  };

  /** The shell, kept from one reading to the next: a device has few, and each is a login in its books. */
  let session: CliSession | undefined;

  const openShell = async (limits: RunLimits): Promise<CliSession> => {
    const stream = await ssh.shell(limits.signal, limits.timeoutMs);
    const { title: where, preamble, prompt, newline } = driver;
    const raising =
      driver.enable && enableSecret !== undefined ? { ...driver.enable, secret: enableSecret } : undefined;
    return openCliSession(
      stream,
      {
        where,
        preamble,
        ...(prompt && { prompt }),
        ...(newline !== undefined && { newline }),
        ...(raising && { enable: raising }),
      },
      limits,
    );
  };

  const type = async (command: string, limits: RunLimits): Promise<string> => {
    const kept = session?.alive() ? session : undefined;
    session = kept ?? (await openShell(limits));
    try {
      return await session.run(command, limits);
    } catch (error) {
      session = undefined;
      // The device has ended it between two readings (an idle timeout): nothing was typed yet.
      if (!kept || !(error instanceof SshError) || !error.stale) throw error;
      session = await openShell(limits);
      return session.run(command, limits);
    }
  };

  const viaShell = async (commands: readonly string[], limits: RunLimits): Promise<Answer[]> => {
    const answers: Answer[] = [];
    try {
      for (const command of commands) {
        answers.push({ ok: true, command, output: await type(command, limits) });
      }
      return answers;
    } catch (error) {
      session = undefined;
      ssh.close();
      const rest = commands.slice(answers.length);
      return [...answers, ...rest.map((command): Answer => ({ ok: false, command, error }))];
    }
  };

  // Rights are raised in a shell only: an exec request is a session of its own.
  const channel = driver.enable && enableSecret !== undefined ? 'shell' : driver.channel;

  const run = async (commands: readonly string[], limits: RunLimits): Promise<Answer[]> => {
    assertAllowed(driver, [...driver.preamble, ...commands]);
    return commands.length === 0 ? [] : (channel === 'exec' ? viaExec : viaShell)(commands, limits);
  };

  /** One command whose answer is read while it comes; only by exec. */
  const stream = async (command: string, limits: RunLimits): Promise<StreamedAnswer> => {
    assertAllowed(driver, [command]);
    try {
      const [small] = driver.commands;
      // How commands are handed over is found out with one whose answer is short.
      if (form === undefined && small) await exec(small.template, limits);
      const wrapper = form ?? plainForm;
      const reader = driver.stream?.(command);
      if (!reader) throw new RangeError(`the ${driver.name} driver cannot read answers while they come`);
      const request = wrapper === plainForm ? command : wrapper.replace('{command}', () => `'${command}'`);
      const onOutput = (bytes: Uint8Array) => reader.write(bytes);
      const { stderr, exitCode } = await ssh.exec(request, { ...limits, onOutput });
      if (exitCode) reader.write(Buffer.from(stderr));
      return { ok: true, command, packed: reader.end() };
    } catch (error) {
      return { ok: false, command, error };
    }
  };

  return { run, stream, hostname: () => session && hostnameOf(session.prompt) };
}
