// Reads the BIRD configuration that Calico renders, as far as the conformance cases need it: sessions, blackhole routes, and
// filter functions that can be asked about a route. It shares no code with the program; what it does not know it refuses.
import { BlockList, isIPv6 } from 'node:net';

export interface RenderedSession {
  readonly name: string;
  readonly peerAddress: string;
  readonly port: number | undefined;
  readonly peerAsn: number;
  readonly localAsn: number;
  readonly passive: boolean;
  readonly rrClient: boolean;
  readonly nextHopKeep: boolean;
  readonly nextHopSelf: boolean;
  readonly sourceAddress: string | undefined;
  readonly ttlSecurity: number | undefined;
  readonly allowedLocalAsns: number | undefined;
  readonly passwordSet: boolean;
  /** Statements of the two filters. */
  readonly importBody: string;
  readonly exportBody: string;
}

export interface RenderedRoute {
  readonly net: string;
  readonly bgp: boolean;
  readonly ifname?: string;
}

const withoutComments = (text: string) => text.replace(/#.*$/gm, '');

/** The text between the brace at `open` and its partner. */
function braced(text: string, open: number): string {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return text.slice(open + 1, i);
  }
  throw new Error('no closing brace');
}

function bodyAfter(text: string, head: RegExp): string {
  const match = head.exec(text);
  if (!match) return '';
  return braced(text, text.indexOf('{', match.index));
}

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));

/** Sessions of a rendered bird.cfg or bird6.cfg. */
export function sessionsIn(config: string): RenderedSession[] {
  const text = withoutComments(config);
  const template = bodyAfter(text, /template bgp bgp_template/);
  const nodeAsn = Number(/local as (\d+);/.exec(template)?.[1] ?? Number.NaN);
  return [...text.matchAll(/protocol bgp (\S+) from bgp_template/g)].map((match): RenderedSession => {
    const body = braced(text, text.indexOf('{', match.index));
    const neighbor = /neighbor (\S+)(?: port (\d+))? as (\d+);/.exec(body);
    if (!neighbor) throw new Error(`no neighbor in ${match[1]}`);
    const multihop = /ttl security on;\s*multihop (\d+);/.exec(body);
    return {
      name: match[1] ?? '',
      peerAddress: neighbor[1] ?? '',
      port: number(neighbor[2]),
      peerAsn: Number(neighbor[3]),
      localAsn: number(/local as (\d+);/.exec(body.replace(/allow local as.*;/g, ''))?.[1]) ?? nodeAsn,
      passive: /passive on;/.test(body),
      rrClient: /rr client;/.test(body),
      nextHopKeep: /next hop keep;/.test(body),
      nextHopSelf: /next hop self;/.test(body),
      sourceAddress: /source address (\S+);/.exec(body)?.[1],
      ttlSecurity: number(multihop?.[1]),
      allowedLocalAsns: number(/allow local as (\d+);/.exec(body)?.[1]),
      passwordSet: /password "/.test(body),
      importBody: bodyAfter(body, /import filter/),
      exportBody: bodyAfter(body, /export filter/),
    };
  });
}

/** Destinations of the blackhole routes of a rendered bird_aggr.cfg or bird6_aggr.cfg. */
export function blackholesIn(config: string): string[] {
  return [...withoutComments(config).matchAll(/route (\S+) blackhole;/g)].map(([, net]) => net ?? '').sort();
}

/** Bodies of all functions of the configuration, by name without quotes. */
export function functionsIn(...configs: readonly string[]): Map<string, string> {
  const functions = new Map<string, string>();
  for (const text of configs.map(withoutComments)) {
    for (const match of text.matchAll(/function '?([\w.-]+)'?\s*\(/g)) {
      functions.set(match[1] ?? '', braced(text, text.indexOf('{', match.index)));
    }
  }
  return functions;
}

const lists = new Map<string, BlockList>();

function inside(net: string, cidr: string, least?: number, most?: number): boolean {
  const [address = '', length] = net.split('/');
  const [base = '', width] = cidr.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== isIPv6(base)) return false;
  const list = lists.get(cidr) ?? new BlockList();
  if (!lists.has(cidr)) list.addSubnet(base, Number(width), family);
  lists.set(cidr, list);
  return (
    list.check(address, family) &&
    Number(length) >= (least ?? Number(width)) &&
    Number(length) <= (most ?? 128)
  );
}

const same = (net: string, cidr: string) => inside(net, cidr) && net.split('/')[1] === cidr.split('/')[1];

function glob(pattern: string, name: string): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return name === '';
  const tail = rest.join('');
  if (head === '*') return [...name, ''].some((_, i) => glob(tail, name.slice(i)));
  return name.startsWith(head) && glob(tail, name.slice(1));
}

