// The VRP driver: other people's captures in place with the results beside them, hand-written ones for what those lack, and
// damaged ones. What it shares with Comware is tested there.

import { describe, expect, it } from 'vitest';
import { vrp } from '../../../src/collectors/switches/vrp.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import {
  damaged,
  ownText,
  paged,
  readAnyway,
  records,
  refusesWithout,
  routesIn,
  sessionsIn,
  sharedPresent,
  sharedText,
} from './vrp-like-captures.ts';

const ntc = 'huawei-vrp/networktocode__ntc-templates/tests/huawei_vrp';
const genie = 'huawei-vrp/CiscoTestAutomation__genieparser/src/genie/libs/parser/hvrp/tests';
const verbose = 'display ip routing-table verbose';

interface GeniePeer {
  readonly remote_as: string;
  readonly state: string;
  readonly prefixes_counters?: { readonly received: number; readonly advertised?: number };
}
interface Genie {
  readonly vrf: Record<
    string,
    { readonly address_family: Record<string, { readonly peer: Record<string, GeniePeer> }> }
  >;
}
const genieText = (name: string) => sharedText(`${genie}/${name}/cli/equal/golden_output_output.txt`);
function geniePeers(name: string): string[] {
  const { vrf } = JSON.parse(sharedText(`${genie}/${name}/cli/equal/golden_output_expected.json`)) as Genie;
  return Object.entries(vrf).flatMap(([vrfName, { address_family: families }]) =>
    Object.entries(families).flatMap(([family, { peer }]) =>
      Object.entries(peer).map(([address, { remote_as: asn, state, prefixes_counters: counters }]) => {
        const shown = state.replace(/^Idle\(Admin\)$/, 'idle (admin down)').toLowerCase();
        const received = /^ipv4/.test(family) ? counters?.received : '-';
        return `${vrfName} ${address} ${asn} ${shown} ${received}`;
      }),
    ),
  );
}

describe.skipIf(!sharedPresent('huawei-vrp'))(
  because(
    !sharedPresent('huawei-vrp'),
    'captures of real switches',
    'needs the public captures in ../shared',
  ),
  () => {
    it('reads peers as ntc-templates does, the established count on a line of its own', () => {
      const file = `${ntc}/display_bgp_peer/huawei_vrp_display_bgp_peer2`;
      const parsed = vrp.parse('display bgp peer', sharedText(`${file}.raw`));
      expect(sessionsIn(parsed)).toEqual(
        records(`${file}.yml`).map(
          (row) => `default ${row.peer} ${row.asn} ${row.state?.toLowerCase()} ${row.pref_rcvd}`,
        ),
      );
      expect(
        parsed.sessions.map(({ localAsn, establishedSeconds }) => [localAsn, establishedSeconds]),
      ).toEqual([
        [10, undefined],
        [10, 1069],
      ]);
    });

    it.each(['ipv4', 'ipv41'])('reads the routing table of %s as ntc-templates does', (name) => {
      const file = `${ntc}/display_ip_routing-table_verbose/huawei_vrp_display_ip_routing-table_verbose_${name}`;
      const rows = readAnyway(vrp, verbose, sharedText(`${file}.raw`)).routes.flatMap(
        (routes) => routes.rows,
      );
      expect(rows.map((row) => [row.nextHops, row.best])).toEqual(
        records(`${file}.yml`).map((row) => [
          [{ address: row.next_hop, interface: row.interface }],
          row.state?.startsWith('Active'),
        ]),
      );
      expect(rows.map(({ prefix }) => prefix)).toEqual(
        records(`${file}.yml`).map((row) => parsePrefix(row.destination ?? '')),
      );
    });

    it('refuses an excerpt of 8 routes of 363, and reads a table that is whole', () => {
      const file = `${ntc}/display_ip_routing-table_verbose/huawei_vrp_display_ip_routing-table_verbose`;
      expect(() => vrp.parse(verbose, sharedText(`${file}_ipv41.raw`))).toThrow('8 routes were read of 363');
      expect(routesIn(vrp.parse(verbose, sharedText(`${file}_ipv4.raw`)))).toHaveLength(14);
    });

    it('reads the peers of an excerpt as genie does, and says that five are missing', () => {
      const text = genieText('DisplayBgpPeer');
      expect(() => vrp.parse('display bgp peer', text)).toThrow('line 3: 6 peers were read of 11');
      expect(sessionsIn(readAnyway(vrp, 'display bgp peer', text))).toEqual(geniePeers('DisplayBgpPeer'));
    });

    it('reads all families and VPN instances as genie does, but for an address that is none', () => {
      const text = genieText('DisplayBgpPeerSummary');
      expect(() => vrp.parse('display bgp all summary', text)).toThrow(
        'line 9: not an address: "10.10.10:10"',
      );
      // Genie takes the VPNv6 peers for the VPN instance's that stands above them; here it is one session with VPNv4's.
      const wrong = /10\.10\.10:10|^mobile 50\.50\.50\.50/;
      const expected = geniePeers('DisplayBgpPeerSummary').filter((row) => !wrong.test(row));
      expect(sessionsIn(readAnyway(vrp, 'display bgp all summary', text)).toSorted()).toEqual(
        expected.toSorted(),
      );
    });

    it('reads one peer in detail', () => {
      expect(vrp.parse('display bgp peer verbose', genieText('DisplayBgpPeerVerbose')).sessions).toEqual([
        {
          peerAddress: '10.10.10.10',
          peerAsn: 65000,
          localAsn: null,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          description: 'TEST',
          establishedSeconds: 701,
          prefixesReceived: 40,
          prefixesAdvertised: 16,
          transitions: 1,
        },
      ]);
    });
  },
);

