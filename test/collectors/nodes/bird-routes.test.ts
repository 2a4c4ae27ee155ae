// Routes out of `show route …`: our captures of BIRD 1.6.8 and 2.0.12 with what they say written out by hand, and the
// row forms that no capture of ours holds.
import { describe, expect, it } from 'vitest';
import { replyCode } from '../../../src/collectors/nodes/bird-reply.ts';
import { routesReader } from '../../../src/collectors/nodes/bird-routes.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';
import type { RouteLayer } from '../../../src/model/route-view.ts';
import { readAnswer, readPlain } from './fixtures.ts';

type Shown = Omit<RouteRow, 'prefix'> & { readonly prefix: string };

function collecting(layer: RouteLayer) {
  const rows: Shown[] = [];
  const reader = routesReader({
    source: 'x',
    layer,
    sink: (row) => rows.push({ ...row, prefix: formatPrefix(row.prefix) }),
  });
  return { rows, reader };
}

function routes(capture: string, command: string, layer: RouteLayer = 'local', nth = 0): Shown[] {
  const { rows, reader } = collecting(layer);
  expect(readAnswer(capture, command, reader, nth)).toBe(rows.length);
  return rows;
}

function plain(text: string, layer: RouteLayer = 'local'): Shown[] {
  const { rows, reader } = collecting(layer);
  readPlain(text, reader);
  return rows;
}

describe('BIRD 1.6', () => {
  const all = routes('own/out.txt', 'show route all');
  const of = (prefix: string) => all.filter((row) => row.prefix === prefix);

  it('reads as many routes as BIRD counts', () => {
    expect(all).toHaveLength(17); // "17 of 17 routes for 16 networks"
    expect(new Set(all.map(({ prefix }) => prefix)).size).toBe(16);
  });

  it('reads a second route of the same net', () => {
    expect(of('0.0.0.0/0')).toEqual([
      {
        prefix: '0.0.0.0/0',
        nextHops: [],
        protocol: 'bgp',
        best: true,
        vrf: 'default',
        unusable: true,
        discard: true,
        asPath: '65001',
        from: '10.0.0.254',
        localPref: 100,
      },
      {
        prefix: '0.0.0.0/0',
        nextHops: [{ address: '10.50.0.254', interface: 'calix0' }],
        protocol: 'kernel',
        best: false,
        vrf: 'default',
      },
    ]);
  });

  it('reads blackholes, devices and multipath', () => {
    expect(of('192.168.10.0/26')).toEqual([
      {
        prefix: '192.168.10.0/26',
        nextHops: [],
        protocol: 'static',
        best: true,
        vrf: 'default',
        discard: true,
      },
    ]);
    expect(of('192.168.10.5/32')).toMatchObject([
      { nextHops: [{ interface: 'calix0' }], protocol: 'kernel' },
    ]);
    expect(of('10.0.0.1/32')).toMatchObject([{ nextHops: [{ interface: 'lo' }], protocol: 'connected' }]);
    expect(of('10.60.0.0/16')).toMatchObject([
      {
        nextHops: [
          { address: '10.50.0.2', interface: 'calix0' },
          { address: '10.50.0.3', interface: 'calix0' },
        ],
      },
    ]);
  });

  it('reads the same without attributes, but for what only they tell', () => {
    const short = routes('own/out.txt', 'show route');
    const basic = ({ prefix, nextHops, protocol, best, from, unusable, discard }: Shown) => ({
      prefix,
      nextHops,
      protocol,
      best,
      from,
      unusable,
      discard,
    });
    expect(short.map(basic)).toEqual(all.map(basic));
  });

  it('reads what is sent: the next hop announced, not the way the node itself takes', () => {
    const sent = routes('1.6/stale-node1.txt', 'show route export Node_172_20_0_254 all', 'exported');
    expect(sent.find(({ prefix }) => prefix === '10.233.0.0/18')).toEqual({
      prefix: '10.233.0.0/18',
      nextHops: [{ address: '172.20.0.11' }],
      protocol: 'static',
      best: true,
      vrf: 'default',
      asPath: '64512',
      localPref: 100,
    });
    // Every announcement carries the node's own address and AS, whatever way the node itself takes.
    for (const row of sent) {
      expect(row.nextHops).toEqual([{ address: '172.20.0.11' }]);
      expect(row.asPath).toMatch(/^64512\b/);
      expect(row).not.toHaveProperty('discard');
    }
  });

  it('names the peer of a route even where BIRD leaves it out', () => {
    const rows = routes('1.6/stale-node1.txt', 'show route').filter(
      ({ prefix }) => prefix === '10.233.66.0/24',
    );
    // Both go via 172.20.0.13; BIRD prints "from" only for the one that the other reflector sent.
    expect(rows.map(({ from }) => from).sort()).toEqual(['172.20.0.12', '172.20.0.13']);
  });

  it('reads AS path, communities and local preference', () => {
    expect(routes('own/out3.txt', 'show route where source = RTS_BGP all')[2]).toMatchObject({
      prefix: '172.16.0.0/12',
      asPath: '65200 65100 65001',
      localPref: 100,
    });
    const sent = routes('own/out.txt', 'show route noexport Global_10_0_0_254_port_1179 all', 'exported');
    expect(sent.find(({ prefix }) => prefix === '192.168.221.70/32')).toMatchObject({
      communities: '64512:120 64512:1:2',
    });
  });
});

