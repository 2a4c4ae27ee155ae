// Readings as JSON, for the way from a node's agent to the auditor: times as ages in milliseconds, so that the two clocks
// need not agree. This half writes; reading-json-decode.ts reads and trusts nothing. Our own format: `version` counts it,
// and readers pass over members they do not know, so that a newer agent may say more.
import type { Collected, DeviceFacts } from './collector.ts';
import { formatPrefix, type Prefix } from './prefix.ts';
import type { Reading } from './reading.ts';
import type { RouteTable } from './route-table.ts';
import type { RouteView } from './route-view.ts';
import type { Session } from './session.ts';

export const readingsVersion = 1;

/** A table by columns: row i is prefixes[i] with hopSets[hops[i]] and attributeSets[attributes[i]]. */
function encodeTable(table: RouteTable) {
  const { hops, attributes, hopSets, attributeSets } = table.columns;
  const prefixes = Array.from(hops, (_, i) => formatPrefix(table.prefixAt(i)));
  return { prefixes, hops: [...hops], attributes: [...attributes], hopSets, attributeSets };
}

function encodeView({ table, scopes, ...rest }: RouteView) {
  const listed = (prefixes: readonly Prefix[]) => prefixes.map(formatPrefix);
  return {
    ...rest,
    table: encodeTable(table),
    scopes: scopes.map(({ prefixes, ...scope }) => ({ ...scope, prefixes: listed(prefixes) })),
  };
}

function encodeReading<T>(reading: Reading<readonly T[]>, now: number, encode: (value: T) => unknown) {
  const good = ({ at, value }: { readonly at: number; readonly value: readonly T[] }) => ({
    ageMs: Math.max(0, now - at),
    value: value.map(encode),
  });
  if (reading.ok) return { ok: true, ...good(reading) };
  const { error, last, at } = reading;
  return { ok: false, ageMs: Math.max(0, now - at), error, ...(last ? { last: good(last) } : {}) };
}

function encodeFacts({ startedAt, reconfiguredAt, ...rest }: DeviceFacts, now: number) {
  const ago = (seconds: number) => now / 1000 - seconds;
  return {
    ...rest,
    ...(startedAt === undefined ? {} : { startedSecondsAgo: ago(startedAt) }),
    ...(reconfiguredAt === undefined ? {} : { reconfiguredSecondsAgo: ago(reconfiguredAt) }),
  };
}

/** What a node has read, ready for JSON.stringify; ages as of `now` (milliseconds since the epoch). */
export function encodeCollected(node: string, { sessions, routes, facts }: Collected, now: number): object {
  return {
    version: readingsVersion,
    node,
    sessions: encodeReading(sessions, now, ({ device: _, ...session }: Session) => session),
    routes: encodeReading(routes, now, encodeView),
    ...(facts ? { facts: encodeFacts(facts, now) } : {}),
  };
}
