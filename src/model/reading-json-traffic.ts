// The part of a node's readings that says how its routes and its restart go (see reading-json-decode.ts): counters, limits,
// timers, each checked like the rest.
import type { Recovery } from './collector.ts';
import { child, type JsonFields, list, number, oneOf, optional, whole } from './json-fields.ts';
import { changeKinds, changeResults, type RouteChanges, routeLimits } from './route-changes.ts';
import type { Session } from './session.ts';

const seconds = (value: unknown, at: string) => number(value, at, 0, Number.MAX_SAFE_INTEGER);
const countOrNull = (value: unknown, at: string) => (value === null ? null : whole(value, at));

function routeChanges(from: JsonFields): RouteChanges {
  const known = changeKinds.flatMap((kind) =>
    kind in from.data ? [[kind, list(from, kind, changeResults.length, countOrNull)] as const] : [],
  );
  return Object.fromEntries(known);
}

/** What a session says of its routes beside their number. Throws ParseError. */
export function decodeTraffic(
  from: JsonFields,
): Pick<Session, 'restartRemainingSeconds' | 'limitsHit' | 'routeChanges'> {
  const limit = (value: unknown, at: string) => oneOf(value, at, routeLimits);
  return {
    ...optional(from, 'restartRemainingSeconds', seconds),
    ...('limitsHit' in from.data && { limitsHit: list(from, 'limitsHit', routeLimits.length, limit) }),
    ...('routeChanges' in from.data && { routeChanges: routeChanges(child(from, 'routeChanges')) }),
  };
}

/** How far a graceful restart is. Throws ParseError. */
export function decodeRecovery(from: JsonFields): Recovery {
  return {
    ...optional(from, 'waitingFor', (value, at) => whole(value, at)),
    ...optional(from, 'remainingSeconds', seconds),
    ...optional(from, 'limitSeconds', seconds),
  };
}
