// What fabrics for the audit are made of: addresses, sessions seen from both ends, views, and devices that were read a second
// ago. Deterministic: the same numbers give the same fabric.
import type { DeviceRole } from '../../src/model/collector.ts';
import type { Prefix } from '../../src/model/prefix.ts';
import { success } from '../../src/model/reading.ts';
import { type RouteRow, RouteTableBuilder } from '../../src/model/route-table.ts';
import type { RouteLayer, RouteView } from '../../src/model/route-view.ts';
import type { Session } from '../../src/model/session.ts';
import type { DeviceSnapshot } from '../../src/model/snapshot.ts';

/** When the audit takes place, in milliseconds since the epoch. */
export const now = 1_800_000_000_000;

export const maxAgeMs = () => 95_000;

/** The `i`th address behind `base`.0.0.0. */
export const quad = (base: number, i: number) => `${base}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

export interface Speaker {
  readonly name: string;
  readonly role: DeviceRole;
  readonly address: string;
  readonly asn: number;
}

/** The session between the two as the first one shows it. */
export function sessionAt(own: Speaker, peer: Speaker): Session {
  return {
    device: own.name,
    peerAddress: peer.address,
    localAddress: own.address,
    peerAsn: peer.asn,
    localAsn: own.asn,
    state: 'established',
    afi: 'ipv4',
    vrf: 'default',
    // As BIRD names it for Calico; switches have no names.
    ...(own.role === 'node' && { name: `Node_${peer.address.replaceAll('.', '_')}`, kind: 'node' as const }),
    establishedSeconds: 86_400,
  };
}

/** A row that came by BGP, of the routing table. */
export function learnt(prefix: Prefix, addresses: readonly string[]): RouteRow {
  const nextHops = addresses.map((address) => ({ address }));
  return { prefix, nextHops, protocol: 'bgp', best: true, vrf: 'default' };
}

/** A node's own route; as it is sent it has a next hop and no AS in its path yet. */
export function own(prefix: Prefix, sentFrom?: Speaker): RouteRow {
  const sent = sentFrom && {
    nextHops: [{ address: sentFrom.address }],
    asPath: String(sentFrom.asn),
  };
  return { prefix, nextHops: [], protocol: 'static', best: true, vrf: 'default', ...sent };
}

export function viewOf(
  layer: RouteLayer,
  rows: Iterable<RouteRow>,
  ranges: readonly Prefix[],
  peer?: string,
): RouteView {
  const table = new RouteTableBuilder();
  for (const row of rows) table.add(row);
  return {
    layer,
    vrf: 'default',
    table: table.build(),
    scopes: [{ kind: 'ranges', prefixes: ranges }],
    allNextHops: true,
    ...(peer !== undefined && { peer }),
  };
}

/** A device that was read in full a second ago. */
export function readDevice(
  { name, role, address, asn }: Speaker,
  sessions: readonly Session[],
  views: readonly RouteView[],
): DeviceSnapshot {
  return {
    device: { name, role, address, addresses: [address] },
    sessions: success(now - 1000, sessions),
    routes: success(now - 1000, views),
    facts: { localAsn: asn },
    source: 'bench',
    collection: [],
    flaps: new Map(),
  };
}

/** A node's own table and what it sends to each of its switches. */
export function readNode(
  node: Speaker,
  switches: readonly Speaker[],
  prefixes: readonly Prefix[],
  ranges: readonly Prefix[],
): DeviceSnapshot {
  const sent = switches.map(({ address }) =>
    viewOf(
      'exported',
      prefixes.map((prefix) => own(prefix, node)),
      ranges,
      address,
    ),
  );
  const local = viewOf(
    'local',
    prefixes.map((prefix) => own(prefix)),
    ranges,
  );
  return readDevice(
    node,
    switches.map((peer) => sessionAt(node, peer)),
    [local, ...sent],
  );
}
