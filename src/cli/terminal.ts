// What the terminal can show: colour only on a terminal and never with NO_COLOR (no-color.org), its width for wrapping,
// and one line of progress on stderr while a person waits. In a pipe there is none of it.
import type { Io, Output } from './command.ts';

export type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string;

const codes = { red: [31, 39], yellow: [33, 39], green: [32, 39], bold: [1, 22], dim: [2, 22] } as const;

const plain: Paint = (_, text) => text;
const coloured: Paint = (style, text) => `\x1b[${codes[style][0]}m${text}\x1b[${codes[style][1]}m`;

/** How to colour text on this output. */
export function painter(output: Output, env: NodeJS.ProcessEnv): Paint {
  const wanted = output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return wanted ? coloured : plain;
}

/** Columns of the terminal; undefined in a pipe, where nothing is wrapped. */
export function widthOf(output: Output): number | undefined {
  return output.isTTY ? (output.columns ?? 80) : undefined;
}

/** Shows a line on stderr for as long as something takes; nothing where no terminal is. */
export async function withProgress<T>(io: Io, text: string, work: () => Promise<T>): Promise<T> {
  if (!io.stderr.isTTY) return work();
  io.stderr.write(`${text} …`);
  try {
    return await work();
  } finally {
    io.stderr.write('\r\x1b[K');
  }
}
