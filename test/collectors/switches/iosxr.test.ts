// The IOS-XR driver against texts written by hand after the format: summaries of families and VRFs, neighbours, BGP tables,
// advertised routes with the origin glued to the AS path, routing tables with lines broken behind `directly connected,`.
import { describe, expect, it } from 'vitest';
import { iosxr } from '../../../src/collectors/switches/iosxr.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

const preamble = `BGP router identifier 192.0.2.1, local AS number 65009
BGP generic scan interval 60 secs
Non-stop routing is enabled
BGP table state: Active
Table ID: 0xe0000000   RD version: 177
BGP main routing table version 177
BGP scan interval 60 secs
`;

describe('sessions', () => {
  const table = `Process       RcvTblVer   bRIB/RIB   LabelVer  ImportVer  SendTblVer  StandbyVer
Speaker             177        177        177        177         177           0

Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd`;
  const summary = `RP/0/RP0/CPU0:r1#show bgp all all summary
Mon Dec 18 11:13:26.959 UTC

Address Family: IPv4 Unicast
----------------------------

${preamble}
BGP is operating in STANDALONE mode.


${table}
172.20.0.11       0 64512   36190   64731        0    0    0 00:00:00 Idle
172.20.0.12       0 64512   68750   70941      177    0    0    2d14h         82
172.20.0.13       0 65108.65108   68750   70941      177    0    0    2d14h 0!
172.20.0.14       0 64512   68750   70941        0    0    0 03:10:19  Idle (Admin)

Address Family: IPv6 Unicast
----------------------------

${preamble}
${table}
2001:db8:20::12:1101
                  0 64512      20      21      177    0    0 00:10:00          2

RP/0/RP0/CPU0:r1#show bgp vrf all summary
Mon Dec 18 11:13:27.001 UTC

VRF: tenant-a
-------------
BGP VRF tenant-a, state: Active
BGP Route Distinguisher: 192.0.2.1:7
VRF ID: 0x60000002
BGP router identifier 192.0.2.1, local AS number 65009

${table}
10.7.0.2          0 65100     118     104       23    0    0 00:22:58          1
`;

  it('reads families, VRFs and several commands below each other', () => {
    expect(sessionsRead(iosxr, 'show bgp all all summary', summary)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of 65009 idle',
      'default 172.20.0.12 ipv4 AS 64512 of 65009 established 82 received, 223200 s',
      'default 172.20.0.13 ipv4 AS 4266982996 of 65009 established 0 received, 223200 s',
      'default 172.20.0.14 ipv4 AS 64512 of 65009 idle shut',
      'default 2001:db8:20::12:1101 ipv6 AS 64512 of 65009 established 2 received, 600 s',
      'tenant-a 10.7.0.2 ipv4 AS 65100 of 65009 established 1 received, 1378 s',
    ]);
    const marked = iosxr.parse('show bgp all all summary', summary).sessions[2];
    expect(marked?.lastError).toContain('no policy in or out');
  });

  it('refuses rows whose header was lost', () => {
    const broken = summary.replaceAll(/^Neighbor .*$/gm, '');
    expect(() => iosxr.parse('show bgp all all summary', broken)).toThrow('a row without the header');
  });

  it('takes the clock alone for a device without VRFs, and nothing at all for no answer', () => {
    const { sessions, notes } = iosxr.parse('show bgp vrf all summary', 'Mon Dec 18 11:13:26.959 UTC\n');
    expect([sessions.length, notes.length]).toEqual([0, 1]);
    expect(() => iosxr.parse('show bgp vrf all summary', '\n')).toThrow('the answer is empty');
    expect(() => iosxr.parse('show bgp all all summary', 'Mon Dec 18 11:13:26.959 UTC\n')).toThrow('empty');
  });

  it('reads the list of sessions: VRFs, asdot, wrapped rows', () => {
    const text = `Wed Jun  2 20:34:39.724 EST

Neighbor        VRF                   Spk    AS   InQ  OutQ  NBRState     NSRState
172.20.0.11     default                 0 64512     0     0  Established  NSR Ready
10.7.0.2        tenant-a                0  1.10     0     0  Idle         None
2001:db8:0:ffff:95:171:160:10
                tenant-a                0 64512     0     0  Active       None
`;
    expect(sessionsRead(iosxr, 'show bgp sessions', text)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of null established',
      'tenant-a 10.7.0.2 ipv4 AS 65546 of null idle',
      'tenant-a 2001:db8:0:ffff:95:171:160:10 ipv6 AS 64512 of null active',
    ]);
    for (const end of ['                tenant-a    ', '  0     0  Active', 'Idle '])
      expect(() => iosxr.parse('show bgp sessions', text.slice(0, text.lastIndexOf(end)))).toThrow(
        "not a neighbour's row",
      );
  });

  it('knows a device without BGP from one that refuses the command', () => {
    const said = "Wed Jun  2 20:34:39.724 EST\n% BGP instance 'default' not active\n";
    expect(iosxr.parse('show bgp all all summary', said)).toEqual({
      sessions: [],
      routes: [],
      notes: ['BGP is not active on this device'],
    });
  });

  it('reads neighbours', () => {
    const text = `Fri Nov  1 21:31:51.172 UTC

BGP neighbor is 10.7.0.2, vrf tenant-a
 Remote AS 65100, local AS 65009, external link
 Description: customer 7
 Remote router ID 10.7.0.2
  BGP state = Established, up for 1w1d
  NSR State: None

 For Address Family: IPv4 Unicast
  BGP neighbor version 7
  3 accepted prefixes, 1 are bestpaths
  Prefix advertised 2, suppressed 0, withdrawn 0

  Connections established 2; dropped 1
  Local host: 10.7.0.1, Local port: 179, IF Handle: 0x00000000
  Last reset 1w1d, due to BGP Notification sent: hold time expired
`;
    expect(iosxr.parse('show bgp vrf all neighbors', text).sessions).toEqual([
      {
        peerAddress: '10.7.0.2',
        peerAsn: 65100,
        localAsn: 65009,
        state: 'established',
        vrf: 'tenant-a',
        afi: 'ipv4',
        localAddress: '10.7.0.1',
        description: 'customer 7',
        establishedSeconds: 691200,
        transitions: 2,
        lastError: 'BGP Notification sent: hold time expired',
        prefixesAccepted: 3,
        prefixesAdvertised: 2,
      },
    ]);
  });
});

