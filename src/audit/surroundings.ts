// Whether two audits look at the same fabric but for prefixes: the same devices with the same sessions and facts, the same
// nodes and sessions expected, the same tables asked for in the same way. Then what was said of a prefix stays true while its
// own routes stay what they were. Values are compared, not objects: a device that is read again shows the same.
import type { ExpectedState } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import { lastGood, type Reading } from '../model/reading.ts';
import type { RouteView } from '../model/route-view.ts';
import type { Session } from '../model/session.ts';
import type { Device, DeviceSnapshot } from '../model/snapshot.ts';
import { changedPrefixes } from '../model/table-change.ts';
import type { Context } from './context.ts';

/** Most rows of all tables that may differ: with more of them everything is looked at anew. */
const mostRows = 5000;

/** Counted by devices all the time; no check looks at them. */
const counters: ReadonlySet<string> = new Set([
  'establishedSeconds',
  'restartRemainingSeconds',
  'transitions',
  'routeChanges',
] satisfies (keyof Session)[]);

const nothing: ReadonlySet<string> = new Set();

/** Equal values, objects by what is in them; keys of `but` at the top are left out. */
function same(x: unknown, y: unknown, but: ReadonlySet<string> = nothing): boolean {
  if (Object.is(x, y)) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x) !== Array.isArray(y)) return false;
  let more = 0;
  for (const key in x) {
    if (but.has(key)) continue;
    if (!same(x[key as never], y[key as never])) return false;
    more++;
  }
  for (const key in y) if (!but.has(key)) more--;
  return more === 0;
}

function sameList<T>(x: readonly T[], y: readonly T[], equal: (x: T, y: T) => boolean = same): boolean {
  return x === y || (x.length === y.length && x.every((item, i) => item === y[i] || equal(item, y[i] as T)));
}

const noState: ExpectedState = { nodes: [], sessions: [], prefixes: [], ranges: [], problems: [] };

function sameObjects({ expected: x = noState }: Context, { expected: y = noState }: Context): boolean {
  const both = (key: 'nodes' | 'sessions' | 'ranges' | 'problems' | 'withheld') =>
    sameList<object>(x[key] ?? [], y[key] ?? [], key === 'sessions' || key === 'nodes' ? Object.is : same);
  return (
    x === y ||
    (both('nodes') &&
      both('sessions') &&
      both('ranges') &&
      both('problems') &&
      both('withheld') &&
      x.meshUnlisted === y.meshUnlisted)
  );
}

const sameFate = <T>(x: Reading<T>, y: Reading<T>) =>
  x.ok === y.ok &&
  (x.ok || y.ok || x.error.kind === y.error.kind) &&
  (lastGood(x) === undefined) === (lastGood(y) === undefined);

/** The same value, by itself, where there is one. */
const sameLast = <T>(x: Reading<T>, y: Reading<T>) => lastGood(x)?.value === lastGood(y)?.value;

/** The same view but for the rows of its table. */
const sameView = ({ table: _, ...x }: RouteView, { table: __, ...y }: RouteView) => same(x, y);

function sameDevice(before: Context, after: Context, x: DeviceSnapshot, y: DeviceSnapshot): boolean {
  if (x === y && before.sessions(x).known === after.sessions(y).known) return true;
  const [sessions, others] = [before.sessions(x), after.sessions(y)];
  return (
    (x.device === y.device || same(x.device, y.device)) &&
    same(x.facts, y.facts) &&
    sameFate(x.sessions, y.sessions) &&
    sameFate(x.routes, y.routes) &&
    (sessions.known && others.known
      ? sameList(sessions.value, others.value, (s, t) => same(s, t, counters))
      : sessions.known === others.known && sameLast(x.sessions, y.sessions))
  );
}

/** Prefixes of which a device shows other routes; undefined where anything else about its tables is another, too. */
function changedAt(
  before: Context,
  after: Context,
  [x, y]: readonly [DeviceSnapshot, DeviceSnapshot],
  most: number,
): readonly Prefix[] | undefined {
  const [old, now] = [before.routes(x), after.routes(y)];
  // Of a reading too old to judge by, causes are still told.
  if (!old.known || !now.known)
    return old.known === now.known && sameLast(x.routes, y.routes) ? [] : undefined;
  if (old.value === now.value) return [];
  if (!sameList(old.value, now.value, sameView)) return undefined;
  const prefixes: Prefix[] = [];
  for (const [i, { layer, table }] of now.value.entries()) {
    const earlier = old.value[i]?.table;
    const changed = earlier && changedPrefixes(earlier, table, most - prefixes.length);
    // What nodes have and what is sent stands in indexes, which are not mended.
    if (!changed || (changed.length > 0 && (y.device.role === 'node' || layer === 'exported')))
      return undefined;
    for (const prefix of changed) prefixes.push(prefix);
  }
  return prefixes;
}

const sameElsewhere = (x: readonly Device[] = [], y: readonly Device[] = []) => sameList(x, y);

/**
 * Prefixes of which some switch shows other routes than at the audit before; undefined where anything else that counts has
 * changed, too, or too much.
 */
export function routesChanged(before: Context, after: Context): readonly Prefix[] | undefined {
  if (!before.expected || !after.expected || before.devices.size !== after.devices.size) return undefined;
  if (!sameObjects(before, after) || !sameElsewhere(before.input.elsewhere, after.input.elsewhere))
    return undefined;
  const all: Prefix[] = [];
  const names = before.devices.keys();
  for (const [name, y] of after.devices) {
    const x = before.devices.get(name);
    if (!x || names.next().value !== name || !sameDevice(before, after, x, y)) return undefined;
    const changed = changedAt(before, after, [x, y], mostRows - all.length);
    if (!changed) return undefined;
    for (const prefix of changed) all.push(prefix);
  }
  return all;
}
