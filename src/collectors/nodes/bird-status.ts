// `show status` (bird: nest/cmds.c cmd_show_status, nest/proto.c for the graceful-restart lines under code 0024): version,
// router id, BIRD's clock, last start and reconfiguration, and whether it waits for graceful-restart recovery and so
// announces nothing yet (RFC 4724).
import { canonicalAddress } from '../../model/address.ts';
import type { DeviceFacts } from '../../model/collector.ts';
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
}

type Field = (text: string, value: string) => Partial<BirdStatus>;

const lines: readonly (readonly [RegExp, Field])[] = [
  [/^BIRD (\S+)$/, (_, version) => ({ version })],
  [/^Router ID is (\S+)$/, (_, value) => ({ routerId: canonicalAddress(value) ?? value })],
  [/^Current server time is (.+)$/, (_, value) => timeField('serverTime', value)],
  [/^Last reboot on (.+)$/, (_, value) => timeField('startedAt', value)],
  [/^Last reconfiguration on (.+)$/, (_, value) => timeField('reconfiguredAt', value)],
  [/^Graceful restart recovery in progress$/, () => ({ recovering: true })],
];

function timeField(
  key: 'serverTime' | 'startedAt' | 'reconfiguredAt',
  value: string,
): Partial<Record<typeof key, number>> {
  const time = parseServerTime(value);
  return time === undefined ? {} : { [key]: time };
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
        if (match) status = { ...status, ...read(text, match[1] ?? '') };
      }
    },
    end() {
      const { version } = status;
      if (version === undefined) throw new ParseError(source, 'no line "BIRD <version>"', last);
      return { recovering: false, ...status, version };
    },
  };
}

/** The status as facts of a device, with BIRD's times carried over to the caller's clock (`now`, in milliseconds). */
export function factsOf(status: BirdStatus, now: number): DeviceFacts {
  const { version, routerId, serverTime, startedAt, reconfiguredAt, recovering } = status;
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
    recovering,
  };
}
