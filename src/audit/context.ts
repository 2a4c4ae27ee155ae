// What every check looks at: the readings that are fresh enough to judge by, who is behind which BGP address, and which
// prefixes each device should carry. Built once per audit; pure.
import { canonicalAddress } from '../model/address.ts';
import type {
  ExpectedNode,
  ExpectedPrefix,
  ExpectedSession,
  ExpectedState,
  Vantage,
} from '../model/expectation.ts';
import type { CheckId, Finding, Silence } from '../model/finding.ts';
import type { Prefix, PrefixKey } from '../model/prefix.ts';
import { lastGood, type Reading } from '../model/reading.ts';
import type { RouteView } from '../model/route-view.ts';
import type { Session } from '../model/session.ts';
import { clusterVrf, type Device, type DeviceSnapshot } from '../model/snapshot.ts';
import type { Draft } from './check.ts';
import { type Pairing, pairSessions } from './pairing.ts';

export interface AuditInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly devices: readonly DeviceSnapshot[];
  /** Devices that another shard asks: known by name and address, and no gap in the watch. */
  readonly elsewhere?: readonly Device[];
  readonly expected: Reading<ExpectedState>;
  /** What each switch should carry, by device name (expected/vantage). */
  readonly vantages: ReadonlyMap<string, Vantage>;
  /** Oldest reading of a device, in milliseconds, by which it may still be judged. */
  readonly maxAgeMs: (device: string) => number;
  /** Since when a prefix has been expected, where that began while we watched: a new block needs time to spread. */
  readonly expectedSince?: (prefix: Prefix) => number | undefined;
  /** Since when a prefix is no longer expected, where that was a moment ago and while we watched. */
  readonly expectedUntil?: (prefix: Prefix) => number | undefined;
  /** Since when a node belongs to the cluster, where that began while we watched. */
  readonly nodeSince?: (name: string) => number | undefined;
  /** Silences of the configuration, with selectors resolved; those of Nodes come with the expectation. */
  readonly silences?: readonly Silence[];
  /** Whether some device would carry this prefix if it were announced (expected.rules); all, unless given. */
  readonly isCarried?: (prefix: ExpectedPrefix) => boolean;
  /** Devices are read again and again: what two readings of different moments contradict each other in can wait. */
  readonly isWatching?: boolean;
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
  /** Names of all switches, those that other shards ask included. */
  readonly switches: ReadonlySet<string>;
  /** The cluster's nodes by name, as the objects have them. */
  readonly nodes: ReadonlyMap<string, ExpectedNode>;
  readonly expectedByNode: ReadonlyMap<string, readonly ExpectedSession[]>;
  sessions(device: DeviceSnapshot): Known<readonly Session[]>;
  /** Tables of the VRF that carries the cluster's routes, no others. */
  routes(device: DeviceSnapshot): Known<readonly RouteView[]>;
  /** Expected sessions whose peer address is this device's. */
  expectedTowards(device: string): readonly ExpectedSession[];
  carries(device: string): readonly ExpectedPrefix[];
  /** True when the audit before found this, too. */
  wasFound(check: CheckId, draft: FindingId): boolean;
  /** What the audit before found of it, in its words; undefined when it did not. */
  standing(check: CheckId, draft: FindingId): Draft | undefined;
  /** Since when what stands would be said in other words, which wait, in milliseconds since the epoch. */
  revisedSince(check: CheckId, draft: FindingId): number | undefined;
  /** Since when the audit before let this wait, in milliseconds since the epoch; undefined when it did not. */
  waitedSince(check: CheckId, draft: FindingId): number | undefined;
  /** Prefixes of which the audit before said this at a device, be it that they wait or are silenced. */
  prefixesSaid(check: CheckId, device: string): ReadonlySet<PrefixKey>;
  /** What a node should have against what its BIRD has; undefined where either is not known. */
  pairing(device: DeviceSnapshot): Pairing | undefined;
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** How far ahead of the clock a reading's time may be, in milliseconds. */
const futureMs = 5000;

/** The value of a reading unless it is older than `maxAgeMs`; a failed one counts by its last good value. */
export function fresh<T>(reading: Reading<T>, now: number, maxAgeMs: number): Known<T> {
  const good = lastGood(reading);
  // A reading from the future says that the clock was set back: its age is not known.
  if (good && now - good.at < -futureMs)
    return { known: false, reason: 'the clock was set back since the last reading' };
  if (good && now - good.at <= maxAgeMs) return { known: true, value: good.value };
  if (!reading.ok) return { known: false, reason: reading.error.message };
  return { known: false, reason: `the last reading is ${seconds(now - reading.at)} old` };
}

/** The tables of one VRF: most devices have no others. */
function ofVrf(routes: Known<readonly RouteView[]>, vrf: string): Known<readonly RouteView[]> {
  if (!routes.known || routes.value.every((view) => view.vrf === vrf)) return routes;
  return { known: true, value: routes.value.filter((view) => view.vrf === vrf) };
}

