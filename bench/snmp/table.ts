// The table of the SNMP benchmark: 100,000 /26 in 10.0.0.0/9, one behind the other, with one next hop.
import type { Prefix } from '../../src/model/prefix.ts';

export const countOfRows = 100_000;

const address = (i: number) => 10 * 2 ** 24 + i * 64;

/** The index of row i of inetCidrRouteTable (RFC 4292). */
export function rowIndex(i: number): number[] {
  const a = address(i);
  return [1, 4, a >>> 24, (a >>> 16) & 255, (a >>> 8) & 255, a & 255, 26, 2, 0, 0, 1, 4, 192, 0, 2, 1];
}

/** The prefix of row i. */
export function rowPrefix(i: number): Prefix {
  return { family: 4, a: address(i), b: 0, c: 0, d: 0, length: 26 };
}
