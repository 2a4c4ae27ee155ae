// SR OS' state tree, as JSON (`info json state router "Base" bgp neighbor`, MD-CLI) and as NETCONF's XML (Nokia's YANG
// models nokia-state and nokia-conf). Sessions join state and configuration, where the answer holds both.
import { canonicalAddress } from '../../model/address.ts';
import { parseAsn } from '../../model/asn.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import { stateOf } from './cli-text.ts';
import { all, count, find, type Node, text } from './junos-tree.ts';
import { asPathOf, hopOf, protocolOf, vrfInCommand, vrfOf } from './sros-names.ts';
import { type FamilyCounts, perFamily, type SrosSession } from './sros-text-bgp.ts';

interface Placed {
  readonly vrf: string;
  readonly node: Node;
}

/** Every element with this name, with the router or VPRN it stands in. */
function placed(node: Node, name: string, vrf: string): Placed[] {
  return node.children.flatMap((child) => {
    const own =
      text(child, 'router-name') ?? (child.name === 'vprn' ? text(child, 'service-name') : undefined);
    const inner = own === undefined ? vrf : vrfOf(own);
    return child.name === name ? [{ vrf: inner, node: child }] : placed(child, name, inner);
  });
}

const isNeighbour = ({ node }: Placed) => text(node, 'ip-address') !== undefined;
const keyOf = ({ vrf, node }: Placed) => `${vrf} ${text(node, 'ip-address') ?? ''}`;

function familiesOf(statistics: Node): FamilyCounts[] {
  const negotiated = all(statistics, 'negotiated-family').map((node) => node.text.toLowerCase());
  const prefixes = all(statistics, 'family-prefix')[0];
  return (prefixes?.children ?? []).flatMap((family): FamilyCounts[] => {
    const received = count(family, 'received');
    const sent = count(family, 'sent');
    if (received === undefined || sent === undefined) return [];
    const spoken = negotiated.length > 0 ? negotiated.includes(family.name) : received + sent > 0;
    return spoken ? [{ name: family.name, received, sent }] : [];
  });
}

function sessionsOf(
  command: string,
  at: Placed,
  config: Node | undefined,
  now: number | undefined,
): SrosSession[] {
  const statistics = all(at.node, 'statistics')[0];
  const shown = statistics && text(statistics, 'session-state');
  const peerAddress = canonicalAddress(text(at.node, 'ip-address') ?? '');
  if (!statistics || shown === undefined || peerAddress === undefined) {
    throw new ParseError(command, `neighbour ${snippet(text(at.node, 'ip-address') ?? '')} has no state`);
  }
  const { state } = stateOf(shown);
  const since = Date.parse(text(statistics, 'last-established-time') ?? '');
  const seconds = now === undefined ? undefined : Math.round((now - since) / 1000);
  const lastError = text(statistics, 'last-error');
  const localAddress = canonicalAddress(text(statistics, 'operational-local-address') ?? '');
  const description = config && text(config, 'description');
  const local = config && all(config, 'local-as')[0];
  const transitions = count(statistics, 'established-transitions');
  const base = {
    peerAddress,
    peerAsn: parseAsn((config && text(config, 'peer-as')) ?? '') ?? null,
    localAsn: parseAsn((local && text(local, 'as-number')) ?? '') ?? null,
    state,
    vrf: at.vrf,
    ...(localAddress !== undefined && { localAddress }),
    ...(description !== undefined && { description }),
    ...(config && text(config, 'admin-state') === 'disable' && { adminDown: true }),
    ...(state === 'established' && seconds !== undefined && seconds >= 0 && { establishedSeconds: seconds }),
    ...(transitions !== undefined && { transitions }),
    ...(lastError !== undefined && lastError !== 'Unrecognized Error' && { lastError }),
  };
  return perFamily(base, state === 'established' ? familiesOf(statistics) : []);
}

/** Sessions below any element. */
function treeSessions(command: string, tree: Node, vrf: string): SrosSession[] {
  const found = placed(tree, 'neighbor', vrf).filter(isNeighbour);
  const states = found.filter(({ node }) => all(node, 'statistics').length > 0);
  const config = new Map(found.filter((at) => !states.includes(at)).map((at) => [keyOf(at), at.node]));
  const clock = find(tree, 'current-time')[0]?.text;
  const now = clock === undefined ? undefined : Date.parse(clock);
  return states.flatMap((at) => sessionsOf(command, at, config.get(keyOf(at)), now));
}

