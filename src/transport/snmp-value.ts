// SNMP values and object identifiers as the rest of the program sees them: a tagged value per varbind (RFC 2578 types,
// RFC 3416 exceptions) and OIDs as arrays of arcs. Tags are the BER tags of RFC 3416, which .snmprec files use too.
// Lenient on purpose: agents send Gauge32 for Integer32 and back (seen on VRP), so all whole numbers are one type.

/** An object identifier, or the index part of one, as its arcs. */
export type Oid = readonly number[];

export type SnmpValue =
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'octets'; readonly value: Uint8Array }
  | { readonly type: 'address'; readonly value: string }
  | { readonly type: 'oid'; readonly value: Oid }
  | { readonly type: 'null' }
  | { readonly type: 'absent'; readonly reason: 'noSuchObject' | 'noSuchInstance' | 'endOfMibView' };

export interface SnmpVarbind {
  readonly oid: Oid;
  readonly value: SnmpValue;
}

const nothing: SnmpValue = { type: 'null' };
const absences: Readonly<Record<number, SnmpValue>> = {
  128: { type: 'absent', reason: 'noSuchObject' },
  129: { type: 'absent', reason: 'noSuchInstance' },
  130: { type: 'absent', reason: 'endOfMibView' },
};

/** Reads `1.3.6.1` or `.1.3.6.1`; undefined when the text is not a dotted list of 32-bit numbers. */
export function parseOid(text: string): number[] | undefined {
  const arcs: number[] = [];
  let arc = -1;
  for (let i = text.startsWith('.') ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (arc < 0) return undefined;
      arcs.push(arc);
      arc = -1;
      continue;
    }
    if (code < 48 || code > 57) return undefined;
    arc = (arc < 0 ? 0 : arc * 10) + code - 48;
    if (arc > 0xffffffff) return undefined;
  }
  if (arc < 0) return undefined;
  arcs.push(arc);
  return arcs;
}

/** The dotted form without a leading dot. */
export function formatOid(oid: Oid): string {
  return oid.join('.');
}

/** Lexicographic order of OIDs (RFC 3416): negative when `x` comes first, 0 when equal. */
export function compareOids(x: Oid, y: Oid): number {
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** True when `oid` begins with all arcs of `root`. */
export function startsWith(oid: Oid, root: Oid): boolean {
  if (oid.length < root.length) return false;
  for (let i = 0; i < root.length; i++) if (oid[i] !== root[i]) return false;
  return true;
}

/** A whole number from big-endian octets of any length: Counter64 comes in 1 to 9. Exact up to 2^53. */
export function unsignedFromOctets(octets: Uint8Array): number {
  let value = 0;
  for (const octet of octets) value = value * 256 + octet;
  return value;
}

function octetsOf(value: unknown): SnmpValue {
  if (value instanceof Uint8Array) return { type: 'octets', value };
  return { type: 'octets', value: Buffer.from(String(value ?? ''), 'latin1') };
}

/** The value of a varbind from its BER tag and what the library decoded; an unknown tag gives its octets. */
export function snmpValue(tag: number, raw: unknown): SnmpValue {
  switch (tag) {
    case 1: // BOOLEAN: not SMIv2, but sent
    case 2:
    case 65:
    case 66:
    case 67:
    case 70:
      if (raw instanceof Uint8Array) return { type: 'integer', value: unsignedFromOctets(raw) };
      return { type: 'integer', value: Number(raw) };
    case 5:
      return nothing;
    case 6:
      return { type: 'oid', value: parseOid(String(raw)) ?? [] };
    case 64:
      return { type: 'address', value: String(raw) };
    default:
      return absences[tag] ?? octetsOf(raw);
  }
}
