// Nokia SR OS' own names: router instances, families, protocols, next hops with their interface (Nokia, "Router
// Configuration Guide", show router commands).
import { canonicalAddress } from '../../model/address.ts';
import type { NextHop, RouteProtocol } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import type { Afi } from '../../model/session.ts';

/** `Base` is the router instance that others call the default VRF. */
export const vrfOf = (name: string) => (/^"?base"?$/i.test(name) ? 'default' : name.replaceAll('"', ''));

/** The router instance or VPRN that a command names; undefined when it names none. */
export function vrfInCommand(command: string): string | undefined {
  const service =
    /\bvprn "?([^"\s]+)"?/.exec(command)?.[1] ?? /\bservice(?:-name| id) "?([^"\s]+)"?/.exec(command)?.[1];
  if (service !== undefined) return service;
  const router = /\brouter (?!bgp\b|route-table\b|fib\b|interface\b)("[^"]+"|\S+)/.exec(command)?.[1];
  return router === undefined ? undefined : vrfOf(router);
}

/** IPv4 or IPv6 for the two unicast families, in any spelling; undefined for others (`Evpn`, `VpnIPv4`). */
export function afiOfFamily(name: string): Afi | undefined {
  if (/^ipv4(?:-unicast)?$/i.test(name.trim())) return 'ipv4';
  return /^ipv6(?:-unicast)?$/i.test(name.trim()) ? 'ipv6' : undefined;
}

const protocols: Readonly<Record<string, RouteProtocol>> = {
  bgp: 'bgp',
  'bgp vpn': 'bgp',
  'bgp-vpn': 'bgp',
  bgp_label: 'bgp',
  'bgp-label': 'bgp',
  static: 'static',
  local: 'local',
  direct: 'connected',
  host: 'local',
  ospf: 'ospf',
  ospf3: 'ospf',
  ospfv3: 'ospf',
  isis: 'isis',
  rip: 'rip',
  aggr: 'aggregate',
  aggregate: 'aggregate',
};

/** SR OS calls an interface's own network `local`: elsewhere that is a connected route. */
export function protocolOf(name: string): RouteProtocol {
  const word = name.trim().toLowerCase();
  return word === 'local' ? 'connected' : (protocols[word] ?? 'other');
}

/** Next hop as printed: `10.0.0.1`, `to-leaf1`, `fe80::1-"to-leaf1"`, `10.0.0.1 (tunneled:SR-ISIS:524)`, with a `[2]` behind. */
export function hopOf(text: string): NextHop {
  const bare = text.replace(/\s*[([].*$/, '').trim();
  const [, first = bare, name] = /^([0-9a-fA-F.:]+)-"?([^"]+)"?$/.exec(bare) ?? [];
  const address = canonicalAddress(first);
  if (address === undefined) return { interface: bare };
  return { address, ...(name !== undefined && { interface: name }) };
}

/** An AS path as printed; `No As-Path` is none. */
export function asPathOf(text: string | undefined): string | undefined {
  const path = (text ?? '').trim().replace(/\s+/g, ' ');
  return /^[\d({]/.test(path) ? path : undefined;
}

/** Layer and peer of `show router bgp neighbor A received-routes | advertised-routes`. */
export function layerOf(command: string): { layer: RouteLayer; peer?: string } {
  const word = /\bneig\w* \S+ (rec|adv)/.exec(command)?.[1];
  const peer = canonicalAddress(/\bneig\w* "?([0-9a-fA-F.:]+)/.exec(command)?.[1] ?? '');
  const layer = word === 'rec' ? 'received' : word === 'adv' ? 'exported' : 'bgp';
  return { layer, ...(layer !== 'bgp' && peer !== undefined && { peer }) };
}

/** Takes a route distinguisher off: its routes are shown in a VRF named after it. */
export function splitDistinguisher(text: string): { text: string; vrf: string } {
  const [, vrf = '', rest = text] = /^((?:\d+|\d+\.\d+\.\d+\.\d+):\d+):(.+)$/.exec(text) ?? [];
  return { text: rest, vrf };
}
