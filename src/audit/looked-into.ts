// Which of the faults of a device are looked into in an audit. To find a cause takes a tenth of a millisecond and more, and where
// every switch lacks everything, as with a wrong VRF in the configuration, there are millions: the audit would stop the exporter for
// minutes. What was said before is said again, so that nothing comes and goes; of the rest each device has its share.
import type { CheckId } from '../model/finding.ts';
import { type Prefix, prefixKey } from '../model/prefix.ts';
import type { Context } from './context.ts';
import { mostPerDevice } from './listing.ts';

/** Faults of one check that are looked into over all devices, and at each of many devices at least. */
const mostOfAll = 5000;
const leastPerDevice = 5;

/** How many faults are looked into at each of so many devices that have some. */
export function shareOf(devices: number): number {
  return Math.min(mostPerDevice, Math.max(leastPerDevice, Math.floor(mostOfAll / Math.max(1, devices))));
}

/** Of the faults at a device those that are looked into, in the same order: `share` of them, and what this check said before. */
export function lookedInto<T>(
  context: Context,
  { check, device, share }: { readonly check: CheckId; readonly device: string; readonly share: number },
  faults: readonly T[],
  prefixOf: (fault: T) => Prefix,
): readonly T[] {
  if (faults.length <= share) return faults;
  const said = context.prefixesSaid(check, device);
  const chosen: T[] = [];
  let left = said.size;
  let free = share - left;
  for (const fault of faults) {
    // Mostly they are the first ones: what comes behind need not be looked at.
    if (left === 0 && free <= 0) break;
    const wasSaid = said.has(prefixKey(prefixOf(fault)));
    if (wasSaid) left--;
    else free--;
    if (wasSaid || free >= 0) chosen.push(fault);
  }
  return chosen;
}
