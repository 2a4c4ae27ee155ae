// FRRouting by vtysh (docs.frrouting.org, "BGP" and "Zebra"), also on Cumulus Linux and SONiC: JSON commands, several in one
// exec request. Asks only for the cluster's prefixes: 1,000 such look-ups cost FRR 0.1 s where a dump of a full table costs
// 5 s of bgpd's main loop. Sessions are read in all VRFs, routes in the default one and in
// those that are named.

import { formatAddress } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import type { DriverBatch, PlannedCommand, SwitchDriver } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import {
  contains,
  formatPrefix,
  maxLength,
  type Prefix,
  prefixKey,
  prefixOf,
  samePrefix,
} from '../../model/prefix.ts';
import type { RouteScope } from '../../model/route-view.ts';
import { pieces } from './frr-json.ts';
import { parseFrr } from './frr-parse.ts';
import { frrStream } from './frr-stream.ts';

const bgp = (family: 4 | 6, vrf?: string) =>
  `show bgp ${vrf === undefined ? '' : `vrf ${vrf} `}ipv${family} unicast`;
const rib = (family: 4 | 6, vrf?: string) =>
  `show ${family === 4 ? 'ip' : 'ipv6'} route${vrf === undefined ? '' : ` vrf ${vrf}`}`;

/** The same question to the BGP table and to the routing table of the default VRF and of each that is named. */
function questions(
  prefix: Prefix,
  rest: string,
  scope: RouteScope,
  { vrfs = [] }: CollectQuery,
): PlannedCommand[] {
  return [undefined, ...vrfs].flatMap((vrf): PlannedCommand[] => {
    const base = { vrf: vrf ?? 'default', scope };
    return [
      { command: `${bgp(prefix.family, vrf)} ${rest} json`, layer: 'bgp', ...base },
      { command: `${rib(prefix.family, vrf)} ${rest} json`, layer: 'installed', ...base },
    ];
  });
}

/** Each prefix once. */
function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [prefixKey(prefix), prefix])).values()];
}

/** Every shorter prefix that contains this one, the default route included: at most 32 or 128. */
function supernets(prefix: Prefix): Prefix[] {
  return Array.from({ length: prefix.length }, (_, length) => prefixOf(prefix, length));
}

/** The whole tables, of the families of which there is something to find. */
function wholeTables({ prefixes, ranges, vrfs = [] }: CollectQuery): readonly PlannedCommand[] {
  const families = ([4, 6] as const).filter((family) =>
    [...ranges, ...prefixes].some((prefix) => prefix.family === family),
  );
  return (['bgp', 'installed'] as const).flatMap((layer) =>
    [undefined, ...vrfs].flatMap((vrf) =>
      families.map((family): PlannedCommand => {
        const everything = { family, a: 0, b: 0, c: 0, d: 0, length: 0 };
        const table = layer === 'bgp' ? bgp(family, vrf) : rib(family, vrf);
        const scope: RouteScope = { kind: 'ranges', prefixes: [everything] };
        return { command: `${table} json`, layer, vrf: vrf ?? 'default', scope, streamed: true };
      }),
    ),
  );
}

/**
 * Which questions find every expected prefix, everything unexpected, and what covers a prefix that is missing:
 * - a range query for each of the cluster's ranges answers for all prefixes inside it;
 * - an expected prefix outside all ranges is asked for by itself: a single address by `show … ADDRESS`, whose answer is
 *   the longest match, so the route itself or else what covers it; a longer-than-host prefix exactly;
 * - what covers a range or such a prefix from above (an aggregate, the default route) is asked for exactly, length by
 *   length: a longest-match look-up of the range's first address would find a block inside the range instead.
 */
