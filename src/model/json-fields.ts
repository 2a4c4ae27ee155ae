// Members of JSON that somebody else wrote, each taken only as the kind it must be. Whatever is not so ends in one
// ParseError that names the place (`routes.value[3].scopes`) and never shows more than a stretch of the value.
// JSON: RFC 8259.
import { ParseError, snippet } from './parse-error.ts';

/** One object of a JSON text, with its place for messages. */
export interface JsonFields {
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Ends with a ParseError: what stands at `at` is not what must stand there. */
export function refuse(at: string, must: string, value: unknown): never {
  const shown = value === undefined ? 'nothing' : snippet(JSON.stringify(value) ?? String(value));
  throw new ParseError(at, `must be ${must}, not ${shown}`);
}

/** The value as an object. Throws ParseError. */
export function fields(value: unknown, at: string): JsonFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'an object', value);
  return { at, data: value as Record<string, unknown> };
}

const place = ({ at }: JsonFields, key: string) => `${at}.${key}`;

/** An object inside. Throws ParseError. */
export function child(from: JsonFields, key: string): JsonFields {
  return fields(from.data[key], place(from, key));
}

/** A list of at most `most` entries, each read by `read`. Throws ParseError. */
export function list<T>(
  from: JsonFields,
  key: string,
  most: number,
  read: (value: unknown, at: string) => T,
): T[] {
  const value = from.data[key];
  const at = place(from, key);
  if (!Array.isArray(value)) refuse(at, 'a list', value);
  if (value.length > most) throw new ParseError(at, `has ${value.length} entries; ${most} are the most`);
  return value.map((entry: unknown, i) => read(entry, `${at}[${i}]`));
}

/** A text of at most `most` characters. Throws ParseError. */
export function text(value: unknown, at: string, most = 8192): string {
  if (typeof value !== 'string' || value.length > most)
    refuse(at, `a text of ${most} characters at most`, value);
  return value;
}

/** A number from `least` to `most`. Throws ParseError. */
export function number(value: unknown, at: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    refuse(at, `a number from ${least} to ${most}`, value);
  return value;
}

/** A whole number from 0 to `most`. Throws ParseError. */
export function whole(value: unknown, at: string, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value)) refuse(at, 'a whole number', value);
  return number(value, at, 0, most);
}

/** One of these words. Throws ParseError. */
export function oneOf<const T extends string>(value: unknown, at: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  return found === undefined ? refuse(at, `one of ${words.join(', ')}`, value) : found;
}

/** True or false. Throws ParseError. */
export function truth(value: unknown, at: string): boolean {
  return typeof value === 'boolean' ? value : refuse(at, 'true or false', value);
}

/** `{key: value}` where the member is there, `{}` where it is not: for spreading. Throws what `read` throws. */
export function optional<K extends string, T>(
  from: JsonFields,
  key: K,
  read: (value: unknown, at: string) => T,
): { [P in K]?: T } {
  const value = from.data[key];
  return value === undefined ? {} : ({ [key]: read(value, place(from, key)) } as { [P in K]?: T });
}

/** A member that must be there. Throws what `read` throws. */
export function needed<T>(from: JsonFields, key: string, read: (value: unknown, at: string) => T): T {
  return read(from.data[key], place(from, key));
}
