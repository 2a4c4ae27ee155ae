// The routing table from `show ip route … json` and `show ipv6 route … json` (zebra/zebra_vty.c): prefix -> list of routes
// with all next hops. Best is what zebra selected; next hops are those in the FIB, so the resolved ones of a recursive
// route, and only when none is there the others.
import { canonicalAddress } from '../../model/address.ts';
import type { Prefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { asText, type JsonObject, objectsOf } from './frr-json.ts';
import { prefixAt } from './frr-routes.ts';

const protocols: Readonly<Record<string, RouteProtocol>> = {
  bgp: 'bgp',
  static: 'static',
  connected: 'connected',
  local: 'local',
  kernel: 'kernel',
  ospf: 'ospf',
  ospf6: 'ospf',
  isis: 'isis',
  rip: 'rip',
  ripng: 'rip',
};

/** Our name for a protocol of zebra's (lib/route_types.txt). */
export function protocolOf(name: string): RouteProtocol {
  return protocols[name] ?? 'other';
}

const discards = ['blackhole', 'reject', 'unreachable', 'admin-prohibited', 'adminProhibited'] as const;

function hopOf(nexthop: JsonObject): NextHop {
  const address = canonicalAddress(asText(nexthop.ip) ?? '');
  const name = asText(nexthop.interfaceName);
  return { ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) };
}

/** Of all next hops those that traffic takes: in the FIB, else active, else all. Duplicates are dropped. */
export function effectiveHops<T extends { fib: boolean; active: boolean; hop: NextHop }>(
  all: readonly T[],
): NextHop[] {
  const installed = all.filter((nexthop) => nexthop.fib);
  const active = all.filter((nexthop) => nexthop.active);
  const chosen = installed.length > 0 ? installed : active.length > 0 ? active : all;
  const distinct = new Map<string, NextHop>();
  for (const { hop } of chosen) {
    if (hop.address === undefined && hop.interface === undefined) continue;
    distinct.set(`${hop.address ?? ''}%${hop.interface ?? ''}`, hop);
  }
  return [...distinct.values()];
}

function routeRow(prefix: Prefix, route: JsonObject, vrf: string): RouteRow {
  const nexthops = objectsOf(route.nexthops).map((nexthop) => ({
    fib: nexthop.fib === true,
    active: nexthop.active === true || nexthop.fib === true,
    hop: hopOf(nexthop),
    discard: discards.some((word) => nexthop[word] === true),
  }));
  const selected = route.selected === true;
  const inFib = route.installed === true || nexthops.some((nexthop) => nexthop.fib);
  const dead = !inFib && !nexthops.some((nexthop) => nexthop.active);
  // Selected and on its way into the kernel is usable; selected and not taken by it is not.
  const refused = route.failed === true || (selected && !inFib && route.queued !== true);
  const discard = nexthops.length > 0 && nexthops.every((nexthop) => nexthop.discard);
  return {
    prefix,
    nextHops: effectiveHops(nexthops),
    protocol: protocolOf(asText(route.protocol) ?? ''),
    best: selected,
    vrf: asText(route.vrfName) ?? vrf,
    ...((dead || refused) && { unusable: true }),
    ...(discard && { discard: true }),
  };
}

/** The VRF of a routing table by the first of its values: old releases print those of other VRFs with a number only. */
export function ribVrf(first: unknown, vrf: string): string {
  const [route] = objectsOf(first);
  const id = asText(route?.vrfName) === undefined ? (route?.vrfId ?? 0) : 0;
  return id === 0 ? vrf : `vrfId ${id}`;
}

/** Rows of one prefix of a routing table: `[route…]`. */
export function prefixRoutes(prefix: Prefix, value: unknown, vrf: string): RouteRow[] {
  return objectsOf(value).map((route) => routeRow(prefix, route, vrf));
}

/** Rows of `prefix -> [route…]`. Throws ParseError for a key that is no prefix. */
export function ribRows(source: string, routes: JsonObject, vrf: string): RouteRow[] {
  return Object.entries(routes).flatMap(([key, value]) => prefixRoutes(prefixAt(source, key), value, vrf));
}