/** One route from the BGP RIB, its attributes looked up in the answer's attribute sets. */
function ribRow(command: string, route: Node, sets: ReadonlyMap<string, Node>, vrf: string): RouteRow {
  const prefix = tryParsePrefix(text(route, 'prefix') ?? '');
  if (!prefix) throw new ParseError(command, `${snippet(text(route, 'prefix') ?? '')} is not a prefix`);
  const set = sets.get(text(route, 'attr-id') ?? '');
  const numbers = set ? find(set, 'as-number').map((node) => node.text) : [];
  const asPath = asPathOf(numbers.filter((word) => word !== '').join(' '));
  const hop = text(route, 'next-hop') ?? (set && text(set, 'next-hop'));
  const from = canonicalAddress(text(route, 'neighbor') ?? '');
  return {
    prefix,
    nextHops: hop === undefined ? [] : [hopOf(hop)],
    protocol: 'bgp',
    best: text(route, 'best-route') === 'true',
    vrf,
    ...(text(route, 'stale-route') === 'true' && { stale: true }),
    ...(text(route, 'valid-route') === 'false' && { unusable: true }),
    ...(asPath !== undefined && { asPath }),
    ...(from !== undefined && { from }),
  };
}

/** RIB-In and RIB-Out of the unicast families. */
function ribRoutes(command: string, tree: Node, vrf: string): ParsedRoutes[] {
  const sets = new Map(find(tree, 'attr-set').map((set) => [text(set, 'index') ?? '', set]));
  return ['ipv4-unicast', 'ipv6-unicast'].flatMap((name) =>
    placed(tree, name, vrf).flatMap(({ node, vrf: own }) => {
      const rowsIn = (rib: string) =>
        find(node, rib).flatMap((part) =>
          find(part, 'routes').map((route) => ribRow(command, route, sets, own)),
        );
      const sent = rowsIn('rib-out-post');
      const peers = [...new Set(sent.map((row) => row.from ?? ''))];
      return [
        { layer: 'bgp' as const, vrf: own, rows: rowsIn('rib-in-post'), allNextHops: true },
        ...peers.map((peer) => ({
          layer: 'exported' as const,
          vrf: own,
          peer,
          rows: sent.filter((row) => (row.from ?? '') === peer).map(({ from, ...row }) => row),
          allNextHops: true,
        })),
      ];
    }),
  );
}

/** The routing table: element unicast, one list for each family. */
function tableRoutes(command: string, tree: Node, vrf: string): ParsedRoutes[] {
  return placed(tree, 'unicast', vrf).map(({ node, vrf: own }) => ({
    layer: 'installed' as const,
    vrf: own,
    allNextHops: true,
    rows: ['ipv4', 'ipv6'].flatMap((family) =>
      all(node, family).flatMap((part) =>
        all(part, 'route').map((route): RouteRow => {
          const shown = text(route, `${family}-prefix`) ?? text(route, 'prefix') ?? '';
          const prefix = tryParsePrefix(shown);
          if (!prefix) throw new ParseError(command, `${snippet(shown)} is not a prefix`);
          const hops = all(route, 'nexthop').map((hop): NextHop | undefined => {
            const address = text(hop, 'nexthop-ip');
            return address === undefined ? undefined : hopOf(address);
          });
          const discard = all(route, 'nexthop').some((hop) => /black-?hole/.test(text(hop, 'flags') ?? ''));
          return {
            prefix,
            nextHops: hops.filter((hop) => hop !== undefined),
            protocol: protocolOf(text(route, 'protocol') ?? ''),
            best: true,
            vrf: own,
            ...(discard && { discard: true }),
          };
        }),
      ),
    ),
  }));
}

/** What a state tree says; undefined when nothing in it is known. Throws ParseError. */
export function parseTree(command: string, tree: Node): Parsed | undefined {
  const vrf = vrfInCommand(command) ?? 'default';
  const sessions = treeSessions(command, tree, vrf);
  const routes = [...ribRoutes(command, tree, vrf), ...tableRoutes(command, tree, vrf)];
  if (sessions.length + routes.length > 0) return { sessions, routes, notes: [] };
  return undefined;
}
