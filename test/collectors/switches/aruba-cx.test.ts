// The AOS-CX driver: other people's captures in place (some of a Mellanox Onyx spine beside CX leaves), hand-written ones for
// what those lack, and damaged ones.

import { describe, expect, it } from 'vitest';
import { arubaCx } from '../../../src/collectors/switches/aruba-cx.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { because } from '../../because.ts';
import {
  damaged,
  ownText,
  paged,
  records,
  refusesWithout,
  routesIn,
  sessionsIn,
  sharedPresent,
  sharedText,
} from './vrp-like-captures.ts';

const all = 'show bgp all-vrf all summary';
const ntc = 'aruba-cx/networktocode__ntc-templates/tests/aruba_aoscx';
const csm = 'aruba-cx/Cray-HPE__docs-csm';
const metallb = `${csm}/operations/network/metallb_bgp/Troubleshoot_BGP_not_Accepting_Routes_from_MetalLB.md`;

describe.skipIf(!sharedPresent('aruba-cx'))(
  because(!sharedPresent('aruba-cx'), 'captures of real switches', 'needs the public captures in ../shared'),
  () => {
    it('reads a summary as ntc-templates does', () => {
      const file = `${ntc}/show_bgp_all-vrfs_all_summary/aruba_aoscx_show_bgp_all-vrfs_all_summary`;
      const parsed = arubaCx.parse(all, sharedText(`${file}.raw`));
      expect(sessionsIn(parsed)).toEqual(
        records(`${file}.yml`).map(
          (row) => `${row.vrf} ${row.neighbour} ${row.remote_as} ${row.state?.toLowerCase()} -`,
        ),
      );
      // Two months, two weeks and six days, months of 30 days.
      expect(parsed.sessions[1]?.establishedSeconds).toBe((60 + 14 + 6) * 86_400);
      expect(parsed.sessions.every(({ localAsn }) => localAsn === 4290020685)).toBe(true);
    });

    it('reads the routing table as ntc-templates does', () => {
      const file = `${ntc}/show_ip_route_all-vrfs/show_ip_route_all-vrfs`;
      const parsed = arubaCx.parse('show ip route all-vrfs', sharedText(`${file}.raw`));
      const expected = records(`${file}.yml`) as unknown as {
        readonly ip_address: string;
        readonly prefix_length: string;
        readonly interface: readonly string[];
        readonly status: readonly string[];
      }[];
      expect(routesIn(parsed)).toEqual(
        expected.map(
          (row) => `*${row.ip_address}/${row.prefix_length} ${row.status[0]} ${row.interface.join(' ')}`,
        ),
      );
    });

    it('reads summaries of two VRFs, of one family, and behind an echoed command cut short', () => {
      expect(sessionsIn(arubaCx.parse(all, sharedText(`${metallb}.block03.txt`)))).toEqual([
        'default 10.252.0.3 65533 established -',
        'default 10.252.1.7 65533 established -',
        'default 10.252.1.8 65533 established -',
        'default 10.252.1.9 65533 established -',
        'Customer 10.103.11.3 65533 established -',
        'Customer 10.103.11.8 65536 established -',
        'Customer 10.103.11.9 65536 established -',
        'Customer 10.103.11.10 65536 established -',
      ]);
      const book = sharedText(`${csm}/troubleshooting/pxe_runbook.md.block01.txt`);
      const verify = sharedText(
        `${csm}/operations/network/management_network/aruba/verify_bgp.md.block01.txt`,
      );
      const expected = ['10.252.0.2', '10.252.1.7', '10.252.1.8', '10.252.1.9'].map(
        (peer) => `default ${peer} 65533 established -`,
      );
      expect(sessionsIn(arubaCx.parse('show bgp ipv4 unicast summary', book))).toEqual(expected);
      expect(sessionsIn(arubaCx.parse('show bgp ipv4 unicast summary', verify))).toEqual(expected);
    });

    it('reads the summary and the routes of an Onyx spine', () => {
      expect(
        sessionsIn(arubaCx.parse('show ip bgp vrf all summary', sharedText(`${metallb}.block01.txt`))),
      ).toEqual([
        'Customer 10.101.8.8 65536 established 14',
        'Customer 10.101.8.9 65536 established 18',
        'Customer 10.101.8.10 65536 established 14',
        'default 10.252.1.7 65533 established 12',
        'default 10.252.1.8 65533 established 16',
        'default 10.252.1.9 65533 established 12',
      ]);
      const book = sharedText(`${csm}/troubleshooting/pxe_runbook.md.block02.txt`);
      expect(arubaCx.parse('show ip bgp summary', book).sessions[0]).toMatchObject({
        peerAddress: '10.252.1.7',
        establishedSeconds: 6 * 86_400 + 5 * 3600 + 54 * 60 + 2,
        prefixesReceived: 6,
      });
      const parsed = arubaCx.parse('show ip route vrf all bgp', sharedText(`${metallb}.block02.txt`));
      expect(parsed.routes.map(({ vrf, rows }) => `${vrf} ${rows.length}`)).toEqual([
        'default 12',
        'Customer 18',
      ]);
      expect(routesIn(parsed, 'installed', 'Customer').slice(0, 3)).toEqual([
        '*10.92.100.60/32 bgp 10.101.8.8%vlan7 10.101.8.9%vlan7 10.101.8.10%vlan7',
        '*10.92.100.71/32 bgp 10.101.8.8%vlan7 10.101.8.9%vlan7 10.101.8.10%vlan7',
        '*10.92.100.81/32 bgp 10.101.8.9%vlan7',
      ]);
    });
  },
);

