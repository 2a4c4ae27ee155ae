// Autonomous system numbers: 4 octets (RFC 6793), read from plain, asdot and asdot+ notation (RFC 5396), and repaired
// where SNMP's Integer32 shows a large number as negative (RFC 4273 agents).

/** Placeholder of a 2-octet speaker for a 4-octet AS (RFC 6793): not the peer's real AS. */
export const asTrans = 23456;

/** Reads `65001`, `1.10` or `AS65001`; undefined when the text is no ASN of 0..4294967295. */
export function parseAsn(text: string): number | undefined {
  const match = /^(?:AS)?(\d{1,10})(?:\.(\d{1,5}))?$/i.exec(text.trim());
  if (!match) return undefined;
  const [, high, low] = match;
  if (low === undefined) return Number(high) <= 0xffffffff ? Number(high) : undefined;
  if (Number(high) > 65535 || Number(low) > 65535) return undefined;
  return Number(high) * 65536 + Number(low);
}

/** An AS path or other text with each asdot number in it written out as a plain one. */
export function plainAsns(text: string): string {
  // Hundreds of thousands of paths have none.
  if (!text.includes('.')) return text;
  return text.replace(/\d+\.\d+/g, (asdot) => String(parseAsn(asdot) ?? asdot));
}

/** An ASN from a signed 32-bit integer: agents show 4200000701 as -94966595. */
export function asnFromInt32(value: number): number {
  return value >>> 0;
}

/** The asdot form of a 4-octet ASN, e.g. `1.10`; plain for smaller ones. */
export function formatAsdot(asn: number): string {
  return asn < 65536 ? String(asn) : `${Math.floor(asn / 65536)}.${asn % 65536}`;
}
