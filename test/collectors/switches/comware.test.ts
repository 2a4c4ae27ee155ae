// The Comware driver: the reference fabric's switch as the article shows it, other people's captures in place, hand-written
// ones for what those lack, damaged ones, and the whole way through an SSH shell that pages.

import { afterEach, describe, expect, it } from 'vitest';
import { comware } from '../../../src/collectors/switches/comware.ts';
import { sshCollector } from '../../../src/collectors/switches/ssh.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { because } from '../../because.ts';
import { optionsFor, sshServer } from '../../transport/ssh-server.ts';
import { comwareShell } from './comware-shell.ts';
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

const peers = 'display bgp peer ipv4';
const rib = 'display ip routing-table';
const ntc = 'h3c-comware/networktocode__ntc-templates/tests/hp_comware';
const session = ownText('h3c-comware/session.txt');

describe.skipIf(!sharedPresent('h3c-comware'))(
  because(
    !sharedPresent('h3c-comware'),
    'captures of real switches',
    'needs the public captures in ../shared',
  ),
  () => {
    it('reads the leaf of the reference fabric, typed with the alias show', () => {
      const text = sharedText('h3c-comware/transcribed/leaf01-calico.show_bgp_peer_ipv4.txt');
      const parsed = comware.parse('show bgp peer ipv4', text);
      expect(parsed.sessions).toEqual(
        [
          ['100.0.0.1', 65008, 8, 85_948],
          ['172.20.0.11', 64512, 4, 85_910],
          ['172.20.0.12', 64512, 4, 85_904],
        ].map(([peerAddress, peerAsn, prefixesReceived, establishedSeconds]) => ({
          peerAddress,
          peerAsn,
          localAsn: 65009,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          establishedSeconds,
          prefixesReceived,
        })),
      );
      expect(parsed.notes).toEqual([]);
    });

    it('reads peers as ntc-templates does', () => {
      const file = `${ntc}/display_bgp_peer_ipv4/hp_comware_display_bgp_peer_ipv4_low_uptime`;
      const parsed = comware.parse(peers, sharedText(`${file}.raw`));
      const expected = records(`${file}.yml`);
      expect(sessionsIn(parsed)).toEqual(
        expected.map(
          (row) =>
            `default ${row.peer} ${row.remote_asn} ${row.state?.toLowerCase()} ${row.prefixes_received}`,
        ),
      );
      expect(parsed.sessions.map(({ localAsn }) => String(localAsn))).toEqual(
        expected.map((row) => row.local_as_number),
      );
      expect(parsed.sessions.map(({ establishedSeconds }) => establishedSeconds)).toEqual([
        2998 * 3600 + 36 * 60,
        2998 * 3600 + 36 * 60,
        30_647,
      ]);
    });

    it('reads the routes of an excerpt as ntc-templates does, and says that rows are missing', () => {
      const file = `${ntc}/display_ip_routing-table/hp_comware_display_ip_routing-table`;
      const text = sharedText(`${file}.raw`);
      // It says 28601 routes and shows 31.
      expect(() => comware.parse(rib, text)).toThrow(
        'line 3: 31 routes were read of 28601: rows are missing',
      );
      const rows = readAnyway(comware, rib, text).routes.flatMap((routes) => routes.rows);
      const read = rows.flatMap((row) =>
        row.nextHops.map((hop) => `${row.prefix.length} ${hop.address} ${hop.interface}`),
      );
      expect(read).toEqual(
        records(`${file}.yml`).map((row) => `${row.prefix_length} ${row.nexthop_ip} ${row.nexthop_if}`),
      );
    });

    it('reads sessions with several commands: peers, their details, both tables', () => {
      const parsed = comware.parse(rib, sharedText('h3c-comware/transcribed/otus-r1-1.session.txt'));
      expect(routesIn(parsed)).toHaveLength(21);
      expect(routesIn(parsed)).toContain('*10.1.10.0/24 ospf 10.1.0.1%GE0/1 10.1.0.3%GE0/2');
      expect(routesIn(parsed, 'bgp')).toEqual([
        '*1.1.1.1/32 bgp 10.0.0.4',
        '*10.0.0.4/31 bgp 10.0.0.5',
        ' 10.0.0.4/31 bgp 10.0.0.4',
        '*11.11.11.11/32 bgp 127.0.0.1',
      ]);
      const other = comware.parse(rib, sharedText('h3c-comware/transcribed/otus-r1.session.txt'));
      expect(routesIn(other)).toHaveLength(22);
      expect(routesIn(other, 'bgp')).toHaveLength(4);
      expect(other.sessions).toHaveLength(1);
      expect(other.sessions[0]).toMatchObject({
        peerAddress: '10.0.0.5',
        peerAsn: 65001,
        description: 'R1-1',
      });
      const third = comware.parse(peers, sharedText('h3c-comware/transcribed/otus-pe1.session.txt'));
      expect(third.sessions).toMatchObject([
        {
          peerAddress: '10.0.0.13',
          peerAsn: 65001,
          localAsn: 65000,
          prefixesReceived: 2,
          description: 'Reg1-R1',
        },
      ]);
    });

    it('takes the VPN instance from the echoed command', () => {
      const parsed = comware.parse(
        rib,
        sharedText('h3c-comware/transcribed/irf-01.display_ip_routing-table_vpn-instance_PROD.txt'),
      );
      expect(parsed.routes.map(({ vrf, rows }) => `${vrf} ${rows.length}`)).toEqual(['PROD 14']);
      expect(routesIn(parsed, 'installed', 'PROD')).toContain('*192.168.30.0/24 bgp 10.12.5.0%Vsi1');
    });

    it('lists EVPN peers without counts', () => {
      const parsed = comware.parse(
        'display bgp peer l2vpn evpn',
        sharedText('h3c-comware/transcribed/irf-01-03.display_bgp_peer_l2vpn_evpn.txt'),
      );
      expect(sessionsIn(parsed)).toEqual([
        'default 10.11.1.0 65100 established -',
        'default 10.11.2.0 65100 established -',
      ]);
      expect(parsed.notes).toHaveLength(1);
    });

    it('refuses a document that lists four of eight peers, and an excerpt of a table', () => {
      const echo = sharedText('h3c-comware/transcribed/restconf-echo.display_bgp_peer_ipv4.txt');
      expect(() => comware.parse(peers, echo)).toThrow('line 4: 4 peers were read of 8: rows are missing');
      expect(sessionsIn(readAnyway(comware, peers, echo))[2]).toBe(
        'default 172.16.11.4 137749 established 514',
      );
      const excerpt = sharedText('h3c-comware/transcribed/ecmp-fragment.display_ip_routing-table.txt');
      expect(() => comware.parse(rib, excerpt)).toThrow('10 routes were read of 2233');
      expect(routesIn(readAnyway(comware, rib, excerpt))[0]).toBe(
        '*0.0.0.0/0 ospf 10.98.136.13%Vlan7 10.98.137.71%Vlan200 10.98.138.2%Vlan6 10.98.138.147%Vlan3 10.98.138.195%Vlan2000 10.98.139.239%Vlan4',
      );
    });
  },
);

