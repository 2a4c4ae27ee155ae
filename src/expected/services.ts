// Service routes: the ranges that every node announces, and the single addresses that only some do.
// Source: confd/pkg/backends/calico/routes.go (routeGenerator) and client.go (onExternalIPsUpdate and its like).
import type { PrefixKind } from '../model/expectation.ts';
import {
  contains,
  maxLength,
  type Prefix,
  type PrefixKey,
  parsePrefixOrHost,
  prefixKey,
} from '../model/prefix.ts';
import type { BgpConfig } from './bgp-config.ts';
import { mapped, perList, perObject, remembered, settled } from './memo.ts';
import type { ClusterNode } from './nodes.ts';
import type { Origination } from './origination.ts';
import type { ServiceInfo } from './service-objects.ts';
import type { Features } from './versions.ts';

const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

type ServiceKind = Extract<PrefixKind, `service-${string}`>;

interface Route {
  readonly prefix: Prefix;
  readonly kind: ServiceKind;
  readonly object: string;
  readonly because: string;
}

/** True for a node that announces services: the label with any value but "true" changes nothing. */
function announcesServices(node: ClusterNode): boolean {
  return !(Object.hasOwn(node.labels, excludeLabel) && node.labels[excludeLabel] === 'true');
}

const isSingle = (prefix: Prefix) => prefix.length === maxLength(prefix.family);

function within(ranges: readonly Prefix[], address: string): boolean {
  const host = parsePrefixOrHost(address);
  return ranges.some((range) => contains(range, host));
}

function isAggregated(config: BgpConfig, features: Features): boolean {
  return config.loadBalancerAggregation || !features.loadBalancerAggregation;
}

/** The ranges that each node announces whole. */
function rangeRoutes(config: BgpConfig, aggregated: boolean): readonly Route[] {
  const routes = (kind: ServiceKind, field: string, prefixes: readonly Prefix[]) =>
    prefixes.map((prefix) => ({
      prefix,
      kind,
      object: 'BGPConfiguration default',
      because: `BGPConfiguration default: ${field}`,
    }));
  const wide = (prefixes: readonly Prefix[]) => prefixes.filter((prefix) => !isSingle(prefix));
  return [
    ...routes('service-cluster', 'serviceClusterIPs', config.clusterIps),
    ...routes('service-external', 'serviceExternalIPs', wide(config.externalIps)),
    ...routes(
      'service-loadbalancer',
      'serviceLoadBalancerIPs',
      aggregated ? wide(config.loadBalancerIps) : [],
    ),
  ];
}

/** Which nodes announce a service's single addresses, and why; undefined for none. */
type Scope = { readonly nodes: 'all' | ReadonlySet<string>; readonly why: string } | undefined;

function scopeOf(service: ServiceInfo, config: BgpConfig, features: Features): Scope {
  if (service.localTraffic) {
    return {
      nodes: service.endpointNodes,
      why: 'externalTrafficPolicy Local, announced where its endpoints are',
    };
  }
  const singles = (ranges: readonly Prefix[]) => ranges.filter(isSingle);
  if (service.type === 'LoadBalancer') {
    const candidates = [
      ...(service.loadBalancerIp === undefined ? [] : [service.loadBalancerIp]),
      ...(features.ingressAddresses ? service.ingressIps : []),
    ];
    if (candidates.some((ip) => within(singles(config.loadBalancerIps), ip))) {
      return { nodes: 'all', why: 'its load balancer address is listed by itself in serviceLoadBalancerIPs' };
    }
  }
  if (features.singleExternalAddresses) {
    if (service.externalIps.some((ip) => within(singles(config.externalIps), ip))) {
      return { nodes: 'all', why: 'its external address is listed by itself in serviceExternalIPs' };
    }
  }
  if (isAggregated(config, features) || !service.hasEndpoint) return undefined;
  return { nodes: 'all', why: 'serviceLoadBalancerAggregation is Disabled' };
}

// Once a service is announced all its addresses are; ClusterIPs without a look whether they are in the range.
function addressRoutes(service: ServiceInfo, config: BgpConfig, why: string): readonly Route[] {
  const { name: object } = service;
  const because = `${object}: ${why}`;
  const routes = (kind: ServiceKind, ips: readonly string[]) =>
    ips.map((ip) => ({ prefix: parsePrefixOrHost(ip), kind, object, because }));
  return [
    ...routes('service-cluster', config.clusterIps.length > 0 ? service.clusterIps : []),
    ...routes(
      'service-external',
      service.externalIps.filter((ip) => within(config.externalIps, ip)),
    ),
    ...routes(
      'service-loadbalancer',
      service.ingressIps.filter((ip) => within(config.loadBalancerIps, ip)),
    ),
  ];
}

