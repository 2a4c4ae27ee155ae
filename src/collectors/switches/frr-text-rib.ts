// FRR's text form of the routing table, `show ip route` and `show ipv6 route` (zebra/zebra_vty.c, vty_show_ip_route), for
// pasted captures. A route starts with its code and flags; further next hops follow indented, starting with `via`,
// `is directly connected` or `unreachable`.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { effectiveHops } from './frr-rib.ts';

const codes: Readonly<Record<string, RouteProtocol>> = {
  B: 'bgp',
  S: 'static',
  C: 'connected',
  L: 'local',
  K: 'kernel',
  O: 'ospf',
  I: 'isis',
  R: 'rip',
};

const start = /^([A-Za-z])([>* qrbto]{0,4})\s*([0-9a-fA-F.:]+\/\d+) (?:\[[\d/]+\] )?(.*)$/;
const more = /^ +([*qrbto]*) +((?:via|is directly connected|unreachable|blackhole)\b.*)$/;

interface TextHop {
  readonly fib: boolean;
  readonly active: boolean;
  readonly hop: NextHop;
  readonly discard: boolean;
}

interface Route {
  readonly prefix: Prefix;
  readonly code: string;
  readonly flags: string;
  readonly vrf: string;
  readonly hops: TextHop[];
}

function hopOf(text: string, fib: boolean): TextHop {
  const via = /^via ([^ ,]+)(?:, ([^ ,]+))?/.exec(text);
  const connected = /^is directly connected, ([^ ,]+)/.exec(text);
  const address = canonicalAddress(via?.[1] ?? '');
  // `via eth0` without an address, or `via 10.0.0.1, eth0, weight 1`: words that are no interface follow the weight.
  const name = connected?.[1] ?? (via && address === undefined ? via[1] : via?.[2]);
  const hop = {
    ...(address !== undefined && { address }),
    ...(name !== undefined && !/^(weight|label|src|\d)/.test(name) && { interface: name }),
  };
  const discard = /^(unreachable|blackhole)/.test(text);
  return { fib, active: !/\binactive\b/.test(text), hop, discard };
}

function rowOf(route: Route): RouteRow {
  const selected = route.flags.includes('>');
  const inFib = route.hops.some((hop) => hop.fib);
  const queued = route.flags.includes('q');
  const dead = !inFib && !route.hops.some((hop) => hop.active);
  return {
    prefix: route.prefix,
    nextHops: effectiveHops(route.hops),
    protocol: codes[route.code] ?? 'other',
    best: selected,
    vrf: route.vrf,
    ...((dead || (selected && !inFib && !queued)) && { unusable: true }),
    ...(route.hops.every((hop) => hop.discard) && { discard: true }),
  };
}

/** Rows of a text routing table. Throws ParseError when a line cannot be read. */
export function textRib(source: string, output: string, vrf: string): RouteRow[] {
  const routes: Route[] = [];
  let current = vrf;
  let legend = false;
  for (const [i, raw] of output.split('\n').entries()) {
    const line = raw.trimEnd();
    if (/^Codes:/.test(line)) {
      // A table starts here; the default VRF's has no heading of its own in old releases.
      legend = true;
      if (!/^VRF \S+:$/.test(lastHeading(output, i))) current = vrf;
      continue;
    }
    const heading = /^(?:IPv[46] unicast )?VRF (\S+):$/.exec(line);
    if (heading) current = heading[1] ?? vrf;
    if (heading || line === '') {
      legend = false;
      continue;
    }
    const first = start.exec(line);
    // The blank line below the legend is easily lost in a paste.
    legend &&= first === null;
    if (legend) continue;
    const further = more.exec(line);
    if (first) {
      const [, code = '', flags = '', text = '', hop = ''] = first;
      const prefix = tryParsePrefix(text);
      if (!prefix) throw new ParseError(source, `"${text}" is not a prefix`, i + 1);
      routes.push({ prefix, code, flags, vrf: current, hops: [hopOf(hop, flags.includes('*'))] });
    } else if (further) {
      const [, flags = '', hop = ''] = further;
      const route = routes.at(-1);
      if (!route) throw new ParseError(source, `a next hop without a route: ${snippet(line)}`, i + 1);
      route.hops.push(hopOf(hop, flags.includes('*')));
    } else throw new ParseError(source, `not a line of a routing table: ${snippet(line)}`, i + 1);
  }
  return routes.map(rowOf);
}

/** The non-empty line that follows a table's legend. */
function lastHeading(output: string, codesAt: number): string {
  const after = output.split('\n').slice(codesAt);
  const blank = after.findIndex((line) => line.trim() === '');
  return (
    after
      .slice(blank < 0 ? after.length : blank)
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** True for a text that holds a routing table. */
export function isTextRib(output: string): boolean {
  return /^Codes: K - kernel/m.test(output) || output.split('\n').some((line) => start.test(line));
}
