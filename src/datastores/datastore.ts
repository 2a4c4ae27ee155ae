// Where Kubernetes and Calico objects come from: files, the Kubernetes API or etcd, behind one interface. A datastore
// that can watch keeps its objects up to date by itself; what it could not read it names, kind by kind, so that a kind
// that was refused is never taken for a kind without objects.
import type { ObjectProblem } from '../model/expectation.ts';
import type { ApiObject, KindState } from '../model/object.ts';
import type { Reading } from '../model/reading.ts';

export type { KindState } from '../model/object.ts';

export interface DatastoreState {
  /** Each object once. A kind with an error has its last known objects, or none where it was never read. */
  readonly objects: readonly ApiObject[];
  /** What was wrong with single objects. */
  readonly problems: readonly ObjectProblem[];
  /** Every kind that the datastore looks for; empty where it does not look kind by kind (files). */
  readonly kinds: readonly KindState[];
}

export interface Datastore {
  readonly kind: 'files' | 'kubernetes' | 'etcd';
  /**
   * The objects as known now. The same `value` object as before while nothing has changed. Fails when nothing at all
   * could be read (a wrong token, no connection); single kinds fail in `value.kinds`.
   */
  current(): Reading<DatastoreState>;
  /** Reads everything once, within a deadline; `current()` has the outcome. Never rejects. */
  refresh(): Promise<void>;
  /** Keeps `current()` up to date, going on from the last refresh, and calls back after changes, until `stop()`. */
  watch(onChange: () => void): void;
  /** Ends watching and lets go of connections. */
  stop(): void;
}
