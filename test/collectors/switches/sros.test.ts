// The SR OS driver on answers written by hand after Nokia's guides: every state, VPRNs, stacked families, both notations of a
// 4-octet ASN, ECMP, aggregates, pager remnants, and what is cut off.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sros } from '../../../src/collectors/switches/sros.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/nokia-sros');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);

describe('sessions', () => {
  it('reads a summary of all instances', () => {
    const { sessions, notes } = sros.parse('show router bgp summary all', read('summary-all.txt'));
    expect(
      sessions.map((session) => [
        session.vrf,
        session.peerAddress,
        session.afi,
        session.peerAsn,
        session.state,
        session.adminDown,
        session.establishedSeconds,
        session.prefixesReceived,
        session.prefixesAdvertised,
        session.description,
      ]),
    ).toEqual([
      ['default', '172.20.0.11', 'ipv4', 64512, 'established', undefined, 129000, 6, 9, 'node1, rack 7'],
      ['default', '172.20.0.11', 'ipv6', 64512, 'established', undefined, 129000, 2, 3, 'node1, rack 7'],
      [
        'default',
        '172.20.0.12',
        'ipv4',
        4200000002,
        'connect',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
      ['default', '172.20.0.13', 'ipv4', 64512, 'idle', true, undefined, undefined, undefined, undefined],
      ['10', 'fd00:20::11', 'ipv6', 64512, 'established', undefined, 11402, 2, 3, 'node1 over IPv6'],
      [
        '10',
        '172.20.0.14',
        'ipv4',
        4259840001,
        'idle',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    ]);
    expect(notes).toEqual(['no count of peers above the table: the capture may be cut']);
  });

  it('reads the long form', () => {
    const { sessions } = sros.parse('show router bgp neighbor 172.20.0.11', read('neighbor.txt'));
    const base = {
      peerAddress: '172.20.0.11',
      peerAsn: 64512,
      localAsn: 65009,
      state: 'established',
      vrf: 'default',
      localAddress: '172.20.0.254',
      description: 'node1',
      lastError: 'Cease (Connection Collision Resolution)',
    };
    expect(sessions).toEqual([
      { ...base, afi: 'ipv4', prefixesReceived: 6 },
      { ...base, afi: 'ipv6', prefixesReceived: 0 },
    ]);
  });

  it('takes "BGP is not configured" for an answer and other complaints for errors', () => {
    const none = 'MINOR: CLI #2005: Error while processing command - BGP is not configured';
    expect(sros.parse('show router bgp summary', none)).toEqual({
      sessions: [],
      routes: [],
      notes: ['BGP is not configured on this router'],
    });
    const denied = 'MINOR: MGMT_CORE #2020: Permission denied - unauthorized use of command';
    expect(() => sros.parse('show router bgp summary', denied)).toThrow('Permission denied');
  });

  it('refuses what is cut at any line inside a neighbour', () => {
    const lines = read('summary-all.txt').split('\n');
    const start = lines.indexOf('172.20.0.12');
    for (const extra of [1, 2]) {
      const cut = lines.slice(0, start + extra).join('\n');
      expect(() => sros.parse('show router bgp summary all', cut), cut.slice(-60)).toThrow(ParseError);
    }
  });

  it('refuses fewer neighbours than the device counts', () => {
    const text = read('summary-all.txt').replace('BGP Summary', 'Total Peers : 7\n\nBGP Summary');
    expect(() => sros.parse('show router bgp summary', text)).toThrow('5 neighbours were read of 7');
  });
});

describe('routes', () => {
  it('reads a route table: ECMP, aggregate, a long prefix, a link-local next hop', () => {
    const parsed = sros.parse('show router 10 route-table', read('route-table.txt'));
    expect(parsed.routes.map(({ layer, vrf }) => [layer, vrf])).toEqual([['installed', '10']]);
    expect(rows(parsed).map(({ prefix, vrf, ...row }) => ({ prefix: formatPrefix(prefix), ...row }))).toEqual(
      [
        {
          prefix: '10.233.64.0/26',
          nextHops: [{ address: '172.20.0.11' }, { address: '172.20.0.12' }],
          protocol: 'bgp',
          best: true,
        },
        { prefix: '10.250.0.0/16', nextHops: [], protocol: 'aggregate', best: true, discard: true },
        {
          prefix: 'fd00:10:244:1234:1234:1234:1234:1234/128',
          nextHops: [{ address: 'fe80::1', interface: 'to-node1' }],
          protocol: 'bgp',
          best: true,
        },
      ],
    );
  });

  it('reads what a neighbour is sent, an AS path on two lines', () => {
    const parsed = sros.parse(
      'show router bgp neighbor 172.20.0.11 advertised-routes',
      read('advertised.txt'),
    );
    expect(parsed.routes).toMatchObject([{ layer: 'exported', peer: '172.20.0.11', vrf: 'default' }]);
    expect(
      rows(parsed).map(({ prefix, asPath, unusable }) => [formatPrefix(prefix), asPath, unusable]),
    ).toEqual([
      ['10.233.64.0/26', '65009 64512 4200000002 65009 64512 4200000002 65009 64512 4200000002', undefined],
      ['0.0.0.0/0', '65009', undefined],
    ]);
  });

  it('takes "No Matching Entries Found" for an empty table', () => {
    const text = read('advertised.txt')
      .replace(/^i {5}[\s\S]*?(?=^---)/m, 'No Matching Entries Found.\n')
      .replace('Routes : 2', '');
    expect(sros.parse('show router bgp routes 10.0.0.0/8 longer', text)).toEqual({
      sessions: [],
      routes: [{ layer: 'bgp', vrf: 'default', rows: [], allNextHops: true }],
      notes: [],
    });
  });

  it('refuses a table with fewer routes than it counts, or cut between two lines', () => {
    const text = read('route-table.txt').replace('No. of Routes: 4', 'No. of Routes: 5');
    expect(() => sros.parse('show router route-table', text)).toThrow('4 routes were read of 5');
    const cut = read('route-table.txt');
    expect(() =>
      sros.parse('show router route-table', cut.slice(0, cut.indexOf('       172.20.0.12'))),
    ).toThrow('the capture ends inside it');
    const at = cut.indexOf('10.250.0.0/16');
    expect(sros.parse('show router route-table', cut.slice(0, at)).notes).toEqual([
      'no count of routes at the end: the capture may be cut',
    ]);
  });
});
