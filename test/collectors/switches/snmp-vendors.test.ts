// The vendors' tables of BGP peers as their MIBs define them, above all those of which no public capture is known: rows written
// by hand with documentation addresses (RFC 5737, RFC 3849), read as a saved walk.
import { describe, expect, it } from 'vitest';
import { cells, enterprise, hexV6, localAs, objectId, parse, sessionsOf, v6 } from './snmp-records.ts';

describe('HH3C-BGP-VPN-MIB and HH3C-BGP4V2-MIB', () => {
  const root = `${enterprise}25506.2.202.1.1`;
  const index = '0.0.1.1.1.4.192.0.2.1';
  const inVpn = '0.3.1.1.1.4.192.0.2.9';
  const base = '1.3.6.1.2.1.15.3.1';
  const table = [
    objectId('25506.11.1.172'),
    localAs(65009),
    cells(`${root}.1.1`, index, { 7: '4|Public' }),
    cells(`${root}.1.1`, inVpn, { 7: '4|tenant-a' }),
    cells(`${root}.2.1`, index, { 2: '66|4200000701', 4: 6, 5: '66|3', 6: '66|86400', 8: '4x|0602', 10: 2 }),
    cells(`${root}.2.1`, `0.0.2.1.1.4.192.0.2.1`, { 2: '66|4200000701', 4: 6 }),
    cells(`${root}.2.1`, inVpn, { 2: '66|64513', 4: 3, 10: 1 }),
    cells(`${root}.2.1`, `0.0.2.1.2.16.${v6(1)}`, { 2: '66|64514', 4: 6 }),
    cells(`${root}.3.1`, index, { 1: '65|40', 2: '65|38', 3: '65|7' }),
    cells(`${root}.3.1`, `0.0.2.1.1.4.192.0.2.1`, { 1: '65|4', 3: '65|0' }),
  ];

  it('gives a session for each family, with the names of VPNs', () => {
    const peer = {
      peerAddress: '192.0.2.1',
      peerAsn: 4200000701,
      localAsn: 65009,
      state: 'established',
      vrf: 'default',
      adminDown: false,
      establishedSeconds: 86400,
      transitions: 3,
      lastError: 'Cease: Administrative Shutdown (6/2)',
    };
    const { sessions, notes } = parse(...table);
    expect(sessions).toEqual([
      { ...peer, afi: 'ipv4', prefixesReceived: 40, prefixesAdvertised: 7 },
      { ...peer, afi: 'ipv6', prefixesReceived: 4, prefixesAdvertised: 0 },
      {
        peerAddress: '192.0.2.9',
        peerAsn: 64513,
        localAsn: 65009,
        state: 'active',
        vrf: 'tenant-a',
        adminDown: true,
        afi: 'ipv4',
      },
      {
        peerAddress: '2001:db8::1',
        peerAsn: 64514,
        localAsn: 65009,
        state: 'established',
        vrf: 'default',
        afi: 'ipv6',
      },
    ]);
    expect(notes).toEqual([expect.stringContaining('no row of inetCidrRouteTable')]);
  });

  it('is completed by BGP4-MIB, which neither doubles a peer nor adds one that is known in a VPN', () => {
    const sessions = sessionsOf(
      ...table,
      cells(base, '192.0.2.1', { 2: 6, 5: '64|192.0.2.254', 9: 23456 }),
      cells(base, '192.0.2.9', { 2: 3, 9: 64513 }),
      cells(base, '192.0.2.77', { 2: 1, 9: 64599 }),
    );
    expect(sessions).toHaveLength(5);
    expect(sessions[0]).toMatchObject({ peerAsn: 4200000701, localAddress: '192.0.2.254' });
    expect(sessions[2]).not.toHaveProperty('localAddress');
    expect(sessions[4]).toMatchObject({ peerAddress: '192.0.2.77', peerAsn: 64599, state: 'idle' });
  });

  it('adds the IPv6 peers of the smaller table to the IPv4 peers of BGP4-MIB', () => {
    const small = `${enterprise}25506.2.183.1.1.1`;
    const sessions = sessionsOf(
      objectId('25506.11.1.172'),
      localAs(65009),
      cells(base, '192.0.2.1', { 2: 6, 3: 2, 9: 64512 }),
      cells(small, v6(1), { 2: '4x|0400', 3: 5 }),
    );
    expect(sessions).toEqual([
      {
        peerAddress: '2001:db8::1',
        peerAsn: null,
        localAsn: 65009,
        state: 'openconfirm',
        vrf: 'default',
        lastError: 'Hold Timer Expired (4/0)',
        afi: 'ipv6',
      },
      expect.objectContaining({ peerAddress: '192.0.2.1', afi: 'ipv4', state: 'established' }),
    ]);
  });

  it("is found below Huawei's number too, where old builds have it", () => {
    const old = `${enterprise}2011.10.2.202.1.1.2.1`;
    const [session] = sessionsOf(objectId('2011.10.1.88'), cells(old, index, { 2: '66|64512', 4: 6 }));
    expect(session).toMatchObject({ peerAddress: '192.0.2.1', peerAsn: 64512, state: 'established' });
  });
});

