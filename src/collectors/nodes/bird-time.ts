// Times as BIRD prints them (bird: sysdep/unix/io.c tm_format_datetime): local time without a zone, so they are only ever
// compared with BIRD's own `Current server time`. A `since` is a clock time while it is less than 20 hours ago, a date
// after that (day precision); BIRD 2 adds milliseconds, other `timeformat`s give date and clock.

const dayMs = 86_400_000;
// A clock time ahead of the server's by less than this cannot be yesterday's: that would be over 20 hours ago.
const aheadMs = 4 * 3_600_000;

const pattern = /^(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:^|[ T])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/;

const clock = String.raw`\d\d:\d\d(?::\d\d(?:\.\d+)?)?`;

/**
 * Text of the `since` column: a date, a clock time, or both. Behind them other formats that `timeformat` can ask for
 * (`Nov21`, `2016`, `21.11.2016 10:00`, `%s`, ISO 8601 with a zone): told from what follows, not turned into a time.
 */
export const sincePattern = [
  String.raw`\d{4}-\d\d-\d\d(?:[ T]${clock}(?:Z|[+-]\d\d:?\d\d)?)?`,
  clock,
  String.raw`[A-Z][a-z]{2} ?\d{1,2}(?: ${clock})?`,
  String.raw`\d{1,2}[./-]\d{1,2}[./-]\d{4}(?: ${clock})?`,
  String.raw`\d{9,11}(?:\.\d+)?(?!\S)`,
  String.raw`(?:19|20)\d\d(?!\S)`,
].join('|');

interface Parts {
  /** Milliseconds of the day's start, on BIRD's own clock; undefined without a date. */
  readonly day: number | undefined;
  /** Milliseconds since the day's start; undefined without a clock time. */
  readonly clock: number | undefined;
}

function parse(text: string): Parts | undefined {
  const match = text === '' ? null : pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = match;
  return {
    day: year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day)),
    clock:
      hour === undefined
        ? undefined
        : (Number(hour) * 60 + Number(minute)) * 60_000 + Number(`${second}.${fraction ?? 0}`) * 1000,
  };
}

/** `2026-11-22 23:01:18[.345]` in milliseconds on BIRD's clock, whose zone is unknown; undefined for other text. */
export function parseServerTime(text: string): number | undefined {
  const parts = parse(text.trim());
  if (parts?.day === undefined) return undefined;
  return parts.day + (parts.clock ?? 0);
}

/** Seconds from a `since` to the server's time (see parseServerTime), never negative; undefined for unknown formats. */
export function secondsSince(since: string, serverTime: number): number | undefined {
  const parts = parse(since.trim());
  if (!parts) return undefined;
  let at: number;
  if (parts.day !== undefined) {
    at = parts.day + (parts.clock ?? 0);
  } else {
    at = Math.floor(serverTime / dayMs) * dayMs + (parts.clock ?? 0);
    if (at - serverTime > aheadMs) at -= dayMs;
  }
  return Math.max(0, (serverTime - at) / 1000);
}
