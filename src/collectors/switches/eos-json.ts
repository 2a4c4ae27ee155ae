// EOS's JSON (`… | json`, the models of eAPI): `vrfs` -> name -> peers (summary), peerList (neighbors), bgpRouteEntries (BGP
// table) or routes (routing table). Several documents may stand below each other, or in eAPI's `result` list. Shapes of
// EOS 4.18 to 4.3x; an `errors` list, and text in place of JSON, are the device's complaints.
import { canonicalAddress } from '../../model/address.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteProtocol, RouteRow } from '../../model/route-table.ts';
import { contextOf, type TableContext } from './cisco-context.ts';
import { documentsIn } from './cisco-json.ts';
import { plainPath } from './cisco-paths.ts';
import { type JsonSessions, jsonSession, neighborSession } from './eos-json-sessions.ts';
import { asNumber, asObject, asText, type JsonObject, objectsOf, readObject } from './frr-json.ts';

const addressIn = (value: unknown) => canonicalAddress((asText(value) ?? '').split('%', 1)[0] ?? '');

function prefixIn(key: string, context: TableContext) {
  const prefix = tryParsePrefix(key);
  if (!prefix) throw new ParseError(context.command, `"${key}" is not a prefix`);
  return prefix;
}

function bgpRow(key: string, path: JsonObject, vrf: string, context: TableContext): RouteRow {
  const type = asObject(path.routeType) ?? {};
  const peer = asObject(path.peerEntry) ?? asObject(asObject(path.routeDetail)?.peerEntry);
  const nextHop = addressIn(path.nextHop);
  const from = addressIn(peer?.peerAddr) ?? (context.layer === 'received' ? context.peer : undefined);
  const asPath = asText(asObject(path.asPathEntry)?.asPath);
  const localPref = asNumber(path.localPreference);
  const communities = asObject(path.routeDetail)?.communityList;
  return {
    prefix: prefixIn(key, context),
    nextHops: nextHop === undefined ? [] : [{ address: nextHop }],
    protocol: type.localAgg === true ? 'aggregate' : 'bgp',
    best: type.active === true,
    vrf,
    ...(type.stale === true && { stale: true }),
    ...(type.valid !== true && context.layer !== 'exported' && { unusable: true }),
    ...(asPath !== undefined && { asPath: plainPath(asPath) }),
    ...(from !== undefined && from !== '0.0.0.0' && from !== '::' && { from }),
    ...(Array.isArray(communities) && communities.length > 0 && { communities: communities.join(' ') }),
    ...(localPref !== undefined && { localPref }),
  };
}

const protocols: readonly (readonly [RegExp, RouteProtocol])[] = [
  [/bgpAggregate|bgp aggregate/i, 'aggregate'],
  [/bgp/i, 'bgp'],
  [/^static/i, 'static'],
  [/^connected/i, 'connected'],
  [/^local|^receive/i, 'local'],
  [/^kernel/i, 'kernel'],
  [/^ospf/i, 'ospf'],
  [/^is-?is/i, 'isis'],
  [/^rip/i, 'rip'],
];

function ribRow(key: string, route: JsonObject, vrf: string, context: TableContext): RouteRow {
  const hops = objectsOf(route.vias).flatMap((via): NextHop[] => {
    const address = addressIn(via.nexthopAddr) ?? addressIn(via.vtepAddr);
    const name = asText(via.interface);
    if (address === undefined && name === undefined) return [];
    return [{ ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) }];
  });
  const distinct = new Map(hops.map((hop) => [`${hop.address}%${hop.interface}`, hop]));
  const type = asText(route.routeType) ?? '';
  const drops = /drop|discard/i.test(asText(route.routeAction) ?? '');
  const nowhere =
    hops.length > 0 && hops.every((hop) => hop.address === undefined && hop.interface === 'Null0');
  return {
    prefix: prefixIn(key, context),
    nextHops: [...distinct.values()],
    protocol: protocols.find(([pattern]) => pattern.test(type))?.[1] ?? 'other',
    best: true,
    vrf,
    ...((drops || nowhere) && { discard: true }),
    ...(route.hardwareProgrammed === false && { unusable: true }),
  };
}

