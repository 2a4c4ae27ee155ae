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
  /** Takes entries in; true when anything changed. What `older` has at the same revision stays the same object. */
  apply(entries: readonly Entry[], older?: EtcdCache): boolean;
  /** How many keys there are of a kind, those that are no object included. */
  count(kind: EtcdKind): number;
  /** What was read of a key at this revision, when it was. */
  readAt(key: string, modRevision: number): EntryRead | undefined;
  objects(): readonly ApiObject[];
  problems(): readonly ObjectProblem[];
}

/** An entry as it was read; no value for a key of something else. */
export interface EntryRead {
  readonly read: ReturnType<typeof entryObject>;
}

interface Held extends EntryRead {
  readonly kind: EtcdKind;
  readonly modRevision: number;
}

/** An empty cache for these kinds. */
export function etcdCache(kinds: readonly EtcdKind[]): EtcdCache {
  const held = new Map<string, Held>();
  const counts = new Map(kinds.map((kind) => [kind, 0]));
  const add = (kind: EtcdKind, more: number) => counts.set(kind, (counts.get(kind) ?? 0) + more);

  const applyOne = ({ key, value, modRevision }: Entry, older?: EtcdCache): boolean => {
    const known = held.get(key);
    if (known && known.modRevision >= modRevision) return false;
    if (value === undefined) {
      if (known) add(known.kind, -1);
      return held.delete(key);
    }
    const kind = known?.kind ?? kinds.find(({ prefix }) => key.startsWith(prefix));
    if (!kind) return false;
    const { read } = older?.readAt(key, modRevision) ?? { read: entryObject(kind, key, value, modRevision) };
    held.set(key, { kind, modRevision, read });
    if (!known) add(kind, 1);
    return true;
  };

  return {
    apply: (entries, older) => entries.reduce((changed, entry) => applyOne(entry, older) || changed, false),
    count: (kind) => counts.get(kind) ?? 0,
    readAt(key, modRevision) {
      const entry = held.get(key);
      return entry?.modRevision === modRevision ? entry : undefined;
    },
    objects: () => [...held.values()].flatMap(({ read }) => (read && 'object' in read ? [read.object] : [])),
    problems: () =>
      [...held.values()].flatMap(({ read }) => (read && 'problem' in read ? [read.problem] : [])),
  };
}
