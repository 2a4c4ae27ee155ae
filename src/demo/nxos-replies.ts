// What Cisco NX-OS prints on a demo switch, in the columns of real captures: BGP paths inside a range or to one prefix, and
// the routing table likewise (Nexus 9000 command references: show bgp, show ip route). Pure: command text in, output out.
// IPv4 unicast of the default VRF alone, as the fabric has.
import {
  comparePrefixes,
  contains,
  type Prefix,
  parsePrefix,
  samePrefix,
  tryParsePrefix,
} from '../model/prefix.ts';
import { multipaths, type Path } from './fabric.ts';
import { nxosNeighbors, nxosSummary, nxosTime } from './nxos-neighbors.ts';
import type { ShellManners } from './switch-shell.ts';
import { installedRoutes, type SwitchView } from './switch-view.ts';

/** How its shell looks. */
export const nxosManners = (name: string): ShellManners => ({
  prompt: `${name}# `,
  greeting: '\r\nCisco Nexus Operating System (NX-OS) Software\r\nTAC support: http://www.cisco.com/tac\r\n',
  pager: '\x1b[7m--More--\x1b[m',
  wipe: '\r\x1b[K',
  pagingOff: /^terminal length 0$/,
  pageLines: 23,
});

type Matches = (prefix: Prefix) => boolean;

const inOrder = <T extends { readonly prefix: Prefix }>(rows: readonly T[]) =>
  rows.toSorted((x, y) => comparePrefixes(x.prefix, y.prefix));

function tableOf(view: SwitchView, matches: Matches) {
  const all = [...view.state.table].map(([text, paths]) => ({ prefix: parsePrefix(text), text, paths }));
  return inOrder(all.filter(({ prefix }) => matches(prefix)));
}

const title = 'BGP routing table information for VRF default, address family IPv4 Unicast';

function pathRow(path: Path, i: number, paths: readonly Path[]): string {
  const mark = i === 0 ? '>' : multipaths(paths).includes(path) ? '|' : ' ';
  const network = i === 0 ? path.prefix : '';
  const numbers = `${''.padStart(6)}${''.padStart(11)}${'0'.padStart(11)}`;
  return `*${mark}${path.from?.external ? 'e' : 'i'}${network.padEnd(19)}${path.nextHop.padEnd(20)}${numbers} ${[...path.asPath, 'i'].join(' ')}`;
}

function bgpTable(view: SwitchView, matches: Matches): string[] {
  const { size } = view.state.table;
  return [
    title,
    `BGP table version is ${size}, Local Router ID is ${view.state.device.routerId}`,
    'Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best',
    'Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected',
    'Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup, 2 - best2',
    '',
    '   Network            Next Hop            Metric     LocPrf     Weight Path',
    ...tableOf(view, matches).flatMap(({ paths }) => paths.map((path, i) => pathRow(path, i, paths))),
  ];
}

function pathEntry(path: Path, i: number, paths: readonly Path[]): string[] {
  const equal = i > 0 && multipaths(paths).includes(path);
  const rank = i === 0 ? 'is best path' : `not best reason: ${equal ? 'Router Id, multipath' : 'AS Path'}`;
  return [
    ...(i === 0 ? ['  Advertised path-id 1'] : []),
    `  Path type: ${path.from?.external ? 'external' : 'internal'}, path is valid, ${rank}, no labeled nexthop${i === 0 || equal ? ', in rib' : ''}`,
    `  AS-Path: ${path.asPath.join(' ')} , path sourced external to AS`,
    `    ${path.nextHop} (metric 0) from ${path.from?.peerAddress} (${path.from?.peerRouterId})`,
    '      Origin IGP, MED not set, localpref 100, weight 0',
    '',
  ];
}

