// Builders for the objects of test clusters: as short as the tests can read them, in the forms that the datastores give.
import type { ApiObject } from '../../src/model/object.ts';

type Spec = Readonly<Record<string, unknown>>;

/** A Calico resource as calico-node reads it. */
export function calico(kind: string, name: string, spec: Spec): ApiObject {
  return { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec };
}

/** A Calico Node as calicoctl shows it. */
export function node(
  name: string,
  bgp: Spec,
  labels: Readonly<Record<string, string>> = {},
  status?: Spec,
): ApiObject {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Node',
    metadata: { name, labels },
    spec: { bgp },
    status,
  };
}

/** A Kubernetes Node. */
export function coreNode(
  name: string,
  annotations: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
  spec: Spec = {},
): ApiObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels, annotations }, spec };
}

export const peer = (name: string, spec: Spec) => calico('BGPPeer', name, spec);
export const config = (spec: Spec) => calico('BGPConfiguration', 'default', spec);
export const noMesh = config({ nodeToNodeMeshEnabled: false });
export const pool = (name: string, cidr: string, spec: Spec = {}) =>
  calico('IPPool', name, { cidr, ...spec });

export function affinity(nodeName: string, cidr: string, spec: Spec = {}): ApiObject {
  const name = `${nodeName}-${cidr.replace(/[.:/]/g, '-')}`;
  return calico('BlockAffinity', name, {
    cidr,
    node: nodeName,
    state: 'confirmed',
    deleted: 'false',
    ...spec,
  });
}

/** A block with allocations: ordinal to attribute. */
export function block(
  cidr: string,
  owner: string | undefined,
  used: Readonly<Record<number, Spec>> = {},
  spec: Spec = {},
): ApiObject {
  const allocations: (number | null)[] = new Array(64).fill(null);
  const attributes = Object.entries(used).map(([ordinal, attribute], i) => {
    allocations[Number(ordinal)] = i;
    return attribute;
  });
  const affinityOf = owner === undefined ? {} : { affinity: owner.includes(':') ? owner : `host:${owner}` };
  return calico('IPAMBlock', cidr.replace(/[.:/]/g, '-'), {
    cidr,
    ...affinityOf,
    allocations,
    attributes,
    ...spec,
  });
}

export function service(name: string, spec: Spec, ingress: readonly string[] = []): ApiObject {
  const status = { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec, status };
}

/** An EndpointSlice of a service of the builder above; one endpoint per node, `!` before the name: not ready. */
export function slice(of: string, addressType: string, nodes: readonly string[]): ApiObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${of}-${addressType}`,
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': of },
    },
    addressType,
    endpoints: nodes.map((text) => ({
      nodeName: text.replace('!', ''),
      ...(text.startsWith('!') ? { conditions: { ready: false } } : {}),
    })),
  } as ApiObject;
}
