// Services and where their endpoints run, as calico-node reads them to decide what to announce.
// Source: confd/pkg/backends/calico/routes.go; Kubernetes core/v1 Service, Endpoints and discovery.k8s.io/v1 EndpointSlice.
import { canonicalAddress } from '../model/address.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { type Afi, afiOf } from '../model/session.ts';
import { type Fields, fieldsOf, type Report } from './fields.ts';
import type { ObjectIndex } from './objects.ts';
import type { Features } from './versions.ts';

export interface ServiceInfo {
  readonly name: string;
  readonly type: string;
  readonly localTraffic: boolean;
  /** The first one alone before v3.31. */
  readonly clusterIps: readonly string[];
  readonly externalIps: readonly string[];
  /** status.loadBalancer.ingress[].ip */
  readonly ingressIps: readonly string[];
  readonly loadBalancerIp: string | undefined;
  /** Nodes with an endpoint that counts. */
  readonly endpointNodes: ReadonlySet<string>;
}

interface Located {
  readonly afi: Afi | undefined;
  readonly node: string;
}

const defaultNamespace = 'default';

function keyOf(object: ApiObject, name: string): string {
  return `${object.metadata.namespace ?? defaultNamespace}/${name}`;
}

function addresses(fields: Fields, key: string): readonly string[] {
  return fields.texts(key).flatMap((text, i) => address(fields, `${key}[${i}]`, text));
}

function address(fields: Fields, key: string, text: string | undefined): readonly string[] {
  // `None` marks a headless service.
  if (text === undefined || text === '' || text === 'None') return [];
  const canonical = canonicalAddress(text);
  if (canonical === undefined)
    fields.problem('warning', key, `"${text}" is not an IP address; it is left out`);
  return canonical === undefined ? [] : [canonical];
}

const sliceFamilies: Readonly<Record<string, Afi>> = { IPv4: 'ipv4', IPv6: 'ipv6' };

function fromSlices(index: ObjectIndex, features: Features, report: Report): Map<string, Located[]> {
  const found = new Map<string, Located[]>();
  for (const object of index.of('EndpointSlice')) {
    const fields = fieldsOf(object, report);
    const service = fields.child('metadata').textMap('labels')['kubernetes.io/service-name'];
    if (service === undefined) continue;
    const afi = sliceFamilies[fields.text('addressType') ?? ''];
    const key = keyOf(object, service);
    const list = found.get(key) ?? [];
    found.set(key, list);
    for (const endpoint of fields.children('endpoints')) {
      const node = endpoint.text('nodeName');
      // No `ready` at all counts as ready.
      const ready = endpoint.child('conditions').flag('ready') ?? true;
      if (node !== undefined && afi && (ready || !features.endpointReadiness)) list.push({ afi, node });
    }
  }
  return found;
}

function fromEndpoints(index: ObjectIndex, report: Report): Map<string, Located[]> {
  const found = new Map<string, Located[]>();
  for (const object of index.of('Endpoints')) {
    const ready = fieldsOf(object, report)
      .children('subsets')
      .flatMap((subset) => subset.children('addresses'));
    const list = ready.flatMap((entry): Located[] => {
      const [ip, node] = [entry.text('ip'), entry.text('nodeName')];
      return node === undefined || ip === undefined ? [] : [{ afi: afiOf(ip), node }];
    });
    found.set(keyOf(object, object.metadata.name), list);
  }
  return found;
}

function familiesOf(spec: Fields, clusterIps: readonly string[]): ReadonlySet<Afi> {
  const named = spec.texts('ipFamilies').flatMap((family) => sliceFamilies[family] ?? []);
  return new Set(named.length > 0 ? named : clusterIps.map(afiOf));
}

const announcedTypes = ['ClusterIP', 'NodePort', 'LoadBalancer'];

function readService(
  object: ApiObject,
  features: Features,
  located: readonly Located[],
  report: Report,
): ServiceInfo[] {
  const fields = fieldsOf(object, report);
  const spec = fields.child('spec');
  const type = spec.text('type') ?? 'ClusterIP';
  const [first] = address(spec, 'clusterIP', spec.text('clusterIP'));
  const listed = addresses(spec, 'clusterIPs');
  const primary = first ?? listed[0];
  if (primary === undefined || !announcedTypes.includes(type)) return [];
  const clusterIps = features.endpointSlices && listed.length > 0 ? listed : [primary];
  // Up to v3.30 only the family of the first ClusterIP counts.
  const afis = features.endpointSlices ? familiesOf(spec, clusterIps) : new Set([afiOf(primary)]);
  const ingress = fields.child('status').child('loadBalancer').children('ingress');
  return [
    {
      name: objectName(object),
      type,
      localTraffic: spec.text('externalTrafficPolicy') === 'Local',
      clusterIps,
      externalIps: addresses(spec, 'externalIPs'),
      ingressIps: ingress.flatMap((entry) => address(entry, 'ip', entry.text('ip'))),
      loadBalancerIp: address(spec, 'loadBalancerIP', spec.text('loadBalancerIP'))[0],
      endpointNodes: new Set(located.filter(({ afi }) => afi && afis.has(afi)).map(({ node }) => node)),
    },
  ];
}

/** Services that can be announced at all: with a ClusterIP, and of a type that has one. */
export function servicesOf(index: ObjectIndex, features: Features, report: Report): readonly ServiceInfo[] {
  const slices = features.endpointSlices && index.of('EndpointSlice').length > 0;
  // Endpoints stand in where a dump of the objects holds no EndpointSlices.
  const located = slices ? fromSlices(index, features, report) : fromEndpoints(index, report);
  return index
    .of('Service')
    .flatMap((object) =>
      readService(object, features, located.get(keyOf(object, object.metadata.name)) ?? [], report),
    );
}
