// The boxed tables of SR Linux' CLI. Cells are cut and go on in the lines below, at blanks, hyphens or in the middle of a
// word, so a record is put together column by column. A box that is not closed is a cut capture and an error.
import { ParseError } from '../../model/parse-error.ts';
import type { Line } from './cli-capture.ts';

/** A record: column title, blanks taken out, in small letters -> the cell's pieces from top to bottom. */
export type TableRecord = ReadonlyMap<string, readonly string[]>;

export interface BoxTable {
  readonly titles: readonly string[];
  readonly records: readonly TableRecord[];
  /** Line of the header, to tell tables apart by what stands above them. */
  readonly number: number;
}

const border = /^\s*\+[-+]{3,}\+?\s*$/;
const headEnd = /^\s*\+[=+]{3,}\+?\s*$/;
const bar = /^\s*\|/;

export const titleOf = (text: string) => text.replace(/\s/g, '').toLowerCase();

/** The cells of one line, without the bars at both ends. */
function cellsOf(text: string): string[] {
  const cells = text.trim().split('|').slice(1);
  return text.trimEnd().endsWith('|') ? cells.slice(0, -1) : cells;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Pieces of a line without bars inside, with their places: two blanks part them. */
function tokensOf(text: string): Token[] {
  const inner = text.replace(/\|\s*$/, '').replace('|', ' ');
  return [...inner.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ text: match[0], at: match.index }));
}

/** Cells by the columns of the header, where bars stand between them. */
function barRecords(
  titles: readonly string[],
  rows: readonly Line[],
  startsIn: readonly string[],
): TableRecord[] {
  const records: Map<string, string[]>[] = [];
  for (const { text } of rows) {
    const cells = cellsOf(text).map((cell) => cell.trim());
    const starts = startsIn.every((title) => {
      const column = titles.indexOf(title);
      return column < 0 || (cells[column] ?? '') !== '';
    });
    if (starts || records.length === 0) records.push(new Map(titles.map((title) => [title, []])));
    const record = records.at(-1);
    for (const [i, cell] of cells.entries()) if (cell !== '') record?.get(titles[i] ?? '')?.push(cell);
  }
  return records;
}

/** Cells by their order, where only blanks part them; a status or a path may be missing. */
function blankRecords(command: string, titles: readonly string[], rows: readonly Line[]): TableRecord[] {
  const records: { record: Map<string, string[]>; places: { title: string; at: number }[] }[] = [];
  for (const { text, number } of rows) {
    const tokens = tokensOf(text);
    const status = titles[0] === 'status' && /^[u*>xb=]{1,5}$/.test(tokens[0]?.text ?? '');
    const columns = titles.slice(titles[0] === 'status' && !status ? 1 : 0);
    const whole = tokens.length === columns.length ? columns : columns.filter((title) => title !== 'aspath');
    if (tokens.length === whole.length) {
      const places = tokens.map(({ at }, i) => ({ title: whole[i] ?? '', at }));
      records.push({
        record: new Map(tokens.map((token, i) => [whole[i] ?? '', [token.text]])),
        places,
      });
      continue;
    }
    const last = records.at(-1);
    for (const { text: piece, at } of tokens) {
      const place = last?.places.find((known) => known.at === at);
      const cell = place && last?.record.get(place.title);
      if (!cell) throw new ParseError(command, `"${piece.slice(0, 40)}" stands in no column`, number);
      cell.push(piece);
    }
  }
  return records.map(({ record }) => record);
}

/**
 * Every boxed table of a text. `startsIn`: columns that are filled in the first line of a record and empty in those
 * that go on. Throws ParseError when a table is not closed.
 */
export function boxTables(command: string, lines: readonly Line[], startsIn: readonly string[]): BoxTable[] {
  const tables: BoxTable[] = [];
  let head: Line[] | undefined;
  let rows: Line[] | undefined;
  for (const line of lines) {
    if (headEnd.test(line.text)) {
      rows = [];
    } else if (border.test(line.text)) {
      if (head && rows) tables.push(tableOf(command, head, rows, startsIn));
      // A border that closes nothing opens a table.
      head = head && rows ? undefined : [];
      rows = undefined;
    } else if (bar.test(line.text)) (rows ?? head)?.push(line);
  }
  if (head) throw new ParseError(command, 'the capture ends inside a table', lines.at(-1)?.number);
  return tables;
}

function tableOf(
  command: string,
  head: readonly Line[],
  rows: readonly Line[],
  startsIn: readonly string[],
): BoxTable {
  const first = head[0]?.text ?? '';
  const number = head[0]?.number ?? 0;
  if (cellsOf(first).length > 1) {
    const pieces = head.map(({ text }) => cellsOf(text));
    const titles = (pieces[0] ?? []).map((_, i) => titleOf(pieces.map((cells) => cells[i] ?? '').join('')));
    return { titles, records: barRecords(titles, rows, startsIn), number };
  }
  const titles = tokensOf(first).map(({ text }) => titleOf(text));
  const known = titles.includes('network') && titles.includes('nexthop');
  return { titles, records: known ? blankRecords(command, titles, rows) : [], number };
}

/** A cell's pieces as one word; empty when there is none. */
export function cell(record: TableRecord, title: string): string {
  return (record.get(title) ?? []).join('');
}