describe('BIRD 2', () => {
  const all = routes('2.0/routes.txt', 'show route all');

  it('reads both tables: "Total: 12 of 12 routes for 10 networks in 2 tables"', () => {
    expect(all).toHaveLength(12);
    expect(all.filter(({ prefix }) => prefix.includes(':')).map(({ prefix }) => prefix)).toEqual([
      'fd00:30::/48',
      'fd00:10:244::/64',
      'fd00:10:245::/64',
    ]);
    expect(all.every(({ vrf }) => vrf === 'default')).toBe(true);
  });

  it('reads next hops on lines of their own, prohibited, and unreachable', () => {
    const one = (prefix: string) => all.find((row) => row.prefix === prefix);
    expect(one('10.60.0.0/16')).toMatchObject({ nextHops: [{ interface: 'lo' }, { interface: 'lo' }] });
    expect(one('10.61.0.0/16')).toMatchObject({ protocol: 'static', discard: true });
    expect(one('172.99.0.0/16')).not.toHaveProperty('unusable'); // Configured so, not unresolved.
    expect(one('172.30.0.0/16')).toMatchObject({ protocol: 'bgp', unusable: true, from: '127.0.0.2' });
  });

  it('reads what is sent', () => {
    const command = 'show route export Node_127_0_0_2 where net ~ [10.233.64.0/18+] all';
    expect(routes('2.0/routes.txt', command, 'exported')[0]).toEqual({
      prefix: '10.233.64.0/26',
      nextHops: [],
      protocol: 'static',
      best: true,
      vrf: 'default',
      communities: '64512:120 64512:1:2',
    });
  });
});

