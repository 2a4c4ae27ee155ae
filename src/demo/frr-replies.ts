// What vtysh of FRR 8.4 prints on a demo switch: BGP summary, one prefix or the prefixes of a range in the BGP table and
// in the routing table (zebra/zebra_vty.c), all as JSON. Pure: command text in, output and exit status out. An unknown
// command ends the batch, as in vtysh.
import { parseAddress } from '../model/address.ts';
import {
  comparePrefixes,
  contains,
  type Prefix,
  parsePrefix,
  prefixOf,
  samePrefix,
  tryParsePrefix,
} from '../model/prefix.ts';
import { bgpPrefix, bgpRange, summary } from './frr-bgp.ts';
import { pretty, uptime } from './frr-json.ts';
import { neighbors } from './frr-neighbors.ts';
import { type InstalledRoute, installedRoutes, type SwitchView } from './switch-view.ts';

/** Output of a batch of commands and the exit status of the shell that ran it. */
export interface FrrReply {
  readonly output: string;
  readonly exitCode: number;
}

function installed(view: SwitchView, route: InstalledRoute): object {
  const age = Math.max(0, Math.floor((view.now - route.since) / 1000));
  return {
    prefix: route.prefix,
    prefixLen: parsePrefix(route.prefix).length,
    protocol: route.protocol,
    vrfId: 0,
    vrfName: 'default',
    selected: true,
    destSelected: true,
    distance: route.protocol === 'bgp' ? 20 : 0,
    metric: 0,
    installed: true,
    table: 254,
    internalStatus: 16,
    internalFlags: 8,
    internalNextHopNum: route.hops.length,
    internalNextHopActiveNum: route.hops.length,
    uptime: uptime(age),
    nexthops: route.hops.map((hop) => ({
      flags: 3,
      fib: true,
      ...(hop.address ? { ip: hop.address, afi: 'ipv4' } : { directlyConnected: true }),
      interfaceIndex: hop.index,
      interfaceName: hop.interface,
      active: true,
      ...(hop.address ? { weight: 1 } : {}),
    })),
  };
}

function installedReply(view: SwitchView, matches: (prefix: Prefix) => boolean): string {
  const routes = installedRoutes(view)
    .map((route) => ({ route, prefix: parsePrefix(route.prefix) }))
    .filter(({ prefix }) => matches(prefix))
    .sort((x, y) => comparePrefixes(x.prefix, y.prefix));
  return `${pretty(Object.fromEntries(routes.map(({ route }) => [route.prefix, [installed(view, route)]])))}\n`;
}

function longest(prefixes: Iterable<string>, wanted: Prefix): Prefix | undefined {
  const covering = [...prefixes].map(parsePrefix).filter((prefix) => contains(prefix, wanted));
  return covering.sort((x, y) => y.length - x.length)[0];
}

/** `10.0.0.0/24` means exactly that; an address, the longest match of it. */
function target(text: string, prefixes: Iterable<string>): Prefix | undefined {
  const address = parseAddress(text);
  return address ? longest(prefixes, prefixOf(address, 32)) : tryParsePrefix(text);
}

function bgpReply(view: SwitchView, text: string): string {
  const wanted = target(text, view.state.table.keys());
  const found = [...view.state.table].find(([prefix]) => wanted && samePrefix(parsePrefix(prefix), wanted));
  return found ? `${pretty(bgpPrefix(view, found[1]))}\n` : '{\n}\n';
}

function reply(view: SwitchView, command: string): string | undefined {
  if (/^show bgp vrf all summary json$/.test(command)) {
    return `{\n"default":{\n"ipv4Unicast":${pretty(summary(view))}\n}\n}\n`;
  }
  if (/^show (bgp|ip bgp) summary json$/.test(command)) {
    return `{\n"ipv4Unicast":${pretty(summary(view))}\n}\n`;
  }
  if (command === 'show bgp vrf all neighbors json') {
    return `{\n"default":${pretty(neighbors(view))}\n}\n`;
  }
  const [, table, text, longer] =
    /^show (bgp ipv4 unicast|ip bgp|ip route)(?: ([\d./]+))?( longer-prefixes)? json$/.exec(command) ?? [];
  const prefix = tryParsePrefix(text ?? '0.0.0.0/0');
  const range = longer || text === undefined;
  if (table === undefined || (range && !prefix)) return undefined;
  if (text !== undefined && !prefix && !parseAddress(text)) return undefined;
  if (table !== 'ip route') return range && prefix ? bgpRange(view, prefix) : bgpReply(view, text ?? '');
  if (range && prefix) return installedReply(view, (route) => contains(prefix, route));
  const prefixes = installedRoutes(view).map((route) => route.prefix);
  const wanted = target(text ?? '', prefixes);
  return installedReply(view, (route) => wanted !== undefined && samePrefix(route, wanted));
}

/** The commands of one exec request: lines as for a vtysh login shell, or `vtysh -c '…' -c '…'`. */
export function execCommands(text: string): string[] {
  const lines = /^\s*vtysh\s/.test(text)
    ? [...text.matchAll(/-c\s*(?:'([^']*)'|"([^"]*)"|(\S+))/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
    : [text];
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '');
}

/** Runs the commands of one exec request, one after another. */
export function frrReply(view: SwitchView, text: string): FrrReply {
  let output = '';
  for (const command of execCommands(text)) {
    const answer = reply(view, command);
    if (answer === undefined) return { output: `${output}% Unknown command: ${command}\n`, exitCode: 1 };
    output += answer;
  }
  return { output, exitCode: 0 };
}
