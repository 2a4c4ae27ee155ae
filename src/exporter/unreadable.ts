// What follows from kinds of objects that could not be read: without some there is no expectation at all; without the
// others only what depends on them is left unjudged, and a problem says which. Nothing that was not looked at is
// expected to be absent. What depends on what: confd/pkg/backends/calico, and the rooms expected/ and audit/.
import { type ExpectedSettings, expectedComputer } from '../expected/compute.ts';
import { perObject, settled } from '../expected/memo.ts';
import type { ExpectedPrefix, ExpectedState, ObjectProblem } from '../model/expectation.ts';
import type { ApiObject, KindState } from '../model/object.ts';

/** Without these nobody can say which sessions there must be. */
const fundamental = ['Node', 'BGPConfiguration', 'BGPPeer'];

/** Objects as old as this are still as good as new: a server may take that long to restart, in ms. */
const patienceMs = 120_000;

/** True for a kind of which nothing was ever read. */
const isUnread = ({ at }: KindState) => at === undefined;

/** Why there is no expectation, when there is none: a kind without which nothing can be said was never read. */
export function unreadFundamental(kinds: readonly KindState[]): string | undefined {
  const lost = kinds.filter((kind) => isUnread(kind) && fundamental.includes(kind.kind));
  if (lost.length === 0) return undefined;
  return lost
    .map(({ kind, error = 'not read yet' }) => `${kind} objects cannot be read: ${error}`)
    .join('; ');
}

/** Why the expectation is out of date, when it is: a fundamental kind has had no good reading for too long. */
export function staleFundamental(kinds: readonly KindState[], now: number): string | undefined {
  const stale = kinds.filter((kind) => fundamental.includes(kind.kind) && isStale(kind, now));
  return stale.length === 0 ? undefined : stale.map(staleText).join('; ');
}

function isStale({ at, error, errorSince }: KindState, now: number): boolean {
  return at !== undefined && error !== undefined && now - Math.max(at, errorSince ?? 0) > patienceMs;
}

const staleText = ({ kind, at = 0, error }: KindState) =>
  `${kind} objects are those of ${new Date(at).toISOString()} and cannot be read again: ${error}`;

type PrefixFilter = (prefix: ExpectedPrefix) => boolean;

/** What one unread kind takes from the expectation. */
interface Consequence {
  /** For people: what is not judged. */
  readonly lost: string;
  readonly keepPrefix?: PrefixFilter;
  /** Which ranges are no longer searched for routes that nobody owns. */
  readonly ranges?: 'pods' | 'services' | 'all';
}

const isService: PrefixFilter = ({ kind }) => kind.startsWith('service-');

type Rule = (unread: (kind: string) => boolean, expected: ExpectedState) => Consequence;

const services: Rule = () => ({
  lost: 'single addresses of services (only whole service ranges are judged) and routes in the service ranges that nobody owns',
  ranges: 'services',
});

const rules: Readonly<Record<string, Rule>> = {
  IPPool: () => ({
    lost: 'routes of pods (a pool may keep its blocks back), missing or unexpected',
    keepPrefix: isService,
    ranges: 'pods',
  }),
  IPAMBlock: (unread) =>
    unread('BlockAffinity')
      ? { lost: 'routes of pods, missing or unexpected', keepPrefix: isService, ranges: 'pods' }
      : {
          lost: "single addresses that pods use of another node's block, and routes in the pools that nobody owns",
          keepPrefix: ({ kind }) => kind !== 'borrowed',
          ranges: 'pods',
        },
  BlockAffinity: (unread) =>
    unread('IPAMBlock')
      ? { lost: 'routes of pods, missing or unexpected', keepPrefix: isService, ranges: 'pods' }
      : { lost: 'blocks that are just being claimed or given up (owners are taken from IPAMBlocks)' },
  BGPFilter: (_, { sessions }) =>
    sessions.some(({ filters = [] }) => filters.length > 0)
      ? {
          lost: 'all routes, missing or unexpected (BGPPeers name filters that may keep them back)',
          keepPrefix: () => false,
          ranges: 'all',
        }
      : { lost: 'nothing, as no BGPPeer names a filter' },
  Service: services,
  EndpointSlice: services,
  Endpoints: services,
  ClusterInformation: () => ({
    lost: 'nothing, but the rules of the newest Calico are used unless expected.calicoVersion names the version',
  }),
};

