// The verdicts on all prefixes of one device, of which nearly all are the same: those that differ are kept, the others are made
// when somebody asks. A big cluster has millions of them (200 switches, 22,000 prefixes), each of which would hold its routes.
import type { ExpectedPrefix, PrefixKind } from './expectation.ts';
import type { RouteVerdict, RouteVerdicts } from './finding.ts';

type Word = RouteVerdict['verdict'];

/**
 * Says again what a verdict on a device rests on. One for all its verdicts, which follows its newest tables: verdicts that are taken
 * over from audit to audit must not hold the tables in which they were found. The routes that they rest on are the same there.
 */
export interface Judging {
  judge: (expected: ExpectedPrefix) => RouteVerdict;
}

/** A verdict whose evidence is looked up when somebody wants to see it: in an outage there are millions that nobody looks at. */
export class LeanVerdict implements RouteVerdict {
  readonly expected: ExpectedPrefix;
  readonly verdict: Word;
  readonly #judging: Judging;

  constructor(expected: ExpectedPrefix, verdict: Word, judging: Judging) {
    this.expected = expected;
    this.verdict = verdict;
    this.#judging = judging;
  }

  get evidence(): RouteVerdict['evidence'] {
    return this.#judging.judge(this.expected).evidence;
  }

  get reason(): string | undefined {
    return this.#judging.judge(this.expected).reason;
  }
}

/** Verdicts in the order of the expected prefixes, all the same unless another one is given. */
export class SparseVerdicts implements RouteVerdicts {
  readonly #expected: readonly ExpectedPrefix[];
  readonly #kept: readonly RouteVerdict[];
  #others: ReadonlyMap<ExpectedPrefix, RouteVerdict> | undefined;
  readonly judging: Judging;
  /** The verdict on the rest; `unknown` of a device that could not be looked at. */
  readonly usual: 'present' | 'unknown';

  /** `kept` in the order of `expected`. */
  constructor(
    expected: readonly ExpectedPrefix[],
    kept: readonly RouteVerdict[],
    judging: Judging,
    usual: 'present' | 'unknown' = 'present',
  ) {
    this.#expected = expected;
    this.#kept = kept;
    this.judging = judging;
    this.usual = usual;
  }

  get expected(): readonly ExpectedPrefix[] {
    return this.#expected;
  }

  get length(): number {
    return this.#expected.length;
  }

  /** Those that are kept: every one that is not `present`, and perhaps some that are. */
  get kept(): readonly RouteVerdict[] {
    return this.#kept;
  }

  at(i: number): RouteVerdict | undefined {
    const expected = this.#expected.at(i);
    return expected && this.on(expected);
  }

  *[Symbol.iterator](): Generator<RouteVerdict> {
    for (const expected of this.#expected) yield this.on(expected);
  }

  /** The verdict on one of the expected prefixes. */
  on(expected: ExpectedPrefix): RouteVerdict {
    this.#others ??= new Map(this.#kept.map((verdict) => [verdict.expected, verdict]));
    return this.#others.get(expected) ?? new LeanVerdict(expected, this.usual, this.judging);
  }
}

/** The verdicts that are not `present`, in order. */
export function* exceptions(verdicts: RouteVerdicts): Generator<RouteVerdict> {
  const isMostlyPresent = verdicts instanceof SparseVerdicts && verdicts.usual === 'present';
  const all = isMostlyPresent ? verdicts.kept : verdicts;
  for (const verdict of all) if (verdict.verdict !== 'present') yield verdict;
}

/** True where every verdict is unknown, since the device could not be looked at. */
export function isUnlooked(verdicts: RouteVerdicts): boolean {
  return verdicts instanceof SparseVerdicts && verdicts.usual === 'unknown';
}

/** How many verdicts there are of each kind. */
export function tally(verdicts: RouteVerdicts): Readonly<Record<Word, number>> {
  const counts = {
    present: verdicts.length,
    covered: 0,
    'default-only': 0,
    missing: 0,
    stale: 0,
    unknown: 0,
  };
  if (isUnlooked(verdicts)) return { ...counts, present: 0, unknown: verdicts.length };
  for (const { verdict } of exceptions(verdicts)) {
    counts[verdict]++;
    counts.present--;
  }
  return counts;
}

// Devices share what is expected: each list is counted once, not once for every device.
const kinds = new WeakMap<readonly ExpectedPrefix[], ReadonlyMap<PrefixKind, number>>();

function count(list: Iterable<ExpectedPrefix>): ReadonlyMap<PrefixKind, number> {
  const counts = new Map<PrefixKind, number>();
  for (const { kind } of list) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** How many prefixes of each kind are judged. */
export function kindsOf(verdicts: RouteVerdicts): ReadonlyMap<PrefixKind, number> {
  if (!(verdicts instanceof SparseVerdicts)) return count([...verdicts].map(({ expected }) => expected));
  const known = kinds.get(verdicts.expected) ?? count(verdicts.expected);
  kinds.set(verdicts.expected, known);
  return known;
}
