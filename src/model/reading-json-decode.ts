// Readings that a node's agent sent, out of JSON (see reading-json.ts): every member is checked, every list bounded, and
// what is wrong ends in one ParseError. Device names are the auditor's own, never the agent's; ages become times by the
// auditor's clock, so a node whose clock is wrong is read like any other.
import { canonicalAddress } from './address.ts';
import type { Collected, DeviceFacts } from './collector.ts';
import {
  child,
  fields,
  type JsonFields,
  list,
  needed,
  number,
  oneOf,
  optional,
  refuse,
  text,
  truth,
  whole,
} from './json-fields.ts';
import { type Prefix, tryParsePrefix } from './prefix.ts';
import type { Reading, ReadingError, ReadingErrorKind } from './reading.ts';
import { decodeCapabilities } from './reading-json-capabilities.ts';
import { decodeRecovery, decodeTraffic } from './reading-json-traffic.ts';
import { type NextHop, type RouteProtocol, type RouteRow, RouteTable } from './route-table.ts';
import type { RouteLayer, RouteView } from './route-view.ts';
import { bgpStates, type Session, type SessionKind } from './session.ts';

/** Most of each, far beyond any node: a thousand nodes' mesh, two full tables. */
const most = { sessions: 10_000, views: 1_000, scopes: 100, prefixes: 200_000, rows: 2_000_000, hops: 256 };

/** An agent that was asleep for a year has nothing to say. */
const mostAgeMs = 366 * 86_400_000;
const mostAsn = 0xffffffff;

/** All words of a union: the record must name every one, so none is forgotten when the union grows. */
const words = <T extends string>(all: Readonly<Record<T, true>>) => Object.keys(all) as T[];

const errorKinds = words<ReadingErrorKind>({
  pending: true,
  timeout: true,
  refused: true,
  unreachable: true,
  auth: true,
  'host-key': true,
  permission: true,
  'not-found': true,
  protocol: true,
  parse: true,
  unsupported: true,
  internal: true,
});
const kinds = words<SessionKind>({
  mesh: true,
  node: true,
  global: true,
  'local-workload': true,
  fabric: true,
});
const layers = words<RouteLayer>({ local: true, exported: true, received: true, bgp: true, installed: true });
const protocols = words<RouteProtocol>({
  bgp: true,
  static: true,
  connected: true,
  local: true,
  kernel: true,
  ospf: true,
  isis: true,
  rip: true,
  aggregate: true,
  other: true,
});

const asn = (value: unknown, at: string) => whole(value, at, mostAsn);
const count = (value: unknown, at: string) => whole(value, at);
const line = (value: unknown, at: string) => text(value, at);
const seconds = (value: unknown, at: string) => number(value, at, 0, Number.MAX_SAFE_INTEGER);

function address(value: unknown, at: string): string {
  return canonicalAddress(text(value, at, 64)) ?? refuse(at, 'an IP address', value);
}

/** BIRD's short listings do not show every neighbour: an empty text stands for that. */
const addressOrNothing = (value: unknown, at: string) => (value === '' ? '' : address(value, at));
const orNull =
  <T>(read: (value: unknown, at: string) => T) =>
  (value: unknown, at: string) =>
    value === null ? null : read(value, at);

function prefix(value: unknown, at: string): Prefix {
  return tryParsePrefix(text(value, at, 64)) ?? refuse(at, 'a prefix', value);
}

/** A prefix from JSON, for other messages between auditor and agent. Throws ParseError. */
export const readPrefix = prefix;

function session(value: unknown, at: string, device: string): Session {
  const from = fields(value, at);
  return {
    device,
    peerAddress: needed(from, 'peerAddress', addressOrNothing),
    peerAsn: needed(from, 'peerAsn', orNull(asn)),
    localAsn: needed(from, 'localAsn', orNull(asn)),
    state: needed(
      from,
      'state',
      orNull((state, where) => oneOf(state, where, bgpStates)),
    ),
    afi: needed(from, 'afi', (afi, where) => oneOf(afi, where, ['ipv4', 'ipv6'])),
    vrf: needed(from, 'vrf', text),
    ...optional(from, 'localAddress', address),
    ...optional(from, 'name', line),
    ...optional(from, 'kind', (kind, where) => oneOf(kind, where, kinds)),
    ...optional(from, 'description', line),
    ...optional(from, 'adminDown', truth),
    ...optional(from, 'passive', truth),
    ...optional(from, 'establishedSeconds', seconds),
    ...optional(from, 'prefixesReceived', count),
    ...optional(from, 'prefixesAccepted', count),
    ...optional(from, 'prefixesAdvertised', count),
    ...optional(from, 'transitions', count),
    ...optional(from, 'lastError', line),
    ...optional(from, 'protocolState', line),
    ...optional(from, 'gracefulRestart', truth),
    ...optional(from, 'passwordSet', truth),
    ...optional(from, 'routeReflectorClient', truth),
    ...decodeTraffic(from),
  };
}

function hop(value: unknown, at: string): NextHop {
  const from = fields(value, at);
  return {
    ...optional(from, 'address', address),
    ...optional(from, 'interface', (name, where) => text(name, where, 64)),
  };
}

