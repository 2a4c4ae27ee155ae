// Asks BGPFilters about a route, rule by rule, as the BIRD functions that Calico renders from them do: the first rule that
// holds decides, across all filters of the peer. Source: confd/docs/bgpfilter-bird-config-examples.md.
import { contains, type Prefix, samePrefix } from '../model/prefix.ts';
import type { BgpFilter, Direction, FilterRule } from './filters.ts';

/** A route as a filter sees it. */
export interface FilteredRoute {
  readonly prefix: Prefix;
  /** Learnt by BGP (`RemotePeers`), rather than the node's own. */
  readonly remote: boolean;
  /** Interface that it leads out of; undefined for a blackhole and for a route that is not resolved yet. */
  readonly interface?: string;
  readonly communities?: readonly string[];
  readonly asPath?: readonly number[];
  /** Calico's route priority (krt_metric); 1024 for a usual route. */
  readonly priority?: number;
}

export interface FilterDecision {
  readonly action: 'Accept' | 'Reject';
  readonly filter: string;
  /** 1-based place of the rule in its list. */
  readonly rule: number;
  readonly addCommunities: readonly string[];
  readonly prepend: readonly number[];
}

/** True when a rule can hold for this prefix, as far as its CIDR goes. */
export function speaksOf(rule: FilterRule, prefix: Prefix): boolean {
  if (!rule.cidr) return true;
  const { operator, prefix: cidr } = rule.cidr;
  if (operator === 'Equal' || operator === 'NotEqual')
    return samePrefix(cidr, prefix) === (operator === 'Equal');
  const [least, most] = rule.lengths ?? [cidr.length, 128];
  const inside = contains(cidr, prefix) && prefix.length >= least && prefix.length <= most;
  return inside === (operator === 'In');
}

/** True when a name fits a BIRD pattern: `*` any characters, `?` one. */
export function globMatches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(name);
}

function ruleHolds(rule: FilterRule, route: FilteredRoute, internal: boolean): boolean {
  const path = route.asPath ?? [];
  return (
    speaksOf(rule, route.prefix) &&
    (!rule.remotePeers || route.remote) &&
    (rule.interface === undefined ||
      (route.interface !== undefined && globMatches(rule.interface, route.interface))) &&
    (rule.peerType === undefined || (rule.peerType === 'iBGP') === internal) &&
    (rule.community === undefined || (route.communities?.includes(rule.community) ?? false)) &&
    (rule.asPathPrefix?.every((asn, i) => path[i] === asn) ?? true) &&
    (rule.priority === undefined || rule.priority === (route.priority ?? 1024))
  );
}

/**
 * What the filters of a peer say of a route, in their order; undefined when no rule holds and Calico's own rules go on.
 * Names of filters that do not exist are passed over, as Calico does.
 */
export function askFilters(
  filters: ReadonlyMap<string, BgpFilter>,
  names: readonly string[],
  direction: Direction,
  route: FilteredRoute,
  internal: boolean,
): FilterDecision | undefined {
  for (const name of names) {
    const rules = filters.get(name)?.rules(direction, route.prefix.family) ?? [];
    const index = rules.findIndex((rule) => ruleHolds(rule, route, internal));
    const rule = rules[index];
    if (!rule) continue;
    const { action, addCommunities, prepend } = rule;
    return { action, filter: name, rule: index + 1, addCommunities, prepend };
  }
  return undefined;
}
