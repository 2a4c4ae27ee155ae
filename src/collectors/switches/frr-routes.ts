// BGP paths from FRR's JSON (bgpd/bgp_route.c): whole and partial tables `{routes: {prefix: [path…]}}`, one prefix
// `{prefix, paths: […]}`, and what one neighbour got or sent (`advertisedRoutes`, `receivedRoutes`). One row per path.
// The two forms name things differently (`path`/`aspath.string`, `bestpath: true`/`{overall: true}`), as do old releases.
import { canonicalAddress } from '../../model/address.ts';
import { plainAsns } from '../../model/asn.ts';
import { ParseError } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import { asNumber, asObject, asText, type JsonObject, objectsOf } from './frr-json.ts';

/** Reads a key such as `10.0.0.0/24`. Throws ParseError. */
export function prefixAt(source: string, text: string): Prefix {
  const prefix = tryParsePrefix(text);
  if (!prefix) throw new ParseError(source, `"${text}" is not a prefix`);
  return prefix;
}

/** AS path as plain numbers: asdot (FRR 9, `bgp asnotation dot`) is written out; sets and confederations stay. */
export function plainAsPath(text: string): string {
  if (text === 'Local') return '';
  return plainAsns(text).trim();
}

/**
 * The next hop of one path. An IPv6 path may carry two (RFC 2545: global and link-local): the global one tells who it
 * is, so the link-local one shows only when it is alone.
 */
function nextHopOf(path: JsonObject): NextHop[] {
  const shown = objectsOf(path.nexthops);
  const hop = shown.find((candidate) => candidate.scope === 'global') ?? shown[0];
  const text = asText(hop?.ip) ?? asText(path.nextHopGlobal) ?? asText(path.nextHop);
  const address = text === undefined ? undefined : canonicalAddress(text);
  const name = asText(hop?.interfaceName);
  if (address === undefined && name === undefined) return [];
  return [{ ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) }];
}

function asPathOf(path: JsonObject): string | undefined {
  const shown = path.path ?? path.aspath;
  const text = typeof shown === 'string' ? shown : asObject(shown)?.string;
  return typeof text === 'string' ? plainAsPath(text) : undefined;
}

function fromOf(path: JsonObject): string | undefined {
  const text = asText(path.peerId) ?? asText(asObject(path.peer)?.peerId);
  const address = text === undefined ? undefined : canonicalAddress(text);
  // A path of the device's own shows the unspecified address here.
  return address === '0.0.0.0' || address === '::' ? undefined : address;
}

/** True when bgpd itself would not use the path. `valid` is printed only for a usable one. */
function isUnusable(path: JsonObject, symbols: JsonObject): boolean {
  if (path.removed === true || path.history === true || path.damped === true) return true;
  return path.valid !== true && symbols['*'] !== true;
}

const noSymbols: JsonObject = {};

function pathRow(prefix: Prefix, path: JsonObject, vrf: string): RouteRow {
  // Old `advertised-routes` marks a path by the symbols of the text form.
  const symbols = asObject(path.appliedStatusSymbols) ?? noSymbols;
  const best = path.bestpath === true || asObject(path.bestpath)?.overall === true || symbols['>'] === true;
  const asPath = asPathOf(path);
  const from = fromOf(path);
  const localPref = asNumber(path.locPrf);
  const communities = asText(asObject(path.community)?.string);
  // Made for each path of a full table, where a spread for each of these would be felt.
  const row: { -readonly [K in keyof RouteRow]: RouteRow[K] } = {
    prefix,
    nextHops: nextHopOf(path),
    protocol: path.aggregated === true ? 'aggregate' : 'bgp',
    best,
    vrf,
  };
  if (path.stale === true) row.stale = true;
  if (isUnusable(path, symbols)) row.unusable = true;
  if (asPath !== undefined) row.asPath = asPath;
  if (from !== undefined) row.from = from;
  if (communities !== undefined) row.communities = communities;
  if (localPref !== undefined) row.localPref = localPref;
  return row;
}

/** `detail` puts an object about the prefix in front of its paths: `{prefix, version, advertisedTo}`. */
const isPath = (path: JsonObject) =>
  !('prefix' in path && 'version' in path) ||
  'valid' in path ||
  'path' in path ||
  'nexthops' in path ||
  'aspath' in path ||
  'nextHop' in path;

/** Rows of one prefix of a table, whose value is a list of paths, or one path, as in `advertisedRoutes`. */
export function pathRows(prefix: Prefix, value: unknown, vrf: string): RouteRow[] {
  const one = asObject(value);
  const paths = one ? (Array.isArray(one.paths) ? objectsOf(one.paths) : [one]) : objectsOf(value);
  return paths.filter(isPath).map((path) => pathRow(prefix, path, vrf));
}

/** Rows of a table: prefix -> its paths. Throws ParseError. */
export function tableRows(source: string, routes: JsonObject, vrf: string): RouteRow[] {
  return Object.entries(routes).flatMap(([key, value]) => pathRows(prefixAt(source, key), value, vrf));
}

/** Rows of the answer about one prefix or address: `{prefix, paths}`. Throws ParseError. */
export function prefixRows(source: string, answer: JsonObject, vrf: string): RouteRow[] {
  const prefix = prefixAt(source, asText(answer.prefix) ?? '');
  return objectsOf(answer.paths)
    .filter(isPath)
    .map((path) => pathRow(prefix, path, vrf));
}
