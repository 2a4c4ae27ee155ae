// NX-OS's JSON (`… | json`, as of NX-API): tables nest as `TABLE_x` -> `ROW_x`, where a single row is an object and several
// are a list. What stands around a row (VRF, family, own AS) is inherited by it. Numbers come as text or as numbers.
// Follows the Cisco Nexus 9000 Series NX-OS Programmability Guide.
import { canonicalAddress } from '../../model/address.ts';
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { NextHop, RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { afiOf } from '../../model/session.ts';
import { contextOf, familyNamed } from './cisco-context.ts';
import { documentsIn } from './cisco-json.ts';
import { distinctSessions } from './cisco-parse.ts';
import { networkOf, plainPath } from './cisco-paths.ts';
import { protocolNamed } from './cisco-rib.ts';
import { type FoundSession, isPeerRange, peerAsnOf, secondsUp } from './cisco-summary.ts';
import { stateOf } from './cli-text.ts';
import { asObject, type JsonObject, readObject } from './frr-json.ts';

interface Around {
  readonly command: string;
  readonly layer: RouteLayer | undefined;
  readonly peer: string | undefined;
  /** Plain values of all objects around, the nearest first. */
  readonly values: JsonObject;
}

interface Found {
  readonly sessions: FoundSession[];
  readonly rows: { layer: RouteLayer; row: RouteRow }[];
  readonly notes: Set<string>;
  tables: number;
}

const textOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || undefined : undefined;
const numberOf = (value: unknown) => {
  const text = textOf(value);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};
const first = (row: JsonObject, keys: readonly string[]) =>
  keys.map((key) => textOf(row[key])).find((text) => text !== undefined);
const rowsIn = (value: unknown): JsonObject[] =>
  (Array.isArray(value) ? value : [value]).map(asObject).filter((row) => row !== undefined);

const vrfOf = (values: JsonObject) =>
  first(values, ['vrf-name-out', 'vrf-name', 'vrf', 'vrfname']) ?? 'default';

/** Seconds of `6w3d`, `00:05:00` or an ISO duration, `P6W3D`, `PT5M`. */
function upSeconds(text: string | undefined): number | undefined {
  const iso = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    text ?? '',
  );
  if (!iso) return secondsUp(text ?? '');
  const units = [31_536_000, 2_592_000, 604_800, 86_400, 3600, 60, 1];
  return units.reduce((sum, unit, i) => sum + unit * Number(iso[i + 1] ?? 0), 0);
}

function sessionOf(row: JsonObject, around: Around): FoundSession | undefined {
  const values = { ...around.values, ...row };
  const id = first(row, ['neighborid', 'neighbor', 'neighbor-id', 'ipv6neighborid']);
  const shown = first(row, ['state', 'connectionstate']);
  const peerAddress = canonicalAddress((id ?? '').split('%', 1)[0] ?? '');
  if (isPeerRange(id ?? '')) return undefined;
  const { state, adminDown } = stateOf((shown ?? '').replace(/^Clos\w+/, 'Idle'));
  if (peerAddress === undefined)
    throw new ParseError(around.command, `not a neighbour's address: ${snippet(id ?? '?')}`);
  if (state === null) {
    throw new ParseError(
      around.command,
      `neighbour ${snippet(id ?? '?')} has no state known here: ${snippet(shown ?? '')}`,
    );
  }
  const name = first(values, ['af-name']);
  const family = name === undefined ? undefined : familyNamed(name);
  const unicast = family === undefined || family.kind === 'unicast';
  const up = state === 'established';
  const received = numberOf(row.prefixreceived);
  const seconds = upSeconds(first(row, ['time', 'elapsedtime', 'uptime']));
  const description = textOf(row.description) ?? textOf(row.descr);
  const session = {
    peerAddress,
    peerAsn: peerAsnOf(first(row, ['neighboras', 'remoteas'])),
    localAsn: peerAsnOf(first(values, ['localas', 'vrf-local-as', 'local-as'])),
    state,
    afi: family && family.kind !== 'other' ? family.afi : afiOf(peerAddress),
    vrf: vrfOf(values),
    ...(description !== undefined && { description }),
    ...(adminDown && { adminDown }),
    ...(up && seconds !== undefined && { establishedSeconds: seconds }),
    ...(up && unicast && received !== undefined && { prefixesReceived: received }),
  };
  return { session, unicast };
}

const hopAddress = (row: JsonObject) =>
  canonicalAddress(
    first(row, ['ipnexthop', 'ipv6nexthop', 'ipv6-nexthop', 'nexthop'])?.split('%', 1)[0]?.trim() ?? '',
  );

function bgpRow(prefix: RouteRow['prefix'], path: JsonObject, around: Around): RouteRow {
  const { layer, peer, values } = around;
  const nextHop = hopAddress(path);
  const status = `${textOf(path.statuscode) ?? ''} ${textOf(path.status) ?? ''}`;
  const valid = /\*|\bvalid\b/.test(status) && !/invalid|history|damp|suppress/.test(status);
  const asPath = textOf(path.aspath);
  const localPref = numberOf(path.localpref) ?? numberOf(path['local-pref']);
  return {
    prefix,
    nextHops: nextHop === undefined ? [] : [{ address: nextHop }],
    protocol: 'bgp',
    best: textOf(path.bestcode) === '>' || /^best ?path$/i.test(textOf(path.best) ?? ''),
    vrf: vrfOf(values),
    ...(/stale|S/.test(status) && { stale: true }),
    ...(!valid && layer !== 'exported' && { unusable: true }),
    asPath: asPath === undefined ? '' : plainPath(asPath),
    ...(layer === 'received' && peer !== undefined && { from: peer }),
    ...(localPref !== undefined && { localPref }),
  };
}