/** Nodes that announce services. */
export interface Announcing {
  /** Sorted. */
  readonly list: readonly string[];
  /** Their names by those that Kubernetes has for them. */
  readonly names: ReadonlyMap<string, string>;
}

type Names = Pick<ClusterNode, 'name' | 'kubernetesName'>;

/** The nodes that announce services, from what is known of them before. */
export function announcingNodes(): (nodes: ReadonlyMap<string, ClusterNode>) => Announcing {
  const settle = settled<Names>((x, y) => x.name === y.name && x.kubernetesName === y.kubernetesName);
  const build = remembered((list: readonly Names[]): Announcing => {
    const names = new Map(list.map(({ name, kubernetesName }) => [kubernetesName, name] as const));
    return { list: list.map(({ name }) => name).sort(), names };
  });
  return (nodes) => build(settle([...nodes.values()].filter(announcesServices)));
}

/** A service's routes before it is known which nodes announce services. */
interface Scoped {
  readonly nodes: 'all' | ReadonlySet<string>;
  readonly routes: readonly Route[];
}

/** Undefined for a service of which nothing is announced, as most are. */
const scoped = perObject(
  (service: ServiceInfo, config: BgpConfig, features: Features): Scoped | undefined => {
    const scope = scopeOf(service, config, features);
    const routes = scope ? addressRoutes(service, config, scope.why) : [];
    return scope && routes.length > 0 ? { nodes: scope.nodes, routes } : undefined;
  },
);

const placedOn = perList((parts: readonly (Route | string)[]): readonly Origination[] => {
  const nodes = parts.filter((part) => typeof part === 'string');
  return parts.flatMap((part) => (typeof part === 'string' ? [] : { ...part, nodes, source: 'static' }));
});

function placed(service: Scoped, announcing: Announcing): readonly Origination[] {
  const { nodes, routes } = service;
  // One list for all services: a thousand services times a thousand nodes must not become a million names.
  if (nodes === 'all') return routes.map((route) => ({ ...route, nodes: announcing.list, source: 'static' }));
  const here = [...nodes].flatMap((name) => announcing.names.get(name) ?? []).sort();
  return placedOn(service, [...routes, ...here]);
}

const ofRanges = perObject(
  (config: BgpConfig, { list }: Announcing, features: Features): readonly Origination[] =>
    rangeRoutes(config, isAggregated(config, features)).map((route) => ({
      ...route,
      nodes: list,
      source: 'static',
    })),
);

const merged = perList((parts: readonly Origination[]): Origination | undefined => {
  const [first] = parts;
  if (!first || parts.every(({ nodes }) => nodes === first.nodes)) return first;
  return { ...first, nodes: [...new Set(parts.flatMap(({ nodes }) => nodes))].sort() };
});

/** A function that gives all service routes of all nodes. */
export function serviceOriginator() {
  const scopes = mapped(scoped);
  const announced = remembered((all: readonly (Scoped | undefined)[]) =>
    all.filter((service) => service !== undefined),
  );
  const placements = mapped(placed);
  return (
    services: readonly ServiceInfo[],
    announcing: Announcing,
    config: BgpConfig,
    features: Features,
  ): readonly Origination[] => {
    const routed = announced(scopes(services, config, features));
    return joined([ofRanges(config, announcing, features), ...placements(routed, announcing)]);
  };
}

// The same address of two services, or a range that is listed twice, is one route.
function joined(lists: readonly (readonly Origination[])[]): readonly Origination[] {
  const found = new Map<PrefixKey, Origination>();
  const several = new Map<PrefixKey, Origination[]>();
  const add = (route: Origination) => {
    if (route.nodes.length === 0) return;
    const key = prefixKey(route.prefix);
    const first = found.get(key);
    if (!first) found.set(key, route);
    else several.set(key, [...(several.get(key) ?? [first]), route]);
  };
  for (const routes of lists) for (const route of routes) add(route);
  return [...found].flatMap(([key, route]) => merged(route, several.get(key) ?? [route]) ?? []);
}
