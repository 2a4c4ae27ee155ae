// What is concluded from tables that were read at different moments - this device has sent it, that one lacks it - may be a
// change on its way and no fault. What is new of that kind waits until everything that it rests on was read once more, which is
// asked for a second later; what was found before stands.
import type { CheckId } from '../model/finding.ts';
import { lastGood } from '../model/reading.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Context, FindingId } from './context.ts';
import type { Edge } from './holders.ts';

/** What a conclusion rests on. */
export interface Grounded {
  /** Devices whose readings are joined. */
  readonly devices: readonly string[];
  /** The objects, too: they may say in a moment why it is so. */
  readonly objects?: boolean;
  /** Readings from before this time do not count, in milliseconds since the epoch: a session had just come up. */
  readonly from?: number;
  /** Age, in seconds, of the copies that a device may answer from: until then it shows the same again. */
  readonly cacheSeconds?: number;
}

/** Why a finding waits for that, as it is shown. */
export const excuse = 'it may be a change on its way: the devices are asked once more';

export interface Wait {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Devices to be read again, and the time before which that tells nothing new. */
  readonly devices: readonly string[];
  readonly from: number;
}

/**
 * How long a change may take to get through a fabric, in milliseconds: FRR collects what it sends for a second, and agents answer
 * from copies of about that age.
 */
const spreadMs = 1000;

/** Longest wait for readings that do not come, in milliseconds. */
const mostMs = 30_000;

/** How long a session may take to bring its routes when it has come up (FRR collects them for a second), in milliseconds. */
const settleMs = 3000;

/** When what a session brings must have come: a while after its younger end came up; 0 where no end says. */
export function settledAt(context: Context, { ends }: Edge): number {
  const ages = [...ends].flatMap(([name, { establishedSeconds }]) => {
    const snapshot = context.devices.get(name);
    const at = snapshot && lastGood(snapshot.sessions)?.at;
    return at === undefined || establishedSeconds === undefined ? [] : [at - establishedSeconds * 1000];
  });
  return ages.length === 0 ? 0 : Math.max(...ages) + settleMs;
}

/** Longest wait for objects to be read again: those that are watched come at once, or were there before. */
const objectsMs = 1500;

/** When the collection began that a device's readings are of, or that failed; in milliseconds since the epoch. */
export function askedAt({ sessions, routes, source, collection }: DeviceSnapshot): number {
  const took = collection.find((stats) => stats.source === source)?.durationSeconds ?? 0;
  return Math.min(sessions.at, routes.at) - took * 1000;
}

/** Why a finding has to wait; undefined when it may be said. */
export function confirmation(
  context: Context,
  check: CheckId,
  id: FindingId,
  grounds: Grounded,
): Wait | undefined {
  const { now, isWatching } = context.input;
  if (!isWatching || context.wasFound(check, id)) return undefined;
  return waitFor(context, grounds, context.waitedSince(check, id) ?? now);
}

/**
 * Why other words for what stands have to wait, as new findings do: where a fault ends, one device is read before the other,
 * and what the two show looks like another cause. Undefined when they may be said.
 */
export function revision(
  context: Context,
  check: CheckId,
  id: FindingId,
  grounds: Grounded,
): Wait | undefined {
  const { now, isWatching } = context.input;
  if (!isWatching) return undefined;
  return waitFor(context, grounds, context.revisedSince(check, id) ?? now);
}

function waitFor(
  context: Context,
  { devices, objects, from: settled = 0, cacheSeconds = 0 }: Grounded,
  since: number,
): Wait | undefined {
  const { now, expected } = context.input;
  const copied = since + cacheSeconds * 1000;
  const until = copied + mostMs;
  if (now >= until) return undefined;
  const from = Math.max(copied + spreadMs, settled);
  const unread = [...new Set(devices)].filter((name) => {
    const snapshot = context.devices.get(name);
    return snapshot !== undefined && askedAt(snapshot) < from;
  });
  const early = objects === true && expected.at <= since && now < since + objectsMs;
  return unread.length > 0 || early ? { until, devices: unread, from } : undefined;
}
