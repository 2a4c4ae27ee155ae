// Sorts objects by kind, whichever API group they come from: Kubernetes' own, `crd.projectcalico.org/v1` (what calico-node
// reads) and `projectcalico.org/v3` (what calicoctl and the Calico API server show). Source: libcalico-go/lib/backend/k8s.
import type { ObjectProblem } from '../model/expectation.ts';
import { type ApiObject, objectName } from '../model/object.ts';
import { isRecord, own, type Report } from './fields.ts';
import { remembered } from './memo.ts';
import { listChange, placeOf } from './sorted.ts';

/** Objects by kind. Only kinds that count for BGP; each name once per kind (core and Calico Node apart). */
export interface ObjectIndex {
  /** Kubernetes Nodes. */
  readonly coreNodes: ReadonlyMap<string, ApiObject>;
  /** Calico Nodes (calicoctl, etcd). */
  readonly calicoNodes: ReadonlyMap<string, ApiObject>;
  /** All others, in order of `namespace/name`; the same list as before while none of the kind has changed. */
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

const calicoNode = 'Calico Node';

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

/** The list that an object belongs to; undefined for kinds that do not count. */
function slotOf(object: ApiObject): string | undefined {
  const group = groupOf(object);
  if (calicoGroups.has(group)) return object.kind === 'Node' ? calicoNode : object.kind;
  return kubernetesKinds.get(object.kind) === group ? object.kind : undefined;
}

const keyOf = ({ metadata }: ApiObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** One kind in the order of its keys. */
interface Kept {
  readonly keys: readonly string[];
  readonly objects: readonly ApiObject[];
}

interface Known {
  readonly objects: readonly ApiObject[];
  readonly kinds: ReadonlyMap<string, Kept>;
  readonly problems: readonly ObjectProblem[];
  /** True when every object that counts stands in its list: then a change of one is a change of one list. */
  readonly plain: boolean;
}

const byKey = ([x]: readonly [string, ApiObject], [y]: readonly [string, ApiObject]) =>
  x < y ? -1 : x > y ? 1 : 0;

function sortedKind(map: ReadonlyMap<string, ApiObject>): Kept {
  const pairs = [...map].sort(byKey);
  return { keys: pairs.map(([key]) => key), objects: pairs.map(([, object]) => object) };
}

// Of two with the same name the last one counts, and that is reported.
function sortAll(objects: readonly ApiObject[]): Known {
  const problems: ObjectProblem[] = [];
  const kinds = new Map<string, Map<string, ApiObject>>();
  let plain = true;
  for (const object of objects) {
    if (!isUsable(object)) {
      const kind = isRecord(object) ? own(object, 'kind') : undefined;
      const name = typeof kind === 'string' ? kind : 'object';
      const message = 'has no apiVersion, kind or metadata.name; it is left out';
      problems.push({ severity: 'error', object: name, field: 'metadata', message });
      plain = false;
      continue;
    }
    const slot = slotOf(object);
    if (slot === undefined) continue;
    const names = kinds.get(slot) ?? new Map<string, ApiObject>();
    kinds.set(slot, names);
    const key = keyOf(object);
    const older = names.get(key);
    if (older) plain = false;
    // The two Calico groups show one object in two forms, which is no mistake.
    if (older?.apiVersion === object.apiVersion) {
      const message = `comes twice; the last one counts`;
      problems.push({ severity: 'warning', object: objectName(object), message });
    }
    names.set(key, object);
  }
  const sorted = new Map([...kinds].map(([slot, names]) => [slot, sortedKind(names)]));
  return { objects, kinds: sorted, problems, plain };
}

/** So many changes at once, and sorting everything costs no more. */
const mostPatches = 200;

/** The list without some objects and with others; undefined when it does not add up. */
function patchedKind(kept: Kept, gone: readonly ApiObject[], come: readonly ApiObject[]): Kept | undefined {
  const [keys, objects] = [[...kept.keys], [...kept.objects]];
  const place = (key: string) => placeOf(keys, (other) => (other < key ? -1 : other > key ? 1 : 0));
  for (const object of gone) {
    const at = place(keyOf(object));
    if (objects[at] !== object) return undefined;
    keys.splice(at, 1);
    objects.splice(at, 1);
  }
  for (const object of come) {
    const key = keyOf(object);
    const at = place(key);
    if (keys[at] === key) return undefined;
    keys.splice(at, 0, key);
    objects.splice(at, 0, object);
  }
  return { keys, objects };
}

/** What is known after a small change; undefined where everything must be sorted anew. */
function patched(before: Known, objects: readonly ApiObject[]): Known | undefined {
  if (!before.plain) return undefined;
  const { gone, come } = listChange(before.objects, objects);
  if (gone.length + come.length > mostPatches || !come.every(isUsable)) return undefined;
  const kinds = new Map(before.kinds);
  for (const slot of new Set([...gone, ...come].map(slotOf))) {
    if (slot === undefined) continue;
    const ofSlot = (object: ApiObject) => slotOf(object) === slot;
    const kept = kinds.get(slot) ?? { keys: [], objects: [] };
    const next = patchedKind(kept, gone.filter(ofSlot), come.filter(ofSlot));
    if (!next) return undefined;
    kinds.set(slot, next);
  }
  return { objects, kinds, problems: [], plain: true };
}

const empty: readonly ApiObject[] = [];

const byName = (objects: readonly ApiObject[]) =>
  new Map(objects.map((object) => [object.metadata.name, object]));

/** A function that sorts objects by kind and name, from what it knows of the objects before. */
export function objectIndexer(): (objects: readonly ApiObject[], report: Report) => ObjectIndex {
  let known: Known | undefined;
  const coreNodes = remembered(byName);
  const calicoNodes = remembered(byName);
  return (objects, report) => {
    known = (known && patched(known, objects)) ?? sortAll(objects);
    const { kinds, problems } = known;
    for (const problem of problems) report(problem);
    const of = (slot: string) => kinds.get(slot)?.objects ?? empty;
    return { coreNodes: coreNodes(of('Node')), calicoNodes: calicoNodes(of(calicoNode)), of };
  };
}
