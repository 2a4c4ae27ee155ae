// One table of one device as one source showed it, with what that source can and cannot see: which layer of BGP it is,
// which prefixes were asked for, whether the answer was cut, whether all next hops of a route show.
import { contains, type Prefix, type PrefixKey, prefixKey } from './prefix.ts';
import type { RouteTable } from './route-table.ts';

/**
 * exported: what a node sends on one session (Adj-RIB-Out); received: what came on one session (Adj-RIB-In);
 * bgp: the BGP table (Loc-RIB and candidates); installed: the routing table; local: a node's own BIRD table.
 */
export type RouteLayer = 'local' | 'exported' | 'received' | 'bgp' | 'installed';

/** What was asked: every route inside the ranges, or exactly these prefixes. */
export interface RouteScope {
  readonly kind: 'ranges' | 'exact';
  readonly prefixes: readonly Prefix[];
  /** The command or the OID by which it was asked, for people; a long list of prefixes in it is cut with `…`. */
  readonly asked?: string;
}

export interface RouteView {
  readonly layer: RouteLayer;
  /** For exported and received: the session's peer address. */
  readonly peer?: string;
  readonly vrf: string;
  readonly table: RouteTable;
  /** One entry per question asked; a prefix in none of them was not looked for. */
  readonly scopes: readonly RouteScope[];
  /** Why the answer is not whole; absent when it is. A missing row of a partial view means nothing. */
  readonly partial?: string;
  /** False when the source shows one next hop of several (net-snmp's kernel table). */
  readonly allNextHops: boolean;
  /** How old the device's own cache may make the answer, in seconds (net-snmp: 60). */
  readonly cacheSeconds?: number;
}

const exactKeys = new WeakMap<RouteScope, ReadonlySet<PrefixKey>>();

/** Keys of a scope's prefixes, made once: an exact scope may hold thousands. */
function keysOf(scope: RouteScope): ReadonlySet<PrefixKey> {
  const known = exactKeys.get(scope) ?? new Set(scope.prefixes.map(prefixKey));
  exactKeys.set(scope, known);
  return known;
}

function concerns(scope: RouteScope, prefix: Prefix): boolean {
  return scope.kind === 'exact'
    ? keysOf(scope).has(prefixKey(prefix))
    : scope.prefixes.some((asked) => contains(asked, prefix));
}

/** True when the source was asked for this very prefix, so that its absence from the table means something. */
export function wasAsked(view: RouteView, prefix: Prefix): boolean {
  return view.scopes.some((scope) => concerns(scope, prefix));
}

/** The command or OID by which the source was asked for this prefix; undefined where it was not, or does not say. */
export function questionFor(view: RouteView, prefix: Prefix): string | undefined {
  return view.scopes.find((scope) => scope.asked !== undefined && concerns(scope, prefix))?.asked;
}
