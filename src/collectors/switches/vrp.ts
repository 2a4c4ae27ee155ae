// Huawei VRP 5 and 8 by its command line ("BGP Commands" and "IP Routing Table Commands" of the CloudEngine references).
// VRP closes the channel after one exec, so commands are typed into a shell. Whole tables are asked for, as with Comware:
// their totals tell whether an answer is complete.
import type { SwitchDriver } from '../../model/driver.ts';
import { parseVrpLike, wantsIpv6, wholeTable } from './vrp-like.ts';

/** Huawei VRP: CloudEngine, S and NE series. */
export const vrp: SwitchDriver = {
  name: 'huawei-vrp',
  title: 'Huawei VRP (CloudEngine, S and NE series)',
  channel: 'shell',
  preamble: ['screen-length 0 temporary'],
  commands: [
    { template: 'display bgp peer', purpose: 'IPv4 sessions with states and prefix counts' },
    { template: 'display bgp ipv6 peer', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display bgp routing-table', purpose: 'the BGP table' },
    { template: 'display bgp ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
    { template: 'display ip routing-table', purpose: 'the routing table with all next hops' },
    { template: 'display ipv6 routing-table', purpose: 'the same for IPv6, where the cluster has any' },
  ],
  sessionVrfs: ['default'],
  sessionCommands: (query) => [
    { command: 'display bgp peer' },
    ...(wantsIpv6(query) ? [{ command: 'display bgp ipv6 peer' }] : []),
  ],
  routeCommands: (query) => [
    wholeTable('display bgp routing-table', 4),
    ...(wantsIpv6(query) ? [wholeTable('display bgp ipv6 routing-table', 6)] : []),
    wholeTable('display ip routing-table', 4),
    ...(wantsIpv6(query) ? [wholeTable('display ipv6 routing-table', 6)] : []),
  ],
  parse: parseVrpLike,
};
