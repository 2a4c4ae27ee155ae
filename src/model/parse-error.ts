// What every parser of device output throws when it cannot read a text: which command or file, which line, and what.
// A parser never throws anything else and never gives a shorter list instead.
import type { Parsed } from './driver.ts';

export class ParseError extends Error {
  override name = 'ParseError';
  readonly source: string;
  /** The message without source and line. */
  readonly reason: string;
  /** 1-based line in the text, when one line is to blame. */
  readonly line: number | undefined;
  /** What could be read, where the text was well formed but says itself that it is not whole. */
  readonly read: Parsed | undefined;

  constructor(source: string, message: string, line?: number, read?: Parsed) {
    super(`${source}${line === undefined ? '' : `: line ${line}`}: ${message}`);
    this.source = source;
    this.reason = message;
    this.line = line;
    this.read = read;
  }
}

/** A stretch of device output for an error message: printable, at most 80 characters. */
export function snippet(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return JSON.stringify(plain.length > 80 ? `${plain.slice(0, 77)}...` : plain);
}
