// `parse --bird FILE`: what a saved text of BIRD's says, as sessions and routes. Which commands it answers is taken from
// the commands where the text shows them, from BIRD's reply codes, or from the look of the lines (see bird-text.ts).
import type { Parsed, ParsedRoutes } from '../../model/driver.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { formatPrefix } from '../../model/prefix.ts';
import type { RouteRow } from '../../model/route-table.ts';
import type { RouteLayer } from '../../model/route-view.ts';
import { parsePeerName } from './bird-name.ts';
import { type ReplyReader, replyCode } from './bird-reply.ts';
import { routesReader } from './bird-routes.ts';
import { type BirdSession, sessionsReader } from './bird-session.ts';
import { statusReader } from './bird-status.ts';
import { type Answer, cutText } from './bird-text.ts';
import { markStale, silentInstances } from './bird-views.ts';
import { calicoctlCut, calicoctlReader, calicoctlRemark } from './calicoctl-status.ts';

interface Found {
  readonly sessions: BirdSession[];
  readonly routes: Listing[];
  readonly notes: string[];
  serverTime: number | undefined;
  /** Line where it shows that the text is not whole. */
  cutAt: number | undefined;
}

interface TableAbout {
  readonly layer: RouteLayer;
  /** Session whose routes these are. */
  readonly session?: string;
}

interface Listing {
  readonly about: TableAbout;
  /** Each row with the protocol instance it is from. */
  readonly rows: readonly (readonly [RouteRow, string])[];
}

function read<T>(answer: Answer, reader: ReplyReader<T>): T {
  for (const line of answer.lines) reader.line(line);
  return reader.end();
}

/** Which table a `show route` command shows; undefined for those that are no table of the model. */
function tableOf(command: string | undefined): TableAbout | undefined {
  if (command === undefined) return { layer: 'local' };
  if (/\b(?:noexport|preexport|filtered)\b/.test(command)) return undefined;
  // BIRD 2 keeps what came in before its filter, and what went out, in tables of their own.
  const kept = /\b(import|export)\s+table\s+'?([\w:-]+)/.exec(command);
  if (kept) return { layer: kept[1] === 'import' ? 'received' : 'exported', session: kept[2] ?? '' };
  const exported = /\bexport\s+'?([\w.:-]+)/.exec(command)?.[1];
  if (exported !== undefined) return { layer: 'exported', session: exported.replace(/\.ipv[46]$/, '') };
  const protocol = /\bprotocol\s+'?([\w.:-]+)/.exec(command)?.[1];
  if (protocol !== undefined && parsePeerName(protocol)) return { layer: 'received', session: protocol };
  return { layer: 'local' };
}

function readRoutes(answer: Answer, source: string, found: Found): void {
  const about = tableOf(answer.command);
  if (!about) {
    found.notes.push(`"${answer.command}" was not read: it shows routes that are in no table`);
    return;
  }
  const rows: [RouteRow, string][] = [];
  const { layer } = about;
  let others = 0;
  const sink = (row: RouteRow, instance: string) => rows.push([row, instance]);
  read(answer, routesReader({ source, layer, sink, onOther: () => others++ }));
  if (others > 0) found.notes.push(`not read: ${others} route(s) to no IP prefix (VPN, flow, ROA, MPLS)`);
  found.routes.push({ about, rows });
}

function readError(answer: Answer, source: string, found: Found): void {
  const { error, lines, command = 'a command', kind } = answer;
  if (!error) return;
  const says = `${error.code} ${error.text}`.trim();
  if (lines.length > 0) {
    throw new ParseError(source, `BIRD broke the answer off with ${snippet(says)}`, error.number);
  }
  if (kind === 'routes' && error.code === replyCode.notInTable) readRoutes({ ...answer }, source, found);
  else found.notes.push(`${snippet(command)}: BIRD answered ${snippet(says)}`);
}

function readAnswer(answer: Answer, source: string, found: Found): void {
  if (answer.error) {
    readError(answer, source, found);
    return;
  }
  if (!answer.complete && answer.kind !== 'status') {
    throw new ParseError(
      source,
      'the reply has no last line: the text was cut',
      (answer.lines.at(-1) ?? { number: answer.line }).number,
    );
  }
  if (answer.kind === 'status') {
    const status = read(answer, statusReader(source));
    found.serverTime = status.serverTime;
    found.notes.push(
      `status: BIRD ${status.version}${status.recovering ? ', in graceful-restart recovery' : ''}`,
    );
  } else if (answer.kind === 'protocols') {
    found.sessions.push(...read(answer, sessionsReader({ source, serverTime: found.serverTime })));
  } else if (answer.kind === 'calicoctl') {
    found.sessions.push(...read(answer, calicoctlReader(source)));
    found.notes.push(...answer.lines.flatMap(({ text }) => calicoctlRemark(text) ?? []));
    const texts = answer.lines.map(({ text }) => text);
    if (calicoctlCut(texts)) found.cutAt ??= answer.lines.at(-1)?.number;
  } else if (answer.kind === 'routes') {
    readRoutes(answer, source, found);
  } else if (answer.kind === 'count') {
    const said = answer.lines.map((line) => line.text.trim()).filter((words) => words !== '');
    found.notes.push(`count: ${said.at(-1)}`);
  } else if (answer.command !== 'restrict' && answer.lines[0]?.code !== replyCode.restricted) {
    found.notes.push(`${snippet(answer.command ?? answer.lines[0]?.text ?? '')} was not read`);
  }
}