describe('hand-written captures', () => {
  const summary = ownText('huawei-vrp/summary.txt');
  const routes = ownText('huawei-vrp/routes.txt');

  it('reads VPN instances below VPNv4, asdot numbers, a session that is shut', () => {
    expect(sessionsIn(vrp.parse('display bgp peer', summary))).toEqual([
      'default 203.0.113.9 65010 established -',
      'red 192.0.2.11 41615426 established 1',
      'blue 192.0.2.11 64512 idle (admin down) 0',
      'default 192.0.2.11 4200000701 established 12',
      'default 192.0.2.12 64512 active 0',
    ]);
  });

  it('reads the BGP table: empty columns, a further path without its network', () => {
    const parsed = vrp.parse(
      'display bgp routing-table',
      routes.slice(0, routes.indexOf('<leaf02>display ip')),
    );
    expect(routesIn(parsed, 'bgp')).toEqual([
      '*10.233.64.0/24 bgp 192.0.2.11',
      '10.233.64.0/24 bgp 192.0.2.12'.padStart(30),
      '*10.233.65.0/26 bgp 203.0.113.9',
      '*192.0.2.0/24 bgp 0.0.0.0',
    ]);
    const [first, second, third] = parsed.routes[0]?.rows ?? [];
    expect([first?.asPath, second?.asPath, third?.asPath, third?.localPref]).toEqual([
      '64512',
      '64512 41615426',
      '',
      100,
    ]);
  });

  it('reads the routing table of two VRFs, flags or none', () => {
    const parsed = vrp.parse('display ip routing-table', routes);
    expect(routesIn(parsed)).toEqual([
      '*0.0.0.0/0 static 198.51.100.5%GE1/0/1',
      '*10.233.64.0/24 bgp 192.0.2.11%Vlanif20 192.0.2.12%Vlanif20',
      '*10.233.65.0/26 bgp 203.0.113.9%Vlanif30',
      '*10.250.0.0/16 static 0.0.0.0%NULL0',
      '*192.0.2.0/24 connected 192.0.2.2%Vlanif20',
      '*192.0.2.0/24 static 192.0.2.9%Vlanif20',
    ]);
    expect(routesIn(parsed, 'installed', 'red')).toEqual(['*10.233.64.0/24 bgp 192.0.2.19%Vlanif40']);
  });

  it('joins what a terminal of 80 columns cut: interfaces, AS numbers', () => {
    const table = `Route Flags: R - relay, D - download to fib
------------------------------------------------------------------------------
Routing Tables: Public
         Destinations : 2        Routes : 3

Destination/Mask    Proto   Pre  Cost      Flags NextHop         Interface

    10.233.64.0/24  EBGP    255  0           D   192.0.2.11      GigabitEthernet
0/0/1
                    EBGP    255  0           D   192.0.2.12      XGigabitEtherne
t0/0/2.100
     192.0.2.0/24   Direct  0    0           D   192.0.2.2       Vlanif20
`;
    expect(routesIn(vrp.parse('display ip routing-table', table))).toEqual([
      '*10.233.64.0/24 bgp 192.0.2.11%GigabitEthernet0/0/1 192.0.2.12%XGigabitEthernet0/0/2.100',
      '*192.0.2.0/24 connected 192.0.2.2%Vlanif20',
    ]);
    const paths = ` Total Number of Routes: 2
      Network            NextHop        MED        LocPrf    PrefVal Path/Ogn

 *>   10.233.64.0/24     192.0.2.11      0                     0      64512 6451
3 65010i
 *                      192.0.2.12      0                     0      64512 64513
 65010i
`;
    const rows = vrp.parse('display bgp routing-table', paths).routes.flatMap((one) => one.rows);
    expect(rows.map(({ asPath }) => asPath)).toEqual(['64512 64513 65010', '64512 64513 65010']);
  });

  it('reads the paths of one prefix', () => {
    const text = routes.slice(routes.indexOf('<leaf02>display bgp routing-table 10'));
    const rows = vrp.parse('display bgp routing-table', text).routes.flatMap((table) => table.rows);
    expect(
      rows.map(({ best, from, asPath, localPref, unusable }) => [best, from, asPath, localPref, unusable]),
    ).toEqual([
      [true, '192.0.2.11', '64512', undefined, undefined],
      [false, '192.0.2.12', '', 110, true],
    ]);
  });

  it('reads IPv6', () => {
    const parsed = vrp.parse('display bgp ipv6 routing-table', ownText('huawei-vrp/ipv6.txt'));
    expect(routesIn(parsed, 'bgp')).toEqual([
      '*fd00:10:244::/122 bgp 2001:db8:20::11',
      '*fd00:10:244::/122 bgp 2001:db8:20::12'.replace('*', ' '),
      '*2001:db8:20::/64 bgp ::',
    ]);
    expect(routesIn(parsed)).toEqual([
      '*fd00:10:244::/122 bgp 2001:db8:20::11%Vlanif20 2001:db8:20::12%Vlanif20',
      '*2001:db8:20::/64 connected 2001:db8:20::1%Vlanif20',
    ]);
  });

  it('keeps IPv6 routes below a route distinguisher out of the VRFs', () => {
    const route = (
      network: string,
    ) => ` *>     Network  : ${network}                            PrefixLen : 64
        NextHop  : 2001:DB8:20::11                          LocPrf    : 100
        MED      : 0                                        PrefVal   : 0
        Label    : 1027/NULL
        Path/Ogn :  64512?
`;
    const text = `
 BGP Local router ID is 192.0.2.1
 Total number of routes from all PE: 1
 Route Distinguisher: 65009:7

${route('FD00:10:7::')}
 VPN-Instance red, Router ID 192.0.2.1:

 Total Number of Routes: 1
${route('FD00:10:8::')}`;
    const parsed = vrp.parse('display bgp vpnv6 all routing-table', text);
    expect(parsed.routes.map(({ vrf, rows }) => `${vrf} ${rows.length}`)).toEqual(['red 1']);
    expect(routesIn(parsed, 'bgp', 'red')).toEqual(['*fd00:10:8::/64 bgp 2001:db8:20::11']);
    expect(parsed.notes).toEqual(['line 4: routes below a route distinguisher are left out']);
    const without = text.slice(0, text.indexOf(' VPN-Instance'));
    expect(vrp.parse('display bgp vpnv6 all routing-table', without).routes).toEqual([]);
  });

  it('reads the same with the pager on', () => {
    const text = paged(
      summary,
      '  ---- More ----',
      '\x1b[42D                                          \x1b[42D',
    );
    expect(sessionsIn(vrp.parse('display bgp peer', text))).toEqual(
      sessionsIn(vrp.parse('display bgp peer', summary)),
    );
  });

  it('says what the device complains of', () => {
    const refused = "                ^\nError: Unrecognized command found at '^' position.\n";
    expect(() => vrp.parse('display bgp peer', refused)).toThrow(
      'the device says: "Error: Unrecognized command',
    );
    expect(() => vrp.parse('display bgp peer', 'Info: BGP is not enabled.')).toThrow(ParseError);
  });

  it('refuses captures from which one row is gone, and only ever reads or refuses damaged ones', () => {
    expect(refusesWithout(vrp, 'display bgp peer', summary, /^ {2}\d/)).toBe(5);
    // Only what is not below a count may go unnoticed: the answer about one prefix counts its paths.
    expect(refusesWithout(vrp, 'display ip routing-table', routes, /Vlanif\d+$|NULL0$|^ \*/)).toBe(11);
    for (const file of ['summary', 'routes', 'ipv6']) {
      const text = ownText(`huawei-vrp/${file}.txt`);
      const whole = vrp.parse('display bgp peer', text).sessions.length;
      for (const { sessions } of damaged(vrp, 'display bgp peer', text))
        expect(sessions.length).toBeLessThanOrEqual(whole);
    }
  });
});
