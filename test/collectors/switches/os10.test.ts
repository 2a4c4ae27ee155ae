// The Dell OS10 driver: answers written by hand after Dell's guide and, read in place where they are, three transcribed captures.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { os10 } from '../../../src/collectors/switches/os10.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/dell-os10');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const rows = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);

describe('answers by hand', () => {
  it('reads summary and routes of one capture, a pager between', () => {
    const parsed = os10.parse('show ip bgp summary', read('summary.txt'));
    expect(
      parsed.sessions.map(
        ({ peerAddress, peerAsn, localAsn, state, adminDown, establishedSeconds, prefixesReceived, afi }) => [
          peerAddress,
          peerAsn,
          localAsn,
          state,
          adminDown,
          establishedSeconds,
          prefixesReceived,
          afi,
        ],
      ),
    ).toEqual([
      ['172.20.0.11', 64512, 65009, 'established', undefined, 1191329, 34, 'ipv4'],
      ['172.20.0.12', 4200000002, 65009, 'established', undefined, 247, 0, 'ipv4'],
      ['172.20.0.13', 4259840001, 65009, 'active', undefined, undefined, undefined, 'ipv4'],
      ['172.20.0.14', 64512, 65009, 'idle', true, undefined, undefined, 'ipv4'],
      [
        '2001:db8:1234:5678:1234:5678:1234:5678',
        64512,
        65009,
        'connect',
        undefined,
        undefined,
        undefined,
        'ipv6',
      ],
    ]);
    expect(parsed.routes).toMatchObject([{ layer: 'installed', vrf: 'default' }]);
    expect(rows(parsed).map(({ prefix, vrf, ...row }) => ({ prefix: formatPrefix(prefix), ...row }))).toEqual(
      [
        {
          prefix: '0.0.0.0/0',
          nextHops: [{ address: '10.0.0.1', interface: 'ethernet1/1/1' }],
          protocol: 'static',
          best: true,
        },
        {
          prefix: '172.20.0.0/24',
          nextHops: [{ address: '172.20.0.254', interface: 'vlan100' }],
          protocol: 'connected',
          best: true,
        },
        {
          prefix: '10.233.64.0/26',
          nextHops: [{ address: '172.20.0.11' }, { address: '172.20.0.12' }],
          protocol: 'bgp',
          best: true,
        },
        { prefix: '10.233.64.64/26', nextHops: [{ address: '172.20.0.12' }], protocol: 'bgp', best: false },
        { prefix: '10.250.0.0/16', nextHops: [], protocol: 'static', best: true, discard: true },
      ],
    );
  });

  it('reads a BGP table whose values may be missing', () => {
    expect(
      rows(os10.parse('show ip bgp', read('bgp.txt'))).map(({ prefix, vrf, ...row }) => ({
        prefix: formatPrefix(prefix),
        ...row,
      })),
    ).toEqual([
      {
        prefix: '10.233.64.0/26',
        nextHops: [{ address: '172.20.0.11' }],
        protocol: 'bgp',
        best: true,
        asPath: '64512 4200000002',
        localPref: 100,
      },
      {
        prefix: '10.233.64.0/26',
        nextHops: [{ address: '172.20.0.12' }],
        protocol: 'bgp',
        best: false,
        asPath: '64513',
        localPref: 100,
      },
      {
        prefix: '10.233.64.64/26',
        nextHops: [{ address: '172.20.0.12' }],
        protocol: 'bgp',
        best: true,
        stale: true,
        unusable: true,
        asPath: '64512',
        localPref: 100,
      },
      { prefix: '172.20.0.0/24', nextHops: [], protocol: 'bgp', best: true, localPref: 100 },
    ]);
  });

  it('writes out asdot numbers of a path', () => {
    const table = `   Network              Next Hop             Metric     LocPrf     Weight     Path
*> 10.233.64.0/26       172.20.0.11          0          100        0          64512.7 65001 i
`;
    expect(rows(os10.parse('show ip bgp', table)).map(({ asPath }) => asPath)).toEqual(['4227858439 65001']);
    const entry = `BGP routing table entry for 10.233.64.0/26
Paths: (1 available, table Default-IP-Routing-Table.)
Received from :
172.20.0.11(172.20.0.11) Best
    AS_PATH : 64512.7 65001
    Next-Hop : 172.20.0.11, Cost : 0
`;
    expect(rows(os10.parse('show ip bgp 10.233.64.0/26', entry)).map(({ asPath }) => asPath)).toEqual([
      '4227858439 65001',
    ]);
  });

  it('refuses complaints and cut rows', () => {
    expect(() => os10.parse('show ip bgp summary', '% Error: Unrecognized command.')).toThrow(ParseError);
    const text = read('bgp.txt');
    expect(() => os10.parse('show ip bgp', text.slice(0, text.indexOf('64513 i')))).toThrow(ParseError);
    const routes = read('summary.txt');
    const cut = routes.slice(0, routes.indexOf('Direct, Null0'));
    expect(() => os10.parse('show ip route', cut)).toThrow(ParseError);
  });
});

const root = path.resolve(import.meta.dirname, '../../../../shared/fixtures/dell-os10/transcribed');
const present = existsSync(root);
if (!present) console.log('os10: captures skipped, the shared fixtures are not here');
const capture = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe.skipIf(!present)(
  because(!present, 'captures of others', 'needs the public captures in ../shared'),
  () => {
    it('reads summary, neighbours and table', () => {
      expect(
        os10.parse('show ip bgp summary', capture('os10-leaf.show_ip_bgp_summary.txt')).sessions,
      ).toEqual([
        {
          peerAddress: '172.0.0.1',
          peerAsn: 65101,
          localAsn: 65001,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          establishedSeconds: 1191329,
          prefixesReceived: 34,
        },
      ]);
      expect(
        os10.parse('show ip bgp neighbors', capture('os10-leaf.show_ip_bgp_neighbors.txt')).sessions,
      ).toEqual([
        {
          peerAddress: '172.0.0.1',
          peerAsn: 65101,
          localAsn: 65001,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          localAddress: '172.0.0.0',
          establishedSeconds: 1191889,
          prefixesAccepted: 34,
          prefixesAdvertised: 36,
        },
      ]);
      const table = rows(os10.parse('show ip bgp', capture('os10-leaf.show_ip_bgp.fragment.txt')));
      expect(
        table.map(({ prefix, best, nextHops, asPath }) => [formatPrefix(prefix), best, nextHops, asPath]),
      ).toEqual([
        ['172.0.0.0/31', false, [{ address: '172.0.0.1' }], '65001'],
        ['172.0.0.0/31', false, [{ address: '172.2.0.5' }], '65001'],
        ['172.0.0.0/31', true, [], undefined],
      ]);
    });
  },
);