const expectedSessions = [
  'default 198.51.100.1 65008 established 8',
  'default 192.0.2.11 4200000701 established 4',
  'default 192.0.2.12 65546 established 126',
  'default 192.0.2.13 64512 connect 0',
  'default 192.0.2.14 64512 idle (admin down) 0',
  'default 192.0.2.15 64512 opensent 0',
];
const expectedRoutes = [
  '*0.0.0.0/0 bgp 198.51.100.1%XGE1/0/49',
  '*10.233.64.0/24 bgp 192.0.2.11%Vlan20 192.0.2.12%Vlan20',
  '*10.233.65.64/26 bgp 192.0.2.12%Vlan20 192.0.2.13%Vlan20',
  '*10.233.66.0/24 static 192.0.2.13%Vlan20',
  '*10.233.66.0/24 bgp 192.0.2.14%Vlan20',
  '*10.250.0.0/16 static 0.0.0.0%NULL0',
  '*192.0.2.0/24 connected 192.0.2.1%Vlan20',
  '*192.0.2.1/32 connected 127.0.0.1%InLoop0',
];

describe('hand-written captures', () => {
  it('reads states, both notations of an AS number, a dynamic peer and a syslog line between the rows', () => {
    const parsed = comware.parse(peers, session);
    expect(sessionsIn(parsed)).toEqual(expectedSessions);
    expect(parsed.sessions.map(({ establishedSeconds }) => establishedSeconds)).toEqual([
      85_948,
      145 * 3600 + 31 * 60,
      979,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('reads the routing table with and without the protocol on further next hops', () => {
    const parsed = comware.parse(peers, session);
    expect(routesIn(parsed)).toEqual(expectedRoutes);
    const blackhole = parsed.routes.flatMap(({ rows }) => rows).find(({ discard }) => discard);
    expect(blackhole?.prefix).toEqual(parsePrefix('10.250.0.0/16'));
  });

  it('reads the BGP table: empty columns, glued paths, classful networks, stale and suppressed routes', () => {
    const rows = comware.parse(peers, session).routes.find(({ layer }) => layer === 'bgp')?.rows ?? [];
    expect(
      rows.map(({ best, asPath, localPref, stale, unusable }) => [best, asPath, localPref, stale, unusable]),
    ).toEqual([
      [true, '64512', undefined, undefined, undefined],
      [false, '64512 64513', undefined, undefined, undefined],
      [true, '65008 4200000701', 150, undefined, undefined],
      [true, '', undefined, undefined, undefined],
      [true, '65546 64512', 100, undefined, undefined],
      [true, '', 100, undefined, undefined],
      [true, '64512', undefined, true, undefined],
      [false, '64512', undefined, undefined, true],
      [true, '65008', undefined, undefined, undefined],
    ]);
    expect(routesIn(comware.parse(peers, session), 'bgp').slice(3, 6)).toEqual([
      '*10.0.0.0/8 bgp 127.0.0.1',
      '*172.20.0.0/16 bgp 192.0.2.11',
      '*192.168.11.0/24 bgp 192.0.2.11',
    ]);
    // Bits behind the classful mask: nobody can say how long it is.
    const odd = session.replace('192.168.11.0 ', '192.168.11.8 ');
    expect(() => comware.parse(peers, odd)).toThrow(ParseError);
  });

  it('reads a table whose columns stand three places to the right', () => {
    const shifted = session.replace(/^(?=[* S][ >s].*[ie?]$)(.{24})(?=\d)/gm, '$1   ');
    expect(shifted.length - session.length).toBe(27);
    const local = comware
      .parse(peers, shifted)
      .routes.find(({ layer }) => layer === 'bgp')
      ?.rows.map(({ localPref, asPath }) => `${localPref} ${asPath}`);
    expect(local?.slice(1, 3)).toEqual(['undefined 64512 64513', '150 65008 4200000701']);
  });

  it('reads IPv6: a wrapped address, the BGP table, two next hops', () => {
    const parsed = comware.parse('display bgp peer ipv6', ownText('h3c-comware/ipv6.txt'));
    expect(sessionsIn(parsed)).toEqual([
      'default 2001:db8:20::11 64512 established 3',
      'default 2001:db8:1234:5678:9abc:def0:1234:5678 64512 active 0',
    ]);
    expect(parsed.sessions.every(({ afi }) => afi === 'ipv6')).toBe(true);
    expect(routesIn(parsed, 'bgp')).toEqual([
      '*fd00:10:244::/122 bgp 2001:db8:20::11',
      ' fd00:10:244::/122 bgp 2001:db8:20::12',
      '*2001:db8:20::/64 bgp ::',
    ]);
    expect(routesIn(parsed)).toEqual([
      '*::1/128 connected ::1%InLoop0',
      '*2001:db8:20::/64 connected ::%Vlan20',
      '*fd00:10:244::/122 bgp 2001:db8:20::11%Vlan20 fe80::1%Vlan21',
    ]);
  });

  it('reads several VPN instances, the active and the inactive half, a wrapped interface', () => {
    const parsed = comware.parse(rib, ownText('h3c-comware/vpn-instances.txt'));
    expect(sessionsIn(parsed)).toEqual(['red 192.0.2.11 64512 established 3']);
    expect(routesIn(parsed)).toEqual(['*10.233.64.0/24 bgp 192.0.2.11%Vlan20']);
    expect(routesIn(parsed, 'installed', 'red')).toEqual([
      '*10.233.64.0/24 bgp 192.0.2.12%Vlan20 192.0.2.13%Vlan20',
    ]);
    expect(routesIn(parsed, 'installed', 'blue')).toEqual([
      '*10.9.0.0/24 bgp 192.0.2.12%Vlan20',
      '10.9.1.0/24 bgp 192.0.2.12%Ten-GigabitEthernet1/0/49'.padStart(53),
    ]);
  });

  it('reads one prefix with its paths', () => {
    const parsed = comware.parse(
      'display bgp routing-table ipv4 10.233.64.0 24',
      ownText('h3c-comware/prefix.txt'),
    );
    const rows = parsed.routes.flatMap((routes) => routes.rows);
    expect(rows.map(({ best, from, asPath, localPref }) => [best, from, asPath, localPref])).toEqual([
      [true, '192.0.2.11', '64512', 120],
      [false, '198.51.100.1', '65008 65010 64513', undefined],
    ]);
  });

  it('takes "(null)" for the path of a route of its own', () => {
    const own = ` Paths:   1 available, 1 best

 BGP routing table information of 10.233.64.0/24:
 Imported route.
 Original nexthop: 127.0.0.1
 AS-path         : (null)
 Origin          : incomplete
 Attribute value : MED 0, pref-val 32768
 State           : valid, local, best
`;
    const [table] = comware.parse('display bgp routing-table ipv4 10.233.64.0 24', own).routes;
    expect(table?.rows.map(({ asPath }) => asPath)).toEqual(['']);
  });

  it('reads what one peer sent or was sent as its own layer', () => {
    const table = session.slice(
      session.indexOf(' Total number of routes'),
      session.indexOf('<leaf01>display ip'),
    );
    const received = comware.parse('display bgp routing-table ipv4 peer 192.0.2.11 received-routes', table);
    expect(received.routes.map(({ layer, peer, rows }) => [layer, peer, rows.length])).toEqual([
      ['received', '192.0.2.11', 9],
    ]);
    const sent = comware.parse('dis bgp routing ipv4 peer 192.0.2.11 adv', table);
    expect(sent.routes[0]).toMatchObject({ layer: 'exported', peer: '192.0.2.11' });
  });

  it('does not take a router ID for an address, nor counters that only grow for prefixes', () => {
    const parsed = comware.parse('display bgp peer ipv4 verbose', ownText('h3c-comware/verbose.txt'));
    expect(parsed.sessions).toEqual([
      {
        peerAddress: '192.0.2.11',
        peerAsn: null,
        localAsn: null,
        state: 'established',
        afi: 'ipv4',
        vrf: 'default',
        description: 'node 1',
        establishedSeconds: 3723,
      },
      {
        peerAddress: '192.0.2.14',
        peerAsn: null,
        localAsn: null,
        state: 'idle',
        afi: 'ipv4',
        vrf: 'default',
        adminDown: true,
      },
    ]);
  });

  it('reads the same with the pager on, wiped by codes, by blanks, or by codes without their escape', () => {
    for (const wipe of [
      '\x1b[16D                \x1b[16D',
      '\r                \r',
      '[16D                [16D',
      '',
    ]) {
      const parsed = comware.parse(peers, paged(session, '---- More ----', wipe));
      expect(sessionsIn(parsed), JSON.stringify(wipe)).toEqual(expectedSessions);
      expect(routesIn(parsed)).toEqual(expectedRoutes);
      expect(routesIn(parsed, 'bgp')).toEqual(routesIn(comware.parse(peers, session), 'bgp'));
    }
  });

  it('takes VPN routes, which it leaves out, for no empty table', () => {
    const text = `
 BGP local router ID is 192.0.2.1
 Status codes: * - valid, > - best, d - dampened, h - history
       Origin: i - IGP, e - EGP, ? - incomplete

 Total number of VPN routes: 1
 Total number of routes from all PEs: 1

 Route distinguisher: 65009:7(tenant-a)
 Total number of routes: 1

     Network            NextHop         MED        LocPrf     PrefVal Path/Ogn

* >e 10.7.1.0/24        10.7.0.2        0                     0       65100?
`;
    for (const command of ['display bgp routing-table vpnv4', '']) {
      const { routes, notes } = comware.parse(command, text);
      expect(routes).toEqual([]);
      expect(notes).toEqual(['line 9: routes below a route distinguisher are left out']);
    }
  });

  it('tells nothing there from no answer', () => {
    const none =
      ' BGP local router ID: 192.0.2.1\n Local AS number: 65009\n Total number of peers: 0  Peers in established state: 0\n';
    expect(comware.parse(peers, none).sessions).toEqual([]);
    const empty = comware.parse('display bgp routing-table ipv4', '\n Total number of routes: 0\n');
    expect(empty.routes).toEqual([{ layer: 'bgp', vrf: 'default', rows: [], allNextHops: true }]);
    expect(comware.parse(rib, 'Destinations : 0  Routes : 0').routes[0]?.rows).toEqual([]);
    expect(() => comware.parse(peers, '<leaf01>\n')).toThrow('the answer is empty');
    expect(() =>
      comware.parse(peers, "            ^\n % Unrecognized command found at '^' position.\n"),
    ).toThrow(
      'display bgp peer ipv4: line 1: the device says: "% Unrecognized command found at \'^\' position."',
    );
    expect(() => comware.parse(peers, 'BGP is not configured.')).toThrow('the device says');
  });
});

describe('damaged captures', () => {
  it('refuses every capture from which one row is gone', () => {
    expect(refusesWithout(comware, peers, session, /Established|Connect$|Idle|OpenSent/)).toBe(6);
    expect(refusesWithout(comware, peers, session, /^[* S][ >s].*\d.*[ie?]$/)).toBe(9);
    expect(refusesWithout(comware, rib, session, /Vlan20$|NULL0|XGE/)).toBe(9);
  });

  it('reads or refuses, and never shows more than the whole capture has', () => {
    for (const file of ['session', 'ipv6', 'prefix', 'vpn-instances', 'verbose']) {
      const text = ownText(`h3c-comware/${file}.txt`);
      const whole = comware.parse(peers, text).sessions.length;
      for (const { sessions } of damaged(comware, peers, text))
        expect(sessions.length).toBeLessThanOrEqual(whole);
    }
  });
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('through a shell', () => {
  const query = { prefixes: [parsePrefix('10.233.64.0/24')], ranges: [parsePrefix('10.233.0.0/16')] };

  async function collect(shell: Parameters<typeof comwareShell>[0]) {
    const server = await sshServer({ shell: (channel) => comwareShell(shell)(channel) });
    closers.push(() => server.close());
    const collector = sshCollector({
      device: 'leaf01',
      driver: comware,
      connection: optionsFor(server.port),
      commandTimeoutMs: 5000,
      maxOutputBytes: 1_000_000,
      now: () => 1_700_000_000_000,
    });
    closers.push(() => collector.close());
    return collector.collect(query, new AbortController().signal);
  }

  it.each([
    ['paging off', true],
    ['paging that cannot be turned off', false],
  ])('reads sessions and routes with %s', async (_, obeys) => {
    const typed: string[] = [];
    const { sessions, routes, facts } = await collect({ session, typed, obeys });
    if (!sessions.ok || !routes.ok) throw new Error('not read');
    expect(sessionsIn({ sessions: sessions.value, routes: [], notes: [] })).toEqual(expectedSessions);
    expect(facts).toMatchObject({ localAsn: 65009, driver: 'h3c-comware', hostname: 'leaf01' });
    expect(routes.value.map(({ layer, vrf, partial, table }) => [layer, vrf, partial, table.size])).toEqual([
      ['bgp', 'default', undefined, 9],
      ['installed', 'default', undefined, 8],
    ]);
    const installed = routes.value[1]?.table.rowsOf(parsePrefix('10.233.64.0/24'));
    expect(installed?.[0]?.nextHops.map(({ address }) => address)).toEqual(['192.0.2.11', '192.0.2.12']);
    expect(typed).toEqual([
      'screen-length disable',
      'display bgp peer ipv4',
      'display bgp routing-table ipv4',
      'display ip routing-table',
    ]);
  });

  it('says that rows are missing instead of showing fewer', async () => {
    const less = session
      .replace(/^.*192\.0\.2\.13 .*Connect\n/m, '')
      .replace(/^.*10\.233\.66\.0\/24 +Static.*\n/m, '');
    const { sessions, routes } = await collect({ session: less, typed: [], obeys: true });
    expect(sessions).toMatchObject({ ok: false, error: { kind: 'parse' } });
    if (sessions.ok || !routes.ok) throw new Error('sessions were read, or no routes');
    expect(sessions.error.message).toContain('5 peers were read of 6: rows are missing');
    expect(routes.value.map(({ layer, table }) => `${layer} ${table.size}`)).toEqual([
      'bgp 9',
      'installed 0',
    ]);
    expect(routes.value[1]?.partial).toContain('9 routes were read of 10: rows are missing');
  });
});