function routeCommands(query: CollectQuery): readonly PlannedCommand[] {
  if (query.wholeTables) return wholeTables(query);
  const all = distinct(query.ranges);
  const ranges = all.filter(
    (range) => !all.some((other) => !samePrefix(other, range) && contains(other, range)),
  );
  const outside = distinct(query.prefixes).filter(
    (prefix) => !ranges.some((range) => contains(range, prefix)),
  );
  const isHost = (prefix: Prefix) => prefix.length === maxLength(prefix.family);
  const subnets = outside.filter((prefix) => !isHost(prefix));
  const above = [...ranges, ...subnets]
    .flatMap(supernets)
    .filter((prefix) => !ranges.some((range) => contains(range, prefix)));
  const exact = distinct([...subnets, ...above]);
  const commands = [
    ...ranges.flatMap((range) => {
      const scope: RouteScope = { kind: 'ranges', prefixes: [range] };
      return questions(range, `${formatPrefix(range)} longer-prefixes`, scope, query);
    }),
    ...exact.flatMap((prefix) =>
      questions(prefix, formatPrefix(prefix), { kind: 'exact', prefixes: [prefix] }, query),
    ),
    ...outside
      .filter(isHost)
      .flatMap((prefix) =>
        questions(prefix, formatAddress(prefix), { kind: 'exact', prefixes: [prefix] }, query),
      ),
  ];
  // One layer behind the other: where bgpd does not answer, zebra's batch still does.
  return [
    ...commands.filter((command) => command.layer === 'bgp'),
    ...commands.filter((command) => command.layer === 'installed'),
  ];
}

/** vtysh takes several lines in one -c and stops at the first that fails: then there are fewer answers than commands. */
const batch: DriverBatch = {
  separator: '\n',
  most: 100,
  split: (output, commands) => {
    const answers = pieces(commands[0] ?? 'vtysh', output.replaceAll('\r', ''));
    if (answers.length === commands.length) return answers.map((piece) => piece.text);
    const complaint = answers.find((piece) => !piece.json);
    const reason = complaint ? `, the device says: ${snippet(complaint.text)}` : '';
    const message = `${answers.length} answers to ${commands.length} commands${reason}`;
    throw new ParseError(
      commands[complaint ? answers.indexOf(complaint) : 0] ?? 'vtysh',
      message,
      complaint?.line,
    );
  },
};

const routeTemplates = [undefined, '{vrf}'].flatMap((vrf) =>
  ([4, 6] as const).flatMap((family) => {
    const where = `IPv${family}${vrf === undefined ? '' : ', in a VRF'}`;
    const [paths, routes] = [bgp(family, vrf), rib(family, vrf)];
    return [
      { template: `${paths} {prefix} longer-prefixes json`, purpose: `BGP paths inside a range: ${where}` },
      { template: `${paths} {prefix} json`, purpose: `BGP paths of one prefix: ${where}` },
      { template: `${paths} {address} json`, purpose: `BGP paths that match an address: ${where}` },
      {
        template: `${routes} {prefix} longer-prefixes json`,
        purpose: `installed routes inside a range: ${where}`,
      },
      { template: `${paths} json`, purpose: `the whole BGP table, with wholeTables: ${where}` },
      { template: `${routes} json`, purpose: `the whole routing table, with wholeTables: ${where}` },
      { template: `${routes} {prefix} json`, purpose: `installed routes of one prefix: ${where}` },
      {
        template: `${routes} {address} json`,
        purpose: `the installed route that matches an address: ${where}`,
      },
    ];
  }),
);

/** FRRouting, Cumulus Linux and SONiC by vtysh. */
export const frr: SwitchDriver = {
  name: 'frr',
  title: 'FRRouting (vtysh), also on Cumulus Linux and SONiC',
  channel: 'exec',
  preamble: [],
  readsVrfs: true,
  batch,
  viaShell: ['vtysh -c {command}', 'sudo -n vtysh -c {command}'],
  commands: [
    {
      template: 'show bgp vrf all summary json',
      purpose: 'sessions of all VRFs and families, with prefix counts',
    },
    {
      template: 'show bgp vrf all neighbors json',
      purpose: 'addresses of unnumbered peers, last errors, restarts',
    },
    ...routeTemplates,
  ],
  sessionCommands: () => [
    { command: 'show bgp vrf all summary json' },
    { command: 'show bgp vrf all neighbors json' },
  ],
  routeCommands,
  parse: parseFrr,
  stream: (command) => frrStream(command),
};