/** Each session once: a detailed showing before a short one, a later one before an earlier one. */
function distinct(sessions: readonly BirdSession[]): BirdSession[] {
  const bySession = new Map<string, BirdSession>();
  for (const session of sessions) {
    const key = `${session.name ?? session.peerAddress} ${session.afi}`;
    const known = bySession.get(key);
    if (!known || session.peerAsn !== null || known.peerAsn === null) bySession.set(key, session);
  }
  return [...bySession.values()];
}

const rowKey = ([row, instance]: readonly [RouteRow, string]) =>
  `${formatPrefix(row.prefix)} ${instance} ${row.best}`;

function countRows(listing: Listing): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of listing.rows) counts.set(rowKey(row), (counts.get(rowKey(row)) ?? 0) + 1);
  return counts;
}

const hasAttributes = ({ rows }: Listing) => rows.some(([row]) => row.asPath !== undefined);

/** Leaves out a listing that the fullest one of the same table repeats: `show route` beside `show route all`. */
function withoutRepeats(listings: readonly Listing[]): Listing[] {
  const tables = new Map<string, Listing[]>();
  for (const listing of listings) {
    const key = `${listing.about.layer} ${listing.about.session ?? ''}`;
    const same = tables.get(key);
    if (same) same.push(listing);
    else tables.set(key, [listing]);
  }
  const repeated = new Set<Listing>();
  for (const same of tables.values()) {
    const fuller = (x: Listing, y: Listing) =>
      y.rows.length > x.rows.length || (y.rows.length === x.rows.length && hasAttributes(y)) ? y : x;
    const fullest = same.reduce(fuller);
    const counts = countRows(fullest);
    for (const listing of same) {
      if (listing === fullest) continue;
      if ([...countRows(listing)].every(([key, n]) => n <= (counts.get(key) ?? 0))) repeated.add(listing);
    }
  }
  return listings.filter((listing) => !repeated.has(listing));
}

function finishRoutes(routes: readonly Listing[], sessions: readonly BirdSession[]): ParsedRoutes[] {
  const silent = silentInstances(sessions);
  return routes.map(({ about, rows }) => {
    const { layer, session } = about;
    const peer =
      session === undefined
        ? undefined
        : sessions.find(({ name }) => name === session)?.peerAddress || parsePeerName(session)?.address;
    return {
      layer,
      vrf: 'default',
      ...(peer ? { peer } : {}),
      rows: rows.map(([row, instance]) => markStale(row, instance, silent)),
      allNextHops: true,
    };
  });
}

/** What a saved text of BIRD's says. `source` names it in messages. Throws ParseError, never anything else. */
export function parseBirdText(text: string, source: string): Parsed {
  const { answers, unread, firstUnread, excerptAt } = cutText(text, source);
  if (answers.length === 0)
    throw new ParseError(source, 'holds nothing that BIRD prints', firstUnread?.line ?? 1);
  const found: Found = { sessions: [], routes: [], notes: [], serverTime: undefined, cutAt: excerptAt };
  for (const answer of answers) readAnswer(answer, source, found);
  const sessions = distinct(found.sessions);
  const { notes } = found;
  if (sessions.length < found.sessions.length) {
    notes.push('some sessions are shown more than once: the fullest and latest showing counts');
  }
  const nameless = sessions.filter((session) => session.peerAddress === '').length;
  if (nameless > 0) {
    notes.push(
      `no neighbor address in the text for ${nameless} of the sessions: "show protocols all" has it`,
    );
  }
  if (firstUnread) {
    const { text: first, line } = firstUnread;
    notes.push(
      `unread, since part of no answer: ${unread} line(s), the first is line ${line}: ${snippet(first)}`,
    );
  }
  const listings = withoutRepeats(found.routes);
  if (listings.length < found.routes.length) {
    notes.push('some routes are shown more than once: only the fullest listing of a table is given');
  }
  const parsed = { sessions, routes: finishRoutes(listings, sessions), notes };
  if (found.cutAt !== undefined)
    throw new ParseError(source, 'the text leaves something out here', found.cutAt, parsed);
  return parsed;
}
