// The rows that a reading meets, from a walk and from single questions, joined into routes.
import { describe, expect, it } from 'vitest';
import { FoundRoutes } from '../../../src/collectors/switches/snmp-route-found.ts';
import type { FoundRoute } from '../../../src/collectors/switches/snmp-route-rows.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import type { RouteTable } from '../../../src/model/route-table.ts';

const row = (prefix: string, nextHop?: string, more: Partial<FoundRoute> = {}): FoundRoute => ({
  index: [...prefix].map((letter) => letter.charCodeAt(0)),
  prefix: parsePrefix(prefix),
  proto: 14,
  ...(nextHop !== undefined && { nextHop }),
  ...more,
});

function foundOf(rows: readonly FoundRoute[]): FoundRoutes {
  const found = new FoundRoutes(false);
  for (const one of rows) found.add(one);
  return found;
}

const shown = (table: RouteTable) =>
  [...table.rows()].map(({ prefix, protocol, nextHops, discard }) =>
    [
      ...[formatPrefix(prefix), discard ? 'discard' : protocol],
      ...nextHops.map(({ address, interface: name }) => address ?? name),
    ].join(' '),
  );

describe('rows of one prefix', () => {
  it('become one route with all next hops, also when other rows stand between them', () => {
    const found = foundOf([
      row('10.233.65.0/26', '172.20.0.11'),
      row('10.233.66.0/26', '172.20.0.11'),
      row('10.233.65.0/26', '172.20.0.12'),
    ]);
    expect(shown(found.table(found.bare))).toEqual([
      '10.233.65.0/26 bgp 172.20.0.11 172.20.0.12',
      '10.233.66.0/26 bgp 172.20.0.11',
    ]);
  });

  it('count once when a single question meets again what the walk has met', () => {
    const twice = [row('10.233.65.0/26', '172.20.0.11'), row('10.0.0.0/24', undefined, { proto: 2 })];
    const found = foundOf([...twice, ...twice]);
    expect(found.bare).toHaveLength(1);
    expect(shown(found.table(found.bare))).toEqual([
      '10.233.65.0/26 bgp 172.20.0.11',
      '10.0.0.0/24 connected',
    ]);
  });

  it('are one route where the next hop of some is told by a column only', () => {
    const found = foundOf([row('fd00::/64'), row('fd00:1::/64', 'fe80::2'), row('fd00::/64', 'fe80::3')]);
    const told = found.bare.map((bare) => ({ ...bare, nextHop: 'fe80::1' }));
    expect(shown(found.table(told))).toEqual(['fd00::/64 bgp fe80::1 fe80::3', 'fd00:1::/64 bgp fe80::2']);
  });
});

describe('rows without a next hop', () => {
  it('keep their place among the others', () => {
    const found = foundOf([
      row('0.0.0.0/0', '192.0.2.1'),
      row('10.0.0.0/24', undefined, { proto: 2 }),
      row('10.233.65.0/26', '172.20.0.11'),
    ]);
    expect(shown(found.table(found.bare))).toEqual([
      '0.0.0.0/0 bgp 192.0.2.1',
      '10.0.0.0/24 connected',
      '10.233.65.0/26 bgp 172.20.0.11',
    ]);
  });

  it('are all kept where a route discards beside one that leads on', () => {
    const found = foundOf([row('10.233.64.0/18'), row('10.233.64.0/18', '172.20.0.11')]);
    const told = found.bare.map((bare) => ({ ...bare, interface: 'Null0' }));
    expect(shown(found.table(told))).toEqual(['10.233.64.0/18 discard', '10.233.64.0/18 bgp 172.20.0.11']);
  });
});

it('counts the rows it has met', () => {
  expect(foundOf([row('10.233.65.0/26', '172.20.0.11'), row('10.0.0.0/24')]).size).toBe(2);
});
