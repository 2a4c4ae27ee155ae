// Reads whatever H3C Comware or Huawei VRP printed: the two share their ancestor's tables. Cuts a capture at its prompts,
// decides for each part by its shape what it is, and refuses what is none. A part that says itself that it is not whole
// (fewer rows than its total) is an error, which carries what could be read.
import type { CollectQuery } from '../../model/collector.ts';
import type { Parsed, PlannedCommand } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { type Prefix, tryParsePrefix } from '../../model/prefix.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';
import { captureParts, type Line, type Part } from './cli-capture.ts';
import { distinguished, hasBgpTable, readBgpTable } from './vrp-like-bgp.ts';
import { hasBgpPairs, hasBgpPrefix, readBgpPairs, readBgpPrefix } from './vrp-like-bgp-pairs.ts';
import {
  type Context,
  complaintIn,
  contextOf,
  type Found,
  linesOf,
  nothingFound,
  refuse,
  refuseLongLines,
  routesOf,
  withoutWipes,
} from './vrp-like-context.ts';
import { hasPeerTable, readPeerTable } from './vrp-like-peers.ts';
import { hasRibList, readRibList } from './vrp-like-rib.ts';
import { hasRibPairs, readRibPairs } from './vrp-like-rib-pairs.ts';
import { hasVerbosePeers, readVerbosePeers } from './vrp-like-verbose.ts';

/** `<HS125X>`, `[~leaf01-bgp]`, `RBM_P<fw1>` with or without a command, or an echoed command alone. */
const prompt =
  /^(?:(?:[A-Z]+_[A-Z])?[<[][~*]?[^\s<>[\]]{1,64}[>\]]\s*|(?=(?:dis|disp|displ|displa|display|sh|sho|show) +(?:bgp|ip|ipv6)\b))(.*)$/i;

type Reader = (lines: readonly Line[], context: Context, found: Found) => void;

const readers: readonly (readonly [(lines: readonly Line[]) => boolean, Reader])[] = [
  [hasPeerTable, readPeerTable],
  [hasVerbosePeers, readVerbosePeers],
  [hasBgpPairs, readBgpPairs],
  [(lines) => hasBgpTable(lines) && !hasBgpPairs(lines), readBgpTable],
  [hasBgpPrefix, readBgpPrefix],
  [hasRibList, readRibList],
  [hasRibPairs, readRibPairs],
];

const emptyRib = /^\s*(?:Destinations\s*:\s*0\s+Routes\s*:\s*0|Summary count\s*:\s*0)\s*$/i;

/** What one part asked for, in words a table can have none of. */
function layerOf(command: string): RouteLayer {
  return /\bbgp\b/i.test(command) ? 'bgp' : 'installed';
}

/** A table without rows is an answer too: nothing is there. */
function emptyTables(context: Context, lines: readonly Line[], found: Found): Parsed['routes'] {
  if (found.routes.length > 0 || found.missing.length > 0) return [];
  // Left out is not empty: routes below a route distinguisher are in no table that is read.
  if (context.family === 'other' || lines.some(({ text }) => distinguished.test(text))) return [];
  const isRib = lines.some(({ text }) => emptyRib.test(text));
  if (!isRib && !(hasBgpTable(lines) || hasBgpPairs(lines))) return [];
  const layer = context.adjacent?.layer ?? (isRib ? 'installed' : 'bgp');
  const peer = context.adjacent?.peer;
  return [{ layer, vrf: context.vrf, ...(peer !== undefined && { peer }), rows: [], allNextHops: true }];
}

function readPart(part: Part, found: Found): Parsed['routes'] {
  const context = contextOf(part.command);
  const lines = linesOf(part);
  const own = nothingFound();
  const fitting = readers.filter(([fits]) => fits(lines));
  for (const [, read] of fitting) read(lines, context, own);
  const empty = emptyTables(context, lines, own);
  if (fitting.length === 0 && empty.length === 0) refuse(part.command, lines);
  for (const session of own.sessions) found.sessions.push(session);
  // `display ip routing-table` and a part of it in one capture show the same route twice.
  const known = new Set(found.routes.map((route) => JSON.stringify(route)));
  for (const route of own.routes) {
    if (known.size === 0 || !known.has(JSON.stringify(route))) found.routes.push(route);
  }
  for (const note of own.notes) found.notes.push(note);
  for (const missing of own.missing) found.missing.push(missing);
  return empty;
}

