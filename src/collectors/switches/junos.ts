// Juniper Junos by its CLI (Juniper, "Junos CLI Reference"): one exec request for each command, JSON answers. `show bgp
// neighbor` holds the peers of every routing instance; the summary adds how long those of the main instance are up.
// Routes are asked for in the tables inet.0 and inet6.0 of the main instance and of those that are named: their VRF is certain.
import type { CollectQuery } from '../../model/collector.ts';
import type { PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { formatPrefix, type Prefix } from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { parseJunos } from './junos-parse.ts';
import { routeQuestions } from './route-questions.ts';

const table = (prefix: Prefix, vrf: string | undefined) =>
  `${vrf === undefined ? '' : `${vrf}.`}${prefix.family === 4 ? 'inet.0' : 'inet6.0'}`;

/** Without a word behind it a prefix asks for all inside; `best` for the longest match: itself or what covers it. */
function questions(query: CollectQuery): { prefix: Prefix; words: string; kind: RouteScope['kind'] }[] {
  const { ranges, outside } = routeQuestions(query);
  return [
    ...ranges.map((prefix) => ({ prefix, words: formatPrefix(prefix), kind: 'ranges' as const })),
    ...[...ranges, ...outside].map((prefix) => ({
      prefix,
      words: `${formatPrefix(prefix)} best`,
      kind: 'exact' as const,
    })),
  ];
}

function routeCommands(query: CollectQuery): readonly PlannedCommand[] {
  const asked = questions(query);
  const of = (protocol: string, layer: 'bgp' | 'installed') =>
    [undefined, ...(query.vrfs ?? [])].flatMap((vrf) =>
      asked.map(({ prefix, words, kind }) => ({
        command: `show route ${protocol}table ${table(prefix, vrf)} ${words} | display json`,
        layer,
        vrf: vrf ?? 'default',
        scope: { kind, prefixes: [prefix] },
      })),
    );
  return [...of('protocol bgp ', 'bgp'), ...of('', 'installed')];
}

/** Juniper Junos and Junos Evolved: MX, QFX, EX, PTX, SRX. */
export const junos: SwitchDriver = {
  name: 'juniper-junos',
  title: 'Juniper Junos',
  channel: 'exec',
  preamble: [],
  readsVrfs: true,
  viaShell: ['cli -c {command}'],
  commands: [
    {
      template: 'show bgp neighbor | display json',
      purpose: 'sessions of all routing instances, with counts',
    },
    {
      template: 'show bgp summary instance master | display json',
      purpose: 'how long the sessions of the main instance are up',
    },
    ...['inet.0', 'inet6.0', '{vrf}.inet.0', '{vrf}.inet6.0'].flatMap((name) => [
      {
        template: `show route protocol bgp table ${name} {prefix} | display json`,
        purpose: 'BGP paths inside a range',
      },
      {
        template: `show route protocol bgp table ${name} {prefix} best | display json`,
        purpose: 'BGP paths of a prefix or of what covers it',
      },
      { template: `show route table ${name} {prefix} | display json`, purpose: 'routes inside a range' },
      {
        template: `show route table ${name} {prefix} best | display json`,
        purpose: 'the route of a prefix or of what covers it',
      },
    ]),
  ],
  sessionCommands: () => [
    { command: 'show bgp neighbor | display json' },
    { command: 'show bgp summary instance master | display json' },
  ],
  routeCommands,
  parse: parseJunos,
};
