// OIDs and values as RFC 2578 and RFC 3416 have them, and the odd ones agents send.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareOids,
  formatOid,
  parseOid,
  snmpValue,
  startsWith,
  unsignedFromOctets,
} from '../../src/transport/snmp-value.ts';

const arcs = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 8 });

describe('OIDs', () => {
  it('reads with and without a leading dot', () => {
    expect(parseOid('.1.3.6')).toEqual([1, 3, 6]);
    expect(parseOid('1.3.6.4294967295')).toEqual([1, 3, 6, 4294967295]);
  });

  it.each(['', '.', '1..3', '1.3.', 'a.b', '1.3.4294967296', '-1.3', '1.3 '])('refuses %j', (text) => {
    expect(parseOid(text)).toBeUndefined();
  });

  it('prints what it reads', () => {
    fc.assert(
      fc.property(arcs, (oid) => {
        expect(parseOid(formatOid(oid))).toEqual(oid);
      }),
    );
  });

  it('orders a shorter OID before the longer ones that begin with it', () => {
    expect(compareOids([1, 3], [1, 3, 0])).toBeLessThan(0);
    expect(compareOids([1, 4], [1, 3, 9])).toBeGreaterThan(0);
    expect(compareOids([1, 3], [1, 3])).toBe(0);
    fc.assert(
      fc.property(arcs, arcs, (x, y) => {
        expect(compareOids(x, [...x, ...y])).toBeLessThan(0);
        expect(startsWith([...x, ...y], x)).toBe(true);
        expect(Math.sign(compareOids(x, y))).toBe(-Math.sign(compareOids(y, x)) || 0);
      }),
    );
  });
});

describe('values', () => {
  it('makes one type of all whole numbers', () => {
    for (const tag of [2, 65, 66, 67]) expect(snmpValue(tag, 7)).toEqual({ type: 'integer', value: 7 });
    expect(snmpValue(2, -94966595)).toEqual({ type: 'integer', value: -94966595 });
  });

  it('reads Counter64 of any length', () => {
    expect(snmpValue(70, Buffer.from('00000000000007cf', 'hex'))).toEqual({ type: 'integer', value: 1999 });
    expect(snmpValue(70, Buffer.from([5]))).toEqual({ type: 'integer', value: 5 });
    expect(snmpValue(70, Buffer.from('008000000000000000', 'hex'))).toEqual({
      type: 'integer',
      value: 2 ** 63,
    });
    expect(unsignedFromOctets(new Uint8Array())).toBe(0);
  });

  it('tells absence from null', () => {
    expect(snmpValue(5, null)).toEqual({ type: 'null' });
    expect(snmpValue(128, null)).toEqual({ type: 'absent', reason: 'noSuchObject' });
    expect(snmpValue(129, null)).toEqual({ type: 'absent', reason: 'noSuchInstance' });
    expect(snmpValue(130, null)).toEqual({ type: 'absent', reason: 'endOfMibView' });
  });

  it('keeps octets, addresses and OIDs', () => {
    expect(snmpValue(4, Buffer.from([6, 2]))).toEqual({ type: 'octets', value: Buffer.from([6, 2]) });
    expect(snmpValue(64, '172.20.0.254')).toEqual({ type: 'address', value: '172.20.0.254' });
    expect(snmpValue(6, '1.3.6.1.4.1.8072')).toEqual({ type: 'oid', value: [1, 3, 6, 1, 4, 1, 8072] });
  });
});
