// The objects behind the expectation, from whichever datastore: computed anew when objects change, however many change at
// once. A datastore that can no longer be read keeps the last expectation, with its age and the reason; kinds that could
// not be read take away only what depends on them (unreadable.ts).
import type { Config } from '../config/config.ts';
import type { DatastoreState } from '../datastores/datastore.ts';
import type { ExpectedState } from '../model/expectation.ts';
import type { KindState } from '../model/object.ts';
import { failure, keepLast, lastGood, type Reading, success } from '../model/reading.ts';
import { datastoreOf } from './datastores.ts';
import { expectationFor, staleFundamental, staleProblems, unreadFundamental } from './unreadable.ts';

const noNodes =
  'the objects hold no Node with a BGP address, so nothing can be expected: look at how they were exported, ' +
  '`calico-bgp-exporter expected` shows what is in them';

/** Least time between two computations, in milliseconds. */
const computeEveryMs = 250;

export interface ExpectedSource {
  current(): Reading<ExpectedState>;
  /** What is known of each kind of object; empty for a datastore that does not look kind by kind. */
  kinds(): readonly KindState[];
  /** Reads now; resolves when `current()` is up to date. Never rejects. */
  refresh(): Promise<void>;
  /** Calls back after each change until stopped. */
  watch(onChange: () => void): { stop(): void };
}

export function expectedSource(
  config: Pick<Config, 'datastore' | 'expected'>,
  now: () => number,
): ExpectedSource {
  const datastore = datastoreOf(config, now);
  let reading: Reading<ExpectedState> = failure(now(), 'pending', 'the objects have not been read yet');
  let computed:
    | { readonly from: DatastoreState; readonly unread: string; readonly value: ExpectedState }
    | undefined;
  const expectation = expectationFor(config.expected);
  let tookMs = 0;
  let asked = false;
  let due: NodeJS.Timeout | undefined;

  const compute = (state: DatastoreState): ExpectedState => {
    const unread = state.kinds
      .map(({ kind, at, error }) => (at === undefined ? `${kind} ${error}` : ''))
      .join('\n');
    if (computed?.from === state && computed.unread === unread) return computed.value;
    const began = performance.now();
    const expected = expectation(state.objects, state.kinds);
    const value = { ...expected, problems: [...state.problems, ...expected.problems] };
    tookMs = performance.now() - began;
    computed = { from: state, unread, value };
    return value;
  };

  const look = (): Reading<ExpectedState> => {
    const read = datastore.current();
    if (!read.ok) return failure(read.at, read.error.kind, read.error.message);
    const { kinds } = read.value;
    const reason = unreadFundamental(kinds);
    if (reason !== undefined) return failure(now(), 'permission', reason);
    const old = staleFundamental(kinds, now());
    // The last good reading stays beside it.
    if (old !== undefined && computed) return failure(now(), 'timeout', old);
    try {
      // While a computation is due the last one stands: `current` is asked all the time.
      const standing = due && computed;
      const value = standing ? standing.value : compute(read.value);
      // Older than what has come meanwhile: whoever waits for newer objects waits on.
      const at = standing ? (lastGood(reading)?.at ?? read.at) : read.at;
      // An empty export (a failed kubectl, a file being written) must not turn into "nothing is missing".
      if (value.nodes.length === 0) return failure(read.at, 'not-found', noNodes);
      const stale = staleProblems(kinds, now());
      return success(at, stale.length > 0 ? { ...value, problems: [...stale, ...value.problems] } : value);
    } catch (error) {
      return failure(now(), 'internal', `internal error while computing what should be: ${String(error)}`);
    }
  };

  const update = () => {
    reading = keepLast(reading, look());
  };

  return {
    current() {
      // Cheap while the objects are the same; and objects grow old without any change.
      if (asked) update();
      return reading;
    },
    kinds: () => lastGood(datastore.current())?.value.kinds ?? [],
    async refresh() {
      await datastore.refresh();
      asked = true;
      update();
    },
    watch(onChange) {
      asked = true;
      datastore.watch(() => {
        // A big cluster that changes all the time must leave time for anything else.
        due ??= setTimeout(
          () => {
            due = undefined;
            update();
            onChange();
          },
          Math.max(computeEveryMs, tookMs),
        );
      });
      return {
        stop() {
          clearTimeout(due);
          datastore.stop();
        },
      };
    },
  };
}
