// Tables of Cisco-like CLIs that announce more than they hold: an error that says so and carries what was read.
import { describe, expect, it } from 'vitest';
import { eos } from '../../../src/collectors/switches/eos.ts';
import { ios } from '../../../src/collectors/switches/ios.ts';
import { nxos } from '../../../src/collectors/switches/nxos.ts';
import type { SwitchDriver } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { routesIn, sessionsIn } from './vrp-like-captures.ts';

function missing(driver: SwitchDriver, command: string, text: string): ParseError {
  try {
    driver.parse(command, text);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error('nothing is missing');
}

const subnets = (count: number) => `Gateway of last resort is not set

      10.0.0.0/8 is variably subnetted, ${count} subnets, 2 masks
C        10.0.0.0/24 is directly connected, GigabitEthernet0/0
L        10.0.0.1/32 is directly connected, GigabitEthernet0/0
      172.16.0.0/24 is subnetted, 1 subnets
B        172.16.1.0 [20/0] via 10.0.0.2, 1w2d
`;

describe('rows that are missing', () => {
  it('are noticed by the number of subnets of IOS', () => {
    expect(ios.parse('show ip route', subnets(2)).routes[0]?.rows).toHaveLength(3);
    const error = missing(ios, 'show ip route', subnets(5));
    expect(error.message).toBe(
      'show ip route: line 3: 2 subnets of 10.0.0.0 were read of 5: rows are missing',
    );
    expect(error.read && routesIn(error.read)).toEqual([
      '*10.0.0.0/24 connected GigabitEthernet0/0',
      '*10.0.0.1/32 local GigabitEthernet0/0',
      '*172.16.1.0/24 bgp 10.0.0.2',
    ]);
    // Of a part of the table the numbers are those of the whole.
    expect(ios.parse('show ip route bgp', subnets(5)).routes[0]?.rows).toHaveLength(3);
  });

  it('are noticed by the number of IPv6 entries', () => {
    const table = (said: string) => `${said}
Codes: C - Connected, L - Local, S - Static
C   2001:DB8:2::/64 [0/0]
     via GigabitEthernet0/0, directly connected
L   2001:DB8:2::1/128 [0/0]
     via GigabitEthernet0/0, receive
`;
    const whole = ios.parse('show ipv6 route', table('IPv6 Routing Table - default - 2 entries'));
    expect(whole.routes[0]?.rows).toHaveLength(2);
    const less = missing(ios, 'show ipv6 route', table('IPv6 Routing Table - default - 3 entries'));
    expect(less.reason).toBe('2 entries were read of 3: rows are missing');
    const shown = (count: number) => `VRF: default
Displaying ${count} of 7 IPv6 routing table entries
Codes: C - connected, S - static
 C        2001:db8:2::/64 [0/1]
           via Ethernet1, directly connected
`;
    expect(eos.parse('show ipv6 route', shown(1)).routes[0]?.rows).toHaveLength(1);
    expect(missing(eos, 'show ipv6 route', shown(2)).reason).toBe(
      '1 entries were read of 2: rows are missing',
    );
  });

  it("are noticed by NX-OS's number of peers, and of those that are up", () => {
    const summary = (
      peers: number,
      up: number,
    ) => `BGP summary information for VRF default, address family IPv4 Unicast
BGP router identifier 192.0.2.1, local AS number 65009
BGP table version is 12, IPv4 Unicast config peers ${peers}, capable peers ${up}

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
172.20.0.0/24   4     0       0       0        0    0    0    never Idle
172.20.0.11     4 64512     100     101       12    0    0 01:02:03 5
`;
    const sessions = ['default 172.20.0.11 64512 established 5'];
    // The range is a configured peer, who came in by it is one that is up.
    expect(sessionsIn(nxos.parse('show ip bgp summary', summary(1, 1)))).toEqual(sessions);
    expect(sessionsIn(nxos.parse('show ip bgp summary', summary(2, 1)))).toEqual(sessions);
    const rows = missing(nxos, 'show ip bgp summary', summary(3, 1));
    expect(rows.reason).toBe('2 neighbours were read of 3: rows are missing');
    expect(rows.read && sessionsIn(rows.read)).toEqual(sessions);
    expect(missing(nxos, 'show ip bgp summary', summary(1, 2)).reason).toBe(
      '1 established neighbours were read of 2: rows are missing',
    );
  });

  it('make a summary of routes no empty table', () => {
    const text = 'IP Route Table for VRF "default"\nTotal number of routes: 5\n';
    expect(missing(nxos, 'show ip route summary', text).reason).toBe(
      'a summary says how many routes there are, not which',
    );
  });
});
