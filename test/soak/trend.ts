// Is a measured quantity flat or does it grow? Garbage collection makes a saw of memory, and the first minutes fill caches: so
// the start is left out, the rest is cut into windows of which the low quarter counts, and the slope is the median of the
// slopes between all pairs of windows (Theil and Sen), which a few odd ones do not move. Pure.

export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** What counts as growth over the time that was judged: more than both of these. */
export interface Allowance {
  /** Of the quantity itself. */
  readonly share: number;
  /** In its own unit. */
  readonly least: number;
}

export interface Trend {
  readonly verdict: 'flat' | 'growing' | 'too short to tell';
  /** In the first window, in the last one, and the most at any time after the start. */
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** By the slope, over the time that was judged. */
  readonly growth: number;
  readonly perHour: number;
}

const windows = 12;
/** Least time that is judged, and least points in each window: less says nothing. */
const leastMs = 20 * 60_000;
const leastPoints = 3;
const hourMs = 3_600_000;

/** How much of the start is left out: a quarter, and 20 minutes at most. */
const warmUpMs = (spanMs: number) => Math.min(20 * 60_000, spanMs / 4);

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

/** The median slope between all pairs, per millisecond. */
function slopeOf(points: readonly Point[]): number {
  const slopes = points.flatMap((from, i) =>
    points.slice(i + 1).map((to) => (to.value - from.value) / (to.at - from.at)),
  );
  return quantile(slopes, 0.5);
}

/** Judges points in the order of their times. */
export function trendOf(points: readonly Point[], { share, least }: Allowance): Trend {
  const [begin = 0, end = 0] = [points[0]?.at, points.at(-1)?.at];
  const from = begin + warmUpMs(end - begin);
  const judged = points.filter(({ at }) => at >= from);
  const most = Math.max(...judged.map(({ value }) => value));
  const length = (end - from) / windows;
  const parts = Array.from({ length: windows }, (_, i) => {
    const start = from + i * length;
    const inside = judged.filter(({ at }) => at >= start && (at < start + length || i === windows - 1));
    const value = quantile(
      inside.map((point) => point.value),
      0.25,
    );
    return { at: start + length / 2, value, count: inside.length };
  });
  const [first, last] = [parts[0]?.value ?? Number.NaN, parts.at(-1)?.value ?? Number.NaN];
  if (end - from < leastMs || parts.some(({ count }) => count < leastPoints))
    return { verdict: 'too short to tell', first, last, most, growth: Number.NaN, perHour: Number.NaN };
  const slope = slopeOf(parts);
  const growth = slope * (end - from);
  const middle = quantile(
    parts.map(({ value }) => value),
    0.5,
  );
  const verdict = growth > Math.max(least, share * middle) ? 'growing' : 'flat';
  return { verdict, first, last, most, growth, perHour: slope * hourMs };
}
