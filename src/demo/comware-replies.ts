// What H3C Comware 7 prints on a demo switch, in the columns of real captures: the peers, the BGP table and the routing table
// (Layer 3 - IP Routing Command Reference: display bgp, display ip routing-table), each with its totals. Pure: command
// text in, output out. IPv4 unicast of the public instance alone, as the fabric has.
import { comparePrefixes, formatPrefix, hostPrefix, type Prefix, parsePrefix } from '../model/prefix.ts';
import type { Path } from './fabric.ts';
import type { SessionEnd } from './sessions.ts';
import { stateNames } from './state-names.ts';
import type { ShellManners } from './switch-shell.ts';
import { type InstalledRoute, installedRoutes, type SwitchView, sessionCounters } from './switch-view.ts';

const stars = '*'.repeat(78);

/** How its shell looks. */
export const comwareManners = (name: string): ShellManners => ({
  prompt: `<${name}>`,
  greeting: `\r\n${stars}\r\n* Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved.*\r\n${stars}\r\n\r\n`,
  pager: '---- More ----',
  wipe: '\x1b[16D                \x1b[16D',
  pagingOff: /^screen-length disable$/,
  pageLines: 23,
});

const two = (value: number) => String(Math.floor(value)).padStart(2, '0');

/** `23:52:28`, from a day on `0145h31m`. */
function uptime(seconds: number): string {
  const minutes = two((seconds % 3600) / 60);
  if (seconds < 86_400) return `${two(seconds / 3600)}:${minutes}:${two(seconds % 60)}`;
  return `${String(Math.floor(seconds / 3600)).padStart(4, '0')}h${minutes}m`;
}

/** Names as Comware shortens them: XGE1/0/1, Vlan20. */
const interfaceName = (name: string) => name.replace(/^swp/, 'XGE1/0/').replace(/^vlan/, 'Vlan');

function peerRow(view: SwitchView, end: SessionEnd): string {
  const { received, messagesIn, messagesOut } = sessionCounters(view, end);
  const age = Math.max(0, Math.floor((view.now - view.history.sessionSince(end)) / 1000));
  const cells = [
    `  ${end.peerAddress.padEnd(15)}${String(end.peerAsn).padStart(11)}`,
    String(messagesIn).padStart(9),
    String(messagesOut).padStart(9),
    '0'.padStart(5),
    String(received).padStart(8),
  ];
  return `${cells.join('')} ${uptime(age)} ${end.adminDown ? 'Idle (Admin)' : stateNames[end.state]}`;
}

function peers(view: SwitchView): string[] {
  const { sessions, device, asn } = view.state;
  const up = sessions.filter(({ state }) => state === 'established').length;
  return [
    '',
    ` BGP local router ID: ${device.routerId}`,
    ` Local AS number: ${asn}`,
    ` Total number of peers: ${sessions.length}\t\t  Peers in established state: ${up}`,
    '',
    '  * - Dynamically created peer',
    '  Peer                    AS  MsgRcvd  MsgSent OutQ PrefRcv Up/Down  State',
    '',
    ...sessions.map((end) => peerRow(view, end)),
  ];
}

function bgpRow(path: Path, i: number): string {
  const network = i === 0 ? path.prefix : '';
  const status = `* ${i === 0 ? '>' : ' '}${path.from?.external ? 'e' : path.from ? 'i' : ' '} `;
  // A path from another AS has no LOCAL_PREF, and nothing here sends a MED.
  const cells = network.padEnd(19) + path.nextHop.padEnd(16) + ''.padEnd(22);
  return `${status}${cells}${'0'.padEnd(8)}${path.asPath.join(' ')}i`;
}

function bgpTable(view: SwitchView): string[] {
  const rows = [...view.state.table.values()]
    .toSorted(([x], [y]) => comparePrefixes(parsePrefix(x?.prefix ?? ''), parsePrefix(y?.prefix ?? '')))
    .flatMap((paths) => paths.map(bgpRow));
  return [
    '',
    ` Total number of routes: ${rows.length}`,
    '',
    ` BGP local router ID is ${view.state.device.routerId}`,
    ' Status codes: * - valid, > - best, d - dampened, h - history,',
    '               s - suppressed, S - stale, i - internal, e - external',
    '               Origin: i - IGP, e - EGP, ? - incomplete',
    '',
    '     Network            NextHop         MED        LocPrf     PrefVal Path/Ogn',
    '',
    ...rows,
  ];
}

