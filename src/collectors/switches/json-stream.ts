// JSON documents (RFC 8259) as they come from a device, one behind the other and with lines of text between them: an object is
// taken apart down to its third level, and the members that somebody wants are handed over one by one and forgotten. Each
// value is cut out by looking for its end with respect for strings, and read by JSON.parse. Memory is bounded by the
// largest value and by what nobody wants.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type JsonObject, noList, readJson } from './frr-json.ts';

/** Takes members of one object out of the document. */
export interface MemberSink {
  /** False leaves the member in the document. */
  wants(key: string): boolean;
  take(key: string, value: unknown): void;
}

export interface JsonStreamHandler {
  /** Who takes members out of the object at this path of keys; the path of a document is empty. */
  sinkOf(path: readonly string[]): MemberSink | undefined;
  /** A document has ended; members taken out of it are missing in it. */
  document(object: JsonObject): void;
  /** A line outside of documents, and its number. */
  line(text: string, number: number): void;
}

/** Most bytes of one value, of one line of text, and of everything that stays in documents. */
const mostPiece = 16 * 2 ** 20;
const mostKept = 64 * 2 ** 20;
/** Objects inside a document that are taken apart: `{vrf: {routes: {…}}}`. */
const deepest = 2;

interface Frame {
  readonly path: readonly string[];
  readonly sink: MemberSink | undefined;
  readonly members: [string, unknown][];
}

/** A key or a value: where it begins, in which line, and what is open where its end was last looked for. */
interface Piece {
  readonly start: number;
  readonly line: number;
  depth: number;
  inString: boolean;
}

const [newline, quote, comma, colon, backslash] = [10, 34, 44, 58, 92];
const [openList, openObject, closeObject] = [91, 123, 125];
const isBlank = (byte: number) => byte === 32 || byte === newline || byte === 13 || byte === 9;

const [quotes, opens, closes, separates] = [1, 2, 3, 4];
/** What each byte means outside of strings; most mean nothing. */
const kinds = new Uint8Array(256);
for (const [text, kind] of [
  ['"', quotes],
  ['{[', opens],
  ['}]', closes],
  [', \n\r\t', separates],
] as const) {
  for (const byte of Buffer.from(text)) kinds[byte] = kind;
}

/**
 * Goes on to behind the quote that ends a string, or as far as there are bytes. A byte behind a backslash is skipped, also
 * one still to come.
 */
function leaveString(piece: Piece, bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  for (; at < length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      piece.inString = false;
      return at + 1;
    }
    if (byte === backslash) at++;
  }
  return at;
}

/** A JSON string without escapes that is short and in ASCII. */
const plainString = /^"[\x20\x21\x23-\x5b\x5d-\x7e]{0,60}"$/;

/** Where a piece ends whose bracket at `at` closes; one that was not opened ends a word and belongs to the object around. */
function closedAt({ depth }: Piece, at: number): number | undefined {
  if (depth > 0) return undefined;
  return depth < 0 ? at : at + 1;
}

/** Reads an answer chunk by chunk, cut anywhere. Every method throws ParseError, with line and byte. */
export class JsonStream {
  readonly #source: string;
  readonly #handler: JsonStreamHandler;
  /** What is not read yet, as far as `#length`, and how many bytes were before it. */
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #before = 0;
  #at = 0;
  /** Line of `#at`. */
  #line = 1;
  #kept = 0;
  readonly #frames: Frame[] = [];
  #next: 'text' | 'first key' | 'key' | 'colon' | 'value' | 'comma' = 'text';
  #key = '';
  #piece: Piece | undefined;

  constructor(source: string, handler: JsonStreamHandler) {
    this.#source = source;
    this.#handler = handler;
  }

  write(chunk: Uint8Array): void {
    const from = this.#piece?.start ?? this.#at;
    const rest = this.#length - from;
    if (rest > mostPiece) throw this.#error(`one value or line has more than ${mostPiece} bytes`);
    const length = rest + chunk.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, from, this.#length);
      this.#bytes = grown;
    } else this.#bytes.copyWithin(0, from, this.#length);
    this.#bytes.set(chunk, rest);
    this.#length = length;
    this.#before += from;
    this.#at -= from;
    if (this.#piece) this.#piece = { ...this.#piece, start: 0 };
    while (this.#step());
  }

  /** The answer is over. */
  end(): void {
    if (this.#frames.length > 0) {
      const bytes = this.#before + this.#length;
      throw this.#error(`the answer ends in the middle of its JSON, after ${bytes} bytes: it was cut off`);
    }
    if (this.#at < this.#length) this.#handler.line(this.#textOf(this.#at, this.#length), this.#line);
    this.#at = this.#length;
  }

  #textOf(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, Math.min(end, this.#length));
  }

  #error(message: string, line = this.#line): ParseError {
    return new ParseError(this.#source, message, line);
  }

  #unexpected(wanted: string): ParseError {
    const near = snippet(this.#textOf(this.#at, this.#at + 40));
    return this.#error(`not valid JSON near ${near} (byte ${this.#before + this.#at}): ${wanted} is missing`);
  }

  /** The next byte that is no blank; undefined where it has not come yet. */
  #peek(): number | undefined {
    const bytes = this.#bytes;
    for (; this.#at < this.#length; this.#at++) {
      const byte = bytes[this.#at] ?? 0;
      if (!isBlank(byte)) return byte;
      if (byte === newline) this.#line++;
    }
    return undefined;
  }

  /** Reads one thing; false when it is not all there yet. */
  #step(): boolean {
    if (this.#next === 'text') return this.#text();
    const byte = this.#piece ? this.#bytes[this.#piece.start] : this.#peek();
    if (byte === undefined) return false;
    switch (this.#next) {
      case 'first key':
      case 'key':
        if (byte === closeObject && this.#next === 'first key') return this.#close();
        if (byte !== quote) throw this.#unexpected('a key');
        return this.#cut((text) => {
          this.#key = text as string;
          this.#next = 'colon';
        });
      case 'colon':
        if (byte !== colon) throw this.#unexpected('a colon');
        this.#at++;
        this.#next = 'value';
        return true;
      case 'value':
        return this.#value(byte);
      default:
        if (byte === closeObject) return this.#close();
        if (byte !== comma) throw this.#unexpected('a comma or the end of an object');
        this.#at++;
        this.#next = 'key';
        return true;
    }
  }