function bgpEntry(view: SwitchView, wanted: Prefix): string[] {
  const [found] = tableOf(view, (prefix) => samePrefix(prefix, wanted));
  if (!found) return ['% Network not in table'];
  const { text, paths } = found;
  return [
    title,
    `BGP routing table entry for ${text}, version ${view.state.table.size}`,
    `Paths: (${paths.length} available, best #1)`,
    'Flags: (0x8008001a) (high32 00000000) on xmit-list, is in urib, is best urib route, is in HW',
    '',
    ...paths.flatMap(pathEntry),
    '  Path-id 1 advertised to peers:',
    `    ${[...view.state.sent.keys()]
      .map((address) => address.padEnd(18))
      .join(' ')
      .trimEnd()}`,
  ];
}

/** Names as NX-OS shortens them: Eth1/1, Vlan20. */
const interfaceName = (name: string) => name.replace(/^swp/, 'Eth1/').replace(/^vlan/, 'Vlan');

function routes(view: SwitchView): { readonly prefix: Prefix; readonly lines: readonly string[] }[] {
  const up = nxosTime(Math.floor((view.now - view.bootedAt) / 1000));
  const attached = view.state.device.interfaces.flatMap(({ name, address, network }) =>
    (
      [
        [network, 'direct'],
        [`${address}/32`, 'local'],
      ] as const
    ).map(([prefix, how]) => ({
      prefix: parsePrefix(prefix),
      lines: [
        `${prefix}, ubest/mbest: 1/0, attached`,
        `    *via ${address}, ${interfaceName(name)}, [0/0], ${up}, ${how}`,
      ],
    })),
  );
  const learned = installedRoutes(view)
    .filter(({ protocol }) => protocol === 'bgp')
    .map(({ prefix, hops, since, nextHopAsn }) => {
      const age = nxosTime(Math.max(0, Math.floor((view.now - since) / 1000)));
      const via = (address: string | undefined) =>
        `    *via ${address}, [20/0], ${age}, bgp-${view.state.asn}, external, tag ${nextHopAsn}`;
      const lines = [`${prefix}, ubest/mbest: ${hops.length}/0`, ...hops.map(({ address }) => via(address))];
      return { prefix: parsePrefix(prefix), lines };
    });
  return inOrder([...attached, ...learned]);
}

function routingTable(view: SwitchView, matches: Matches, exact: boolean): string[] {
  const found = routes(view).filter(({ prefix }) => matches(prefix));
  return [
    'IP Route Table for VRF "default"',
    "'*' denotes best ucast next-hop",
    "'**' denotes best mcast next-hop",
    "'[x/y]' denotes [preference/metric]",
    "'%<string>' in via output denotes VRF <string>",
    '',
    ...found.flatMap(({ lines }) => lines),
    ...(exact && found.length === 0 ? ['Route not found'] : []),
  ];
}

function tables(view: SwitchView, command: string): readonly string[] | undefined {
  const [, table, text, longer] =
    /^show (bgp ipv4 unicast|ip route)(?: (\S+))?( longer-prefixes)?$/.exec(command) ?? [];
  const wanted = tryParsePrefix(text ?? '0.0.0.0/0');
  if (table === undefined || !wanted) return undefined;
  const range = text === undefined || longer !== undefined;
  const matches = (prefix: Prefix) => (range ? contains(wanted, prefix) : samePrefix(wanted, prefix));
  if (table === 'ip route') return routingTable(view, matches, !range);
  return range ? bgpTable(view, matches) : bgpEntry(view, wanted);
}

/** The answer to one command; '' for those that say nothing. */
export function nxosReply(view: SwitchView, command: string): string {
  if (/^terminal (?:length|width) \d{1,3}$/.test(command)) return '';
  const { name } = view.state.device;
  const lines =
    command === 'show version'
      ? ['Cisco Nexus Operating System (NX-OS) Software', '  NXOS: version 9.3(8)', `  Device name: ${name}`]
      : command === 'show bgp all summary vrf all | json'
        ? [JSON.stringify(nxosSummary(view))]
        : command === 'show bgp vrf all all neighbors'
          ? nxosNeighbors(view)
          : tables(view, command);
  const complaint = [`${' '.repeat(name.length + 2)}^`, "% Invalid command at '^' marker."];
  return `${(lines ?? complaint).join('\n')}\n`;
}