function attributes(value: unknown, at: string): Omit<RouteRow, 'prefix' | 'nextHops'> {
  const from = fields(value, at);
  return {
    protocol: needed(from, 'protocol', (protocol, where) => oneOf(protocol, where, protocols)),
    best: needed(from, 'best', truth),
    vrf: needed(from, 'vrf', text),
    ...optional(from, 'stale', truth),
    ...optional(from, 'unusable', truth),
    ...optional(from, 'discard', truth),
    ...optional(from, 'asPath', line),
    ...optional(from, 'from', addressOrNothing),
    ...optional(from, 'communities', line),
    ...optional(from, 'localPref', asn),
  };
}

function table(from: JsonFields): RouteTable {
  const hopSets = list(from, 'hopSets', most.rows, (set, at) =>
    list({ at, data: { set } }, 'set', most.hops, hop),
  );
  const attributeSets = list(from, 'attributeSets', most.rows, attributes);
  const prefixes = list(from, 'prefixes', most.rows, prefix);
  const pick = <T>(key: string, values: readonly T[]) =>
    list(from, key, most.rows, (i, at) => values[whole(i, at)] ?? refuse(at, 'the number of a set', i));
  const hops = pick('hops', hopSets);
  const rest = pick('attributes', attributeSets);
  return RouteTable.of(
    prefixes.map((each, i): RouteRow => {
      const [nextHops, set] = [hops[i], rest[i]];
      if (!nextHops || !set) return refuse(from.at, 'columns of one length', prefixes.length);
      return { prefix: each, nextHops, ...set };
    }),
  );
}

function view(value: unknown, at: string): RouteView {
  const from = fields(value, at);
  return {
    layer: needed(from, 'layer', (layer, where) => oneOf(layer, where, layers)),
    ...optional(from, 'peer', addressOrNothing),
    vrf: needed(from, 'vrf', text),
    table: table(child(from, 'table')),
    scopes: list(from, 'scopes', most.scopes, (scope, where) => {
      const inner = fields(scope, where);
      return {
        kind: needed(inner, 'kind', (kind, place) => oneOf(kind, place, ['ranges', 'exact'])),
        prefixes: list(inner, 'prefixes', most.prefixes, prefix),
        ...optional(inner, 'asked', line),
      };
    }),
    ...optional(from, 'partial', line),
    allNextHops: needed(from, 'allNextHops', truth),
    ...optional(from, 'cacheSeconds', seconds),
  };
}

function reading<T>(
  from: JsonFields,
  now: number,
  mostEntries: number,
  read: (value: unknown, at: string) => T,
): Reading<readonly T[]> {
  const timeOf = (part: JsonFields) =>
    now - needed(part, 'ageMs', (age, at) => number(age, at, 0, mostAgeMs));
  const at = timeOf(from);
  const good = (part: JsonFields) => ({ at: timeOf(part), value: list(part, 'value', mostEntries, read) });
  if (needed(from, 'ok', truth)) return { ok: true, ...good(from) };
  const inner = child(from, 'error');
  const error: ReadingError = {
    kind: needed(inner, 'kind', (kind, where) => oneOf(kind, where, errorKinds)),
    message: needed(inner, 'message', text),
  };
  return { ok: false, at, error, ...('last' in from.data ? { last: good(child(from, 'last')) } : {}) };
}

const family = (value: unknown, at: string): 4 | 6 => (number(value, at, 4, 6) === 6 ? 6 : 4);

function facts(from: JsonFields, now: number): DeviceFacts {
  const { startedSecondsAgo, reconfiguredSecondsAgo } = {
    ...optional(from, 'startedSecondsAgo', seconds),
    ...optional(from, 'reconfiguredSecondsAgo', seconds),
  };
  const time = (ago: number) => Math.round(now / 1000 - ago);
  return {
    ...optional(from, 'software', (software, at) => text(software, at, 256)),
    ...optional(from, 'localAsn', asn),
    ...optional(from, 'routerId', (id, at) => text(id, at, 64)),
    ...(startedSecondsAgo === undefined ? {} : { startedAt: time(startedSecondsAgo) }),
    ...(reconfiguredSecondsAgo === undefined ? {} : { reconfiguredAt: time(reconfiguredSecondsAgo) }),
    ...optional(from, 'recovering', truth),
    ...('familiesDown' in from.data ? { familiesDown: list(from, 'familiesDown', 2, family) } : {}),
    ...('recovery' in from.data ? { recovery: decodeRecovery(child(from, 'recovery')) } : {}),
    ...optional(from, 'timesWithinSeconds', seconds),
    ...('capabilities' in from.data && { capabilities: decodeCapabilities(child(from, 'capabilities')) }),
  };
}

/** What stands at the head of every message: which format, and whose it is. */
export interface ReadingsHead {
  readonly version: number;
  readonly node: string;
}

/** The head alone, which every version has. Throws ParseError. */
export function decodeHead(data: unknown, source: string): ReadingsHead {
  const from = fields(data, source);
  return {
    version: needed(from, 'version', (version, at) => whole(version, at)),
    node: needed(from, 'node', (node, at) => text(node, at, 253)),
  };
}

/** Readings as they were encoded, as readings of `device`; `now` is the time that ages count from. Throws ParseError. */
export function decodeCollected(data: unknown, source: string, device: string, now: number): Collected {
  const from = fields(data, source);
  return {
    sessions: reading(child(from, 'sessions'), now, most.sessions, (value, at) => session(value, at, device)),
    routes: reading(child(from, 'routes'), now, most.views, view),
    ...('facts' in from.data ? { facts: facts(child(from, 'facts'), now) } : {}),
  };
}
