// A node of two BIRD daemons as one device (calico: bird.ctl for IPv4, bird6.ctl for IPv6). When one of them fails, the
// routes of the other are kept, with a partial view in the place of those that could not be read; sessions then fail as a
// whole, since a list of sessions cannot say that it is not whole. The error names the daemon.
import type { Family } from '../../model/address.ts';
import type { CollectQuery } from '../../model/collector.ts';
import { ParseError } from '../../model/parse-error.ts';
import { failure, type Reading, type ReadingError, success } from '../../model/reading.ts';
import { RouteTable } from '../../model/route-table.ts';
import type { RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';
import { BirdError } from './bird-protocol.ts';
import { netQuestion } from './bird-query.ts';
import type { BirdSession } from './bird-session.ts';

export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** What came of asking one daemon for sessions, or for routes. */
export interface DaemonPart<T> {
  readonly path: string;
  readonly family: Family;
  readonly outcome: Outcome<readonly T[]>;
}

function errorOf(error: unknown): ReadingError {
  if (error instanceof BirdError) return { kind: error.kind, message: error.message };
  if (error instanceof ParseError) return { kind: 'parse', message: error.message };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** Kinds that say that no BIRD runs there. */
const saysGone = ({ kind }: ReadingError) => kind === 'refused' || kind === 'not-found';

/** The node's error of those of its daemons. It says that BIRD is gone (refused, not-found) only when every one is. */
function failureOf<T, U>(at: number, parts: readonly DaemonPart<T>[]): Reading<U> {
  const errors = parts.flatMap(({ path, family, outcome }) =>
    'error' in outcome ? [{ path, family, error: errorOf(outcome.error) }] : [],
  );
  const all = errors.map(({ error }) => error);
  if (parts.length === 1 && all[0]) return failure(at, all[0].kind, all[0].message);
  const daemonsGone = errors.length === parts.length && all.every(saysGone);
  const kind = (daemonsGone ? all[0] : all.find((error) => !saysGone(error)))?.kind ?? 'protocol';
  const said = errors.map(
    ({ path, family, error }) => `the BIRD of IPv${family} (${path}): ${error.message}`,
  );
  const rest = parts.filter(({ outcome }) => 'value' in outcome).map(({ family }) => `IPv${family}`);
  const others = rest.length > 0 ? [`that of ${rest.join(' and ')} answers`] : [];
  return failure(at, kind, [...said, ...others].join('; '));
}

/** Families of which no BIRD runs, as the error of their daemon says. */
export function familiesGone(parts: readonly DaemonPart<unknown>[]): readonly Family[] {
  return parts.flatMap(({ family, outcome }) =>
    'error' in outcome && saysGone(errorOf(outcome.error)) ? [family] : [],
  );
}

/** The sessions of all daemons; a failure when one of them could not be read. */
export function joinSessions(
  at: number,
  device: string,
  parts: readonly DaemonPart<BirdSession>[],
): Reading<readonly Session[]> {
  const sessions: Session[] = [];
  for (const { outcome } of parts) {
    if ('error' in outcome) return failureOf(at, parts);
    for (const session of outcome.value) sessions.push({ ...session, device });
  }
  return success(at, sessions);
}

/** The views of all daemons; a partial one, without rows, of a daemon that failed; a failure when all of them did. */
export function joinRoutes(
  at: number,
  query: CollectQuery,
  parts: readonly DaemonPart<RouteView>[],
): Reading<readonly RouteView[]> {
  if (parts.every(({ outcome }) => 'error' in outcome)) return failureOf(at, parts);
  const views: RouteView[] = [];
  for (const { path, family, outcome } of parts) {
    if ('value' in outcome) {
      views.push(...outcome.value);
      continue;
    }
    const { scopes } = netQuestion(query, family);
    const partial = `the BIRD of IPv${family} (${path}) cannot be read: ${errorOf(outcome.error).message}`;
    const table = RouteTable.of([]);
    views.push({ layer: 'local', vrf: 'default', table, scopes, partial, allNextHops: true });
  }
  return success(at, views);
}
