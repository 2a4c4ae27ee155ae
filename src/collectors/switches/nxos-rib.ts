// NX-OS's routing table, `show ip route` and `show ipv6 route`: a prefix with the number of its best next hops, then one line
// a next hop (`*via` is a best one). The announced number tells whether all of them were read. Follows the Cisco Nexus
// 9000 Series NX-OS Unicast Routing Configuration Guide.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { protocolNamed } from './cisco-rib.ts';
import type { Segment } from './cisco-segments.ts';

interface Hop {
  readonly best: boolean;
  readonly protocol: RouteProtocol;
  readonly hop: NextHop;
  readonly discard: boolean;
}

interface Route {
  readonly prefix: Prefix;
  readonly best: number;
  readonly line: number;
  readonly hops: Hop[];
}

const age = /^(?:\d+[\dywdhms:.]*|never)$/;

function hopOf(text: string): Hop | undefined {
  const match = /^\s*(\*{0,2})via ([^,]+)(?:,\s*(.*))?$/.exec(text);
  if (!match) return undefined;
  const [, marks = '', via = '', rest = ''] = match;
  const parts = rest.split(/,\s*/).map((part) => part.trim());
  const behindMetric = parts.findIndex((part) => /^\[\d+\/\d+\]$/.test(part));
  if (behindMetric < 0) return undefined;
  const address = canonicalAddress(via.split('%', 1)[0]?.trim() ?? '');
  const name = address === undefined ? via.trim() : behindMetric > 0 ? parts[0] : undefined;
  const words = parts.slice(behindMetric + 1).filter((part) => part !== '' && !age.test(part));
  return {
    best: marks !== '' && !/\(hidden\)/.test(rest),
    protocol: protocolNamed(words[0] ?? ''),
    hop: { ...(address !== undefined && { address }), ...(name && { interface: name }) },
    discard: address === undefined && /^null/i.test(via.trim()),
  };
}

/** One row for each protocol that knows the prefix: what is not the best is shown as hidden. */
function rowsOfRoute(route: Route, vrf: string): RouteRow[] {
  const keyOf = (hop: Hop) => `${hop.protocol} ${hop.best}`;
  return [...new Set(route.hops.map(keyOf))].flatMap((key) => {
    const hops = route.hops.filter((hop) => keyOf(hop) === key);
    const [first] = hops;
    if (!first) return [];
    const distinct = new Map(hops.map(({ hop }) => [`${hop.address}%${hop.interface}`, hop]));
    return {
      prefix: route.prefix,
      nextHops: [...distinct.values()],
      protocol: first.protocol,
      best: first.best,
      vrf,
      ...(!first.best && { unusable: true }),
      ...(hops.every(({ discard }) => discard) && { discard: true }),
    };
  });
}

/** Rows of one routing table. Throws ParseError when a line cannot be read or next hops are missing. */
export function nexthopsOf(segment: Segment): { rows: RouteRow[]; notes: string[] } {
  const { context, lines } = segment;
  const routes: Route[] = [];
  for (const { text, number } of lines) {
    const fail = (reason: string) =>
      new ParseError(context.command, `${reason}: ${snippet(text.trim())}`, number);
    const head = /^\s*(\S+\/\d+), (?:ubest\/mbest: (\d+)\/\d+|(\d+) ucast next-hops)/.exec(text);
    const route = routes.at(-1);
    if (head) {
      const prefix = tryParsePrefix(head[1] ?? '');
      if (!prefix) throw fail('not a prefix');
      routes.push({ prefix, best: Number(head[2] ?? head[3]), line: number, hops: [] });
    } else if (/^\s*\*{0,2}via /.test(text)) {
      const hop = hopOf(text);
      if (!hop || !route) throw fail('not a next hop');
      route.hops.push(hop);
    }
    // Else: the rest of a wrapped line, or a detail below a next hop.
  }
  const short = routes.find(
    ({ best, hops }) => hops.length === 0 || hops.filter((hop) => hop.best).length < best,
  );
  if (short) {
    const message = `not all ${short.best} next hops were read: cut off?`;
    throw new ParseError(context.command, message, short.line);
  }
  return { rows: routes.flatMap((route) => rowsOfRoute(route, context.vrf)), notes: [] };
}
