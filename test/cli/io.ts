// A command line in a test: what it writes, its exit code, and the world it sees.
import type { Io } from '../../src/cli/command.ts';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly env?: NodeJS.ProcessEnv;
  readonly calledAs?: string;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Columns of a terminal; without it the output is a pipe. */
  readonly columns?: number;
  /** Called with everything written to stderr so far. */
  readonly onErr?: (text: string) => void;
  readonly onHangUp?: NonNullable<Io['onHangUp']>;
}

/** Runs a command line to its end. */
export async function cli(argv: readonly string[], world: World = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const terminal = { isTTY: world.columns !== undefined, columns: world.columns };
  const io: Io = {
    stdout: {
      ...terminal,
      write(text) {
        out += text;
      },
    },
    stderr: {
      ...terminal,
      write(text) {
        err += text;
        world.onErr?.(err);
      },
    },
    stdin: async () => world.stdin ?? '',
    env: world.env ?? {},
    calledAs: world.calledAs ?? 'calico-bgp-exporter',
    now: Date.now,
    signal: () => world.signal ?? new AbortController().signal,
    ...(world.onHangUp && { onHangUp: world.onHangUp }),
  };
  const code = await run(argv, io);
  return { code, out, err };
}
