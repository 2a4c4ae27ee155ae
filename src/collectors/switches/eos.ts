// Arista EOS by exec requests, each a CLI of its own without pager or prompt. JSON, but for the neighbours, which old releases
// print as text only. Routes of the default VRF. Follows the Arista EOS User Manual, "BGP commands" and "IPv4 commands";
// see docs/drivers/arista-eos.md.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { jsonIn } from './cisco-json.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';
import { parseEosJson } from './eos-json.ts';

const table = (layer: 'bgp' | 'installed', { family }: Prefix) =>
  `show ${family === 4 ? 'ip' : 'ipv6'} ${layer === 'bgp' ? 'bgp' : 'route'}`;

function parse(command: string, output: string): Parsed {
  const json = jsonIn(command, output);
  return json === undefined ? parseCisco(command, output) : parseEosJson(command, json);
}

/** Arista EOS. */
export const eos: SwitchDriver = {
  name: 'arista-eos',
  title: 'Arista EOS',
  channel: 'exec',
  preamble: [],
  viaShell: ['FastCli -p 1 -c {command}'],
  commands: [
    {
      template: 'show ip bgp summary vrf all | json',
      purpose: 'IPv4 sessions of all VRFs, with prefix counts',
    },
    { template: 'show ipv6 bgp summary vrf all | json', purpose: 'the same for IPv6' },
    { template: 'show ip bgp neighbors vrf all', purpose: 'uptimes, own addresses, last errors' },
    { template: 'show ip bgp {prefix} longer-prefixes | json', purpose: 'BGP paths inside a range' },
    { template: 'show ipv6 bgp {prefix} longer-prefixes | json', purpose: 'the same for IPv6' },
    { template: 'show ip bgp {prefix} | json', purpose: 'BGP paths of one prefix' },
    { template: 'show ipv6 bgp {prefix} | json', purpose: 'the same for IPv6' },
    { template: 'show ip route {prefix} longer-prefixes | json', purpose: 'installed routes inside a range' },
    { template: 'show ipv6 route {prefix} longer-prefixes | json', purpose: 'the same for IPv6' },
    { template: 'show ip route {prefix} | json', purpose: 'the installed route of one prefix' },
    { template: 'show ipv6 route {prefix} | json', purpose: 'the same for IPv6' },
  ],
  sessionCommands: () => [
    { command: 'show ip bgp summary vrf all | json' },
    { command: 'show ipv6 bgp summary vrf all | json' },
    { command: 'show ip bgp neighbors vrf all' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix) => `${table(layer, prefix)} ${formatPrefix(prefix)} longer-prefixes | json`,
      exact: (layer, prefix) => `${table(layer, prefix)} ${formatPrefix(prefix)} | json`,
    }),
  parse,
};
