// The IOS and IOS-XE driver against texts written by hand after the format: summaries, neighbours by VRF, BGP tables short
// and long, routing tables with masks on a line of their own.
import { describe, expect, it } from 'vitest';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

describe('sessions', () => {
  it('reads a summary: asdot, never up, shut, long table versions, wrapped IPv6 neighbours', () => {
    const text = `R1#show bgp all summary
Load for five secs: 2%/0%; one minute: 10%; five minutes: 9%
Time source is NTP, 20:34:39.724 EST Wed Jun 2 2021
For address family: IPv4 Unicast
BGP router identifier 192.0.2.1, local AS number 65009
BGP table version is 128859195, main routing table version 128859195
11/11 BGP path/bestpath attribute entries using 1760 bytes of memory

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
172.20.0.11     4        64512 16623253 21263669 128859195    0    0 1y4w            2
*172.20.0.12    4      304.304    6953   38119   136088    0    0 00:50:14     2540
172.20.0.13     4        64512       0       0        1    0    0 never    Idle (Admin)
172.20.0.14     4        64512       0       0        1    0    0 never    Active
172.20.0.15     4        64512       9       9        1    0    0 00:00:10 Idle (PfxCt)
* Dynamically created based on a listen range command
Dynamically created neighbors: 1, Subnet ranges: 1

For address family: IPv6 Unicast
BGP router identifier 192.0.2.1, local AS number 65009

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
2001:DB8:0:FFFF:95:171:160:10
                4        64512  113986  122655     2615    0    0 11w0d          67

For address family: L2VPN E-VPN
BGP router identifier 192.0.2.1, local AS number 65009

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.9       4        65009     100     100        1    0    0 2d03h          44
R1#
`;
    expect(sessionsRead(ios, 'show bgp all summary', text)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of 65009 established 2 received, 33955200 s',
      'default 172.20.0.12 ipv4 AS 19923248 of 65009 established 2540 received, 3014 s',
      'default 172.20.0.13 ipv4 AS 64512 of 65009 idle shut',
      'default 172.20.0.14 ipv4 AS 64512 of 65009 active',
      'default 172.20.0.15 ipv4 AS 64512 of 65009 idle',
      'default 2001:db8:0:ffff:95:171:160:10 ipv6 AS 64512 of 65009 established 67 received, 6652800 s',
      // Of a family that is not read: the session shows, its count does not.
      'default 192.0.2.9 ipv4 AS 65009 of 65009 established 183600 s',
    ]);
  });

  it('reads neighbours of several VRFs, and does not take the next heading for a family', () => {
    const text = `For address family: IPv4 Unicast
BGP neighbor is 172.20.0.11,  remote AS 64512, external link
 Description: node1
  BGP version 4, remote router ID 172.20.0.11
  BGP state = Established, up for 01:10:35
 For address family: IPv4 Unicast
  BGP table version 5, neighbor version 5/0
                                 Sent       Rcvd
  Prefix activity:               ----       ----
    Prefixes Current:               4          2 (Consumes 240 bytes)
  Connections established 1; dropped 0
  Last reset never
Connection state is ESTAB, I/O status: 1, unread input bytes: 0
Local host: 172.20.0.254, Local port: 35281

BGP neighbor is *172.20.0.13,  remote AS 64512, internal link
 Administratively shut down
  BGP state = Idle, down for never
 For address family: IPv4 Unicast
  BGP table version 5, neighbor version 1/0
  Connections established 0; dropped 0
  Last reset never
  No active TCP connection

For address family: VPNv4 Unicast
BGP neighbor is 10.7.0.2,  vrf tenant-a,  remote AS 1.10, external link
  BGP version 4, remote router ID 10.7.0.2
  BGP state = Active, down for 00:10:00
 For address family: VPNv4 Unicast
  Translates address family IPv4 Unicast for VRF tenant-a
  Connections established 3; dropped 3
  Last reset 00:10:11, due to BGP Notification sent of session 1, hold time expired

For address family: IPv4 Multicast

For address family: L2VPN E-VPN
`;
    const { sessions } = ios.parse('show bgp all neighbors', text);
    expect(sessions).toEqual([
      {
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: null,
        state: 'established',
        vrf: 'default',
        afi: 'ipv4',
        localAddress: '172.20.0.254',
        description: 'node1',
        establishedSeconds: 4235,
        transitions: 1,
        prefixesReceived: 2,
        prefixesAdvertised: 4,
      },
      {
        peerAddress: '172.20.0.13',
        peerAsn: 64512,
        // Said by `internal link` alone.
        localAsn: 64512,
        state: 'idle',
        vrf: 'default',
        afi: 'ipv4',
        adminDown: true,
        transitions: 0,
      },
      {
        peerAddress: '10.7.0.2',
        peerAsn: 65546,
        localAsn: null,
        state: 'active',
        vrf: 'tenant-a',
        afi: 'ipv4',
        transitions: 3,
        lastError: 'BGP Notification sent of session 1, hold time expired',
      },
    ]);
    expect(() => ios.parse('show bgp all neighbors', text.replaceAll(/^.*BGP state.*\n/gm, ''))).toThrow(
      'nothing says the state of neighbour 172.20.0.11',
    );
  });

  it('knows a device without BGP from one that refuses the command', () => {
    expect(ios.parse('show bgp all neighbors', '% BGP not active\n')).toEqual({
      sessions: [],
      routes: [],
      notes: ['BGP is not active on this device'],
    });
    const refusal = "        ^\n% Invalid input detected at '^' marker.\n";
    expect(() => ios.parse('show bgp all neighbors', refusal)).toThrow('the device says');
  });
});

