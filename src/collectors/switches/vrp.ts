// Huawei VRP 5 and 8 by its command line ("BGP Commands" and "IP Routing Table Commands" of the CloudEngine references).
// VRP closes the channel after one exec, so commands are typed into a shell. Whole tables are asked for, as with Comware:
// their totals tell whether an answer is complete.
import type { SwitchDriver } from '../../model/driver.ts';
import { parseVrpLike, wantsIpv6, wholeTable } from './vrp-like.ts';

/** The words between `display bgp` and what is to be shown. */
function family(of: 4 | 6, vrf: string | undefined): string {
  if (vrf !== undefined) return `vpnv${of} vpn-instance ${vrf} `;
  return of === 6 ? 'ipv6 ' : '';
}

const installed = (of: 4 | 6, vrf: string | undefined) =>
  `display ${of === 4 ? 'ip' : 'ipv6'} routing-table${vrf === undefined ? '' : ` vpn-instance ${vrf}`}`;

const inAVrf = 'the same for a VPN instance';

/** Huawei VRP: CloudEngine, S and NE series. */
export const vrp: SwitchDriver = {
  name: 'huawei-vrp',
  title: 'Huawei VRP (CloudEngine, S and NE series)',
  channel: 'shell',
  preamble: ['screen-length 0 temporary'],
  readsVrfs: true,
  enable: { command: 'super', granted: /user privilege/i },
  commands: [
    { template: 'display bgp peer', purpose: 'IPv4 sessions with states and prefix counts' },
    { template: 'display bgp ipv6 peer', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp routing-table', purpose: 'the BGP table' },
    { template: 'display bgp ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display ip routing-table', purpose: 'the routing table with all next hops' },
    { template: 'display ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp vpnv4 vpn-instance {vrf} peer', purpose: inAVrf },
    { template: 'display bgp vpnv6 vpn-instance {vrf} peer', purpose: inAVrf },
    { template: 'display bgp vpnv4 vpn-instance {vrf} routing-table', purpose: inAVrf },
    { template: 'display bgp vpnv6 vpn-instance {vrf} routing-table', purpose: inAVrf },
    { template: 'display ip routing-table vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display ipv6 routing-table vpn-instance {vrf}', purpose: inAVrf },
  ],
  sessionVrfs: ['default'],
  sessionCommands: (query) =>
    [undefined, ...(query.vrfs ?? [])].flatMap((vrf) => [
      { command: `display bgp ${family(4, vrf)}peer` },
      ...(wantsIpv6(query) ? [{ command: `display bgp ${family(6, vrf)}peer` }] : []),
    ]),
  routeCommands: (query) => {
    const families = wantsIpv6(query) ? ([4, 6] as const) : ([4] as const);
    const vrfs = [undefined, ...(query.vrfs ?? [])];
    return [
      ...vrfs.flatMap((vrf) =>
        families.map((of) => wholeTable(`display bgp ${family(of, vrf)}routing-table`, of, vrf)),
      ),
      ...vrfs.flatMap((vrf) => families.map((of) => wholeTable(installed(of, vrf), of, vrf))),
    ];
  },
  parse: parseVrpLike,
};
