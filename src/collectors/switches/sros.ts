// Nokia SR OS by its CLI (Nokia, "Unicast Routing Protocols Guide"): text tables, which classic CLI and MD-CLI print alike,
// in a shell, because not every release runs single commands. Both ways of turning the pager off are typed: the one that the
// CLI does not know changes nothing.
import type { CollectQuery } from '../../model/collector.ts';
import type { PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { routeQuestions } from './route-questions.ts';
import { parseSros } from './sros-parse.ts';

const family = (prefix: Prefix) => (prefix.family === 4 ? '' : 'ipv6 ');

/** `longer`: all inside a prefix; without it the longest match: the route itself or what covers it. */
function routeCommands(query: CollectQuery): readonly PlannedCommand[] {
  const { ranges, outside } = routeQuestions(query);
  const of = (words: string, layer: 'bgp' | 'installed') => {
    const ask = (prefix: Prefix, rest: string, kind: RouteScope['kind']): PlannedCommand => ({
      command: `show router ${words} ${family(prefix)}${formatPrefix(prefix)}${rest}`,
      layer,
      vrf: 'default',
      scope: { kind, prefixes: [prefix] },
    });
    return [
      ...ranges.map((prefix) => ask(prefix, ' longer', 'ranges')),
      ...[...ranges, ...outside].map((prefix) => ask(prefix, '', 'exact')),
    ];
  };
  return [...of('bgp routes', 'bgp'), ...of('route-table', 'installed')];
}

/** Nokia SR OS: 7750 SR, 7250 IXR, 7450 ESS, 7210 SAS. */
export const sros: SwitchDriver = {
  name: 'nokia-sros',
  title: 'Nokia SR OS (classic CLI and MD-CLI)',
  channel: 'shell',
  preamble: ['environment no more', 'environment more false'],
  commands: [
    {
      template: 'show router bgp summary all',
      purpose: 'sessions of all routers and VPRNs, with prefix counts',
    },
    ...['', 'ipv6 '].flatMap((words) => [
      { template: `show router bgp routes ${words}{prefix} longer`, purpose: 'BGP paths inside a range' },
      { template: `show router bgp routes ${words}{prefix}`, purpose: 'BGP paths of a prefix' },
      {
        template: `show router route-table ${words}{prefix} longer`,
        purpose: 'installed routes inside a range',
      },
      {
        template: `show router route-table ${words}{prefix}`,
        purpose: 'the installed route of a prefix or what covers it',
      },
    ]),
  ],
  sessionCommands: () => [{ command: 'show router bgp summary all' }],
  routeCommands,
  parse: parseSros,
};
