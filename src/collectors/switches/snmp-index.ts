// Peer addresses in table indexes. An InetAddress is its type, its length and its octets (RFC 2578 section 7.7, RFC 4001),
// but Junos and FRR leave the length out; the number of arcs tells which it is. Zoned addresses (link-local peers) carry
// four more octets, the interface. Whatever else comes is not read.
import { addressFromBytes, formatAddress } from '../../model/address.ts';
import type { Oid } from '../../transport/snmp-value.ts';

// InetAddressType: ipv4(1), ipv6(2), ipv4z(3), ipv6z(4), and how many octets each may have.
const sizes: Readonly<Record<number, readonly number[]>> = { 1: [4], 2: [16, 20], 3: [8], 4: [20] };
const addressOctets = (size: number) => (size < 16 ? 4 : 16);

/** The canonical address in the arcs `type, (length,) octets`, without a zone; undefined for any other arcs. */
export function addressOfArcs(arcs: Oid): string | undefined {
  const [type = 0, length, ...behind] = arcs;
  const allowed = sizes[type];
  if (!allowed || length === undefined) return undefined;
  const octets =
    length === behind.length && allowed.includes(length)
      ? behind
      : allowed.includes(behind.length + 1)
        ? [length, ...behind]
        : undefined;
  if (!octets?.every((octet) => octet < 256)) return undefined;
  const address = addressFromBytes(octets.slice(0, addressOctets(octets.length)));
  return address && formatAddress(address);
}

export interface AddressPair {
  readonly local: string | undefined;
  readonly remote: string;
}

// A session that was never up may have no local address: type unknown(0), with or without a length.
const isNothing = (arcs: Oid) => arcs.length > 0 && arcs.length < 3 && arcs.every((arc) => arc === 0);

/** Two addresses one behind the other: the local one, which may be none, and the peer's. */
export function addressPairOfArcs(arcs: Oid): AddressPair | undefined {
  for (let cut = 1; cut < arcs.length; cut++) {
    const remote = addressOfArcs(arcs.slice(cut));
    if (remote === undefined) continue;
    const head = arcs.slice(0, cut);
    const local = addressOfArcs(head);
    if (local !== undefined || isNothing(head)) return { local, remote };
  }
  return undefined;
}

/** The canonical address of exactly 4 or 16 octets without a type; undefined otherwise. */
export function addressOfOctets(arcs: Oid): string | undefined {
  const address = arcs.every((arc) => arc < 256) ? addressFromBytes(arcs) : undefined;
  return address && formatAddress(address);
}
