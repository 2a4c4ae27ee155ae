// `show route …` of BIRD 1.6, 2 and 3, with and without `all` (bird: nest/rt-table.c rt_show_rte; nest/rt-show.c), read
// row by row so that a large table is never held as text. A route is a row `net via [instance since from X] * (pref)
// [origin]`, the net left out on the second and later routes of one net, then next hops, then attributes behind tabs.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { type Attributes, finishRow, noAttributes, type OpenRow, readAttribute } from './bird-attributes.ts';
import { type ReplyLine, type ReplyReader, replyCode } from './bird-reply.ts';
import { firstStep, ownCopy, type Step, stepAfter, stepsTo } from './bird-steps.ts';

export interface RoutesOptions {
  /** Command or file, for messages. */
  readonly source: string;
  /** `exported` rows carry the next hop that is sent, and nothing of how the node itself forwards. */
  readonly layer: RouteLayer;
  /** Takes each row, with the name of the protocol instance it is from, e.g. `Mesh_10_0_0_2` or `static1`. */
  readonly sink: (row: RouteRow, instance: string) => void;
  /** Told of a route that leads to no IP prefix (VPN, flow, ROA, MPLS); without it such a row is a ParseError. */
  readonly onOther?: (line: number) => void;
}

const tab = 9;
const discards = ['blackhole', 'unreachable', 'prohibited'] as const;
const rowStart = /^\s+(?:via|dev|unicast|multipath|blackhole|unreachable|prohibited)\b/;
const hopLine = /^\t(?:via|dev) /;
const tableLine = /^Table ([^\s:]+):$/;
const countLine = /^(?:Total: )?\d+ of \d+ routes for \d+ networks?\b/;
// Nets of BIRD 2's other tables (bird: lib/net.c): `65000:1 10.0.0.0/8`, `flow4 { … }`, `10.0.0.0/8-24 AS65000`, a label.
const otherNet =
  /^(?:\S+:\d+ \S+\/\d+|flow[46] \{.*\}|\S+\/\d+(?:-\d+)? AS\d+|\S+\/\d+ from \S+\/\d+|AS\d+|\d+)\s.*\[/;
// What stands below a route, in text whose tabs became blanks or went.
const strayHop = /^\s*(?:via|dev) (?!.* \[)/;
const strayAttribute =
  /^\s*(?:Type|[A-Z]\w*\.\w+|(?:bgp|krt|ospf|rip|babel|igp|ra|mpls)_\w+|source|preference|Internal route handling values):(?:\s|$)/;
const strayRest = /^\s+[(\d]/;
const defaultTables: readonly string[] = ['master', 'master4', 'master6'];

/** True for a line that only a route listing has: a table's heading or a route with its net. */
export function looksLikeRoutes(text: string): boolean {
  if (tableLine.test(text)) return true;
  const open = text.indexOf(' [');
  return open > 0 && tryParsePrefix(text.split(/\s/, 1)[0] ?? '') !== undefined;
}

/** True for the last line of `show route … count`, and its lines per table in BIRD 2. */
export function looksLikeRouteCount(text: string): boolean {
  return countLine.test(text);
}

/** The line with the tabs that BIRD put before it, in printed text that lost them. */
function retabbed(text: string): string {
  if (text.startsWith('\t')) return text;
  if (strayHop.test(text) || strayAttribute.test(text)) return `\t${text.trim()}`;
  return strayRest.test(text) && !text.includes('[') ? `\t\t${text.trim()}` : text;
}

function readHop(words: readonly string[]): NextHop | undefined {
  const [how, what, on, iface] = words;
  if (how === 'dev' && what !== undefined) return { interface: what };
  if (how !== 'via' || what === undefined) return undefined;
  const address = what.split('%', 1)[0] ?? '';
  return on === 'on' && iface !== undefined ? { address, interface: iface } : { address };
}

function readTarget(via: string): Pick<OpenRow, 'hops' | 'hopsFollow' | 'discard'> | undefined {
  if (via === 'multipath' || via === 'unicast') return { hops: [], hopsFollow: true, discard: undefined };
  const discard = discards.find((word) => word === via);
  if (discard) return { hops: [], hopsFollow: false, discard };
  const hop = readHop(via.split(/\s+/));
  return hop && { hops: [hop], hopsFollow: false, discard: undefined };
}

/** What routes of the same lines have in common. */
type RouteKind = Omit<RouteRow, 'prefix'>;

/** What stands behind the net of a row: the same text for every route that one peer sent in one breath. */
interface RowTail extends Omit<OpenRow, 'prefix' | 'vrf' | 'line'> {
  /** The lines below such rows. */
  readonly below: Step<RouteKind>;
}

function readTail(text: string): RowTail | string {
  const open = text.indexOf(' [');
  const target = readTarget(text.slice(0, open).trim());
  if (!target) return 'has a next hop that is not understood';
  const close = text.indexOf(']', open);
  const [instance = '', ...words] = text.slice(open + 2, close).split(' ');
  const at = words.indexOf('from');
  const tail = text.slice(close + 1).trimStart();
  const flag = tail.startsWith('* ') || tail === '*' ? '*' : tail.startsWith('! ') || tail === '!' ? '!' : '';
  if (instance === '' || words.length === 0) return 'does not tell where the route is from';
  return {
    ...target,
    instance,
    flag,
    info: tail.slice(flag.length).trim(),
    from: at < 0 ? undefined : words[at + 1]?.split('%', 1)[0],
    below: firstStep(),
  };
}

/** Reads a row; what is behind its net, once for as long as `tails` keeps it. */
function readRow(
  text: string,
  previous: Prefix | undefined,
  tails: Map<string, RowTail>,
): { readonly prefix: Prefix; readonly tail: RowTail } | string {
  const open = text.indexOf(' [');
  if (open < 0 || text.indexOf(']', open) < 0) return 'is no route';
  const end = text.search(/\s/);
  const prefix = end === 0 ? previous : tryParsePrefix(text.slice(0, end));
  if (!prefix) return end === 0 ? 'has no net, and no route stands above it' : 'does not begin with a prefix';
  const behind = text.slice(end);
  const known = tails.get(behind);
  if (known) return { prefix, tail: known };
  const own = ownCopy(behind);
  const tail = readTail(own);
  if (typeof tail === 'string') return tail;
  tails.set(own, tail);
  return { prefix, tail };
}

/**
 * Watches for lines that BIRD dropped because they were longer than its buffer. A lost attribute is no harm; a lost route
 * row would be a route that silently is not there, and shows by its type line coming without it.
 */
function overflowWatch(source: string) {
  let lost: number | undefined;
  let withAttributes = false;
  const check = (harmful: boolean) => {
    if (lost !== undefined && harmful) {
      throw new ParseError(source, 'BIRD cut a line that was too long, maybe a route', lost);
    }
    lost = undefined;
  };
  return {
    /** True for the mark in place of a lost line. */
    line({ code, text, number }: ReplyLine): boolean {
      if (code === replyCode.lineOverflow) {
        lost ??= number;
        return true;
      }
      const isType = code === replyCode.routeType || (code === undefined && text.startsWith('\tType: '));
      withAttributes ||= isType;
      check(isType || !withAttributes);
      return false;
    },
    end: () => check(!withAttributes),
  };
}

/** Takes a next hop or an attribute of the route above; gives what is wrong with the line, if anything is. */
function readBelow(row: OpenRow, attributes: Attributes, text: string): string | undefined {
  if (!hopLine.test(text)) return readAttribute(attributes, text) ? undefined : 'is no attribute of a route';
  const hop = readHop(text.trim().split(/\s+/));
  if (!hop) return 'has a next hop that is not understood';
  if (!row.hopsFollow) return 'is a next hop of a route that has one';
  row.hops.push(hop);
  return undefined;
}

/** A route whose lines are still coming. */
interface Pending {
  readonly prefix: Prefix;
  readonly tail: RowTail;
  readonly line: number;
  /** The last line below the row so far. */
  last: Step<RouteKind>;
}

/** Reads the lines of a route. Throws ParseError for one below the row that is neither next hop nor attribute. */
function readKind(
  { prefix, tail, line, last }: Pending,
  vrf: string,
  layer: RouteLayer,
  source: string,
): RouteKind {
  const row: OpenRow = { ...tail, prefix, vrf, line, hops: [...tail.hops] };
  const attributes = noAttributes();
  // Lines that came before were read then, so a line that is bad is new and has this reply's number.
  for (const { text, number } of stepsTo(last)) {
    const complaint = readBelow(row, attributes, text);
    if (complaint !== undefined) throw new ParseError(source, `${snippet(text)} ${complaint}`, number);
  }
  const { prefix: _, ...kind } = finishRow(row, attributes, layer, source);
  return kind;
}

/** Most lines remembered at a time. */
const mostRemembered = 20_000;

/** Reads a route listing into `sink`; gives the number of routes. Throws ParseError for a line it cannot place. */
export function routesReader({ source, layer, sink, onOther }: RoutesOptions): ReplyReader<number> {
  const overflow = overflowWatch(source);
  const tails = new Map<string, RowTail>();
  let remembered = 0;
  let vrf = 'default';
  let row: Pending | undefined;
  let count = 0;
  // The lines below a route of another kind are its own.
  let skipping = false;

  const added = () => {
    remembered++;
  };

  function finish(next?: Pending): void {
    skipping = false;
    const pending = row;
    row = next;
    if (!pending) return;
    const { last, tail, prefix } = pending;
    last.value ??= readKind(pending, vrf, layer, source);
    sink({ prefix, ...last.value }, tail.instance);
    count++;
    if (remembered + tails.size < mostRemembered) return;
    tails.clear();
    remembered = 0;
  }

  function readLine(text: string, number: number): string | undefined {
    const isRow = text.charCodeAt(0) !== tab || (text.includes(' [') && rowStart.test(text));
    if (!isRow) {
      if (skipping) return undefined;
      if (!row) return 'stands before any route';
      row.last = stepAfter(row.last, text, number, added);
      return undefined;
    }
    const table = tableLine.exec(text)?.[1];
    if (table !== undefined) {
      finish();
      vrf = defaultTables.includes(table) ? 'default' : table;
      tails.clear();
      return undefined;
    }
    if (onOther && (otherNet.test(text) || (skipping && /^\s+\S.* \[/.test(text)))) {
      finish();
      skipping = true;
      onOther(number);
      return undefined;
    }
    const next = readRow(text, row?.prefix, tails);
    if (typeof next !== 'string') {
      finish({ ...next, line: number, last: next.tail.below });
      return undefined;
    }
    if (text.trim() === '' || countLine.test(text)) return undefined;
    // What is wrong with the route before comes first.
    finish();
    return next;
  }

  return {
    line(line) {
      const { number } = line;
      const text = line.code === undefined ? retabbed(line.text) : line.text;
      if (overflow.line(line)) return;
      const complaint = readLine(text, number);
      if (complaint !== undefined) throw new ParseError(source, `${snippet(text)} ${complaint}`, number);
    },
    end() {
      overflow.end();
      finish();
      return count;
    },
  };
}
