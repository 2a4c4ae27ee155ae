// Records of a saved walk (.snmprec) written by hand, with documentation addresses (RFC 5737, RFC 3849).
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';

export const enterprise = '1.3.6.1.4.1.';
export const objectId = (id: string) => `1.3.6.1.2.1.1.2.0|6|${enterprise}${id}`;
export const localAs = (asn: number) => `1.3.6.1.2.1.15.2.0|2|${asn}`;
// 2001:db8::1 and 2001:db8::2.
export const v6 = (last: number) => `32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.${last}`;
export const hexV6 = (last: number) => `20010DB800000000000000000000000${last}`;

/** Records of one row: `root.column.index`. */
export function cells(root: string, index: string, columns: Record<number, string | number>): string[] {
  return Object.entries(columns).map(([column, value]) => {
    const text = typeof value === 'number' ? `2|${value}` : value;
    return `${root}.${column}.${index}|${text}`;
  });
}

type Records = readonly (string | readonly string[])[];

export const parse = (...records: Records) => parseSnmpText(records.flat().join('\n'), 'walk.snmprec');
export const sessionsOf = (...records: Records) => parse(...records).sessions;