describe('CISCO-BGP4-MIB', () => {
  const root = `${enterprise}9.9.187.1.2`;
  const nxos = [objectId('9.12.3.1.3.1084'), `${enterprise}9.9.187.1.3.2.0|66|4200000001`];

  it('reads the table with VRFs; counts are those of the default one', () => {
    const up = { 5: 6, 6: 2, 8: '4x|C00002FE', 10: '66|0', 13: '66|64512', 19: '4x|0000', 20: '65|2' };
    const { sessions, notes } = parse(
      nxos,
      cells(`${root}.9.1`, '1.1.4.192.0.2.1', { ...up, 4: '4|default', 21: '66|77' }),
      cells(`${root}.9.1`, '5.1.4.192.0.2.1', { ...up, 4: '4|tenant', 5: 1, 6: 1, 21: '66|77' }),
      cells(`${root}.8.1`, '1.4.192.0.2.1.1.1', { 1: '65|12', 6: '66|9', 8: '66|4' }),
      // Known without a VRF only: added.
      cells(`${root}.5.1`, `2.16.${v6(1)}`, { 3: 6, 4: 2, 11: '66|64513' }),
    );
    const common = {
      peerAddress: '192.0.2.1',
      peerAsn: 64512,
      localAsn: 4200000001,
      afi: 'ipv4',
      localAddress: '192.0.2.254',
      transitions: 2,
    };
    const counts = { prefixesAccepted: 12, prefixesAdvertised: 5 };
    expect(sessions).toEqual([
      {
        ...common,
        state: 'established',
        vrf: 'default',
        adminDown: false,
        establishedSeconds: 77,
        ...counts,
      },
      { ...common, state: 'idle', vrf: 'tenant', adminDown: true },
      {
        peerAddress: '2001:db8::1',
        peerAsn: 64513,
        localAsn: 4200000001,
        state: 'established',
        vrf: 'default',
        adminDown: false,
        afi: 'ipv6',
      },
    ]);
    expect(notes[0]).toContain('behind an SNMP context each');
  });

  it('gives two sessions for a peer with both families, one count from each of two tables', () => {
    const sessions = sessionsOf(
      objectId('9.1.1116'),
      cells(`${root}.5.1`, '1.4.192.0.2.1', { 3: 6, 11: '66|64512' }),
      cells(`${root}.4.1`, '192.0.2.1.1.1', { 1: '65|3' }),
      cells(`${root}.8.1`, '1.4.192.0.2.1.2.1', { 1: '65|5', 6: '66|2', 8: '66|7' }),
      cells(`${root}.8.1`, '1.4.192.0.2.1.1.128', { 1: '65|99' }),
    );
    expect(
      sessions.map(({ afi, prefixesAccepted, prefixesAdvertised }) => [
        afi,
        prefixesAccepted,
        prefixesAdvertised,
      ]),
    ).toEqual([
      ['ipv4', 3, undefined],
      // 7 withdrawn of 2 advertised: sampled apart, never below 0.
      ['ipv6', 5, 0],
    ]);
  });

  it('adds the counts of old IOS to the peers of BGP4-MIB', () => {
    const sessions = sessionsOf(
      objectId('9.1.617'),
      localAs(65009),
      cells('1.3.6.1.2.1.15.3.1', '192.0.2.1', { 2: 6, 3: 2, 5: '64|192.0.2.254', 9: 64512, 16: '66|9' }),
      cells('1.3.6.1.2.1.15.3.1', '192.0.2.2', { 2: 3, 3: 2, 9: 64513 }),
      cells(`${root}.4.1`, '192.0.2.1.1.1', { 1: '65|3', 6: '66|8', 8: '66|1' }),
    );
    expect(sessions).toEqual([
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        vrf: 'default',
        localAddress: '192.0.2.254',
        adminDown: false,
        establishedSeconds: 9,
        afi: 'ipv4',
        prefixesAccepted: 3,
        prefixesAdvertised: 7,
      },
      expect.objectContaining({ peerAddress: '192.0.2.2', state: 'active', peerAsn: 64513 }),
    ]);
  });

  it('takes link-local peers with a zone, and counts rows that it cannot read', () => {
    const { sessions, notes } = parse(
      objectId('9.1.1116'),
      cells(`${root}.5.1`, '4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.7', { 3: 6, 11: '66|64512' }),
      cells(`${root}.5.1`, '1.4.192.0.2.1.9', { 3: 6, 11: '66|64512' }),
    );
    expect(sessions.map(({ peerAddress }) => peerAddress)).toEqual(['fe80::1']);
    expect(notes).toContain(
      'cbgpPeer2Table: 1 row has an index that cannot be read (1.4.192.0.2.1.9): not read',
    );
  });
});

