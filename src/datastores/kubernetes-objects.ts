// From an item of a list or watch to the object that is kept: name, labels and annotations that count, and the fields of
// its kind. Resource versions and times that change are left out, so that an object differs only when something that counts does.
// Source: k8s.io/apimachinery/pkg/apis/meta/v1 (ObjectMeta).
import { isDeepStrictEqual } from 'node:util';
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { isRecord, type KindSpec } from './kubernetes-kinds.ts';

function texts(value: unknown, only: readonly string[] | undefined): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && (!only || only.includes(entry[0])),
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** The kept part of an item under its key `namespace/name`; an item without a name is reported and left out. */
export function keptObject(
  spec: KindSpec,
  item: unknown,
  calicoGroup: string,
  report: (problem: ObjectProblem) => void,
): { readonly key: string; readonly value: ApiObject } | undefined {
  const metadata = isRecord(item) && isRecord(item.metadata) ? item.metadata : {};
  const { name, namespace } = metadata;
  if (!isRecord(item) || typeof name !== 'string' || name === '') {
    const message = 'the API server sent one without metadata.name; it is left out';
    report({ severity: 'error', object: spec.kind, field: 'metadata.name', message });
    return undefined;
  }
  const time = (key: 'creationTimestamp' | 'deletionTimestamp') =>
    spec.times && typeof metadata[key] === 'string' ? { [key]: metadata[key] } : {};
  const labels = texts(metadata.labels, spec.labels);
  const annotations = texts(metadata.annotations, spec.annotations ?? []);
  const value: ApiObject = {
    // Items of a list need not repeat these.
    apiVersion: spec.groupVersion === 'calico' ? calicoGroup : spec.groupVersion,
    kind: spec.kind,
    metadata: {
      name,
      ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...time('creationTimestamp'),
      ...time('deletionTimestamp'),
    },
    ...spec.keep(item),
  };
  return { key: typeof namespace === 'string' ? `${namespace}/${name}` : name, value };
}

/** True when nothing that is kept differs. */
export function sameObject(x: ApiObject, y: ApiObject): boolean {
  return isDeepStrictEqual(x, y);
}
