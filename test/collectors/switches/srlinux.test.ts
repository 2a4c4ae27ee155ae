// The SR Linux driver: boxed tables written by hand after Nokia's guides and, read in place where they are, captures of
// learn-srlinux and napalm with results written out.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { srlinux } from '../../../src/collectors/switches/srlinux.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/nokia-srlinux');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
const brief = (parsed: Parsed) =>
  rows(parsed).map(({ prefix, best, nextHops }) =>
    [formatPrefix(prefix), best, nextHops.map((hop) => hop.address ?? hop.interface).join(',')].join(' '),
  );

const neighbours = 'show network-instance * protocols bgp neighbor';

describe('sessions', () => {
  it('reads cells that are cut and families that stack, in several network instances', () => {
    const { sessions, notes } = srlinux.parse(neighbours, read('neighbor.txt'));
    expect(notes).toEqual([]);
    const plain = { localAsn: null, vrf: 'default' };
    expect(sessions).toEqual([
      {
        ...plain,
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        state: 'established',
        afi: 'ipv4',
        establishedSeconds: 1048965,
        prefixesReceived: 6,
        prefixesAdvertised: 9,
      },
      {
        ...plain,
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        state: 'established',
        afi: 'ipv6',
        establishedSeconds: 1048965,
        prefixesReceived: 2,
        prefixesAdvertised: 3,
      },
      { ...plain, peerAddress: '172.20.0.12', peerAsn: 4200000002, state: 'active', afi: 'ipv4' },
      { ...plain, peerAddress: '172.20.0.13', peerAsn: 64512, state: 'idle', afi: 'ipv4', adminDown: true },
      { ...plain, peerAddress: 'fd00:20:1234:5678::11', peerAsn: 64512, state: 'connect', afi: 'ipv6' },
      {
        ...plain,
        vrf: 'red',
        peerAddress: '10.9.0.1',
        peerAsn: 65020,
        state: 'established',
        afi: 'ipv4',
        establishedSeconds: 9,
        prefixesReceived: 1,
        prefixesAdvertised: 1,
      },
    ]);
  });

  it('refuses a table that is not closed, and fewer rows than it counts', () => {
    const text = read('neighbor.txt');
    expect(() => srlinux.parse(neighbours, text.slice(0, text.indexOf('| default    | fd00')))).toThrow(
      'ends inside a table',
    );
    expect(() => srlinux.parse(neighbours, text.replace('4 configured', '6 configured'))).toThrow(
      '5 neighbours were read of 7',
    );
  });

  it('reads JSON with and without neighbours, and an error as an error', () => {
    const json = {
      'network-instance': [
        {
          name: 'red',
          protocols: {
            bgp: {
              'autonomous-system': 65009,
              neighbor: [
                {
                  'peer-address': '172.20.0.11',
                  'peer-as': 4200000002,
                  'session-state': 'active',
                  'admin-state': 'disable',
                },
              ],
            },
          },
        },
      ],
    };
    expect(
      srlinux.parse('info from state network-instance * protocols bgp | as json', JSON.stringify(json)),
    ).toEqual({
      sessions: [
        {
          peerAddress: '172.20.0.11',
          peerAsn: 4200000002,
          localAsn: 65009,
          state: 'active',
          vrf: 'red',
          afi: 'ipv4',
          adminDown: true,
        },
      ],
      routes: [],
      notes: [],
    });
    expect(() => srlinux.parse(neighbours, "Parsing error: Unknown token 'bgpx'")).toThrow(ParseError);
  });
});

