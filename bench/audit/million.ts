// Four switches that should carry the same prefixes each, of a thousand nodes that speak with all four and are read, too.
// One prefix in a hundred is missing at each switch, and one in a hundred leads to a node that does not have it.
import type { AuditInput } from '../../src/audit/audit.ts';
import { expectationMemory } from '../../src/exporter/expectation-memory.ts';
import type { ExpectedPrefix, ExpectedState } from '../../src/model/expectation.ts';
import { type Prefix, parsePrefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import type { RouteRow } from '../../src/model/route-table.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';
import {
  learnt,
  maxAgeMs,
  now,
  quad,
  readDevice,
  readNode,
  type Speaker,
  sessionAt,
  viewOf,
} from './parts.ts';

const nodes = Array.from(
  { length: 1000 },
  (_, i): Speaker => ({
    name: `node${String(i).padStart(4, '0')}`,
    role: 'node',
    address: quad(172, 256 + i),
    asn: 64_512,
  }),
);
const switches = [1, 2, 3, 4].map(
  (i): Speaker => ({ name: `leaf0${i}`, role: 'switch', address: `192.0.2.${i}`, asn: 65_000 + i }),
);
const ranges = [parsePrefix('10.0.0.0/8')];

/** The blocks of 10.0.0.0/8, 16 addresses each: the `i`th of them. */
const block = (i: number): Prefix => ({ family: 4, a: 0x0a000000 + i * 16, b: 0, c: 0, d: 0, length: 28 });

const ownerOf = (i: number) => nodes[i % nodes.length] as Speaker;

function expectedPrefix(i: number, owner = ownerOf(i)): ExpectedPrefix {
  return {
    prefix: block(i),
    kind: 'block',
    origins: [owner.name],
    because: 'BlockAffinity, confirmed',
  };
}

function expectedState(count: number): ExpectedState {
  return {
    nodes: nodes.map(({ name, asn, address }) => ({ name, asn, addresses: [address] })),
    sessions: nodes.flatMap((node) =>
      switches.map((peer) => ({
        node: node.name,
        name: `Node_${peer.address.replaceAll('.', '_')}`,
        peerAddress: peer.address,
        peerAsn: peer.asn,
        localAsn: node.asn,
        afi: 'ipv4' as const,
        kind: 'node' as const,
        passive: false,
        rrClient: false,
        nextHopKeep: false,
        sourceAddress: node.address,
        because: `BGPPeer ${peer.name}`,
      })),
    ),
    prefixes: Array.from({ length: count }, (_, i) => expectedPrefix(i)),
    ranges,
    problems: [],
  };
}

/** What a switch has of the prefixes; another number of changes moves other prefixes to other next hops. */
function* rowsAt(place: number, count: number, changes: number): Generator<RouteRow> {
  for (let i = 0; i < count; i++) {
    const fate = (i + place * 25) % 100;
    if (fate === 7) continue;
    const astray = fate === 13 || (changes > 0 && i < changes * 50 && i % 50 === 1);
    yield learnt(block(i), [(astray ? ownerOf(i + 1) : ownerOf(i)).address]);
  }
}

function readSwitch(place: number, count: number, changes = 0): DeviceSnapshot {
  const speaker = switches[place] as Speaker;
  const sessions = nodes.map((node) => sessionAt(speaker, node));
  return readDevice(speaker, sessions, [viewOf('installed', rowsAt(place, count, changes), ranges)]);
}

function readNodes(count: number): DeviceSnapshot[] {
  const owned = nodes.map((): Prefix[] => []);
  for (let i = 0; i < count; i++) owned[i % nodes.length]?.push(block(i));
  return nodes.map((node, i) => readNode(node, switches, owned[i] ?? [], ranges));
}

export interface Million {
  readonly input: AuditInput;
  /** The input after `changes` blocks have been given to other nodes in the objects, or taken back. */
  expecting(changes: number): AuditInput;
  /** The input after one switch has been read again and shows other next hops for `changes` prefixes. */
  observing(changes: number): AuditInput;
}

/** `count` prefixes at each of four switches. */
export function million(count: number): Million {
  const state = expectedState(count);
  const memory = expectationMemory([]);
  const { expectedSince, expectedUntil } = memory;
  const given = (expected: ExpectedState, devices: readonly DeviceSnapshot[]): AuditInput => {
    memory.see(expected, now);
    const all = devices.map(({ device }) => device);
    return {
      now,
      devices,
      expected: success(now - 500, expected),
      vantages: new Map(memory.vantages(all)),
      maxAgeMs,
      expectedSince,
      expectedUntil,
      isWatching: true,
    };
  };
  const devices = [...switches.map((_, place) => readSwitch(place, count)), ...readNodes(count)];
  return {
    input: given(state, devices),
    expecting(changes) {
      const prefixes = [...state.prefixes];
      const apart = Math.floor(count / changes);
      for (let n = 0; n < changes; n++)
        prefixes[n * apart] = expectedPrefix(n * apart, ownerOf(n * apart + 500));
      return given({ ...state, prefixes }, devices);
    },
    observing: (changes) => given(state, devices.with(0, readSwitch(0, count, changes))),
  };
}
