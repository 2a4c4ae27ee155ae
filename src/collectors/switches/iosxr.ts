// Cisco IOS-XR by its interactive shell. Only text is to be had. Sessions of the default VRF come from the summary of all
// families, those of the others from the summary of all VRFs. Routes of the default VRF and of those named. Follows the Cisco ASR 9000
// Series BGP and Routing Command References; see docs/drivers/cisco-iosxr.md.
import type { SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';

function lookup(layer: 'bgp' | 'installed', prefix: Prefix, vrf?: string): string {
  const table = vrf === undefined ? '' : ` vrf ${vrf}`;
  const words =
    layer === 'bgp' ? `bgp${table} ipv${prefix.family} unicast` : `route${table} ipv${prefix.family}`;
  return `show ${words} ${formatPrefix(prefix)}`;
}

const routeTemplates = ['', ' vrf {vrf}'].flatMap((vrf) =>
  ([4, 6] as const).flatMap((family) => {
    const where = vrf === '' ? '' : ' in a VRF';
    return [
      {
        template: `show bgp${vrf} ipv${family} unicast {prefix} longer-prefixes`,
        purpose: `IPv${family} BGP paths inside a range${where}`,
      },
      {
        template: `show bgp${vrf} ipv${family} unicast {prefix}`,
        purpose: `IPv${family} BGP paths of one prefix${where}`,
      },
      {
        template: `show route${vrf} ipv${family} {prefix} longer-prefixes`,
        purpose: `installed IPv${family} routes inside a range${where}`,
      },
      {
        template: `show route${vrf} ipv${family} {prefix}`,
        purpose: `the installed IPv${family} route of one prefix${where}`,
      },
    ];
  }),
);

/** Cisco IOS-XR. */
export const iosxr: SwitchDriver = {
  name: 'cisco-iosxr',
  title: 'Cisco IOS-XR',
  channel: 'shell',
  preamble: ['terminal length 0', 'terminal width 512'],
  readsVrfs: true,
  commands: [
    {
      template: 'show bgp all all summary',
      purpose: 'sessions of the default VRF in all families, with prefix counts',
    },
    { template: 'show bgp vrf all summary', purpose: 'IPv4 sessions of the other VRFs' },
    { template: 'show bgp vrf all ipv6 unicast summary', purpose: 'IPv6 sessions of the other VRFs' },
    { template: 'show bgp all all neighbors', purpose: 'own addresses, descriptions, last errors' },
    ...routeTemplates,
  ],
  sessionCommands: () => [
    { command: 'show bgp all all summary' },
    { command: 'show bgp vrf all summary' },
    { command: 'show bgp vrf all ipv6 unicast summary' },
    { command: 'show bgp all all neighbors' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix, vrf) => `${lookup(layer, prefix, vrf)} longer-prefixes`,
      exact: lookup,
    }),
  parse: parseCisco,
};
