// What agents make of their vendors' MIBs: indexes with and without lengths, tables served in part, values in other types than
// the MIB's, tables of routes beside the usual ones. Rows by the MIBs named, read as a saved walk.
import { describe, expect, it } from 'vitest';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { cells, enterprise, hexV6, localAs, objectId, parse, sessionsOf, v6 } from './snmp-records.ts';

const bgpPeer = '1.3.6.1.2.1.15.3.1';

describe('CISCO-BGP4-MIB, other indexes', () => {
  const root = `${enterprise}9.9.187.1.2`;

  it('joins counts whose index has the length that the peer index leaves out', () => {
    const sessions = sessionsOf(
      objectId('9.12.3.1.3.1084'),
      cells(`${root}.5.1`, '1.192.0.2.1', { 3: 6, 11: '66|64512' }),
      cells(`${root}.5.1`, `2.${v6(1)}`, { 3: 6, 11: '66|64513' }),
      cells(`${root}.8.1`, '1.4.192.0.2.1.1.1', { 1: '65|7' }),
      cells(`${root}.8.1`, `2.16.${v6(1)}.2.1`, { 1: '65|8' }),
    );
    expect(sessions).toMatchObject([
      { peerAddress: '192.0.2.1', prefixesAccepted: 7 },
      { peerAddress: '2001:db8::1', prefixesAccepted: 8 },
    ]);
  });

  it('reads cbgpPeer3 without lengths, of both families and in several VRFs', () => {
    const sessions = sessionsOf(
      objectId('9.12.3.1.3.1084'),
      cells(`${root}.9.1`, '1.1.192.0.2.1', { 4: '4|default', 5: 6, 13: '66|64512' }),
      cells(`${root}.9.1`, '3.1.192.0.2.1', { 4: '4|blue', 5: 3, 13: '66|4200000001' }),
      cells(`${root}.9.1`, `3.2.${v6(1)}`, { 4: '4|blue', 5: 6, 13: '66|64513' }),
    );
    expect(
      sessions.map(({ peerAddress, vrf, peerAsn, state }) => [peerAddress, vrf, peerAsn, state]),
    ).toEqual([
      ['192.0.2.1', 'default', 64512, 'established'],
      ['192.0.2.1', 'blue', 4200000001, 'active'],
      ['2001:db8::1', 'blue', 64513, 'established'],
    ]);
  });
});

describe("a vendor's table served in part", () => {
  it.each([
    ['CISCO-BGP4-MIB', '9.1.1', cells(`${enterprise}9.9.187.1.2.5.1`, '1.4.192.0.2.1', { 3: 6 })],
    [
      'BGP4-V2-MIB-JUNIPER',
      '2636.1.1.1.2.108',
      cells(`${enterprise}2636.5.1.1.2.1.1.1`, '0.1.192.0.2.254.1.192.0.2.1', { 2: 6 }),
    ],
    ['ARISTA-BGP4V2-MIB', '30065.1.1', cells(`${enterprise}30065.4.1.1.2.1`, '1.1.4.192.0.2.1', { 13: 6 })],
  ])('%s: BGP4-MIB says the rest, and adds nobody', (_, id, records) => {
    const sessions = sessionsOf(
      objectId(id),
      localAs(65009),
      records,
      cells(bgpPeer, '192.0.2.1', { 2: 6, 3: 2, 9: 64512, 16: '66|60' }),
      cells(bgpPeer, '192.0.2.99', { 2: 1, 9: 64599 }),
    );
    expect(sessions).toMatchObject([
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64512,
        state: 'established',
        adminDown: false,
        establishedSeconds: 60,
      },
    ]);
  });

  it('gives null for AS_TRANS where no table has the real one', () => {
    expect(sessionsOf(cells(bgpPeer, '192.0.2.1', { 2: 6, 9: 23456 }))).toMatchObject([{ peerAsn: null }]);
  });
});

