// Services and where their endpoints run, as calico-node reads them to decide what to announce.
// Source: confd/pkg/backends/calico/routes.go; Kubernetes core/v1 Service, Endpoints and discovery.k8s.io/v1 EndpointSlice.
import { canonicalAddress } from '../model/address.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { type Afi, afiOf } from '../model/session.ts';
import { type Fields, fieldsOf, type Report } from './fields.ts';
import { mapped, mappedReading, perList, perObjectReading, remembered } from './memo.ts';
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
  /** True with an endpoint that counts, be it on no node. */
  readonly hasEndpoint: boolean;
}

interface Endpoint {
  readonly afi: Afi;
  /** Undefined for an endpoint outside of the cluster. */
  readonly node: string | undefined;
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

/** What one EndpointSlice or Endpoints object says of a service. */
interface Located {
  /** `namespace/name` of the service. */
  readonly key: string;
  readonly endpoints: readonly Endpoint[];
}

const readSlice = perObjectReading(
  (object: ApiObject, readyOnly: boolean, report: Report): Located | undefined => {
    const fields = fieldsOf(object, report);
    const service = fields.child('metadata').textMap('labels')['kubernetes.io/service-name'];
    if (service === undefined) return undefined;
    const afi = sliceFamilies[fields.text('addressType') ?? ''];
    const endpoints = fields.children('endpoints').flatMap((endpoint): Endpoint[] => {
      const node = endpoint.text('nodeName');
      // No `ready` at all counts as ready.
      const ready = endpoint.child('conditions').flag('ready') ?? true;
      return afi && (ready || !readyOnly) ? [{ afi, node }] : [];
    });
    return { key: keyOf(object, service), endpoints };
  },
);

const readEndpoints = perObjectReading((object: ApiObject, report: Report): Located => {
  const ready = fieldsOf(object, report)
    .children('subsets')
    .flatMap((subset) => subset.children('addresses'));
  const endpoints = ready.flatMap((entry): Endpoint[] => {
    const [ip, node] = [entry.text('ip'), entry.text('nodeName')];
    return ip === undefined ? [] : [{ afi: afiOf(ip), node }];
  });
  return { key: keyOf(object, object.metadata.name), endpoints };
});

const together = perList((parts: readonly Located[]) => parts.flatMap(({ endpoints }) => endpoints));

/** The endpoints of each service by `namespace/name`. */
function endpointsByService(
  located: readonly (Located | undefined)[],
): ReadonlyMap<string, readonly Endpoint[]> {
  const first = new Map<string, Located>();
  const several = new Map<string, Located[]>();
  for (const part of located) {
    if (!part) continue;
    const one = first.get(part.key);
    if (!one) first.set(part.key, part);
    else several.set(part.key, [...(several.get(part.key) ?? [one]), part]);
  }
  return new Map(
    [...first].map(([key, part]) => {
      const parts = several.get(key);
      return [key, parts ? together(part, parts) : part.endpoints] as const;
    }),
  );
}

function familiesOf(spec: Fields, clusterIps: readonly string[]): ReadonlySet<Afi> {
  const named = spec.texts('ipFamilies').flatMap((family) => sliceFamilies[family] ?? []);
  return new Set(named.length > 0 ? named : clusterIps.map(afiOf));
}

const announcedTypes = ['ClusterIP', 'NodePort', 'LoadBalancer'];

const readService = perObjectReading(
  (
    object: ApiObject,
    features: Features,
    located: readonly Endpoint[],
    report: Report,
  ): ServiceInfo | undefined => {
    const fields = fieldsOf(object, report);
    const spec = fields.child('spec');
    const type = spec.text('type') ?? 'ClusterIP';
    const [first] = address(spec, 'clusterIP', spec.text('clusterIP'));
    const listed = addresses(spec, 'clusterIPs');
    const primary = first ?? listed[0];
    if (primary === undefined || !announcedTypes.includes(type)) return undefined;
    const clusterIps = features.endpointSlices && listed.length > 0 ? listed : [primary];
    // Up to v3.30 only the family of the first ClusterIP counts.
    const afis = features.endpointSlices ? familiesOf(spec, clusterIps) : new Set([afiOf(primary)]);
    const counting = located.filter(({ afi }) => afis.has(afi));
    const ingress = fields.child('status').child('loadBalancer').children('ingress');
    return {
      name: objectName(object),
      type,
      localTraffic: spec.text('externalTrafficPolicy') === 'Local',
      clusterIps,
      externalIps: addresses(spec, 'externalIPs'),
      ingressIps: ingress.flatMap((entry) => address(entry, 'ip', entry.text('ip'))),
      loadBalancerIp: address(spec, 'loadBalancerIP', spec.text('loadBalancerIP'))[0],
      endpointNodes: new Set(counting.flatMap(({ node }) => node ?? [])),
      hasEndpoint: counting.length > 0,
    };
  },
);

const noEndpoints: readonly Endpoint[] = [];

/** A function that gives the services that can be announced at all: with a ClusterIP, and of a type that has one. */
export function serviceReader() {
  const readSlices = mappedReading(readSlice);
  const readAllEndpoints = mappedReading(readEndpoints);
  const grouped = remembered(endpointsByService);
  const keys = mapped((object: ApiObject) => keyOf(object, object.metadata.name));
  return (
    services: readonly ApiObject[],
    slices: readonly ApiObject[],
    endpoints: readonly ApiObject[],
    features: Features,
    report: Report,
  ): readonly ServiceInfo[] => {
    // Endpoints stand in where a dump of the objects holds no EndpointSlices.
    const located =
      features.endpointSlices && slices.length > 0
        ? readSlices(slices, features.endpointReadiness, report)
        : readAllEndpoints(endpoints, report);
    const [byService, named] = [grouped(located), keys(services)];
    return services.flatMap((object, i) => {
      const own = byService.get(named[i] ?? '') ?? noEndpoints;
      return readService(object, features, own, report) ?? [];
    });
  };
}