describe.each([
  ['BGP4-V2-MIB-JUNIPER', '2636.1.1.1.2.108', `${enterprise}2636.5.1.1`, 0, 4],
  ['FORCE10-BGP4-V2-MIB', '6027.1.3.20', `${enterprise}6027.20.1`, 1, 3],
] as const)('%s', (_, id, root, shift, times) => {
  // Column numbers of Force10 are one higher.
  const peer = (index: string, peerIndex: number, asn: number) =>
    cells(`${root}.2.1.1.1`, index, {
      [2 + shift]: 6,
      [3 + shift]: 2,
      [9 + shift]: '66|65009',
      [13 + shift]: `66|${asn}`,
      [14 + shift]: `66|${peerIndex}`,
    });
  const v4 = '0.1.192.0.2.254.1.192.0.2.1';
  const records = [
    objectId(id),
    peer(v4, 0, 64512),
    peer(`0.2.${v6(2)}.2.${v6(1)}`, 1, 64513),
    peer('7.1.4.192.0.2.253.1.4.192.0.2.2', 2, 64514),
    peer(`7.2.16.${v6(3)}.2.16.${v6(4)}`, 3, 64515),
    cells(`${root}.2.2.1.1`, v4, { 1: '4x|0000', 2: '4x|0604' }),
    cells(`${root}.2.${times}.1.1`, v4, { 1: '66|500' }),
    cells(`${root}.2.6.1.1`, v4, { 5: '65|4' }),
    cells(`${root}.2.6.2.1`, '0.1.1', { 7: '66|21', 8: '66|20', 9: '66|21', 10: '66|24', 11: '66|1' }),
    cells(`${root}.2.6.2.1`, '0.2.1', { 7: '66|3', 8: '66|3', 10: '66|0' }),
    cells(`${root}.2.6.2.1`, '1.2.1', { 7: '66|6', 8: '66|5', 10: '66|4' }),
  ];

  it('joins counts by the peer number, which begins at 0', () => {
    const common = {
      peerAddress: '192.0.2.1',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'established',
      vrf: 'default',
      localAddress: '192.0.2.254',
      adminDown: false,
      establishedSeconds: 500,
      transitions: 4,
      lastError: 'Cease: Administrative Reset (6/4), sent',
    };
    expect(sessionsOf(...records).slice(0, 2)).toEqual([
      { ...common, afi: 'ipv4', prefixesReceived: 21, prefixesAccepted: 20, prefixesAdvertised: 24 },
      { ...common, afi: 'ipv6', prefixesReceived: 3, prefixesAccepted: 3, prefixesAdvertised: 0 },
    ]);
  });

  it('reads the index with and without lengths, of both families, and shows instances by number', () => {
    const shown = sessionsOf(...records)
      .slice(2)
      .map(({ peerAddress, localAddress, vrf, peerAsn, prefixesReceived }) => [
        peerAddress,
        localAddress,
        vrf,
        peerAsn,
        prefixesReceived,
      ]);
    expect(shown).toEqual([
      ['2001:db8::1', '2001:db8::2', 'default', 64513, 6],
      ['192.0.2.2', '192.0.2.253', '7', 64514, undefined],
      ['2001:db8::4', '2001:db8::3', '7', 64515, undefined],
    ]);
  });

  it('takes a peer whose local address is not known, and drops one whose index has another length', () => {
    const { sessions, notes } = parse(
      objectId(id),
      peer('0.0.1.192.0.2.1', 0, 64512),
      peer('0.1.0.0.0.0.1.192.0.2.2', 1, 64512),
      peer('0.1.192.0.2.254.1.192.0.2', 2, 64512),
    );
    expect(sessions.map(({ peerAddress }) => peerAddress)).toEqual(['192.0.2.1', '192.0.2.2']);
    for (const session of sessions) expect(session).not.toHaveProperty('localAddress');
    expect(notes.join()).toContain('1 row has an index that cannot be read (0.1.192.0.2.254.1.192.0.2)');
  });
});

