// Makes clean lines of what a terminal recorded: ANSI codes (ECMA-48), backspaces, carriage returns, pager remnants gone,
// prompts and echoed commands found. A pasted capture may hold several commands: each becomes a part of its own. Line
// numbers stay those of the capture, for messages.
import type { Parsed } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { joinedSessions } from './session-join.ts';

export interface Line {
  readonly text: string;
  /** 1-based, in the capture. */
  readonly number: number;
}

/** The answer of one command inside a capture. */
export interface Part {
  /** As echoed, or as given from outside. */
  readonly command: string;
  readonly lines: readonly Line[];
}

const ansi =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|\x1b[()*+][A-Z0-9]|\x1b[=>78DEHMNOZc]/g;

const pager =
  /-{2,}\s*\(?more\)?(?:\s*\(?\d{1,3}%\)?)?(?:, next page[^-]{0,80})?\)?\s*-{2,}|-- \[Q quit\|[^\]\n]{0,60}\]|--More--|<-+ ?more ?-+>|\(more \d{1,3}%\)|-{3}\(more(?: \d{1,3}%)?\)-{3}|Press any key to continue(?: ?\([^)]{0,40}\))?|Press Q or q to quit[^\n]{0,40}|^\s*lines \d+-\d+(?:\/\d+)?(?: \d{1,3}%)?(?: \(END\))?(?=\r|\s*$)/gi;

/** Applies backspaces: each takes away the character before it. */
function erased(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const char of text) {
    if (char === '\b') kept.pop();
    else kept.push(char);
  }
  return kept.join('');
}

/** What is seen of a line in which the cursor went back to the start: the last thing written that is not blank. */
function overwritten(text: string): string {
  if (!text.includes('\r')) return text;
  const written = text.split('\r').filter((piece) => piece.trim() !== '');
  return written.at(-1) ?? '';
}

/** The device's clock alone on a line: `set cli timestamp`, `terminal exec prompt timestamp`. */
export const clockLine =
  /^\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]{2,5})?(?: \d{4})?$/;

/** Lines as a person would have seen them. Lines that held a pager's prompt or a clock alone are left out. */
export function cleanLines(output: string): Line[] {
  const lines: Line[] = [];
  for (const [i, raw] of output.split('\n').entries()) {
    const bare = erased(raw.replace(ansi, ''));
    const paged = bare.replace(pager, '\r');
    const text = overwritten(paged).replaceAll('\0', '').trimEnd();
    if ((paged !== bare && text.trim() === '') || clockLine.test(text)) continue;
    lines.push({ text, number: i + 1 });
  }
  return lines;
}

/**
 * Cuts a capture at its prompts. `prompt` matches a whole line; its first group that matched is what was typed there, empty or
 * absent for a bare prompt. Parts without any text are left out; what stands before the first prompt answers `command`.
 */
export function captureParts(command: string, output: string, prompt: RegExp): Part[] {
  const parts: { command: string; lines: Line[] }[] = [{ command, lines: [] }];
  for (const line of cleanLines(output)) {
    const match = prompt.exec(line.text);
    if (!match) {
      parts.at(-1)?.lines.push(line);
      continue;
    }
    const typed = (match.slice(1).find((group) => group !== undefined) ?? '').trim();
    if (typed !== '') parts.push({ command: typed, lines: [] });
    else if (parts.length > 1) parts.push({ command: '', lines: [] });
  }
  const full = parts.filter(({ lines }) => lines.some(({ text }) => text.trim() !== ''));
  // Words behind a bare prompt answer nothing that is known: they stay with the command given.
  return full.map((part) => (part.command === '' ? { ...part, command } : part));
}

/** The text of some lines, for parsers of JSON and XML; blank lines keep the numbering. */
export function textOfLines(lines: readonly Line[]): string {
  const all: string[] = [];
  for (const { text, number } of lines) {
    while (all.length < number - 1) all.push('');
    all.push(text);
  }
  return all.join('\n');
}

/**
 * What a reader gives, also where it throws for rows that are missing: then what it could read, and the error is kept for
 * `wholeOrThrow`. Other errors pass.
 */
export function readOrMissing<T extends Parsed | undefined>(
  read: () => T,
  missing: ParseError[],
): T | Parsed {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ParseError) || !error.read) throw error;
    missing.push(error);
    return error.read;
  }
}

/** The whole of a capture; where a part of it lacks rows, a ParseError that carries all that could be read. */
export function wholeOrThrow(command: string, parsed: Parsed, missing: readonly ParseError[]): Parsed {
  const [first, ...more] = missing;
  if (!first) return parsed;
  const notes = more.map(({ reason, line = 1 }) => `line ${line}: ${reason}`);
  throw new ParseError(command, first.reason, first.line, {
    ...parsed,
    notes: [...parsed.notes, ...notes],
  });
}

/** True for the error of an answer in which the device complained: all drivers word it so. */
export const isRefusal = ({ reason }: ParseError): boolean => reason.startsWith('the device says');

const unknown = 'not an answer this driver knows: ';

/**
 * All parts of a capture together. A command that the device refused leaves the others their answers, and makes the whole one
 * that is not whole; parts left unread stand in the notes. Throws ParseError, also where no part can be read.
 */
export function wholeCapture<P>(command: string, parts: readonly P[], parse: (part: P) => Parsed): Parsed {
  const known: Parsed[] = [];
  const left: string[] = [];
  const missing: ParseError[] = [];
  let first: ParseError | undefined;
  for (const part of parts) {
    try {
      known.push(readOrMissing(() => parse(part), missing));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      if (isRefusal(error)) missing.push(error);
      else if (error.reason.startsWith(unknown)) left.push(error.reason.slice(unknown.length));
      else throw error;
      first ??= error;
    }
  }
  if (known.length === 0) throw first ?? new ParseError(command, 'the answer is empty');
  return wholeOrThrow(
    command,
    {
      sessions: joinedSessions(known.map((part) => part.sessions)),
      routes: known.flatMap((part) => part.routes),
      notes: [
        ...new Set(known.flatMap((part) => part.notes)),
        ...left.map((words) => `left unread: ${words}`),
      ],
    },
    missing,
  );
}

/**
 * Reads a capture part by part with a driver's own reader, which gives undefined for what it does not know. What no part
 * of is known is an error; parts left unread stand in the notes. Throws ParseError.
 */
export function parseCapture(
  command: string,
  output: string,
  prompt: Parameters<typeof captureParts>[2],
  parsePart: (part: Part) => Parsed | undefined,
): Parsed {
  return wholeCapture(command, captureParts(command, output, prompt), (part) => {
    const parsed = parsePart(part);
    if (parsed) return parsed;
    const line = part.lines.find(({ text }) => text.trim() !== '');
    throw new ParseError(command, `${unknown}${snippet(line?.text.trim() ?? '')}`, line?.number);
  });
}
