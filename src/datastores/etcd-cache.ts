// The objects of etcd as they are known: filled page by page, changed entry by entry. An entry counts only when it is
// newer than what is known of its key, so that a change that comes twice, or late, changes nothing.
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject } from '../model/object.ts';
import { type EtcdKind, entryObject } from './etcd-objects.ts';

/** As transport/etcd.ts hands them over. */
export interface Entry {
  readonly key: string;
  /** Undefined: deleted. */
  readonly value: string | undefined;
  readonly modRevision: number;
}

export interface EtcdCache {
  /** Takes entries in; true when anything changed. */
  apply(entries: readonly Entry[]): boolean;
  /** How many keys there are of a kind, those that are no object included. */
  count(kind: EtcdKind): number;
  objects(): readonly ApiObject[];
  problems(): readonly ObjectProblem[];
}

interface Held {
  readonly kind: EtcdKind;
  readonly modRevision: number;
  readonly read: ReturnType<typeof entryObject>;
}

/** An empty cache for these kinds. */
export function etcdCache(kinds: readonly EtcdKind[]): EtcdCache {
  const held = new Map<string, Held>();
  const counts = new Map(kinds.map((kind) => [kind, 0]));
  const add = (kind: EtcdKind, more: number) => counts.set(kind, (counts.get(kind) ?? 0) + more);

  const applyOne = ({ key, value, modRevision }: Entry): boolean => {
    const older = held.get(key);
    if (older && older.modRevision >= modRevision) return false;
    if (value === undefined) {
      if (older) add(older.kind, -1);
      return held.delete(key);
    }
    const kind = older?.kind ?? kinds.find(({ prefix }) => key.startsWith(prefix));
    if (!kind) return false;
    held.set(key, { kind, modRevision, read: entryObject(kind, key, value, modRevision) });
    if (!older) add(kind, 1);
    return true;
  };

  return {
    apply: (entries) => entries.reduce((changed, entry) => applyOne(entry) || changed, false),
    count: (kind) => counts.get(kind) ?? 0,
    objects: () => [...held.values()].flatMap(({ read }) => (read && 'object' in read ? [read.object] : [])),
    problems: () =>
      [...held.values()].flatMap(({ read }) => (read && 'problem' in read ? [read.problem] : [])),
  };
}