describe('values in other types', () => {
  it('reads numbers as counters of any kind, with blanks, and as text', () => {
    const [session] = sessionsOf(
      objectId('25506.11.1.172'),
      cells(bgpPeer, '192.0.2.1', { 2: '66|6', 3: '65|2', 9: '4|64512', 15: '70|4', 16: '67|77 ' }),
    );
    expect(session).toMatchObject({
      state: 'established',
      adminDown: false,
      peerAsn: 64512,
      transitions: 4,
      establishedSeconds: 77,
    });
  });

  it.each([
    ['octets', '4x|0602'],
    ['pairs of digits', '4|06 02 '],
  ])('reads the last error as %s', (_, value) => {
    expect(sessionsOf(cells(bgpPeer, '192.0.2.1', { 2: 1, 9: 64512, 14: value }))[0]?.lastError).toBe(
      'Cease: Administrative Shutdown (6/2)',
    );
  });

  it.each([
    ['text', '4|192.0.2.254'],
    ['octets', '4x|C00002FE'],
    ['hexadecimal', '64x|C00002FE'],
  ])('reads the local address as %s', (_, value) => {
    const [session] = sessionsOf(cells(bgpPeer, '192.0.2.1', { 2: 6, 5: value, 9: 64512 }));
    expect(session?.localAddress).toBe('192.0.2.254');
  });
});

describe('link-local peers', () => {
  const zoned = '20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.9.0.0.0.7';

  it.each([
    ['H3C', '25506.1', `${enterprise}25506.2.202.1.1.2.1`, `0.0.2.1.4.${zoned}`, { 2: '66|64512', 4: 6 }],
    ['Huawei', '2011.2.1', `${enterprise}2011.5.25.177.1.1.2.1`, `0.2.1.4.${zoned}`, { 2: '66|64512', 5: 6 }],
    ['Nokia', '6527.1.3.1', `${enterprise}6527.3.1.2.14.4.7.1`, `1.4.${zoned}`, { 59: 6, 66: '66|64512' }],
    ['Arista', '30065.1', `${enterprise}30065.4.1.1.2.1`, `1.4.${zoned}`, { 10: '66|64512', 13: 6 }],
    [
      'OS10',
      '674.11000.5000.100.2.1.7',
      `${enterprise}674.11000.5000.200.1.1.2.1`,
      `1.2.${zoned}`,
      { 10: '66|64512', 13: 6 },
    ],
    ['FRR', '8072.3.2.10', '1.3.6.1.3.5.1.1.2.1', `1.2.${zoned.slice(3, -8)}`, { 10: '66|64512', 13: 6 }],
  ])('of %s', (_, id, root, index, columns) => {
    expect(sessionsOf(objectId(id), cells(root, index, columns))).toMatchObject([
      { peerAddress: 'fe80::9', peerAsn: 64512, state: 'established', afi: 'ipv6', vrf: 'default' },
    ]);
  });
});

describe('Huawei without names of instances', () => {
  it('shows them by number, and the default one as such', () => {
    const root = `${enterprise}2011.5.25.177.1.1`;
    const sessions = sessionsOf(
      objectId('2011.2.239.1'),
      cells(`${root}.2.1`, '0.1.1.1.4.192.0.2.1', { 2: '66|64512', 5: 6 }),
      cells(`${root}.2.1`, '7.1.1.1.4.192.0.2.1', { 2: '66|64513', 5: 3 }),
      cells(`${root}.2.1`, '7.1.128.1.4.192.0.2.1', { 2: '66|64513', 5: 3 }),
    );
    expect(sessions.map(({ peerAddress, vrf, peerAsn }) => [peerAddress, vrf, peerAsn])).toEqual([
      ['192.0.2.1', 'default', 64512],
      ['192.0.2.1', '7', 64513],
    ]);
  });
});

describe('TIMETRA-BGP-MIB without its column of families', () => {
  it("counts by the address's family, and by any other that has prefixes", () => {
    const timetra = `${enterprise}6527.3.1.2.14.4`;
    const sessions = sessionsOf(
      objectId('6527.1.3.25'),
      cells(`${timetra}.7.1`, '1.1.4.192.0.2.1', { 59: 6, 66: '66|64512' }),
      cells(`${timetra}.8.1`, '1.1.4.192.0.2.1', { 5: '65|3', 6: '65|0', 27: '65|0', 28: '65|4' }),
      cells(`${timetra}.7.1`, `1.2.16.${v6(1)}`, { 59: 6, 66: '66|64513' }),
      cells(`${timetra}.8.1`, `1.2.16.${v6(1)}`, { 5: '65|0', 6: '65|0', 27: '65|9', 28: '65|1' }),
    );
    expect(
      sessions.map(({ peerAddress, afi, prefixesReceived, prefixesAdvertised }) => [
        peerAddress,
        afi,
        prefixesReceived,
        prefixesAdvertised,
      ]),
    ).toEqual([
      ['192.0.2.1', 'ipv4', 3, 0],
      ['192.0.2.1', 'ipv6', 0, 4],
      ['2001:db8::1', 'ipv6', 9, 1],
    ]);
  });
});

