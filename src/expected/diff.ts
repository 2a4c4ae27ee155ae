// What differs between two expectations: sessions that come, go or change, prefixes and announcements likewise. For asking
// what a change of objects would do, before it is applied. Reasons in words do not count: only what devices would notice.
import type { ExpectedPrefix, ExpectedSession, ExpectedState, ObjectProblem } from '../model/expectation.ts';
import { formatPrefix } from '../model/prefix.ts';
import { type Announcement, announcements, type RouteMap } from './announcements.ts';

export interface Change<T> {
  readonly before: T;
  readonly after: T;
  /** Names of the fields that differ. */
  readonly fields: readonly string[];
}

export interface Difference<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly Change<T>[];
}

export interface ExpectedDiff {
  readonly sessions: Difference<ExpectedSession>;
  readonly prefixes: Difference<ExpectedPrefix>;
  readonly problems: Difference<ObjectProblem>;
  /** Absent where the cluster is too big to follow every route through it. */
  readonly announcements?: Difference<Announcement>;
}

/** One side of a comparison. */
export interface Side {
  readonly expected: ExpectedState;
  readonly map: RouteMap;
}

type Value = Readonly<Record<string, unknown>>;

/** Compares two lists of things that have a key; `effect` is what counts of one. */
function difference<T>(
  before: Iterable<T>,
  after: Iterable<T>,
  keyOf: (item: T) => string,
  effect: (item: T) => Value,
): Difference<T> {
  const rest = new Map<string, T>();
  for (const item of before) rest.set(keyOf(item), item);
  const [added, changed]: [T[], Change<T>[]] = [[], []];
  const seen = new Set<string>();
  for (const item of after) {
    const key = keyOf(item);
    const older = rest.get(key);
    rest.delete(key);
    if (older === undefined) {
      if (!seen.has(key)) added.push(item);
    } else {
      const [x, y] = [effect(older), effect(item)];
      const names = [...new Set([...Object.keys(x), ...Object.keys(y)])];
      const fields = names.filter((name) => JSON.stringify(x[name]) !== JSON.stringify(y[name]));
      if (fields.length > 0) changed.push({ before: older, after: item, fields });
    }
    seen.add(key);
  }
  return { added, removed: [...rest.values()], changed };
}

// A session of another name is another session to BIRD: the one goes down, the other comes up.
const sessionKey = ({ node, name }: ExpectedSession) => `${node} ${name}`;
const sessionValue = ({ because: _, ...rest }: ExpectedSession): Value => rest;

const prefixKey = ({ prefix, kind }: ExpectedPrefix) => `${formatPrefix(prefix)} ${kind}`;
const prefixValue = ({ origins }: ExpectedPrefix): Value => ({ origins });

const announcementKey = ({ prefix, origin, session }: Announcement) =>
  `${sessionKey(session)} ${formatPrefix(prefix)} ${origin}`;
const announcementValue = ({ nextHop, communities, kind }: Announcement): Value => ({
  nextHop,
  communities,
  kind,
});

const problemKey = ({ severity, object, field, message }: ObjectProblem) =>
  [severity, object, field, message].join('\n');

/** Most steps along routes that are worth the time; a step takes some microseconds. */
const mostSteps = 2_000_000;

/** Upper bound of the steps that following all routes takes: every route on every session. */
function stepsOf({ cluster }: RouteMap): number {
  const sessions = [...cluster.sessions.values()].reduce((sum, list) => sum + list.length, 0);
  const routes = cluster.originations.reduce((sum, { nodes }) => sum + nodes.length, 0);
  return routes * sessions;
}

/** What `after` adds to, takes from and changes in `before`; of one node alone where it is named. */
export function diffExpected(before: Side, after: Side, node?: string): ExpectedDiff {
  const ofNode = (session: ExpectedSession) => node === undefined || session.node === node;
  const fromNode = ({ origins }: ExpectedPrefix) => node === undefined || origins.includes(node);
  const [x, y] = [before.expected, after.expected];
  const affordable = Math.max(stepsOf(before.map), stepsOf(after.map)) <= mostSteps;
  const [sent, sends] = [before.map, after.map].map((map) => announcements(map, node));
  return {
    sessions: difference(x.sessions.filter(ofNode), y.sessions.filter(ofNode), sessionKey, sessionValue),
    prefixes: difference(x.prefixes.filter(fromNode), y.prefixes.filter(fromNode), prefixKey, prefixValue),
    problems: difference(x.problems, y.problems, problemKey, () => ({})),
    ...(affordable &&
      sent &&
      sends && { announcements: difference(sent, sends, announcementKey, announcementValue) }),
  };
}

/** True when nothing differs. */
export function isSame({ sessions, prefixes, problems, announcements: sent }: ExpectedDiff): boolean {
  const parts = [sessions, prefixes, problems, ...(sent ? [sent] : [])];
  return parts.every(({ added, removed, changed }) => added.length + removed.length + changed.length === 0);
}
