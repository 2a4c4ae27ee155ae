// Cisco IOS and IOS-XE by their interactive shell (an exec request ends the connection on many). Only text is to be had.
// Sessions come from the neighbours of all families, since the summary does not name the VRF of a peer. Routes of the
// default VRF. Follows the Cisco IOS IP Routing: BGP Command Reference; see docs/drivers/cisco-ios.md.
import { formatAddress } from '../../model/address.ts';
import type { SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix, prefixOf } from '../../model/prefix.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';

/** `10.0.0.0 255.0.0.0`: the routing table of IOS takes no length. */
function withMask(prefix: Prefix): string {
  const mask = prefixOf({ family: 4, a: 0xffffffff, b: 0, c: 0, d: 0 }, prefix.length);
  return `${formatAddress(prefix)} ${formatAddress(mask)}`;
}

function lookup(layer: 'bgp' | 'installed', prefix: Prefix): string {
  if (layer === 'bgp') return `show bgp ipv${prefix.family} unicast ${formatPrefix(prefix)}`;
  return prefix.family === 4
    ? `show ip route ${withMask(prefix)}`
    : `show ipv6 route ${formatPrefix(prefix)}`;
}

/** Cisco IOS and IOS-XE. */
export const ios: SwitchDriver = {
  name: 'cisco-ios',
  title: 'Cisco IOS and IOS-XE',
  channel: 'shell',
  preamble: ['terminal length 0', 'terminal width 0'],
  commands: [
    { template: 'show bgp all neighbors', purpose: 'sessions of all VRFs and families, with prefix counts' },
    { template: 'show bgp ipv4 unicast {prefix} longer-prefixes', purpose: 'BGP paths inside a range' },
    { template: 'show bgp ipv6 unicast {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    { template: 'show bgp ipv4 unicast {prefix}', purpose: 'BGP paths of one prefix' },
    { template: 'show bgp ipv6 unicast {prefix}', purpose: 'the same for IPv6' },
    {
      template: 'show ip route {address} {address} longer-prefixes',
      purpose: 'installed routes inside a range (network and mask)',
    },
    { template: 'show ipv6 route {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    {
      template: 'show ip route {address} {address}',
      purpose: 'the installed route of one prefix (network and mask)',
    },
    { template: 'show ipv6 route {prefix}', purpose: 'the same for IPv6' },
  ],
  sessionCommands: () => [{ command: 'show bgp all neighbors' }],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix) => `${lookup(layer, prefix)} longer-prefixes`,
      exact: lookup,
    }),
  parse: parseCisco,
};
