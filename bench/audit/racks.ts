// The big cluster as it is read: every node with what it announces to the two leaves of its rack, every leaf with a route to
// every prefix (its own rack's by the nodes, the others by the spines), every spine by the leaves. Unless said otherwise one prefix
// in a thousand is missing at each switch.
import type { AuditInput } from '../../src/audit/audit.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { expectationMemory } from '../../src/exporter/expectation-memory.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { success } from '../../src/model/reading.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import { clusterObjects, type Size } from '../cluster.ts';
import { learnt, maxAgeMs, now, readDevice, readNode, type Speaker, sessionAt, viewOf } from './parts.ts';

interface Rack {
  readonly nodes: Speaker[];
  readonly leaves: readonly Speaker[];
}

function speakers(size: Size, expected: ExpectedState, spineCount: number) {
  const leaves = Array.from(
    { length: size.switches },
    (_, i): Speaker => ({ name: `leaf${i}`, role: 'switch', address: `192.0.2.${i + 1}`, asn: 65_000 + i }),
  );
  const racks = Array.from(
    { length: size.switches / 2 },
    (_, i): Rack => ({ nodes: [], leaves: [leaves[i], leaves[i + size.switches / 2]] as Speaker[] }),
  );
  for (const { name, asn, addresses, labels } of expected.nodes) {
    const node: Speaker = { name, role: 'node', address: addresses[0] ?? '', asn };
    racks[Number(labels?.rack?.slice(1))]?.nodes.push(node);
  }
  const spines = Array.from(
    { length: spineCount },
    (_, i): Speaker => ({ name: `spine${i}`, role: 'switch', address: `198.51.100.${i + 1}`, asn: 64_999 }),
  );
  return { racks, spines };
}

/** Nodes and prefixes of `size`, whose leaves are `spines` fewer than its switches; so many of a thousand prefixes are missing. */
export function clusterFabric(size: Size, spineCount: number, missing = 1): AuditInput {
  const leafCount = size.switches - spineCount;
  const expected = computeExpected(clusterObjects({ ...size, switches: leafCount }));
  const { racks, spines } = speakers({ ...size, switches: leafCount }, expected, spineCount);
  const { prefixes, ranges } = expected;
  const rackOf = new Map(racks.flatMap((rack) => rack.nodes.map(({ name }) => [name, rack] as const)));
  const addressOf = new Map(racks.flatMap(({ nodes }) => nodes.map(({ name, address }) => [name, address])));
  // Of each prefix the racks from which it comes, once for all switches.
  const homes = prefixes.map(({ origins }) => new Set(origins.flatMap((name) => rackOf.get(name) ?? [])));

  /** `place` moves what is missing from switch to switch. */
  function* rows(place: number, hops: (i: number) => readonly string[]): Generator<RouteRow> {
    for (const [i, { prefix }] of prefixes.entries())
      if ((i + place * 7 + 997) % 1000 >= missing) yield learnt(prefix, hops(i));
  }

  const upward = spines.map(({ address }) => address);
  const switches = racks.flatMap((rack, r) =>
    rack.leaves.map((leaf, side) => {
      const inRack = (i: number) =>
        (prefixes[i]?.origins ?? []).flatMap((name) =>
          rackOf.get(name) === rack ? (addressOf.get(name) ?? []) : [],
        );
      const hops = (i: number) => (homes[i]?.has(rack) ? inRack(i) : upward);
      const sessions = [...rack.nodes, ...spines].map((peer) => sessionAt(leaf, peer));
      return readDevice(leaf, sessions, [viewOf('installed', rows(2 * r + side, hops), ranges)]);
    }),
  );
  const leafAddresses = racks.map(({ leaves }) => leaves.map(({ address }) => address));
  const every = racks.flatMap((_, r) => leafAddresses[r] ?? []);
  const downward = homes.map((home) =>
    home.size < racks.length / 2
      ? (racks.flatMap((rack, r) => (home.has(rack) ? (leafAddresses[r] ?? []) : [])) as readonly string[])
      : every,
  );
  const above = spines.map((spine, s) => {
    const sessions = racks.flatMap(({ leaves }) => leaves.map((leaf) => sessionAt(spine, leaf)));
    const view = viewOf(
      'installed',
      rows(3 * s + 1, (i) => downward[i] ?? []),
      ranges,
    );
    return readDevice(spine, sessions, [view]);
  });

  const owned = new Map<string, (typeof prefixes)[number]['prefix'][]>();
  for (const { prefix, origins } of prefixes)
    for (const name of origins) {
      const list = owned.get(name);
      if (list) list.push(prefix);
      else owned.set(name, [prefix]);
    }
  const nodes = racks.flatMap((rack): DeviceSnapshot[] =>
    rack.nodes.map((node) => readNode(node, rack.leaves, owned.get(node.name) ?? [], ranges)),
  );
  const devices = [...switches, ...above, ...nodes];
  const memory = expectationMemory([]);
  memory.see(expected, now);
  return {
    now,
    devices,
    expected: success(now - 500, expected),
    vantages: memory.vantages(devices.map(({ device }) => device)),
    maxAgeMs,
    expectedSince: memory.expectedSince,
    expectedUntil: memory.expectedUntil,
    isWatching: true,
  };
}