/** Who is behind each address: configured addresses first, then nodes' own, then what sessions show as local. */
export function addressBook(
  devices: readonly DeviceSnapshot[],
  expected: ExpectedState | undefined,
  elsewhere: readonly Device[] = [],
): Map<string, string> {
  const book = new Map<string, string>();
  const add = (address: string, device: string) => {
    const canonical = canonicalAddress(address);
    // A link-local address (RFC 4291 section 2.5.6) is another device's on every link.
    if (canonical && !/^fe[89ab]/.test(canonical) && !book.has(canonical)) book.set(canonical, device);
  };
  for (const { device } of devices) for (const address of device.addresses) add(address, device.name);
  for (const device of elsewhere) for (const address of device.addresses) add(address, device.name);
  for (const node of expected?.nodes ?? []) for (const address of node.addresses) add(address, node.name);
  // Learnt addresses come last, and one that two devices show is nobody's: anycast, or two fabrics' own numbering.
  const learnt = new Map<string, string | null>();
  for (const { device, sessions } of devices) {
    for (const { localAddress } of lastGood(sessions)?.value ?? []) {
      if (!localAddress || book.has(localAddress)) continue;
      const other = learnt.get(localAddress);
      learnt.set(localAddress, other === undefined || other === device.name ? device.name : null);
    }
  }
  for (const [address, device] of learnt) if (device !== null) add(address, device);
  return book;
}

/** What tells one finding from another, without its check. */
export type FindingId = Pick<Finding, 'device' | 'subject' | 'vrf' | 'ends'>;

/** What the audit before said. */
export type Before = Pick<Context, 'wasFound' | 'standing' | 'revisedSince' | 'waitedSince' | 'prefixesSaid'>;

const nothingBefore: Before = {
  wasFound: () => false,
  standing: () => undefined,
  revisedSince: () => undefined,
  waitedSince: () => undefined,
  prefixesSaid: () => new Set(),
};

/** Asked hundreds of thousands of times in an audit: each device's readings are looked at once. */
function perSnapshot<T>(make: (snapshot: DeviceSnapshot) => T): (snapshot: DeviceSnapshot) => T {
  const made = new Map<DeviceSnapshot, T>();
  return (snapshot) => {
    let known = made.get(snapshot);
    if (known === undefined) {
      known = make(snapshot);
      made.set(snapshot, known);
    }
    return known;
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

// Out here, since a function that is made inside holds everything around it, for as long as audits take it over.
const lookIn =
  <T>(groups: ReadonlyMap<string, readonly T[]>) =>
  (key: string): readonly T[] =>
    groups.get(key) ?? [];

const localAddresses = (reading: Reading<readonly Session[]>) => lastGood(reading)?.value ?? [];

/** True where the address book of an audit before holds: the same addresses of the same devices and nodes. */
function sameBook(
  book: Context,
  { devices, elsewhere = [] }: AuditInput,
  expected: ExpectedState | undefined,
) {
  const known = book.input.elsewhere ?? [];
  return (
    book.expected?.nodes === expected?.nodes &&
    book.expected?.sessions === expected?.sessions &&
    known.length === elsewhere.length &&
    known.every((device, i) => device === elsewhere[i]) &&
    book.input.devices.length === devices.length &&
    book.input.devices.every((old, i) => {
      const { device, sessions } = devices[i] as DeviceSnapshot;
      const [x, y] = [localAddresses(old.sessions), localAddresses(sessions)];
      if (old.device !== device) return false;
      return x === y || (x.length === y.length && x.every((s, n) => s.localAddress === y[n]?.localAddress));
    })
  );
}

/** Builds what checks look at; of the audit before (`like`) it takes what has not changed. */
export function buildContext(input: AuditInput, before: Before = nothingBefore, like?: Context): Context {
  const { now, devices, maxAgeMs } = input;
  const expected = lastGood(input.expected)?.value;
  const sessions = perSnapshot(({ device, sessions: reading }) => fresh(reading, now, maxAgeMs(device.name)));
  const known = like && sameBook(like, input, expected) ? like : undefined;
  const nodes = known?.nodes ?? new Map(expected?.nodes.map((node) => [node.name, node]));
  const expectedByNode = known?.expectedByNode ?? grouped(expected?.sessions ?? [], ({ node }) => node);
  const deviceByAddress = known?.deviceByAddress ?? addressBook(devices, expected, input.elsewhere);
  const towards = known
    ? new Map<string, ExpectedSession[]>()
    : grouped(expected?.sessions ?? [], ({ peerAddress }) => deviceByAddress.get(peerAddress));
  const pairings = new Map<string, Pairing>();
  return {
    input,
    expected,
    nodes,
    expectedByNode,
    deviceByAddress,
    devices: new Map(devices.map((snapshot) => [snapshot.device.name, snapshot])),
    switches: new Set(
      [...devices.map(({ device }) => device), ...(input.elsewhere ?? [])]
        .filter(({ role }) => role === 'switch')
        .map(({ name }) => name),
    ),
    sessions,
    ...before,
    pairing(snapshot) {
      const { name, role } = snapshot.device;
      const actual = sessions(snapshot);
      if (role !== 'node' || !actual.known || !nodes.has(name)) return undefined;
      const known =
        pairings.get(name) ??
        pairSessions(expectedByNode.get(name) ?? [], actual.value, expected?.meshUnlisted);
      pairings.set(name, known);
      return known;
    },
    routes: perSnapshot(({ device, routes }) =>
      ofVrf(fresh(routes, now, maxAgeMs(device.name)), clusterVrf(device)),
    ),
    expectedTowards: known?.expectedTowards ?? lookIn(towards),
    carries: (device) => input.vantages.get(device)?.prefixes ?? [],
  };
}