describe('hand-written captures', () => {
  const summary = ownText('aruba-cx/summary.txt');
  const routes = ownText('aruba-cx/routes.txt');
  const newer = ownText('aruba-cx/routes-10.13.txt');
  const expectedSessions = [
    'default 192.0.2.11 64512 established -',
    'default 192.0.2.12 65546 idle (admin down) -',
    'default 192.0.2.13 64512 active -',
    'default 2001:db8:1234:5678:9abc:def0:1234:5678 64512 established -',
    'default 203.0.113.9 4200000701 established -',
    'red 192.0.2.11 64512 established -',
  ];

  it('reads VRFs, families, a wrapped address, a session that is shut', () => {
    const { sessions } = arubaCx.parse(all, summary);
    expect(sessionsIn({ sessions, routes: [], notes: [] })).toEqual(expectedSessions);
    expect(sessions.map(({ afi, localAsn }) => `${afi} ${localAsn}`)).toEqual([
      'ipv4 4200000701',
      'ipv4 4200000701',
      'ipv4 4200000701',
      'ipv6 4200000701',
      'ipv4 4200000701',
      'ipv4 65011',
    ]);
  });

  it('reads the BGP table and the routing table as a list', () => {
    const parsed = arubaCx.parse(all, routes);
    expect(routesIn(parsed, 'bgp')).toEqual([
      '*10.233.64.0/24 bgp 192.0.2.11',
      '10.233.64.0/24 bgp 192.0.2.12'.padStart(30),
      '*10.233.65.0/26 bgp 203.0.113.9',
      '*192.0.2.0/24 bgp 0.0.0.0',
    ]);
    const bgp = parsed.routes.find(({ layer }) => layer === 'bgp')?.rows ?? [];
    expect(bgp.map(({ asPath, localPref }) => `${asPath}, ${localPref}`)).toEqual([
      '64512, 100',
      '64512 64513, 100',
      '65008 65546, 150',
      ', undefined',
    ]);
    expect(routesIn(parsed)).toEqual([
      '*0.0.0.0/0 static 198.51.100.5',
      '*10.233.64.0/24 bgp 192.0.2.11 192.0.2.12',
      '*10.250.0.0/16 static',
      '*192.0.2.0/24 connected vlan20',
    ]);
    expect(routesIn(parsed, 'installed', 'red')).toEqual(['*10.9.0.0/24 bgp 192.0.2.19']);
  });

  it('reads the routing table as newer releases print it, further next hops with and without their prefix', () => {
    const parsed = arubaCx.parse('show ip route all-vrfs', newer);
    expect(routesIn(parsed)).toEqual([
      '*0.0.0.0/0 static 198.51.100.5%1/1/49',
      '*10.233.64.0/24 bgp 192.0.2.11%vlan20 192.0.2.12%vlan20',
      '*10.233.65.0/26 bgp 192.0.2.11%vlan20 192.0.2.12%vlan20',
      '*192.0.2.0/24 connected vlan20',
    ]);
    expect(routesIn(parsed, 'installed', 'red')).toEqual(['*10.9.0.0/24 bgp 192.0.2.19%vlan40']);
  });

  it('reads neighbours and the paths of one prefix', () => {
    const parsed = arubaCx.parse('show bgp all-vrf all neighbors', ownText('aruba-cx/neighbors.txt'));
    expect(parsed.sessions).toMatchObject([
      {
        peerAddress: '192.0.2.11',
        description: 'node 1',
        transitions: 3,
        lastError: 'Cease',
        establishedSeconds: 622,
      },
      { peerAddress: '192.0.2.12', vrf: 'red', localAsn: 65011, state: 'idle', adminDown: true },
    ]);
    const rows = parsed.routes.flatMap((table) => table.rows);
    expect(rows.map(({ best, from, asPath }) => [best, from, asPath])).toEqual([
      [true, '192.0.2.11', '64512'],
      [false, '192.0.2.12', '64512 64513'],
    ]);
  });

  it('reads the same with the pager on', () => {
    const text = paged(summary, '-- MORE --, next page: Space, next line: Enter, quit: q', '\r\x1b[K');
    expect(sessionsIn(arubaCx.parse(all, text))).toEqual(expectedSessions);
  });

  it('tells nothing there from no answer', () => {
    expect(arubaCx.parse('show ipv6 route', 'No ipv6 routes configured\n').routes[0]?.rows).toEqual([]);
    const none =
      'VRF : default\nBGP Summary\n-----------\n Peers                  : 0            Log Neighbor Changes   : No\n';
    expect(arubaCx.parse(all, none).sessions).toEqual([]);
    expect(() => arubaCx.parse(all, 'Invalid input: bgp\n')).toThrow('the device says: "Invalid input: bgp"');
    expect(() => arubaCx.parse(all, 'leaf03# \n')).toThrow(ParseError);
  });

  it('refuses captures from which one row is gone, and only ever reads or refuses damaged ones', () => {
    expect(refusesWithout(arubaCx, all, summary, /(?:Up|Down)$/)).toBe(6);
    expect(refusesWithout(arubaCx, all, routes, /^\*/)).toBe(4);
    for (const file of ['summary', 'routes', 'routes-10.13', 'neighbors']) {
      const text = ownText(`aruba-cx/${file}.txt`);
      const whole = arubaCx.parse(all, text).sessions.length;
      for (const { sessions } of damaged(arubaCx, all, text))
        expect(sessions.length).toBeLessThanOrEqual(whole);
    }
  });
});