/** One session a peer, family and VRF: a summary and a verbose answer in one capture tell of the same. */
function mergedSessions(sessions: Found['sessions']): Found['sessions'] {
  const known = new Map<string, Omit<Session, 'device'>>();
  for (const session of sessions) {
    const key = `${session.vrf} ${session.afi} ${session.peerAddress}`;
    const older = known.get(key);
    known.set(
      key,
      older
        ? {
            ...session,
            ...older,
            peerAsn: older.peerAsn ?? session.peerAsn,
            localAsn: older.localAsn ?? session.localAsn,
          }
        : session,
    );
  }
  return [...known.values()];
}

/** True for a part that holds nothing but a complaint. */
function isRefused(part: Part): boolean {
  const lines = linesOf(part);
  const read = readers.some(([fits]) => fits(lines)) || lines.some(({ text }) => emptyRib.test(text));
  return !read && complaintIn(lines) !== undefined;
}

/** A command that the device refused leaves the others of a capture their answers. */
function readOrRefused(part: Part, found: Found, alone: boolean): Parsed['routes'] {
  if (alone || !isRefused(part)) return readPart(part, found);
  const complaint = complaintIn(linesOf(part));
  const message = `the device says: ${snippet(complaint?.text.trim() ?? '')}`;
  found.missing.push({ message, line: complaint?.number ?? 1 });
  return [];
}

/** True for a part that is about something else: configuration, LLDP, interfaces. */
function isForeign(part: Part): boolean {
  const lines = linesOf(part);
  if (readers.some(([fits]) => fits(lines)) || lines.some(({ text }) => emptyRib.test(text))) return false;
  return !/^\s*(?:dis\w*|sh\w*)\s.*\b(?:bgp|routing-table)\b/i.test(part.command) || !complaintIn(lines);
}

/** Reads the answer of one command, or a capture of several. Throws ParseError. */
export function parseVrpLike(command: string, output: string): Parsed {
  refuseLongLines(command, output);
  const parts = captureParts(command, withoutWipes(output.replaceAll('\t', ' ')), prompt);
  const found = nothingFound();
  const about = parts.filter((part) => parts.length === 1 || !isForeign(part));
  const left = parts.filter((part) => !about.includes(part));
  if (about.length === 0) refuse(command, parts.flatMap(linesOf));
  const empty = about.flatMap((part) => readOrRefused(part, found, about.every(isRefused)));
  const parsed: Parsed = {
    sessions: mergedSessions(found.sessions),
    routes: [...routesOf(found), ...empty],
    notes: [
      ...new Set(found.notes),
      ...left.map(
        (part) => `left out, not about BGP or routes: the answer of "${part.command.slice(0, 60)}"`,
      ),
    ],
  };
  const [missing] = found.missing;
  if (!missing) return parsed;
  const notes = found.missing.map(({ message, line }) => `line ${line}: ${message}`);
  throw new ParseError(command, missing.message, missing.line, {
    ...parsed,
    notes: [...parsed.notes, ...notes],
  });
}

const all: Readonly<Record<4 | 6, Prefix | undefined>> = {
  4: tryParsePrefix('0.0.0.0/0'),
  6: tryParsePrefix('::/0'),
};

/** True when the query is about IPv6 too: else a device without IPv6 would be asked for what it does not have. */
export function wantsIpv6(query: CollectQuery): boolean {
  return [...query.prefixes, ...query.ranges].some(({ family }) => family === 6);
}

/** A question for a whole table: everything in it was asked for. */
export function wholeTable(command: string, family: 4 | 6, vrf = 'default'): PlannedCommand {
  const prefix = all[family];
  return {
    command,
    layer: layerOf(command),
    vrf,
    scope: { kind: 'ranges', prefixes: prefix ? [prefix] : [] },
  };
}
