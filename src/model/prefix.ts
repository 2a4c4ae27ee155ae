// IP prefixes (RFC 4632, RFC 4291): value, canonical text, containment, and a key for maps.
// The key of an IPv4 prefix is one number (38 bits, exact in a double), of an IPv6 prefix a hex string. Never a
// BigInt: V8 hashes only its lowest 64 bits, so prefixes, whose low bits are zero, all collide (250k /64s: 331 s).
import { type Address, type Family, formatAddress, parseAddress } from './address.ts';

/** An IP prefix; bits behind `length` are zero. Words are unsigned 32-bit, IPv4 uses `a` alone. */
export interface Prefix extends Address {
  readonly length: number;
}

/** Key of a prefix in a Map: a number for IPv4, a string for IPv6. */
export type PrefixKey = number | string;

/** The text is not a prefix; the message says what is wrong with it, for a person. */
export class PrefixError extends Error {
  override name = 'PrefixError';
}

/** Most bits a prefix of this family can have: 32 or 128. */
export function maxLength(family: Family): number {
  return family === 4 ? 32 : 128;
}

function maskWord(word: number, bits: number): number {
  if (bits >= 32) return word;
  if (bits <= 0) return 0;
  return (word & (0xffffffff << (32 - bits))) >>> 0;
}

/** The prefix of `length` bits that holds this address. `length` must fit the family. */
export function prefixOf(address: Address, length: number): Prefix {
  return {
    family: address.family,
    a: maskWord(address.a, length),
    b: maskWord(address.b, length - 32),
    c: maskWord(address.c, length - 64),
    d: maskWord(address.d, length - 96),
    length,
  };
}

/** The /32 or /128 of an address. */
export function hostPrefix(address: Address): Prefix {
  return prefixOf(address, maxLength(address.family));
}

/** Reads `address/length`; host bits are cleared, as Go's net.ParseCIDR and so Calico do. Throws PrefixError. */
export function parsePrefix(text: string): Prefix {
  const slash = text.lastIndexOf('/');
  if (slash < 0) throw new PrefixError(`"${text}" has no "/length": write a prefix such as 10.0.0.0/24`);
  const address = parseAddress(text.slice(0, slash));
  if (!address) throw new PrefixError(`"${text.slice(0, slash)}" in "${text}" is not an IP address`);
  const digits = text.slice(slash + 1);
  const length = /^\d{1,3}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(length <= maxLength(address.family))) {
    throw new PrefixError(`"/${digits}" in "${text}" is not a length from 0 to ${maxLength(address.family)}`);
  }
  return prefixOf(address, length);
}

/** Like parsePrefix, but gives undefined instead of throwing. */
export function tryParsePrefix(text: string): Prefix | undefined {
  try {
    return parsePrefix(text);
  } catch {
    return undefined;
  }
}

/** Reads a prefix, or an address as its /32 or /128. Throws PrefixError. */
export function parsePrefixOrHost(text: string): Prefix {
  if (text.includes('/')) return parsePrefix(text);
  const address = parseAddress(text);
  if (!address) throw new PrefixError(`"${text}" is neither a prefix nor an IP address`);
  return hostPrefix(address);
}

/** Canonical text, e.g. `10.233.64.0/24` or `fd00:10::/64`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

const hex8 = (word: number) => word.toString(16).padStart(8, '0');

/** The prefix's key for a Map; equal exactly for equal prefixes. */
export function prefixKey(prefix: Prefix): PrefixKey {
  // The bits of the network behind a one: up to /30 a number below 2^31, which V8 keeps and hashes without an object.
  const { family, length } = prefix;
  if (family === 4) {
    const bits = prefix.a >>> (32 - length);
    return length <= 30 ? (1 << length) | bits : 2 ** length + bits;
  }
  return `${hex8(prefix.a)}${hex8(prefix.b)}${hex8(prefix.c)}${hex8(prefix.d)}/${prefix.length}`;
}

/** True when every address of `inner` is in `outer` (equal prefixes included). */
export function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return (
    maskWord(inner.a, outer.length) === outer.a &&
    maskWord(inner.b, outer.length - 32) === outer.b &&
    maskWord(inner.c, outer.length - 64) === outer.c &&
    maskWord(inner.d, outer.length - 96) === outer.d
  );
}

/** True when the two are the same prefix. */
export function samePrefix(x: Prefix, y: Prefix): boolean {
  return x.length === y.length && contains(x, y);
}

/** Order for listings: IPv4 first, then by address, then shorter first. */
export function comparePrefixes(x: Prefix, y: Prefix): number {
  return x.family - y.family || x.a - y.a || x.b - y.b || x.c - y.c || x.d - y.d || x.length - y.length;
}
