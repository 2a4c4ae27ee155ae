// What every check looks at: the readings that are fresh enough to judge by, who is behind which BGP address, and which
// prefixes each device should carry. Built once per audit; pure.
import { canonicalAddress } from '../model/address.ts';
import type { ExpectedPrefix, ExpectedSession, ExpectedState, Vantage } from '../model/expectation.ts';
import { lastGood, type Reading } from '../model/reading.ts';
import type { RouteView } from '../model/route-view.ts';
import type { Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';

export interface AuditInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly devices: readonly DeviceSnapshot[];
  readonly expected: Reading<ExpectedState>;
  /** What each switch should carry, by device name (expected/vantage). */
  readonly vantages: ReadonlyMap<string, Vantage>;
  /** Oldest reading of a device, in milliseconds, by which it may still be judged. */
  readonly maxAgeMs: (device: string) => number;
}

/** A value to judge by, or why there is none. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: string };

export interface Context {
  readonly input: AuditInput;
  /** The newest expectation there is, old or not; undefined when objects were never read. */
  readonly expected: ExpectedState | undefined;
  /** Canonical BGP address -> device name. */
  readonly deviceByAddress: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, DeviceSnapshot>;
  readonly expectedByNode: ReadonlyMap<string, readonly ExpectedSession[]>;
  sessions(device: DeviceSnapshot): Known<readonly Session[]>;
  routes(device: DeviceSnapshot): Known<readonly RouteView[]>;
  carries(device: string): readonly ExpectedPrefix[];
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** The value of a reading unless it is older than `maxAgeMs`; a failed one counts by its last good value. */
export function fresh<T>(reading: Reading<T>, now: number, maxAgeMs: number): Known<T> {
  const good = lastGood(reading);
  if (good && now - good.at <= maxAgeMs) return { known: true, value: good.value };
  if (!reading.ok) return { known: false, reason: reading.error.message };
  return { known: false, reason: `the last reading is ${seconds(now - reading.at)} old` };
}

/** Who is behind each address: configured addresses first, then nodes' own, then what sessions show as local. */
export function addressBook(
  devices: readonly DeviceSnapshot[],
  expected: ExpectedState | undefined,
): Map<string, string> {
  const book = new Map<string, string>();
  const add = (address: string, device: string) => {
    const canonical = canonicalAddress(address);
    if (canonical && !book.has(canonical)) book.set(canonical, device);
  };
  for (const { device } of devices) for (const address of device.addresses) add(address, device.name);
  for (const node of expected?.nodes ?? []) for (const address of node.addresses) add(address, node.name);
  for (const { device, sessions } of devices) {
    for (const session of lastGood(sessions)?.value ?? []) {
      if (session.localAddress) add(session.localAddress, device.name);
    }
  }
  return book;
}

export function buildContext(input: AuditInput): Context {
  const { now, devices, maxAgeMs } = input;
  const expected = lastGood(input.expected)?.value;
  const expectedByNode = new Map<string, ExpectedSession[]>();
  for (const session of expected?.sessions ?? []) {
    const list = expectedByNode.get(session.node);
    if (list) list.push(session);
    else expectedByNode.set(session.node, [session]);
  }
  return {
    input,
    expected,
    expectedByNode,
    deviceByAddress: addressBook(devices, expected),
    devices: new Map(devices.map((snapshot) => [snapshot.device.name, snapshot])),
    sessions: ({ device, sessions }) => fresh(sessions, now, maxAgeMs(device.name)),
    routes: ({ device, routes }) => fresh(routes, now, maxAgeMs(device.name)),
    carries: (device) => input.vantages.get(device)?.prefixes ?? [],
  };
}
