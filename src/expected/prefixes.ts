// The prefixes that must be in the fabric, each once, with all nodes that are entitled to announce it (entitlement.ts):
// merged and sorted, and patched where little has changed.
import type { ExpectedPrefix, ObjectProblem } from '../model/expectation.ts';
import { comparePrefixes, formatPrefix, type Prefix, type PrefixKey, prefixKey } from '../model/prefix.ts';
import type { Cluster } from './cluster.ts';
import { mapped, perList, perObject, remembered } from './memo.ts';
import type { Origination } from './origination.ts';
import { liesIn, widest } from './ranges.ts';
import { listChange, placeOf, resorted } from './sorted.ts';

/** Reports blocks that lie in no pool: their node announces them, but nobody passes them on. */
export function poollessChecker(): (cluster: Cluster) => readonly ObjectProblem[] {
  const ranges = remembered((pools: Cluster['pools']) => widest(pools.map(({ prefix }) => prefix)));
  const check = mapped(
    ({ prefix, kind, object, nodes }: Origination, inside: readonly Prefix[]): ObjectProblem | undefined => {
      if (kind !== 'block' && kind !== 'pod-cidr') return undefined;
      if (inside.length === 0 || liesIn(inside, prefix)) return undefined;
      const message = `${formatPrefix(prefix)} lies in no IPPool: ${nodes.join(', ')} announces it, but no other node passes it on`;
      return { severity: 'warning', object, message };
    },
  );
  return ({ pools, originations }) =>
    check(originations, ranges(pools)).filter((problem) => problem !== undefined);
}

const single = perObject(({ prefix, kind, nodes, because, since }: Origination): ExpectedPrefix => {
  return { prefix, kind, origins: nodes, because, ...(since === undefined ? {} : { since }) };
});

const merged = perList((parts: readonly Origination[]): ExpectedPrefix | undefined => {
  const [first] = parts;
  if (!first) return undefined;
  const since = parts.find((part) => part.since !== undefined)?.since;
  const origins = [...new Set(parts.flatMap(({ nodes }) => nodes))].sort();
  return { ...single(first), origins, ...(since === undefined ? {} : { since }) };
});

/** The order of expected prefixes; each prefix is there once for each kind. */
export function compareExpected(x: ExpectedPrefix, y: ExpectedPrefix): number {
  return comparePrefixes(x.prefix, y.prefix) || (x.kind < y.kind ? -1 : x.kind > y.kind ? 1 : 0);
}

/** The prefixes as they were computed last, and what they were made of. */
interface Made {
  readonly entitled: readonly Origination[];
  readonly kinds: ReadonlyMap<string, ReadonlyMap<PrefixKey, readonly Origination[]>>;
  readonly sorted: readonly ExpectedPrefix[];
}

const expectedFrom = (parts: readonly Origination[]): ExpectedPrefix | undefined => {
  const [first] = parts;
  return first && (parts.length > 1 ? merged(first, parts) : single(first));
};

function makeAll(entitled: readonly Origination[], before: readonly ExpectedPrefix[]): Made {
  const kinds = new Map<string, Map<PrefixKey, Origination[]>>();
  for (const origination of entitled) {
    const ofKind = kinds.get(origination.kind) ?? new Map<PrefixKey, Origination[]>();
    kinds.set(origination.kind, ofKind);
    const key = prefixKey(origination.prefix);
    const parts = ofKind.get(key);
    if (parts) parts.push(origination);
    else ofKind.set(key, [origination]);
  }
  const all = [...kinds.values()].flatMap((ofKind) =>
    [...ofKind.values()].flatMap((parts) => expectedFrom(parts) ?? []),
  );
  return { entitled, kinds, sorted: resorted(before, all, compareExpected) };
}

/** So many changes at once, and making all of them costs no more. */
const mostPatches = 200;

/** What is made of a few changes; undefined where prefixes have several sources, whose order counts. */
function patched(made: Made, entitled: readonly Origination[]): Made | undefined {
  const { gone, come } = listChange(made.entitled, entitled);
  if (gone.length + come.length > mostPatches) return undefined;
  const changed = new Map<string, Map<PrefixKey, readonly Origination[]>>();
  const partsAt = ({ kind, prefix }: Origination) => {
    const key = prefixKey(prefix);
    return changed.get(kind)?.get(key) ?? made.kinds.get(kind)?.get(key) ?? [];
  };
  const put = ({ kind, prefix }: Origination, parts: readonly Origination[]) => {
    const ofKind = changed.get(kind) ?? new Map<PrefixKey, readonly Origination[]>();
    changed.set(kind, ofKind.set(prefixKey(prefix), parts));
  };
  const sorted = [...made.sorted];
  const place = (wanted: ExpectedPrefix) => placeOf(sorted, (item) => compareExpected(item, wanted));
  for (const origination of gone) {
    if (partsAt(origination).length !== 1) return undefined;
    put(origination, []);
    sorted.splice(place(single(origination)), 1);
  }
  for (const origination of come) {
    if (partsAt(origination).length > 0) return undefined;
    put(origination, [origination]);
    const prefix = single(origination);
    sorted.splice(place(prefix), 0, prefix);
  }
  // The maps are this computer's own: nobody sees them change.
  for (const [kind, ofKind] of changed) {
    const own = made.kinds.get(kind) as Map<PrefixKey, readonly Origination[]> | undefined;
    if (!own) return undefined;
    for (const [key, parts] of ofKind) {
      if (parts.length > 0) own.set(key, parts);
      else own.delete(key);
    }
  }
  return { entitled, kinds: made.kinds, sorted: gone.length + come.length > 0 ? sorted : made.sorted };
}

/** A function that gives the expected prefixes, sorted; unchanged ones are the same objects as before. */
export function prefixComputer(): (entitled: readonly Origination[]) => readonly ExpectedPrefix[] {
  let made: Made | undefined;
  return (entitled) => {
    made = (made && patched(made, entitled)) ?? makeAll(entitled, made?.sorted ?? []);
    return made.sorted;
  };
}