describe('row forms', () => {
  it.each([
    [
      '10.0.0.0/8  via fe80::1 on eth0 [up6 2018-01-14 14:32:47 from fe80::2] * (100s/20) [AS65001i]',
      { stale: true, from: 'fe80::2', best: true },
    ],
    [
      '10.0.0.0/8  via 10.1.1.1 on eth0 [Mesh_10_1_1_1 12:00:00] ! (100/0) [i]',
      { best: true, unusable: true, from: '10.1.1.1' },
    ],
    [
      '10.0.0.0/8  via 10.1.1.1 on eth0 [Mesh_10_1_1_1 12:00:00] (100-/0) [?]',
      { best: false, protocol: 'bgp' },
    ],
    [
      '10.0.0.0/8  via 10.1.1.1 on eth0 [ospf1 12:00:00] * E2 (150/10/20) [0001]',
      { protocol: 'ospf', best: true },
    ],
    [
      '10.0.0.0/8  via 10.1.1.1 on eth0 onlink [x 12:00:00.123] * (10)',
      { protocol: 'other', nextHops: [{ address: '10.1.1.1', interface: 'eth0' }] },
    ],
    [
      '10.0.0.0/8  dev tunl0 [direct1 2020-01-01] * (240)',
      { protocol: 'connected', nextHops: [{ interface: 'tunl0' }] },
    ],
  ])('%s', (text, expected) => {
    expect(plain(text)).toMatchObject([expected]);
  });

  it('keeps other tables apart', () => {
    expect(plain('Table red:\n10.0.0.0/8  blackhole [static1 12:00:00] * (200)')).toMatchObject([
      { vrf: 'red' },
    ]);
  });

  it('joins attributes that go on in the next line', () => {
    const text =
      '10.0.0.0/8 via 10.1.1.1 on eth0 [a 12:00:00] * (100) [i]\n\tType: BGP unicast univ\n\tBGP.community: (0,1)\n\t\t(65101,2) (65104,150)';
    expect(plain(text)).toMatchObject([{ communities: '0:1 65101:2 65104:150' }]);
  });

  it('takes the link-local address where the global one is empty', () => {
    const text =
      'fd00::/8 unreachable [a 12:00:00] * (100) [i]\n\tType: BGP univ\n\tBGP.next_hop: :: fe80::1888';
    expect(plain(text, 'exported')).toMatchObject([{ nextHops: [{ address: 'fe80::1888' }] }]);
  });

  it.each([
    ['via 10.0.0.1 on eth0 [a 12:00:00] * (100)', 1],
    ['   via 10.0.0.1 on eth0 [a 12:00:00] * (100)', 1],
    ['10.0.0.0/33 via 10.0.0.1 on eth0 [a 12:00:00] * (100)', 1],
    ['10.0.0.0/8 via 10.0.0.1 on eth0 [a 12:00:00', 1],
    ['10.0.0.0/8 going nowhere [a 12:00:00] * (100)', 1],
    ['10.0.0.0/8 via 10.0.0.x on eth0 [a 12:00:00] * (100)', 1],
    ['10.0.0.0/8 multipath [a 12:00:00] * (100)', 1],
    ['10.0.0.0/8 blackhole [a 12:00:00] * (100)\n\tvia 10.0.0.1 on eth0', 2],
    ['10.0.0.0/8 blackhole [a 12:00:00] * (100)\n\tnonsense', 2],
    ['\tType: BGP univ', 1],
    ['10.0.0.0/8 blackhole [a 12:00:00] * (100)\n\nsyslog: something happened', 3],
  ])('refuses %j at line %d', (text, line) => {
    expect(() => plain(text)).toThrow(expect.objectContaining({ name: 'ParseError', line }));
  });
});

describe('a line that BIRD lost', () => {
  const row = { code: replyCode.route as number, text: '10.0.0.0/8 blackhole [a 12:00:00] * (100)' };
  const type = { code: replyCode.routeType as number, text: '\tType: static unicast univ' };
  const attribute = { code: replyCode.routeAttributes as number, text: '\tBGP.origin: IGP' };
  const lost = { code: replyCode.lineOverflow as number, text: '<line overflow>' };

  const read = (...lines: { code: number; text: string }[]) => {
    const { rows, reader } = collecting('local');
    for (const [i, line] of lines.entries()) reader.line({ ...line, number: i + 1 });
    reader.end();
    return rows.length;
  };

  it('is no harm when it was an attribute', () => {
    expect(read(row, type, lost, attribute, row, type, lost)).toBe(2);
  });

  it.each([
    ['the first route', [lost, type, row, type]],
    ['a later route', [row, type, attribute, lost, type]],
    ['a route of a listing without attributes', [row, lost, row]],
    ['the last route of one', [row, lost]],
  ])('fails the listing when it was %s', (_, lines) => {
    expect(() => read(...lines)).toThrow(/BIRD cut a line/);
  });
});
