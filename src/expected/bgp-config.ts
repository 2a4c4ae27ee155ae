// BGPConfiguration: the `default` one for the cluster and `node.<name>` for single nodes, which may set only listenPort and
// prefixAdvertisements. Source: api/pkg/apis/projectcalico/v3/bgpconfig.go, confd/pkg/backends/calico/client.go.
import type { ApiObject } from '../model/object.ts';
import { type Prefix, PrefixError, parsePrefix } from '../model/prefix.ts';
import { checkHostBits, communityProblem } from './bird-refuses.ts';
import { type Fields, type Report, specOf } from './fields.ts';

/** Communities that a route inside `prefix` gets when it is announced. */
interface PrefixAdvertisement {
  readonly prefix: Prefix;
  /** `65001:100` or `65001:100:200`, named ones looked up. */
  readonly communities: readonly string[];
}

interface NodeConfig {
  readonly listenPort: number | undefined;
  readonly advertisements: readonly PrefixAdvertisement[];
}

export interface BgpConfig {
  readonly mesh: boolean;
  readonly meshPassword: boolean;
  readonly asn: number;
  readonly listenPort: number | undefined;
  readonly clusterIps: readonly Prefix[];
  readonly externalIps: readonly Prefix[];
  readonly loadBalancerIps: readonly Prefix[];
  readonly loadBalancerAggregation: boolean;
  readonly advertisements: readonly PrefixAdvertisement[];
  readonly programClusterRoutes: 'Enabled' | 'EnabledNoEncapOnly' | 'Disabled' | undefined;
  readonly nodes: ReadonlyMap<string, NodeConfig>;
}

/** Reads a CIDR; what is none becomes a problem. */
export function cidrField(fields: Fields, key: string): Prefix | undefined {
  const text = fields.text(key);
  if (text === undefined) return undefined;
  try {
    return parsePrefix(text);
  } catch (error) {
    if (!(error instanceof PrefixError)) throw error;
    fields.problem('error', key, error.message);
    return undefined;
  }
}

function cidrs(spec: Fields, key: string): readonly Prefix[] {
  return spec.children(key).flatMap((entry) => {
    // Calico ignores an entry without cidr, so only a person can tell what was meant.
    if (!entry.has('cidr')) entry.problem('warning', 'cidr', 'is missing; Calico ignores the entry');
    const prefix = cidrField(entry, 'cidr');
    checkHostBits(entry, 'cidr');
    return prefix ? [prefix] : [];
  });
}

const communityPattern = /^\d{1,10}(:\d{1,10}){1,2}$/;

function advertisementsOf(spec: Fields): readonly PrefixAdvertisement[] {
  const named = new Map(spec.children('communities').map((c) => [c.text('name'), c.text('value')] as const));
  return spec.children('prefixAdvertisements').flatMap((entry) => {
    const prefix = cidrField(entry, 'cidr');
    checkHostBits(entry, 'cidr');
    const communities = entry.texts('communities').flatMap((text) => {
      const value = named.get(text) ?? text;
      const outOfRange = communityProblem(value);
      if (outOfRange !== undefined) entry.problem('error', 'communities', outOfRange);
      if (communityPattern.test(value)) return [value];
      entry.problem('error', 'communities', `"${text}" is neither a community nor the name of one`);
      return [];
    });
    return prefix ? [{ prefix, communities }] : [];
  });
}

function portOf(spec: Fields): number | undefined {
  return spec.integer('listenPort', 1, 65535);
}

function nodeConfigs(objects: readonly ApiObject[], report: Report): Map<string, NodeConfig> {
  const nodes = new Map<string, NodeConfig>();
  for (const object of objects) {
    const { name } = object.metadata;
    if (!name.startsWith('node.')) continue;
    const spec = specOf(object, report);
    for (const key of ['asNumber', 'nodeToNodeMeshEnabled', 'serviceClusterIPs', 'serviceExternalIPs']) {
      if (spec.has(key))
        spec.problem('warning', key, 'has no effect here: Calico reads it from `default` alone');
    }
    nodes.set(name.slice('node.'.length), {
      listenPort: portOf(spec),
      advertisements: advertisementsOf(spec),
    });
  }
  return nodes;
}

const defaultAsn = 64512;

/** The cluster's BGP configuration with Calico's defaults filled in. */
export function bgpConfigOf(objects: readonly ApiObject[], report: Report): BgpConfig {
  const fallback: ApiObject = { apiVersion: '', kind: 'BGPConfiguration', metadata: { name: 'default' } };
  const spec = specOf(objects.find(({ metadata }) => metadata.name === 'default') ?? fallback, report);
  for (const { metadata, kind } of objects) {
    if (metadata.name === 'default' || metadata.name.startsWith('node.')) continue;
    const message = 'is never read: Calico knows only `default` and `node.<name>`';
    report({ severity: 'warning', object: `${kind} ${metadata.name}`, field: 'metadata.name', message });
  }
  return {
    mesh: spec.flag('nodeToNodeMeshEnabled') ?? true,
    meshPassword: spec.has('nodeMeshPassword'),
    asn: spec.asn('asNumber') ?? defaultAsn,
    listenPort: portOf(spec),
    clusterIps: cidrs(spec, 'serviceClusterIPs'),
    externalIps: cidrs(spec, 'serviceExternalIPs'),
    loadBalancerIps: cidrs(spec, 'serviceLoadBalancerIPs'),
    loadBalancerAggregation:
      spec.oneOf('serviceLoadBalancerAggregation', ['Enabled', 'Disabled']) !== 'Disabled',
    advertisements: advertisementsOf(spec),
    programClusterRoutes: spec.oneOf('programClusterRoutes', ['Enabled', 'EnabledNoEncapOnly', 'Disabled']),
    nodes: nodeConfigs(objects, report),
  };
}
