// Reads whatever a Cisco-like CLI printed as text: cuts it into tables, reads each by its kind, and puts rows and sessions
// together by VRF. Refuses what is no answer: complaints (`% Invalid input`), an empty text, a text without any table
// this driver knows. What only says "not there" is an empty table.
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { contextOf, type TableContext } from './cisco-context.ts';
import { type Missing, missingPeers } from './cisco-counts.ts';
import { entriesOf } from './cisco-entries.ts';
import { neighborsOf } from './cisco-neighbors.ts';
import { pathsOf } from './cisco-paths.ts';
import { ribOf } from './cisco-rib.ts';
import { ribEntriesOf } from './cisco-rib-entry.ts';
import { type Cut, type Segment, type SegmentKind, segmentsOf } from './cisco-segments.ts';
import { type CiscoSession, type FoundSession, summaryOf } from './cisco-summary.ts';
import { type Answer, answersOf } from './cisco-text.ts';
import { isRefusal } from './cli-capture.ts';
import { negotiatedOf } from './eos-negotiated.ts';
import { advertisedOf, dampedOf } from './iosxr-advertised.ts';
import { vrfSessionsOf } from './iosxr-sessions.ts';
import { forwardingOf } from './nxos-forwarding.ts';
import { nexthopsOf } from './nxos-rib.ts';
import { sessionListOf } from './nxos-sessions.ts';

type ReadSessions = (segment: Segment) => FoundSession[];
type ReadRoutes = (segment: Segment) => { rows: RouteRow[]; notes: string[]; missing?: readonly Missing[] };

const sessionKinds: Partial<Record<SegmentKind, ReadSessions>> = {
  summary: summaryOf,
  sessions: sessionListOf,
  'vrf-sessions': vrfSessionsOf,
  negotiated: negotiatedOf,
  neighbors: neighborsOf,
};

const routeKinds: Partial<Record<SegmentKind, readonly [ReadRoutes, RouteLayer]>> = {
  paths: [pathsOf, 'bgp'],
  entries: [entriesOf, 'bgp'],
  damped: [dampedOf, 'bgp'],
  advertised: [advertisedOf, 'exported'],
  rib: [ribOf, 'installed'],
  'rib-entries': [ribEntriesOf, 'installed'],
  nexthops: [nexthopsOf, 'installed'],
  forwarding: [forwardingOf, 'installed'],
};

const keyOf = (session: CiscoSession) => `${session.vrf} ${session.afi} ${session.peerAddress}`;

/**
 * Each session once: what several tables say of it is put together, the first to say something wins. A session of another
 * family (EVPN, VPN) shows only where its peer has no IPv4 or IPv6 unicast session.
 */
export function distinctSessions(found: readonly FoundSession[]): CiscoSession[] {
  const merged = new Map<string, CiscoSession>();
  const add = (session: CiscoSession) => {
    const older = merged.get(keyOf(session));
    // Two neighbours with one address in an unnamed VRF each: both are shown.
    const key =
      older && older.peerAsn !== session.peerAsn ? `${keyOf(session)} ${session.peerAsn}` : keyOf(session);
    const same = merged.get(key);
    merged.set(key, same ? { ...session, ...same, localAsn: same.localAsn ?? session.localAsn } : session);
  };
  for (const { session, unicast } of found) if (unicast) add(session);
  const known = new Set([...merged.values()].map(({ vrf, peerAddress }) => `${vrf} ${peerAddress}`));
  for (const { session, unicast } of found) {
    if (!unicast && !known.has(`${session.vrf} ${session.peerAddress}`)) add(session);
  }
  return [...merged.values()];
}

function routesOf(segment: Segment, rows: readonly RouteRow[], layer: RouteLayer): ParsedRoutes[] {
  const { vrf, peer } = segment.context;
  const byVrf = new Map<string, RouteRow[]>(rows.length === 0 ? [[vrf, []]] : []);
  for (const row of rows) {
    const same = byVrf.get(row.vrf);
    if (same) same.push(row);
    else byVrf.set(row.vrf, [row]);
  }
  return [...byVrf].map(([name, own]) => ({
    layer,
    vrf: name,
    ...(peer !== undefined && layer !== 'bgp' && layer !== 'installed' && { peer }),
    rows: own,
    allNextHops: true,
  }));
}

const isAbsent = (text: string) =>
  /^%? ?%? ?(?:Network not in (?:table|RIB)|Subnet not in table|Route not found|No matching routes? found|No (?:such )?route)/i.test(
    text.trim(),
  );
const isInactive = (text: string) =>
  /^\s*%? ?BGP (?:instance \S+ )?(?:is )?(?:not active|inactive|not (?:running|configured|enabled))/i.test(
    text,
  );
