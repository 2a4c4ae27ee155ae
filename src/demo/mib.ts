// The objects that a demo switch shows over SNMP, in lexicographic order: system group (RFC 3418), ifName (RFC 2863),
// BGP4-MIB with its path table (RFC 4273), inetCidrRouteTable (RFC 4292) and ipCidrRouteTable (RFC 2096), one row for
// each next hop. Values are BER already; what they tell comes from the same view as the FRR answers.
import { addressBytes, parseAddress } from '../model/address.ts';
import { parsePrefix } from '../model/prefix.ts';
import { bgpStates } from '../model/session.ts';
import { element, integer, objectId, tag } from './ber.ts';
import { localPref, type Path } from './fabric.ts';
import type { SessionEnd } from './sessions.ts';
import { type InstalledRoute, installedRoutes, type SwitchView, sessionCounters } from './switch-view.ts';

export interface MibObject {
  readonly oid: readonly number[];
  /** The value as a BER element. */
  readonly value: Buffer;
}

const bytesOf = (address: string): number[] => {
  const parsed = parseAddress(address);
  return parsed ? addressBytes(parsed) : [0, 0, 0, 0];
};

const text = (value: string) => element(tag.octets, Buffer.from(value));
const ipAddress = (address: string) => element(tag.ipAddress, Buffer.from(bytesOf(address)));
const counter = (value: number) => integer(value, tag.counter32);
const gauge = (value: number) => integer(value, tag.gauge32);