describe('routes', () => {
  it('reads ECMP in one cell, a prefix over two lines, a blackhole', () => {
    const parsed = srlinux.parse('show network-instance default route-table', read('route-table.txt'));
    expect(parsed.routes.map(({ layer, vrf }) => [layer, vrf])).toEqual([['installed', 'default']]);
    expect(rows(parsed).map(({ prefix, vrf, ...row }) => ({ prefix: formatPrefix(prefix), ...row }))).toEqual(
      [
        {
          prefix: '10.233.64.128/26',
          nextHops: [
            { address: '172.20.0.11', interface: 'ethernet-1/1.0' },
            { address: '172.20.0.12', interface: 'ethernet-1/2.0' },
          ],
          protocol: 'bgp',
          best: true,
        },
        { prefix: '10.250.0.0/16', nextHops: [], protocol: 'aggregate', best: true, discard: true },
      ],
    );
  });

  it('reads one route and one BGP prefix in detail', () => {
    const route = [
      'IPv4 unicast route table of network instance default',
      '-'.repeat(80),
      'Destination            : 10.233.64.0/26',
      'Route Type             : bgp',
      'Active                 : True',
      '-'.repeat(80),
      'Next hops: 2 entries',
      '172.20.0.11 (indirect) resolved by route to 172.20.0.0/24 (local)',
      '  via 172.20.0.254 (direct) via [ethernet-1/1.0]',
      '172.20.0.12 (indirect) resolved by route to 172.20.0.0/24 (local)',
    ];
    const command = 'show network-instance default route-table ipv4-unicast prefix 10.233.64.0/26 detail';
    expect(rows(srlinux.parse(command, route.join('\n')))).toMatchObject([
      { protocol: 'bgp', best: true, nextHops: [{ address: '172.20.0.11' }, { address: '172.20.0.12' }] },
    ]);
    expect(srlinux.parse(command, route.slice(0, -1).join('\n')).notes).toEqual([
      'fewer next hops were read than the device counts',
    ]);
    const bgp = [
      'Show report for the BGP routes to network "10.233.64.0/26" network-instance "red"',
      'Network: 10.233.64.0/26',
      'Received Paths: 2',
      '  Path 1: <Best,Valid,Used,>',
      '    Route source    : neighbor 172.20.0.11',
      '    BGP next-hop    : 172.20.0.11',
      '    Path            :  i [64512, 4200000002]',
      '  Path 2: <Valid,>',
      '    Route source    : neighbor 172.20.0.12',
      '    BGP next-hop    : 172.20.0.12',
      '    Path            :  i [64512]',
    ];
    const found = srlinux.parse('show … bgp routes ipv4 prefix 10.233.64.0/26 detail', bgp.join('\n'));
    expect(rows(found).map(({ vrf, best, from, asPath }) => [vrf, best, from, asPath])).toEqual([
      ['red', true, '172.20.0.11', '64512 4200000002'],
      ['red', false, '172.20.0.12', '64512'],
    ]);
    expect(() => srlinux.parse('x', bgp.slice(0, 7).join('\n'))).toThrow('1 paths were read of 2');
  });

  it('refuses a prefix that is cut in half', () => {
    const text = read('route-table.txt');
    expect(() =>
      srlinux.parse('show network-instance default route-table', text.slice(0, text.indexOf('| 6   '))),
    ).toThrow(ParseError);
    const short = text.replace('2 IPv4 routes total', '3 IPv4 routes total');
    expect(() => srlinux.parse('show network-instance default route-table', short)).toThrow(
      '2 routes were read of 3',
    );
  });
});

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures/nokia-srlinux');
const present = existsSync(root);
if (!present) console.log('srlinux: captures skipped, the shared fixtures are not here');
const docs = (file: string) => readFileSync(path.join(root, 'srl-labs__learn-srlinux/docs', file), 'utf8');
const napalm = (file: string) =>
  readFileSync(
    path.join(root, 'napalm-automation-community__napalm-srlinux/test/unit/mocked_data', file),
    'utf8',
  );

