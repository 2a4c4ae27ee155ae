// The EOS driver against texts and JSON written by hand after the format: three forms of the summary, neighbours, BGP tables,
// routing tables, in text and JSON.
import { describe, expect, it } from 'vitest';
import { eos } from '../../../src/collectors/switches/eos.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';

describe('sessions', () => {
  it('reads the summary of several VRFs, with descriptions cut inside their quote and missing counts', () => {
    const text = `leaf1#show ip bgp summary vrf all
BGP summary information for VRF default
Router identifier 192.0.2.1, local AS number 65009
Neighbor Status Codes: m - Under maintenance
  Description              Neighbor         V  AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc
  "Calico Kubernetes Nodes 172.20.0.11      4  64512            149       152    0    0 02:25:23 Estab   5      4
  node 2 in rack 1         172.20.0.12      4  64497.232          0         0    0    0  118d18h Idle(NoIf)
                           172.20.0.13      4  64512              0         0    0    0   00:10:00 Idle(Admin)
BGP summary information for VRF tenant-a
Router identifier 10.7.0.1, local AS number 1.10
Neighbor Status Codes: m - Under maintenance
  Neighbor         V  AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State  PfxRcd PfxAcc
  10.7.0.2         4  65002        1753556   1761743    0    0   40d23h Estab  7      4
`;
    expect(sessionsRead(eos, 'show ip bgp summary vrf all', text)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of 65009 established 5 received, 8723 s',
      'default 172.20.0.12 ipv4 AS 4226875624 of 65009 idle',
      'default 172.20.0.13 ipv4 AS 64512 of 65009 idle shut',
      'tenant-a 10.7.0.2 ipv4 AS 65002 of 65546 established 7 received, 3538800 s',
    ]);
    const { sessions } = eos.parse('show ip bgp summary vrf all', text);
    expect(sessions.map(({ description }) => description)).toEqual([
      'Calico Kubernetes Nodes',
      'node 2 in rack 1',
      undefined,
      undefined,
    ]);
    expect(sessions[0]?.prefixesAccepted).toBe(4);
  });

  it('reads the newer summary with a row for each family', () => {
    const text = `BGP summary information for VRF default
Router identifier 192.0.2.1, local AS number 65009
Neighbor            AS Session State AFI/SAFI                AFI/SAFI State   NLRI Rcd   NLRI Acc
---------- ----------- ------------- ----------------------- -------------- ---------- ----------
172.20.0.11      64512 Established   IPv4 Unicast            Negotiated              3          2
2001:db8::11     64512 Established   IPv6 Unicast            Negotiated              5          5
172.20.0.12      64512 Active        IPv4 Unicast            Configured              0          0
192.0.2.9        65009 Established   L2VPN EVPN              Negotiated             44         44
`;
    expect(sessionsRead(eos, 'show bgp summary', text)).toEqual([
      'default 172.20.0.11 ipv4 AS 64512 of 65009 established 3 received',
      'default 2001:db8::11 ipv6 AS 64512 of 65009 established 5 received',
      'default 172.20.0.12 ipv4 AS 64512 of 65009 active',
      'default 192.0.2.9 ipv4 AS 65009 of 65009 established',
    ]);
  });

  it('reads the JSON of summary and neighbours', () => {
    const peer = {
      asn: '64512',
      peerState: 'Established',
      prefixReceived: 5,
      prefixAccepted: 4,
      upDownTime: 1_700_000_000.5,
    };
    const summary = {
      vrfs: {
        default: {
          routerId: '192.0.2.1',
          vrf: 'default',
          asn: '65009',
          peers: {
            '172.20.0.11': peer,
            '172.20.0.12': { ...peer, peerState: 'Idle', peerStateIdleReason: 'Admin' },
          },
        },
        empty: { routerId: '0.0.0.0', vrf: 'empty', asn: '65009', peers: {} },
      },
    };
    expect(sessionsRead(eos, 'show ip bgp summary vrf all | json', JSON.stringify(summary, null, 4))).toEqual(
      [
        'default 172.20.0.11 ipv4 AS 64512 of 65009 established 5 received',
        'default 172.20.0.12 ipv4 AS 64512 of 65009 idle shut',
      ],
    );
    const neighbours = {
      vrfs: {
        default: {
          peerList: [
            {
              peerAddress: '172.20.0.11',
              asn: '64512',
              localAsn: '65009',
              state: 'Established',
              vrf: 'default',
              establishedTime: 6112,
              establishedTransitions: 2,
              prefixesReceived: 7,
              prefixesSent: 9,
              v6PrefixesReceived: 0,
              v6PrefixesSent: 0,
              updateSource: '172.20.0.254',
              lastErrorCode: 'Cease',
              lastErrorSubcode: 'admin reset',
            },
            { peerAddress: 'fe80::1%Et1', asn: '64512', localAsn: '65009', state: 'Active', vrf: 'default' },
          ],
        },
      },
    };
    expect(eos.parse('show ip bgp neighbors vrf all | json', JSON.stringify(neighbours)).sessions).toEqual([
      {
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        vrf: 'default',
        afi: 'ipv4',
        localAddress: '172.20.0.254',
        establishedSeconds: 6112,
        transitions: 2,
        lastError: 'Cease: admin reset',
        prefixesReceived: 7,
        prefixesAdvertised: 9,
      },
      {
        peerAddress: 'fe80::1',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'active',
        vrf: 'default',
        afi: 'ipv6',
      },
    ]);
  });

  it('reads the text of neighbours', () => {
    const text = `BGP neighbor is 172.20.0.11, remote AS 64512, external link
  Description: node1
  BGP version 4, remote router ID 172.20.0.11, VRF tenant-a
  BGP state is Established, up for 20d06h
  Number of transitions to established: 3
  Last sent notification:Cease/administrative reset, Last time 20d06h, First time 20d07h
  Neighbor Capabilities:
    Multiprotocol IPv4 Unicast: advertised and received and negotiated
  Prefix Statistics:
                                   Sent      Rcvd     Best Paths     Best ECMP Paths
    IPv4 Unicast:                     4         2              1                   0
    IPv6 Unicast:                     0         0              0                   0
Local AS is 65009, local router ID 192.0.2.1
TTL is 1
Local TCP address is 172.20.0.254, local port is 179
`;
    expect(eos.parse('show ip bgp neighbors vrf all', text).sessions).toEqual([
      {
        peerAddress: '172.20.0.11',
        peerAsn: 64512,
        localAsn: 65009,
        state: 'established',
        vrf: 'tenant-a',
        afi: 'ipv4',
        localAddress: '172.20.0.254',
        description: 'node1',
        establishedSeconds: 1749600,
        transitions: 3,
        lastError: 'sent Cease/administrative reset',
        prefixesReceived: 2,
        prefixesAdvertised: 4,
      },
    ]);
  });

  it('knows inactive BGP from a refusal', () => {
    expect(eos.parse('show ip bgp summary vrf all | json', '{"errors":["BGP inactive"]}').notes).toEqual([
      'BGP is not active',
    ]);
    expect(eos.parse('show ip bgp summary', '% BGP inactive\n').sessions).toEqual([]);
    expect(() =>
      eos.parse('show ip bgp summary vrf all | json', '{"errors":["Authorization denied"]}'),
    ).toThrow('the device says: Authorization denied');
    expect(() => eos.parse('show ip bgp summary | json', '% Invalid input\n{"vrfs":{}}')).toThrow(ParseError);
    expect(() =>
      eos.parse('show vrf | json', '{"vrfs":{"default":{"vrfState":"up","interfaces":[]}}}'),
    ).toThrow('nothing known');
  });
});