/** Lexicographic order of object identifiers. */
export function compareOids(x: readonly number[], y: readonly number[]): number {
  const shared = Math.min(x.length, y.length);
  for (let i = 0; i < shared; i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

const mib2 = [1, 3, 6, 1, 2, 1];
/** SNMPv2-SMI zeroDotZero: a maker without a registered number, which this is. */
const zeroDotZero = [0, 0];

/** Columns of one row: number and value. */
type Row = readonly (readonly [column: number, value: Buffer])[];

const rowObjects = (entry: readonly number[], index: readonly number[], row: Row): MibObject[] =>
  row.map(([column, value]) => ({ oid: [...entry, column, ...index], value }));

function systemObjects(view: SwitchView): MibObject[] {
  const { device } = view.state;
  const group = [...mib2, 1];
  const ticks = Math.floor((view.now - view.bootedAt) / 10) % 2 ** 32;
  const objects: MibObject[] = [
    { oid: [...group, 1, 0], value: text(`calico-bgp-exporter demo fabric, switch ${device.name}`) },
    { oid: [...group, 2, 0], value: objectId(zeroDotZero) },
    { oid: [...group, 3, 0], value: integer(ticks, tag.timeTicks) },
    { oid: [...group, 5, 0], value: text(device.name) },
  ];
  const names = device.interfaces.map(({ name }, i): MibObject => {
    return { oid: [...mib2, 31, 1, 1, 1, 1, i + 2], value: text(name) };
  });
  return [...objects, ...names];
}

function peerRow(view: SwitchView, end: SessionEnd): Row {
  const counters = sessionCounters(view, end);
  const up = end.state === 'established';
  const { code, subcode } = end.error ?? { code: 0, subcode: 0 };
  return [
    [1, ipAddress(up ? end.peerRouterId : '0.0.0.0')],
    [2, integer(bgpStates.indexOf(end.state) + 1)],
    [3, integer(end.adminDown ? 1 : 2)],
    [4, integer(up ? 4 : 0)],
    [5, ipAddress(up ? end.localAddress : '0.0.0.0')],
    [6, integer(up ? 179 : 0)],
    [7, ipAddress(end.peerAddress)],
    [8, integer(up ? 40001 : 0)],
    [9, integer(end.peerAsn | 0)],
    [10, counter(counters.received)],
    [11, counter(counters.sent)],
    [12, counter(counters.messagesIn)],
    [13, counter(counters.messagesOut)],
    [14, element(tag.octets, Buffer.from([code, subcode]))],
    [15, counter(counters.transitions)],
    [16, gauge(counters.establishedSeconds)],
    [17, integer(120)],
    [18, integer(up ? 180 : 0)],
    [19, integer(up ? 60 : 0)],
    [20, integer(180)],
    [21, integer(60)],
    [22, integer(15)],
    [23, integer(30)],
    [24, gauge(counters.establishedSeconds)],
  ];
}

function pathRow(path: Path, best: boolean): Row {
  const { prefix, asPath, nextHop, from } = path;
  const [address = '', length = '0'] = prefix.split('/');
  // One AS_SEQUENCE with 2 octets an AS, as FRR writes it; AS numbers above 65535 would be AS_TRANS.
  const segment = Buffer.from([2, asPath.length, ...asPath.flatMap((asn) => [asn >> 8, asn & 255])]);
  return [
    [1, ipAddress(from?.peerAddress ?? '0.0.0.0')],
    [2, integer(Number(length))],
    [3, ipAddress(address)],
    [4, integer(1)],
    [5, element(tag.octets, segment)],
    [6, ipAddress(nextHop)],
    [7, integer(-1)],
    [8, integer(-1)],
    [9, integer(1)],
    [10, integer(0)],
    [11, ipAddress('0.0.0.0')],
    [12, integer(localPref)],
    [13, integer(best ? 2 : 1)],
    [14, element(tag.octets)],
  ];
}

function bgpObjects(view: SwitchView): MibObject[] {
  const { state } = view;
  const bgp = [...mib2, 15];
  const paths = [...state.table.values()].flatMap((each) =>
    each.flatMap((path, i) => {
      const { a, length } = parsePrefix(path.prefix);
      const prefix = [a >>> 24, (a >>> 16) & 255, (a >>> 8) & 255, a & 255, length];
      const index = [...prefix, ...bytesOf(path.from?.peerAddress ?? '0.0.0.0')];
      return rowObjects([...bgp, 6, 1], index, pathRow(path, i === 0));
    }),
  );
  return [
    { oid: [...bgp, 1, 0], value: element(tag.octets, Buffer.from([0x10])) },
    { oid: [...bgp, 2, 0], value: integer(state.asn | 0) },
    ...state.sessions.flatMap((end) =>
      rowObjects([...bgp, 3, 1], bytesOf(end.peerAddress), peerRow(view, end)),
    ),
    { oid: [...bgp, 4, 0], value: ipAddress(state.device.routerId) },
    ...paths,
  ];
}

const routeType = { connected: 3, bgp: 4 } as const;
const routeProtocol = { connected: 2, bgp: 14 } as const;

function routeObjects(view: SwitchView, route: InstalledRoute): MibObject[] {
  const [address = ''] = route.prefix.split('/');
  const { length } = parsePrefix(route.prefix);
  const mask = Buffer.alloc(4);
  mask.writeUInt32BE(length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);
  const age = Math.max(0, Math.floor((view.now - route.since) / 1000));
  const proto = integer(routeProtocol[route.protocol]);
  const type = integer(routeType[route.protocol]);
  const metrics = (first: number): Row => [0, 1, 2, 3, 4].map((i) => [first + i, integer(-1)] as const);
  return route.hops.flatMap((hop) => {
    const gateway = hop.address ?? '0.0.0.0';
    const inetIndex = [1, 4, ...bytesOf(address), length, 2, 0, 0, 1, 4, ...bytesOf(gateway)];
    const inetRow: Row = [
      [7, integer(hop.index)],
      [8, type],
      [9, proto],
      [10, gauge(age)],
      [11, gauge(route.nextHopAsn)],
      ...metrics(12),
      [17, integer(1)],
    ];
    const ipRow: Row = [
      [1, ipAddress(address)],
      [2, element(tag.ipAddress, mask)],
      [3, integer(0)],
      [4, ipAddress(gateway)],
      [5, integer(hop.index)],
      [6, type],
      [7, proto],
      [8, integer(age)],
      [9, objectId([0, 0])],
      [10, integer(route.nextHopAsn | 0)],
      ...metrics(11),
      [16, integer(1)],
    ];
    const ipIndex = [...bytesOf(address), ...mask, 0, ...bytesOf(gateway)];
    return [
      ...rowObjects([...mib2, 4, 24, 7, 1], inetIndex, inetRow),
      ...rowObjects([...mib2, 4, 24, 4, 1], ipIndex, ipRow),
    ];
  });
}

/** All objects of a switch at this moment, in order. */
export function mibObjects(view: SwitchView): MibObject[] {
  const routes = installedRoutes(view);
  const rows = routes.reduce((sum, route) => sum + route.hops.length, 0);
  return [
    ...systemObjects(view),
    ...bgpObjects(view),
    { oid: [...mib2, 4, 24, 3, 0], value: gauge(rows) },
    { oid: [...mib2, 4, 24, 6, 0], value: gauge(rows) },
    ...routes.flatMap((route) => routeObjects(view, route)),
  ].sort((x, y) => compareOids(x.oid, y.oid));
}
