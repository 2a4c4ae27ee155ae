// parse of a large file: read piece by piece, kept as packed rows, and printed route by route once all of it was read, so that a
// file that is cut off prints no routes at all.
import { open } from 'node:fs/promises';
import type { AnswerStream, Packed } from '../model/driver.ts';
import type { Io } from './command.ts';
import { routeShape, shapes } from './parse-shapes.ts';

const readBytes = 2 ** 18;
const writeCharacters = 2 ** 16;

/** Reads a file through a driver's stream. Throws ParseError, and the system's errors. */
export async function readStreamed(file: string, stream: AnswerStream): Promise<Packed> {
  const handle = await open(file);
  try {
    const buffer = Buffer.allocUnsafe(readBytes);
    for (let first = true; ; first = false) {
      const { bytesRead } = await handle.read(buffer, 0, readBytes);
      if (bytesRead === 0) return stream.end();
      const bytes = buffer.subarray(0, bytesRead);
      // Editors of Windows put a byte order mark in front.
      const marked = first && bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
      stream.write(marked ? bytes.subarray(3) : bytes);
    }
  } finally {
    await handle.close();
  }
}

/** Writes at the reader's pace: what a slow one has not taken would stay in memory. */
async function write(stdout: Io['stdout'], text: string): Promise<void> {
  const goesOn = stdout.write(text);
  if (goesOn === false && stdout.once) await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
}

/** Prints what JSON.stringify of all shapes would, without holding all of it. */
export async function printPacked(
  { sessions, routes, notes }: Packed,
  device: string,
  { stdout }: Io,
): Promise<void> {
  const frame = JSON.stringify(shapes({ sessions, routes: [], notes }, device), null, 2);
  const place = '"routes": [';
  const split = frame.lastIndexOf(`${place}]`) + place.length;
  let text = frame.slice(0, split);
  let before = '\n';
  for (const { table } of routes) {
    for (const row of table.rows()) {
      text += `${before}${JSON.stringify(routeShape(row, device), null, 2).replace(/^/gm, '    ')}`;
      before = ',\n';
      if (text.length < writeCharacters) continue;
      await write(stdout, text);
      text = '';
    }
  }
  const end = before === '\n' ? '' : '\n  ';
  await write(stdout, `${text}${end}${frame.slice(split)}\n`);
}
