// The routing table of H3C Comware and Huawei VRP as a list, `display ip routing-table`: further next hops of a route follow
// with or without its protocol, VRP has a column of flags that may be empty. Cells are told apart by what they are, not by
// where they stand. The counts above the rows tell whether all of them are there.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { type Context, type Found, networkOf, protocolOf, vrfName } from './vrp-like-context.ts';

/** Counts above a table, held against what follows. */
export interface RibCount {
  readonly destinations: number | undefined;
  readonly routes: number;
  readonly line: number;
  /** Above the halves of `protocol bgp`: holds for both together. */
  readonly whole: boolean;
  readonly seen: Set<string>;
  hops: number;
}

export interface RibState {
  readonly context: Context;
  readonly found: Found;
  vrf: string;
  /** False below `status : <Inactive>`. */
  active: boolean;
  counts: RibCount[];
  uncounted: number;
}

export function ribState(context: Context, found: Found): RibState {
  return { context, found, vrf: context.vrf, active: true, counts: [], uncounted: 0 };
}

function endCounts(state: RibState, which: (count: RibCount) => boolean): void {
  for (const count of state.counts.filter(which)) {
    const { destinations, routes, hops, seen, line } = count;
    const lost =
      hops < routes
        ? `${hops} routes were read of ${routes}`
        : `${seen.size} destinations were read of ${destinations}`;
    if (hops < routes || (destinations !== undefined && seen.size < destinations)) {
      state.found.missing.push({ message: `${lost}: rows are missing`, line });
    } else if (hops > routes && destinations !== undefined) {
      state.found.notes.push(`line ${line}: ${hops} routes were read of ${routes}`);
    }
  }
  state.counts = state.counts.filter((count) => !which(count));
}

/** Counts a next hop that was read. */
export function countHop(state: RibState, prefix: Prefix): void {
  for (const count of state.counts) {
    count.hops++;
    count.seen.add(formatPrefix(prefix));
  }
  if (state.counts.length === 0) state.uncounted++;
}

/** Ends the last table. */
export function endRib(state: RibState): void {
  endCounts(state, () => true);
  if (state.uncounted > 0) state.found.notes.push('no count above the routes: the capture may be cut');
}

/** Takes in what a line outside the rows says; false when it says nothing of the kind. */
export function readRibHeading(state: RibState, text: string, line: number, next: string): boolean {
  const both = /^\s*Destinations\s*:\s*(\d+)\s+Routes\s*:\s*(\d+)/i.exec(text);
  const one = /^\s*Summary count\s*:\s*(\d+)/i.exec(text)?.[1];
  if (both || one !== undefined) {
    const whole = /status\s*:\s*</i.test(next);
    endCounts(state, whole ? () => true : (count) => !count.whole);
    const destinations = both ? Number(both[1]) : undefined;
    const routes = Number(both?.[2] ?? one);
    state.counts.push({ destinations, routes, line, whole, seen: new Set(), hops: 0 });
    return true;
  }
  const status = /routing table status\s*:\s*<(\w+)>/i.exec(text)?.[1];
  if (status !== undefined) {
    state.active = status.toLowerCase() === 'active';
    endCounts(state, (count) => !count.whole);
    return true;
  }
  const table = /^\s*(?:Routing Tables?|VPN[- ]instance|VPN)\s*:\s*(.+?)(?:\s{2,}|$)/i.exec(text)?.[1];
  if (table !== undefined) {
    state.active = true;
    // VRP writes `Routing Table : vpn1`; a public one leaves the command's word.
    const name = vrfName(table);
    state.vrf = name === 'default' ? state.context.vrf : name;
    if (/^\s*VPN/i.test(text)) state.vrf = name;
    return true;
  }
  return /^\s*(?:Route Flags\s*:|Flags\s*:\s*R -|[-=]+\s*$|\S.* routing table\s*$)/i.test(text);
}

/** A next hop; a route to the null interface discards. */
export function hopFields(address: string | undefined, name: string | undefined) {
  const hop: NextHop = {
    ...(address !== undefined && { address }),
    ...(name !== undefined && name !== '' && { interface: name }),
  };
  return { hop, discard: /^null\d*$/i.test(name ?? '') };
}

interface Route {
  readonly prefix: Prefix;
  readonly protocol: string;
  readonly preference: string;
  readonly vrf: string;
  readonly active: boolean;
  readonly hops: NextHop[];
  discard: boolean;
}