describe('the later draft: Arista, OS10, FRR', () => {
  const frr = '1.3.6.1.3.5.1.1';

  it.each([
    ['with instance and type (FRR since 2023)', '1.1.192.0.2.1', `1.2.${v6(1)}`],
    ['with type and length (FRR before)', '1.4.192.0.2.1', `2.16.${v6(1)}`],
    ['with all three, as the draft says', '1.1.4.192.0.2.1', `1.2.16.${v6(1)}`],
  ])('reads an index %s', (_, four, six) => {
    const sessions = sessionsOf(
      objectId('8072.3.2.10'),
      cells(`${frr}.2.1`, four, { 1: '66|0', 10: '66|64512', 12: 2, 13: 6 }),
      cells(`${frr}.2.1`, six, { 1: '66|12', 10: '66|4200000702', 12: 1, 13: 3, 14: '4|a peer' }),
      cells(`${frr}.4.1`, four, { 1: '66|60' }),
    );
    expect(sessions).toEqual([
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64512,
        localAsn: null,
        state: 'established',
        vrf: 'default',
        adminDown: false,
        establishedSeconds: 60,
        afi: 'ipv4',
      },
      // "halted" stands for other reasons too; column 1 is the number of the VRF's interface.
      {
        peerAddress: '2001:db8::1',
        peerAsn: 4200000702,
        localAsn: null,
        state: 'active',
        vrf: '12',
        description: 'a peer',
        afi: 'ipv6',
      },
    ]);
  });

  it('fills what FRR leaves open from BGP4-MIB', () => {
    const [session, other] = sessionsOf(
      objectId('44641'),
      localAs(-94966595),
      cells(`${frr}.2.1`, '1.1.192.0.2.1', { 10: '66|4200000702', 12: 1, 13: 1 }),
      cells('1.3.6.1.2.1.15.3.1', '192.0.2.1', { 2: 1, 3: 1, 9: 23456, 14: '4x|0602', 15: '65|9' }),
    );
    expect(other).toBeUndefined();
    expect(session).toMatchObject({
      peerAsn: 4200000702,
      localAsn: 4200000701,
      adminDown: true,
      transitions: 9,
      lastError: 'Cease: Administrative Shutdown (6/2)',
    });
  });

  it('reads both families, VRFs and errors of Arista', () => {
    const arista = `${enterprise}30065.4.1.1`;
    const sessions = sessionsOf(
      objectId('30065.1.3011.7050'),
      cells(`${arista}.2.1`, '2.1.4.192.0.2.1', { 7: '66|65009', 10: '66|64512', 12: 1, 13: 1 }),
      cells(`${arista}.3.1`, '2.1.4.192.0.2.1', {
        1: '66|0',
        2: '66|0',
        6: '66|4',
        7: '66|0',
        9: '4|HoldTime',
      }),
      cells(`${arista}.7.1`, '2.1.4.192.0.2.1', { 5: '65|8' }),
      cells(`${arista}.8.1`, '2.1.4.192.0.2.1.1.1', { 3: '66|1', 4: '66|2', 5: '66|3' }),
      cells(`${arista}.8.1`, '2.1.4.192.0.2.1.2.1', { 3: '66|4', 4: '66|5', 5: '66|6' }),
      cells(`${arista}.8.1`, '2.1.4.192.0.2.1.25.70', { 3: '66|7', 4: '66|8', 5: '66|9' }),
    );
    const common = {
      peerAddress: '192.0.2.1',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'idle',
      vrf: '2',
      adminDown: true,
      transitions: 8,
      lastError: 'Hold Timer Expired (4/0), sent',
    };
    expect(sessions).toEqual([
      { ...common, afi: 'ipv4', prefixesReceived: 1, prefixesAccepted: 2, prefixesAdvertised: 3 },
      { ...common, afi: 'ipv6', prefixesReceived: 4, prefixesAccepted: 5, prefixesAdvertised: 6 },
    ]);
  });

  it.each([
    ['text', '4|192.0.2.254'],
    ['decimal codes of text', '4|49.57.50.46.48.46.50.46.50.53.52'],
    ['text and a NUL', '4x|3139322E302E322E32353400'],
    ['octets', '4x|C00002FE'],
  ])('reads an address of OS10 as %s, hundredths of seconds, and not its admin status', (_, address) => {
    const os10 = `${enterprise}674.11000.5000.200.1.1`;
    const [session] = sessionsOf(
      objectId('674.11000.5000.100.2.1.7'),
      cells(`${os10}.2.1`, '1.1.4.192.0.2.1', { 3: address, 10: '66|64512', 12: 1, 13: 6 }),
      cells(`${os10}.4.1`, '1.1.4.192.0.2.1', { 1: '66|28063050' }),
    );
    expect(session).toMatchObject({ localAddress: '192.0.2.254', establishedSeconds: 280630 });
    expect(session).not.toHaveProperty('adminDown');
  });
});

