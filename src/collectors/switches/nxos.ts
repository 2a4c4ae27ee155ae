// Cisco NX-OS (Nexus) by its interactive shell. The summary of all VRFs and families is asked for as JSON; the tables as
// text, in which a prefix that is absent is said to be (JSON answers nothing at all then). Routes of the default VRF.
// Follows the Cisco Nexus 9000 Series NX-OS command references; see docs/drivers/cisco-nxos.md.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { jsonIn } from './cisco-json.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';
import { parseNxosJson } from './nxos-json.ts';

const table = (layer: 'bgp' | 'installed', { family }: Prefix) =>
  layer === 'bgp' ? `show bgp ipv${family} unicast` : `show ${family === 4 ? 'ip' : 'ipv6'} route`;

function parse(command: string, output: string): Parsed {
  const json = jsonIn(command, output);
  return json === undefined ? parseCisco(command, output) : parseNxosJson(command, json);
}

/** Cisco NX-OS. */
export const nxos: SwitchDriver = {
  name: 'cisco-nxos',
  title: 'Cisco NX-OS (Nexus)',
  channel: 'shell',
  preamble: ['terminal length 0', 'terminal width 511'],
  commands: [
    {
      template: 'show bgp all summary vrf all | json',
      purpose: 'sessions of all VRFs and families, with prefix counts',
    },
    {
      template: 'show bgp vrf all all neighbors',
      purpose: 'own addresses, last errors, counts sent and accepted',
    },
    { template: 'show bgp ipv4 unicast {prefix} longer-prefixes', purpose: 'BGP paths inside a range' },
    { template: 'show bgp ipv6 unicast {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    { template: 'show bgp ipv4 unicast {prefix}', purpose: 'BGP paths of one prefix' },
    { template: 'show bgp ipv6 unicast {prefix}', purpose: 'the same for IPv6' },
    { template: 'show ip route {prefix} longer-prefixes', purpose: 'installed routes inside a range' },
    { template: 'show ipv6 route {prefix} longer-prefixes', purpose: 'the same for IPv6' },
    { template: 'show ip route {prefix}', purpose: 'the installed route of one prefix' },
    { template: 'show ipv6 route {prefix}', purpose: 'the same for IPv6' },
  ],
  sessionCommands: () => [
    { command: 'show bgp all summary vrf all | json' },
    { command: 'show bgp vrf all all neighbors' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix) => `${table(layer, prefix)} ${formatPrefix(prefix)} longer-prefixes`,
      exact: (layer, prefix) => `${table(layer, prefix)} ${formatPrefix(prefix)}`,
    }),
  parse,
};
