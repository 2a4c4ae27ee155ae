// Calico's etcd and, beside it, the Kubernetes whose Services the nodes announce: two datastores that are read as one. Each
// can be away without the other; Services that cannot be read are unknown, not absent.
import type { KindState } from '../model/object.ts';
import { lastGood, success } from '../model/reading.ts';
import type { Datastore, DatastoreState } from './datastore.ts';

function versionIn({ objects }: DatastoreState): string | undefined {
  const information = objects.find(({ kind }) => kind === 'ClusterInformation');
  const version = (information?.spec as { calicoVersion?: unknown } | undefined)?.calicoVersion;
  return typeof version === 'string' ? version : undefined;
}

/** The version of Calico as a datastore shows it. */
export function calicoVersionIn(datastore: Datastore): string | undefined {
  const known = lastGood(datastore.current());
  return known && versionIn(known.value);
}

/**
 * Both as one datastore.
 * @param calico everything but Services
 * @param services Services and their endpoints alone; which kind of endpoints is asked again when `watch` is called again
 */
export function withServices(calico: Datastore, services: Datastore): Datastore {
  interface Joined {
    readonly of: DatastoreState;
    readonly and: DatastoreState | undefined;
    readonly state: DatastoreState;
  }
  let last: Joined | undefined;

  const serviceKinds = (): readonly KindState[] => {
    const reading = services.current();
    const known = lastGood(reading);
    if (known) return known.value.kinds;
    const error = reading.ok ? 'Services have not been read yet' : reading.error.message;
    return [{ kind: 'Service', count: 0, at: undefined, error, errorSince: reading.at }];
  };

  const joined = (of: DatastoreState): DatastoreState => {
    const and = lastGood(services.current())?.value;
    if (last?.of === of && last.and === and) return last.state;
    const state: DatastoreState = {
      objects: [...of.objects, ...(and?.objects ?? [])],
      problems: [...of.problems, ...(and?.problems ?? [])],
      get kinds() {
        return [...of.kinds, ...serviceKinds()];
      },
    };
    last = { of, and, state };
    return state;
  };

  return {
    kind: calico.kind,
    current() {
      const reading = calico.current();
      return reading.ok ? success(reading.at, joined(reading.value)) : reading;
    },
    async refresh() {
      // The version of Calico, which is in etcd, decides which endpoints are read.
      await calico.refresh();
      await services.refresh();
    },
    watch(onChange) {
      let version = calicoVersionIn(calico);
      calico.watch(() => {
        const now = calicoVersionIn(calico);
        if (now !== version) services.watch(onChange);
        version = now;
        onChange();
      });
      services.watch(onChange);
    },
    stop() {
      calico.stop();
      services.stop();
    },
  };
}
