// Finds the JSON documents in what vtysh prints: one per command, several in a batch, and plain-text complaints between
// them. FRR writes JSON partly by hand (bgpd/bgp_route.c), so the ends are found by scanning, not by line breaks.
import { ParseError, snippet } from '../../model/parse-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON document, or a line that is none. */
export interface Piece {
  readonly json: boolean;
  readonly text: string;
  /** 1-based line of the output where it starts. */
  readonly line: number;
}

/** Position just behind the document that starts at `start`; -1 when the text ends inside it. */
function documentEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      do {
        i = text.indexOf('"', i + 1);
        if (i < 0) return -1;
      } while (isEscaped(text, i));
    } else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return i + 1;
  }
  return -1;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text[quote - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

/** Cuts an output into documents and other non-empty lines. Throws ParseError when it ends inside a document. */
export function pieces(source: string, output: string): Piece[] {
  const found: Piece[] = [];
  let line = 1;
  let i = 0;
  while (i < output.length) {
    const char = output[i];
    if (char === '\n') line++;
    if (char === undefined || /\s/.test(char)) {
      i++;
      continue;
    }
    const json = char === '{' || char === '[';
    const newline = output.indexOf('\n', i);
    const end = json ? documentEnd(output, i) : newline < 0 ? output.length : newline;
    if (end < 0)
      throw new ParseError(source, 'the answer ends in the middle of its JSON: it was cut off', line);
    const text = output.slice(i, end).trimEnd();
    found.push({ json, text, line });
    line += text.split('\n').length - 1;
    i += text.length;
  }
  return found;
}

const token = /[\s{}[\],:]+|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y;

/** Where the text stops being JSON: V8 says so for structure, but not for an unknown token. */
function errorAt(text: string, message: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  token.lastIndex = 0;
  let at = 0;
  while (token.test(text)) at = token.lastIndex;
  return at < text.length ? at : 0;
}

/** Reads one JSON value. Throws ParseError with the line inside the whole output. */
export function readJson(source: string, { text, line }: Pick<Piece, 'text' | 'line'>): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = errorAt(text, (error as Error).message);
    const near = snippet(text.slice(at, at + 40));
    throw new ParseError(
      source,
      `not valid JSON near ${near}`,
      line + text.slice(0, at).split('\n').length - 1,
    );
  }
}

/** What is said of a document that is a list: no answer of FRR is one. */
export const noList = 'a JSON object was expected, not a list';

/** Reads one document that must be an object. Throws ParseError with the line inside the whole output. */
export function readObject(source: string, piece: Piece): JsonObject {
  const object = asObject(readJson(source, piece));
  if (!object) throw new ParseError(source, noList, piece.line);
  return object;
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The entries of a list that are objects. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject).filter((item) => item !== undefined) : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
