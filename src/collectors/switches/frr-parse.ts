// Reads whatever FRR printed: decides by its shape which of the forms it is, and refuses what is none. FRR's complaints
// (`% Unknown command`, `bgpd is not running`, a JSON `warning`) become errors, never an empty list. The command's words
// only fill in what the answer does not say itself: VRF, family, neighbour.

import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { tryParsePrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { readOrMissing, wholeCapture, wholeOrThrow } from './cli-capture.ts';
import { held, lessThan, missingPeers } from './frr-counts.ts';
import { asObject, asText, type JsonObject, pieces, readObject } from './frr-json.ts';
import { ribRows, ribVrf } from './frr-rib.ts';
import { prefixRows, tableRows } from './frr-routes.ts';
import { familyOf, neighborsSessions, summarySessions } from './frr-sessions.ts';
import { type FrrPart, frrParts } from './frr-terminal.ts';
import { isTextSummary, peerInCommand, textSummary } from './frr-text.ts';
import { isTextBgpTable, textBgpTable } from './frr-text-bgp.ts';
import { isTextNeighbors, textNeighbors } from './frr-text-neighbors.ts';
import { isTextPaths, textPaths } from './frr-text-paths.ts';
import { isTextRib, textRib } from './frr-text-rib.ts';
import { isTextRibEntries, textRibEntries } from './frr-text-rib-entry.ts';

/** What the words of a command say of its answer. */
export interface Context {
  readonly command: string;
  /** VRF named in the command; `default` otherwise. */
  readonly vrf: string;
  readonly allVrfs: boolean;
  readonly layer: RouteLayer | undefined;
  readonly about: 'sessions' | 'routes';
}

/** Reads a command's words. */
export function contextOf(command: string): Context {
  const vrf = /\b(?:vrf|view|instance) (\S+)/.exec(command)?.[1];
  const about = /\b(?:summary|neighbors?)\b(?!.*routes)/.test(command) ? 'sessions' : 'routes';
  const bgp = /\bbgp\b/.test(command);
  const route = /\b(?:ip|ipv6) route\b/.test(command);
  return {
    command,
    vrf: vrf === undefined || vrf === 'all' ? 'default' : vrf,
    allVrfs: vrf === 'all',
    layer: bgp ? 'bgp' : route ? 'installed' : undefined,
    about,
  };
}

function routesOf(
  rows: readonly RouteRow[],
  layer: RouteLayer,
  context: Context,
  peer?: string,
): ParsedRoutes[] {
  const byVrf = new Map<string, RouteRow[]>();
  for (const row of rows) {
    const same = byVrf.get(row.vrf);
    if (same) same.push(row);
    else byVrf.set(row.vrf, [row]);
  }
  if (byVrf.size === 0) byVrf.set(context.vrf, []);
  return [...byVrf].map(([vrf, own]) => ({
    layer,
    vrf,
    ...(peer !== undefined && { peer }),
    rows: own,
    allNextHops: true,
  }));
}

const sessionsOnly = (sessions: Parsed['sessions'], notes: readonly string[] = []): Parsed => ({
  sessions,
  routes: [],
  notes,
});
const routesOnly = (routes: readonly ParsedRoutes[]): Parsed => ({ sessions: [], routes, notes: [] });

const isNeighbour = (value: unknown) => {
  const peer = asObject(value);
  return peer !== undefined && ('bgpState' in peer || 'remoteAs' in peer || 'nbrDesc' in peer);
};
const isFamily = (value: unknown) => asObject(asObject(value)?.peers) !== undefined;

/** An object without anything that names it: the answer of FRR for "nothing there", which depends on the question. */
function emptyAnswer(context: Context): Parsed {
  if (context.about === 'routes' && context.layer) return routesOnly(routesOf([], context.layer, context));
  if (context.allVrfs) {
    // With a BGP instance but no neighbour there is `{"default": …}`.
    throw new ParseError(context.command, 'no BGP instance is configured on this device (bgpd knows no VRF)');
  }
  return sessionsOnly([], ['no neighbours: none of this family is configured, or BGP is not']);
}

/** The VRF by an answer's own word for it. */
export function vrfNameOf(object: JsonObject): string | undefined {
  const own = [object, ...Object.values(object).map(asObject)].map((part) => asText(part?.vrfName));
  return own.find((word) => word !== undefined);
}

/**
 * The part of an answer that belongs to one VRF; undefined when its shape is not known. Without a key above it that
 * names the VRF, the part's own word for it counts.
 */
function parseVrf(object: JsonObject, key: string | undefined, context: Context): Parsed | undefined {
  const { command } = context;
  const name = key ?? vrfNameOf(object) ?? context.vrf;
  const routes = asObject(object.routes);
  const [layer, peer] = adjacentIn(command);
  if (routes) return routesOnly(routesOf(tableRows(command, routes, name), layer, context, peer));
  if (asObject(object.peers)) {
    const family = /\bipv6\b/.test(command) ? 'ipv6Unicast' : 'ipv4Unicast';
    const families = { [family]: object };
    return held(
      command,
      sessionsOnly(summarySessions(command, name, families)),
      missingPeers(command, families),
    );
  }
  const values = Object.values(object);
  if (values.some(isFamily)) {
    const left = Object.keys(object).filter((key) => isFamily(object[key]) && familyOf(key) === undefined);
    const notes = left.map(
      (key) => `${key} of VRF ${name}: counts are left out, only IPv4 and IPv6 unicast are read`,
    );
    return held(
      command,
      sessionsOnly(summarySessions(command, name, object), notes),
      missingPeers(command, object),
    );
  }
  if (values.some(isNeighbour)) return sessionsOnly(neighborsSessions(name, object));
  return undefined;
}

/** Throws what the device complains of in JSON. */
export function refuseWarning({ warning, error }: JsonObject, command: string): void {
  const said = asText(warning) ?? asText(error);
  if (said !== undefined) throw new ParseError(command, `the device says: ${said}`);
}

/** Reads one document. Throws ParseError. */
export function parseObject(object: JsonObject, context: Context): Parsed {
  const { command, vrf } = context;
  refuseWarning(object, command);
  const keys = Object.keys(object);
  if (keys.length === 0) return emptyAnswer(context);
  const peer = peerInCommand(command);
  for (const [key, layer] of [
    ['advertisedRoutes', 'exported'],
    ['receivedRoutes', 'received'],
  ] as const) {
    const routes = asObject(object[key]);
    if (!routes) continue;
    const rows = tableRows(command, routes, vrf);
    const missing = lessThan(Object.keys(routes).length, object.totalPrefixCounter, 'prefixes');
    return held(command, routesOnly(routesOf(rows, layer, context, peer)), missing);
  }
  if (Array.isArray(object.paths))
    return routesOnly(routesOf(prefixRows(command, object, vrf), 'bgp', context));
  if (keys.every((key) => tryParsePrefix(key) !== undefined)) {
    const own = ribVrf(Object.values(object)[0], vrf);
    return routesOnly(routesOf(ribRows(command, object, own), 'installed', context));
  }
  const single = parseVrf(object, undefined, context);
  if (single) return single;
  return merge(
    Object.entries(object).flatMap(([name, value]) => {
      const part = asObject(value);
      if (!part) return [];
      return () => {
        const parsed = parseVrf(part, name, context) ?? ribOf(part, name, context) ?? emptyVrf(part, context);
        if (!parsed) throw new ParseError(command, `nothing known under ${snippet(name)}`);
        return parsed;
      };
    }),
    context,
  );
}

function ribOf(part: JsonObject, name: string, context: Context): Parsed | undefined {
  const keys = Object.keys(part);
  if (keys.length === 0 || !keys.every((key) => tryParsePrefix(key) !== undefined)) return undefined;
  return routesOnly(routesOf(ribRows(context.command, part, name), 'installed', context));
}

/** A VRF with nothing in it but its own name and number. */
function emptyVrf(part: JsonObject, context: Context): Parsed | undefined {
  if (Object.values(part).some((value) => typeof value === 'object')) return undefined;
  return context.about === 'sessions' ? sessionsOnly([]) : routesOnly([]);
}

/** All parts together; those that lack rows make it one error with all that could be read. */
function merge(read: readonly (() => Parsed)[], context: Context): Parsed {
  if (read.length === 0)
    throw new ParseError(context.command, 'nothing in the answer is known to this driver');
  const missing: ParseError[] = [];
  const parts = read.map((part) => readOrMissing(part, missing));
  const parsed: Parsed = {
    sessions: parts.flatMap((part) => part.sessions),
    routes: parts.flatMap((part) => part.routes),
    notes: parts.flatMap((part) => part.notes),
  };
  return wholeOrThrow(context.command, parsed, missing);
}

/** Which table it is by the command's words, and whose: what one neighbour sent or was sent, or the BGP table. */
export function adjacentIn(command: string): [RouteLayer, string | undefined] {
  const peer = peerInCommand(command);
  if (/\badvertised-routes\b/.test(command)) return ['exported', peer];
  if (/\breceived-routes\b|\bneighbors? \S+ (?:filtered-)?routes\b/.test(command)) return ['received', peer];
  return ['bgp', undefined];
}

/** True for a complaint that only says "not there". */
const isAbsent = (line: string) =>
  /^(?:% ?Network not in (?:table|RIB)|No BGP prefixes displayed, 0 exist$|No BGP network exists$)/i.test(
    line,
  );
const isNoNeighbour = (line: string) => /^% ?No BGP neighbors found/i.test(line);

function parseText(output: string, context: Context): Parsed {
  const { command, vrf } = context;
  if (isTextBgpTable(output)) {
    const { rows, notes, missing } = textBgpTable(command, output, vrf);
    const [layer, peer] = adjacentIn(command);
    return held(command, { sessions: [], routes: routesOf(rows, layer, context, peer), notes }, missing);
  }
  if (isTextPaths(output)) {
    const { rows, missing } = textPaths(command, output, vrf);
    return held(command, routesOnly(routesOf(rows, 'bgp', context)), missing);
  }
  if (isTextSummary(output)) {
    const { sessions, notes } = textSummary(command, output, vrf);
    return sessionsOnly(sessions, notes);
  }
  if (isTextNeighbors(output)) return sessionsOnly(textNeighbors(command, output, vrf));
  if (isTextRibEntries(output))
    return routesOnly(routesOf(textRibEntries(command, output, vrf), 'installed', context));
  if (isTextRib(output)) return routesOnly(routesOf(textRib(command, output, vrf), 'installed', context));
  const lines = output.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !/^Instance \S+:$/.test(line));
  if (said.length === 0) throw new ParseError(command, 'the answer is empty');
  // Only when nothing else is said does "not there" mean nothing is there.
  if (said.every(isAbsent) && context.layer) return routesOnly(routesOf([], context.layer, context));
  if (said.every(isNoNeighbour)) return sessionsOnly([]);
  const complaint = said.find(
    (line) => line.startsWith('%') || /is not running|failed to connect|^No such neighbor/.test(line),
  );
  if (complaint !== undefined) {
    throw new ParseError(command, `the device says: ${snippet(complaint)}`, lines.indexOf(complaint) + 1);
  }
  const first = said[0] ?? '';
  throw new ParseError(
    command,
    `not an answer this driver knows: ${snippet(first)}`,
    lines.indexOf(first) + 1,
  );
}

/** Throws a line beside JSON documents, but for one that only says "not there". */
export function refuseComplaint(text: string, command: string, line: number): void {
  if (isAbsent(text) || isNoNeighbour(text)) return;
  throw new ParseError(command, `the device says: ${snippet(text)}`, line);
}

function parseAnswer({ command, text }: FrrPart): Parsed {
  const context = contextOf(command);
  if (!/^\s*[[{]/m.test(text)) return parseText(text, context);
  const found = pieces(command, text);
  for (const piece of found) if (!piece.json) refuseComplaint(piece.text, command, piece.line);
  const documents = found.filter((piece) => piece.json).map((piece) => readObject(command, piece));
  return merge(
    documents.map((document) => () => parseObject(document, context)),
    context,
  );
}

/** Reads the answer of one command, or a capture of several. Throws ParseError. */
export function parseFrr(command: string, output: string): Parsed {
  const parts = frrParts(command, output);
  const [only] = parts;
  return parts.length === 1 && only ? parseAnswer(only) : wholeCapture(command, parts, parseAnswer);
}
