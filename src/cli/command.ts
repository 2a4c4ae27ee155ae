// What a command of the command line is: its entry in the table (commands.ts), which help and documentation are made
// from, and a module loaded only when the command runs. A command gets its world passed in and returns its exit code.

export interface Flag {
  /** What stands behind the flag, e.g. `FILE`; absent for a flag that is on or off. */
  readonly value?: string;
  readonly help: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** In words, for help. */
  readonly default?: string;
}

export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What stands behind the name, one line per form. */
  readonly usage: readonly string[];
  /** Paragraphs that explain it. */
  readonly about: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** Most arguments that are no flags. */
  readonly most: number;
  /** A command line, and what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  /** What its exit codes mean. */
  readonly exit: readonly string[];
  load(): Promise<{ run(invocation: Invocation, io: Io): Promise<number> }>;
}

/** A command line after parsing: flags that were given, and the other arguments. */
export interface Invocation {
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly on: ReadonlySet<string>;
  readonly rest: readonly string[];
}

export interface Output {
  /** False where the reader does not keep up: wait for `drain` before writing much more. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The world around a command. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Everything on standard input, as text. */
  readonly stdin: () => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
  /** What a person types to run this program: the start of every command that a message proposes (called-as.ts). */
  readonly calledAs: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A clock that never steps, in milliseconds from anywhere; absent in tests that have their own time. */
  readonly steady?: () => number;
  /** Aborts when the person or the system asks to stop (SIGINT, SIGTERM); who never asks for it is ended by them. */
  readonly signal: () => AbortSignal;
  /** Calls back at each SIGHUP, which then no longer ends the process; returns how to end that. Absent in tests. */
  readonly onHangUp?: (listener: () => void) => () => void;
  /** Collects garbage at once, in a process that has to stay small (small-process.ts). */
  readonly collectGarbage?: () => void;
}

/** The command line is wrong; shown with a pointer to the help. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command cannot do its work; the message is all that is shown. */
export class CannotRun extends Error {
  override name = 'CannotRun';
}

/** The last value of a flag that was given. */
export function flagValue({ values }: Invocation, flag: string): string | undefined {
  return values[flag]?.at(-1);
}

/** Every value of a flag that may be repeated. */
export function flagValues({ values }: Invocation, flag: string): readonly string[] {
  return values[flag] ?? [];
}
