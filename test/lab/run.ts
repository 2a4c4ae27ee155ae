// Running a command: argv arrays only, never a shell, and an error that says which device, which command and what it
// printed. Daemons that go to the background may keep the pipes open: the end of the process counts, not of the pipe.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Whose command it is, for the error message. */
  readonly device?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** A command of the lab failed. */
export class LabError extends Error {
  override name = 'LabError';
}

/** Collects output until the process ends; a background child that holds the pipe is not waited for. */
async function finished(child: ChildProcess): Promise<Result> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, killedBy) => resolve(exitCode ?? (killedBy === null ? 1 : 128)));
  });
  await Promise.race([closed, sleep(300)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { code, stdout, stderr };
}

/** Runs a command and returns whatever came of it. */
export async function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const [file, ...args] = argv;
  if (file === undefined) throw new LabError('no command given');
  const limit = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const child = spawn(file, args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that ends before it has read its input breaks the pipe: its own message says more than EPIPE.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  try {
    return await finished(child);
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = limit.aborted ? 'took too long' : error instanceof Error ? error.message : String(error);
    throw new LabError(`${options.device ?? 'host'}: ${argv.join(' ')}: ${reason}`);
  }
}

/** Runs a command that has to succeed. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const said = [stderr, stdout].map((text) => text.trim()).find((text) => text !== '') ?? 'no output';
  throw new LabError(`${options.device ?? 'host'}: ${argv.join(' ')}: exit ${code}: ${said}`);
}

/**
 * Waits for all of it, and then fails with the first failure: after an error nothing may go on in the background and
 * start a daemon in a lab that is being taken down.
 */
export async function together(work: Iterable<Promise<unknown>>): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
