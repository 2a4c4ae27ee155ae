// Values in the columns of BGP peer tables, as the MIBs define them and as agents send them: states (RFC 4273), addresses as
// raw octets, as text (Dell OS10, Huawei, Cumulus) or as the decimal codes of that text (OS10), last errors as a pair of
// octets or as two numbers, sets of families (BITS, RFC 2578).
import { addressFromBytes, canonicalAddress, formatAddress } from '../../model/address.ts';
import { asnFromInt32, asTrans } from '../../model/asn.ts';
import { type BgpState, bgpStates } from '../../model/session.ts';
import type { SnmpValue } from '../../transport/snmp-value.ts';
import { bgpErrorText } from './snmp-bgp-error.ts';
import { integerAt, type TableRow } from './snmp-tables.ts';

/** An ASN as BGP4-MIB carries it; null where it is a placeholder for a number that does not fit, or none. */
export function asnFromMib(value: number | undefined): number | null {
  if (value === undefined) return null;
  const asn = asnFromInt32(value);
  return asn === asTrans || asn === 0 ? null : asn;
}

/** The ASN in a cell, by the same rules. */
export function asnAt(row: TableRow, column: number): number | null {
  return asnFromMib(integerAt(row, column));
}

/** The state in a cell: idle(1) to established(6) in every table of peers; null where the device does not say. */
export function stateAt(row: TableRow, column: number): BgpState | null {
  return bgpStates[(integerAt(row, column) ?? 0) - 1] ?? null;
}

/** True for the number that means "shut", false for the one that means "not shut". */
export function adminDownAt(
  row: TableRow,
  column: number,
  [shut, running]: readonly [number, number] = [1, 2],
): boolean | undefined {
  const value = integerAt(row, column);
  return value === shut ? true : value === running ? false : undefined;
}

/** Printable text of a cell without the quotes that some captures keep; undefined when there is none. */
export function textAt(row: TableRow, column: number): string | undefined {
  const value = row.cells.get(column);
  if (value?.type !== 'octets') return undefined;
  const text = Buffer.from(value.value).toString('utf8').replace(/\p{C}/gu, '').trim();
  const plain = text.replace(/^"(.*)"$/s, '$1').trim();
  return plain === '' ? undefined : plain.slice(0, 255);
}

const unspecified = new Set(['0.0.0.0', '::']);

function addressOfText(text: string): string | undefined {
  const plain = canonicalAddress(text.split('%', 1)[0] ?? text);
  if (plain !== undefined || !/^\d{2,3}(\.\d{2,3})+$/.test(text)) return plain;
  return canonicalAddress(String.fromCharCode(...text.split('.').map(Number)));
}

/** The canonical address in a value, in any form; undefined for the unspecified one and for anything else. */
export function addressOfValue(value: SnmpValue | undefined): string | undefined {
  if (value?.type === 'address') return unspecified.has(value.value) ? undefined : value.value;
  if (value?.type !== 'octets') return undefined;
  const octets = value.value;
  const text = Buffer.from(octets).toString('latin1').replace(/\0+$/, '').trim();
  // Raw octets that spell an address do not occur: 16 of them would all be digits, letters a to f and colons.
  const spelled = addressOfText(text);
  const size = octets.length === 8 ? 4 : octets.length === 20 ? 16 : octets.length;
  const raw = spelled === undefined ? addressFromBytes(octets.subarray(0, size)) : undefined;
  const address = spelled ?? (raw && formatAddress(raw));
  return address === undefined || unspecified.has(address) ? undefined : address;
}

/** The last error in a cell of two octets, also written out (`06 02`), in words; undefined when there was none. */
export function errorAt(row: TableRow, column: number): string | undefined {
  const value = row.cells.get(column);
  if (value?.type !== 'octets') return undefined;
  const written = /^([0-9a-f]{2})[ :]([0-9a-f]{2})\s*$/i.exec(Buffer.from(value.value).toString('latin1'));
  const octets = written?.slice(1).map((pair) => Number.parseInt(pair, 16)) ?? [...value.value];
  const [code = 0, subcode = 0] = octets;
  return octets.length === 2 ? bgpErrorText(code, subcode) : undefined;
}

/** One of two errors, that received before that sent, with the direction. */
export function eitherError(received: string | undefined, sent: string | undefined): string | undefined {
  if (received !== undefined) return `${received}, received`;
  return sent === undefined ? undefined : `${sent}, sent`;
}

/** Numbers of the bits set in a BITS value, bit 0 first; also from net-snmp's text of one (`20 00 00 2`, `40 ipv4(1)`). */
export function bitsOf(value: SnmpValue | undefined): ReadonlySet<number> {
  if (value?.type !== 'octets') return new Set();
  const words = Buffer.from(value.value).toString('latin1').trim().split(/\s+/);
  for (let size = 1; size < words.length; size++) {
    const octets = words.slice(0, size);
    if (!octets.every((word) => /^[0-9A-Fa-f]{2}$/.test(word))) break;
    const bits = setBits(octets.map((word) => Number.parseInt(word, 16)));
    const told = words.slice(size).map((word) => /\((\d+)\)$/.exec(word)?.[1] ?? word);
    if (bits.join(' ') === told.join(' ')) return new Set(bits);
  }
  return new Set(setBits([...value.value]));
}

function setBits(octets: readonly number[]): number[] {
  return octets.flatMap((octet, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (octet & (128 >> bit)) !== 0).map((bit) => i * 8 + bit),
  );
}
