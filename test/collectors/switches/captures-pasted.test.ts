// Captures of several commands, as people paste them from a terminal: each answer is read as its own command's, a command that
// the device refused takes nothing away from the others, and nothing of it is passed over in silence. Texts by hand, and the
// hand-written cases of the conformance suite.
import { describe, expect, it } from 'vitest';
import { type DriverName, driverNames } from '../../../src/collectors/switches/driver-names.ts';
import { drivers } from '../../../src/collectors/switches/drivers.ts';
import { eos } from '../../../src/collectors/switches/eos.ts';
import { frr } from '../../../src/collectors/switches/frr.ts';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { nxos } from '../../../src/collectors/switches/nxos.ts';
import { sonic } from '../../../src/collectors/switches/sonic.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesRead, sessionsRead } from './cisco-read.ts';
import { casesOf, manners } from './conformance-cases.ts';

const refusals: Readonly<Record<DriverName, readonly [command: string, complaint: string]>> = {
  frr: ['show bgp vrf nope summary', '% BGP instance not found'],
  'h3c-comware': ['display bgp peer ipv4 vpn-instance nope', ' The specified VPN instance does not exist.'],
  'huawei-vrp': [
    'display bgp vpnv4 vpn-instance nope peer',
    'Error: The specified VPN instance does not exist.',
  ],
  'aruba-cx': ['show bgp vrf nope ipv4 unicast summary', 'VRF nope does not exist.'],
  'mikrotik-routeros': ['/routing bgp peer print status', 'bad command name peer (line 1 column 14)'],
  'cisco-nxos': ['show ip bgp summary vfr nope', "% Invalid command at '^' marker."],
  'cisco-ios': ['show ip bgp vpnv4 vrf nope summary', '% No VRF named nope'],
  'cisco-iosxr': ['show bgp vrf nope summary', '% VRF nope not found'],
  'arista-eos': ['show ip bgp summary vfr nope', '% Invalid input'],
  'juniper-junos': ['show bgp summary instance nope', 'error: instance nope not found'],
  'nokia-srlinux': ['show network-instance nope protocols bgp neighbor', 'Error: Path not found'],
  'nokia-sros': ['show router 99 bgp summary', 'MINOR: CLI Router "99" does not exist.'],
  'dell-os10': ['show ip bgp vrf nope summary', '% Error: VRF nope does not exist'],
  'mellanox-onyx': ['show ip bgp vrf nope summary', '% VRF nope does not exist'],
  sonic: ['show bgp vrf nope summary', '% BGP instance not found'],
};

