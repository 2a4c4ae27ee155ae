// BGP paths from the table that NX-OS, IOS, IOS-XR and EOS print for `show … bgp`, `… neighbors ADDRESS routes`, `received-
// routes` and `advertised-routes`: status marks, prefix (blank for a further path), next hop, numbers, AS path, origin. A
// row ends with its origin code; long addresses push the rest of a row to the next line.
import { canonicalAddress, formatAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import { type Columns, columnsOf, numbersOf } from './cisco-columns.ts';
import { isTotal, type Missing, missingPaths } from './cisco-counts.ts';
import type { Segment } from './cisco-segments.ts';
import type { Line } from './cisco-text.ts';
import { classfulLength } from './cli-text.ts';

/** A prefix as the table prints it: IOS leaves out the length of a classful network (RFC 791). */
export function networkOf(text: string): Prefix | undefined {
  const prefix = tryParsePrefix(text);
  if (prefix || text.includes('/') || text.includes(':')) return prefix;
  const length = classfulLength(text);
  const network = length === undefined ? undefined : tryParsePrefix(`${text}/${length}`);
  // With bits behind that length it is a subnet whose mask is somewhere else: which it is, nobody can tell.
  return network && formatAddress(network) === canonicalAddress(text) ? network : undefined;
}

/** AS path as plain numbers: asdot is written out; sets and confederations stay; the origin code goes. */
export function plainPath(text: string): string {
  const bare = text.replace(/\s+Or-ID:.*$/, '').replace(/\s*[ie?]\s*$/, '');
  return plainAsns(bare).trim();
}

const marks = '[*>=|#&%sdhrRSxmbcaftLEeIVNUiulqgD2 -]';
const address = '(?:\\d+\\.\\d+\\.\\d+\\.\\d+|[\\da-fA-F]*:[\\da-fA-F:.]*:[\\da-fA-F.]*)(?:%\\S+)?';
const rowEnd = /(?:^|[\s\d})])[ie?](?:\s+(?:Or-ID|C-LST|LL Nexthop):.*)?$/;

interface Start {
  readonly status: string;
  readonly rest: string;
  readonly offset: number;
}

/** Splits the status marks off. The type mark may be glued to the prefix: `*>e1.1.1.1/32`, `*>a2001:db8::/32`. */
function startOf(text: string, columns: Columns): Start | undefined {
  const at = (offset: number): Start | undefined => {
    const status = text.slice(0, offset);
    const rest = text.slice(offset);
    return new RegExp(`^${marks}*$`).test(status) && new RegExp(`^${address}(?:/\\d+)?(?:\\s|$)`).test(rest)
      ? { status, rest, offset }
      : undefined;
  };
  const byHeader = at(columns.network) ?? (columns.network === 3 ? undefined : at(3));
  if (byHeader) return byHeader;
  const loose = new RegExp(`^(${marks}*?)(?=(?:${address})(?:/\\d+)?(?:\\s|$))`).exec(text);
  return loose ? at((loose[1] ?? '').length) : undefined;
}

interface Open {
  readonly status: string;
  text: string;
  /** Line and place of what was added last: its numbers stand in the table's columns. */
  last: string;
  line: number;
}

interface Reader {
  readonly segment: Segment;
  readonly columns: Columns;
  readonly rows: RouteRow[];
  readonly notes: string[];
  /** Further paths of a network that is not read, and their number. */
  skipped: number;
  skipping: boolean;
  prefix: Prefix | undefined;
  vrf: string;
  open: Open | undefined;
}

/** The place behind these words, of which the first may stand in an earlier line. */
function behind(text: string, words: readonly string[]): number {
  return words.reduce((from, word) => {
    const at = text.indexOf(word, from);
    return at < 0 ? from : at + word.length;
  }, 0);
}

/** Reads a whole row. Throws ParseError. */
function addRow(reader: Reader, open: Open): void {
  const { segment, columns } = reader;
  const fail = (reason: string) =>
    new ParseError(segment.context.command, `${reason}: ${snippet(open.text.trim())}`, open.line);
  const words = open.text.trim().split(/\s+/);
  const [first = '', second = ''] = words;
  const isHop = (word: string) => word === '-' || canonicalAddress(word.split('%', 1)[0] ?? '') !== undefined;
  const named = first.includes('/') || isHop(second);
  if (named) {
    reader.prefix = networkOf(first);
    if (!reader.prefix) throw fail('not a network');
  }
  const hop = named ? second : first;
  if (!isHop(hop)) throw fail('a path without a next hop');
  if (!reader.prefix) throw fail('a path without a network');
  const place = behind(open.last, named ? [first, hop] : [hop]);
  const numbers = numbersOf(open.last.slice(place), place, columns);
  if (!numbers) throw fail('the columns of this path cannot be told apart');
  const nextHop = canonicalAddress(hop.split('%', 1)[0] ?? '');
  const { status } = open;
  const { peer, layer } = segment.context;
  reader.rows.push({
    prefix: reader.prefix,
    nextHops: nextHop === undefined ? [] : [{ address: nextHop }],
    protocol: 'bgp',
    best: status.includes('>'),
    vrf: reader.vrf,
    ...(status.includes('S') && { stale: true }),
    // RIB-failure (r) and stale (S) stand in the place of the asterisk.
    ...(!/[*rS]/.test(status) && layer !== 'exported' && { unusable: true }),
    ...(numbers.path !== undefined && { asPath: plainPath(numbers.path) }),
    ...(layer === 'received' && peer !== undefined && { from: peer }),
    ...(numbers.localPref !== undefined && { localPref: numbers.localPref }),
  });
}

