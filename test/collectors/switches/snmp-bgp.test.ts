// BGP4-MIB rows as RFC 4273 defines them and as devices send them.
import { describe, expect, it } from 'vitest';
import { decodeBgpPeers } from '../../../src/collectors/switches/snmp-bgp.ts';
import { bgpErrorText } from '../../../src/collectors/switches/snmp-bgp-error.ts';
import { unreadableNote } from '../../../src/collectors/switches/snmp-session-list.ts';
import { asnFromMib } from '../../../src/collectors/switches/snmp-session-values.ts';
import type { TableRow } from '../../../src/collectors/switches/snmp-tables.ts';
import type { SnmpValue } from '../../../src/transport/snmp-value.ts';

const integer = (value: number): SnmpValue => ({ type: 'integer', value });
const address = (value: string): SnmpValue => ({ type: 'address', value });
const octets = (...value: number[]): SnmpValue => ({ type: 'octets', value: Uint8Array.from(value) });

function row(index: number[], cells: Record<number, SnmpValue>): TableRow {
  return { index, cells: new Map(Object.entries(cells).map(([column, value]) => [Number(column), value])) };
}

describe('decodeBgpPeers', () => {
  it('reads an established peer', () => {
    const cells = {
      2: integer(6),
      3: integer(2),
      5: address('172.20.0.254'),
      9: integer(64512),
      14: octets(0, 0),
      15: integer(3),
      16: integer(22497219),
    };
    expect(decodeBgpPeers([row([172, 20, 0, 11], cells)], 65009)).toEqual({
      sessions: [
        {
          peerAddress: '172.20.0.11',
          peerAsn: 64512,
          localAsn: 65009,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          localAddress: '172.20.0.254',
          adminDown: false,
          establishedSeconds: 22497219,
          transitions: 3,
        },
      ],
      notes: [],
      unreadable: [],
    });
  });

  it('says nothing of the local address and the uptime of a peer that is down', () => {
    const cells = {
      2: integer(1),
      3: integer(1),
      5: address('0.0.0.0'),
      14: octets(6, 2),
      16: integer(483867),
    };
    const { sessions } = decodeBgpPeers([row([192, 0, 2, 5], cells)], null);
    expect(sessions).toEqual([
      {
        peerAddress: '192.0.2.5',
        peerAsn: null,
        localAsn: null,
        state: 'idle',
        afi: 'ipv4',
        vrf: 'default',
        adminDown: true,
        lastError: 'Cease: Administrative Shutdown (6/2)',
      },
    ]);
  });

  it.each([
    [1, 'idle'],
    [2, 'connect'],
    [3, 'active'],
    [4, 'opensent'],
    [5, 'openconfirm'],
    [6, 'established'],
    [0, null],
    [7, null],
  ])('reads state %i as %s', (value, state) => {
    expect(decodeBgpPeers([row([10, 0, 0, 1], { 2: integer(value) })], null).sessions[0]?.state).toBe(state);
  });

  it('takes a row with two columns, and one with none it knows', () => {
    const { sessions } = decodeBgpPeers(
      [row([10, 0, 0, 1], { 2: integer(3), 3: integer(2) }), row([10, 0, 0, 2], { 19: integer(30) })],
      null,
    );
    expect(sessions).toMatchObject([
      { peerAddress: '10.0.0.1', state: 'active', adminDown: false },
      { peerAddress: '10.0.0.2', state: null, peerAsn: null },
    ]);
    expect(sessions[1]).not.toHaveProperty('adminDown');
  });

  it('drops the peer 0.0.0.0 that Junos shows, and counts an index that is no address', () => {
    const { sessions, unreadable } = decodeBgpPeers(
      [
        row([0, 0, 0, 0], { 9: integer(65501) }),
        row([4, 10, 0, 0, 1], { 2: integer(6) }),
        row([10, 0, 0, 300], {}),
      ],
      null,
    );
    expect(sessions).toEqual([]);
    expect(unreadable).toEqual([
      [4, 10, 0, 0, 1],
      [10, 0, 0, 300],
    ]);
    expect(unreadableNote('bgpPeerTable', unreadable)).toBe(
      'bgpPeerTable: 2 rows have an index that cannot be read (4.10.0.0.1): not read',
    );
  });

  it('does not take AS_TRANS for the peer, and says so', () => {
    const { sessions, notes } = decodeBgpPeers([row([192, 0, 2, 6], { 9: integer(23456) })], 65065);
    expect(sessions[0]?.peerAsn).toBeNull();
    expect(notes).toEqual([expect.stringContaining('192.0.2.6 has AS_TRANS (23456)')]);
  });
});

describe('asnFromMib', () => {
  it.each([
    [-94966295, 4200001001],
    [-94966595, 4200000701],
    [393227, 393227],
    [4200000701, 4200000701],
    [65535, 65535],
    [0, null],
    [23456, null],
    [undefined, null],
  ])('reads %j as %j', (value, asn) => {
    expect(asnFromMib(value)).toBe(asn);
  });
});

describe('bgpErrorText', () => {
  it.each([
    [0, 0, undefined],
    [6, 2, 'Cease: Administrative Shutdown (6/2)'],
    [6, 1, 'Cease: Maximum Number of Prefixes Reached (6/1)'],
    [4, 0, 'Hold Timer Expired (4/0)'],
    [2, 2, 'OPEN Message Error: Bad Peer AS (2/2)'],
    [5, 1, 'Finite State Machine Error: Unexpected Message in OpenSent State (5/1)'],
    [6, 99, 'Cease (6/99)'],
    [9, 1, 'unknown error (9/1)'],
  ])('%i/%i', (code, subcode, text) => {
    expect(bgpErrorText(code, subcode)).toBe(text);
  });
});