interface RibLine {
  readonly prefix: Prefix;
  readonly protocol: 'BGP' | 'Direct';
  readonly hops: readonly { readonly address: string; readonly name: string }[];
}

const toItself = [{ address: '127.0.0.1', name: 'InLoop0' }];
const nowhere = [{ address: '0.0.0.0', name: 'NULL0' }];

const direct = (prefix: string, hops: RibLine['hops']): RibLine => ({
  prefix: parsePrefix(prefix),
  protocol: 'Direct',
  hops,
});

/** What every Comware router has, whatever its addresses. */
const always: readonly RibLine[] = [
  ...['0.0.0.0/32', '127.0.0.0/8', '127.0.0.1/32', '127.255.255.255/32', '255.255.255.255/32'].map((prefix) =>
    direct(prefix, toItself),
  ),
  ...['224.0.0.0/4', '224.0.0.0/24'].map((prefix) => direct(prefix, nowhere)),
];

/** A connected network comes with its own address and its broadcast address. */
function connected({
  address,
  network,
  name,
}: {
  address: string;
  network: string;
  name: string;
}): RibLine[] {
  const first = parsePrefix(network);
  const last = hostPrefix({ ...first, a: first.a + 2 ** (32 - first.length) - 1 });
  const own = [{ address, name: interfaceName(name) }];
  return [direct(network, own), direct(`${address}/32`, toItself), direct(formatPrefix(last), own)];
}

const learned = ({ prefix, hops }: InstalledRoute): RibLine => ({
  prefix: parsePrefix(prefix),
  protocol: 'BGP',
  hops: hops.map((hop) => ({ address: hop.address ?? '', name: interfaceName(hop.interface) })),
});

function routingTable(view: SwitchView): string[] {
  const routes = [
    ...always,
    ...view.state.device.interfaces.flatMap(connected),
    ...installedRoutes(view)
      .filter(({ protocol }) => protocol === 'bgp')
      .map(learned),
  ].toSorted((x, y) => comparePrefixes(x.prefix, y.prefix));
  const rows = routes.flatMap(({ prefix, protocol, hops }) =>
    hops.map(({ address, name }, i) => {
      const to = i === 0 ? formatPrefix(prefix) : '';
      const preference = protocol === 'BGP' ? '255' : '0';
      return `${to.padEnd(19)}${protocol.padEnd(8)}${preference.padEnd(4)}${'0'.padEnd(12)}${address.padEnd(16)}${name}`;
    }),
  );
  return [
    '',
    `Destinations : ${routes.length}       Routes : ${rows.length}`,
    '',
    'Destination/Mask   Proto   Pre Cost        NextHop         Interface',
    ...rows,
  ];
}

const version = [
  'H3C Comware Software, Version 7.1.070, Release 6616P01',
  'Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved.',
];

const tables: readonly (readonly [command: RegExp, lines: (view: SwitchView) => readonly string[]])[] = [
  [/^screen-length disable$/, () => ['% Screen-length configuration is disabled for current user.']],
  [/^display version$/, () => version],
  [/^display bgp peer ipv4(?: unicast)?$/, peers],
  [/^display bgp routing-table ipv4(?: unicast)?$/, bgpTable],
  [/^display ip routing-table$/, routingTable],
];

/** The answer to one command; `display` may be shortened, and `show` is its alias. */
export function comwareReply(view: SwitchView, text: string): string {
  const command = text.replace(/^(?:dis|disp|displ|displa|sh|sho|show) /, 'display ');
  const known = tables.find(([pattern]) => pattern.test(command));
  const caret = `${' '.repeat(view.state.device.name.length + 2)}^`;
  const lines = known ? known[1](view) : [caret, " % Unrecognized command found at '^' position."];
  return `${lines.join('\n')}\n`;
}
