// Keys and values of Calico's etcdv3 datastore, as objects: which kinds count, where each is kept, and how one entry is
// read. Source: libcalico-go lib/backend/model/{resource,block,block_affinity}.go.
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { affinityOf, blockOf, type Converted, ipamConfigOf, isRecord } from './etcd-ipam.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** One kind of object and where etcd has it. */
export interface EtcdKind {
  readonly kind: string;
  /** All its keys begin so. */
  readonly prefix: string;
  /** From the rest of the key and the value; undefined when the key is of something else. */
  readonly convert: (rest: string, value: JsonRecord) => Converted | undefined;
}

const resources = '/calico/resources/v3/projectcalico.org/';

function labelsOf({ metadata }: JsonRecord): ApiObject['metadata']['labels'] {
  const labels = isRecord(metadata) ? metadata.labels : undefined;
  // Unchecked, like every field: who reads labels takes texts only.
  return isRecord(labels) ? (labels as Readonly<Record<string, string>>) : undefined;
}

function resource(rest: string, value: JsonRecord): Converted | undefined {
  const labels = labelsOf(value);
  const spec = isRecord(value.spec) ? value.spec : {};
  return rest === '' ? undefined : { name: rest, spec, ...(labels && { labels }) };
}

// Of endpoints there are as many as pods: only what sessions with them need is kept.
function endpoint(rest: string, value: JsonRecord): Converted | undefined {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(rest) ?? [];
  const { spec, labels } = resource(name ?? '', value) ?? {};
  if (namespace === undefined || name === undefined || !spec) return undefined;
  const { node, ipNetworks } = spec;
  return { name, namespace, spec: { node, ipNetworks }, ...(labels && { labels }) };
}

const of = (kind: string, plural: string): EtcdKind => ({
  kind,
  prefix: `${resources}${plural}/`,
  convert: resource,
});

/** The kinds that decide sessions and prefixes. Kubernetes' own (Service, EndpointSlice) are not in Calico's etcd. */
export const etcdKinds: readonly EtcdKind[] = [
  of('Node', 'nodes'),
  of('BGPPeer', 'bgppeers'),
  of('BGPConfiguration', 'bgpconfigurations'),
  of('BGPFilter', 'bgpfilters'),
  of('IPPool', 'ippools'),
  of('ClusterInformation', 'clusterinformations'),
  { kind: 'IPAMBlock', prefix: '/calico/ipam/v2/assignment/', convert: blockOf },
  { kind: 'BlockAffinity', prefix: '/calico/ipam/v2/host/', convert: affinityOf },
  { kind: 'IPAMConfig', prefix: '/calico/ipam/v2/config', convert: ipamConfigOf },
];

/** Read only where a BGPPeer has a localWorkloadSelector. */
export const endpointKind: EtcdKind = {
  kind: 'WorkloadEndpoint',
  prefix: `${resources}workloadendpoints/`,
  convert: endpoint,
};

/** True when sessions with pods are wanted, so that endpoints count. */
export function wantsEndpoints({ kind, spec }: ApiObject): boolean {
  return kind === 'BGPPeer' && isRecord(spec) && Boolean(spec.localWorkloadSelector);
}

const serviceRanges = ['serviceClusterIPs', 'serviceExternalIPs', 'serviceLoadBalancerIPs'];

/** True when nodes announce services, so that Services count, which are not here. */
export function announcesServices({ kind, spec }: ApiObject): boolean {
  if (kind !== 'BGPConfiguration' || !isRecord(spec)) return false;
  return serviceRanges.some((key) => Array.isArray(spec[key]) && spec[key].length > 0);
}

/** One entry as an object, as what is wrong with it, or undefined for a key of something else. */
export function entryObject(
  { kind, prefix, convert }: EtcdKind,
  key: string,
  value: string,
  modRevision: number,
): { readonly object: ApiObject } | { readonly problem: ObjectProblem } | undefined {
  let parsed: unknown;
  try {
    // An affinity of old has no value at all.
    parsed = value === '' && kind === 'BlockAffinity' ? {} : JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  if (!isRecord(parsed)) {
    const message = `etcd key ${key}: the value is no JSON object; it is left out`;
    return { problem: { severity: 'error', object: `${kind} ${key.slice(prefix.length)}`, message } };
  }
  const converted = convert(key.slice(prefix.length), parsed);
  if (!converted) return undefined;
  const { name, namespace, labels, spec } = converted;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    resourceVersion: String(modRevision),
  };
  return { object: { apiVersion: 'projectcalico.org/v3', kind, metadata, spec, origin: `etcd ${key}` } };
}
