// The route tables of IP-FORWARD-MIB: inetCidrRouteTable (RFC 4292, both families) and its older sibling ipCidrRouteTable
// (RFC 2096, IPv4). The index of either holds prefix and next hop, in address order: one column tells everything, and a
// walk can begin and end at a range. For IPv6 there is an older one yet, without the next hop in its index.
import {
  type Address,
  addressBytes,
  addressFromBytes,
  type Family,
  formatAddress,
} from '../../model/address.ts';
import { maxLength, type Prefix, prefixOf } from '../../model/prefix.ts';
import type { Oid } from '../../transport/snmp-value.ts';

export interface RouteIndex {
  readonly prefix: Prefix;
  /** Absent for a route without a gateway: connected, or discarding. */
  readonly nextHop?: string;
}

export interface RouteLayout {
  readonly name: string;
  readonly entry: Oid;
  readonly families: readonly Family[];
  /** Column numbers of what is good to know. */
  readonly columns: {
    readonly proto: number;
    readonly ifIndex: number;
    readonly type: number;
    /** Of a table without the next hop in its index. */
    readonly nextHop?: number;
  };
  /** Protocol numbers of the table's own as those of IANAipRouteProtocol; absent where they are these. */
  readonly protocols?: Readonly<Record<number, number>>;
  /** Columns to walk, the most telling first: agents leave some out. */
  readonly walkable: readonly number[];
  /** What the index of every row of a family begins with. */
  familyIndex(family: Family): Oid;
  /** What the index of every row of an address, whatever its length, begins with. */
  addressIndex(address: Address): Oid;
  /** undefined for an index that does not follow the MIB. */
  decode(index: Oid): RouteIndex | undefined;
}

/** The last address of a prefix. */
export function lastAddress(prefix: Prefix): Address {
  const fill = (word: number, bits: number) =>
    bits >= 32 ? word : (word | (0xffffffff >>> Math.max(0, bits))) >>> 0;
  const { family, a, b, c, d, length } = prefix;
  if (family === 4) return { family, a: fill(a, length), b, c, d };
  return {
    family,
    a: fill(a, length),
    b: fill(b, length - 32),
    c: fill(c, length - 64),
    d: fill(d, length - 96),
  };
}

const isOctets = (arcs: Oid) => arcs.every((arc) => arc < 256);

// The zero address, a zero-length one and the device's own loopback address all stand for "no gateway" (Huawei: 127.0.0.1).
function nextHopOf(octets: Oid): string | undefined {
  const address = addressFromBytes(octets.slice(0, octets.length === 8 ? 4 : 16));
  if (!address) return undefined;
  const { family, a, b, c, d } = address;
  if (a === 0 && b === 0 && c === 0 && d <= 1) return undefined;
  return family === 4 && a >>> 24 === 127 ? undefined : formatAddress(address);
}

function withHop(prefix: Prefix, hop: Oid): RouteIndex {
  const nextHop = nextHopOf(hop);
  return nextHop === undefined ? { prefix } : { prefix, nextHop };
}

const addressLengths: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

/** inetCidrRouteTable: type, length, octets, prefix length, policy (an OID with its length), next hop type, length, octets. */
export function decodeInetCidr(index: Oid): RouteIndex | undefined {
  const [type = 0, size = 0] = index;
  const octets = index.slice(2, 2 + size);
  // Zoned destinations (types 3 and 4) are link-local and no business of BGP's.
  if (size !== addressLengths[type] || !isOctets(octets)) return undefined;
  const address = addressFromBytes(octets);
  const length = index[2 + size] ?? Number.NaN;
  if (!address || !(length <= maxLength(address.family))) return undefined;
  // The policy is 0.0 by the MIB; seen: one arc (interface), three (0.0.interface), four (Comware).
  const hopAt = 2 + size + 1 + 1 + (index[3 + size] ?? 0);
  const hopSize = index[hopAt + 1] ?? Number.NaN;
  const hop = index.slice(hopAt + 2);
  if (hop.length !== hopSize || ![0, 4, 8, 16, 20].includes(hopSize) || !isOctets(hop)) return undefined;
  return withHop(prefixOf(address, length), hop);
}

