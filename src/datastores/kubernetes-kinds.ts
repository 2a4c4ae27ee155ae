// Which kinds of objects are read from a Kubernetes API server, where they are served, and what is kept of each: the fields
// that decide sessions and announcements, and nothing else (no managedFields, of a node's status Ready alone, no secrets).
// Sources: libcalico-go/lib/backend/k8s/resources, api/config/crd; kubernetes.io API reference.

type JsonRecord = Readonly<Record<string, unknown>>;

export interface KindSpec {
  readonly kind: string;
  /** Group and version of Kubernetes' own kinds; Calico's group is found out. */
  readonly groupVersion: 'v1' | 'discovery.k8s.io/v1' | 'calico';
  readonly plural: string;
  /** True for a kind that an older Calico does not have: not served then means that there are none. */
  readonly optional?: boolean;
  /** The part of an object, `metadata` aside, that is kept. */
  readonly keep: (object: JsonRecord) => JsonRecord;
  /** Annotations that are kept. */
  readonly annotations?: readonly string[];
  /** Labels that are kept; without it all of them. */
  readonly labels?: readonly string[];
  /** Keep when it was made and since when it is being deleted: those never change back and forth. */
  readonly times?: true;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The named fields of a record, those that it has; the value itself when it is none, so that it can be complained of. */
function pick(value: unknown, keys: readonly string[]): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(value, key) ? [[key, value[key]]] : [])));
}

function each(value: unknown, of: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(of) : value;
}

/** The record with one field put through `of`, where it has that field. */
function within(value: unknown, key: string, of: (field: unknown) => unknown): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? { ...value, [key]: of(value[key]) } : value;
}

const specOnly = ({ spec }: JsonRecord) => ({ spec });
const specFields =
  (...keys: readonly string[]) =>
  ({ spec }: JsonRecord) => ({ spec: pick(spec, keys) });

function attribute(value: unknown): unknown {
  return within(pick(value, ['releasedAt', 'secondary']), 'secondary', (secondary) =>
    pick(secondary, ['node', 'pod', 'namespace', 'type']),
  );
}

/** True when no address of the block is in use on another node than the block's own. */
function isAllOwn(spec: JsonRecord): boolean {
  const { affinity, attributes } = spec;
  if (!Array.isArray(attributes)) return attributes === undefined || attributes === null;
  return attributes.every((entry) => {
    if (!isRecord(entry) || !isRecord(entry.secondary ?? {})) return false;
    const { node } = (entry.secondary ?? {}) as JsonRecord;
    return node === undefined || node === null || node === '' || affinity === `host:${String(node)}`;
  });
}

// Single addresses count only where another node than the owner uses one; a block of 64 addresses is small without them,
// and a pod that comes or goes changes nothing.
function ipamBlock({ spec }: JsonRecord): JsonRecord {
  const kept = pick(spec, ['cidr', 'affinity', 'affinityClaimTime', 'deleted']);
  if (!isRecord(spec) || !isRecord(kept) || isAllOwn(spec)) return { spec: kept };
  const uses = pick(spec, ['allocations', 'attributes']);
  return {
    spec: { ...kept, ...(within(uses, 'attributes', (list) => each(list, attribute)) as JsonRecord) },
  };
}

function service({ spec, status }: JsonRecord): JsonRecord {
  const ingress = within(pick(status, ['loadBalancer']), 'loadBalancer', (loadBalancer) =>
    within(pick(loadBalancer, ['ingress']), 'ingress', (list) => each(list, (entry) => pick(entry, ['ip']))),
  );
  const keys = [
    'type',
    'clusterIP',
    'clusterIPs',
    'externalIPs',
    'externalTrafficPolicy',
    'ipFamilies',
    'loadBalancerIP',
  ];
  return { spec: pick(spec, keys), status: ingress };
}

function endpointSlice({ addressType, endpoints }: JsonRecord): JsonRecord {
  return {
    addressType,
    endpoints: each(endpoints, (endpoint) =>
      within(pick(endpoint, ['nodeName', 'conditions']), 'conditions', (conditions) =>
        pick(conditions, ['ready']),
      ),
    ),
  };
}

function endpoints({ subsets }: JsonRecord): JsonRecord {
  const address = (value: unknown) => pick(value, ['ip', 'nodeName']);
  return {
    subsets: each(subsets, (subset) =>
      within(pick(subset, ['addresses']), 'addresses', (list) => each(list, address)),
    ),
  };
}

/** Of a node: its podCIDRs, and whether it is ready or being drained. Heartbeats are left out: they change nothing. */
function node({ spec, status }: JsonRecord): JsonRecord {
  const conditions = isRecord(status) ? status.conditions : undefined;
  const ready = Array.isArray(conditions)
    ? conditions.find((condition) => isRecord(condition) && condition.type === 'Ready')
    : undefined;
  const kept = { spec: pick(spec, ['podCIDR', 'podCIDRs', 'unschedulable']) };
  // Nothing is said by a condition without a status.
  if (!isRecord(ready) || typeof ready.status !== 'string') return kept;
  return { ...kept, status: { conditions: [pick(ready, ['type', 'status', 'lastTransitionTime'])] } };
}

const calicoAnnotations = ['ASNumber', 'IPv4Address', 'IPv6Address', 'RouteReflectorClusterID', 'labels'];

export const clusterInformation: KindSpec = {
  kind: 'ClusterInformation',
  groupVersion: 'calico',
  plural: 'clusterinformations',
  optional: true,
  keep: specFields('calicoVersion'),
};

/** Endpoints, which Calico read up to v3.30 in place of EndpointSlices. */
export const endpointsKind: KindSpec = {
  kind: 'Endpoints',
  groupVersion: 'v1',
  plural: 'endpoints',
  labels: [],
  keep: endpoints,
};

export const endpointSliceKind: KindSpec = {
  kind: 'EndpointSlice',
  groupVersion: 'discovery.k8s.io/v1',
  plural: 'endpointslices',
  labels: ['kubernetes.io/service-name'],
  keep: endpointSlice,
};

export const serviceKind: KindSpec = {
  kind: 'Service',
  groupVersion: 'v1',
  plural: 'services',
  labels: [],
  keep: service,
};

const calico = (kind: string, plural: string, keep: KindSpec['keep'], optional = false): KindSpec => ({
  kind,
  groupVersion: 'calico',
  plural,
  keep,
  ...(optional && { optional }),
});

/** Every kind that is read whatever the version of Calico. */
export const kinds: readonly KindSpec[] = [
  {
    kind: 'Node',
    groupVersion: 'v1',
    plural: 'nodes',
    annotations: [
      ...calicoAnnotations.map((name) => `projectcalico.org/${name}`),
      'calico-bgp-exporter/silence-until',
      'calico-bgp-exporter/silence-reason',
    ],
    times: true,
    keep: node,
  },
  serviceKind,
  clusterInformation,
  calico('BGPConfiguration', 'bgpconfigurations', specOnly),
  calico('BGPPeer', 'bgppeers', specOnly),
  // Since Calico v3.26.
  calico('BGPFilter', 'bgpfilters', specOnly, true),
  calico(
    'IPPool',
    'ippools',
    specFields(
      'cidr',
      'ipipMode',
      'vxlanMode',
      'disabled',
      'disableBGPExport',
      'blockSize',
      'nodeSelector',
      'allowedUses',
      'assignmentMode',
    ),
  ),
  calico('IPAMBlock', 'ipamblocks', ipamBlock),
  {
    ...calico('BlockAffinity', 'blockaffinities', specFields('cidr', 'node', 'state', 'type', 'deleted')),
    times: true,
  },
];
