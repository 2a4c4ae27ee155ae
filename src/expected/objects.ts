// Sorts objects by kind, whichever API group they come from: Kubernetes' own, `crd.projectcalico.org/v1` (what calico-node
// reads) and `projectcalico.org/v3` (what calicoctl and the Calico API server show). Source: libcalico-go/lib/backend/k8s.
import { type ApiObject, objectName } from '../model/object.ts';
import { isRecord, own, type Report } from './fields.ts';

/** Objects by kind. Only kinds that count for BGP; each name once per kind (core and Calico Node apart). */
export interface ObjectIndex {
  /** Kubernetes Nodes. */
  readonly coreNodes: ReadonlyMap<string, ApiObject>;
  /** Calico Nodes (calicoctl, etcd). */
  readonly calicoNodes: ReadonlyMap<string, ApiObject>;
  /** All others, by kind and then by `namespace/name` or name, in order of names. */
  of(kind: string): readonly ApiObject[];
}

const calicoGroups = new Set(['crd.projectcalico.org', 'projectcalico.org']);
const kubernetesKinds = new Map([
  ['Node', ''],
  ['Service', ''],
  ['Endpoints', ''],
  ['Pod', ''],
  ['EndpointSlice', 'discovery.k8s.io'],
]);

function groupOf(object: ApiObject): string {
  const slash = object.apiVersion.indexOf('/');
  return slash < 0 ? '' : object.apiVersion.slice(0, slash);
}

function isUsable(object: ApiObject): boolean {
  const metadata: unknown = isRecord(object) ? own(object, 'metadata') : undefined;
  return (
    isRecord(metadata) &&
    typeof own(metadata, 'name') === 'string' &&
    typeof object.kind === 'string' &&
    typeof object.apiVersion === 'string'
  );
}

const byName = ([x]: readonly [string, ApiObject], [y]: readonly [string, ApiObject]) =>
  x < y ? -1 : x > y ? 1 : 0;

/** Sorts objects by kind and name. Of two with the same name the last one counts, and that is reported. */
export function indexObjects(objects: readonly ApiObject[], report: Report): ObjectIndex {
  const coreNodes = new Map<string, ApiObject>();
  const calicoNodes = new Map<string, ApiObject>();
  const kinds = new Map<string, Map<string, ApiObject>>();
  for (const object of objects) {
    if (!isUsable(object)) {
      const kind = isRecord(object) ? own(object, 'kind') : undefined;
      const message = 'has no apiVersion, kind or metadata.name; it is left out';
      report({
        severity: 'error',
        object: typeof kind === 'string' ? kind : 'object',
        field: 'metadata',
        message,
      });
      continue;
    }
    const group = groupOf(object);
    const isCalico = calicoGroups.has(group);
    if (!isCalico && kubernetesKinds.get(object.kind) !== group) continue;
    let names = object.kind === 'Node' ? (isCalico ? calicoNodes : coreNodes) : kinds.get(object.kind);
    if (!names) {
      names = new Map();
      kinds.set(object.kind, names);
    }
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const older = names.get(key);
    // The two Calico groups show one object in two forms, which is no mistake.
    if (older?.apiVersion === object.apiVersion) {
      const message = `comes twice; the last one counts`;
      report({ severity: 'warning', object: objectName(object), message });
    }
    names.set(key, object);
  }
  const plain = (map: Map<string, ApiObject>) =>
    new Map([...map.values()].map((object) => [object.metadata.name, object] as const).sort(byName));
  const sorted = new Map([...kinds].map(([kind, map]) => [kind, [...map].sort(byName).map(([, o]) => o)]));
  return {
    coreNodes: plain(coreNodes),
    calicoNodes: plain(calicoNodes),
    of: (kind) => sorted.get(kind) ?? [],
  };
}
