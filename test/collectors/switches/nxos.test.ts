// The NX-OS driver against texts written by hand after the format: summaries, neighbours, BGP tables and routing tables as
// text. JSON is in nxos-json.test.ts.
import { describe, expect, it } from 'vitest';
import { nxos } from '../../../src/collectors/switches/nxos.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

const head = (
  vrf: string,
  family: string,
  asn = '65009',
  peers = 1,
) => `BGP summary information for VRF ${vrf}, address family ${family}
BGP router identifier 192.0.2.1, local AS number ${asn}
BGP table version is 12, ${family} config peers ${peers}, capable peers 1
3 network entries and 4 paths using 620 bytes of memory

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd`;

describe('sessions', () => {
  const summary = `leaf1# show bgp vrf all all summary
${head('default', 'IPv4 Unicast', '65009', 5)}
172.20.0.11     4 64512     100     101       12    0    0 01:02:03 5
172.20.0.12     4 64512       0       0        0    0    0    5w6d Idle
172.20.0.13     4 64512       0       0        0    0    0    5w6d Shut (Admin)
172.20.0.14     4 1.57920    10      10       12    0    0    2d03h 0
172.20.0.15     4 4200000701
                             10      10       12    0    0    never Active

BGP summary information for VRF default, address family IPv6 Unicast
BGP router identifier 192.0.2.1, local AS number 65009

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
2001:db8:20::12:1101
                4 64512      20      21       12    0    0 00:10:00 2

${head('tenant-a', 'IPv4 Unicast', '1.10')}
10.7.0.2        4 65100      20      21       12    0    0    1y11w 7
leaf1#
`;
  it('reads states, VRFs, families, both notations of AS numbers, and rows that go on in the next line', () => {
    expect(sessionsRead(nxos, 'show bgp vrf all all summary', summary)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of 65009 established 5 received, 3723 s',
      'default 172.20.0.12 ipv4 AS 64512 of 65009 idle',
      'default 172.20.0.13 ipv4 AS 64512 of 65009 idle shut',
      'default 172.20.0.14 ipv4 AS 123456 of 65009 established 0 received, 183600 s',
      'default 172.20.0.15 ipv4 AS 4200000701 of 65009 active',
      'default 2001:db8:20::12:1101 ipv6 AS 64512 of 65009 established 2 received, 600 s',
      'tenant-a 10.7.0.2 ipv4 AS 65100 of 65546 established 7 received, 38188800 s',
    ]);
  });

  it('refuses a row that is cut off, and a table without its header', () => {
    const command = 'show bgp vrf all all summary';
    expect(() => nxos.parse(command, summary.slice(0, summary.indexOf('4 4200000701') + 8))).toThrow(
      ParseError,
    );
    expect(() => nxos.parse(command, summary.replaceAll(/^Neighbor .*$/gm, ''))).toThrow(
      'a row without the header of its table',
    );
    expect(() =>
      nxos.parse(command, `${head('default', 'IPv4 Unicast')}\n172.20.0.11     4 64512     100\n`),
    ).toThrow("a neighbour's row is not whole");
  });

  it('reads neighbours with their last error, own address and counts', () => {
    const text = `BGP neighbor is 172.20.0.11, remote AS 64512, local AS 65010, ebgp link, Peer index 3
  Description: node1 in rack 1
  BGP version 4, remote router ID 172.20.0.11
  BGP state = Established, up for 6d01h
  Connections established 2, dropped 1
  Last reset by us 6d01h, due to holdtimer expired error
  Last reset by peer never, due to No error

  For address family: IPv4 Unicast
  BGP table version 15, neighbor version 15
  2 accepted prefixes (2 paths), consuming 440 bytes of memory
  4 sent prefixes (4 paths)

  For address family: IPv6 Unicast
  0 accepted prefixes (0 paths), consuming 0 bytes of memory
  1 sent prefixes (1 paths)

  Local host: 172.20.0.254, Local port: 63174
  Foreign host: 172.20.0.11, Foreign port: 179

BGP neighbor is 172.20.0.13, remote AS 0, unknown link, Peer index 4
  BGP state = Shut (Admin), down for 02:19:37, retry in 0.000000
  Connections established 0, dropped 0
  Last reset by us never, due to No error
`;
    const { sessions } = nxos.parse('show bgp vrf all all neighbors', text);
    expect(sessions).toEqual([
      {
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: 65010,
        localAddress: '172.20.0.254',
        state: 'established',
        vrf: 'default',
        afi: 'ipv4',
        description: 'node1 in rack 1',
        establishedSeconds: 522000,
        transitions: 2,
        lastError: 'holdtimer expired error (reset by this side)',
        prefixesAccepted: 2,
        prefixesAdvertised: 4,
      },
      expect.objectContaining({
        peerAddress: '172.20.0.11',
        afi: 'ipv6',
        prefixesAccepted: 0,
        prefixesAdvertised: 1,
      }),
      {
        peerAddress: '172.20.0.13',
        peerAsn: null,
        localAsn: null,
        state: 'idle',
        vrf: 'default',
        afi: 'ipv4',
        adminDown: true,
        transitions: 0,
      },
    ]);
  });

  it('says which side reset a session last, the younger of both', () => {
    const errorOf = (us: string, peer: string) => {
      const text = `BGP neighbor is 172.20.0.11, remote AS 64512, local AS 65010, ebgp link, Peer index 3
  BGP state = Idle, down for 00:02:10, retry in 00:00:10
  Last reset by us ${us}
  Last reset by peer ${peer}
`;
      return nxos.parse('show bgp vrf all all neighbors', text).sessions[0]?.lastError;
    };
    const shut = 'administratively shutdown';
    expect(errorOf('1w1d, due to session closed', `00:02:10, due to ${shut}`)).toBe(
      `${shut} (reset by the peer)`,
    );
    expect(errorOf('00:02:10, due to session cleared', `1d06h, due to ${shut}`)).toBe(
      'session cleared (reset by this side)',
    );
    expect(errorOf('never, due to No error', `3d18h, due to ${shut}`)).toBe(`${shut} (reset by the peer)`);
    expect(errorOf('never, due to No error', 'never, due to No error')).toBeUndefined();
  });

  it('refuses complaints', () => {
    const said = "                    ^\n% Invalid command at '^' marker.\n";
    expect(() => nxos.parse('show bgp all summary vrf all | json', said)).toThrow(ParseError);
  });
});

