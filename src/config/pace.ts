// Interval and timeout of what is read: its own or those of all, and that the one fits into the other.
import type { CollectionConfig } from './config.ts';
import { type Context, report } from './context.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { Path } from './source.ts';

/** Interval and timeout of a device; a problem when the one does not fit into the other. */
export function pace(
  context: Context,
  at: Path,
  own: { readonly interval?: string | undefined; readonly timeout?: string | undefined },
  all: CollectionConfig,
) {
  const interval = own.interval === undefined ? all.interval : (parseDuration(own.interval) ?? all.interval);
  const timeout = own.timeout === undefined ? all.timeout : (parseDuration(own.timeout) ?? all.timeout);
  if (timeout > interval && (own.interval !== undefined || own.timeout !== undefined)) {
    const key = own.timeout === undefined ? 'interval' : 'timeout';
    const other = key === 'timeout' ? 'interval' : 'timeout';
    const from = own[other] === undefined ? ` (from collection.${other})` : '';
    report(
      context,
      [...at, key],
      key === 'timeout'
        ? `is ${formatDuration(timeout)}, longer than the interval of ${formatDuration(interval)}${from}; a reading must end before the next begins`
        : `is ${formatDuration(interval)}, shorter than the timeout of ${formatDuration(timeout)}${from}; lower the timeout of this device too`,
    );
  }
  return { interval, timeout };
}
