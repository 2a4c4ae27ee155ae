// From rows of the route tables to routes: protocols, routes that discard, several next hops.
import { describe, expect, it } from 'vitest';
import { type FoundRoute, routeRows } from '../../../src/collectors/switches/snmp-route-rows.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';

const found = (prefix: string, rest: Partial<FoundRoute> = {}): FoundRoute => ({
  index: [],
  prefix: parsePrefix(prefix),
  ...rest,
});
const rows = (routes: FoundRoute[], netSnmp = false) =>
  routeRows(routes, netSnmp).map(({ prefix, ...row }) => ({ ...row, prefix: formatPrefix(prefix) }));
const protocol = (rest: Partial<FoundRoute>, netSnmp = false) =>
  rows([found('10.0.0.0/24', rest)], netSnmp)[0]?.protocol;

describe('protocols', () => {
  it.each([
    [3, 'static'],
    [8, 'rip'],
    [9, 'isis'],
    [13, 'ospf'],
    [14, 'bgp'],
    [1, 'other'],
    [16, 'other'],
    [99, 'other'],
    [undefined, 'other'],
  ])('%j is %s', (proto, name) => {
    expect(protocol({ nextHop: '10.9.9.9', ...(proto !== undefined && { proto }) })).toBe(name);
  });

  it('takes "local" for connected only where there is no gateway', () => {
    expect(protocol({ proto: 2 })).toBe('connected');
    expect(protocol({ type: 3 })).toBe('connected');
    expect(protocol({ proto: 2, nextHop: '10.9.9.9' })).toBe('other');
    // net-snmp says "local" of all routes of the kernel, those of FRR included.
    expect(protocol({ proto: 2, nextHop: '10.9.9.9' }, true)).toBe('kernel');
  });
});

describe('routes that discard', () => {
  it.each([
    ['type blackhole', { type: 5, nextHop: '10.9.9.9' }, false],
    ['type reject', { type: 2 }, false],
    ['interface Null0', { type: 4, proto: 3, interface: 'NULL0' }, false],
    ['no interface at net-snmp', { type: 3, proto: 2, ifIndex: 0 }, true],
  ])('%s', (_, rest, netSnmp) => {
    expect(rows([found('10.0.0.0/24', rest)], netSnmp)).toEqual([
      { prefix: '10.0.0.0/24', nextHops: [], protocol: 'other', best: true, vrf: 'default', discard: true },
    ]);
  });

  it.each([
    ['a connected one', { type: 3, proto: 2, ifIndex: 3, interface: 'Ethernet1' }, true],
    ['one without an interface at another agent', { type: 3, proto: 2, ifIndex: 0 }, false],
    ['one with a gateway and no interface', { ifIndex: 0, nextHop: '10.9.9.9' }, true],
  ])('but not %s', (_, rest, netSnmp) => {
    expect(rows([found('10.0.0.0/24', rest)], netSnmp)[0]).not.toHaveProperty('discard');
  });
});

describe('next hops', () => {
  it('joins the rows of one prefix', () => {
    const routes = ['10.98.0.2', '10.98.0.3', '10.98.0.2'].map((nextHop) =>
      found('10.0.0.0/24', { nextHop, proto: 14 }),
    );
    expect(rows([...routes, found('10.0.0.0/25', { nextHop: '10.98.0.2', proto: 14 })])).toEqual([
      {
        prefix: '10.0.0.0/24',
        nextHops: [{ address: '10.98.0.2' }, { address: '10.98.0.3' }],
        protocol: 'bgp',
        best: true,
        vrf: 'default',
      },
      {
        prefix: '10.0.0.0/25',
        nextHops: [{ address: '10.98.0.2' }],
        protocol: 'bgp',
        best: true,
        vrf: 'default',
      },
    ]);
  });

  it('keeps a discarding row apart from a usable one of the same prefix', () => {
    const both = rows([found('10.0.0.0/24', { type: 5 }), found('10.0.0.0/24', { nextHop: '10.98.0.2' })]);
    expect(both.map(({ discard }) => discard)).toEqual([true, undefined]);
  });

  it('names the interface of a connected route', () => {
    expect(rows([found('10.0.0.0/24', { proto: 2, interface: 'Vlan20' })])[0]?.nextHops).toEqual([
      { interface: 'Vlan20' },
    ]);
  });
});
