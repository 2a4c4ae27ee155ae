// The prefixes that must be in the fabric, each once, with all nodes that are entitled to announce it (entitlement.ts):
// merged and sorted, and made of those before where something has changed.
import type { ExpectedPrefix, ObjectProblem } from '../model/expectation.ts';
import {
  comparePrefixes,
  formatPrefix,
  type Prefix,
  type PrefixKey,
  prefixKey,
  samePrefix,
} from '../model/prefix.ts';
import type { Cluster } from './cluster.ts';
import { mapped, perList, perObject, remembered, settled } from './memo.ts';
import type { Origination } from './origination.ts';
import { liesIn, widest } from './ranges.ts';
import { joinSorted, listChange, resorted } from './sorted.ts';

/** Reports blocks that lie in no pool: their node announces them, but nobody passes them on. */
export function poollessChecker(): (cluster: Cluster) => readonly ObjectProblem[] {
  const settle = settled(samePrefix);
  const ranges = remembered((pools: Cluster['pools']) => settle(widest(pools.map(({ prefix }) => prefix))));
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
  return { entitled, sorted: resorted(before, all, compareExpected) };
}

/** What comes of a change; undefined where it touches prefixes with several sources, whose order counts. */
function changed(made: Made, entitled: readonly Origination[]): Made | undefined {
  const { gone, come } = listChange(made.entitled, entitled);
  if (gone.length === 0 && come.length === 0) return { entitled, sorted: made.sorted };
  const left = new Set(gone.map((origination) => single(origination)));
  const kept = made.sorted.filter((prefix) => !left.has(prefix));
  // A prefix with another source besides is no object of this source alone.
  if (kept.length !== made.sorted.length - gone.length) return undefined;
  const added = come.map((origination) => single(origination)).sort(compareExpected);
  const sorted = joinSorted(kept, added, compareExpected);
  return sorted && { entitled, sorted };
}

/** A function that gives the expected prefixes, sorted; unchanged ones are the same objects as before. */
export function prefixComputer(): (entitled: readonly Origination[]) => readonly ExpectedPrefix[] {
  let made: Made | undefined;
  return (entitled) => {
    made = (made && changed(made, entitled)) ?? makeAll(entitled, made?.sorted ?? []);
    return made.sorted;
  };
}
