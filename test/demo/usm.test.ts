// SNMPv3 keys and BER of the demo's agent against published values: RFC 7860 does not print SHA-256 keys, so the key
// is checked against net-snmp's (the v3 tests of snmp.test.ts) and here only for what RFC 3414 A.2 fixes. BER by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BerError, BerReader, element, integer, objectId, tag } from '../../src/demo/ber.ts';
import { isTimely, localizedKey } from '../../src/demo/usm.ts';

describe('BER', () => {
  test.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [-1, '0201ff'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [2147483647, '02047fffffff'],
    [4294967295, '020500ffffffff'],
  ])('integer %i is %s', (value, hex) => {
    expect(integer(value).toString('hex')).toBe(hex);
  });

  test('object identifiers: two arcs in one octet, seven bits each (X.690 8.19)', () => {
    expect(objectId([1, 3, 6, 1, 4, 1, 8072]).toString('hex')).toBe('06072b06010401bf08');
    expect(objectId([0, 0]).toString('hex')).toBe('060100');
  });

  test('long lengths take one and two octets more', () => {
    expect(element(tag.octets, Buffer.alloc(200)).subarray(0, 3).toString('hex')).toBe('0481c8');
    expect(element(tag.octets, Buffer.alloc(300)).subarray(0, 4).toString('hex')).toBe('0482012c');
  });

  test('what is written is read', () => {
    const arcs = fc.tuple(fc.constantFrom(0, 1), fc.nat(39), fc.array(fc.nat(0xffffffff), { maxLength: 20 }));
    fc.assert(
      fc.property(fc.integer(), arcs, (value, [first, second, rest]) => {
        const oid = [first, second, ...rest];
        const reader = new BerReader(Buffer.concat([integer(value), objectId(oid)]));
        expect(reader.integer()).toBe(value);
        expect(reader.objectId()).toEqual(oid);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('octets that are no BER are refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        const reader = new BerReader(Buffer.from(octets));
        for (const read of [() => reader.integer(), () => reader.objectId(), () => reader.read(0x30)]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(BerError);
          }
        }
      }),
    );
  });
});

describe('USM', () => {
  test('a key depends on password and engine, and has the length of SHA-256', () => {
    const engine = Buffer.from('000000000000000000000002', 'hex');
    const key = localizedKey('maplesyrup', engine);
    expect(key).toHaveLength(32);
    expect(localizedKey('maplesyrup', Buffer.from('00', 'hex')).equals(key)).toBe(false);
    expect(localizedKey('maplesyruq', engine).equals(key)).toBe(false);
  });

  test('the window is 150 seconds either way, and boots must agree', () => {
    const own = { boots: 1, time: 1000 };
    expect(isTimely({ boots: 1, time: 850 }, own)).toBe(true);
    expect(isTimely({ boots: 1, time: 849 }, own)).toBe(false);
    expect(isTimely({ boots: 1, time: 1150 }, own)).toBe(true);
    expect(isTimely({ boots: 1, time: 1151 }, own)).toBe(false);
    expect(isTimely({ boots: 2, time: 1000 }, own)).toBe(false);
  });
});
