// `show route` of a demo node: the options that an exporter or a person types, in any order, as BIRD 1.6's grammar takes
// them (nest/config.Y): all, primary, count, for, a prefix, table master, protocol, export, noexport, and `where` with
// `net ~ …` and `source = …` joined by &&. Anything else is a syntax error, code 9001, as from BIRD.
import { parseAddress } from '../model/address.ts';
import { contains, type Prefix, parsePrefix, prefixOf, samePrefix, tryParsePrefix } from '../model/prefix.ts';
import { type BirdRow, type BirdView, exportTable, masterTable } from './bird-table.ts';
import { type BirdLine, endOfList, replyText, routeLines } from './bird-text.ts';

type Condition = (row: BirdRow) => boolean;

interface RouteQuery {
  all: boolean;
  primary: boolean;
  count: boolean;
  exact?: Prefix;
  /** Longest match of an address or prefix. */
  lookup?: Prefix;
  protocol?: string;
  export?: string;
  noexport?: string;
  readonly where: Condition[];
}

/** The error line that ends a reply instead of rows. */
class BirdError extends Error {
  readonly line: BirdLine;

  constructor(code: number, text: string) {
    super(text);
    this.line = { code, text };
  }
}

const syntaxError = () => new BirdError(9001, 'syntax error');

const sources: Readonly<Record<string, BirdRow['type']>> = {
  RTS_BGP: 'BGP',
  RTS_STATIC: 'static',
  RTS_DEVICE: 'device',
  RTS_INHERIT: 'inherit',
};

/** One element of a prefix set: `p`, `p+`, `p-`, `p{low,high}`. */
function prefixPattern(text: string): (net: Prefix) => boolean {
  const match = /^([\d.]+\/\d+)(?:([+-])|\{(\d+),(\d+)\})?$/.exec(text.replaceAll(/\s/g, ''));
  const prefix = match?.[1] === undefined ? undefined : tryParsePrefix(match[1]);
  if (!match || !prefix) throw syntaxError();
  const [, , sign, low, high] = match;
  if (sign === '+') return (net) => contains(prefix, net);
  if (sign === '-') return (net) => contains(net, prefix);
  if (low === undefined || high === undefined) return (net) => samePrefix(prefix, net);
  return (net) =>
    net.length >= Number(low) &&
    net.length <= Number(high) &&
    contains(prefixOf(prefix, Math.min(prefix.length, net.length)), net);
}

function netCondition(text: string): Condition {
  if (!text.startsWith('[')) {
    const range = tryParsePrefix(text);
    if (!range) throw syntaxError();
    return (row) => contains(range, parsePrefix(row.prefix));
  }
  const inside = text.slice(1, -1);
  // Commas inside braces belong to a length range, not to the list.
  const patterns = inside.split(/,(?![^{]*\})/).map(prefixPattern);
  return (row) => patterns.some((matches) => matches(parsePrefix(row.prefix)));
}

function parseWhere(next: () => string, peek: () => string | undefined): Condition[] {
  const conditions: Condition[] = [];
  for (;;) {
    const [subject, operator, object] = [next(), next(), next()];
    const source = sources[object];
    if (subject === 'net' && operator === '~') conditions.push(netCondition(object));
    else if (subject === 'source' && operator === '=' && source)
      conditions.push((row) => row.type === source);
    else throw syntaxError();
    if (peek() !== '&&') return conditions;
    next();
  }
}

// A symbol may stand in single quotes (conf/cf-lex.l).
const unquoted = (name: string) => /^'([\w.:-]+)'$/.exec(name)?.[1] ?? name;

function parseQuery(words: string): RouteQuery {
  const tokens = words.replaceAll(/(~|&&|=)/g, ' $1 ').match(/\[[^\]]*\]|[^\s[]+/g) ?? [];
  let i = 0;
  const next = () => {
    const token = tokens[i++];
    if (token === undefined) throw syntaxError();
    return token;
  };
  const query: RouteQuery = { all: false, primary: false, count: false, where: [] };
  while (i < tokens.length) {
    const token = next();
    if (token === 'all' || token === 'primary' || token === 'count') query[token] = true;
    else if (token === 'export' || token === 'noexport' || token === 'protocol')
      query[token] = unquoted(next());
    else if (token === 'where') query.where.push(...parseWhere(next, () => tokens[i]));
    else if (token === 'for') query.lookup = prefixOrHost(next());
    else if (token === 'table' && next() === 'master') continue;
    else query.exact = exactPrefix(token);
  }
  return query;
}

function exactPrefix(text: string): Prefix {
  const prefix = tryParsePrefix(text);
  if (!prefix) throw syntaxError();
  return prefix;
}

function prefixOrHost(text: string): Prefix {
  const address = parseAddress(text);
  return address ? prefixOf(address, 32) : exactPrefix(text);
}

function longestMatch(rows: readonly BirdRow[], wanted: Prefix): BirdRow[] {
  const covering = rows.filter((row) => contains(parsePrefix(row.prefix), wanted));
  const longest = Math.max(...covering.map((row) => parsePrefix(row.prefix).length));
  return covering.filter((row) => parsePrefix(row.prefix).length === longest);
}

function exportRows(view: BirdView, name: string): BirdRow[] {
  const end = view.state.sessions.find((session) => session.name === name);
  if (!end) throw new BirdError(9001, `${name} is not a protocol`);
  const rows = exportTable(view, end.peerAddress);
  if (!rows) throw new BirdError(8005, 'Protocol is down');
  return rows;
}

function protocolRows(view: BirdView, rows: readonly BirdRow[], name: string): BirdRow[] {
  const known = ['static1', 'kernel1', 'device1', 'direct1', ...view.state.sessions.map((s) => s.name)];
  if (!known.includes(name)) throw new BirdError(9001, `${name} is not a protocol`);
  return rows.filter((row) => row.protocol === name);
}

function select(view: BirdView, query: RouteQuery): BirdRow[] {
  let rows = masterTable(view);
  const { exact, lookup } = query;
  if (query.export) rows = exportRows(view, query.export);
  if (query.noexport) {
    const out = new Set(exportRows(view, query.noexport).map((row) => row.prefix));
    rows = rows.filter((row) => row.primary && !out.has(row.prefix));
  }
  if (query.protocol) rows = protocolRows(view, rows, query.protocol);
  if (exact) rows = rows.filter((row) => samePrefix(parsePrefix(row.prefix), exact));
  if (lookup) rows = longestMatch(rows, lookup);
  if ((exact || lookup) && rows.length === 0) throw new BirdError(8001, 'Network not in table');
  if (query.primary) rows = rows.filter((row) => row.primary);
  return rows.filter((row) => query.where.every((holds) => holds(row)));
}

/** The reply to `show route <words>`. */
export function showRoute(view: BirdView, words: string): string {
  try {
    const query = parseQuery(words);
    const rows = select(view, query);
    if (query.count) {
      const [total, nets] = [masterTable(view).length, new Set(rows.map((row) => row.prefix)).size];
      const text = `${rows.length} of ${total} routes for ${nets} networks`;
      return replyText([], { code: 14, text });
    }
    const lines = rows.flatMap((row, i) =>
      routeLines(row, rows[i - 1]?.prefix === row.prefix, query.all, view.now),
    );
    return replyText(lines, endOfList);
  } catch (error) {
    if (error instanceof BirdError) return replyText([], error.line);
    throw error;
  }
}
