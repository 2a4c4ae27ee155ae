// Junos' text forms of `show route` (brief, terse, detail, extensive), `receive-protocol` and `advertising-protocol`
// (Juniper, CLI reference, "show route"). Which form it is shows in the lines themselves. A path without a next hop or
// without its end is a cut capture and an error; a table's own count that is not reached becomes a note.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { ribOf } from './junos-names.ts';
import { grouped, type JunosRoutes, layerOf, noteOf } from './junos-routes.ts';
import { briefRows } from './junos-text-brief.ts';
import { detailRows, isDetail } from './junos-text-detail.ts';
import { isTerse, protocolRows, terseRows } from './junos-text-terse.ts';

export interface Table {
  readonly name: string;
  readonly vrf: string;
  /** What the table itself counts. */
  readonly routes: number | undefined;
  readonly hidden: number;
  readonly lines: Line[];
}

/** A prefix at the start of a route, `10/8` of old releases included; undefined for labels and other keys. */
export function prefixIn(text: string): Prefix | undefined {
  const whole = tryParsePrefix(text);
  if (whole) return whole;
  const short = /^(\d+(?:\.\d+){0,2})\/(\d+)$/.exec(text);
  if (!short) return undefined;
  const octets = [...(short[1] ?? '').split('.'), '0', '0', '0'].slice(0, 4);
  return tryParsePrefix(`${octets.join('.')}/${short[2]}`);
}

const tableHead =
  /^\s*(\S+): (\d+) destinations, (\d+) routes \((\d+) active, (\d+) holddown, (\d+) hidden\)/;
const legend = /^\s*(?:[+@#] = |Restart (?:Complete|Pending|State)|Limit\/Threshold|- = )/;

/** `show route summary`: `BGP: 12 routes, 10 active`. */
const summaryLine = /^\s*[\w -]+:\s+\d+ routes,\s+\d+ active$/;

export const isRouteText = (lines: readonly Line[]) =>
  lines.some(({ text }) => tableHead.test(text)) ||
  lines.some(({ text }) => /^\s*\S+\/\d+\s+[*+@#-]?\[[A-Za-z-]+\d?\s*\/\d+/.test(text));

function tablesOf(command: string, lines: readonly Line[]): Table[] {
  const named = /\btab\w* (\S+)/.exec(command)?.[1] ?? 'inet.0';
  const first: Table = { name: named, vrf: ribOf(named).vrf, routes: undefined, hidden: 0, lines: [] };
  const tables = [first];
  for (const line of lines) {
    const head = tableHead.exec(line.text);
    if (head) {
      const name = head[1] ?? '';
      tables.push({
        name,
        vrf: ribOf(name).vrf,
        routes: Number(head[3]),
        hidden: Number(head[6]),
        lines: [],
      });
    } else if (line.text.trim() !== '' && !legend.test(line.text)) tables.at(-1)?.lines.push(line);
  }
  return tables.filter((table) => table !== first || table.lines.length > 0);
}

function rowsOf(command: string, table: Table): RouteRow[] {
  const { layer } = layerOf(command);
  const { lines, vrf } = table;
  if (lines.length === 0) return [];
  if (isDetail(lines)) return detailRows(command, lines, vrf, layer === 'received' || layer === 'exported');
  if (isTerse(lines)) return terseRows(command, lines, vrf);
  if (lines.some(({ text }) => /^\s*Prefix\s+Nexthop\s+MED\s+Lclpref\b/.test(text))) {
    return protocolRows(command, lines, vrf);
  }
  return briefRows(command, lines, vrf);
}

/** True when the command asks for whole tables, so that their own counts must be reached. */
const isWhole = (command: string) =>
  /^(?:run )?show route(?: table \S+| all| detail| extensive| terse| brief| \|.*)*$/.test(command.trim());

/** Routes of a text. Throws ParseError. */
export function textRoutes(command: string, lines: readonly Line[]): JunosRoutes {
  const notes: string[] = [];
  const rows: RouteRow[] = [];
  for (const table of tablesOf(command, lines)) {
    const note = table.lines.length > 0 ? noteOf(table.name) : undefined;
    if (note) notes.push(note);
    if (!ribOf(table.name).afi) continue;
    if (table.lines.length > 0 && table.lines.every(({ text }) => summaryLine.test(text))) {
      notes.push(`table ${table.name}: a summary counts routes and lists none`);
      continue;
    }
    const own = rowsOf(command, table);
    rows.push(...own);
    if (table.routes !== undefined && isWhole(command) && own.length < table.routes - table.hidden) {
      notes.push(
        `table ${table.name} counts ${table.routes} routes, ${own.length} are in the answer: filtered or cut`,
      );
    }
  }
  return { routes: grouped(command, rows), notes };
}

/** The prefix of a line, or the error that it is none. */
export function prefixOrThrow(command: string, text: string, number: number): Prefix {
  const prefix = prefixIn(text);
  if (!prefix) throw new ParseError(command, `${snippet(text)} is not a prefix`, number);
  return prefix;
}
