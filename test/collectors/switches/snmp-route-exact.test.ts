// Single prefixes among many others, by GETNEXT on a table of inetCidrRouteTable's rows (RFC 4292) in memory.
import { describe, expect, it } from 'vitest';
import { probeExact } from '../../../src/collectors/switches/snmp-route-exact.ts';
import { inetCidrRoutes } from '../../../src/collectors/switches/snmp-route-index.ts';
import { formatPrefix, parsePrefix, prefixKey } from '../../../src/model/prefix.ts';
import { compareOids, type Oid, type SnmpVarbind } from '../../../src/transport/snmp-value.ts';

const column: Oid = [...inetCidrRoutes.entry, 9];
const rowOf = (prefix: string, hop: string): Oid => {
  const [address = '', length] = prefix.split('/');
  return [
    ...column,
    1,
    4,
    ...address.split('.').map(Number),
    Number(length),
    2,
    0,
    0,
    1,
    4,
    ...hop.split('.').map(Number),
  ];
};

function agent(rows: readonly Oid[], requests: number[] = []) {
  const sorted = rows.toSorted(compareOids);
  return {
    getNext: async (oids: readonly Oid[]) => {
      requests.push(oids.length);
      return oids.map((oid): SnmpVarbind => {
        const next = sorted.find((row) => compareOids(row, oid) > 0);
        return next
          ? { oid: next, value: { type: 'integer', value: 14 } }
          : { oid, value: { type: 'absent', reason: 'endOfMibView' } };
      });
    },
  };
}

const table = [
  rowOf('10.0.0.0/24', '192.0.2.1'),
  rowOf('10.0.0.0/26', '192.0.2.1'),
  rowOf('10.0.0.0/26', '192.0.2.2'),
  rowOf('10.0.0.128/26', '0.0.0.0'),
  rowOf('10.0.1.0/26', '192.0.2.1'),
];

describe('single prefixes', () => {
  it('are found with all their next hops, and no other prefix is', async () => {
    const rows: string[] = [];
    const wanted = ['10.0.0.0/26', '10.0.0.64/26', '10.0.0.128/26', '10.9.0.0/26'].map(parsePrefix);
    const result = await probeExact(agent(table), inetCidrRoutes, column, wanted, (_, { prefix, nextHop }) =>
      rows.push(`${formatPrefix(prefix)} ${nextHop}`),
    );
    expect(rows.toSorted()).toEqual([
      '10.0.0.0/26 192.0.2.1',
      '10.0.0.0/26 192.0.2.2',
      '10.0.0.128/26 undefined',
    ]);
    // One without a next hop may discard: what covers it is of interest.
    expect(result).toEqual({ found: new Set([prefixKey(parsePrefix('10.0.0.0/26'))]) });
  });

  it('cost two questions each, many in one request', async () => {
    const requests: number[] = [];
    const prefixes = Array.from({ length: 160 }, (_, i) => `10.1.${i}.0/26`);
    const rows = prefixes.map((prefix) => rowOf(prefix, '192.0.2.1'));
    const { found } = await probeExact(
      agent(rows, requests),
      inetCidrRoutes,
      column,
      prefixes.map(parsePrefix),
      () => {},
    );
    expect(found.size).toBe(160);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(320);
    expect(requests.length).toBe(20);
  });

  it('end at an agent that goes backwards, naming the OID', async () => {
    const backwards = {
      getNext: async () => [{ oid: [...column, 1, 4, 9], value: { type: 'integer', value: 1 } } as const],
    };
    const result = await probeExact(
      backwards,
      inetCidrRoutes,
      column,
      [parsePrefix('10.0.0.0/26')],
      () => {},
    );
    expect(result.partial).toBe("the agent's OIDs do not increase (1.3.6.1.2.1.4.24.7.1.9.1.4.9)");
  });
});
