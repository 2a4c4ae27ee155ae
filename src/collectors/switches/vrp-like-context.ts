// What H3C Comware and Huawei VRP have in common around their tables: what a command's words say that the answer leaves
// out, lines that belong to no answer (syslog, pager remnants), and pairs of `key : value` in two columns. Follows the H3C
// "Layer 3 - IP Routing Command Reference" and the Huawei "BGP Commands" and "IP Routing Table Commands" references.
import { canonicalAddress, formatAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import type { Afi } from '../../model/session.ts';
import type { Line, Part } from './cli-capture.ts';
import { classfulLength } from './cli-text.ts';

export interface Context {
  readonly command: string;
  /** Named in the command; `default` otherwise. */
  readonly vrf: string;
  /** Named in the command; `other` for a family that is neither IPv4 nor IPv6 unicast. */
  readonly family: Afi | 'other' | undefined;
  /** For routes got from or sent to one peer. */
  readonly adjacent: { readonly layer: RouteLayer; readonly peer: string | undefined } | undefined;
}

/** Reads the words of a command, whole or cut short as the CLI allows. */
export function contextOf(command: string): Context {
  const words = command.toLowerCase();
  const vrf = /\bvpn-inst\w* (\S+)/i.exec(command)?.[1];
  const adjacent = /\bpeer (\S+) (rec|adv)\w*/.exec(words);
  const isOther = /\b(l2vpn|evpn|vpnv4|vpnv6|mvpn|mdt|flow\w*|link-state|vpls|rtfilter)\b/.test(words);
  // `display bgp vpnv4 vpn-instance X …` is VRP's way to ask for the unicast routes of a VPN instance.
  const other = isOther && (vrf === undefined || vrf === 'all');
  const family = /\b(ipv6|vpnv6)\b/.test(words)
    ? 'ipv6'
    : /\b(ipv4|vpnv4)\b/.test(words)
      ? 'ipv4'
      : undefined;
  return {
    command,
    vrf: vrf === undefined || vrf === 'all' || vrf === '_public_' ? 'default' : vrf,
    family: other ? 'other' : family,
    adjacent: adjacent
      ? {
          layer: adjacent[2] === 'rec' ? 'received' : 'exported',
          peer: canonicalAddress(adjacent[1] ?? ''),
        }
      : undefined,
  };
}

/** Rows of one table, and what the table says of itself. */
export interface Found {
  readonly sessions: Parsed['sessions'][number][];
  readonly routes: { readonly layer: RouteLayer; readonly peer?: string; readonly row: RouteRow }[];
  readonly notes: string[];
  /** Counts that do not fit: rows are missing. */
  readonly missing: { readonly message: string; readonly line: number }[];
}

export function nothingFound(): Found {
  return { sessions: [], routes: [], notes: [], missing: [] };
}

/** One list of rows for each layer, VRF and peer. */
export function routesOf(found: Found): ParsedRoutes[] {
  const tables = new Map<string, { layer: RouteLayer; vrf: string; peer?: string; rows: RouteRow[] }>();
  for (const { layer, peer, row } of found.routes) {
    const key = `${layer} ${row.vrf} ${peer ?? ''}`;
    const table = tables.get(key) ?? { layer, vrf: row.vrf, ...(peer !== undefined && { peer }), rows: [] };
    tables.set(key, table);
    table.rows.push(row);
  }
  return [...tables.values()].map((table) => ({ ...table, allNextHops: true }));
}

/** The device's name for a VPN instance; the public one is `default`. */
export function vrfName(text: string): string {
  return /^(_?public_?|public instance|default-vrf)$/i.test(text.trim()) ? 'default' : text.trim();
}

const longest = 4000;

/** No table has such lines, and patterns take too long on them. Throws ParseError. */
export function refuseLongLines(command: string, output: string): void {
  const at = /[^\n]{4001}/.exec(output)?.index;
  if (at === undefined) return;
  const line = output.slice(0, at).split('\n').length;
  throw new ParseError(command, `a line of more than ${longest} characters is no part of an answer`, line);
}

const syslog =
  /^\s*(?:%@?\d*[A-Z][a-z]{2}\s+\d+ \d\d:\d\d|[A-Z][a-z]{2}\s+\d+ \d{4} \d\d:\d\d:\d\d.* %%\d\d\w+\/\d)/;

/** The lines that can be part of an answer: not those that the system's log threw in. Throws where a count was cut off. */
export function linesOf(part: Part): Line[] {
  const lines = part.lines.filter(({ text }) => !syslog.test(text));
  const cut = lines.find(({ text }) => /^\s*Total number of (?:peers|routes)\s*:$/i.test(text));
  if (cut)
    throw new ParseError(part.command, 'a total without its number: the capture ends inside it', cut.number);
  return lines;
}

/** Shows wiping codes whose escape character was lost in pasting: the columns behind them stay where they were. */
export function withoutWipes(output: string): string {
  return output.replace(/(?:\x1b)?\[\d{1,3}D {1,200}(?:\x1b)?\[\d{1,3}D/g, '');
}

const pair =
  /([A-Za-z][A-Za-z0-9 /.'-]*?) *: ?(.*?)(?=(?:\s{2,}|\s(?=Pref|Prot|LocPrf|Cost))[A-Za-z][A-Za-z0-9 /.'-]*? *:(?:\s|$)|$)/g;

/** The pairs of a line such as `NextHop: 10.0.0.1      Neighbour: 0.0.0.0`, keys without blanks in lower case. */
export function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [, key = '', value = ''] of text.trim().matchAll(pair)) {
    pairs.set(key.replace(/\s+/g, '').toLowerCase(), value.trim());
  }
  return pairs;
}

/** Seen in a table: a prefix, or a classful network without its mask; undefined for anything else. */
export function networkOf(text: string): Prefix | undefined {
  const length = classfulLength(text);
  const prefix = tryParsePrefix(length === undefined ? text : `${text}/${length}`);
  // Bits behind a classful mask: not a classful network, and nothing says what else.
  return prefix && (length === undefined || formatAddress(prefix) === text) ? prefix : undefined;
}

/** Routing protocols as the tables spell them. */
export function protocolOf(text: string): RouteProtocol {
  const word = text.toLowerCase();
  if (word.startsWith('direct')) return 'connected';
  if (word.startsWith('static')) return 'static';
  if (word.includes('bgp')) return 'bgp';
  if (/^(o_|ospf)/.test(word)) return 'ospf';
  if (/^is/.test(word)) return 'isis';
  return word.startsWith('rip') ? 'rip' : 'other';
}

/** AS path as plain numbers, without the origin that stands glued to its end. */
export function asPathOf(text: string): string {
  const path = text
    .replace(/\s*[ie?]$/, '')
    .replace(/^(?:nil|\(null\))$/i, '')
    .trim();
  return plainAsns(path);
}

/** A complaint of the device's command line, which is no answer at all. */
export function complaintIn(lines: readonly Line[]): Line | undefined {
  return lines.find(({ text }) =>
    /^\s*(?:%|error:|warning:|info:|\^\s*$)|unrecognized command|incomplete command|wrong parameter|permission denied|is not (?:enabled|running|configured)|(?:does|do) not exist|too many parameters/i.test(
      text,
    ),
  );
}

/** Throws what the device complained of, or that nothing in the text is known. */
export function refuse(command: string, lines: readonly Line[]): never {
  const complaint = complaintIn(lines);
  const first = complaint ?? lines.find(({ text }) => text.trim() !== '');
  if (!first) throw new ParseError(command, 'the answer is empty');
  const what = complaint ? 'the device says' : 'not an answer this driver knows';
  // The line that holds only the mark below the word is no help.
  const shown = complaint && /^\s*\^\s*$/.test(first.text) ? lines[lines.indexOf(first) + 1] : first;
  throw new ParseError(
    command,
    `${what}: ${JSON.stringify((shown ?? first).text.trim().slice(0, 80))}`,
    first.number,
  );
}