describe.skipIf(!present)(
  because(!present, 'captures of others', 'needs the public captures in ../shared'),
  () => {
    it('reads neighbours in detail', () => {
      const { sessions } = srlinux.parse(
        'show … neighbor 192.168.10.2 detail',
        docs('cli/show-commands/bgp.md.block02.txt'),
      );
      expect(sessions).toEqual([
        {
          peerAddress: '192.168.10.2',
          peerAsn: 65003,
          localAsn: 65000,
          state: 'established',
          vrf: 'default',
          localAddress: '192.168.10.1',
          establishedSeconds: 3578,
          afi: 'ipv4',
          prefixesReceived: 3,
          prefixesAdvertised: 3,
        },
      ]);
    });

    it('reads neighbour tables', () => {
      const of = (file: string) =>
        srlinux
          .parse('x', docs(file))
          .sessions.map(
            ({
              vrf,
              peerAddress,
              peerAsn,
              state,
              establishedSeconds,
              prefixesReceived,
              prefixesAdvertised,
            }) =>
              [
                vrf,
                peerAddress,
                peerAsn,
                state,
                establishedSeconds,
                prefixesReceived,
                prefixesAdvertised,
              ].join(' '),
          );
      expect(of('tutorials/l2evpn/fabric.md.block14.txt')).toEqual([
        'default 192.168.11.1 101 established 66049 2 4',
        'default 192.168.12.1 102 established 66009 2 4',
      ]);
      expect(of('tutorials/l3evpn/rt5-only/l3evpn-bgp-pe-ce.md.block06.txt')).toEqual([
        'tenant-2 192.168.99.2 65002 established 1365 2 1',
      ]);
    });

    it('reads received, advertised and BGP routes with cells cut in the prefix', () => {
      const received = srlinux.parse('x', docs('cli/show-commands/bgp.md.block04.txt'));
      expect(received.routes).toMatchObject([{ layer: 'received', peer: '192.168.10.2', vrf: 'default' }]);
      expect(brief(received)).toEqual([
        '10.10.10.1/32 false 192.168.10.2',
        '192.168.10.0/30 false 192.168.10.2',
        '192.168.20.0/30 false 192.168.10.2',
      ]);
      const other = srlinux.parse('x', docs('tutorials/l2evpn/fabric.md.block16.txt'));
      expect(rows(other).map(({ best, asPath }) => [best, asPath])).toEqual([
        [true, '201 101'],
        [true, '201'],
        [true, '201'],
        [false, '201'],
      ]);
      const sent = srlinux.parse('x', docs('tutorials/l3evpn/rt5-only/l3evpn-bgp-pe-ce.md.block09.txt'));
      expect(sent.routes).toMatchObject([{ layer: 'exported', peer: '192.168.99.2', vrf: 'tenant-2' }]);
      expect(brief(sent)).toEqual(['0.0.0.0/0 false 192.168.99.1']);
      expect(brief(srlinux.parse('x', docs('cli/show-commands/bgp.md.block03.txt')))).toEqual([
        '10.10.10.1/32 true ',
        '192.168.10.0/30 true ',
        '192.168.20.0/30 true ',
        '192.168.50.0/30 true ',
      ]);
    });

    it('reads routing tables', () => {
      expect(brief(srlinux.parse('x', docs('tutorials/l2evpn/fabric.md.block17.txt')))).toEqual([
        '10.0.0.1/32 true ',
        '10.0.0.2/32 true 192.168.11.2',
        '10.0.1.1/32 true 192.168.11.2',
        '192.168.11.0/30 true 192.168.11.1',
        '192.168.11.1/32 true ',
        '192.168.11.3/32 true ',
        '192.168.12.0/30 true 192.168.11.2',
      ]);
      const newer = srlinux.parse('x', docs('tutorials/l3evpn/rt5-only/l3evpn-bgp-pe-ce.md.block10.txt'));
      expect(newer.routes.map(({ vrf, rows: own }) => [vrf, own.length])).toEqual([['tenant-2', 6]]);
      expect(newer.notes).toEqual(['next hops shown as the prefix that resolves them have no address']);
      expect(brief(newer)[0]).toBe('10.91.91.91/32 true ethernet-1/2.1');
    });

    it('says what holds no IP routes', () => {
      for (const block of ['01', '02', '03', '04']) {
        const parsed = srlinux.parse('x', docs(`tutorials/evpn-mh/basics/verify.md.block${block}.txt`));
        expect(rows(parsed)).toEqual([]);
        expect(parsed.notes).toEqual(['tables without IP prefixes (EVPN and others) are left out']);
      }
    });

    it("reads the state tree as napalm's authors do", () => {
      const { sessions } = srlinux.parse(
        'info from state network-instance * protocols bgp | as json',
        napalm(
          'test_get_bgp_neighbors/normal/_network_instance_name____protocols_bgp__system_information__state.json',
        ),
      );
      const base = {
        peerAddress: '10.0.0.2',
        peerAsn: 65002,
        localAsn: 65001,
        state: 'established',
        vrf: 'default',
        localAddress: '10.0.0.1',
        description: 'srl2',
        transitions: 3,
      };
      expect(sessions.map(({ establishedSeconds, ...session }) => session)).toEqual([
        { ...base, afi: 'ipv4', prefixesReceived: 5, prefixesAdvertised: 1 },
        { ...base, afi: 'ipv6', prefixesReceived: 2, prefixesAdvertised: 1 },
      ]);
      // Theirs is cut to whole seconds, ours rounded.
      expect(sessions[0]?.establishedSeconds).toBeCloseTo(21, -0.5);
      const table = srlinux.parse(
        'info from state network-instance * route-table | as json',
        napalm(
          'test_get_route_to/normal/_network_instance_name____route_table__system_information__state.json',
        ),
      );
      expect(brief(table)).toContain('1.0.4.0/24 true 10.0.0.2');
      const rib = srlinux.parse(
        'info from state network-instance default bgp-rib | as json',
        napalm(
          'test_get_route_to/normal/_network_instance_name____protocols__network_instance_name____bgp_rib__state.json',
        ),
      );
      const row = rib.routes[0]?.rows.find(({ prefix }) => formatPrefix(prefix) === '1.0.4.0/24');
      expect(row).toMatchObject({
        best: true,
        asPath: '65002',
        from: '10.0.0.2',
        nextHops: [{ address: '10.0.0.2' }],
      });
    });
  },
);
