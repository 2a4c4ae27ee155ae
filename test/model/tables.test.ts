// Prefix maps and route tables against the obvious slow way of doing the same, on random prefixes of both families.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asnFromInt32, formatAsdot, parseAsn } from '../../src/model/asn.ts';
import {
  comparePrefixes,
  contains,
  formatPrefix,
  type Prefix,
  parsePrefix,
  samePrefix,
} from '../../src/model/prefix.ts';
import { PrefixMap } from '../../src/model/prefix-map.ts';
import { failure, keepLast, lastGood, success } from '../../src/model/reading.ts';
import { type RouteRow, RouteTable, RouteTableBuilder } from '../../src/model/route-table.ts';
import { wasAsked } from '../../src/model/route-view.ts';

// Few bits in use, so that prefixes meet and nest often.
const small4 = fc
  .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 8, 14, 15, 16, 24, 32))
  .map(([b, c, n]) => parsePrefix(`10.${b}.${c}.0/${n}`));
const small6 = fc
  .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 32, 48, 64, 127, 128))
  .map(([b, c, n]) => parsePrefix(`fd00:${b}:${c}::1/${n}`));
const prefix = fc.oneof(small4, small6);

const longestOf = (list: readonly Prefix[], wanted: Prefix) =>
  list.filter((p) => contains(p, wanted)).sort((x, y) => y.length - x.length)[0];

describe('PrefixMap', () => {
  it('finds the longest match and all within, as a scan does', () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 30 }), prefix, (list, wanted) => {
        const map = new PrefixMap<string>();
        for (const p of list) map.set(p, formatPrefix(p));
        expect(map.size).toBe(new Set(list.map(formatPrefix)).size);
        const best = longestOf(list, wanted);
        expect(map.longest(wanted)?.[1]).toBe(best && formatPrefix(best));
        expect(map.get(wanted)).toBe(
          list.some((p) => samePrefix(p, wanted)) ? formatPrefix(wanted) : undefined,
        );
        const within = [...map.within(wanted)].map(([, text]) => text).sort();
        expect(within).toEqual(
          [...new Set(list.filter((p) => contains(wanted, p)).map(formatPrefix))].sort(),
        );
      }),
    );
  });
});

const row = (p: Prefix, i: number): RouteRow => ({
  prefix: p,
  nextHops: i % 3 === 0 ? [] : [{ address: `192.0.2.${i % 5}` }, ...(i % 2 ? [{ interface: 'eth0' }] : [])],
  protocol: i % 2 ? 'bgp' : 'static',
  best: i % 4 !== 0,
  vrf: 'default',
  ...(i % 5 === 0 ? { asPath: `65001 ${i}` } : {}),
});