describe('HUAWEI-BGP-VPN-MIB', () => {
  const root = `${enterprise}2011.5.25.177.1.1`;

  it('names instances, looks up the peer in the table of sessions, and skips families without a peer', () => {
    const sessions = sessionsOf(
      objectId('2011.2.239.1'),
      localAs(65009),
      cells(`${root}.1.1`, '4.2.1.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1', { 6: '4|blue' }),
      cells(`${root}.2.1`, `4.2.1.2.16.${v6(1)}`, { 2: '66|64512', 5: 6, 6: '66|2', 7: '66|9', 11: 2 }),
      cells(`${root}.2.1`, '5.1.1.1.4.192.0.2.1', { 2: '66|64513', 5: 1, 7: '66|9', 9: '4x|0202', 11: 1 }),
      cells(`${root}.3.1`, '0.25.65.1.4.192.0.2.7', { 1: '65|45' }),
      cells(`${root}.8.1`, `4.2.16.${v6(1)}`, { 5: `4x|${hexV6(2)}`, 9: '4|blue', 11: '4|a peer' }),
      cells(`${root}.8.1`, '0.1.4.192.0.2.1', { 9: '4|red' }),
    );
    expect(sessions).toEqual([
      {
        peerAddress: '2001:db8::1',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        vrf: 'blue',
        localAddress: '2001:db8::2',
        description: 'a peer',
        adminDown: false,
        establishedSeconds: 9,
        transitions: 2,
        afi: 'ipv6',
      },
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64513,
        localAsn: 65009,
        state: 'idle',
        vrf: 'red',
        adminDown: true,
        lastError: 'OPEN Message Error: Bad Peer AS (2/2)',
        afi: 'ipv4',
      },
    ]);
  });
});