const podKinds = ['IPPool', 'IPAMBlock', 'BlockAffinity'];
const serviceFields = ['serviceClusterIPs', 'serviceExternalIPs', 'serviceLoadBalancerIPs'];

const withoutRanges = perObject((object: ApiObject): ApiObject => {
  const spec = Object.entries(object.spec ?? {}).filter(([key]) => !serviceFields.includes(key));
  return { ...object, spec: Object.fromEntries(spec) };
});

function withoutServices(object: ApiObject): ApiObject[] {
  if (object.kind === 'Service') return [];
  if (object.kind !== 'BGPConfiguration' || typeof object.spec !== 'object') return [object];
  return [withoutRanges(object)];
}

/** Computes the ranges of a cluster that has no pods, or no services. */
type RangesWithout = (what: 'pods' | 'services', objects: readonly ApiObject[]) => ExpectedState['ranges'];

function rangesWithout(settings: ExpectedSettings): RangesWithout {
  const podless = expectedComputer({ ...settings, usePodCidr: false });
  const serviceless = expectedComputer(settings);
  return (what, objects) =>
    what === 'pods'
      ? podless(objects.filter(({ kind }) => !podKinds.includes(kind))).ranges
      : serviceless(objects.flatMap(withoutServices)).ranges;
}

function rangesOf(
  lost: ReadonlySet<string>,
  expected: ExpectedState,
  objects: readonly ApiObject[],
  without: RangesWithout,
): ExpectedState['ranges'] {
  if (lost.has('all') || (lost.has('pods') && lost.has('services'))) return [];
  if (lost.has('pods')) return without('pods', objects);
  return lost.has('services') ? without('services', objects) : expected.ranges;
}

/**
 * Computes the expectation from objects of which some kinds may be unread; none of those may be fundamental.
 * What depends on an unread kind is left out, and a problem says so.
 */
export type Expectation = (objects: readonly ApiObject[], kinds: readonly KindState[]) => ExpectedState;

/** An expectation that is quick where few objects differ from those of its last call. */
export function expectationFor(settings: ExpectedSettings): Expectation {
  const compute = expectedComputer(settings);
  const without = rangesWithout(settings);
  const kept = settled<ExpectedPrefix>();
  return (objects, kinds) => {
    const unread = kinds.filter(isUnread);
    const expected = compute(objects);
    if (unread.length === 0) return expected;
    const isLost = (kind: string) => unread.some((state) => state.kind === kind);
    const consequences = unread.flatMap((state) => {
      const consequence = rules[state.kind]?.(isLost, expected);
      return consequence ? [{ ...state, ...consequence }] : [];
    });
    const problems = consequences.map(({ kind, error = 'not read yet', lost, ranges }): ObjectProblem => {
      const message = `cannot be read. Not judged: ${lost}. Reason: ${error}`;
      return ranges
        ? { severity: 'error', object: kind, message, notJudged: lost }
        : { severity: 'warning', object: kind, message };
    });
    const ranges = new Set(consequences.flatMap(({ ranges: of }) => of ?? []));
    // A filter that could not be read is not missing.
    const own = isLost('BGPFilter')
      ? expected.problems.filter(({ field }) => !field?.startsWith('spec.filters'))
      : expected.problems;
    return {
      ...expected,
      prefixes: kept(
        expected.prefixes.filter((prefix) =>
          consequences.every(({ keepPrefix }) => keepPrefix?.(prefix) ?? true),
        ),
      ),
      ranges: rangesOf(ranges, expected, objects, without),
      problems: [...problems, ...own],
    };
  };
}

/** Kinds that are out of date although they were read once: their last objects go on counting. */
export function staleProblems(kinds: readonly KindState[], now: number): readonly ObjectProblem[] {
  return kinds
    .filter((kind) => isStale(kind, now))
    .map((kind) => ({ severity: 'error', object: kind.kind, message: staleText(kind) }));
}
