// SR Linux' state tree as JSON: `info from state … | as json`, JSON-RPC and gNMI alike (Nokia's YANG models
// srl_nokia-network-instance, srl_nokia-bgp, srl_nokia-rib-bgp, srl_nokia-ip-route-tables). A route names a group of next
// hops, a group its next hops, by their index.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import { type Afi, afiOf } from '../../model/session.ts';
import { stateOf } from './cli-text.ts';
import { all, count, find, localName, type Node, text } from './junos-tree.ts';
import { instanceInCommand, type SrlSession } from './srlinux-text.ts';
import { protocolOf } from './srlinux-text-routes.ts';

/** Network instances with their names; the tree itself where the answer starts below them. */
function instances(tree: Node, command: string): { vrf: string; node: Node }[] {
  const found = find(tree, 'network-instance').filter((node) => text(node, 'name') !== undefined);
  if (found.length > 0) return found.map((node) => ({ vrf: text(node, 'name') ?? '', node }));
  return [{ vrf: instanceInCommand(command) ?? 'default', node: tree }];
}

const asnIn = (node: Node | undefined) => {
  const local = node && all(node, 'local-as')[0];
  return local && parseAsn(text(local, 'as-number') ?? text(local, 'as-number-list') ?? local.text);
};

function sessionsOf(command: string, peer: Node, bgp: Node, vrf: string, now: number): SrlSession[] {
  const peerAddress = canonicalAddress((text(peer, 'peer-address') ?? '').split('%', 1)[0] ?? '');
  const shown = text(peer, 'session-state');
  if (peerAddress === undefined || shown === undefined) {
    throw new ParseError(command, `neighbour ${snippet(text(peer, 'peer-address') ?? '')} has no state`);
  }
  const { state } = stateOf(shown);
  const group = all(bgp, 'group').find((node) => text(node, 'group-name') === text(peer, 'peer-group'));
  const transport = all(peer, 'transport')[0];
  const localAddress = canonicalAddress((transport && text(transport, 'local-address')) ?? '');
  const description = text(peer, 'description');
  const seconds = Math.round((now - Date.parse(text(peer, 'last-established') ?? '')) / 1000);
  const transitions = count(peer, 'established-transitions');
  const up = state === 'established';
  const base = {
    peerAddress,
    peerAsn: parseAsn(text(peer, 'peer-as') ?? (group && text(group, 'peer-as')) ?? '') || null,
    localAsn: asnIn(peer) ?? asnIn(group) ?? parseAsn(text(bgp, 'autonomous-system') ?? '') ?? null,
    state,
    vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && { description }),
    ...(text(peer, 'admin-state') === 'disable' && { adminDown: true }),
    ...(up && seconds >= 0 && { establishedSeconds: seconds }),
    ...(transitions !== undefined && { transitions }),
  };
  const families = all(peer, 'afi-safi').filter((node) => text(node, 'admin-state') !== 'disable');
  const own = families.flatMap((node): SrlSession[] => {
    const name = localName(text(node, 'afi-safi-name') ?? '');
    if (!/^ipv[46]-unicast$/.test(name)) return [];
    const received = up ? count(node, 'received-routes') : undefined;
    const sent = up ? count(node, 'sent-routes') : undefined;
    return [
      {
        ...base,
        afi: name.slice(0, 4) as Afi,
        ...(received !== undefined && { prefixesReceived: received }),
        ...(sent !== undefined && { prefixesAdvertised: sent }),
      },
    ];
  });
  return own.length > 0 ? own : [{ ...base, afi: afiOf(peerAddress) }];
}

/** What an own route shows in place of a next hop and of a neighbour. */
const isUnspecified = (address: string) => address === '0.0.0.0' || address === '::';

function prefixIn(command: string, node: Node, ...names: string[]): Prefix {
  const shown = names.map((name) => text(node, name)).find((word) => word !== undefined) ?? '';
  const prefix = tryParsePrefix(shown);
  if (!prefix) throw new ParseError(command, `${snippet(shown)} is not a prefix`);
  return prefix;
}

/** Groups of next hops by index. */
function hopGroups(table: Node): Map<string, { hops: NextHop[]; discard: boolean }> {
  const hops = new Map(all(table, 'next-hop').map((node) => [text(node, 'index') ?? '', node]));
  return new Map(
    all(table, 'next-hop-group').map((group) => {
      const own = all(group, 'next-hop').map((node) => hops.get(text(node, 'next-hop') ?? ''));
      const known = own.filter((node) => node !== undefined);
      const useful = known.filter((node) => !/extract|broadcast/.test(text(node, 'type') ?? ''));
      const shown = useful.map((node): NextHop => {
        const address = canonicalAddress(text(node, 'ip-address') ?? '');
        const name = text(node, 'subinterface');
        return { ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) };
      });
      return [
        text(group, 'index') ?? '',
        {
          hops: shown.filter((hop) => hop.address !== undefined || hop.interface !== undefined),
          discard: known.some((node) => /blackhole/.test(text(node, 'type') ?? '')),
        },
      ];
    }),
  );
}

