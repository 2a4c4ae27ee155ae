// Arista EOS by exec requests, each a CLI of its own without pager or prompt. JSON, but for the neighbours, which old releases
// print as text only. Routes of the default VRF and of those named. Follows the Arista EOS User Manual, "BGP commands" and "IPv4 commands";
// see docs/drivers/arista-eos.md.
import type { Parsed, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import { jsonIn } from './cisco-json.ts';
import { parseCisco } from './cisco-parse.ts';
import { planRoutes } from './cisco-plan.ts';
import { parseEosJson } from './eos-json.ts';

function lookup(layer: 'bgp' | 'installed', prefix: Prefix, longer: string, vrf?: string): string {
  const family = prefix.family === 4 ? 'ip' : 'ipv6';
  const wanted = `${formatPrefix(prefix)}${longer}`;
  if (layer === 'bgp') return `show ${family} bgp ${wanted}${vrf === undefined ? '' : ` vrf ${vrf}`} | json`;
  return `show ${family} route${vrf === undefined ? '' : ` vrf ${vrf}`} ${wanted} | json`;
}

const routeTemplates = ['', ' vrf {vrf}'].flatMap((vrf) =>
  [' longer-prefixes', ''].flatMap((longer) =>
    ['ip', 'ipv6'].flatMap((family) => {
      const what = `${longer === '' ? 'of one prefix' : 'inside a range'}${vrf === '' ? '' : ', in a VRF'}`;
      return [
        {
          template: `show ${family} bgp {prefix}${longer}${vrf} | json`,
          purpose: `${family} BGP paths ${what}`,
        },
        {
          template: `show ${family} route${vrf} {prefix}${longer} | json`,
          purpose: `installed ${family} routes ${what}`,
        },
      ];
    }),
  ),
);

function parse(command: string, output: string): Parsed {
  const json = jsonIn(command, output);
  return json === undefined ? parseCisco(command, output) : parseEosJson(command, json);
}

/** Arista EOS. */
export const eos: SwitchDriver = {
  name: 'arista-eos',
  title: 'Arista EOS',
  channel: 'exec',
  // Typed in a shell only, which is where rights can be raised.
  preamble: ['terminal length 0', 'terminal width 32767'],
  readsVrfs: true,
  enable: { command: 'enable', granted: /#\s*$/ },
  viaShell: ['FastCli -p 1 -c {command}'],
  commands: [
    {
      template: 'show ip bgp summary vrf all | json',
      purpose: 'IPv4 sessions of all VRFs, with prefix counts',
    },
    { template: 'show ipv6 bgp summary vrf all | json', purpose: 'the same for IPv6' },
    { template: 'show ip bgp neighbors vrf all', purpose: 'uptimes, own addresses, last errors' },
    ...routeTemplates,
  ],
  sessionCommands: () => [
    { command: 'show ip bgp summary vrf all | json' },
    { command: 'show ipv6 bgp summary vrf all | json' },
    { command: 'show ip bgp neighbors vrf all' },
  ],
  routeCommands: (query) =>
    planRoutes(query, {
      range: (layer, prefix, vrf) => lookup(layer, prefix, ' longer-prefixes', vrf),
      exact: (layer, prefix, vrf) => lookup(layer, prefix, '', vrf),
    }),
  parse,
};
