// `show route detail` and `extensive` of Junos, and the same styles of `receive-protocol` and `advertising-protocol`: a line
// `PREFIX (2 entries, 1 announced)`, then for each path a block of `name: value` lines that starts with the protocol
// (Juniper, CLI reference, "show route extensive"). Next hops count up to the line `State:`; later ones explain these.
import { ParseError } from '../../model/parse-error.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { asPathOf, hopOf, plainAddress, protocolOf } from './junos-names.ts';
import { prefixOrThrow } from './junos-text-routes.ts';

const routeStart = /^\s*([*+@#-]?)\s*(\S+\/\d+) \((\d+) entr(?:y|ies)(?:, (\d+) announced)?\)/;
const pathStart = /^\s*([*+@#-]?)([A-Za-z][\w-]*)\s+Preference: (-?\d+)/;

export const isDetail = (lines: readonly Line[]) => lines.some(({ text }) => routeStart.test(text));

interface Route {
  readonly tag: string;
  readonly prefix: string;
  readonly number: number;
  readonly lines: Line[];
}

function hopsOf(lines: readonly string[]): NextHop[] {
  const end = lines.findIndex((text) => /^\s*(?:State:|Protocol next hop:|Indirect next hops:)/.test(text));
  const hops: NextHop[] = [];
  for (const text of end < 0 ? lines : lines.slice(0, end)) {
    const next =
      /^\s*Next hop: (?:(\S+) )?via ([^\s,]+)/.exec(text) ?? /^\s*Next hop: ([\da-f.:]+)/i.exec(text);
    const local = /^\s*Interface: ([^\s,]+)/.exec(text)?.[1];
    const hop = next ? hopOf(next[1], next[2]) : local === undefined ? undefined : hopOf(undefined, local);
    if (hop) hops.push(hop);
  }
  return hops;
}

const valueIn = (lines: readonly string[], pattern: RegExp) => {
  for (const text of lines) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found.trim();
  }
  return undefined;
};

function attributes(lines: readonly string[]): Partial<RouteRow> {
  const path = asPathOf(valueIn(lines, /^\s*AS path: (.*)$/));
  const localPref = valueIn(lines, /^\s*Localpref: (\d+)/);
  const communities = valueIn(lines, /^\s*Communities: (.+)$/);
  return {
    ...(path !== undefined && { asPath: path }),
    ...(localPref !== undefined && { localPref: Number(localPref) }),
    ...(communities !== undefined && { communities }),
  };
}

function pathRow(
  command: string,
  route: Route,
  vrf: string,
  start: RegExpExecArray,
  lines: readonly string[],
): RouteRow {
  if (!lines.some((text) => /^\s*State: </.test(text))) {
    throw new ParseError(
      command,
      `a path of ${route.prefix} has no state: the capture ends inside it`,
      route.number,
    );
  }
  const type = lines.filter((text) => /^\s*Next hop type:/.test(text)).join(' ');
  const from = plainAddress(valueIn(lines, /^\s*Source: (\S+)/));
  return {
    prefix: prefixOrThrow(command, route.prefix, route.number),
    nextHops: hopsOf(lines),
    protocol: protocolOf(start[2] ?? ''),
    best: /[*+@#]/.test(start[1] ?? ''),
    vrf,
    ...(/\bUnusable\b/.test(type) && { unusable: true }),
    ...(/\b(?:Reject|Discard)\b/.test(type) && { discard: true }),
    ...attributes(lines),
    ...(from !== undefined && { from }),
  };
}

/** A route of `receive-protocol … detail`: one path, `Nexthop: A`. */
function protocolRow(command: string, route: Route, vrf: string): RouteRow[] {
  const texts = route.lines.map(({ text }) => text);
  if (!texts.some((text) => /^\s*AS path:/.test(text))) {
    throw new ParseError(command, `${route.prefix} has no AS path: the capture ends inside it`, route.number);
  }
  const next = hopOf(valueIn(texts, /^\s*Nexthop: (\S+)/), undefined);
  return [
    {
      prefix: prefixOrThrow(command, route.prefix, route.number),
      nextHops: next ? [next] : [],
      protocol: 'bgp',
      best: route.tag !== '' && route.tag !== '-',
      vrf,
      ...attributes(texts),
    },
  ];
}

/** Rows of one table. `ofPeer`: routes received from or sent to one peer. Throws ParseError. */
export function detailRows(
  command: string,
  lines: readonly Line[],
  vrf: string,
  ofPeer: boolean,
): RouteRow[] {
  const routes: Route[] = [];
  for (const line of lines) {
    const start = routeStart.exec(line.text);
    if (start) routes.push({ tag: start[1] ?? '', prefix: start[2] ?? '', number: line.number, lines: [] });
    else routes.at(-1)?.lines.push(line);
  }
  return routes.flatMap((route) => {
    const paths: { start: RegExpExecArray; texts: string[] }[] = [];
    for (const { text } of route.lines) {
      const start = pathStart.exec(text);
      if (start) paths.push({ start, texts: [] });
      else paths.at(-1)?.texts.push(text);
    }
    if (paths.length > 0) return paths.map(({ start, texts }) => pathRow(command, route, vrf, start, texts));
    if (ofPeer || route.lines.some(({ text }) => /^\s*Nexthop: /.test(text)))
      return protocolRow(command, route, vrf);
    throw new ParseError(command, `${route.prefix} has no path: the capture ends behind it`, route.number);
  });
}
