// How old a CalicoNodeStatus really is. calico-node writes it only when its content changed (node/pkg/status/reporter.go), so
// an old `lastUpdated` has two meanings: nothing has changed, or nobody reports any more (calico-node is gone, or one line
// that it cannot read stops every update). What is known for sure: the content was true when it last changed. What can be
// believed for a while: that it still is. What proves it: a new object for the same node, which must be filled.

/** What we saw of one node's object, by our own clock. */
export interface Sighting {
  /** `name lastUpdated`: changes whenever calico-node has written. */
  readonly version: string;
  /** When calico-node wrote it, milliseconds since the epoch: as it says itself at first, when we saw it change later. */
  readonly writtenAt: number;
}

/**
 * Takes what was read now into account. Clocks of node and exporter need not agree: a change counts from when we saw it, and
 * nothing was written before `madeAt`, when we made the object ourselves.
 */
export function sight(
  before: Sighting | undefined,
  version: string,
  lastUpdated: string,
  now: number,
  madeAt = Number.NEGATIVE_INFINITY,
): Sighting {
  if (before?.version === version) return before;
  if (before) return { version, writtenAt: now };
  const told = Date.parse(lastUpdated);
  return { version, writtenAt: Number.isNaN(told) ? now : Math.min(now, Math.max(madeAt, told)) };
}

export interface Judged {
  /** The time that the content counts for. */
  readonly at: number;
  /** False: it may have been true, or not, for too long now. */
  readonly believed: boolean;
  readonly unchangedMs: number;
}

/**
 * Content that was written less than two periods ago is as old as it says. Beyond that it is believed to be still true, with
 * an age of one period, until it has not changed for `maxUnchangedMs`; without a period nothing renews it.
 */
export function judge(
  { writtenAt }: Sighting,
  periodSeconds: number,
  maxUnchangedMs: number,
  now: number,
): Judged {
  const unchangedMs = Math.max(0, now - writtenAt);
  const periodMs = periodSeconds * 1000;
  const believed = unchangedMs <= Math.max(2 * periodMs, periodMs === 0 ? 0 : maxUnchangedMs);
  return { at: believed ? Math.max(writtenAt, now - periodMs) : writtenAt, believed, unchangedMs };
}