describe('RouteTable', () => {
  it('gives back every row, by position, prefix and cover', () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 60 }), prefix, (list, wanted) => {
        const rows = list.map(row);
        const table = RouteTable.of(rows);
        expect([...table.rows()]).toEqual(rows);
        expect(table.rowsOf(wanted)).toEqual(rows.filter((r) => samePrefix(r.prefix, wanted)));
        expect(table.has(wanted)).toBe(rows.some((r) => samePrefix(r.prefix, wanted)));
        const cover = longestOf(
          list.filter((p) => p.length < wanted.length),
          wanted,
        );
        expect(table.coveringRows(wanted)).toEqual(
          cover ? rows.filter((r) => samePrefix(r.prefix, cover)) : [],
        );
        expect([...table.prefixes()].map(formatPrefix).sort()).toEqual(
          [...new Set(list.map(formatPrefix))].sort(),
        );
      }),
    );
  });

  it('tells an empty AS path from an unknown one', () => {
    const { asPath: _, ...unknown } = row(parsePrefix('10.1.0.0/16'), 0);
    const rows = [unknown, { ...unknown, asPath: '' }];
    expect([...RouteTable.of(rows).rows()]).toEqual(rows);
  });

  it('takes the rows of whole tables', () => {
    fc.assert(
      fc.property(fc.array(fc.array(prefix, { maxLength: 20 }), { maxLength: 4 }), (lists) => {
        const tables = lists.map((list) => list.map(row));
        const builder = new RouteTableBuilder();
        for (const rows of tables) builder.addAll(RouteTable.of(rows));
        const last = row(parsePrefix('fd00::/8'), 3);
        builder.add(last);
        expect([...builder.build().rows()]).toEqual([...tables.flat(), last]);
      }),
    );
  });

  it('takes the VRF of all rows from who knows it in the end', () => {
    const builder = new RouteTableBuilder();
    const rows = [0, 1].map((i) => ({ ...row(parsePrefix(`10.${i}.0.0/16`), i), vrf: '' }));
    for (const each of rows) builder.add(each);
    expect([...builder.build('blue').rows()]).toEqual(rows.map((each) => ({ ...each, vrf: 'blue' })));
  });

  it('finds every row of a table in order, by few look-ups and by many', () => {
    fc.assert(
      fc.property(
        fc.array(small4, { maxLength: 60 }),
        fc.array(prefix, { maxLength: 20 }),
        (list, wanted) => {
          const rows = [...new Map(list.map((p) => [formatPrefix(p), p])).values()]
            .sort(comparePrefixes)
            .map(row);
          const table = RouteTable.of(rows);
          for (const p of [...wanted, ...list])
            expect(table.rowsOf(p)).toEqual(rows.filter((r) => samePrefix(r.prefix, p)));
          expect(table.index.distinct).toBe(rows.length);
          expect([...table.prefixes()].map(formatPrefix).sort()).toEqual(
            rows.map((r) => formatPrefix(r.prefix)).sort(),
          );
        },
      ),
    );
  });

  it('refuses a row that is not there', () => {
    expect(() => RouteTable.of([]).at(0)).toThrow(RangeError);
  });
});

describe('what was asked', () => {
  const view = (kind: 'exact' | 'ranges', text: string) => ({
    layer: 'installed' as const,
    vrf: 'default',
    table: RouteTable.of([]),
    scopes: [{ kind, prefixes: [parsePrefix(text)] }],
    allNextHops: true,
  });

  it('holds everything inside a range, and exactly what was named', () => {
    expect(wasAsked(view('ranges', '10.0.0.0/8'), parsePrefix('10.1.0.0/16'))).toBe(true);
    expect(wasAsked(view('ranges', '10.1.0.0/16'), parsePrefix('10.0.0.0/8'))).toBe(false);
    expect(wasAsked(view('exact', '10.0.0.0/8'), parsePrefix('10.1.0.0/16'))).toBe(false);
    expect(wasAsked(view('exact', '10.0.0.0/8'), parsePrefix('10.0.0.0/8'))).toBe(true);
  });
});

describe('readings', () => {
  it('keeps the last good value through any number of failures', () => {
    const good = success(1, 'x');
    const once = keepLast(good, failure<string>(2, 'timeout', 'slow'));
    const twice = keepLast(once, failure<string>(3, 'refused', 'gone'));
    expect(lastGood(twice)).toEqual({ at: 1, value: 'x' });
    expect(twice).toMatchObject({ ok: false, at: 3, error: { kind: 'refused' } });
    expect(lastGood(keepLast(undefined, failure(4, 'timeout', 'slow')))).toBeUndefined();
    expect(keepLast(twice, success(5, 'y'))).toEqual(success(5, 'y'));
  });
});

describe('AS numbers', () => {
  it.each([
    ['65001', 65001],
    ['AS65001', 65001],
    ['1.10', 65546],
    ['635.66', 41615426],
    ['4294967295', 4294967295],
    ['65535.65535', 4294967295],
    ['0', 0],
  ])('%s is %d', (text, asn) => expect(parseAsn(text)).toBe(asn));

  it.each(['', '4294967296', '1.65536', '65536.1', '-1', '1.2.3', 'x'])('refuses %j', (text) => {
    expect(parseAsn(text)).toBeUndefined();
  });

  it('repairs the negative numbers of 32-bit agents', () => {
    expect(asnFromInt32(-94966595)).toBe(4200000701);
    expect(asnFromInt32(65001)).toBe(65001);
    expect(formatAsdot(4200000701)).toBe('64086.60605');
    expect(formatAsdot(65535)).toBe('65535');
  });
});
