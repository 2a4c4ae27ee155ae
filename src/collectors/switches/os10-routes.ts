// Routes in Dell OS10's text, and OS9's: `show ip bgp`, `show ip bgp A.B.C.D/M`, `show ip route` and their IPv6 forms (Dell,
// "SmartFabric OS10 User Guide"). Values of the BGP table are told apart by their place under the header: any may be
// missing.
import { canonicalAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import type { ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import type { Line } from './cli-capture.ts';
import { classfulLength } from './cli-text.ts';
import { vrfInCommand } from './os10-bgp.ts';

const bgpHead = /^\s*Network\s+Next Hop\s+Metric\s+LocPrf\s+Weight\s+Path\b/;
const ribHead = /^\s*Destination\s+Gateway\s+Dist\/Metric\b/;
const entryHead = /^\s*BGP routing table entry for (\S+)/;
const legend = /^\s*(?:BGP |Status codes:|Path source:|Origin codes:|Codes:|r - |Total |Gateway of last)/i;

const has = (lines: readonly Line[], pattern: RegExp) => lines.some(({ text }) => pattern.test(text));

export const isBgpTable = (lines: readonly Line[]) => has(lines, bgpHead);
export const isBgpEntry = (lines: readonly Line[]) => has(lines, entryHead);
export const isRib = (lines: readonly Line[]) => has(lines, ribHead);

function prefixOf(text: string): Prefix | undefined {
  const length = text.includes('/') ? undefined : classfulLength(text);
  return tryParsePrefix(length === undefined ? text : `${text}/${length}`);
}

/** What an own route shows in place of a next hop. */
const isUnspecified = (address: string) => address === '0.0.0.0' || address === '::';

function layerOf(command: string): { layer: RouteLayer; peer?: string } {
  const [, address, words] = /\bneighbors? (\S+) (advertised|received|denied)-routes/.exec(command) ?? [];
  const peer = canonicalAddress(address ?? '');
  const layer = words === 'advertised' ? 'exported' : words === undefined ? 'bgp' : 'received';
  return { layer, ...(layer !== 'bgp' && peer !== undefined && { peer }) };
}

const bgpRow =
  /^\s*([*>srdhSIacie=#]{0,6}?)\s*(?=[\d:a-f]*[\d:])([0-9a-fA-F.:]+(?:\/\d+)?)\s+([0-9a-fA-F.:]+)(.*)$/;

/** A further path of the network above: marks, a gap where the network would stand, next hop. */
const furtherPath = /^\s*([*>srdhSIacie=#]{1,6})() {8,}([0-9a-fA-F.:]*[.:][0-9a-fA-F.:]+)(\s.*)$/;

/** `show ip bgp` and its like. Throws ParseError when a row cannot be read. */
export function bgpTable(command: string, lines: readonly Line[]): ParsedRoutes {
  const rows: RouteRow[] = [];
  const vrf = vrfInCommand(command);
  let places: { name: string; at: number }[] | undefined;
  for (const { text, number } of lines) {
    if (bgpHead.test(text)) {
      places = ['Metric', 'LocPrf', 'Weight', 'Path'].map((name) => ({ name, at: text.indexOf(name) }));
      continue;
    }
    if (!places || text.trim() === '' || legend.test(text)) continue;
    const match = furtherPath.exec(text) ?? bgpRow.exec(text);
    const [, flags = '', network = '', hop = '', rest = ''] = match ?? [];
    const prefix: Prefix | undefined = network === '' ? rows.at(-1)?.prefix : prefixOf(network);
    const address = canonicalAddress(hop);
    if (!match || !prefix || address === undefined || !/[ie?]\s*$/.test(rest)) {
      throw new ParseError(command, `not a row of the BGP table: ${snippet(text.trim())}`, number);
    }
    const values = valuesOf(rest, text.length - rest.length, places);
    const path = (values.get('Path') ?? '').replace(/\s*[ie?]$/, '').trim();
    const localPref = values.get('LocPrf');
    rows.push({
      prefix,
      nextHops: isUnspecified(address) ? [] : [{ address }],
      protocol: 'bgp',
      best: flags.includes('>'),
      vrf,
      ...(/S/.test(flags) && { stale: true }),
      ...(!flags.includes('*') && layerOf(command).layer === 'bgp' && { unusable: true }),
      ...(path !== '' && { asPath: plainAsns(path) }),
      ...(localPref !== undefined && /^\d+$/.test(localPref) && { localPref: Number(localPref) }),
    });
  }
  return { ...layerOf(command), vrf, rows, allNextHops: true };
}

/** Words behind the next hop, each under its column; the path takes all that follows. */
function valuesOf(
  rest: string,
  offset: number,
  places: readonly { name: string; at: number }[],
): Map<string, string> {
  const values = new Map<string, string>();
  for (const { 0: word, index } of rest.matchAll(/\S+/g)) {
    const at = offset + index;
    const place = places.findLast((candidate) => candidate.at <= at + 1)?.name ?? 'Metric';
    const isPath = values.has('Path') || place === 'Path' || (place === 'Weight' && values.has('Weight'));
    const name = isPath ? 'Path' : place;
    values.set(name, values.has(name) ? `${values.get(name)} ${word}` : word);
  }
  return values;
}

/** `show ip bgp A.B.C.D/M`: paths below `Received from :`. Throws ParseError when their number does not fit. */
export function bgpEntry(command: string, lines: readonly Line[]): ParsedRoutes {
  const rows: RouteRow[] = [];
  let prefix: Prefix | undefined;
  let said = 0;
  const vrf = vrfInCommand(command);
  for (const { text, number } of lines) {
    const network = entryHead.exec(text)?.[1];
    if (network !== undefined) prefix = prefixOf(network);
    said += Number(/^\s*Paths: \((\d+) available/.exec(text)?.[1] ?? 0);
    const source = /^\s*([0-9a-fA-F.:]+)\s?\(([0-9a-fA-F.:]+)\)(.*)$/.exec(text);
    const from = canonicalAddress(source?.[1] ?? '');
    if (source && from !== undefined) {
      if (!prefix) throw new ParseError(command, 'a path without a network', number);
      rows.push({
        prefix,
        nextHops: [],
        protocol: 'bgp',
        best: /\bBest\b/i.test(source[3] ?? ''),
        vrf,
        from,
      });
    }
    const last = rows.at(-1);
    if (!last) continue;
    const path = /^\s*AS_?PATH\s*:\s*([\d.\s(){}]*)/i.exec(text)?.[1]?.trim();
    const hop = canonicalAddress(/\bNext-?Hop\s*:\s*([^\s,]+)/i.exec(text)?.[1] ?? '');
    rows[rows.length - 1] = {
      ...last,
      ...(path !== undefined && path !== '' && { asPath: plainAsns(path) }),
      ...(hop !== undefined && { nextHops: [{ address: hop }] }),
    };
  }
  if (rows.length !== said) throw new ParseError(command, `${rows.length} paths were read of ${said}`);
  return { layer: 'bgp', vrf, rows, allNextHops: true };
}

const codes: Readonly<Record<string, RouteProtocol>> = {
  B: 'bgp',
  S: 'static',
  C: 'connected',
  L: 'local',
  O: 'ospf',
  R: 'rip',
  I: 'isis',
};

const ribRow =
  /^\s*([*>+]{0,3})\s*([A-Z])\s*([*>+]?)\s*(?:IN|EX|IA|N1|N2|E1|E2|L1|L2|EV)?\s*([*>+]?)\s+([0-9a-fA-F.:]+\/\d+)(?:\s+(.*))?$/;
// OS10 writes `vlan100`, OS9 `Te 0/1`; behind them distance/metric and time.
const port = String.raw`[A-Za-z][A-Za-z-]*\d[\w/.:-]*|[A-Za-z]+ \d+(?:/\d+)*`;
const gateway = new RegExp(
  String.raw`^\s*(?:via ([\da-fA-F.:]+(?:%\S+?)?|${port}),?(?:\s+(${port}))?|Direct(?:-connect)?,?(?:\s+(${port}))?|(Null ?0|Discard|Reject|blackhole))(?:\s+\d+/\d+(?:\s.*)?)?\s*$`,
  'i',
);

function ribRoute(command: string, match: RegExpExecArray, number: number, vrf: string) {
  const prefix = tryParsePrefix(match[5] ?? '');
  if (!prefix) throw new ParseError(command, `${snippet(match[5] ?? '')} is not a prefix`, number);
  // `>` marks a route that is not active.
  const best = !`${match[1]}${match[3]}${match[4]}`.includes('>');
  return { prefix, nextHops: [] as NextHop[], protocol: codes[match[2] ?? ''] ?? 'other', best, vrf };
}

/** `show ip route`. Further next hops follow on lines of their own. Throws ParseError when a line cannot be read. */
export function rib(command: string, lines: readonly Line[]): ParsedRoutes {
  const rows: (RouteRow & { nextHops: NextHop[] })[] = [];
  const vrf = vrfInCommand(command);
  let inRows = false;
  let bare: number | undefined;
  for (const { text, number } of lines) {
    if (ribHead.test(text)) inRows = true;
    if (!inRows || ribHead.test(text) || text.trim() === '' || /^[\s-]+$/.test(text)) continue;
    const match = ribRow.exec(text);
    if (match) {
      if (bare !== undefined) break;
      rows.push(ribRoute(command, match, number, vrf));
      bare = number;
      if (match[6] === undefined) continue;
    }
    const hop = gateway.exec(match?.[6] ?? text);
    const last = rows.at(-1);
    if (!hop || !last)
      throw new ParseError(command, `not a line of the routing table: ${snippet(text.trim())}`, number);
    bare = undefined;
    addHop(rows, last, hop);
  }
  if (bare !== undefined)
    throw new ParseError(command, 'a route without gateway: the capture ends inside it', bare);
  return { layer: 'installed', vrf, rows, allNextHops: true };
}

function addHop(
  rows: (RouteRow & { nextHops: NextHop[] })[],
  last: (typeof rows)[number],
  hop: RegExpExecArray,
): void {
  const [, to, via, direct, nowhere] = hop;
  const name = via ?? direct;
  if (nowhere !== undefined || /^null ?0$/i.test(name ?? '')) {
    rows[rows.length - 1] = { ...last, discard: true };
    return;
  }
  const address = canonicalAddress((to ?? '').split('%', 1)[0] ?? '');
  // `via vlan10` alone names the interface.
  const port = name ?? (address === undefined ? to : undefined);
  const next = { ...(address !== undefined && { address }), ...(port !== undefined && { interface: port }) };
  if (next.address !== undefined || next.interface !== undefined) last.nextHops.push(next);
}
