// H3C (and HPE) Comware 7 by its command line ("Layer 3 - IP Routing Command Reference": display bgp, display ip
// routing-table). Comware closes the channel after one exec, so commands are typed into a shell. Its look-ups by prefix
// differ in meaning between releases (`longer-match` is the longest match here, all longer ones there), so whole tables
// are asked for: their totals also tell whether an answer is complete.
import type { SwitchDriver } from '../../model/driver.ts';
import { parseVrpLike, wantsIpv6, wholeTable } from './vrp-like.ts';

const inVrf = (vrf: string | undefined) => (vrf === undefined ? '' : ` vpn-instance ${vrf}`);

const inAVrf = 'the same for a VPN instance';

/** H3C Comware 7, also HPE FlexNetwork and FlexFabric. */
export const comware: SwitchDriver = {
  name: 'h3c-comware',
  title: 'H3C Comware 7, also HPE FlexFabric',
  channel: 'shell',
  preamble: ['screen-length disable'],
  readsVrfs: true,
  enable: { command: 'super', granted: /user privilege/i },
  commands: [
    { template: 'display bgp peer ipv4', purpose: 'IPv4 sessions with states and prefix counts' },
    { template: 'display bgp peer ipv6', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp routing-table ipv4', purpose: 'the BGP table' },
    { template: 'display bgp routing-table ipv6', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display ip routing-table', purpose: 'the routing table with all next hops' },
    { template: 'display ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp peer ipv4 vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display bgp peer ipv6 vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display bgp routing-table ipv4 vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display bgp routing-table ipv6 vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display ip routing-table vpn-instance {vrf}', purpose: inAVrf },
    { template: 'display ipv6 routing-table vpn-instance {vrf}', purpose: inAVrf },
  ],
  sessionVrfs: ['default'],
  sessionCommands: (query) =>
    [undefined, ...(query.vrfs ?? [])].flatMap((vrf) => [
      { command: `display bgp peer ipv4${inVrf(vrf)}` },
      ...(wantsIpv6(query) ? [{ command: `display bgp peer ipv6${inVrf(vrf)}` }] : []),
    ]),
  routeCommands: (query) =>
    (['display bgp routing-table ipv', 'display ip'] as const).flatMap((table) =>
      [undefined, ...(query.vrfs ?? [])].flatMap((vrf) => {
        const of = (family: 4 | 6) => {
          const name =
            table === 'display ip'
              ? `display ip${family === 6 ? 'v6' : ''} routing-table`
              : `${table}${family}`;
          return wholeTable(`${name}${inVrf(vrf)}`, family, vrf);
        };
        return wantsIpv6(query) ? [of(4), of(6)] : [of(4)];
      }),
    ),
  parse: parseVrpLike,
};
