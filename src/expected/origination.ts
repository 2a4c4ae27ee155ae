// What nodes have of their own to announce, before any session's filter: one entry per prefix and kind, with its nodes.
// A thousand services times a thousand nodes must not become a million entries.
import type { PrefixKind } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';

/**
 * static: a blackhole route that calico-node configures (blocks, service ranges and addresses);
 * workload: a kernel route to a pod (`cali…` interface).
 */
export type RouteSource = 'static' | 'workload';

/** A prefix that nodes originate. */
export interface Origination {
  /** Sorted. */
  readonly nodes: readonly string[];
  readonly prefix: Prefix;
  readonly kind: PrefixKind;
  readonly source: RouteSource;
  /** `Kind name` of the object it comes from. */
  readonly object: string;
  /** In words, naming the object. */
  readonly because: string;
  /** When the object was made or the block claimed, in ms since the epoch. */
  readonly since?: number;
}
