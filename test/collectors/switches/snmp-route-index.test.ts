// Indexes of the two route tables: what RFC 4292 and RFC 2096 write, and the variants devices send.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeInetCidr,
  decodeIpCidr,
  inetCidrRoutes,
  ipCidrRoutes,
  lastAddress,
} from '../../../src/collectors/switches/snmp-route-index.ts';
import { formatAddress } from '../../../src/model/address.ts';
import { contains, formatPrefix, hostPrefix, parsePrefix, prefixOf } from '../../../src/model/prefix.ts';
import { compareOids, parseOid } from '../../../src/transport/snmp-value.ts';

const arcs = (text: string) => parseOid(text) ?? [];
const shown = (route: ReturnType<typeof decodeInetCidr>) =>
  route && `${formatPrefix(route.prefix)} via ${route.nextHop ?? '-'}`;

describe('decodeInetCidr', () => {
  it.each([
    ['1.4.10.101.155.0.24.2.0.0.1.4.10.199.0.1', '10.101.155.0/24 via 10.199.0.1'],
    ['1.4.169.254.255.0.24.3.0.0.4.1.4.0.0.0.0', '169.254.255.0/24 via -'],
    [
      '2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.2.16.253.253.0.0.0.2.2.85.0.0.0.0.0.0.0.1',
      '::/0 via fdfd:0:2:255::1',
    ],
    ['1.4.10.0.0.0.8.1.9.1.4.10.0.0.1', '10.0.0.0/8 via 10.0.0.1'],
    ['1.4.10.0.0.0.8.4.1.2.3.4.1.4.10.0.0.1', '10.0.0.0/8 via 10.0.0.1'],
    ['1.4.10.0.0.0.8.0.1.4.10.0.0.1', '10.0.0.0/8 via 10.0.0.1'],
    ['1.4.10.0.0.0.8.2.0.0.0.0', '10.0.0.0/8 via -'],
    ['1.4.10.0.0.0.8.2.0.0.1.0', '10.0.0.0/8 via -'],
    ['1.4.10.199.0.50.32.2.0.0.1.4.127.0.0.1', '10.199.0.50/32 via -'],
    [
      '2.16.253.0.0.16.0.0.0.0.0.0.0.0.0.0.0.0.64.3.0.0.7.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.2',
      'fd00:10::/64 via fe80::2',
    ],
    [
      '2.16.253.0.0.16.0.0.0.0.0.0.0.0.0.0.0.0.64.2.0.0.4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.3',
      'fd00:10::/64 via fe80::2',
    ],
    // Host bits are cleared: agents show connected routes with their own address.
    ['1.4.10.98.0.1.24.2.0.0.1.4.0.0.0.0', '10.98.0.0/24 via -'],
  ])('%s', (index, text) => {
    expect(shown(decodeInetCidr(arcs(index)))).toBe(text);
  });

  it.each([
    ['no arcs', ''],
    ['a length of 33', '1.4.10.0.0.0.33.2.0.0.1.4.10.0.0.1'],
    ['an octet of 256', '1.4.10.0.256.0.24.2.0.0.1.4.10.0.0.1'],
    ['a next hop cut short', '1.4.10.0.0.0.24.2.0.0.1.4.10.0.0'],
    ['arcs behind the next hop', '1.4.10.0.0.0.24.2.0.0.1.4.10.0.0.1.7'],
    ['a policy longer than the index', '1.4.10.0.0.0.24.200.0.0.1.4.10.0.0.1'],
    ['an address without its length arc', '1.10.0.0.0.24.2.0.0.1.4.10.0.0.1'],
    ['a zoned destination', '4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.3.128.2.0.0.0.0'],
  ])('refuses %s', (_, index) => {
    expect(decodeInetCidr(index === '' ? [] : arcs(index))).toBeUndefined();
  });

  it('never throws and never invents a prefix from any arcs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 45 }), (index) => {
        const route = decodeInetCidr(index);
        if (route) expect(route.prefix.length).toBeLessThanOrEqual(route.prefix.family === 4 ? 32 : 128);
        decodeIpCidr(index);
      }),
    );
  });
});

describe('decodeIpCidr', () => {
  it.each([
    ['38.194.108.0.255.255.254.0.0.0.0.0.0', '38.194.108.0/23 via -'],
    ['0.0.0.0.0.0.0.0.0.96.43.223.194', '0.0.0.0/0 via 96.43.223.194'],
    ['10.233.64.0.255.255.255.192.0.10.98.0.2', '10.233.64.0/26 via 10.98.0.2'],
    ['10.0.0.1.255.255.255.255.0.10.0.0.9', '10.0.0.1/32 via 10.0.0.9'],
    // An agent that swaps the octets of the mask.
    ['169.254.255.0.0.255.255.255.0.0.0.0.0', '169.254.255.0/24 via -'],
    ['10.2.4.0.0.254.255.255.0.10.0.0.1', '10.2.4.0/23 via 10.0.0.1'],
  ])('%s', (index, text) => {
    expect(shown(decodeIpCidr(arcs(index)))).toBe(text);
  });

  it('refuses a mask with holes both ways, and a wrong number of arcs', () => {
    expect(decodeIpCidr(arcs('10.0.0.0.255.0.255.0.0.10.0.0.1'))).toBeUndefined();
    expect(decodeIpCidr(arcs('10.0.0.0.255.0.0.0.0.10.0.0'))).toBeUndefined();
  });
});

describe('bounds', () => {
  it.each([
    ['10.233.64.0/18', '10.233.127.255'],
    ['0.0.0.0/0', '255.255.255.255'],
    ['10.0.0.5/32', '10.0.0.5'],
    ['fd00:10:244::/56', 'fd00:10:244:ff:ffff:ffff:ffff:ffff'],
    ['::/0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fd00::1/128', 'fd00::1'],
    ['fd00::/33', 'fd00:0:7fff:ffff:ffff:ffff:ffff:ffff'],
  ])('the last address of %s is %s', (prefix, address) => {
    expect(formatAddress(lastAddress(parsePrefix(prefix)))).toBe(address);
  });

  it('has every prefix of a range between the first and the last address index', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(
        fc.constantFrom(4, 6),
        word,
        word,
        word,
        word,
        fc.nat(128),
        fc.nat(128),
        (family, a, b, c, d, x, y) => {
          const most = family === 4 ? 32 : 128;
          const address =
            family === 4 ? { family: 4 as const, a, b: 0, c: 0, d: 0 } : { family: 6 as const, a, b, c, d };
          const range = prefixOf(address, Math.min(x, y) % (most + 1));
          const last = lastAddress(range);
          expect(contains(range, hostPrefix(last))).toBe(true);
          const layouts = family === 4 ? [inetCidrRoutes, ipCidrRoutes] : [inetCidrRoutes];
          for (const layout of layouts) {
            expect(compareOids(layout.addressIndex(range), layout.addressIndex(address))).toBeLessThanOrEqual(
              0,
            );
            expect(compareOids(layout.addressIndex(address), layout.addressIndex(last))).toBeLessThanOrEqual(
              0,
            );
          }
        },
      ),
    );
  });
});
