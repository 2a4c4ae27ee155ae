// A fabric that gives 100,000 series: 1,600 nodes with a session to each of two leaves, read from both ends.
import { addressBook, audit } from '../../src/audit/audit.ts';
import { families } from '../../src/metrics/families.ts';
import type { MetricOptions } from '../../src/metrics/family.ts';
import { buildView } from '../../src/metrics/view.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { failure, success } from '../../src/model/reading.ts';
import type { Session } from '../../src/model/session.ts';
import type { Device, DeviceSnapshot } from '../../src/model/snapshot.ts';

const now = Date.UTC(2026, 0, 15, 3, 0, 0);
const [nodes, rackSize] = [1600, 50];

export const options: MetricOptions = { maxMissingSeries: 100, meshDetail: false, maxAgeMs: () => 90_000 };

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const nodeAddress = (i: number) => `10.${i >> 12}.${(i >> 6) & 63}.${(i & 63) + 1}`;
const leafAddress = (i: number) => `192.0.${2 + (i >> 7)}.${(i & 127) + 1}`;
const leavesOf = (node: number) => [0, 1].map((side) => 2 * Math.floor(node / rackSize) + side);

function session(device: string, peerAddress: string, asns: readonly [number, number], at: number): Session {
  const up = { establishedSeconds: 86_400 + at, prefixesReceived: 40, prefixesAccepted: 40 };
  const own = {
    device,
    peerAddress,
    localAsn: asns[0],
    peerAsn: asns[1],
    afi: 'ipv4',
    vrf: 'default',
  } as const;
  // Every fiftieth is down.
  return at % 50 === 0
    ? { ...own, state: 'active', transitions: 3 }
    : { ...own, state: 'established', transitions: 2, prefixesAdvertised: 800, ...up };
}

const snapshot = (device: Device, sessions: readonly Session[]): DeviceSnapshot => ({
  device,
  sessions: success(now, sessions),
  routes: success(now, []),
  facts: {},
  source: device.role === 'node' ? 'bird' : 'ssh',
  collection: [],
  flaps: new Map(),
});

/** The fabric, the same at each call. */
export function largeFabric(): Fabric {
  const leaves = Math.ceil(nodes / rackSize) * 2;
  const ends = numbers(leaves).map((): Session[] => []);
  const nodeSnapshots = numbers(nodes).map((i) => {
    const name = `node-${String(i).padStart(4, '0')}.example.net`;
    const device: Device = { name, role: 'node', address: '', addresses: [nodeAddress(i)] };
    const own = leavesOf(i).map((leaf) => {
      const asn = 65_000 + leaf;
      ends[leaf]?.push(session(`leaf-${leaf}.example.net`, nodeAddress(i), [asn, 64_512], i));
      return session(name, leafAddress(leaf), [64_512, asn], i);
    });
    return snapshot(device, own);
  });
  const leafSnapshots = ends.map((own, i) => {
    const [name, address] = [`leaf-${i}.example.net`, leafAddress(i)];
    return snapshot({ name, role: 'switch', address, addresses: [address] }, own);
  });
  const devices = [...nodeSnapshots, ...leafSnapshots];
  const expected = failure<ExpectedState>(now, 'pending', 'not read yet');
  const { maxAgeMs } = options;
  return {
    at: now,
    devices,
    expected,
    deviceByAddress: addressBook(devices, undefined),
    audit: audit({ now, devices: [], expected, vantages: new Map(), maxAgeMs }),
  };
}

/** Every series as a list: name, label names, label values, value. */
export async function seriesOf(fabric: Fabric) {
  const view = await buildView(fabric, options, () => undefined);
  return families.flatMap(({ name, labels, help, collect }) =>
    [...collect(view)].map(([values, value]) => ({ name, help, labels, values, value })),
  );
}
