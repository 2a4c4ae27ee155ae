// Unknown fields and wrong types in Kubernetes objects, by the API types that @kubernetes/client-node generates from the
// Kubernetes OpenAPI document; for the Prometheus operator's kinds by the fields of its API that are used here.
import * as k8s from '@kubernetes/client-node';
import type { KubeObject } from './render.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

const types = k8s as unknown as Readonly<
  Record<string, { getAttributeTypeMap?: () => readonly Attribute[] }>
>;

/** Names of the generated types, by apiVersion and kind. */
const typeNames: Readonly<Record<string, string>> = {
  'v1 Namespace': 'V1Namespace',
  'v1 ServiceAccount': 'V1ServiceAccount',
  'v1 Service': 'V1Service',
  'v1 ConfigMap': 'V1ConfigMap',
  'apps/v1 Deployment': 'V1Deployment',
  'apps/v1 DaemonSet': 'V1DaemonSet',
  'apps/v1 StatefulSet': 'V1StatefulSet',
  'policy/v1 PodDisruptionBudget': 'V1PodDisruptionBudget',
  'networking.k8s.io/v1 NetworkPolicy': 'V1NetworkPolicy',
  'rbac.authorization.k8s.io/v1 ClusterRole': 'V1ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': 'V1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1 Role': 'V1Role',
  'rbac.authorization.k8s.io/v1 RoleBinding': 'V1RoleBinding',
};

const relabeling = ['action', 'regex', 'sourceLabels', 'targetLabel', 'replacement', 'separator'];

/** Fields by path of the operator's kinds (monitoring.coreos.com/v1, its API reference); `*` is any index. */
const operatorFields: Readonly<Record<string, readonly string[]>> = {
  'ServiceMonitor spec': ['selector', 'endpoints', 'namespaceSelector', 'jobLabel'],
  'ServiceMonitor spec.selector': ['matchLabels', 'matchExpressions'],
  'ServiceMonitor spec.endpoints.*': [
    'port',
    'path',
    'interval',
    'scrapeTimeout',
    'honorLabels',
    'relabelings',
    'scheme',
    'tlsConfig',
    'basicAuth',
    'authorization',
  ],
  'ServiceMonitor spec.endpoints.*.relabelings.*': relabeling,
  'PrometheusRule spec': ['groups'],
  'PrometheusRule spec.groups.*': ['name', 'interval', 'rules', 'labels', 'limit'],
  'PrometheusRule spec.groups.*.rules.*': [
    'alert',
    'record',
    'expr',
    'for',
    'keep_firing_for',
    'labels',
    'annotations',
  ],
};

const free = /^(Record<|\{ \[key|object$|any$|IntOrString$)/;

function problemsOf(value: unknown, type: string, at: string): string[] {
  if (value === undefined || value === null) return [];
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${at}: must be a list`];
    return value.flatMap((item, i) => problemsOf(item, list, `${at}[${i}]`));
  }
  const primitive = type === 'string' || type === 'number' || type === 'boolean' ? type : undefined;
  if (primitive)
    return typeof value === primitive ? [] : [`${at}: must be a ${primitive}, is ${typeof value}`];
  if (/string; *\}$|string, string>$/.test(type)) {
    if (typeof value !== 'object') return [`${at}: must be a map`];
    const wrong = Object.entries(value).filter(([, text]) => typeof text !== 'string');
    return wrong.map(([key]) => `${at}.${key}: must be a string`);
  }
  if (free.test(type) || type === 'Date') return [];
  const attributes = types[type]?.getAttributeTypeMap?.();
  if (!attributes) return [`${at}: no type ${type} is known`];
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at}: must be an object`];
  const known = new Map(attributes.map(({ baseName, type: of }) => [baseName, of]));
  return Object.entries(value).flatMap(([key, field]) => {
    const of = known.get(key);
    return of === undefined
      ? [`${at}.${key}: no such field in ${type}`]
      : problemsOf(field, of, `${at}.${key}`);
  });
}

function operatorProblems(object: KubeObject): string[] {
  const walk = (value: unknown, at: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => walk(item, `${at}.*`));
    const fields = operatorFields[`${object.kind} ${at}`];
    if (!fields) return [];
    return Object.entries(value as object).flatMap(([key, field]) =>
      fields.includes(key) ? walk(field, `${at}.${key}`) : [`${object.kind} ${at}.${key}: no such field`],
    );
  };
  return walk(object.spec, 'spec');
}

/** What an API server that refuses unknown fields would say of an object; empty when it takes it. */
export function schemaProblems(object: KubeObject): string[] {
  if (object.apiVersion === 'monitoring.coreos.com/v1') return operatorProblems(object);
  const type = typeNames[`${object.apiVersion} ${object.kind}`];
  if (type === undefined) return [`${object.apiVersion} ${object.kind}: no such kind is known here`];
  return problemsOf(object, type, `${object.kind} ${object.metadata.name}`);
}