/** One row for each protocol that knows the prefix. */
function ribRows(prefix: RouteRow['prefix'], paths: readonly JsonObject[], around: Around): RouteRow[] {
  const nameOf = (path: JsonObject) => first(path, ['clientname', 'client']) ?? '';
  const isBest = (path: JsonObject) => String(path.ubest ?? 'true') === 'true';
  return [...new Set(paths.map((path) => `${nameOf(path)} ${isBest(path)}`))].map((key) => {
    const own = paths.filter((path) => `${nameOf(path)} ${isBest(path)}` === key);
    const hops = own.flatMap((path): NextHop[] => {
      const address = hopAddress(path);
      const name = textOf(path.ifname);
      if (address === undefined && name === undefined) return [];
      return [{ ...(address !== undefined && { address }), ...(name !== undefined && { interface: name }) }];
    });
    const best = key.endsWith('true');
    return {
      prefix,
      nextHops: hops,
      protocol: protocolNamed(key),
      best,
      vrf: vrfOf(around.values),
      ...(!best && { unusable: true }),
      ...(hops.length > 0 && hops.every((hop) => /^null/i.test(hop.interface ?? '')) && { discard: true }),
    };
  });
}

function readPrefix(row: JsonObject, around: Around, found: Found): void {
  const text = first(row, ['ipprefix', 'ipv6prefix', 'ipv6-prefix', 'prefix']) ?? '';
  const prefix = networkOf(text);
  if (!prefix) throw new ParseError(around.command, `not a prefix: ${snippet(text)}`);
  const paths = rowsIn(asObject(row.TABLE_path)?.ROW_path);
  const said = numberOf(row['ucast-nhops']);
  if (paths.length === 0 || (said !== undefined && paths.length < said)) {
    throw new ParseError(
      around.command,
      `${paths.length} next hops of ${text} were read of ${said ?? 'some'}`,
    );
  }
  const installed = around.layer === 'installed' || paths.some((path) => 'clientname' in path);
  const layer = installed ? 'installed' : (around.layer ?? 'bgp');
  const rows = installed ? ribRows(prefix, paths, around) : paths.map((path) => bgpRow(prefix, path, around));
  for (const row of rows) found.rows.push({ layer, row });
}

function readPrefixes(rows: readonly JsonObject[], around: Around, found: Found): void {
  const family = textOf(around.values['af-name']);
  if (family === undefined || familyNamed(family).kind === 'unicast')
    for (const row of rows) readPrefix(row, around, found);
  else found.notes.add(`${family}: left out, only IPv4 and IPv6 unicast are read`);
}

function walk(node: JsonObject, around: Around, found: Found): void {
  const plain = Object.entries(node).filter(([, value]) => typeof value !== 'object');
  const here = { ...around, values: { ...around.values, ...Object.fromEntries(plain) } };
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith('TABLE_') || key.startsWith('ROW_')) found.tables++;
    if (key === 'ROW_neighbor') {
      found.sessions.push(...rowsIn(value).flatMap((row) => sessionOf(row, here) ?? []));
    } else if (key === 'ROW_prefix') {
      readPrefixes(rowsIn(value), here, found);
    } else if (typeof value === 'object') {
      for (const child of rowsIn(value)) walk(child, here, found);
    }
  }
}

function routesOf(
  found: Found,
  fallback: RouteLayer | undefined,
  peer: string | undefined,
  vrf: string,
): ParsedRoutes[] {
  const groups = new Map<string, { layer: RouteLayer; vrf: string; rows: RouteRow[] }>();
  for (const { layer, row } of found.rows) {
    const key = `${layer} ${row.vrf}`;
    const group = groups.get(key) ?? { layer, vrf: row.vrf, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  if (groups.size === 0 && fallback) groups.set('', { layer: fallback, vrf, rows: [] });
  return [...groups.values()].map((group) => ({
    ...group,
    ...(peer !== undefined && (group.layer === 'exported' || group.layer === 'received') && { peer }),
    allNextHops: true,
  }));
}

/** Reads the JSON of one command. Throws ParseError. */
export function parseNxosJson(command: string, text: string): Parsed {
  const context = contextOf(command);
  const found: Found = { sessions: [], rows: [], notes: new Set(), tables: 0 };
  for (const piece of documentsIn(command, text)) {
    walk(
      readObject(command, piece),
      { command, layer: context.layer, peer: context.peer, values: {} },
      found,
    );
  }
  if (found.tables === 0)
    throw new ParseError(command, 'the JSON holds no table: not an answer about BGP or routes');
  const routes = context.about === 'sessions' ? undefined : context.layer;
  return {
    sessions: distinctSessions(found.sessions),
    routes: routesOf(found, routes, context.peer, context.vrf),
    notes: [...found.notes],
  };
}
