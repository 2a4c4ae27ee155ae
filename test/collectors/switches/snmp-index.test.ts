// Addresses in table indexes, with and without their length (RFC 4001, RFC 2578 section 7.7; Junos, FRR): what is put in comes
// out, alone and in pairs, and arcs of no such form give nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOfArcs,
  addressOfOctets,
  addressPairOfArcs,
} from '../../../src/collectors/switches/snmp-index.ts';
import { bitsOf } from '../../../src/collectors/switches/snmp-session-values.ts';
import { addressFromBytes, formatAddress } from '../../../src/model/address.ts';

const octet = fc.integer({ min: 0, max: 255 });
const octets = (size: number) => fc.array(octet, { minLength: size, maxLength: size });
const text = (bytes: readonly number[]) => {
  const address = addressFromBytes(bytes);
  return address && formatAddress(address);
};

/** An address as arcs in one of the forms agents use, with its text. */
const form = fc
  .tuple(fc.constantFrom([1, 4, 0], [2, 16, 0], [3, 4, 4], [4, 16, 4], [2, 16, 4]), fc.boolean())
  .chain(([[type = 0, size = 0, zone = 0], withLength]) =>
    fc.tuple(octets(size), octets(zone)).map(([address, zoned]) => ({
      withLength,
      size,
      zone,
      text: text(address),
      arcs: [type, ...(withLength ? [size + zone] : []), ...address, ...zoned],
    })),
  );

describe('addressOfArcs', () => {
  it('reads every form', () => {
    fc.assert(
      fc.property(form, ({ arcs, text: wanted }) => {
        expect(addressOfArcs(arcs)).toBe(wanted);
      }),
    );
  });

  it.each([
    ['nothing', []],
    ['a type alone', [1]],
    ['an octet too few', [1, 192, 0, 2]],
    ['an octet too many', [1, 4, 192, 0, 2, 1, 9]],
    ['a length that is not the type’s', [1, 16, 192, 0, 2, 1]],
    ['an arc that is no octet', [1, 4, 192, 0, 2, 256]],
    ['a name', [16, 2, 97, 98]],
    ['no address', [0, 0]],
    ['arcs of IPv6 cut to fifteen', [2, 16, 32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('reads nothing from %s', (_, arcs) => {
    expect(addressOfArcs(arcs)).toBeUndefined();
  });
});

describe('addressPairOfArcs', () => {
  it('reads two addresses of one family, in one form', () => {
    // A pair has one form throughout: the agent's.
    const pair = fc
      .tuple(form, form)
      .filter(([x, y]) => x.withLength === y.withLength && x.size === y.size && x.zone === 0 && y.zone === 0);
    fc.assert(
      fc.property(pair, ([local, remote]) => {
        expect(addressPairOfArcs([...local.arcs, ...remote.arcs])).toEqual({
          local: local.text,
          remote: remote.text,
        });
      }),
    );
  });

  it.each([
    [[0, 1, 192, 0, 2, 1], { local: undefined, remote: '192.0.2.1' }],
    [[0, 0, 1, 4, 192, 0, 2, 1], { local: undefined, remote: '192.0.2.1' }],
    [[1, 192, 0, 2, 1], undefined],
    [[], undefined],
  ])('reads %j as %j', (arcs, wanted) => {
    expect(addressPairOfArcs(arcs)).toEqual(wanted);
  });
});

describe('addressOfOctets', () => {
  it('reads 4 and 16 octets, and no other number', () => {
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 20 }), (bytes) => {
        expect(addressOfOctets(bytes)).toBe(
          bytes.length === 4 || bytes.length === 16 ? text(bytes) : undefined,
        );
      }),
    );
  });
});

describe('bitsOf', () => {
  const bits = (value: string, encoding: 'hex' | 'latin1') => [
    ...bitsOf({ type: 'octets', value: Uint8Array.from(Buffer.from(value, encoding)) }),
  ];
  it.each([
    ['200000', 'hex', [2]],
    ['500000', 'hex', [1, 3]],
    ['0001', 'hex', [15]],
    ['', 'hex', []],
    ['20 00 00 2', 'latin1', [2]],
    ['00 11 11 15', 'latin1', [11, 15]],
    ['40 1', 'latin1', [1]],
  ] as const)('%s (%s)', (value, encoding, wanted) => {
    expect(bits(value, encoding)).toEqual(wanted);
  });
});
