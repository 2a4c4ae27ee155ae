// `show status` (bird: nest/cmds.c cmd_show_status, nest/proto.c for the graceful-restart lines under code 0024): version,
// router id, BIRD's clock, last start and reconfiguration, and whether it waits for graceful-restart recovery and so
// announces nothing yet (RFC 4724).
import { canonicalAddress } from '../../model/address.ts';
import type { DeviceFacts, Recovery } from '../../model/collector.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { ReplyReader } from './bird-reply.ts';
import { parseServerTime } from './bird-time.ts';

/** What BIRD says of itself; times in milliseconds on BIRD's own zoneless clock (see bird-time.ts). */
export interface BirdStatus {
  readonly version: string;
  readonly routerId?: string;
  readonly serverTime?: number;
  readonly startedAt?: number;
  readonly reconfiguredAt?: number;
  readonly recovering: boolean;
  readonly recovery?: Recovery;
  /** A time was shown as a date alone. */
  readonly datesOnly?: boolean;
}

type Field = (match: RegExpExecArray, known: Partial<BirdStatus>) => Partial<BirdStatus>;

const lines: readonly (readonly [RegExp, Field])[] = [
  [/^BIRD (\S+)$/, ([, version]) => (version === undefined ? {} : { version })],
  [/^Router ID is (\S+)$/, ([, value = '']) => ({ routerId: canonicalAddress(value) ?? value })],
  [/^Current server time is (.+)$/, ([, value = '']) => timeField('serverTime', value)],
  [/^Last reboot on (.+)$/, ([, value = '']) => timeField('startedAt', value)],
  [/^Last reconfiguration on (.+)$/, ([, value = '']) => timeField('reconfiguredAt', value)],
  [/^Graceful restart recovery in progress$/, () => ({ recovering: true })],
  // BIRD 1.6 waits for protocols, BIRD 2 for channels.
  [
    /^Waiting for (\d+) (?:protocols|channels) to recover$/,
    ([, count], { recovery }) => ({ recovery: { ...recovery, waitingFor: Number(count) } }),
  ],
  [
    /^Wait timer is (\d+(?:\.\d+)?)\/(\d+)$/,
    ([, left, limit], { recovery }) => ({
      recovery: { ...recovery, remainingSeconds: Number(left), limitSeconds: Number(limit) },
    }),
  ],
];

function timeField(
  key: 'serverTime' | 'startedAt' | 'reconfiguredAt',
  value: string,
): Partial<Record<typeof key, number>> & { datesOnly?: boolean } {
  const time = parseServerTime(value);
  if (time === undefined) return {};
  return { [key]: time, ...(value.includes(':') ? {} : { datesOnly: true }) };
}

/** Reads `show status`. Throws ParseError at the end when no version was among the lines. */
export function statusReader(source: string): ReplyReader<BirdStatus> {
  let status: Partial<BirdStatus> = {};
  let last = 1;
  return {
    line({ text, number }) {
      last = number;
      for (const [pattern, read] of lines) {
        const match = pattern.exec(text.trim());
        if (match) status = { ...status, ...read(match, status) };
      }
    },
    end() {
      const { version } = status;
      if (version === undefined) throw new ParseError(source, 'no line "BIRD <version>"', last);
      return { recovering: false, ...status, version };
    },
  };
}

// Two clocks that are both UTC differ by no more than this; those of other zones by at least a quarter of an hour.
const sameClockMs = 5 * 60_000;

function timesWithin({ serverTime = 0, datesOnly }: BirdStatus, now: number): number {
  if (datesOnly) return 86_400;
  return Math.abs(now - serverTime) <= sameClockMs ? 1 : 3600;
}

/**
 * The status as facts of a device, with BIRD's times carried over to the caller's clock (`now`, in milliseconds): by how
 * long ago they are on BIRD's own clock, so that its zone does not matter.
 */
export function factsOf(status: BirdStatus, now: number): DeviceFacts {
  const { version, routerId, serverTime, startedAt, reconfiguredAt, recovering, recovery } = status;
  const epochSeconds = (time: number | undefined) =>
    time === undefined || serverTime === undefined
      ? undefined
      : Math.round((now - (serverTime - time)) / 1000);
  const started = epochSeconds(startedAt);
  const reconfigured = epochSeconds(reconfiguredAt);
  return {
    software: `BIRD ${version}`,
    ...(routerId === undefined ? {} : { routerId }),
    ...(started === undefined ? {} : { startedAt: started }),
    ...(reconfigured === undefined ? {} : { reconfiguredAt: reconfigured }),
    ...(started === undefined && reconfigured === undefined
      ? {}
      : { timesWithinSeconds: timesWithin(status, now) }),
    recovering,
    ...(recovering && recovery ? { recovery } : {}),
  };
}
