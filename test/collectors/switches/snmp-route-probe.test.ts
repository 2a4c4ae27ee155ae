// The search for single and covering routes against a table in memory: it finds exactly what is there, for any table and any
// targets, and does not ask for addresses that an earlier answer has ruled out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inetCidrRoutes,
  ipCidrRoutes,
  type RouteLayout,
} from '../../../src/collectors/switches/snmp-route-index.ts';
import { probeRoutes } from '../../../src/collectors/switches/snmp-route-probe.ts';
import { addressBytes } from '../../../src/model/address.ts';
import { contains, formatPrefix, type Prefix, parsePrefix, prefixOf } from '../../../src/model/prefix.ts';
import { compareOids, type Oid, type SnmpVarbind } from '../../../src/transport/snmp-value.ts';

const column: Oid = [1, 3, 6, 1, 9];
const end: SnmpVarbind = { oid: [1, 3, 6, 2], value: { type: 'integer', value: 0 } };

function indexOf(layout: RouteLayout, prefix: Prefix, hop: number): Oid {
  if (layout === inetCidrRoutes)
    return [...layout.addressIndex(prefix), prefix.length, 2, 0, 0, 1, 4, 10, 9, 9, hop];
  const mask = addressBytes(prefixOf({ family: 4, a: 0xffffffff, b: 0, c: 0, d: 0 }, prefix.length));
  return [...addressBytes(prefix), ...mask, 0, 10, 9, 9, hop];
}

async function probe(
  layout: RouteLayout,
  table: readonly (readonly [Prefix, number])[],
  targets: Prefix[],
  most = 10_000,
) {
  const oids = table.map(([prefix, hop]) => [...column, ...indexOf(layout, prefix, hop)]).sort(compareOids);
  let asked = 0;
  let requests = 0;
  const getNext = async (wanted: readonly Oid[]): Promise<SnmpVarbind[]> => {
    requests++;
    asked += wanted.length;
    return wanted.map((oid) => {
      const next = oids.find((row) => compareOids(row, oid) > 0);
      return next ? { oid: next, value: { type: 'integer', value: 14 } } : end;
    });
  };
  const found: string[] = [];
  const result = await probeRoutes({ getNext }, layout, column, targets, most, (_, { prefix, nextHop }) =>
    found.push(`${formatPrefix(prefix)} ${nextHop}`),
  );
  return { found: found.sort(), asked, requests, result };
}

const prefix = fc
  .tuple(
    fc.constantFrom(0x0a000000, 0x0a400000, 0x0ae94000, 0x0ae94040, 0xc0000207),
    fc.nat(0xff),
    fc.nat(32),
  )
  .map(([a, low, length]) => prefixOf({ family: 4, a: (a | low) >>> 0, b: 0, c: 0, d: 0 }, length));

describe('probeRoutes', () => {
  it.each([
    ['inetCidrRouteTable', inetCidrRoutes],
    ['ipCidrRouteTable', ipCidrRoutes],
  ])('finds exactly the targets and what covers them (%s)', async (_, layout) => {
    const table = fc.uniqueArray(fc.tuple(prefix, fc.integer({ min: 1, max: 2 })), {
      maxLength: 40,
      selector: ([route, hop]) => `${formatPrefix(route)} ${hop}`,
    });
    await fc.assert(
      fc.asyncProperty(table, fc.array(prefix, { minLength: 1, maxLength: 8 }), async (rows, targets) => {
        const { found, result } = await probe(layout, rows, targets);
        const wanted = rows.filter(([route]) => targets.some((target) => contains(route, target)));
        expect(result).toEqual({});
        expect(found).toEqual(wanted.map(([route, hop]) => `${formatPrefix(route)} 10.9.9.${hop}`).sort());
      }),
    );
  });

  it('asks little of a table that holds little there', async () => {
    const rows = [[parsePrefix('0.0.0.0/0'), 1] as const, [parsePrefix('172.20.0.0/24'), 1] as const];
    const targets = Array.from({ length: 500 }, (_, i) => parsePrefix(`192.0.${i % 250}.${i % 256}/32`));
    const { found, requests } = await probe(inetCidrRoutes, rows, targets);
    expect(found).toEqual(['0.0.0.0/0 10.9.9.1']);
    expect(requests).toBeLessThan(5);
  });

  it('says when there is too much to look for', async () => {
    const targets = [parsePrefix('10.233.64.0/26')];
    const { result } = await probe(inetCidrRoutes, [], targets, 2);
    expect(result.partial).toContain('more than 2');
  });

  it('ends when the agent goes backwards', async () => {
    const getNext = async (wanted: readonly Oid[]): Promise<SnmpVarbind[]> =>
      wanted.map(() => ({
        oid: [...column, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0],
        value: { type: 'integer', value: 1 },
      }));
    const result = await probeRoutes(
      { getNext },
      inetCidrRoutes,
      column,
      [parsePrefix('10.0.0.0/8')],
      100,
      () => {},
    );
    expect(result.partial).toContain('do not increase');
  });
});
