// IP addresses as four 32-bit words, parsed and printed in one canonical form: IPv4 dotted quad (RFC 4632 without
// leading zeros) and IPv6 by RFC 5952. Zones (`%eth0`) are not part of an address: callers split them off.
// An IPv4 address uses `a` alone; `b`, `c` and `d` are zero.

export type Family = 4 | 6;

/** An IP address. Words are unsigned 32-bit integers, most significant first. */
export interface Address {
  readonly family: Family;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const dot = 46;
const zero = 48;

/** Reads an IPv4 dotted quad as one unsigned 32-bit number; undefined when the text is not one. */
export function parseIpv4Word(text: string): number | undefined {
  let word = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (octet < 0 || octets === 3) return undefined;
      word = word * 256 + octet;
      octets++;
      octet = -1;
      continue;
    }
    const digit = code - zero;
    // "01" is refused: inet_aton would read it as octal, others as decimal, so nobody can mean it safely.
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return octets === 3 && octet >= 0 ? word * 256 + octet : undefined;
}

function parseIpv6Groups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const word = i === parts.length - 1 ? parseIpv4Word(part) : undefined;
      if (word === undefined) return undefined;
      groups.push(Math.floor(word / 65536), word % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function expandIpv6(text: string): number[] | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = parseIpv6Groups(text);
    return groups?.length === 8 ? groups : undefined;
  }
  if (text.indexOf('::', gap + 1) >= 0) return undefined;
  const head = parseIpv6Groups(text.slice(0, gap));
  const tail = parseIpv6Groups(text.slice(gap + 2));
  if (!head || !tail || head.length + tail.length > 7) return undefined;
  // A dotted quad may stand only at the very end of the address.
  if (text.slice(0, gap).includes('.')) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** Reads an IPv4 or IPv6 address; undefined when the text is neither. No zone, no brackets, no blanks. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const a = parseIpv4Word(text);
    return a === undefined ? undefined : { family: 4, a, b: 0, c: 0, d: 0 };
  }
  const groups = expandIpv6(text);
  if (!groups) return undefined;
  const word = (i: number) => (groups[i] ?? 0) * 65536 + (groups[i + 1] ?? 0);
  return { family: 6, a: word(0), b: word(2), c: word(4), d: word(6) };
}

function formatIpv6(address: Address): string {
  const groups: number[] = [];
  for (const word of [address.a, address.b, address.c, address.d]) {
    groups.push(Math.floor(word / 65536), word % 65536);
  }
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > bestLength) [best, bestLength] = [i, j - i];
    if (j > i) i = j;
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best < 0) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** Prints an address in its canonical form (RFC 5952 for IPv6). */
export function formatAddress(address: Address): string {
  if (address.family === 6) return formatIpv6(address);
  const { a } = address;
  return `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}`;
}

/** The canonical text of an address, or undefined when the text is not one. */
export function canonicalAddress(text: string): string | undefined {
  // Every dotted quad that is read is canonical.
  if (!text.includes(':')) return parseIpv4Word(text) === undefined ? undefined : text;
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** An address from its 4 or 16 octets, as SNMP and BGP carry it; undefined for any other length. */
export function addressFromBytes(bytes: Uint8Array | readonly number[]): Address | undefined {
  const word = (i: number) =>
    (bytes[i] ?? 0) * 16777216 +
    (bytes[i + 1] ?? 0) * 65536 +
    (bytes[i + 2] ?? 0) * 256 +
    (bytes[i + 3] ?? 0);
  if (bytes.length === 4) return { family: 4, a: word(0), b: 0, c: 0, d: 0 };
  if (bytes.length === 16) return { family: 6, a: word(0), b: word(4), c: word(8), d: word(12) };
  return undefined;
}

/** The 4 or 16 octets of an address, in network order. */
export function addressBytes(address: Address): number[] {
  const words = address.family === 4 ? [address.a] : [address.a, address.b, address.c, address.d];
  return words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}