describe('ALCATEL-IND1-BGP-MIB', () => {
  it.each([801, 800])(
    'adds AS, name and counts to BGP4-MIB, and IPv6 peers without their state (%i)',
    (product) => {
      const root = `${enterprise}6486.${product}.1.2.1.10.5.1.1`;
      const { sessions, notes } = parse(
        objectId(`6486.${product}.1.1.2.1.1`),
        localAs(65009),
        cells(`${root}.2.1`, '192.0.2.1', {
          2: '66|4200000001',
          4: '4|spine',
          17: '64|192.0.2.254',
          25: '65|12',
        }),
        cells(`${root}.12.1`, v6(1), { 2: '66|64513', 4: '4|spine6' }),
        cells(bgpPeer, '192.0.2.1', { 2: 6, 3: 2, 9: 23456, 16: '66|5' }),
      );
      const common = { localAsn: 65009, vrf: 'default' };
      expect(sessions).toEqual([
        {
          ...common,
          peerAddress: '192.0.2.1',
          peerAsn: 4200000001,
          state: 'established',
          afi: 'ipv4',
          adminDown: false,
          localAddress: '192.0.2.254',
          description: 'spine',
          establishedSeconds: 5,
          prefixesReceived: 12,
        },
        {
          ...common,
          peerAddress: '2001:db8::1',
          peerAsn: 64513,
          state: null,
          afi: 'ipv6',
          description: 'spine6',
        },
      ]);
      expect(notes.join()).toContain('no row of inetCidrRouteTable');
    },
  );
});

describe('names of the MIBs', () => {
  it.each([
    [
      'Juniper',
      `BGP4-V2-MIB-JUNIPER::jnxBgpM2PeerState.0.ipv4."192.0.2.254".ipv4."192.0.2.1" = INTEGER: established(6)
BGP4-V2-MIB-JUNIPER::jnxBgpM2PeerRemoteAs.0.ipv4."192.0.2.254".ipv4."192.0.2.1" = Gauge32: 64512
BGP4-V2-MIB-JUNIPER::jnxBgpM2PeerIndex.0.ipv4."192.0.2.254".ipv4."192.0.2.1" = Gauge32: 0
BGP4-V2-MIB-JUNIPER::jnxBgpM2PrefixInPrefixes.0.ipv4.1 = Gauge32: 21`,
      { prefixesReceived: 21 },
    ],
    [
      'Arista',
      `ARISTA-BGP4V2-MIB::aristaBgp4V2PeerRemoteAs.1.ipv4."192.0.2.1" = Gauge32: 64512
ARISTA-BGP4V2-MIB::aristaBgp4V2PeerState.1.ipv4."192.0.2.1" = INTEGER: established(6)
ARISTA-BGP4V2-MIB::aristaBgp4V2PrefixInPrefixes.1.ipv4."192.0.2.1".ipv4.unicast = Gauge32: 21`,
      { prefixesReceived: 21 },
    ],
    [
      'Dell OS10',
      `DELLEMC-OS10-BGP4V2-MIB::os10bgp4V2PeerRemoteAs.1.ipv4."192.0.2.1" = Gauge32: 64512
DELLEMC-OS10-BGP4V2-MIB::os10bgp4V2PeerState.1.ipv4."192.0.2.1" = INTEGER: established(6)`,
      {},
    ],
    [
      'Dell OS9',
      `FORCE10-BGP4-V2-MIB::f10BgpM2PeerState.0.ipv4."192.0.2.254".ipv4."192.0.2.1" = INTEGER: established(6)
FORCE10-BGP4-V2-MIB::f10BgpM2PeerRemoteAs.0.ipv4."192.0.2.254".ipv4."192.0.2.1" = Gauge32: 64512`,
      { localAddress: '192.0.2.254' },
    ],
    [
      'Huawei',
      `HUAWEI-BGP-VPN-MIB::hwBgpPeerRemoteAs.0.ipv4.unicast.ipv4."192.0.2.1" = Gauge32: 64512
HUAWEI-BGP-VPN-MIB::hwBgpPeerState.0.ipv4.unicast.ipv4."192.0.2.1" = INTEGER: established(6)
HUAWEI-BGP-VPN-MIB::hwBgpPeerPrefixRcvCounter.0.ipv4.unicast.ipv4."192.0.2.1" = Counter32: 21`,
      { prefixesReceived: 21 },
    ],
    [
      'H3C',
      `HH3C-BGP-VPN-MIB::hh3cBgpPeerRemoteAs.0.0.ipv4.unicast.ipv4."192.0.2.1" = Gauge32: 64512
HH3C-BGP-VPN-MIB::hh3cBgpPeerState.0.0.ipv4.unicast.ipv4."192.0.2.1" = INTEGER: established(6)`,
      {},
    ],
    [
      'Nokia',
      `TIMETRA-BGP-MIB::tBgpPeerNgShutdown.1.ipv4."192.0.2.1" = INTEGER: false(2)
TIMETRA-BGP-MIB::tBgpPeerNgFamily.1.ipv4."192.0.2.1" = BITS: 40 00 00 ipv4(1)
TIMETRA-BGP-MIB::tBgpPeerNgConnState.1.ipv4."192.0.2.1" = INTEGER: established(6)
TIMETRA-BGP-MIB::tBgpPeerNgPeerAS4Byte.1.ipv4."192.0.2.1" = Gauge32: 64512
TIMETRA-BGP-MIB::tBgpPeerNgOperReceivedPrefixes.1.ipv4."192.0.2.1" = Counter32: 21`,
      { adminDown: false, prefixesReceived: 21 },
    ],
  ])('of %s', (_, text, fields) => {
    expect(parseSnmpText(text, 'walk.txt').sessions).toMatchObject([
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64512,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        ...fields,
      },
    ]);
  });
});

