// What is Onyx's own: the capture of a real spine, its prompt, and lines that no table has. The rest is in the conformance suite.
import { describe, expect, it } from 'vitest';
import { onyx } from '../../../src/collectors/switches/onyx.ts';
import { capabilitiesOf } from '../../../src/collectors/switches/ssh-capabilities.ts';
import { hostnameOf } from '../../../src/collectors/switches/ssh-runner.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { success } from '../../../src/model/reading.ts';
import { because } from '../../because.ts';
import { sharedPresent, sharedText } from './vrp-like-captures.ts';

const summary = 'show ip bgp summary';
const rib = 'show ip route';
const folder = 'other-mellanox-onyx/Cray-HPE__docs-csm/operations/network/management_network/mellanox';
const present = sharedPresent('other-mellanox-onyx');

describe.skipIf(!present)(
  because(!present, 'captures of real switches', 'needs the public captures in ../shared'),
  () => {
    it('reads a spine of the CSM documentation', () => {
      const parsed = onyx.parse(summary, sharedText(`${folder}/check_bgp_and_metallb.md.block01.txt`));
      expect(parsed.notes).toEqual([]);
      expect(parsed.sessions).toEqual(
        [
          ['10.252.0.4', 13_063],
          ['10.252.0.5', 13_011],
          ['10.252.0.6', 12_999],
        ].map(([peerAddress, establishedSeconds]) => ({
          peerAddress,
          peerAsn: 65533,
          localAsn: 65533,
          state: 'established',
          afi: 'ipv4',
          vrf: 'default',
          establishedSeconds,
          prefixesReceived: 28,
        })),
      );
    });
  },
);

it('takes the name out of a prompt that holds the state of the cluster', () => {
  for (const prompt of ['sw-spine01 [standalone: master] #', 'sw-spine01 [mlag-vip: slave] (config) # '])
    expect(hostnameOf(prompt)).toBe('sw-spine01');
});

it('says that it sees IPv4 of the default VRF alone', () => {
  const query = { prefixes: [], ranges: [parsePrefix('10.233.64.0/18')] };
  const { sessions, routes } = capabilitiesOf(onyx, query, success(0, []), success(0, []));
  expect(sessions).toMatchObject({ families: ['ipv4'], vrfs: ['default'] });
  expect(routes).toMatchObject({ families: ['ipv4'], layers: ['installed'], vrfs: ['default'] });
});

const table = (row: string) =>
  `VRF Name default:\nDestination  Mask  Flag  Gateway  Interface  Source  AD/M\n${row}\n`;

it.each([
  [
    '10.0.0.0          255.0.255.0                10.0.0.1          vlan10           bgp        20/0',
    'not a network',
  ],
  [
    '10.0.0.1          255.255.255.0              10.0.0.1          vlan10           bgp        20/0',
    'not a network',
  ],
  [
    '10.0.0.0          255.255.255.0              10.0.0.1          vlan10           magic      20/0',
    'a route from nowhere known',
  ],
  [
    '                                    c        172.20.0.12       vlan20           bgp        20/0',
    'a next hop without a route',
  ],
  ['10.0.0.0          255.255.255.0              10.0.0.1          vlan10', 'not a line of a routing table'],
])('refuses %s', (row, reason) => {
  expect(() => onyx.parse(rib, table(row))).toThrow(`${rib}: line 3: ${reason}`);
});

it('refuses an established neighbour without its prefixes, and rows without their head', () => {
  const head = 'Neighbor V AS MsgRcvd MsgSent TblVer InQ OutQ Up/Down State/PfxRcd';
  const row = '10.0.0.2 4 65001 465 501 6 0 0 0:03:37:43 ESTABLISHED';
  const own = 'local AS number : 65000';
  expect(() => onyx.parse(summary, `${own}\n${head}\n${row}\n`)).toThrow('without its prefixes');
  expect(() => onyx.parse(summary, `${own}\n${row}/28\n`)).toThrow('a line that is no part of a summary');
  expect(onyx.parse(summary, `${head}\n${row}/28\n`).notes).toEqual([
    'no VRF is named above the neighbours: the capture may be cut',
  ]);
});
