// Walks of real agents. The project's own laboratory (FRR 8.4.4 with net-snmp 5.9) with what the topology makes of it,
// written out by hand; and public captures beside the checkout, with the results their authors expect.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';
import { because } from '../../because.ts';
import { captures, countDifferences, expectedOf, nameOf, sweep, tableOf } from './snmp-sweep.ts';

const laboratory = path.resolve(import.meta.dirname, '../../fixtures/snmp/frr-8.4.4');

const shown = ({ prefix, nextHops, protocol }: RouteRow) =>
  `${formatPrefix(prefix)} ${protocol} ${nextHops.map((hop) => hop.address ?? hop.interface).join(' ')}`.trim();

describe('the laboratory', () => {
  const walk = (name: string, routes = 'inetCidrRoute.txt') => {
    const files = ['system.txt', 'bgp.txt', routes].map((file) =>
      readFileSync(path.join(laboratory, name, file), 'utf8'),
    );
    return parseSnmpText(files.join('\n'), name);
  };
  const byPeer = (name: string) =>
    new Map(walk(name).sessions.map((session) => [session.peerAddress, session]));

  it('reads the sessions of leaf01', () => {
    const common = { localAsn: 65009, state: 'established', afi: 'ipv4', vrf: 'default', adminDown: false };
    const counted = { establishedSeconds: expect.any(Number), transitions: expect.any(Number) };
    expect(walk('up-leaf01').sessions).toEqual([
      { peerAddress: '100.0.0.1', peerAsn: 65008, localAddress: '100.0.0.2', ...common, ...counted },
      { peerAddress: '172.20.0.11', peerAsn: 64512, localAddress: '172.20.0.254', ...common, ...counted },
      { peerAddress: '172.20.0.12', peerAsn: 64512, localAddress: '172.20.0.254', ...common, ...counted },
    ]);
  });

  it.each(['inetCidrRoute.txt', 'ipCidrRoute.txt'])('reads the IPv4 routes of leaf01 from %s', (file) => {
    const [table] = walk('up-leaf01', file).routes;
    expect(table?.allNextHops).toBe(false);
    expect(table?.rows.filter(({ prefix }) => prefix.family === 4).map(shown)).toEqual([
      '10.233.0.0/18 kernel 172.20.0.11',
      '10.233.64.0/24 kernel 172.20.0.11',
      '10.233.65.0/24 kernel 172.20.0.11',
      '10.233.66.0/24 kernel 172.20.0.11',
      '10.233.67.0/24 kernel 100.0.0.1',
      '10.233.68.0/24 kernel 100.0.0.1',
      '10.233.69.0/24 kernel 100.0.0.1',
      '100.0.0.0/30 connected',
      '172.20.0.0/24 connected',
      '173.20.0.0/24 kernel 100.0.0.1',
      '192.168.250.0/24 connected',
    ]);
  });

  it('reads a session shut on the switch, one that waits, and one with the wrong AS', () => {
    expect(byPeer('switch-shut-leaf01').get('172.20.0.12')).toMatchObject({
      state: 'idle',
      adminDown: true,
      lastError: 'Cease: Administrative Shutdown (6/2)',
    });
    const stale = byPeer('stale-leaf01').get('172.20.0.12');
    expect(stale).toMatchObject({ peerAsn: 64512, adminDown: false });
    expect(stale?.state).not.toBe('established');
    expect(stale).not.toHaveProperty('establishedSeconds');
    const wrong = byPeer('wrong-as-leaf01').get('172.20.0.12');
    expect(wrong).toMatchObject({ peerAsn: 64999 });
    expect(wrong?.state).not.toBe('established');
  });

  it('reads the two sessions of the spine', () => {
    const { sessions } = walk('up-spine01');
    expect(sessions.map(({ peerAddress, peerAsn, state }) => [peerAddress, peerAsn, state])).toEqual([
      ['100.0.0.2', 65009, 'established'],
      ['100.0.0.6', 65010, 'established'],
    ]);
  });
});

const page = path.resolve(import.meta.dirname, '../../../docs/drivers/snmp.md');
const begin = '<!-- Made by `npm run golden` where the captures are. -->\n';
const end = '\n<!-- End of what is made. -->';
const absent = captures.length === 0;