describe('routes', () => {
  const table = `BGP routing table information for VRF default, address family IPv4 Unicast
BGP table version is 25, Local Router ID is 192.0.2.1
Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best
Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected
Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup, 2 - best2

   Network            Next Hop            Metric     LocPrf     Weight Path
*>e10.233.64.0/24     172.20.0.11                                    0 64512 i
*|e10.233.65.0/24     172.20.0.12                                    0 64512 1.10 i
*>e                   172.20.0.11                                    0 64512 i
* i10.233.66.0/24     192.0.2.9                0        200          0 65010 {64513} ?
*>l100.100.100.100/30 0.0.0.0                           100      32768 i
`;
  it('reads marks glued to the prefix, further paths, numbers by their columns', () => {
    expect(routesRead(nxos, 'show bgp ipv4 unicast 10.233.64.0/18 longer-prefixes', table)).toEqual([
      'bgp default 10.233.64.0/24 best to 172.20.0.11 path "64512"',
      'bgp default 10.233.65.0/24 to 172.20.0.12 path "64512 65546"',
      'bgp default 10.233.65.0/24 best to 172.20.0.11 path "64512"',
      'bgp default 10.233.66.0/24 to 192.0.2.9 path "65010 {64513}" pref 200',
      'bgp default 100.100.100.100/30 best to 0.0.0.0 path "" pref 100',
    ]);
  });

  it('tells a mark from the first letter of an IPv6 prefix, and joins wrapped rows', () => {
    const text = `BGP routing table information for VRF default, address family IPv6 Unicast
   Network            Next Hop            Metric     LocPrf     Weight Path
*>eabc:10:244::/64    2001:db8::11                                   0 64512 i
*>afd00:10:244:1::/64
                      0::                               100      32768 i
* ee10:20:30:40:50:60:70:80/128
                      2001:db8:ffff:ffff:ffff:ffff:ffff:fff1
                                                 5                   0 64512 i
`;
    expect(routesRead(nxos, 'show bgp ipv6 unicast', text)).toEqual([
      'bgp default abc:10:244::/64 best to 2001:db8::11 path "64512"',
      'bgp default fd00:10:244:1::/64 best to :: path "" pref 100',
      'bgp default e10:20:30:40:50:60:70:80/128 to 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 path "64512"',
    ]);
  });

  it('reads the routing table with all next hops, and says what is hidden', () => {
    const text = `IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

10.233.64.0/24, ubest/mbest: 2/0
    *via 172.20.0.11, [20/0], 1d15h, bgp-65009, external, tag 64512
    *via 172.20.0.12, [20/0], 1d15h, bgp-65009, external, tag 64512
10.233.65.0/24, ubest/mbest: 1/0
    *via 10.0.0.5, Eth2/2, [110/41], 5d23h, ospf-1, intra
     via 172.20.0.12, [200/0], 1d15h, bgp-65009, internal, tag 1,  (hidden)
10.233.0.0/16, ubest/mbest: 1/0
    *via Null0, [220/0], 3d21h, bgp-65009, discard, tag 65009

IP Route Table for VRF "tenant-a"

10.7.0.0/30, ubest/mbest: 1/0, attached
    *via 10.7.0.1, Vlan7, [0/0], 3d21h, direct, tag 12345
`;
    expect(routesRead(nxos, 'show ip route vrf all', text)).toEqual([
      'installed default 10.233.64.0/24 best to 172.20.0.11 172.20.0.12 by bgp',
      'installed default 10.233.65.0/24 best to 10.0.0.5%Eth2/2 by ospf',
      'installed default 10.233.65.0/24 to 172.20.0.12 by bgp unusable',
      'installed default 10.233.0.0/16 best to %Null0 by bgp discard',
      'installed tenant-a 10.7.0.0/30 best to 10.7.0.1%Vlan7 by connected',
    ]);
    const cut = text.replace(/^ {4}\*via 172.20.0.12.*\n/m, '');
    expect(() => nxos.parse('show ip route', cut)).toThrow('line 7: not all 2 next hops were read');
  });

  it('reads the IPv6 routing tables of several VRFs, whose heading is worded otherwise', () => {
    const text = `IPv6 Routing Table for VRF "default"
'*' denotes best ucast next-hop

0::/0, ubest/mbest: 1/0
    *via fe80::11, Eth1/1, [20/0], 1d15h, bgp-65009, external, tag 64512

IPv6 Routing Table for VRF "tenant-a"
'*' denotes best ucast next-hop

fd00:10:244::/64, ubest/mbest: 1/0
    *via fe80::12, Vlan7, [20/0], 1d15h, bgp-65009, external, tag 64512
`;
    expect(routesRead(nxos, 'show ipv6 route vrf all', text)).toEqual([
      'installed default ::/0 best to fe80::11%Eth1/1 by bgp',
      'installed tenant-a fd00:10:244::/64 best to fe80::12%Vlan7 by bgp',
    ]);
  });

  it('reads the forwarding table', () => {
    const text = `IPv4 routes for table tenant-a/base

------------------+-----------------------------------------+----------------------+-----------------+-----------------
Prefix            | Next-hop                                | Interface            | Labels          | Partial Install
------------------+-----------------------------------------+----------------------+-----------------+-----------------
127.0.0.0/8          Drop                                      Null0
10.7.0.0/24          Attached                                  Vlan7
*10.233.64.0/24      172.20.0.11                               Ethernet1/45
                     172.20.0.12                               Ethernet1/43
`;
    expect(routesRead(nxos, 'show forwarding ipv4 route vrf tenant-a', text)).toEqual([
      'installed tenant-a 127.0.0.0/8 best to %Null0 by other discard',
      'installed tenant-a 10.7.0.0/24 best to %Vlan7 by connected',
      'installed tenant-a 10.233.64.0/24 best to 172.20.0.11%Ethernet1/45 172.20.0.12%Ethernet1/43 by other',
    ]);
  });

  it('takes "not there" for an empty table', () => {
    const text = 'IP Route Table for VRF "default"\n\'*\' denotes best ucast next-hop\n\nRoute not found\n';
    expect(nxos.parse('show ip route 10.99.0.0/16', text).routes).toEqual([
      { layer: 'installed', vrf: 'default', rows: [], allNextHops: true },
    ]);
  });
});
