// Items as MikroTik RouterOS prints them ("Command Line Interface", print): a number and flags, then `key=value` pairs over
// one line (terse) or several (detail), values with blanks and without quotes among them; RouterOS 7 shortens a key whose
// beginning is the former key's (`remote.address=… .as=…`). Or columns, cut to the headings' places.
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { Line } from './cli-capture.ts';

export interface Item {
  readonly line: number;
  readonly flags: string;
  readonly values: ReadonlyMap<string, string>;
  /** Everything behind the flags, for words without a value. */
  readonly text: string;
  /** Keys of the legend above it, e.g. `established`; tells what kind of list it is in. */
  readonly legend: string;
}

const pair = /(?:^|\s)(\.?[a-z][a-z0-9.-]*)=("(?:[^"\\]|\\.)*"|(?:(?!\s+\.?[a-z][a-z0-9.-]*=).)*)/g;

function valuesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let group = '';
  for (const [, key = '', raw = ''] of text.matchAll(pair)) {
    const dot = key.lastIndexOf('.');
    if (dot > 0) group = key.slice(0, dot);
    const full = dot === 0 ? group + key : key;
    const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(raw.trim());
    values.set(full, quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : raw.trim());
  }
  return values;
}

const numbered = /^\s{0,5}(\d+)(?:\s+([A-Za-z+* -]{0,14}?))?\s+(?=;;;|[a-z][a-z0-9.-]*=)/;
const dynamic = /^\s{0,6}([A-Z][A-Za-z+* ]{0,10}?)\s+(?=;;;|[a-z][a-z0-9.-]*=)/;
const columns = /^(?: *# +| +|)((?:[A-Z][A-Z0-9.-]*)(?: +[A-Z][A-Z0-9.-]*)*)\s*$/;

interface Open {
  readonly line: number;
  readonly flags: string;
  readonly comment: string | undefined;
  text: string;
}

interface Reading {
  readonly source: string;
  readonly items: Item[];
  readonly missing: { readonly message: string; readonly line: number }[];
  legend: string;
  inLegend: boolean;
  open: Open | undefined;
  next: number;
  /** In a table: flags and comment of a row whose cells stand on the next line. */
  commented: { readonly flags: string; readonly comment: string } | undefined;
  /** Starts of the columns of a table, by heading. */
  table: readonly { readonly key: string; readonly start: number }[] | undefined;
}

function end(reading: Reading): void {
  const { open, legend, items } = reading;
  if (open) {
    const { line, flags, text, comment } = open;
    const values = valuesOf(text);
    if (comment !== undefined) values.set('comment', comment);
    items.push({ line, flags, values, text, legend });
  }
  reading.open = undefined;
}

/** Numbers count up from 0 in each list: a gap means lost lines. */
function number(reading: Reading, shown: string | undefined, line: number): void {
  if (shown === undefined) return;
  const own = Number(shown);
  if (own !== 0 && own !== reading.next) {
    reading.missing.push({
      message: `item ${own} follows item ${reading.next - 1}: items are missing`,
      line,
    });
  }
  reading.next = own + 1;
}

function readColumns(reading: Reading, line: Line, table: NonNullable<Reading['table']>): void {
  const first = table[0]?.start ?? 0;
  const head = /^\s*(\d*)\s*([A-Za-z+* ]*?)\s*$/.exec(line.text.slice(0, first));
  const values = new Map<string, string>();
  for (const [i, { key, start }] of table.entries()) {
    const value = line.text.slice(start, table[i + 1]?.start).trim();
    if (value !== '') values.set(key, value);
  }
  const cut = [...values.values()].some((value) => value.endsWith('...'));
  const last = reading.items.at(-1);
  if (head && head[1] === '' && head[2] === '' && values.size === 1 && values.has('gateway') && last) {
    // A further gateway of the same route.
    const both = `${last.values.get('gateway') ?? ''},${values.get('gateway')}`;
    reading.items[reading.items.length - 1] = {
      ...last,
      values: new Map([...last.values, ['gateway', both]]),
    };
    return;
  }
  if (!head || values.size === 0 || cut)
    throw new ParseError(reading.source, `not a row of the table: ${snippet(line.text)}`, line.number);
  number(reading, head[1] || undefined, line.number);
  const { legend, commented } = reading;
  if (commented) values.set('comment', commented.comment);
  reading.commented = undefined;
  reading.items.push({
    line: line.number,
    flags: commented?.flags ?? head[2] ?? '',
    values,
    text: line.text.slice(first),
    legend,
  });
}

/** Takes in legends and headings; false for a line of an item. */
function readHeading(reading: Reading, text: string): boolean {
  if (/^\s*Flags:/i.test(text)) {
    end(reading);
    reading.legend = text.toLowerCase();
    reading.inLegend = true;
    reading.next = 0;
    reading.table = undefined;
    return true;
  }
  // RouterOS 7 prints comments in front of the rows of a table.
  if (/^\s*(?:Columns:|;;;)/i.test(text)) return true;
  if (reading.inLegend && !text.includes('=') && /^\s*[A-Za-z+*] - \w/.test(text)) {
    reading.legend += ` ${text.toLowerCase()}`;
    return true;
  }
  reading.inLegend = false;
  const headings = columns.exec(text)?.[1] ?? '';
  if (!/ |^NAME$|^DST-ADDRESS$/.test(headings)) return false;
  end(reading);
  reading.table = [...text.matchAll(/[A-Z][A-Z0-9.-]*/g)].map((match) => ({
    key: match[0].toLowerCase(),
    start: match.index,
  }));
  return true;
}

function readLine(reading: Reading, line: Line): void {
  const { text } = line;
  const starts = numbered.exec(text);
  const first = starts ?? dynamic.exec(text);
  if (first) {
    end(reading);
    number(reading, starts?.[1], line.number);
    const flags = ((starts ? starts[2] : first[1]) ?? '').replace(/\s+/g, '');
    const rest = text.slice(first[0].length);
    // A comment takes the rest of its line, whatever stands in it.
    const comment = /^;;;\s*(.*?)\s*$/.exec(rest)?.[1];
    if (comment !== undefined && reading.table) reading.commented = { flags, comment };
    else reading.open = { line: line.number, flags, comment, text: comment === undefined ? rest : '' };
    return;
  }
  if (reading.table && !text.includes('=')) readColumns(reading, line, reading.table);
  else if (reading.open && /^\s/.test(text)) reading.open.text += ` ${text.trim()}`;
  else if (!reading.open && /^\s*[a-z][a-z0-9.-]*=/.test(text))
    reading.open = { line: line.number, flags: '', comment: undefined, text: text.trim() };
  else throw new ParseError(reading.source, `not a line of a list of items: ${snippet(text)}`, line.number);
}

/** The items in these lines, and where some are missing. Throws ParseError for a line that belongs to none. */
export function itemsOf(source: string, lines: readonly Line[]): Pick<Reading, 'items' | 'missing'> {
  const reading: Reading = {
    source,
    items: [],
    missing: [],
    legend: '',
    inLegend: false,
    open: undefined,
    next: 0,
    commented: undefined,
    table: undefined,
  };
  for (const line of lines) {
    if (line.text.trim() !== '' && !readHeading(reading, line.text)) readLine(reading, line);
  }
  end(reading);
  return reading;
}