describe.each(driverNames)('%s', (name) => {
  const [one] = casesOf(name).filter(({ names }) => names.includes('established'));
  const { prompt } = manners[name];
  const [refused, complaint] = refusals[name];
  const good = `${prompt}${one?.command}\n${one?.answer}\n`;
  const bad = `${prompt}${refused}\n${complaint}\n`;
  const whole = drivers[name].parse(one?.command ?? '', one?.answer ?? '');

  it.each([
    ['behind', good + bad],
    ['in front', bad + good],
  ])('says that a command was refused, and reads the other: %s', (_, text) => {
    try {
      drivers[name].parse('saved', `${text}${prompt}\n`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      const { reason, line, read } = error as ParseError;
      expect(reason).toMatch(/^the device says: /);
      expect(text.split('\n')[(line ?? 0) - 1]).toContain(complaint.trim());
      expect(read?.sessions).toEqual(whole.sessions);
    }
  });

  it('refuses a capture of which every command was refused', () => {
    try {
      drivers[name].parse(refused, `${bad}${bad}${prompt}\n`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect((error as ParseError).read).toBeUndefined();
    }
  });
});

const summary = `
IPv4 Unicast Summary (VRF default):
BGP router identifier 10.0.0.1, local AS number 65009 vrf-id 0
BGP table version 45

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
172.20.0.11     4      64512      5310      5301        0    0    0 1d02h03m            4       20 N/A
swp51           4      65008         0         0        0    0    0    never       Active        0 N/A

Total number of neighbors 2
`;
const neighbors = `BGP neighbor on swp51: fe80::1, remote AS 65008, local AS 65009, external link
  BGP version 4, remote router ID 0.0.0.0, local router ID 10.0.0.1
  BGP state = Active
 For address family: IPv4 Unicast
  Not part of any update group

  Connections established 3; dropped 3
  Last reset 00:12:34,  Hold Timer Expired
`;
const rib = (vrf: string) => `Codes: K - kernel route, C - connected, S - static, B - BGP
       > - selected route, * - FIB route

${vrf === 'default' ? '' : `VRF ${vrf}:\n`}B>* 10.233.64.0/26 [20/0] via 172.20.0.11, vlan20, weight 1, 01:02:03
`;
const table = `BGP table version is 12, local router ID is 10.0.0.1, vrf id 0
Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
    Network          Next Hop            Metric LocPrf Weight Path
 *> 10.233.64.0/26   172.20.0.11                            0 64512 i

Displayed  1 routes and 1 total paths
`;

describe('several commands of FRR in one text', () => {
  const session = 'default 172.20.0.11 ipv4 AS 64512 of 65009 established 4 received, 93780 s';
  const routes = [
    'bgp default 10.233.64.0/26 best to 172.20.0.11 path "64512"',
    'installed default 10.233.64.0/26 best to 172.20.0.11%vlan20 by bgp',
    'installed red 10.233.64.0/26 best to 172.20.0.11%vlan20 by bgp',
  ];

  it('reads all of them in vtysh', () => {
    const text = `
Hello, this is FRRouting (version 8.4.4).

leaf1# show bgp summary
${summary}leaf1# sh ip bgp
${table}leaf1# show version
FRRouting 8.4.4 (leaf1).
leaf1# show ip route
${rib('default')}leaf1# show ip route vrf red
${rib('red')}leaf1# exit
`;
    expect(sessionsRead(frr, 'saved', text)).toEqual([
      session,
      'default swp51 ipv4 AS 65008 of 65009 active',
    ]);
    expect(routesRead(frr, 'saved', text)).toEqual(routes);
    expect(frr.parse('saved', text).notes).toEqual([
      'left unread: "Hello, this is FRRouting (version 8.4.4)."',
      'left unread: "FRRouting 8.4.4 (leaf1)."',
    ]);
  });

  it.each(['cumulus@leaf01:mgmt:~$', 'admin@sonic:~$', 'root@leaf01:/home/admin#'])(
    'reads them in %s',
    (prompt) => {
      const text = `${prompt} sudo vtysh -c 'show bgp summary'
${summary}${prompt} vtysh -c "show bgp ipv4 unicast"
${table}${prompt} vtysh -c 'show ip route'
${rib('default')}${prompt} vtysh -c 'show ip route vrf red'
${rib('red')}${prompt} 
`;
      for (const driver of [frr, sonic]) {
        expect(sessionsRead(driver, 'saved', text)[0]).toBe(session);
        expect(routesRead(driver, 'saved', text)).toEqual(routes);
      }
    },
  );

  it('reads JSON beside text, each by its own command', () => {
    const json =
      '{"10.9.0.0/24":[{"prefix":"10.9.0.0/24","protocol":"bgp","selected":true,"vrfName":"red","nexthops":[{"ip":"10.1.1.1","fib":true,"active":true}]}]}';
    const text = `leaf1# show bgp summary
${summary}leaf1# show ip route vrf red json
${json}
leaf1# `;
    expect(sessionsRead(frr, 'saved', text)[0]).toBe(session);
    expect(routesRead(frr, 'saved', text)).toEqual(['installed red 10.9.0.0/24 best to 10.1.1.1 by bgp']);
  });

  it('shows a session once that two commands tell of', () => {
    const text = `leaf1# show bgp summary\n${summary}leaf1# show bgp neighbors\n${neighbors}leaf1# `;
    expect(frr.parse('saved', text).sessions).toEqual([
      expect.objectContaining({ peerAddress: '172.20.0.11' }),
      expect.objectContaining({ peerAddress: 'fe80::1', name: 'swp51', lastError: 'Hold Timer Expired' }),
    ]);
  });

  it('names the line of the capture, not of the answer', () => {
    const text = `leaf1# show bgp summary\n${summary}leaf1# show ip bgp\n${table.replace(' 10.233.64.0/26 ', ' 10.233.64.0/99 ')}`;
    const line = text.split('\n').findIndex((each) => each.includes('/99')) + 1;
    expect(() => frr.parse('saved', text)).toThrow(`line ${line}: `);
  });

  it('reads an indented paste, and one that lost its blank lines', () => {
    const text = `leaf1# show bgp summary\n${summary}leaf1# show ip route\n${rib('default')}leaf1# show ip bgp\n${table}leaf1# `;
    const whole = { ...frr.parse('saved', text), notes: [] };
    for (const changed of [text.replace(/^(?=.)/gm, '    '), text.replaceAll('\n\n', '\n')])
      expect({ ...frr.parse('saved', changed), notes: [] }).toEqual(whole);
  });

  it('refuses a further next hop of a route that was cut off', () => {
    const cut = rib('default').replace(
      /^B>\*.*/m,
      '  *                       via 172.20.0.12, vlan20, weight 1, 01:02:03',
    );
    expect(() => frr.parse('show ip route', cut)).toThrow();
  });

  it('refuses a table whose cells do not stand under their headings', () => {
    const shifted = table.replace('    0 64512 i', '  0 64512 i');
    expect(() => frr.parse('show ip bgp', shifted)).toThrow(/do not stand under their headings/);
  });
});

describe('peers on an interface whose name has slashes', () => {
  it('are sessions, and no ranges that peers may connect from', () => {
    const block = (more: string) => `BGP neighbor is fe80::1%${more}, remote AS 65008, external link
  BGP version 4, remote router ID 10.0.0.9
  BGP state = Established, up for 1d02h
`;
    expect(sessionsRead(ios, 'show bgp ipv6 unicast neighbors', block('GigabitEthernet0/1'))).toEqual([
      'default fe80::1 ipv6 AS 65008 of null established 93600 s',
    ]);
    expect(sessionsRead(eos, 'show bgp neighbors', block('Et49/1').replace('state =', 'state is'))).toEqual([
      'default fe80::1 ipv6 AS 65008 of null established 93600 s',
    ]);
    const row = (id: string) =>
      JSON.stringify({
        TABLE_vrf: {
          ROW_vrf: {
            'vrf-name-out': 'default',
            'vrf-local-as': '65009',
            TABLE_af: {
              ROW_af: {
                TABLE_saf: {
                  ROW_saf: {
                    'af-name': 'IPv6 Unicast',
                    TABLE_neighbor: {
                      ROW_neighbor: {
                        neighborid: id,
                        neighboras: '65008',
                        time: 'P1DT2H',
                        state: 'Established',
                        prefixreceived: '4',
                      },
                    },
                  },
                },
              },
            },
          },
        },
      });
    const command = 'show bgp ipv6 unicast summary | json';
    expect(sessionsRead(nxos, command, row('fe80::1%Ethernet1/1'))).toEqual([
      'default fe80::1 ipv6 AS 65008 of 65009 established 4 received, 93600 s',
    ]);
    expect(sessionsRead(nxos, command, row('2001:db8::/64'))).toEqual([]);
    expect(() => nxos.parse(command, row('Ethernet1/1'))).toThrow(
      /not a neighbour's address: "Ethernet1\/1"/,
    );
  });

  it('shows two links to one neighbour as two sessions', () => {
    const text = `Groups: 1 Peers: 2 Down peers: 0
Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...
fe80::1%et-0/0/0.0       65008       5310       5301       0       1     5:23:37 Establ
  inet.0: 23/23/23/0
fe80::1%et-0/0/1.0       65008       5310       5301       0       1     5:23:37 Establ
  inet.0: 23/23/23/0
`;
    expect(drivers['juniper-junos'].parse('show bgp summary', text).sessions).toHaveLength(2);
  });
});
