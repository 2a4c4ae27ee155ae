// From rows of IP-FORWARD-MIB to routes: protocol by IANAipRouteProtocol, discarding routes recognised by what agents really
// say of them (RFC 4292: blackhole, reject; an interface such as Null0; net-snmp: local, without an interface), and the
// rows of one prefix, one per next hop, joined into one route.
import { type PrefixKey, prefixKey } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import type { Oid } from '../../transport/snmp-value.ts';
import type { RouteIndex } from './snmp-route-index.ts';

/** One row as far as it is known: the columns are those of RFC 4292, absent when not read or not served. */
export interface FoundRoute extends RouteIndex {
  readonly index: Oid;
  readonly proto?: number;
  readonly type?: number;
  readonly ifIndex?: number;
  readonly interface?: string;
}

const typeReject = 2;
const typeLocal = 3;
const typeBlackhole = 5;
const protoLocal = 2;

/** Protocols by IANAipRouteProtocol. */
export const protocols: Readonly<Record<number, RouteProtocol>> = {
  3: 'static',
  8: 'rip',
  9: 'isis',
  13: 'ospf',
  14: 'bgp',
};

function protocolOf(route: FoundRoute, netSnmp: boolean): RouteProtocol {
  const { proto, type, nextHop } = route;
  if (proto === protoLocal || (proto === undefined && type === typeLocal)) {
    if (nextHop === undefined) return 'connected';
    // net-snmp says "local" of every route of the kernel's, Zyxel of static ones.
    return netSnmp ? 'kernel' : 'other';
  }
  return protocols[proto ?? 0] ?? 'other';
}

const discardInterface = /^(null|discard|blackhole|reject|dsc)/i;

function isDiscard({ type, nextHop, ifIndex, interface: name }: FoundRoute, netSnmp: boolean): boolean {
  if (type === typeBlackhole || type === typeReject) return true;
  if (nextHop !== undefined) return false;
  if (name !== undefined && discardInterface.test(name)) return true;
  // net-snmp 5.9 on Linux shows blackhole and unreachable routes as type local, protocol local, interface 0.
  return netSnmp && ifIndex === 0;
}

function hopOf(route: FoundRoute): NextHop | undefined {
  const { nextHop, interface: name } = route;
  if (nextHop === undefined && name === undefined) return undefined;
  return {
    ...(nextHop !== undefined && { address: nextHop }),
    ...(name !== undefined && { interface: name }),
  };
}

/** The same next hops in the same order, each once. */
export function withoutRepeats(hops: readonly NextHop[]): NextHop[] {
  const known = new Set<string>();
  return hops.filter(({ address = '', interface: name = '' }) => {
    const key = `${address}%${name}`;
    return !known.has(key) && known.add(key);
  });
}

/** One row per prefix (and per discard, so that a discarding one does not hide another), in the order found. */
export function routeRows(found: Iterable<FoundRoute>, netSnmp: boolean): RouteRow[] {
  const joined = new Map<PrefixKey, RouteRow & { readonly nextHops: NextHop[] }>();
  for (const route of found) {
    const discard = isDiscard(route, netSnmp);
    const key = discard ? `discard ${prefixKey(route.prefix)}` : prefixKey(route.prefix);
    let row = joined.get(key);
    if (!row) {
      const { prefix } = route;
      const protocol = discard ? 'other' : protocolOf(route, netSnmp);
      const told = { prefix, nextHops: [], protocol, best: true, vrf: 'default' };
      row = discard ? { ...told, discard } : told;
      joined.set(key, row);
    }
    const hop = discard ? undefined : hopOf(route);
    const isKnown = row.nextHops.some(
      (other) => other.address === hop?.address && other.interface === hop?.interface,
    );
    if (hop && !isKnown) row.nextHops.push(hop);
  }
  return [...joined.values()];
}