describe('routes', () => {
  it('reads the BGP table alike from text and JSON', () => {
    const text = `BGP routing table information for VRF default
Router identifier 192.0.2.1, local AS number 65009
Route status codes: s - suppressed, * - valid, > - active, # - not installed, E - ECMP head, e - ECMP
Origin codes: i - IGP, e - EGP, ? - incomplete

         Network                Next Hop              Metric  AIGP       LocPref Weight  Path
 * >Ec   10.233.64.0/24         172.20.0.11           0       -          100     0       64512 1.10 i
 *  ec   10.233.64.0/24         172.20.0.12           0       -          100     0       64512 65546 i Or-ID: 192.0.2.9 C-LST: 192.0.2.8
 * >     10.233.0.0/16          -                     0       -          0       -       ?
`;
    const path = (nextHop: string, asPath: string, active: boolean, more = {}) => ({
      asPathEntry: { asPath, asPathType: 'External' },
      localPreference: 100,
      nextHop,
      routeType: { valid: true, active, stale: false },
      ...more,
    });
    const json = {
      vrfs: {
        default: {
          asn: '65009',
          bgpRouteEntries: {
            '10.233.64.0/24': {
              bgpRoutePaths: [
                path('172.20.0.11', '64512 1.10 i', true),
                path('172.20.0.12', '64512 65546 i', false),
              ],
            },
            '10.233.0.0/16': { bgpRoutePaths: [path('', '?', true, { localPreference: 0 })] },
          },
        },
      },
    };
    const expected = [
      'bgp default 10.233.64.0/24 best to 172.20.0.11 path "64512 65546" pref 100',
      'bgp default 10.233.64.0/24 to 172.20.0.12 path "64512 65546" pref 100',
      'bgp default 10.233.0.0/16 best to path "" pref 0',
    ];
    expect(routesRead(eos, 'show ip bgp', text)).toEqual(expected);
    expect(routesRead(eos, 'show ip bgp | json', JSON.stringify(json))).toEqual(expected);
  });

  it('reads the routing table in its older and newer layout, and as JSON', () => {
    const older = `VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, B - Other BGP Routes,
       B I - iBGP, B E - eBGP, R - RIP, I L1 - IS-IS level 1,
       A B - BGP Aggregate, A O - OSPF Summary

Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 192.0.2.9, Management1

 B E      10.233.64.0/24 [20/0] via 172.20.0.11, Vlan20
                                via 172.20.0.12, Vlan20
 A B      10.233.0.0/16 is directly connected, Null0
 C        172.20.0.0/24 is directly connected, Vlan20
 B I      10.233.65.0/24 [200/0] via VTEP 192.0.2.7 VNI 10 router-mac 02:1c:73:00:00:01 local-interface Vxlan1
`;
    const newer = older
      .replace(/ via (\S+), (\S+)\n\s+via/g, '\n           via $1, $2\n           via')
      .replace('24 is directly connected', '24\n           directly connected');
    const expected = [
      'installed default 0.0.0.0/0 best to 192.0.2.9%Management1 by static',
      'installed default 10.233.64.0/24 best to 172.20.0.11%Vlan20 172.20.0.12%Vlan20 by bgp',
      'installed default 10.233.0.0/16 best to %Null0 by aggregate discard',
      'installed default 172.20.0.0/24 best to %Vlan20 by connected',
      'installed default 10.233.65.0/24 best to 192.0.2.7 by bgp',
    ];
    expect(newer).not.toBe(older);
    expect(routesRead(eos, 'show ip route vrf default', older)).toEqual(expected);
    expect(routesRead(eos, 'show ip route vrf default', newer)).toEqual(expected);
    const vias = [
      { interface: 'Vlan20', nexthopAddr: '172.20.0.11' },
      { interface: 'Vlan20', nexthopAddr: '172.20.0.12' },
    ];
    const json = {
      vrfs: {
        default: {
          routes: {
            '10.233.64.0/24': { routeType: 'eBGP', routeAction: 'forward', vias, hardwareProgrammed: true },
          },
        },
      },
    };
    expect(routesRead(eos, 'show ip route | json', JSON.stringify(json))).toEqual([expected[1]]);
    const none = { vrfs: { default: { routes: {}, allRoutesProgrammedKernel: true } } };
    expect(eos.parse('show ip route 10.99.0.0/16 | json', JSON.stringify(none)).routes[0]?.rows).toEqual([]);
  });
});
