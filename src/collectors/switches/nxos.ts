// Cisco NX-OS (Nexus) by its interactive shell. The summary of all VRFs and families is asked for as JSON; the tables as
// text, in which a prefix that is absent is said to be (JSON answers nothing at all then). Routes of the default VRF and of
// those that are named.
// Follows the Cisco Nexus 9000 Series NX-OS command references; see docs/drivers/cisco-nxos.md.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { jsonIn } from './cisco-json.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';
import { parseNxosJson } from './nxos-json.ts';

const table = (layer: 'bgp' | 'installed', { family }: Prefix) =>
  layer === 'bgp' ? `show bgp ipv${family} unicast` : `show ${family === 4 ? 'ip' : 'ipv6'} route`;

const inVrf = (vrf: string | undefined) => (vrf === undefined ? '' : ` vrf ${vrf}`);

const routeTemplates = ['', ' vrf {vrf}'].flatMap((vrf) => {
  const where = vrf === '' ? '' : ', in a VRF';
  return ([4, 6] as const).flatMap((family) => [
    {
      template: `show bgp ipv${family} unicast {prefix} longer-prefixes${vrf}`,
      purpose: `IPv${family} BGP paths inside a range${where}`,
    },
    {
      template: `show bgp ipv${family} unicast {prefix}${vrf}`,
      purpose: `IPv${family} BGP paths of one prefix${where}`,
    },
    {
      template: `show ${family === 4 ? 'ip' : 'ipv6'} route {prefix} longer-prefixes${vrf}`,
      purpose: `installed IPv${family} routes inside a range${where}`,
    },
    {
      template: `show ${family === 4 ? 'ip' : 'ipv6'} route {prefix}${vrf}`,
      purpose: `the installed IPv${family} route of one prefix${where}`,
    },
  ]);
});

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
  readsVrfs: true,
  commands: [
    {
      template: 'show bgp all summary vrf all | json',
      purpose: 'sessions of all VRFs and families, with prefix counts',
    },
    {
      template: 'show bgp vrf all all neighbors',
      purpose: 'own addresses, last errors, counts sent and accepted',
    },
    ...routeTemplates,
  ],
  sessionCommands: () => [
    { command: 'show bgp all summary vrf all | json' },
    { command: 'show bgp vrf all all neighbors' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix, vrf) =>
        `${table(layer, prefix)} ${formatPrefix(prefix)} longer-prefixes${inVrf(vrf)}`,
      exact: (layer, prefix, vrf) => `${table(layer, prefix)} ${formatPrefix(prefix)}${inVrf(vrf)}`,
    }),
  parse,
};
