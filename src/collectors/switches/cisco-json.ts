// Finds out whether an answer is JSON, below an echo, a clock or a banner, and takes those away. Line numbers stay those of
// the answer as given. NX-OS and EOS print JSON when a command ends in `| json`.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { answersOf } from './cisco-text.ts';
import { type Piece, pieces } from './frr-json.ts';

/** The JSON part of an answer; undefined when it holds none. Throws ParseError for a complaint beside it. */
export function jsonIn(command: string, output: string): string | undefined {
  if (!/^\s*[{[]/m.test(output)) return undefined;
  const lines: string[] = [];
  for (const { lines: part } of answersOf(output)) {
    for (const { text, number } of part) {
      while (lines.length < number) lines.push('');
      lines[number - 1] = text;
    }
  }
  const start = lines.findIndex((line) => /^\s*[{[](?:\s*$|\s*["{}[\]])/.test(line));
  if (start < 0) return undefined;
  const complaint = lines.findIndex((line) => /^\s*%/.test(line));
  if (complaint >= 0) {
    throw new ParseError(
      command,
      `the device says: ${snippet(lines[complaint]?.trim() ?? '')}`,
      complaint + 1,
    );
  }
  return lines.map((line, i) => (i < start ? '' : line)).join('\n');
}

/** The JSON documents of a text. Throws ParseError for what is no JSON beside them: one of them was damaged. */
export function documentsIn(command: string, text: string): Piece[] {
  const found = pieces(command, text);
  const other = found.find(({ json }) => !json);
  if (other) {
    throw new ParseError(command, `text that is no JSON: ${snippet(other.text)}`, other.line);
  }
  return found;
}
