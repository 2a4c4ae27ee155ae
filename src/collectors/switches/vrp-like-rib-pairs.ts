// Routing tables that H3C Comware and Huawei VRP show as pairs of `key : value`, one block a next hop: `display ip
// routing-table verbose` and every form of `display ipv6 routing-table`. Blocks of one destination, protocol and state are
// the next hops of one route.
import { canonicalAddress } from '../../model/address.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, samePrefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop } from '../../model/route-table.ts';
import type { Line } from './cli-capture.ts';
import { type Context, type Found, pairsOf } from './vrp-like-context.ts';
import { countHop, endRib, hopFields, readRibHeading, ribRow, ribState } from './vrp-like-rib.ts';

const start = /^\s*Destination\s*:\s*\S/i;

/** True for lines that hold such blocks. */
export function hasRibPairs(lines: readonly Line[]): boolean {
  return lines.some(({ text }) => start.test(text));
}

interface Route {
  readonly prefix: Prefix;
  readonly protocol: string;
  readonly vrf: string;
  readonly active: boolean;
  readonly hops: NextHop[];
  discard: boolean;
}

interface Block {
  readonly pairs: Map<string, string>;
  readonly line: number;
}

function prefixOf({ pairs, line }: Block, context: Context): Prefix {
  const shown = pairs.get('destination') ?? '';
  const length = pairs.get('prefixlength') ?? pairs.get('prefixlen');
  const prefix = tryParsePrefix(length === undefined ? shown : `${shown}/${length}`);
  if (!prefix) throw new ParseError(context.command, `not a destination: ${snippet(shown)}`, line);
  return prefix;
}

function routeOf(block: Block, context: Context, vrf: string, active: boolean): Route {
  const { pairs, line } = block;
  const prefix = prefixOf(block, context);
  const protocol = pairs.get('protocol');
  const address = pairs.get('realnexthop') ?? pairs.get('nexthop') ?? pairs.get('orignexthop');
  const name = pairs.get('interface');
  if (protocol === undefined || address === undefined || name === undefined) {
    const message = 'a route without protocol, next hop or interface: the capture may be cut';
    throw new ParseError(context.command, message, line);
  }
  const { hop, discard } = hopFields(canonicalAddress(address.split('%')[0] ?? ''), name);
  const state = pairs.get('state');
  return {
    prefix,
    protocol,
    vrf,
    active: state === undefined ? active : /^active/i.test(state),
    hops: [hop],
    discard,
  };
}

/** Adds the routes of the blocks in these lines. Throws ParseError when one lacks what each has. */
export function readRibPairs(lines: readonly Line[], context: Context, found: Found): void {
  const state = ribState(context, found);
  const routes: Route[] = [];
  let block: Block | undefined;
  const end = () => {
    if (!block) return;
    const route = routeOf(block, context, state.vrf, state.active);
    block = undefined;
    countHop(state, route.prefix);
    const older = routes.at(-1);
    const same =
      older &&
      samePrefix(older.prefix, route.prefix) &&
      older.protocol === route.protocol &&
      older.vrf === route.vrf &&
      older.active === route.active;
    if (same) {
      older.hops.push(...route.hops);
      older.discard &&= route.discard;
    } else routes.push(route);
  };
  const says = lines.filter(({ text }) => text.trim() !== '');
  for (const [i, { text, number }] of says.entries()) {
    const starts = start.test(text);
    const heading =
      !block ||
      /^\s*(?:Destinations|Summary count|Routing Tables?|VPN[- ]instance)\s*:|status\s*:\s*</i.test(text);
    if (starts || heading) end();
    if (!starts && heading) readRibHeading(state, text, number, says[i + 1]?.text ?? '');
    if (starts) block = { pairs: new Map(), line: number };
    if (block) for (const [key, value] of pairsOf(text)) block.pairs.set(key, value);
  }
  end();
  endRib(state);
  for (const route of routes) found.routes.push({ layer: 'installed', row: ribRow(route) });
}