const shown = (routes: ReturnType<typeof parse>['routes']) =>
  routes.flatMap(({ vrf, rows }) =>
    rows.map(
      ({ prefix, nextHops, protocol, discard, ...row }) =>
        `${vrf} ${row.vrf} ${formatPrefix(prefix)} ${protocol}${discard ? ' discard' : ''} ${nextHops.map((hop) => hop.address ?? hop.interface).join(' ')}`,
    ),
  );

describe('routes of other tables', () => {
  it('reads IPv6 routes of ipv6RouteTable, whose protocols have numbers of their own', () => {
    const root = '1.3.6.1.2.1.55.1.11.1';
    const net = (last: number) => `32.1.13.184.0.${last}.0.0.0.0.0.0.0.0.0.0`;
    const { routes, notes } = parse(
      '1.3.6.1.2.1.31.1.1.1.1.3|4|bridge',
      cells(root, `${net(1)}.64.11`, { 4: 0, 5: `4x|${hexV6(1)}`, 6: 4, 7: 7 }),
      cells(root, `${net(1)}.64.12`, { 4: 0, 5: `4x|${hexV6(2)}`, 6: 4, 7: 7 }),
      cells(root, `${net(2)}.64.13`, { 4: 3, 5: '4x|00000000000000000000000000000000', 6: 3, 7: 2 }),
      cells(root, `${net(4)}.64.15`, { 7: 7 }),
      cells(root, `${net(3)}.48.14`, { 4: 0, 5: '4x|00000000000000000000000000000000', 6: 2, 7: 3 }),
    );
    expect(shown(routes)).toEqual([
      'default default 2001:db8:1::/64 bgp 2001:db8::1 2001:db8::2',
      'default default 2001:db8:2::/64 connected bridge',
      'default default 2001:db8:3::/48 other discard ',
    ]);
    expect(notes).toContain('ipv6RouteTable: 1 rows are without their next hop: not read');
  });

  it('reads the routes of VRFs, each under its name', () => {
    const root = '1.3.6.1.2.1.10.166.11.1.4.1.1';
    const blue = '4.98.108.117.101';
    const red = '3.114.101.100';
    const { routes, notes } = parse(
      cells('1.3.6.1.2.1.4.24.7.1', '1.4.10.0.0.0.8.2.0.0.1.4.192.0.2.1', { 9: 14 }),
      cells(root, `${blue}.1.4.10.1.0.0.16.2.0.0.1.4.192.0.2.2`, { 8: 4, 9: 14 }),
      cells(root, `${red}.2.16.${v6(0)}.64.2.0.0.2.16.${v6(1)}`, { 8: 4, 9: 3 }),
      cells(root, `9.${blue}`, { 8: 4 }),
    );
    expect(shown(routes)).toEqual([
      'default default 10.0.0.0/8 bgp 192.0.2.1',
      'blue blue 10.1.0.0/16 bgp 192.0.2.2',
      'red red 2001:db8::/64 static 2001:db8::1',
    ]);
    expect(notes.join()).toContain('mplsL3VpnVrfRteTable: 1 rows have an index that cannot be read');
  });
});
