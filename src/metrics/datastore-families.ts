// Metrics of the datastore behind the expectation, kind by kind, where it looks kind by kind (Kubernetes API, etcd): a kind
// that may not be read, or a watch that died, shows here before anything that follows from it.
// Conventions: prometheus.io "Writing exporters" (timestamps, not ages; absent where nothing is known).
import type { KindState } from '../model/object.ts';
import type { Family, Sample } from './family.ts';
import type { MetricView } from './view.ts';

function* kinds({ fabric }: MetricView, value: (state: KindState) => number | undefined): Generator<Sample> {
  for (const state of fabric.datastore?.kinds ?? []) {
    const result = value(state);
    if (result !== undefined) yield [[state.kind], result];
  }
}

export const datastoreFamilies: readonly Family[] = [
  {
    name: 'calico_bgp_datastore_kind_up',
    type: 'gauge',
    help: 'Whether the objects of this kind could be read and are kept up to date (1) or not (0); at 0 the last known ones stay in use, if there are any.',
    labels: ['kind'],
    collect: (view) => kinds(view, ({ at, error }) => Number(at !== undefined && error === undefined)),
  },
  {
    name: 'calico_bgp_datastore_kind_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the objects of this kind were last known to be complete and up to date (list, event, bookmark or end of a watch), by the clock of the exporter, in seconds since the epoch; absent while they were never read.',
    labels: ['kind'],
    collect: (view) => kinds(view, ({ at }) => (at === undefined ? undefined : at / 1000)),
  },
  {
    name: 'calico_bgp_datastore_objects',
    type: 'gauge',
    help: 'Objects of this kind that the expectation is computed from; absent while they were never read.',
    labels: ['kind'],
    collect: (view) => kinds(view, ({ at, count }) => (at === undefined ? undefined : count)),
  },
];