function tableRoutes(command: string, table: Node, vrf: string): ParsedRoutes {
  const groups = hopGroups(table);
  const lists = ['ipv4-unicast', 'ipv6-unicast'].flatMap((name) => all(table, name));
  const routes = lists.flatMap((list) => all(list, 'route'));
  // Routes whose groups are not in the answer show no next hops at all.
  const whole = routes.every((route) => groups.has(text(route, 'next-hop-group') ?? ''));
  const rows = routes.map((route): RouteRow => {
    const group = groups.get(text(route, 'next-hop-group') ?? '');
    return {
      prefix: prefixIn(command, route, 'ipv4-prefix', 'ipv6-prefix'),
      nextHops: group?.hops ?? [],
      protocol: protocolOf(text(route, 'route-type') ?? ''),
      best: text(route, 'active') !== 'false',
      vrf,
      ...(group?.discard && { discard: true }),
    };
  });
  return { layer: 'installed', vrf, rows, allNextHops: whole };
}

function ribRoutes(command: string, rib: Node, vrf: string): ParsedRoutes[] {
  const sets = new Map(find(rib, 'attr-set').map((set) => [text(set, 'index') ?? '', set]));
  const rowOf = (route: Node): RouteRow => {
    const set = sets.get(text(route, 'attr-id') ?? '');
    const hop = canonicalAddress(text(route, 'next-hop') ?? (set && text(set, 'next-hop')) ?? '');
    const path = set
      ? find(set, 'member')
          .map((node) => node.text)
          .join(' ')
      : '';
    const from = canonicalAddress(text(route, 'neighbor') ?? '');
    return {
      prefix: prefixIn(command, route, 'prefix'),
      nextHops: hop === undefined || isUnspecified(hop) ? [] : [{ address: hop }],
      protocol: 'bgp',
      best: text(route, 'best-route') === 'true',
      vrf,
      ...(text(route, 'stale-route') === 'true' && { stale: true }),
      ...(text(route, 'valid-route') === 'false' && { unusable: true }),
      ...(path !== '' && { asPath: path }),
      ...(from !== undefined && !isUnspecified(from) && { from }),
    };
  };
  const lists = ['ipv4-unicast', 'ipv6-unicast'].flatMap((name) => find(rib, name));
  const rows = (name: string) =>
    lists
      .flatMap((list) => find(list, name).flatMap((part) => [...all(part, 'route'), ...all(part, 'routes')]))
      .map(rowOf);
  const sent = rows('rib-out-post');
  const peers = [...new Set(sent.map((row) => row.from ?? ''))];
  return [
    { layer: 'bgp', vrf, rows: rows('local-rib'), allNextHops: true },
    ...peers.map(
      (peer): ParsedRoutes => ({
        layer: 'exported',
        vrf,
        peer,
        rows: sent.filter((row) => (row.from ?? '') === peer).map(({ from, ...row }) => row),
        allNextHops: true,
      }),
    ),
  ];
}

/** What a state tree says; undefined when nothing in it is known. Throws ParseError. */
export function parseTree(command: string, tree: Node): Parsed | undefined {
  const clock = find(tree, 'current-datetime')[0]?.text;
  const now = clock === undefined ? Number.NaN : Date.parse(clock);
  const sessions: SrlSession[] = [];
  const routes: ParsedRoutes[] = [];
  let known = false;
  for (const { vrf, node } of instances(tree, command)) {
    const bgps = find(node, 'bgp').length > 0 ? find(node, 'bgp') : [node];
    for (const bgp of bgps) {
      known ||= bgp !== node;
      for (const peer of all(bgp, 'neighbor').filter((child) => text(child, 'peer-address') !== undefined)) {
        sessions.push(...sessionsOf(command, peer, bgp, vrf, now));
      }
    }
    for (const table of find(node, 'route-table')) routes.push(tableRoutes(command, table, vrf));
    for (const rib of find(node, 'bgp-rib')) routes.push(...ribRoutes(command, rib, vrf));
  }
  return known || sessions.length + routes.length > 0 ? { sessions, routes, notes: [] } : undefined;
}