/** Bits of a mask; undefined when they are not contiguous. */
export function maskLength(mask: Oid): number | undefined {
  const word = mask.reduce((bits, octet) => bits * 256 + octet, 0);
  const length = Math.clz32(~word >>> 0);
  return length === 32 || (word << length) >>> 0 === 0 ? length : undefined;
}

/** ipCidrRouteTable: destination, mask, type of service, next hop. */
export function decodeIpCidr(index: Oid): RouteIndex | undefined {
  if (index.length !== 13 || !isOctets(index.slice(0, 8)) || !isOctets(index.slice(9))) return undefined;
  const address = addressFromBytes(index.slice(0, 4));
  const mask = index.slice(4, 8);
  // An agent that swaps the octets of the mask was seen.
  const length = maskLength(mask) ?? maskLength(mask.toReversed());
  return address && length !== undefined ? withHop(prefixOf(address, length), index.slice(9)) : undefined;
}

export const inetCidrRoutes: RouteLayout = {
  name: 'inetCidrRouteTable',
  entry: [1, 3, 6, 1, 2, 1, 4, 24, 7, 1],
  families: [4, 6],
  columns: { ifIndex: 7, type: 8, proto: 9 },
  walkable: [9, 7, 8],
  familyIndex: (family) => (family === 4 ? [1, 4] : [2, 16]),
  addressIndex: (address) => [...(address.family === 4 ? [1, 4] : [2, 16]), ...addressBytes(address)],
  decode: decodeInetCidr,
};

export const ipCidrRoutes: RouteLayout = {
  name: 'ipCidrRouteTable',
  entry: [1, 3, 6, 1, 2, 1, 4, 24, 4, 1],
  families: [4],
  columns: { ifIndex: 5, type: 6, proto: 7 },
  // Not 16 and 1: an agent that serves only those (SONiC's) shows a default route and loopbacks, not its table.
  walkable: [7, 5, 6],
  familyIndex: () => [],
  addressIndex: addressBytes,
  decode: decodeIpCidr,
};

/** ipv6RouteTable: destination, prefix length, a number that tells routes to one prefix apart. */
function decodeIpv6Route(index: Oid): RouteIndex | undefined {
  const [length = Number.NaN, number, ...rest] = index.slice(16);
  const address = isOctets(index.slice(0, 16)) ? addressFromBytes(index.slice(0, 16)) : undefined;
  if (!address || !(length <= 128) || number === undefined || rest.length > 0) return undefined;
  return { prefix: prefixOf(address, length) };
}

/** The obsolete one of IPV6-MIB (RFC 2465), which RouterOS still has alone: IPv6, the next hop in a column. */
export const ipv6Routes: RouteLayout = {
  name: 'ipv6RouteTable',
  entry: [1, 3, 6, 1, 2, 1, 55, 1, 11, 1],
  families: [6],
  columns: { ifIndex: 4, nextHop: 5, type: 6, proto: 7 },
  // other, local, netmgmt, ndisc, rip, ospf, bgp, idrp, igrp
  protocols: { 1: 1, 2: 2, 3: 3, 4: 1, 5: 8, 6: 13, 7: 14, 8: 15, 9: 11 },
  walkable: [7, 6, 5],
  familyIndex: () => [],
  addressIndex: addressBytes,
  decode: decodeIpv6Route,
};

/** Tables to try, the better one first. */
export const routeLayouts: readonly RouteLayout[] = [inetCidrRoutes, ipCidrRoutes, ipv6Routes];

/** A table's protocol number as IANAipRouteProtocol has it. */
export function protocolNumber(layout: RouteLayout, proto: number): number {
  return layout.protocols ? (layout.protocols[proto] ?? 1) : proto;
}

/** A next hop as a column tells it; undefined for one that stands for no gateway. */
export function nextHopOfColumn(octets: Uint8Array): string | undefined {
  return octets.length === 16 || octets.length === 4 ? nextHopOf([...octets]) : undefined;
}