  #value(byte: number): boolean {
    const frame = this.#frames.at(-1);
    if (!frame) return false;
    const wanted = frame.sink?.wants(this.#key);
    if (!wanted && byte === openObject && this.#frames.length <= deepest) {
      this.#open([...frame.path, this.#key]);
      return true;
    }
    return this.#cut((value, length) => {
      if (wanted) frame.sink?.take(this.#key, value);
      else this.#keep(frame, value, length);
      this.#next = 'comma';
    });
  }

  #keep(frame: Frame, value: unknown, bytes: number): void {
    this.#kept += bytes + this.#key.length;
    if (this.#kept > mostKept)
      throw this.#error(`more than ${mostKept} bytes beside routes: no listing of routes`);
    frame.members.push([this.#key, value]);
  }

  #open(path: readonly string[]): void {
    this.#at++;
    this.#frames.push({ path, sink: this.#handler.sinkOf(path), members: [] });
    this.#next = 'first key';
  }

  #close(): boolean {
    this.#at++;
    const frame = this.#frames.pop();
    const object = Object.fromEntries(frame?.members ?? []);
    const outer = this.#frames.at(-1);
    if (outer) {
      this.#key = frame?.path.at(-1) ?? '';
      this.#keep(outer, object, 0);
      this.#next = 'comma';
    } else {
      this.#kept = 0;
      this.#next = 'text';
      this.#handler.document(object);
    }
    return true;
  }

  /** Between documents: a line, or the start of one. */
  #text(): boolean {
    const bytes = this.#bytes;
    let first = this.#at;
    while (first < this.#length && bytes[first] !== newline && isBlank(bytes[first] ?? 0)) first++;
    if (first === this.#length) return false;
    if (bytes[first] === openObject) {
      this.#at = first;
      this.#open([]);
      return true;
    }
    if (bytes[first] === openList) throw this.#error(noList);
    const end = bytes.indexOf(newline, first);
    if (end < 0 || end >= this.#length) return false;
    this.#handler.line(this.#textOf(this.#at, end), this.#line++);
    this.#at = end + 1;
    return true;
  }

  /** Looks for the end of the piece at hand and hands its value over; false when it has not come yet. */
  #cut(done: (value: unknown, bytes: number) => void): boolean {
    this.#piece ??= { start: this.#at, line: this.#line, depth: 0, inString: false };
    const piece = this.#piece;
    const end = this.#endOf(piece);
    if (end === undefined) return false;
    const { start, line } = piece;
    this.#piece = undefined;
    done(this.#read(start, end, line), end - start);
    return true;
  }

  #read(start: number, end: number, line: number): unknown {
    const text = this.#textOf(start, end);
    // Half of all calls are for keys, and most of those are what they look like.
    if (plainString.test(text)) return text.slice(1, -1);
    return readJson(this.#source, { text, line });
  }

  /** Position behind the piece, which is a string, an object, a list, or a word up to what ends it. */
  #endOf(piece: Piece): number | undefined {
    const bytes = this.#bytes;
    const length = this.#length;
    let at = this.#at;
    let end: number | undefined;
    while (end === undefined && at < length) {
      if (piece.inString) {
        at = leaveString(piece, bytes, at, length);
        if (!piece.inString && piece.depth === 0) end = at;
        continue;
      }
      const kind = kinds[bytes[at] ?? 0];
      if (kind === quotes) piece.inString = true;
      else if (kind === opens) piece.depth++;
      else if (kind === closes) {
        piece.depth--;
        end = closedAt(piece, at);
      } else if (kind === separates && piece.depth === 0) end = at;
      else if (bytes[at] === newline) this.#line++;
      at++;
    }
    this.#at = end ?? at;
    return end;
  }
}
