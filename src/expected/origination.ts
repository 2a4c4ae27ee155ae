// What a node has of its own to announce, before any session's filter: one line per prefix and node.
import type { PrefixKind } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';

/**
 * static: a blackhole route that calico-node configures (blocks, service ranges and addresses);
 * workload: a kernel route to a pod (`cali…` interface).
 */
export type RouteSource = 'static' | 'workload';

/** A prefix that a node originates. */
export interface Origination {
  readonly node: string;
  readonly prefix: Prefix;
  readonly kind: PrefixKind;
  readonly source: RouteSource;
  /** `Kind name` of the object it comes from. */
  readonly object: string;
  /** In words, naming the object. */
  readonly because: string;
}