describe('TIMETRA-BGP-MIB', () => {
  const timetra = `${enterprise}6527.3.1.2`;
  const peer = `${timetra}.14.4.7.1`;
  const oper = `${timetra}.14.4.8.1`;

  it('inverts the admin status and reads a group of columns for each family', () => {
    const sessions = sessionsOf(
      objectId('6527.1.3.25'),
      localAs(65009),
      cells(`${timetra}.3.1.1`, '2', { 4: '4|vprn7', 59: '66|64900' }),
      // Families ipv4 and ipv6: bits 1 and 3.
      cells(peer, '1.1.4.192.0.2.1', { 6: 2, 13: '4|', 53: '4x|500000', 59: 6, 65: '66|0', 66: '66|64512' }),
      cells(oper, '1.1.4.192.0.2.1', {
        5: '65|7',
        6: '65|8',
        27: '65|9',
        28: '65|10',
        177: '66|3',
        178: '4x|0403',
      }),
      cells(peer, `2.2.16.${v6(1)}`, {
        6: 1,
        7: '4|"a peer"',
        53: '4|10 00 00 3',
        59: 1,
        65: '66|0',
        66: '66|0',
      }),
      cells(oper, `2.2.16.${v6(1)}`, { 27: '65|0', 28: '65|0', 151: '65|64513', 161: `4x|${hexV6(2)}` }),
      // EVPN alone: no counts of IP routes.
      cells(peer, '1.1.4.192.0.2.3', { 6: 2, 53: '4|00 01 15', 59: 6, 65: '66|65001', 66: '66|64514' }),
      cells(oper, '1.1.4.192.0.2.3', { 5: '65|0', 6: '65|0' }),
    );
    const first = {
      peerAddress: '192.0.2.1',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'established',
      vrf: 'default',
      adminDown: false,
      establishedSeconds: 3,
      lastError: 'Hold Timer Expired (4/3)',
    };
    expect(sessions).toEqual([
      { ...first, afi: 'ipv4', prefixesReceived: 7, prefixesAdvertised: 8 },
      { ...first, afi: 'ipv6', prefixesReceived: 9, prefixesAdvertised: 10 },
      {
        peerAddress: '2001:db8::1',
        peerAsn: 64513,
        localAsn: 64900,
        state: 'idle',
        vrf: 'vprn7',
        localAddress: '2001:db8::2',
        description: 'a peer',
        adminDown: true,
        afi: 'ipv6',
        prefixesReceived: 0,
        prefixesAdvertised: 0,
      },
      {
        peerAddress: '192.0.2.3',
        peerAsn: 64514,
        localAsn: 65001,
        state: 'established',
        vrf: 'default',
        adminDown: false,
        afi: 'ipv4',
      },
    ]);
  });
});

describe('CUMULUS-BGPVRF-MIB', () => {
  const root = `${enterprise}40310.7`;

  it('reads peers by address and by interface, with the names of VRFs', () => {
    const sessions = sessionsOf(
      objectId('40310'),
      `${root}.2.0|66|65009`,
      `${root}.2.3|66|65010`,
      `${root}.8.0|4|default`,
      `${root}.8.3|4|blue`,
      cells(`${root}.3.1.1`, '0.1.192.0.2.1', {
        2: 6,
        3: 2,
        5: '4|192.0.2.254',
        9: 64512,
        25: '4|192.0.2.1',
      }),
      cells(`${root}.3.1.1`, `3.2.${v6(1)}`, { 2: 1, 3: 1, 9: 64513, 26: '4|a peer' }),
      cells(`${root}.3.1.1`, '3.0.0.0.0.10', {
        2: 6,
        3: 2,
        7: '4|fe80::2',
        9: 64514,
        16: '66|5',
        25: '4|swp10',
      }),
    );
    expect(sessions).toEqual([
      {
        peerAddress: '192.0.2.1',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        vrf: 'default',
        localAddress: '192.0.2.254',
        adminDown: false,
        afi: 'ipv4',
      },
      {
        peerAddress: '2001:db8::1',
        peerAsn: 64513,
        localAsn: 65010,
        state: 'idle',
        vrf: 'blue',
        description: 'a peer',
        adminDown: true,
        afi: 'ipv6',
      },
      {
        peerAddress: 'fe80::2',
        peerAsn: 64514,
        localAsn: 65010,
        state: 'established',
        vrf: 'blue',
        name: 'swp10',
        adminDown: false,
        establishedSeconds: 5,
        afi: 'ipv6',
      },
    ]);
  });
});

describe('which table', () => {
  it("is the platform's own, then BGP4-MIB, then any other", () => {
    const cisco = cells(`${enterprise}9.9.187.1.2.5.1`, '1.4.192.0.2.1', { 3: 3, 11: '66|1' });
    const base = cells('1.3.6.1.2.1.15.3.1', '192.0.2.1', { 2: 6, 9: 2 });
    const asn = (...records: readonly (string | readonly string[])[]) => sessionsOf(...records)[0]?.peerAsn;
    expect(asn(objectId('9.1.1'), cisco, base)).toBe(1);
    // SONiC's agent shows a Cisco table with states alone.
    expect(asn(objectId('8072.3.2.10'), cisco, base)).toBe(2);
    expect(asn(objectId('4413.1.2.1.2'), cisco, base)).toBe(2);
    expect(asn(objectId('8072.3.2.10'), cisco)).toBe(1);
    expect(asn(cisco, base)).toBe(1);
    expect(asn(objectId('99999.1'), cisco, base)).toBe(1);
  });
});