const isNobody = (text: string) =>
  /^%? ?(?:Neighbor not found|No such neighbor|Can't find neighbor)/i.test(text.trim());

const isComplaint = (text: string) =>
  /^\s*(?:%|\^$|ERROR:|Error:|Syntax error|Invalid |Incomplete |Permission denied|Note: +process|! IP routing)/i.test(
    text,
  );

/** An empty table of VPN or EVPN routes says nothing of what is in a VRF, for it is of none. */
const saysOfVrf = ({ family }: TableContext) => family.kind === 'unicast';

/** A text without any table: an empty table, or an error. */
function nothingRead(answer: Answer, cut: Cut, context: TableContext): Parsed {
  const { command } = context;
  const said = cut.rest.filter(({ text }) => text.trim() !== '');
  const expected = (text: string) => isAbsent(text) || isNobody(text) || isInactive(text);
  const complaint = said.find(({ text }) => isComplaint(text) && !expected(text));
  if (complaint) {
    throw new ParseError(command, `the device says: ${snippet(complaint.text.trim())}`, complaint.number);
  }
  const routes: ParsedRoutes[] =
    context.layer === undefined || !saysOfVrf(context)
      ? []
      : [{ layer: context.layer, vrf: context.vrf, rows: [], allNextHops: true }];
  const absent = said.some(({ text }) => isAbsent(text)) && context.about === 'routes';
  const zero =
    said.some(({ text }) => /^\s*Total number of prefixes 0\b/.test(text)) && context.about === 'routes';
  if (absent || zero) return { sessions: [], routes, notes: [] };
  if (said.some(({ text }) => isInactive(text)))
    return {
      sessions: [],
      routes: context.about === 'routes' ? routes : [],
      notes: ['BGP is not active on this device'],
    };
  if (cut.headed && context.about === 'sessions')
    return { sessions: [], routes: [], notes: ['headings without a neighbour below them'] };
  const counts = said.find(({ text }) =>
    /^\s*(?:Total number of routes|Best paths per protocol)\b/.test(text),
  );
  if (cut.headed && counts && context.about === 'routes')
    throw new ParseError(command, 'a summary says how many routes there are, not which', counts.number);
  if (cut.headed && context.about === 'routes')
    return { sessions: [], routes, notes: ['a heading without a route below it'] };
  if (said.length === 0 && answer.dated && /\bvrf all\b/.test(command)) {
    return {
      sessions: [],
      routes: [],
      notes: ['the device printed its clock and nothing else: no VRF is there'],
    };
  }
  const [first] = said;
  if (!first) throw new ParseError(command, 'the answer is empty');
  throw new ParseError(
    command,
    `not an answer this driver knows: ${snippet(first.text.trim())}`,
    first.number,
  );
}

interface ParsedAnswer extends Omit<Parsed, 'sessions'> {
  readonly found: readonly FoundSession[];
  readonly missing: readonly Missing[];
}

function parseAnswer(answer: Answer, source: string): ParsedAnswer {
  const context = { ...contextOf(answer.command ?? source), command: source };
  const cut = segmentsOf(context, answer.lines);
  const found: FoundSession[] = [];
  const missing: Missing[] = [];
  const routes: ParsedRoutes[] = [];
  const notes: string[] = [];
  for (const segment of cut.segments) {
    const sessions = sessionKinds[segment.kind];
    const [read, usual] = routeKinds[segment.kind] ?? [];
    if (sessions) {
      const own = sessions(segment);
      found.push(...own);
      if (segment.kind !== 'neighbors') missing.push(...missingPeers(segment, own));
    }
    if (!read || !usual) continue;
    const { layer } = context;
    const fits = usual === 'bgp' && (layer === 'exported' || layer === 'received');
    const {
      rows,
      notes: own,
      missing: lost = [],
    } = read(fits ? segment : { ...segment, context: { ...segment.context, layer: usual } });
    notes.push(...own);
    missing.push(...lost);
    if (saysOfVrf(segment.context) || rows.length > 0)
      routes.push(...routesOf(segment, rows, fits ? layer : usual));
  }
  if (cut.segments.length === 0) return { found, missing, ...nothingRead(answer, cut, context) };
  return { found, routes, notes: [...notes, ...complaintsIn(cut.rest)], missing };
}

/** What the device complained of beside its tables. A legend may explain a percent sign, `% - Pending best path selection`. */
function complaintsIn(rest: Cut['rest']): string[] {
  return rest
    .filter(({ text }) => isComplaint(text) && !isAbsent(text) && !/^\s*% - /.test(text))
    .map(({ text, number }) => `line ${number}: the device says ${snippet(text.trim())}`);
}

/** A banner above the first prompt, or the answer of a command that is about something else. */
function isAside({ command, lines }: Answer): boolean {
  const context = contextOf(command ?? '');
  if (context.layer !== undefined || context.about !== undefined) return false;
  const { segments, headed } = segmentsOf(context, lines);
  return segments.length === 0 && !headed;
}

/** A command that the device refused leaves the others of a capture their answers. */
function parseOrRefused(answer: Answer, source: string, refused: ParseError[]): ParsedAnswer[] {
  try {
    return [parseAnswer(answer, source)];
  } catch (error) {
    if (!(error instanceof ParseError) || !isRefusal(error)) throw error;
    refused.push(error);
    const missing = [{ message: error.reason, line: error.line ?? 1 }];
    return [{ found: [], routes: [], notes: [], missing }];
  }
}

/**
 * Reads the text of one command or of several below each other. Throws ParseError; one for rows that are missing carries
 * what could be read.
 */
export function parseCisco(command: string, output: string): Parsed {
  const answers = answersOf(output);
  const own = answers.filter((answer) => answers.length === 1 || !isAside(answer));
  const refused: ParseError[] = [];
  const parts = answers.flatMap((answer): ParsedAnswer[] => {
    if (own.includes(answer)) return parseOrRefused(answer, command, refused);
    const note = answer.command === undefined ? [] : [`"${answer.command}" was left out`];
    return [{ found: [], routes: [], notes: note, missing: [] }];
  });
  if (refused[0] && refused.length === own.length) throw refused[0];
  const parsed: Parsed = {
    sessions: distinctSessions(parts.flatMap(({ found }) => found)),
    routes: parts.flatMap(({ routes }) => routes),
    notes: [...new Set(parts.flatMap(({ notes }) => notes))],
  };
  const [first, ...more] = parts.flatMap(({ missing }) => missing);
  if (!first) return parsed;
  const notes = more.map(({ message, line }) => `line ${line}: ${message}`);
  throw new ParseError(command, first.message, first.line, {
    ...parsed,
    notes: [...parsed.notes, ...notes],
  });
}