describe('routes', () => {
  const text = `${preamble}
Status codes: s suppressed, d damped, h history, * valid, > best
              i - internal, r RIB-failure, S stale, N Nexthop-discard
Origin codes: i - IGP, e - EGP, ? - incomplete
   Network            Next Hop            Metric LocPrf Weight Path
*> 10.233.64.0/24     172.20.0.11              0             0 64512 i
*                     172.20.0.12              0             0 64512 i
*>i10.233.65.0/24     192.0.2.9                0    100      0 65107.65107 ?
Route Distinguisher: 192.0.2.1:7 (default for vrf tenant-a)
*> fd00:10:244:1111:2222:3333:4444:5555/128
                      2001:db8::11             0             0 64512 i

Processed 3 prefixes, 4 paths
`;

  it('reads a BGP table and holds its count against the rows', () => {
    expect(routesRead(iosxr, 'show bgp ipv4 unicast', text)).toEqual([
      'bgp default 10.233.64.0/24 best to 172.20.0.11 path "64512"',
      'bgp default 10.233.64.0/24 to 172.20.0.12 path "64512"',
      'bgp default 10.233.65.0/24 best to 192.0.2.9 path "4266917459" pref 100',
      'bgp tenant-a fd00:10:244:1111:2222:3333:4444:5555/128 best to 2001:db8::11 path "64512"',
    ]);
    expect(() => iosxr.parse('show bgp', text.replace(/^\*> 10.*\n/m, ''))).toThrow(
      'a path without a network',
    );
    expect(() => iosxr.parse('show bgp', text.replace(/^\*>i10.*\n/m, ''))).toThrow('3 paths were read of 4');
  });

  it('reads advertised routes', () => {
    const sent = `Network            Next Hop        From            AS Path
10.8.8.8/32        192.0.2.1       Local           65108.65108?
10.233.64.0/24     192.0.2.1       172.20.0.11     65009 64512i

Processed 2 prefixes, 2 paths
`;
    const command = 'show bgp neighbors 192.0.2.9 advertised-routes';
    expect(routesRead(iosxr, command, sent)).toEqual([
      'exported default 10.8.8.8/32 best to 192.0.2.1 path "4266982996"',
      'exported default 10.233.64.0/24 best to 192.0.2.1 path "65009 64512"',
    ]);
    expect(() => iosxr.parse(command, sent.replace(/^10.8.*\n/m, ''))).toThrow('1 prefixes were read of 2');
  });

  it('reads routing tables of VRFs, broken lines, backups, and single entries', () => {
    const rib = `Wed Dec  6 15:18:18.928 UTC

VRF: tenant-a

Codes: C - connected, S - static, R - RIP, B - BGP, (>) - Diversion path
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       M - mobile route, r - RPL, t - Traffic Engineering, (!) - FRR Backup path

Gateway of last resort is 0.0.0.0 to network 0.0.0.0

S*   0.0.0.0/0 is directly connected, 3y15w, Null0
B    10.233.64.0/24 [20/0] via 172.20.0.11 (nexthop in vrf default), 4d11h
                    [20/0] via 172.20.0.12, 4d11h
i L2 10.4.1.32/32 [115/100030] via 10.16.2.3, 1d06h, HundredGigE0/0/1/1 (!)
                  [115/100020] via 10.16.2.1, 1d06h, Bundle-Ether1
L    2001:db8::1/128 is directly connected,
      01:52:24, Loopback0
`;
    expect(routesRead(iosxr, 'show route vrf all', rib)).toEqual([
      'installed tenant-a 0.0.0.0/0 best to %Null0 by static discard',
      'installed tenant-a 10.233.64.0/24 best to 172.20.0.11 172.20.0.12 by bgp',
      'installed tenant-a 10.4.1.32/32 best to 10.16.2.1%Bundle-Ether1 by isis',
      'installed tenant-a 2001:db8::1/128 best to %Loopback0 by local',
    ]);
    expect(() => iosxr.parse('show route vrf all', rib.slice(0, rib.indexOf('      01:52:24')))).toThrow(
      'cut off',
    );
    const entry = `Routing entry for 10.233.64.0/24
  Known via "bgp 65009", distance 20, metric 0
  Installed Nov 20 07:00:25.367 for 7w5d
  Routing Descriptor Blocks
    172.20.0.11, from 172.20.0.11, BGP external, BGP multi path
      Route metric is 0
    172.20.0.12, from 172.20.0.12, BGP external, BGP multi path
      Route metric is 0
  No advertising protos.
`;
    expect(routesRead(iosxr, 'show route ipv4 10.233.64.0/24', entry)).toEqual([
      'installed default 10.233.64.0/24 best to 172.20.0.11 172.20.0.12 by bgp',
    ]);
    expect(() => iosxr.parse('show route ipv4 10.233.64.0/24', entry.slice(0, 130))).toThrow('cut off');
  });
});
