// What the terminal can show: colour only on a terminal and never with NO_COLOR (no-color.org), its width for wrapping,
// and one line of progress on stderr while a person waits. In a pipe there is none of it.
import type { Invocation, Io, Output } from './command.ts';
import { printable } from './table.ts';

export type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string;

const codes = { red: [31, 39], yellow: [33, 39], green: [32, 39], bold: [1, 22], dim: [2, 22] } as const;

const plain: Paint = (_, text) => text;
const coloured: Paint = (style, text) => `\x1b[${codes[style][0]}m${text}\x1b[${codes[style][1]}m`;

/** How to colour text on this output. */
export function painter({ on }: Pick<Invocation, 'on'>, { stdout, env }: Pick<Io, 'stdout' | 'env'>): Paint {
  const wanted = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' && !on.has('no-color');
  return wanted ? coloured : plain;
}

/** A terminal that nobody gave a size (a container's, `script` in a pipeline) says 0. */
const usualWidth = 80;

/** Columns of the terminal; undefined in a pipe, where nothing is wrapped. */
export function widthOf(output: Output): number | undefined {
  return output.isTTY ? output.columns || usualWidth : undefined;
}

/** Least time between two lines of progress, in milliseconds: nobody reads faster, and 5,000 nodes answer at once. */
const progressEveryMs = 100;

/**
 * Shows one line on stderr for as long as something takes, which it may change; nothing where no terminal is. What does not fit
 * into the terminal is cut: a wrapped line could not be taken back.
 */
export async function withProgress<T>(
  io: Pick<Io, 'stderr' | 'now'>,
  text: string,
  work: (show: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!io.stderr.isTTY) return work(() => {});
  const width = (widthOf(io.stderr) ?? usualWidth) - 3;
  const line = (said: string) => {
    const clean = printable(said);
    return `\r\x1b[K${clean.length > width ? clean.slice(0, width) : clean} …`;
  };
  let last = io.now();
  io.stderr.write(line(text));
  try {
    return await work((said) => {
      if (io.now() - last < progressEveryMs) return;
      last = io.now();
      io.stderr.write(line(said));
    });
  } finally {
    io.stderr.write('\r\x1b[K');
  }
}
