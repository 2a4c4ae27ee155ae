// Cisco IOS-XR by its interactive shell. Only text is to be had. Sessions of the default VRF come from the summary of all
// families, those of the others from the summary of all VRFs. Routes of the default VRF. Follows the Cisco ASR 9000
// Series BGP and Routing Command References; see docs/drivers/cisco-iosxr.md.
import type { SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';

const lookup = (layer: 'bgp' | 'installed', prefix: Prefix) =>
  layer === 'bgp'
    ? `show bgp ipv${prefix.family} unicast ${formatPrefix(prefix)}`
    : `show route ipv${prefix.family} ${formatPrefix(prefix)}`;

/** Cisco IOS-XR. */
export const iosxr: SwitchDriver = {
  name: 'cisco-iosxr',
  title: 'Cisco IOS-XR',
  channel: 'shell',
  preamble: ['terminal length 0', 'terminal width 512'],
  commands: [
    {
      template: 'show bgp all all summary',
      purpose: 'sessions of the default VRF in all families, with prefix counts',
    },
    { template: 'show bgp vrf all summary', purpose: 'IPv4 sessions of the other VRFs' },
    { template: 'show bgp vrf all ipv6 unicast summary', purpose: 'IPv6 sessions of the other VRFs' },
    { template: 'show bgp all all neighbors', purpose: 'own addresses, descriptions, last errors' },
    { template: 'show bgp ipv4 unicast {prefix} longer-prefixes', purpose: 'BGP paths inside a range' },
    { template: 'show bgp ipv6 unicast {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    { template: 'show bgp ipv4 unicast {prefix}', purpose: 'BGP paths of one prefix' },
    { template: 'show bgp ipv6 unicast {prefix}', purpose: 'the same for IPv6' },
    { template: 'show route ipv4 {prefix} longer-prefixes', purpose: 'installed routes inside a range' },
    { template: 'show route ipv6 {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    { template: 'show route ipv4 {prefix}', purpose: 'the installed route of one prefix' },
    { template: 'show route ipv6 {prefix}', purpose: 'the same for IPv6' },
  ],
  sessionCommands: () => [
    { command: 'show bgp all all summary' },
    { command: 'show bgp vrf all summary' },
    { command: 'show bgp vrf all ipv6 unicast summary' },
    { command: 'show bgp all all neighbors' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix) => `${lookup(layer, prefix)} longer-prefixes`,
      exact: lookup,
    }),
  parse: parseCisco,
};