// One condition without && and outer parentheses. The metric of every route asked about is the usual 1024.
function atom(text: string, route: RenderedRoute, internal: boolean): boolean {
  const net = /^net (!?[~=]|=) (?:(\S+)|\[ (\S+)\{(\d+), ?(\d+)\} \])$/.exec(text);
  if (net) {
    const [, operator, plain, ranged, least, most] = net;
    if (operator === '=' || operator === '!=') return same(route.net, plain ?? '') === (operator === '=');
    return inside(route.net, plain ?? ranged ?? '', number(least), number(most)) === (operator === '~');
  }
  const device = /^ifname ~ "(.*)"$/.exec(text);
  if (device) return route.ifname !== undefined && glob(device[1] ?? '', route.ifname);
  if (text === 'defined(source)') return true;
  if (text === 'defined(ifname)') return route.ifname !== undefined;
  if (text === 'source ~ [ RTS_BGP ]') return route.bgp;
  if (text === 'internal_peer') return internal;
  if (/^krt_metric < 1024$/.test(text)) return false;
  if (/^\([\d, ]+\) ~ bgp_(large_)?community$/.test(text)) return false;
  throw new Error(`unknown condition: ${text}`);
}

// Splits at an operator that stands outside of parentheses and quotes.
function split(text: string, operator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth === 0 && text.startsWith(operator, i)) {
      parts.push(text.slice(start, i));
      start = i + operator.length;
    }
  }
  return [...parts, text.slice(start)];
}

function condition(text: string, route: RenderedRoute, internal: boolean): boolean {
  const trimmed = text.trim();
  const either = split(trimmed, '||');
  if (either.length > 1) return either.some((part) => condition(part, route, internal));
  const both = split(trimmed, '&&');
  if (both.length > 1) return both.every((part) => condition(part, route, internal));
  const wrapped = /^\((.*)\)$/s.exec(trimmed);
  if (wrapped && split(trimmed, ')(').length === 1 && !/^\([\d, ]+\) ~/.test(trimmed)) {
    return condition(wrapped[1] ?? '', route, internal);
  }
  return atom(trimmed, route, internal);
}

type Answer = 'accept' | 'reject' | undefined;

/** Runs statements until one of them accepts or rejects; undefined when none does. */
export function run(
  body: string,
  route: RenderedRoute,
  functions: ReadonlyMap<string, string>,
  internal: boolean,
): Answer {
  let rest = body.trim();
  while (rest !== '') {
    const [answer, after] = /^if\s*\(/.test(rest)
      ? branch(rest, route, functions, internal)
      : statement(rest, route, functions, internal);
    if (answer) return answer;
    rest = after.trim();
  }
  return undefined;
}

type Step = readonly [Answer, string];

function branch(
  text: string,
  route: RenderedRoute,
  functions: ReadonlyMap<string, string>,
  internal: boolean,
): Step {
  const then = text.indexOf(' then');
  const test = text.slice(text.indexOf('('), then);
  const open = /^ then\s*\{/.exec(text.slice(then));
  // `then preference = 200;` and the metric steps change no decision.
  if (!open || /bgp_local_pref|krt_metric\)|source = RTS_BGP/.test(test))
    return [undefined, afterMetricStep(text, then)];
  const brace = then + open[0].length - 1;
  const inner = braced(text, brace);
  const answer = condition(test, route, internal) ? run(inner, route, functions, internal) : undefined;
  return [answer, text.slice(brace + inner.length + 2)];
}

const harmless = /^bgp_\w+\.(add|prepend)\(|^preference = |^krt_metric = |^bgp_local_pref = /;

function statement(
  text: string,
  route: RenderedRoute,
  functions: ReadonlyMap<string, string>,
  internal: boolean,
): Step {
  const end = text.indexOf(';');
  const words = text.slice(0, end).trim();
  const rest = text.slice(end + 1);
  if (words === 'accept' || words === 'reject') return [words, rest];
  const call = /^'?([\w.-]+)'?\((true|false)?\)$/.exec(words);
  if (!call) {
    if (!harmless.test(words)) throw new Error(`unknown statement: ${words}`);
    return [undefined, rest];
  }
  const called = functions.get(call[1] ?? '');
  if (called === undefined) throw new Error(`no function ${call[1]}`);
  return [run(called, route, functions, call[2] === undefined ? internal : call[2] === 'true'), rest];
}

function afterMetricStep(text: string, then: number): string {
  const open = /^ then\s*\{/.exec(text.slice(then));
  if (!open) return text.slice(text.indexOf(';', then) + 1);
  const brace = then + open[0].length - 1;
  const rest = text.slice(brace + braced(text, brace).length + 2);
  const other = /^\s*else\s*\{/.exec(rest);
  if (!other) return rest;
  const second = other[0].length - 1;
  return rest.slice(second + braced(rest, second).length + 2);
}
