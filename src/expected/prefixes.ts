// The prefixes that must be in the fabric, and the nodes that are entitled to announce each: everything that nodes
// originate, less what a policy (disableBGPExport, BGPFilters) keeps back. A missing session keeps nothing back here:
// that is a fault, which the audit must see. Rules: exports.ts.
import type { ExpectedPrefix, ExpectedSession, ObjectProblem } from '../model/expectation.ts';
import { comparePrefixes, formatPrefix, type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import { follow, type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, exportDecision, type NodePolicy, openPool, policiesOf } from './exports.ts';
import { speaksOf } from './filter-rules.ts';
import type { Direction, FilterRule } from './filters.ts';
import { mapped, perList, perObject, remembered, sameItems } from './memo.ts';
import type { Origination } from './origination.ts';
import { liesIn, widest } from './ranges.ts';
import { listChange, placeOf, resorted } from './sorted.ts';

/** A cluster with what is needed to ask its filters; the ways through the nodes are looked up only when they matter. */
export interface Ways {
  readonly cluster: Cluster;
  readonly policies: ReadonlyMap<string, NodePolicy>;
  readonly map: () => RouteMap;
}

const isFabric = ({ peerNode, kind }: ExpectedSession) => peerNode === undefined && kind !== 'local-workload';

// Most nodes speak with the fabric themselves: then there is no way to follow.
function reachesDirectly(ways: Ways, origination: Origination, origin: string, useFilters: boolean): boolean {
  const { cluster, policies } = ways;
  const { prefix, source } = origination;
  const policy = policies.get(origin);
  if (!policy) return false;
  return (cluster.sessions.get(origin) ?? []).some(
    (session) =>
      isFabric(session) &&
      (session.afi === 'ipv4') === (prefix.family === 4) &&
      exportDecision(cluster, policy, session, { prefix, source }, useFilters).accepted,
  );
}

/** True when some peer outside of the cluster gets the prefix from this origin. */
export function reachesFabric(
  ways: Ways,
  origination: Origination,
  origin: string,
  useFilters: boolean,
): boolean {
  if (reachesDirectly(ways, origination, origin, useFilters)) return true;
  for (const { session } of follow(ways.map(), origination, origin, useFilters)) {
    if (isFabric(session)) return true;
  }
  return false;
}

/** True when the pools let the prefix out. */
export function poolsAllow(cluster: Pick<Cluster, 'pools'>, { prefix, kind }: Origination): boolean {
  if (closedPool(cluster, prefix) !== undefined) return false;
  // A single address is no block, so only a pool can let it through.
  return kind !== 'borrowed' || openPool(cluster, prefix) !== undefined;
}

/** Rules of the BGPFilters that some session uses. */
export function rulesInUse({
  sessions,
  filters,
}: Pick<Cluster, 'sessions' | 'filters'>): readonly FilterRule[] {
  const names = new Set<string>();
  for (const list of sessions.values()) {
    for (const session of list) for (const name of session.filters ?? []) names.add(name);
  }
  const used = [...names].flatMap((name) => filters.get(name) ?? []);
  const directions: readonly Direction[] = ['import', 'export'];
  return used.flatMap((filter) => directions.flatMap((d) => [...filter.rules(d, 4), ...filter.rules(d, 6)]));
}

/** What an answer depended on, and the answer. */
interface Remembered {
  readonly on: readonly unknown[];
  readonly entitled: readonly Origination[];
}

/**
 * A function that tells what nodes are entitled to announce. Following each prefix through the nodes costs time in big
 * clusters: it is done only where a filter speaks of the prefix, and again only where something on the way has changed.
 */
function entitlements(): (cluster: Cluster) => readonly Origination[] {
  const known = new WeakMap<Origination, Remembered>();
  const rulesIn = remembered((sessions: Cluster['sessions'], filters: Cluster['filters']) =>
    rulesInUse({ sessions, filters }),
  );
  const policiesIn = remembered((nodes: Cluster['nodes'], originations: Cluster['originations']) =>
    policiesOf({ nodes, originations }),
  );

  const allowedIn = mapped((origination: Origination, pools: Cluster['pools']) =>
    poolsAllow({ pools }, origination) ? origination : undefined,
  );

  const ask = (ways: Ways, origination: Origination, allowed: boolean): Remembered => {
    const { cluster, policies } = ways;
    const { pools, filters, config, features, sessions, nodes, originations } = cluster;
    const { nodes: origins } = origination;
    const rules = [pools, filters, config, features];
    const near = [...rules, ...origins.flatMap((node) => [policies.get(node), sessions.get(node)])];
    const older = known.get(origination);
    const far = [...near, nodes, sessions, originations];
    if (older && (sameItems(older.on, near) || sameItems(older.on, far))) return older;
    let followed = false;
    const watched: Ways = {
      ...ways,
      map() {
        followed = true;
        return ways.map();
      },
    };
    const entitledNodes = origins.filter(
      (node) =>
        reachesFabric(watched, origination, node, true) ||
        (allowed && !reachesFabric(watched, origination, node, false)),
    );
    const entitled =
      entitledNodes.length === 0
        ? []
        : [sameItems(entitledNodes, origins) ? origination : { ...origination, nodes: entitledNodes }];
    return { on: followed ? far : near, entitled };
  };

  return (cluster) => {
    const rules = rulesIn(cluster.sessions, cluster.filters);
    if (rules.length === 0)
      return allowedIn(cluster.originations, cluster.pools).filter((o) => o !== undefined);
    const policies = policiesIn(cluster.nodes, cluster.originations);
    let map: RouteMap | undefined;
    const ways: Ways = {
      cluster,
      policies,
      map() {
        map ??= routeMapOf(cluster);
        return map;
      },
    };
    return cluster.originations.flatMap((origination): readonly Origination[] => {
      const allowed = poolsAllow(cluster, origination);
      // Only filters can make a difference to what the pools say.
      if (!rules.some((rule) => speaksOf(rule, origination.prefix))) return allowed ? [origination] : [];
      const answer = ask(ways, origination, allowed);
      known.set(origination, answer);
      return answer.entitled;
    });
  };
}

/** Reports blocks that lie in no pool: their node announces them, but nobody passes them on. */
export function poollessChecker(): (cluster: Cluster) => readonly ObjectProblem[] {
  const ranges = remembered((pools: Cluster['pools']) => widest(pools.map(({ prefix }) => prefix)));
  const check = mapped(
    ({ prefix, kind, object, nodes }: Origination, inside: readonly Prefix[]): ObjectProblem | undefined => {
      if (kind !== 'block' && kind !== 'pod-cidr') return undefined;
      if (inside.length === 0 || liesIn(inside, prefix)) return undefined;
      const message = `${formatPrefix(prefix)} lies in no IPPool: ${nodes.join(', ')} announces it, but no other node passes it on`;
      return { severity: 'warning', object, message };
    },
  );
  return ({ pools, originations }) =>
    check(originations, ranges(pools)).filter((problem) => problem !== undefined);
}

const single = perObject(({ prefix, kind, nodes, because, since }: Origination): ExpectedPrefix => {
  return { prefix, kind, origins: nodes, because, ...(since === undefined ? {} : { since }) };
});

const merged = perList((parts: readonly Origination[]): ExpectedPrefix | undefined => {
  const [first] = parts;
  if (!first) return undefined;
  const since = parts.find((part) => part.since !== undefined)?.since;
  const origins = [...new Set(parts.flatMap(({ nodes }) => nodes))].sort();
  return { ...single(first), origins, ...(since === undefined ? {} : { since }) };
});

/** The order of expected prefixes; each prefix is there once for each kind. */
export function compareExpected(x: ExpectedPrefix, y: ExpectedPrefix): number {
  return comparePrefixes(x.prefix, y.prefix) || (x.kind < y.kind ? -1 : x.kind > y.kind ? 1 : 0);
}

/** The prefixes as they were computed last, and what they were made of. */
interface Made {
  readonly entitled: readonly Origination[];
  readonly kinds: ReadonlyMap<string, ReadonlyMap<PrefixKey, readonly Origination[]>>;
  readonly sorted: readonly ExpectedPrefix[];
}

const expectedFrom = (parts: readonly Origination[]): ExpectedPrefix | undefined => {
  const [first] = parts;
  return first && (parts.length > 1 ? merged(first, parts) : single(first));
};

function makeAll(entitled: readonly Origination[], before: readonly ExpectedPrefix[]): Made {
  const kinds = new Map<string, Map<PrefixKey, Origination[]>>();
  for (const origination of entitled) {
    const ofKind = kinds.get(origination.kind) ?? new Map<PrefixKey, Origination[]>();
    kinds.set(origination.kind, ofKind);
    const key = prefixKey(origination.prefix);
    const parts = ofKind.get(key);
    if (parts) parts.push(origination);
    else ofKind.set(key, [origination]);
  }
  const all = [...kinds.values()].flatMap((ofKind) =>
    [...ofKind.values()].flatMap((parts) => expectedFrom(parts) ?? []),
  );
  return { entitled, kinds, sorted: resorted(before, all, compareExpected) };
}

/** So many changes at once, and making all of them costs no more. */
const mostPatches = 200;

/** What is made of a few changes; undefined where prefixes have several sources, whose order counts. */
function patched(made: Made, entitled: readonly Origination[]): Made | undefined {
  const { gone, come } = listChange(made.entitled, entitled);
  if (gone.length + come.length > mostPatches) return undefined;
  const changed = new Map<string, Map<PrefixKey, readonly Origination[]>>();
  const partsAt = ({ kind, prefix }: Origination) => {
    const key = prefixKey(prefix);
    return changed.get(kind)?.get(key) ?? made.kinds.get(kind)?.get(key) ?? [];
  };
  const put = ({ kind, prefix }: Origination, parts: readonly Origination[]) => {
    const ofKind = changed.get(kind) ?? new Map<PrefixKey, readonly Origination[]>();
    changed.set(kind, ofKind.set(prefixKey(prefix), parts));
  };
  const sorted = [...made.sorted];
  const place = (wanted: ExpectedPrefix) => placeOf(sorted, (item) => compareExpected(item, wanted));
  for (const origination of gone) {
    if (partsAt(origination).length !== 1) return undefined;
    put(origination, []);
    sorted.splice(place(single(origination)), 1);
  }
  for (const origination of come) {
    if (partsAt(origination).length > 0) return undefined;
    put(origination, [origination]);
    const prefix = single(origination);
    sorted.splice(place(prefix), 0, prefix);
  }
  // The maps are this computer's own: nobody sees them change.
  for (const [kind, ofKind] of changed) {
    const own = made.kinds.get(kind) as Map<PrefixKey, readonly Origination[]> | undefined;
    if (!own) return undefined;
    for (const [key, parts] of ofKind) {
      if (parts.length > 0) own.set(key, parts);
      else own.delete(key);
    }
  }
  return { entitled, kinds: made.kinds, sorted: gone.length + come.length > 0 ? sorted : made.sorted };
}

/** A function that gives the expected prefixes, sorted; unchanged ones are the same objects as before. */
export function prefixComputer(): (cluster: Cluster) => readonly ExpectedPrefix[] {
  const entitledIn = entitlements();
  let made: Made | undefined;
  return (cluster) => {
    const entitled = entitledIn(cluster);
    made = (made && patched(made, entitled)) ?? makeAll(entitled, made?.sorted ?? []);
    return made.sorted;
  };
}
