// A CalicoNodeStatus object as sessions and routes (calico: api/pkg/apis/projectcalico/v3/nodestatus.go,
// node/pkg/status/populators): the same JSON in both API groups. Sessions have no names, AS numbers or counts; a route's
// peer is taken from BIRD's name for the session, port and all. Pure; everything else about these objects is in
// node-status.ts.
import { canonicalAddress } from '../../model/address.ts';
import type { CollectQuery, DeviceFacts } from '../../model/collector.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { contains, type Prefix, prefixKey, tryParsePrefix } from '../../model/prefix.ts';
import { type RouteProtocol, type RouteRow, RouteTableBuilder } from '../../model/route-table.ts';
import type { RouteScope, RouteView } from '../../model/route-view.ts';
import type { Afi, BgpState, Session, SessionKind } from '../../model/session.ts';

export type StatusClass = 'Agent' | 'BGP' | 'Routes';

type Json = Readonly<Record<string, unknown>>;

/** One object, as far as it is used. */
export interface NodeStatusObject {
  readonly name: string;
  readonly node: string;
  readonly classes: readonly string[];
  readonly periodSeconds: number;
  /** As calico-node wrote it; undefined while it never has. */
  readonly lastUpdated: string | undefined;
  readonly createdAt: number | undefined;
  readonly status: Json;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The object, or undefined for something that is none. */
export function nodeStatusObject(item: unknown): NodeStatusObject | undefined {
  const { metadata, spec, status } = objectOf(item);
  const { node, classes, updatePeriodSeconds } = objectOf(spec);
  const { name, creationTimestamp } = objectOf(metadata);
  if (typeof name !== 'string' || typeof node !== 'string') return undefined;
  const period = Number(updatePeriodSeconds ?? 0);
  const created = Date.parse(textOf(creationTimestamp));
  return {
    name,
    node,
    classes: Array.isArray(classes) ? classes.map(String) : [],
    periodSeconds: Number.isFinite(period) && period > 0 ? Math.min(period, 86_400) : 0,
    lastUpdated: textOf(objectOf(status).lastUpdated) || undefined,
    createdAt: Number.isNaN(created) ? undefined : created,
    status: objectOf(status),
  };
}

const states: Readonly<Record<string, BgpState>> = {
  Idle: 'idle',
  Connect: 'connect',
  Active: 'active',
  OpenSent: 'opensent',
  OpenConfirm: 'openconfirm',
  Established: 'established',
  Close: 'idle',
  // BIRD's own Passive and Down have no place in the API and are left out.
  '': 'idle',
};

const peerKinds: Readonly<Record<string, SessionKind>> = {
  NodeMesh: 'mesh',
  NodePeer: 'node',
  GlobalPeer: 'global',
};

/** Most rows of one list: what a node of a big cluster has, many times over. */
const mostRows = 1_000_000;

function listAt(from: Json, key: string, where: string): readonly Json[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new ParseError(where, `${key} is no list`);
  if (value.length > mostRows) throw new ParseError(where, `${key} has more than ${mostRows} entries`);
  return value.map(objectOf);
}

/** `10.0.0.1.port.179` and `fd80::2:port:179` stand for sessions with a port of their own. */
export function statusPeerAddress(text: string): string | undefined {
  return canonicalAddress(text.replace(/[.:_]port[.:_]\d{1,5}$/, ''));
}

function sessionOf(peer: Json, device: string, afi: Afi, where: string): Session {
  const address = statusPeerAddress(textOf(peer.peerIP));
  if (address === undefined)
    throw new ParseError(where, `${snippet(textOf(peer.peerIP))} is no address of a peer`);
  const kind = peerKinds[textOf(peer.type)];
  return {
    device,
    peerAddress: address,
    peerAsn: null,
    localAsn: null,
    state: states[textOf(peer.state)] ?? null,
    afi,
    vrf: 'default',
    ...(kind && { kind }),
  };
}

/** The sessions of both daemons. Throws ParseError. */
export function sessionsOfStatus(object: NodeStatusObject, device: string): Session[] {
  const where = `CalicoNodeStatus ${object.name}`;
  const bgp = objectOf(object.status.bgp);
  const list = (key: string, afi: Afi) =>
    listAt(bgp, key, where).map((peer) => sessionOf(peer, device, afi, where));
  return [...list('peersV4', 'ipv4'), ...list('peersV6', 'ipv6')];
}

const protocols: Readonly<Record<string, RouteProtocol>> = {
  Kernel: 'kernel',
  Static: 'static',
  Direct: 'connected',
  NodeMesh: 'bgp',
  BGPPeer: 'bgp',
};

const discards = ['blackhole', 'unreachable', 'prohibited', 'prohibit'];

function rowOf(route: Json, prefix: Prefix, where: string): RouteRow {
  const [gateway, iface] = [textOf(route.gateway), textOf(route.interface)];
  const learned = objectOf(route.learnedFrom);
  const protocol = protocols[textOf(learned.sourceType)] ?? 'other';
  const discard = discards.includes(iface);
  const address = canonicalAddress(gateway);
  if (address === undefined && gateway !== '' && gateway !== 'N/A')
    throw new ParseError(where, `the gateway ${snippet(gateway)} is no address`);
  const from = protocol === 'bgp' ? (statusPeerAddress(textOf(learned.peerIP)) ?? address) : undefined;
  const hop = { ...(address && { address }), ...(iface !== '' && iface !== 'N/A' && { interface: iface }) };
  return {
    prefix,
    nextHops: discard || Object.keys(hop).length === 0 ? [] : [hop],
    protocol,
    // "FIB" is the route that BIRD prefers, not one that the kernel has.
    best: textOf(route.type) === 'FIB',
    vrf: 'default',
    ...(discard && protocol === 'bgp' ? { unusable: true } : {}),
    ...(discard ? { discard: true } : {}),
    ...(from === undefined ? {} : { from }),
  };
}

/** The routes in question of both daemons' tables. Throws ParseError. */
export function routesOfStatus(object: NodeStatusObject, query: CollectQuery): RouteView[] {
  if (query.prefixes.length + query.ranges.length === 0) return [];
  const where = `CalicoNodeStatus ${object.name}`;
  const routes = objectOf(object.status.routes);
  const exact = new Set(query.prefixes.map(prefixKey));
  const table = new RouteTableBuilder();
  for (const key of ['routesV4', 'routesV6']) {
    for (const route of listAt(routes, key, where)) {
      const text = textOf(route.destination);
      const prefix = tryParsePrefix(text);
      if (!prefix) throw new ParseError(where, `the destination ${snippet(text)} is no prefix`);
      if (exact.has(prefixKey(prefix)) || query.ranges.some((range) => contains(range, prefix)))
        table.add(rowOf(route, prefix, where));
    }
  }
  const scopes: RouteScope[] = [
    { kind: 'ranges', prefixes: query.ranges },
    { kind: 'exact', prefixes: query.prefixes },
  ];
  return [
    {
      layer: 'local',
      vrf: 'default',
      table: table.build(),
      scopes: scopes.filter(({ prefixes }) => prefixes.length > 0),
      allNextHops: false,
    },
  ];
}

/** What the class Agent says of the IPv4 daemon, else of the IPv6 one. Its times have no zone: they are left out. */
export function factsOfStatus({ status }: NodeStatusObject): DeviceFacts & { readonly notReady?: string } {
  const agent = objectOf(status.agent);
  const [v4, v6] = [objectOf(agent.birdV4), objectOf(agent.birdV6)];
  const { version, routerID } = v4.version ? v4 : v6;
  const routerId = canonicalAddress(textOf(routerID));
  const down = [...(v4.state === 'NotReady' ? ['IPv4'] : []), ...(v6.state === 'NotReady' ? ['IPv6'] : [])];
  return {
    ...(textOf(version) !== '' && { software: `BIRD ${textOf(version).slice(0, 100)}` }),
    ...(routerId !== undefined && { routerId }),
    ...(down.length > 0 && {
      notReady: `calico-node says that its BIRD of ${down.join(' and ')} is not ready`,
    }),
  };
}
