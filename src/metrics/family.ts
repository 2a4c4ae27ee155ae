// What a metric of the fabric is: one declarative entry with its name, type, help, labels and where its samples come
// from, after kube-state-metrics' family generators. Types: Prometheus text format 0.0.4 and OpenMetrics 1.0.0.
import type { MetricView } from './view.ts';

/**
 * Label values in the order of the family's `labels`, and the value. NaN and infinities are never exported. `more` are the
 * values of the last labels, the same number in all samples of a family: a list in front of them that many samples share
 * is made into text only once.
 */
export type Sample = readonly [labelValues: readonly string[], value: number, more?: readonly string[]];

export interface Family {
  /** As in queries: counters end in `_total`, info metrics in `_info`. */
  readonly name: string;
  /** stateset: one sample per state, the label that carries the state is named like the metric. */
  readonly type: 'gauge' | 'counter' | 'info' | 'stateset';
  /** One sentence that names the source of the value. */
  readonly help: string;
  readonly labels: readonly string[];
  collect(view: MetricView): Iterable<Sample>;
}

/** What documentation and tests need to know of any metric, the exporter's own ones included. */
export interface FamilyDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface MetricOptions {
  /** Most series of calico_bgp_route_missing; counts beside them stay exact. */
  readonly maxMissingSeries: number;
  /** Thresholds of the shipped alert rules, by name. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Node-to-node mesh sessions as series of their own instead of two counts a node. */
  readonly meshDetail: boolean;
  /** Oldest reading of a device, in milliseconds, whose sessions and routes are still shown. */
  readonly maxAgeMs: (device: string) => number;
}
