// Addresses and prefixes: cases written by hand from RFC 5952 and RFC 4632, and ipaddr.js as an independent reader.
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
  addressBytes,
  addressFromBytes,
  canonicalAddress,
  formatAddress,
  parseAddress,
} from '../../src/model/address.ts';
import {
  comparePrefixes,
  contains,
  formatPrefix,
  hostPrefix,
  PrefixError,
  parsePrefix,
  parsePrefixOrHost,
  prefixKey,
  prefixOf,
  samePrefix,
  tryParsePrefix,
} from '../../src/model/prefix.ts';

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));
// Zeros are frequent, so that compression is tried in every place.
const group = fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff));
const ipv6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((g) => g.toString(16)).join(':'));

describe('addresses', () => {
  it.each([
    ['10.233.64.1', '10.233.64.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['0:0:0:0:0:0:0:1', '::1'],
  ])('%s is %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    'fe80::1%eth0',
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1.2.3',
    '1.2.3.4::',
    '[::1]',
    '1::2:3:4:5:6:7:8',
    ':::',
    'g::1',
  ])('refuses %j', (text) => expect(parseAddress(text)).toBeUndefined());

  it('agrees with ipaddr.js on every address', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        const parsed = parseAddress(text);
        if (!parsed) throw new Error(`refused ${text}`);
        expect(addressBytes(parsed)).toEqual(ipaddr.parse(text).toByteArray());
        expect(addressFromBytes(addressBytes(parsed))).toEqual(parsed);
        expect(parseAddress(formatAddress(parsed))).toEqual(parsed);
        if (parsed.family === 6)
          expect(formatAddress(parsed)).toBe((ipaddr.parse(text) as ipaddr.IPv6).toRFC5952String());
      }),
    );
  });
});

describe('prefixes', () => {
  it.each([
    ['10.233.64.0/24', '10.233.64.0/24'],
    ['10.233.64.77/24', '10.233.64.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.1/32', '10.0.0.1/32'],
    ['fd00:10:233::1/64', 'fd00:10:233::/64'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127'],
  ])('%s is %s', (text, canonical) => expect(formatPrefix(parsePrefix(text))).toBe(canonical));

  it.each([
    ['10.0.0.0', 'has no "/length"'],
    ['10.0.0.0/33', 'is not a length from 0 to 32'],
    ['fd00::/129', 'is not a length from 0 to 128'],
    ['10.0.0/8', 'is not an IP address'],
    ['10.0.0.0/', 'is not a length'],
    ['10.0.0.0/-1', 'is not a length'],
    ['', 'has no "/length"'],
  ])('refuses %j and says why', (text, why) => {
    expect(() => parsePrefix(text)).toThrow(PrefixError);
    expect(() => parsePrefix(text)).toThrow(why);
    expect(tryParsePrefix(text)).toBeUndefined();
  });

  it('reads an address as its own prefix', () => {
    expect(formatPrefix(parsePrefixOrHost('10.0.0.1'))).toBe('10.0.0.1/32');
    expect(formatPrefix(parsePrefixOrHost('fd00::1'))).toBe('fd00::1/128');
    expect(() => parsePrefixOrHost('node1')).toThrow(PrefixError);
  });

  it('contains what ipaddr.js says it contains', () => {
    const pair = fc.oneof(fc.tuple(ipv4, ipv4, fc.nat(32)), fc.tuple(ipv6, ipv6, fc.nat(128)));
    fc.assert(
      fc.property(pair, fc.boolean(), ([x, y, length], near) => {
        const outer = parsePrefix(`${x}/${length}`);
        const target = near ? x : y;
        const address = parseAddress(target);
        if (!address) throw new Error(target);
        expect(contains(outer, hostPrefix(address))).toBe(
          ipaddr.parse(target).match(ipaddr.parse(x) as ipaddr.IPv4, length),
        );
      }),
    );
  });

  it('has another key for each length of the lowest, the highest and a middle address', () => {
    const lengths = Array.from({ length: 33 }, (_, n) => n);
    const prefixes = ['0.0.0.0', '255.255.255.255', '127.255.0.1', '128.0.0.0'].flatMap((a) =>
      lengths.map((n) => parsePrefix(`${a}/${n}`)),
    );
    expect(new Set(prefixes.map(prefixKey)).size).toBe(new Set(prefixes.map(formatPrefix)).size);
  });

  it('has equal keys exactly for equal prefixes', () => {
    const any = fc.oneof(
      fc.tuple(ipv4, fc.nat(32)).map(([a, n]) => parsePrefix(`${a}/${n}`)),
      fc.tuple(ipv6, fc.nat(128)).map(([a, n]) => parsePrefix(`${a}/${n}`)),
    );
    fc.assert(
      fc.property(any, any, (x, y) => {
        expect(prefixKey(x) === prefixKey(y)).toBe(formatPrefix(x) === formatPrefix(y));
        expect(samePrefix(x, y)).toBe(formatPrefix(x) === formatPrefix(y));
        expect(Math.sign(comparePrefixes(x, y))).toBe(-Math.sign(comparePrefixes(y, x)) + 0);
        expect(prefixOf(x, x.length)).toEqual(x);
      }),
    );
  });
});