function vrfRoutes(vrf: string, part: JsonObject, context: TableContext): ParsedRoutes[] {
  const entries = asObject(part.bgpRouteEntries);
  const routes = asObject(part.routes);
  const base = { vrf, allNextHops: true };
  const rows = entries
    ? Object.entries(entries).flatMap(([key, entry]) => {
        const paths = asObject(entry)?.bgpRoutePaths;
        if (!Array.isArray(paths)) throw new ParseError(context.command, `${key} has no list of paths`);
        return objectsOf(paths).map((path) => bgpRow(key, path, vrf, context));
      })
    : Object.entries(routes ?? {}).map(([key, route]) => {
        const found = asObject(route);
        if (!found) throw new ParseError(context.command, `nothing is said of route ${key}`);
        return ribRow(key, found, vrf, context);
      });
  if (routes) return [{ layer: 'installed', ...base, rows }];
  if (!entries) return [];
  const { layer, peer } = context;
  const ofPeer = layer === 'exported' || layer === 'received';
  return [{ layer: ofPeer ? layer : 'bgp', ...base, ...(ofPeer && peer !== undefined && { peer }), rows }];
}

const unread = new Set(['routerId', 'vrf', 'asn']);

function parseVrf(vrf: string, part: JsonObject, context: TableContext): Parsed | undefined {
  const peers = asObject(part.peers);
  const sessions: JsonSessions = {
    vrf,
    afi: context.family.afi,
    localAs: part.asn,
    command: context.command,
  };
  if (peers) {
    const found = Object.entries(peers).map(([id, peer]) => jsonSession(id, asObject(peer) ?? {}, sessions));
    return { sessions: found, routes: [], notes: [] };
  }
  if (Array.isArray(part.peerList)) {
    const found = objectsOf(part.peerList).flatMap((peer) => neighborSession(peer, sessions));
    return { sessions: found, routes: [], notes: [] };
  }
  const routes = vrfRoutes(vrf, part, context);
  if (routes.length > 0) return { sessions: [], routes, notes: [] };
  // A VRF in which nothing is configured.
  return Object.keys(part).every((key) => unread.has(key))
    ? { sessions: [], routes: [], notes: [] }
    : undefined;
}

function parseDocument(document: JsonObject, context: TableContext): Parsed[] {
  const { command } = context;
  const errors = Array.isArray(document.errors) ? document.errors.map(String) : [];
  if (errors.length > 0 && !document.vrfs) {
    if (/BGP (?:is )?(?:inactive|not active)/i.test(errors.join()))
      return [nothing(context, 'BGP is not active')];
    throw new ParseError(command, `the device says: ${errors.join('; ')}`);
  }
  const answers = objectsOf(document.result);
  if (answers.length > 0) return answers.flatMap((answer) => parseDocument(answer, context));
  const vrfs = asObject(document.vrfs);
  if (!vrfs) throw new ParseError(command, 'the JSON has no VRFs: not an answer about BGP or routes');
  if (Object.keys(vrfs).length === 0)
    return [nothing(context, 'the answer names no VRF: BGP is not configured')];
  return Object.entries(vrfs).map(([vrf, value]) => {
    const parsed = parseVrf(vrf, asObject(value) ?? {}, context);
    if (!parsed) throw new ParseError(command, `nothing known under VRF ${vrf}`);
    return parsed;
  });
}

function nothing({ layer, vrf, about }: TableContext, note: string): Parsed {
  const routes: ParsedRoutes[] =
    about === 'routes' && layer ? [{ layer, vrf, rows: [], allNextHops: true }] : [];
  return { sessions: [], routes, notes: [note] };
}

/** Reads JSON of one command, or of several below each other. Throws ParseError. */
export function parseEosJson(command: string, text: string): Parsed {
  const context = { ...contextOf(command), command };
  const parts = documentsIn(command, text).flatMap((piece) =>
    parseDocument(readObject(command, piece), context),
  );
  if (parts.length === 0) throw new ParseError(command, 'no JSON document in the answer');
  return {
    sessions: parts.flatMap(({ sessions }) => sessions),
    routes: parts.flatMap(({ routes }) => routes),
    notes: parts.flatMap(({ notes }) => notes),
  };
}