describe('routes', () => {
  const head = `     Network          Next Hop            Metric LocPrf Weight Path`;

  it('reads a BGP table: classful networks, RIB failures, stale paths, RPKI marks, VRFs', () => {
    const text = `BGP table version is 5, local router ID is 192.0.2.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter,
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

${head}
 *>   10.233.64.0/24   172.20.0.11              0             0 64512 i
 *m                    172.20.0.12              0             0 64512 65546 i
 r>i  192.168.1.0      192.0.2.9                0    100      0 ?
 S    10.233.66.0/24   172.20.0.13              0             0 64512 i
V*>   10.233.67.0/24   172.20.0.11         134430 233451 123450 64512 3549 i
 *>   0.0.0.0          192.0.2.9                              0 65008 i
Route Distinguisher: 65009:7 (default for vrf tenant-a) VRF Router ID 192.0.2.1
 *>   10.7.1.0/24      10.7.0.2                 0             0 1.10 i
 h    10.7.2.0/24      10.7.0.2                 0             0 65100 i
`;
    expect(routesRead(ios, 'show ip bgp', text)).toEqual([
      'bgp default 10.233.64.0/24 best to 172.20.0.11 path "64512"',
      'bgp default 10.233.64.0/24 to 172.20.0.12 path "64512 65546"',
      'bgp default 192.168.1.0/24 best to 192.0.2.9 path "" pref 100',
      'bgp default 10.233.66.0/24 to 172.20.0.13 path "64512" stale',
      'bgp default 10.233.67.0/24 best to 172.20.0.11 path "64512 3549" pref 233451',
      'bgp default 0.0.0.0/0 best to 192.0.2.9 path "65008"',
      'bgp tenant-a 10.7.1.0/24 best to 10.7.0.2 path "65546"',
      'bgp tenant-a 10.7.2.0/24 to 10.7.0.2 path "65100" unusable',
    ]);
    const at = text.indexOf('\nV*>') + 30;
    expect(() => ios.parse('show ip bgp', text.slice(0, at))).toThrow(ParseError);
  });

  it('keeps what a neighbour sent apart from what it was sent', () => {
    const text = `${head}\n *>   10.233.64.0/24   172.20.0.11              0             0 64512 i\n\nTotal number of prefixes 1\n`;
    const [sent] = ios.parse('show ip bgp neighbors 172.20.0.11 advertised-routes', text).routes;
    expect(sent).toMatchObject({ layer: 'exported', peer: '172.20.0.11' });
    const [got] = ios.parse('sh ip bgp nei 172.20.0.11 received-routes', text).routes;
    expect(got).toMatchObject({ layer: 'received', peer: '172.20.0.11', rows: [{ from: '172.20.0.11' }] });
    expect(() =>
      ios.parse('show ip bgp neighbors 172.20.0.11 routes', text.replace('prefixes 1', 'prefixes 3')),
    ).toThrow('1 paths were read of 3: rows are missing');
  });

  it('reads the long form of one prefix', () => {
    const text = `BGP routing table entry for 10.233.64.0/24, version 4
Paths: (2 available, best #2, table default)
  Multipath: eBGP
  Advertised to update-groups:
     1
  Refresh Epoch 1
  64512, (received & used)
    172.20.0.12 from 172.20.0.12 (172.20.0.12)
      Origin IGP, metric 0, localpref 100, valid, external, multipath
      rx pathid: 0, tx pathid: 0
  Refresh Epoch 1
  64512 1.10
    172.20.0.11 (metric 11) from 172.20.0.11 (172.20.0.11)
      Origin IGP, metric 0, localpref 150, valid, external, best
      Community: 64512:1 no-export
      rx pathid: 0, tx pathid: 0x0
`;
    const [table] = ios.parse('show ip bgp 10.233.64.0/24', text).routes;
    expect(table?.rows).toMatchObject([
      {
        nextHops: [{ address: '172.20.0.12' }],
        best: false,
        asPath: '64512',
        from: '172.20.0.12',
        localPref: 100,
      },
      {
        nextHops: [{ address: '172.20.0.11' }],
        best: true,
        asPath: '64512 65546',
        localPref: 150,
        communities: '64512:1 no-export',
      },
    ]);
    expect(() => ios.parse('show ip bgp 10.233.64.0/24', text.slice(0, text.indexOf('64512 1.10')))).toThrow(
      '1 paths of 10.233.64.0/24 were read of 2: cut off?',
    );
    expect(ios.parse('show ip bgp 10.99.0.0/24', '% Network not in table\n').routes[0]?.rows).toEqual([]);
  });

  it('reads a routing table: masks announced once, several next hops, Null0, summaries, other VRFs', () => {
    const text = `Routing Table: tenant-a
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       + - replicated route, % - next hop override, p - overrides from PfR

Gateway of last resort is 192.0.2.9 to network 0.0.0.0

B*    0.0.0.0/0 [20/0] via 192.0.2.9, 1d05h
      10.0.0.0/8 is variably subnetted, 4 subnets, 3 masks
B        10.233.64.0/24 [20/0] via 172.20.0.12, 00:50:38
                        [20/0] via 172.20.0.11, 00:50:38
B        10.233.0.0/16 [200/0], 3w4d, Null0
S   +    10.9.0.0/16 is directly connected, Null0
O E2     10.8.0.0/16
           [110/20] via 192.0.2.9, 12:54:35, TenGigabitEthernet7/4
      172.20.0.0/30 is subnetted, 2 subnets
C        172.20.0.4 is directly connected, Vlan20
i L1     172.20.0.8 [115/10] via 192.0.2.9, Serial0/0
O     192.168.128.0/17 is a summary, 7w0d, Null0
`;
    expect(routesRead(ios, 'show ip route vrf tenant-a', text)).toEqual([
      'installed tenant-a 0.0.0.0/0 best to 192.0.2.9 by bgp',
      'installed tenant-a 10.233.64.0/24 best to 172.20.0.12 172.20.0.11 by bgp',
      'installed tenant-a 10.233.0.0/16 best to %Null0 by bgp discard',
      'installed tenant-a 10.9.0.0/16 best to %Null0 by static discard',
      'installed tenant-a 10.8.0.0/16 best to 192.0.2.9%TenGigabitEthernet7/4 by ospf',
      'installed tenant-a 172.20.0.4/30 best to %Vlan20 by connected',
      'installed tenant-a 172.20.0.8/30 best to 192.0.2.9%Serial0/0 by isis',
      'installed tenant-a 192.168.128.0/17 best to %Null0 by ospf discard',
    ]);
    // Without its mask nobody can tell which subnet it is.
    expect(() => ios.parse('show ip route', text.replace(/^.*is subnetted.*\n/m, ''))).toThrow(
      'not a prefix',
    );
  });

  it('reads IPv6 routes and single entries', () => {
    const text = `IPv6 Routing Table - default - 3 entries
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, R - RIP, H - NHRP, I1 - ISIS L1
B   FD00:10:244::/64 [20/0], tag 64512
     via FE80::11, Vlan20
     via FE80::12, Vlan20
LC  2001:DB8::1/128 [0/0]
     via Loopback0, receive
L   FF00::/8 [0/0]
     via Null0, receive
`;
    expect(routesRead(ios, 'show ipv6 route', text)).toEqual([
      'installed default fd00:10:244::/64 best to fe80::11%Vlan20 fe80::12%Vlan20 by bgp',
      'installed default 2001:db8::1/128 best to %Loopback0 by local',
      'installed default ff00::/8 best to %Null0 by local discard',
    ]);
    const entry = `Routing entry for 10.233.64.0/24
  Known via "bgp 65009", distance 20, metric 0
  Tag 64512, type external
  Last update from 172.20.0.11 00:50:38 ago
  Routing Descriptor Blocks:
  * 172.20.0.12, from 172.20.0.12, 00:50:38 ago
      Route metric is 0, traffic share count is 1
    172.20.0.11, from 172.20.0.11, 00:50:38 ago, via Vlan20
      Route metric is 0, traffic share count is 1
`;
    expect(routesRead(ios, 'show ip route 10.233.64.0 255.255.255.0', entry)).toEqual([
      'installed default 10.233.64.0/24 best to 172.20.0.12 172.20.0.11%Vlan20 by bgp',
    ]);
  });
});
