// Prefixes of many owners, service ranges above all, that one owner does not announce: no switch misses them, since the
// others do, and the one gets no traffic. A prefix of one owner is route-missing's. Judged by the node's own tables, where
// what it has from its peers is left aside: a reflector passes the others' announcements on.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import { formatPrefix, type Prefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import { type RouteLayer, type RouteView, wasAsked } from '../model/route-view.ts';
import { isEstablished } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { roleOf } from './cause.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';

/** Whether a layer of the node has the prefix from nobody else; undefined when it was not looked at in full. */
function hasOwn(views: readonly RouteView[], layer: RouteLayer, prefix: Prefix): boolean | undefined {
  const asked = views.filter((view) => view.layer === layer && wasAsked(view, prefix));
  if (asked.some((view) => view.table.some(prefix, ({ protocol }) => protocol !== 'bgp'))) return true;
  return asked.length === 0 || asked.some((view) => view.partial !== undefined) ? undefined : false;
}

/** Why an owner that runs and has sessions does not announce it; undefined when it does, or that cannot be told. */
function causeAt(
  context: Context,
  snapshot: DeviceSnapshot,
  prefix: Prefix,
): Extract<CauseId, 'not-configured-on-node' | 'not-exported'> | undefined {
  const routes = context.routes(snapshot);
  const sessions = context.sessions(snapshot);
  // A node that cannot be read, restarts or has no session has a finding of its own.
  if (!snapshot.routes.ok || !routes.known || !sessions.known || snapshot.facts.recovering) return undefined;
  if (!sessions.value.some(isEstablished)) return undefined;
  if (hasOwn(routes.value, 'exported', prefix) !== false) return undefined;
  const local = hasOwn(routes.value, 'local', prefix);
  return local === undefined ? undefined : local ? 'not-exported' : 'not-configured-on-node';
}

/** How long a node may take to announce what it has become an owner of, in milliseconds. */
const graceMs = 30_000;

function draft(
  node: string,
  expected: ExpectedPrefix,
  cause: 'not-configured-on-node' | 'not-exported',
): Draft {
  const prefix = formatPrefix(expected.prefix);
  const others = expected.origins.length - 1;
  const clause = clauseOf(cause, { node });
  return {
    severity: 'warning',
    device: node,
    subject: prefix,
    verdict: 'missing',
    cause,
    detail: `${prefix} (${roleOf(expected)}) is not announced by ${node}, one of its ${others + 1} owners: ${clause}`,
    prefix,
    kind: expected.kind,
    nodes: [node],
  };
}

export const hasManyOwners = ({ origins }: ExpectedPrefix) => origins.length > 1;

const shared = new WeakMap<readonly ExpectedPrefix[], readonly ExpectedPrefix[]>();

/** Prefixes of many owners, in the order of the list. */
export function sharedIn(list: readonly ExpectedPrefix[]): readonly ExpectedPrefix[] {
  const known = shared.get(list) ?? list.filter(hasManyOwners);
  shared.set(list, known);
  return known;
}

/** Remembers those of a list that was made from another one. */
export function keepShared(list: readonly ExpectedPrefix[], found: readonly ExpectedPrefix[]): void {
  shared.set(list, found);
}

export const routeUnannounced: Check = (context) => {
  const findings: Draft[] = [];
  const pending: Draft[] = [];
  for (const expected of sharedIn(context.expected?.prefixes ?? [])) {
    const since = context.input.expectedSince?.(expected.prefix);
    for (const node of expected.origins) {
      const snapshot = context.devices.get(node);
      const cause = snapshot && causeAt(context, snapshot, expected.prefix);
      if (!snapshot || !cause) continue;
      const young = since !== undefined && (lastGood(snapshot.routes)?.at ?? 0) < since + graceMs;
      (young ? pending : findings).push(draft(node, expected, cause));
    }
  }
  return { findings, pending };
};
