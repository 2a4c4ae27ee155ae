// H3C (and HPE) Comware 7 by its command line ("Layer 3 - IP Routing Command Reference": display bgp, display ip
// routing-table). Comware closes the channel after one exec, so commands are typed into a shell. Its look-ups by prefix
// differ in meaning between releases (`longer-match` is the longest match here, all longer ones there), so whole tables
// are asked for: their totals also tell whether an answer is complete.
import type { SwitchDriver } from '../../model/driver.ts';
import { parseVrpLike, wantsIpv6, wholeTable } from './vrp-like.ts';

/** H3C Comware 7, also HPE FlexNetwork and FlexFabric. */
export const comware: SwitchDriver = {
  name: 'h3c-comware',
  title: 'H3C Comware 7, also HPE FlexFabric',
  channel: 'shell',
  preamble: ['screen-length disable'],
  commands: [
    { template: 'display bgp peer ipv4', purpose: 'IPv4 sessions with states and prefix counts' },
    { template: 'display bgp peer ipv6', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp routing-table ipv4', purpose: 'the BGP table' },
    { template: 'display bgp routing-table ipv6', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display ip routing-table', purpose: 'the routing table with all next hops' },
    { template: 'display ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
  ],
  sessionVrfs: ['default'],
  sessionCommands: (query) => [
    { command: 'display bgp peer ipv4' },
    ...(wantsIpv6(query) ? [{ command: 'display bgp peer ipv6' }] : []),
  ],
  routeCommands: (query) => [
    wholeTable('display bgp routing-table ipv4', 4),
    ...(wantsIpv6(query) ? [wholeTable('display bgp routing-table ipv6', 6)] : []),
    wholeTable('display ip routing-table', 4),
    ...(wantsIpv6(query) ? [wholeTable('display ipv6 routing-table', 6)] : []),
  ],
  parse: parseVrpLike,
};
