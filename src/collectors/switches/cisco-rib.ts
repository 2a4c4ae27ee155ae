// The routing table with a code in front of each route: `show ip route`, `show ipv6 route` of IOS and EOS, `show route` of
// IOS-XR. Further next hops follow indented. IOS prints a subnet's mask once, on a line of its own (`10.0.0.0/24 is
// subnetted`), and leaves it out of the routes below; the codes are those of the legend above the table.
import { ParseError, snippet } from '../../model/parse-error.ts';
import { contains, type Prefix, prefixOf, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { type Missing, missingRoutes } from './cisco-counts.ts';
import { type FoundHop, hopOf, isHop, takenHops } from './cisco-hops.ts';
import { networkOf } from './cisco-paths.ts';
import { ribRow, type Segment } from './cisco-segments.ts';
import type { Line } from './cisco-text.ts';
import { classfulLength } from './cli-text.ts';

/** The protocol behind a code: its first letters decide, `S*`, `O E2`, `i L1`, `B I`. */
export function protocolOfCode(code: string): RouteProtocol {
  if (/^A B/.test(code)) return 'aggregate';
  if (/^LC?(?![a-z\d])/.test(code)) return 'local';
  if (/^B/.test(code)) return 'bgp';
  if (/^(?:S|SI)(?![a-z\d])/.test(code)) return 'static';
  if (/^C(?![a-z\d])/.test(code)) return 'connected';
  if (/^O(?:[IEN3]|[ *]|$)/.test(code) && !/^O\d?[a-z]/.test(code)) return 'ospf';
  if (/^(?:i|I[12SA]|I L)/.test(code)) return 'isis';
  if (/^R(?![A-Za-z\d])/.test(code)) return 'rip';
  return code === 'K' ? 'kernel' : 'other';
}

/** The protocol behind a name such as `bgp 65001`, `ospf-1`, `connected`, `direct`. */
export function protocolNamed(name: string): RouteProtocol {
  const word = /^[a-z]+/i.exec(name.trim())?.[0].toLowerCase() ?? '';
  if (word === 'direct') return 'connected';
  if (word.startsWith('ospf')) return 'ospf';
  const known = ['bgp', 'static', 'connected', 'local', 'isis', 'rip'] as const;
  return known.find((protocol) => protocol === word) ?? 'other';
}

interface Route {
  readonly prefix: Prefix;
  readonly protocol: RouteProtocol;
  readonly hops: FoundHop[];
  readonly line: number;
  /** What waits for the end of a next hop in the next line: IOS-XR breaks behind `is directly connected,`. */
  open: string;
}

/** A mask announced for the networks below it. */
interface Subnetted {
  readonly network: Prefix;
  readonly length: number;
}

function prefixIn(text: string, subnetted: Subnetted | undefined): Prefix | undefined {
  const prefix = tryParsePrefix(text);
  if (prefix || text.includes('/')) return prefix;
  const masked = subnetted && tryParsePrefix(`${text}/${subnetted.length}`);
  return masked && contains(subnetted.network, masked) ? masked : networkOf(text);
}

const legend =
  /^\s*Codes: |^\s*[A-Za-z0-9*+%&~()>!][A-Za-z0-9*+%&~()>! ]{0,5}? +- |^\s*[A-Za-z0-9*+%&~()>!]{1,5}\s+- /;
const aside =
  /^\s*(?:Gateway of last resort|WARNING: |kernel, and they|! |Last updated|Source (?:VRF|Protocol)|Displaying|Total (?:number of )?routes|\d+ (?:routes|entries)|-+$|% Warning)/i;

function subnettedOf(text: string): Subnetted | undefined | 'variably' {
  const match = /^\s*(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))? is (variably )?subnetted/.exec(text);
  if (!match) return undefined;
  const [, network = '', length, variably] = match;
  const whole = tryParsePrefix(`${network}/${classfulLength(network) ?? 32}`);
  return variably || !whole || length === undefined
    ? 'variably'
    : { network: prefixOf(whole, whole.length), length: Number(length) };
}

/** Adds a next hop, or keeps its first half. */
function addHop(route: Route, text: string): boolean {
  const whole = `${route.open} ${text}`.trim();
  const hop = hopOf(whole);
  route.open = '';
  // IOS-XR: `is directly connected,` goes on in the next line.
  if (/,$/.test(whole)) route.open = whole;
  else if (hop) route.hops.push(hop);
  return hop !== undefined || route.open !== '';
}

/** Starts a route from its first line; undefined when the line starts none. Throws ParseError. */
function routeOf(
  source: string,
  { text, number }: Line,
  subnetted: Subnetted | undefined,
): Route | undefined {
  const row = ribRow.exec(text);
  if (!row) return undefined;
  const fail = (reason: string) => new ParseError(source, `${reason}: ${snippet(text.trim())}`, number);
  const [, code = '', network = '', rest = ''] = row;
  const prefix = prefixIn(network, subnetted);
  if (!prefix) throw fail('not a prefix');
  const route: Route = { prefix, protocol: protocolOfCode(code), hops: [], line: number, open: '' };
  const hop = rest.trim().replace(/^,\s*/, '');
  const bare = hop.replace(/^\[\d+\/\d+\]/, '').replace(/^,? tag \d+/, '');
  if (bare !== '' && !addHop(route, hop)) throw fail('not a next hop');
  return route;
}

/** Rows of one routing table. Throws ParseError when a line cannot be read or a route is cut off. */
export function ribOf(segment: Segment): { rows: RouteRow[]; notes: string[]; missing: Missing[] } {
  const { context, lines } = segment;
  const routes: Route[] = [];
  let subnetted: Subnetted | undefined;
  for (const line of lines) {
    const { text, number } = line;
    const last = routes.at(-1);
    const mask = subnettedOf(text);
    if (mask) subnetted = mask === 'variably' ? undefined : mask;
    const route = mask ? undefined : routeOf(context.command, line, subnetted);
    if (route) routes.push(route);
    if (text === '' || mask || route) continue;
    const more = last && (isHop(text) || last.open !== '') && addHop(last, text);
    if (!more && !aside.test(text) && !legend.test(text) && (last || /\bvia\b/.test(text))) {
      throw new ParseError(context.command, `not a line of a routing table: ${snippet(text.trim())}`, number);
    }
  }
  const bad = routes.find(({ hops, open }) => hops.length === 0 || open !== '');
  if (bad) {
    throw new ParseError(context.command, 'a route without a next hop: the answer may be cut off', bad.line);
  }
  return {
    rows: routes.map(({ prefix, protocol, hops }) => ({
      prefix,
      nextHops: takenHops(hops),
      protocol,
      best: true,
      vrf: context.vrf,
      ...(hops.every(({ discard }) => discard) && { discard: true }),
    })),
    notes: [],
    missing: missingRoutes(
      segment,
      routes.map(({ prefix }) => prefix),
    ),
  };
}
