// Framing of BIRD's control protocol (bird: nest/cli.c, doc/reply_codes): `NNNN-text` has more to come, `NNNN text` ends
// the reply, one leading blank repeats the code before, `+` marks a message that is no part of the reply. The end is the
// first line of four digits and a blank, whatever its code: waiting for 0000 alone hangs on errors.
import { ParseError, snippet } from '../../model/parse-error.ts';

/** One line of a reply, without its code. */
export interface ReplyLine {
  /** Reply code; undefined in text that birdc has printed. */
  readonly code: number | undefined;
  readonly text: string;
  /** 1-based, in the reply or the saved file, for messages. */
  readonly number: number;
}

/** Reads the lines of one reply, then gives what they say. Both may throw ParseError. */
export interface ReplyReader<T> {
  line(line: ReplyLine): void;
  end(): T;
}

/** BIRD's reply codes that mean something to a reader. */
export const replyCode = {
  ok: 0,
  welcome: 1,
  gracefulRestart: 24,
  routeCount: 14,
  restricted: 16,
  protocol: 1002,
  protocolDetail: 1006,
  route: 1007,
  routeType: 1008,
  routeAttributes: 1012,
  protocolHeading: 2002,
  /** A line of the reply was longer than BIRD's buffer and is lost. */
  lineOverflow: 8000,
  notInTable: 8001,
  /** The table changed hands in mid-listing: ask again. */
  reconfigured: 8004,
  protocolDown: 8005,
  /** From here on a final line is an error. */
  firstError: 8000,
} as const;

/** A line of a reply as received. */
export interface FramedLine extends ReplyLine {
  /** Whether it ends the reply. */
  readonly last: boolean;
}

const zero = 48;
const blank = 32;
const dash = 45;
const plus = 43;

function leadingCode(raw: string): number | undefined {
  let code = 0;
  for (let i = 0; i < 4; i++) {
    const digit = raw.charCodeAt(i) - zero;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    code = code * 10 + digit;
  }
  return code;
}

/**
 * Frames the lines of one reply, one call a line; `async` ones belong to no reply. Throws ParseError for what is no line
 * of a reply.
 */
export function replyFramer(source: string): (raw: string) => FramedLine | 'async' {
  let code: number | undefined;
  let number = 0;
  return (raw) => {
    number++;
    const first = raw.charCodeAt(0);
    if (first === plus) return 'async';
    if (first === blank && code !== undefined) return { code, text: raw.slice(1), number, last: false };
    const own = leadingCode(raw);
    const separator = raw.charCodeAt(4);
    if (own === undefined || (separator !== dash && separator !== blank)) {
      throw new ParseError(source, `${snippet(raw)} is no line of BIRD's control protocol`, number);
    }
    code = own;
    return { code, text: raw.slice(5), number, last: separator === blank };
  };
}