/** The row of a route whose next hops are all read. */
export function ribRow({
  prefix,
  protocol,
  vrf,
  active,
  hops,
  discard,
}: Omit<Route, 'preference'>): RouteRow {
  const row = { prefix, nextHops: hops, protocol: protocolOf(protocol), best: active, vrf };
  return discard ? { ...row, discard: true } : row;
}

const header = /^\s*Destination\/Mask\s+Proto\b/i;

/** True for lines that hold such a list, or the counts above an empty one. */
export function hasRibList(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => header.test(text));
}

function cellsOf(state: RibState, line: Line) {
  const words = line.text.trim().split(/\s+/);
  const first = words[0] ?? '';
  // Without a mask only where a protocol's name follows: else it is a further next hop.
  const named =
    first.includes('/') ||
    (canonicalAddress(first) !== undefined && /^[A-Z]/.test(words[1] ?? '') && words.length > 4);
  const prefix = named ? networkOf(first) : undefined;
  const rest = named ? words.slice(1) : words;
  const at = rest.findIndex((word) => canonicalAddress(word) !== undefined);
  const [protocol, preference, cost, ...flags] = rest.slice(0, Math.max(0, at));
  const numeric = protocol === undefined || [preference, cost].every((word) => /^\d+$/.test(word ?? ''));
  const fits = numeric && flags.length <= 1 && at >= 0 && rest.length - at === 2;
  if (!fits || (named && (!prefix || protocol === undefined))) {
    throw new ParseError(
      state.context.command,
      `not a line of a routing table: ${snippet(line.text)}`,
      line.number,
    );
  }
  return { prefix, protocol, preference, ...hopFields(canonicalAddress(rest[at] ?? ''), rest[at + 1]) };
}

/**
 * An interface's name that found no room stands on a line of its own: puts it back behind its next hop. VRP cuts it at column 80:
 * `GigabitEthernet` and `0/0/1` below it.
 */
function unwrapped(lines: readonly Line[]): Line[] {
  const whole: Line[] = [];
  for (const line of lines) {
    const last = whole.at(-1);
    const isCut = last?.text.length === 80 && /\s[\d.]+\.\d+\s+[A-Z]\S*$/i.test(last.text);
    if (isCut && /^[\w./:-]*\d$/.test(line.text) && canonicalAddress(line.text) === undefined) {
      whole[whole.length - 1] = { text: last.text + line.text, number: last.number };
      continue;
    }
    const alone = /^\s+([A-Z]\S*\d)$/i.exec(line.text)?.[1];
    const wants = last && /\s[\d.]+\.\d+$/.test(last.text);
    if (alone !== undefined && wants && canonicalAddress(alone) === undefined) {
      whole[whole.length - 1] = { text: `${last.text} ${alone}`, number: last.number };
    } else whole.push(line);
  }
  return whole;
}

/** Adds the routes of the lists in these lines. Throws ParseError when a line cannot be read. */
export function readRibList(lines: readonly Line[], context: Context, found: Found): void {
  const state = ribState(context, found);
  const routes: Route[] = [];
  let inTable = false;
  let last: Prefix | undefined;
  const says = unwrapped(lines.filter(({ text }) => text.trim() !== ''));
  for (const [i, line] of says.entries()) {
    if (readRibHeading(state, line.text, line.number, says[i + 1]?.text ?? '')) {
      inTable = false;
      last = undefined;
      continue;
    }
    if (header.test(line.text)) {
      inTable = true;
      last = undefined;
      continue;
    }
    if (!inTable) continue;
    const { prefix: own, protocol, preference, hop, discard } = cellsOf(state, line);
    const route = routes.at(-1);
    const prefix = own ?? last;
    if (!prefix) throw new ParseError(context.command, 'a next hop without a destination', line.number);
    const same =
      own === undefined &&
      route &&
      samePrefix(route.prefix, prefix) &&
      (protocol === undefined || (route.protocol === protocol && route.preference === preference));
    if (same) {
      route.hops.push(hop);
      route.discard &&= discard;
    } else {
      const { vrf, active } = state;
      const shared = { protocol: protocol ?? '', preference: preference ?? '' };
      routes.push({ prefix, ...shared, vrf, active, hops: [hop], discard });
    }
    last = prefix;
    countHop(state, prefix);
  }
  endRib(state);
  for (const route of routes) found.routes.push({ layer: 'installed', row: ribRow(route) });
}
