// Junos' own names: RIBs (`inet.0`, `VRF1.inet6.0`), routing instances, protocols, uptimes, AS paths. Juniper, "Routing
// Tables" and "show bgp summary": an uptime of two numbers is minutes and seconds, of one number seconds.
import { canonicalAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import type { NextHop, RouteProtocol } from '../../model/route-table.ts';
import type { Afi } from '../../model/session.ts';

export interface Rib {
  readonly vrf: string;
  /** Of a unicast table; undefined for labels, VPN, EVPN and other tables. */
  readonly afi: Afi | undefined;
}

/** `master` is the routing instance that others call the default VRF. */
export const vrfOf = (instance: string) => (instance === 'master' ? 'default' : instance);

/**
 * What a RIB's name says. Tables of IP prefixes other than a routing instance's own unicast table (`inet.2`, `inet.3`)
 * are VRFs of their own here, so that their routes are never taken for installed ones.
 */
export function ribOf(name: string): Rib {
  const [, instance, family, number] = /^(?:(.+)\.)?(inet6?)\.(\d+)$/.exec(name) ?? [];
  if (family === undefined) return { vrf: 'default', afi: undefined };
  const afi = family === 'inet6' ? 'ipv6' : 'ipv4';
  return { vrf: number === '0' ? vrfOf(instance ?? 'master') : name, afi };
}

/** Routing instance named in a command; undefined when none is. */
export function instanceInCommand(command: string): string | undefined {
  const instance = /\b(?:routing-)?inst\w* (\S+)/.exec(command)?.[1];
  if (instance !== undefined) return vrfOf(instance);
  const table = /\btab\w* (\S+)/.exec(command)?.[1];
  return table === undefined ? undefined : ribOf(table).vrf;
}

const protocols: Readonly<Record<string, RouteProtocol>> = {
  bgp: 'bgp',
  static: 'static',
  direct: 'connected',
  local: 'local',
  ospf: 'ospf',
  ospf2: 'ospf',
  ospf3: 'ospf',
  'is-is': 'isis',
  isis: 'isis',
  rip: 'rip',
  ripng: 'rip',
  aggregate: 'aggregate',
};

export function protocolOf(name: string): RouteProtocol {
  return protocols[name.trim().toLowerCase()] ?? 'other';
}

const unitSeconds: Readonly<Record<string, number>> = { y: 31_536_000, w: 604_800, d: 86_400 };

/** Seconds of `9w2d 5:23:37`, `5d 07:19:09`, `1:02:03`, `4:07` (minutes), `9` (seconds); undefined for anything else. */
export function junosSeconds(text: string): number | undefined {
  const match = /^((?:\d+[ywd])*) ?(\d+(?::\d\d){0,2})?$/.exec(text.trim());
  if (!match || text.trim() === '') return undefined;
  const days = [...(match[1] ?? '').matchAll(/(\d+)([ywd])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
  return days + (match[2] ?? '0').split(':').reduce((sum, digits) => sum * 60 + Number(digits), 0);
}

/** An address without port (`+179`), zone and blanks; undefined when it is none. */
export function plainAddress(text: string | undefined): string | undefined {
  return canonicalAddress(
    (text ?? '')
      .trim()
      .replace(/\+\d+$/, '')
      .split('%', 1)[0] ?? '',
  );
}

/** The plain numbers of `AS path: [65151] (65001 1.5) 65003 I (Originator)`; undefined for an empty path. */
export function asPathOf(text: string | undefined): string | undefined {
  const words = (text ?? '')
    .replace(/^\s*AS path:/, '')
    .replace(/[[\]]/g, ' ')
    .trim()
    .split(/\s+/);
  const end = words.findIndex((word) => !/^[({]*\d+(?:\.\d+)?(?:,\d+)*[)}]*$/.test(word));
  const path = (end < 0 ? words : words.slice(0, end)).join(' ');
  return path === '' ? undefined : plainAsns(path);
}

/** A next hop from its words; undefined when neither is known (`Self`). */
export function hopOf(address: string | undefined, via: string | undefined): NextHop | undefined {
  const to = plainAddress(address);
  if (to === undefined && via === undefined) return undefined;
  return { ...(to !== undefined && { address: to }), ...(via !== undefined && { interface: via }) };
}
