// What nodes are entitled to announce to the fabric, and what policy keeps from it: of everything that nodes originate, what
// pools (disableBGPExport) and BGPFilters let out. A missing session keeps nothing back here: that is a fault, which the
// audit must see. Rules: exports.ts.
import type { ExpectedSession, WithheldPrefix } from '../model/expectation.ts';
import { follow, type RouteMap, routeMapOf } from './announcements.ts';
import type { Cluster } from './cluster.ts';
import { closedPool, exportDecision, type NodePolicy, openPool, policiesOf } from './exports.ts';
import { speaksOf } from './filter-rules.ts';
import type { Direction, FilterRule } from './filters.ts';
import { mapped, remembered, sameItems, settled } from './memo.ts';
import type { Origination } from './origination.ts';
import { byFilter, byPool } from './withheld.ts';

/** A cluster with what is needed to ask its filters; the ways through the nodes are looked up only when they matter. */
interface Ways {
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
function reachesFabric(ways: Ways, origination: Origination, origin: string, useFilters: boolean): boolean {
  if (reachesDirectly(ways, origination, origin, useFilters)) return true;
  const map = ways.map();
  for (const { session } of follow(map, origination, origin, useFilters, map.onward)) {
    if (isFabric(session)) return true;
  }
  return false;
}

/** Rules of the BGPFilters that some session uses. */
function rulesInUse(sessions: Cluster['sessions'], filters: Cluster['filters']): readonly FilterRule[] {
  const names = new Set<string>();
  for (const list of sessions.values()) {
    for (const session of list) for (const name of session.filters ?? []) names.add(name);
  }
  const used = [...names].flatMap((name) => filters.get(name) ?? []);
  const directions: readonly Direction[] = ['import', 'export'];
  return used.flatMap((filter) => directions.flatMap((d) => [...filter.rules(d, 4), ...filter.rules(d, 6)]));
}

/** What comes of originations, and what does not. */
export interface Entitlement {
  readonly entitled: readonly Origination[];
  readonly withheld: readonly WithheldPrefix[];
}

/** What an answer depended on, and the answer. */
interface Remembered {
  readonly on: readonly unknown[];
  readonly answer: Entitlement;
}

/** What the pools say of an origination, and whether a filter may say otherwise. */
interface Judged extends Entitlement {
  readonly origination: Origination;
  readonly allowed: boolean;
  readonly spoken: boolean;
}

const nothing: readonly never[] = [];

function judge(origination: Origination, pools: Cluster['pools'], rules: readonly FilterRule[]): Judged {
  const { prefix, kind } = origination;
  const closed = closedPool({ pools }, prefix);
  // A single address is no block, so only a pool can let it through.
  const allowed = closed === undefined && (kind !== 'borrowed' || openPool({ pools }, prefix) !== undefined);
  return {
    origination,
    allowed,
    spoken: rules.some((rule) => speaksOf(rule, prefix)),
    entitled: allowed ? [origination] : nothing,
    withheld: closed === undefined ? nothing : [byPool(origination, closed, origination.nodes)],
  };
}

/**
 * A function that tells what nodes are entitled to announce. Following each prefix through the nodes costs time in big
 * clusters: it is done only where a filter speaks of the prefix, and again only where something on the way has changed.
 */
export function entitlementReader(): (cluster: Cluster) => Entitlement {
  const known = new WeakMap<Origination, Remembered>();
  const findRules = remembered(rulesInUse);
  const settle = settled<FilterRule>();
  const policiesIn = remembered((nodes: Cluster['nodes'], originations: Cluster['originations']) =>
    policiesOf({ nodes, originations }),
  );
  const judged = mapped(judge);
  const together = remembered((answers: readonly Entitlement[]): Entitlement => {
    const [entitled, withheld]: [Origination[], WithheldPrefix[]] = [[], []];
    for (const answer of answers) {
      for (const each of answer.entitled) entitled.push(each);
      for (const each of answer.withheld) withheld.push(each);
    }
    return { entitled, withheld };
  });

  const answerTo = (ways: Ways, { origination, allowed, withheld: closed }: Judged): Entitlement => {
    const { nodes } = origination;
    const kept: string[] = [];
    const entitledNodes = nodes.filter((node) => {
      if (reachesFabric(ways, origination, node, true)) return true;
      if (allowed && !reachesFabric(ways, origination, node, false)) return true;
      kept.push(node);
      return false;
    });
    const entitled =
      entitledNodes.length === 0
        ? nothing
        : [sameItems(entitledNodes, nodes) ? origination : { ...origination, nodes: entitledNodes }];
    if (kept.length === 0) return { entitled, withheld: nothing };
    const withheld = allowed
      ? kept.map((node) => byFilter(ways, origination, node))
      : closed.map((each) => ({ ...each, nodes: kept }));
    return { entitled, withheld };
  };

  const ask = (ways: Ways, one: Judged): Remembered => {
    const { cluster, policies } = ways;
    const { pools, filters, config, features, sessions, nodes, originations } = cluster;
    const rules = [pools, filters, config, features];
    const near = [
      ...rules,
      ...one.origination.nodes.flatMap((node) => [policies.get(node), sessions.get(node)]),
    ];
    const older = known.get(one.origination);
    if (older && sameItems(older.on, near)) return older;
    const far = [...near, nodes, sessions, originations];
    if (older && sameItems(older.on, far)) return older;
    let followed = false;
    const watched: Ways = {
      ...ways,
      map() {
        followed = true;
        return ways.map();
      },
    };
    const answer = answerTo(watched, one);
    return { on: followed ? far : near, answer };
  };

  return (cluster) => {
    const { sessions, filters, originations, pools, nodes } = cluster;
    const rules = settle(findRules(sessions, filters));
    const all = judged(originations, pools, rules);
    let answers: readonly Entitlement[] = all;
    if (rules.length > 0) {
      const policies = policiesIn(nodes, originations);
      let map: RouteMap | undefined;
      const ways: Ways = {
        cluster,
        policies,
        map() {
          map ??= routeMapOf(cluster, policies);
          return map;
        },
      };
      answers = all.map((one) => {
        // Only filters can make a difference to what the pools say.
        if (!one.spoken) return one;
        const found = ask(ways, one);
        known.set(one.origination, found);
        return found.answer;
      });
    }
    return together(answers);
  };
}
