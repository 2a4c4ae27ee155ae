// Walk or single questions: the choice, on a table of 10.0.0.0/16 in /26s of which some are expected.
import { describe, expect, it } from 'vitest';
import { crowdWatch, foreignRowsAllowed } from '../../../src/collectors/switches/snmp-route-cost.ts';
import { inetCidrRoutes, ipCidrRoutes } from '../../../src/collectors/switches/snmp-route-index.ts';
import { type Prefix, parsePrefix } from '../../../src/model/prefix.ts';
import { formatOid, type Oid, type SnmpValue } from '../../../src/transport/snmp-value.ts';

const table = Array.from({ length: 1024 }, (_, i) => parsePrefix(`10.0.${i >> 2}.${(i & 3) * 64}/26`));

/** The row at which the walk is given up; undefined when it goes to the end. */
function givenUpAt(expected: readonly Prefix[], foreignRows: number): number | undefined {
  const crowd = crowdWatch(expected, foreignRows);
  const at = table.findIndex((prefix) => {
    crowd.saw(prefix);
    return crowd.tooMany();
  });
  return at < 0 ? undefined : at;
}

describe('a walk', () => {
  it('goes on where most of what it meets is expected', () => {
    expect(givenUpAt(table, 100)).toBeUndefined();
    expect(
      givenUpAt(
        table.filter((_, i) => i % 4 === 0),
        100,
      ),
    ).toBeUndefined();
  });

  it('is given up among many foreign routes, but not because the expected ones come late', () => {
    expect(givenUpAt(table.slice(1000), 100)).toBe(100);
    expect(givenUpAt(table.slice(-5), Number.POSITIVE_INFINITY)).toBeUndefined();
    // 100 allowed, and four for each of the 26 met by then.
    expect(
      givenUpAt(
        table.filter((_, i) => i % 8 === 0),
        100,
      ),
    ).toBe(204);
  });

  it('does not count several next hops of one prefix, nor what is expected before its range', () => {
    const [first] = table;
    const crowd = crowdWatch([parsePrefix('9.0.0.0/24')], 1);
    for (let i = 0; i < 10; i++) if (first) crowd.saw(first);
    expect(crowd.tooMany()).toBe(false);
  });

  it('may meet any number of rows in a table of moderate size', async () => {
    const agent = (counts: Readonly<Record<string, number>>) => ({
      get: async (oids: readonly Oid[]) =>
        oids.map((oid): SnmpValue => {
          const value = counts[formatOid(oid)];
          return value === undefined
            ? { type: 'absent', reason: 'noSuchObject' }
            : { type: 'integer', value };
        }),
    });
    const inet = '1.3.6.1.2.1.4.24.6.0';
    expect(await foreignRowsAllowed(agent({ [inet]: 1400 }), inetCidrRoutes)).toBe(Number.POSITIVE_INFINITY);
    expect(await foreignRowsAllowed(agent({ [inet]: 100_000 }), inetCidrRoutes)).toBe(500);
    expect(await foreignRowsAllowed(agent({ [inet]: 1400 }), ipCidrRoutes)).toBe(10_000);
  });
});