function distinguisher(reader: Reader, text: string): boolean {
  const match = /^\s*Route Distinguisher: (\S+)(?:\s+\(default for vrf ([^)]+)\))?/.exec(text);
  if (!match) return false;
  const { context } = reader.segment;
  // Without a VRF to it this is the table of what other routers announce, in no VRF of this device.
  reader.vrf =
    match[2] ?? (context.vrfNamed && context.family.kind !== 'vpn' ? context.vrf : `rd ${match[1]}`);
  return true;
}

/** Adds a line to a row: its numbers, or the rest of an AS path that a terminal of 80 columns broke. */
function goOn(open: Open, text: string): void {
  const [first = '', ...words] = open.text.trim().split(/\s+/);
  const isHop = (word: string | undefined) =>
    word === '-' || canonicalAddress((word ?? '').split('%', 1)[0] ?? '') !== undefined;
  const behindHop = first.includes('/') || isHop(words[0]) ? words.slice(1) : words;
  if (behindHop.some((word) => /^\d+$/.test(word))) {
    // A full line may end inside a number.
    const glue = open.last.length === 80 && !text.startsWith(' ') ? '' : ' ';
    open.text += `${glue}${text.trim()}`;
    open.last += `${glue}${text.trim()}`;
    return;
  }
  open.text += ` ${text.trim()}`;
  open.last = text;
}

function readLine(reader: Reader, line: Line): void {
  const { columns, segment } = reader;
  const { text } = line;
  const start = startOf(text, columns);
  const cut = (open: Open) =>
    new ParseError(segment.context.command, `a path is not whole: ${snippet(open.text.trim())}`, open.line);
  const blank = /^\s{8,}/.test(text);
  if (reader.open && (!start || (blank && start.status.trim() === ''))) goOn(reader.open, text);
  else if (reader.open) throw cut(reader.open);
  else if (start) {
    reader.open = { status: start.status, text: start.rest, last: text, line: line.number };
    reader.skipping = false;
  } else if (/^[*>siSrxmd ]*\s*(?:[a-z] ?)?\[\d\]/.test(text) || reader.skipping) {
    // EVPN and other families print `[type]:[…]`; their paths are not read.
    reader.skipping = true;
    if (rowEnd.test(text)) reader.skipped++;
    return;
  } else {
    throw new ParseError(segment.context.command, `not a row of a BGP table: ${snippet(text)}`, line.number);
  }
  if (rowEnd.test(reader.open.text)) {
    addRow(reader, reader.open);
    reader.open = undefined;
  }
}

/** Rows of one table. Throws ParseError when a line cannot be read or rows are missing. */
export function pathsOf(segment: Segment): { rows: RouteRow[]; notes: string[]; missing: Missing[] } {
  const { context, header, lines } = segment;
  const reader: Reader = {
    segment,
    columns: columnsOf(header.text),
    rows: [],
    notes: [],
    skipped: 0,
    skipping: false,
    prefix: undefined,
    vrf: context.vrf,
    open: undefined,
  };
  if (context.family.kind === 'other') {
    const left = lines.filter(({ text }) => rowEnd.test(text)).length;
    return {
      rows: [],
      notes: [`${context.family.name}: ${left} lines left out, only IPv4 and IPv6 unicast are read`],
      missing: [],
    };
  }
  for (const line of lines) {
    const { text } = line;
    if (isTotal(text)) break;
    if (text === '' || distinguisher(reader, text)) continue;
    if (
      /^\s*(?:VRF Router ID|Route Distinguisher Version|AF-Private Import |(?:Im|Ex)port Map: |AS Path Attributes|Origin codes|Advertised to|Path-id|%)/.test(
        text,
      )
    )
      continue;
    readLine(reader, line);
  }
  if (reader.open) {
    throw new ParseError(
      context.command,
      `the answer ends in the middle of a path: ${snippet(reader.open.text)}`,
      reader.open.line,
    );
  }
  if (reader.skipped > 0) reader.notes.push(`${reader.skipped} paths of other families were left out`);
  if (reader.columns.ends.length === 0 && reader.rows.length > 0)
    reader.notes.push(
      'the columns were squeezed together: AS paths and local preferences cannot be told apart',
    );
  if (context.totalled && !lines.some(({ text }) => isTotal(text)))
    reader.notes.push('no count of paths at the end: the answer may be cut off');
  const { rows, notes, skipped } = reader;
  return { rows, notes, missing: missingPaths(segment, rows.length + skipped) };
}