describe.skipIf(absent)(because(absent, 'public captures', 'needs the public captures in ../shared'), () => {
  const swept = captures.map(sweep);
  const sessionsOf = (name: string) =>
    swept.find(({ capture }) => nameOf(capture) === name)?.parsed?.sessions ?? [];

  it('are as their authors say, and none is refused', () => {
    expect(swept.filter(({ outcome }) => outcome === 'different' || outcome === 'refused')).toEqual([]);
    const equal = swept.filter(({ outcome }) => outcome === 'equal').map(({ capture }) => nameOf(capture));
    expect(equal.sort()).toEqual(
      [
        ['arista_eos', 'comware', 'cumulus_cumulus', 'dell-os10', 'edgeos', 'iosxe', 'iosxe_c9400'],
        ['iosxr_asr9001', 'iosxr_asr9901', 'ironware', 'junos_ex', 'junos_rpm', 'junos_vmx'],
        ['ocnos_s9600-32x', 'timos_7705', 'timos_ixr', 'timos_ixr-s', 'vrp_5720'],
        ['vrp_ce12804-withvrf', 'vrp_ne05e', 'vyos_bgp'],
        ['ios_ie1000', 'routeros_rb433gl', 'routeros_rb760igs', 'eltex-mes24xx_mes2424bac', 'snr', 'snr-erd'],
      ]
        .flat()
        .sort(),
    );
  });

  it('have the counts their authors expect', () => {
    const compared = swept.map(
      ({ capture, parsed }) =>
        countDifferences(nameOf(capture), parsed?.sessions ?? [], expectedOf(capture).counts).compared,
    );
    // Both counts of 4 + 4 IOS-XE, 2 IOS-XR, 6 Junos and 1 OS10 peers, one of 2 Arista peers.
    expect(compared.reduce((sum, count) => sum + count)).toBe(2 * (4 + 4 + 2 + 6 + 1) + 2);
  });

  it('stand in the documentation as they are read today', () => {
    const text = readFileSync(page, 'utf8');
    const [before = '', rest = ''] = text.split(begin);
    const [, after = ''] = rest.split(end);
    const made = `${before}${begin}${tableOf(swept)}${end}${after}`;
    if (process.env.GOLDEN === 'write') writeFileSync(page, made);
    expect(readFileSync(page, 'utf8')).toBe(made);
  });

  // Written out from the records: their authors left no result.
  it.each([
    ['iosxr_asr9904', 34, 33, '192.168.13.214', { peerAsn: 65550, state: 'idle', adminDown: true }],
    ['iosxr_asr9904', 34, 33, '192.168.5.149', { peerAsn: 65578, prefixesAccepted: 18418 }],
    ['srlinux', 12, 12, '10.10.10.9', { peerAsn: 65000, vrf: '10', description: 'spine4', adminDown: false }],
    ['edgecos_dcs203', 4, 3, '172.31.1.17', { localAsn: 4200001001, state: 'active' }],
    ['flexbng', 1, 1, '96.43.223.194', { peerAsn: 15081, localAddress: '96.43.223.195', transitions: 6 }],
    ['neptune_npt2100', 2, 0, '192.168.149.70', { peerAsn: 65001, state: null }],
    ['timos_ixr', 5, 5, '172.19.69.106', { vrf: 'vprn55001424', prefixesReceived: 1, prefixesAdvertised: 1 }],
    ['vrp_ce12804-withvrf', 1, 1, '192.168.189.96', { vrf: 'test1', description: 'PeerDesc1' }],
    ['vrp_ne05e', 2, 2, '192.0.2.4', { prefixesReceived: 334, prefixesAdvertised: 119, transitions: 240 }],
    ['cumulus_cumulus', 2, 2, '192.168.0.1', { name: 'swp1', localAddress: 'fe80::e04:1fff:fe86:1' }],
  ])('%s has %i sessions, %i of them up, and %s', (name, all, up, peerAddress, fields) => {
    const sessions = sessionsOf(name);
    expect(sessions).toHaveLength(all);
    expect(sessions.filter(({ state }) => state === 'established')).toHaveLength(up);
    expect(sessions.find((session) => session.peerAddress === peerAddress)).toMatchObject(fields);
  });
});
