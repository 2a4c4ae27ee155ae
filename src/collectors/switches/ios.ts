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

function lookup(layer: 'bgp' | 'installed', prefix: Prefix, vrf?: string): string {
  const { family } = prefix;
  if (layer === 'bgp') {
    const table = vrf === undefined ? `ipv${family} unicast` : `vpnv${family} unicast vrf ${vrf}`;
    return `show bgp ${table} ${formatPrefix(prefix)}`;
  }
  const table = `show ${family === 4 ? 'ip' : 'ipv6'} route${vrf === undefined ? '' : ` vrf ${vrf}`}`;
  return `${table} ${family === 4 ? withMask(prefix) : formatPrefix(prefix)}`;
}

const routeTemplates = ['', ' in a VRF'].flatMap((where) =>
  [' longer-prefixes', ''].flatMap((longer) => {
    const what = longer === '' ? 'of one prefix' : 'inside a range';
    const vrf = where === '' ? '' : ' vrf {vrf}';
    const bgp = (family: 4 | 6) =>
      where === '' ? `ipv${family} unicast` : `vpnv${family} unicast vrf {vrf}`;
    return [
      { template: `show bgp ${bgp(4)} {prefix}${longer}`, purpose: `IPv4 BGP paths ${what}${where}` },
      { template: `show bgp ${bgp(6)} {prefix}${longer}`, purpose: `IPv6 BGP paths ${what}${where}` },
      {
        template: `show ip route${vrf} {address} {address}${longer}`,
        purpose: `installed IPv4 routes ${what}${where} (network and mask)`,
      },
      {
        template: `show ipv6 route${vrf} {prefix}${longer}`,
        purpose: `installed IPv6 routes ${what}${where}`,
      },
    ];
  }),
);

/** Cisco IOS and IOS-XE. */
export const ios: SwitchDriver = {
  name: 'cisco-ios',
  title: 'Cisco IOS and IOS-XE',
  channel: 'shell',
  preamble: ['terminal length 0', 'terminal width 0'],
  readsVrfs: true,
  enable: { command: 'enable', granted: /#\s*$/ },
  commands: [
    { template: 'show bgp all neighbors', purpose: 'sessions of all VRFs and families, with prefix counts' },
    ...routeTemplates,
  ],
  sessionCommands: () => [{ command: 'show bgp all neighbors' }],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix, vrf) => `${lookup(layer, prefix, vrf)} longer-prefixes`,
      exact: lookup,
    }),
  parse: parseCisco,
};
