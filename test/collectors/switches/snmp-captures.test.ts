// Walks of real agents. The project's own laboratory (FRR 8.4.4 with net-snmp 5.9) with what the topology makes of it,
// written out by hand; and public captures beside the checkout, with the results their authors expect.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { canonicalAddress } from '../../../src/model/address.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { RouteRow } from '../../../src/model/route-table.ts';

const laboratory = path.resolve(import.meta.dirname, '../../fixtures/snmp/frr-8.4.4');
const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');

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

interface ExpectedPeer {
  readonly bgpPeerIdentifier: string;
  readonly bgpPeerRemoteAs: number;
  readonly bgpPeerState: string;
  readonly bgpPeerAdminStatus: string;
  readonly bgpLocalAddr: string;
  readonly bgpPeerFsmEstablishedTime: number;
  readonly bgpLocalAs: number;
}

interface ExpectedRoute {
  readonly inetCidrRouteDest: string;
  readonly inetCidrRoutePfxLen: number;
  readonly inetCidrRouteNextHop: string;
}

const read = (file: string) =>
  file.endsWith('.bz2')
    ? execFileSync('bzcat', [file], { encoding: 'utf8', maxBuffer: 64 << 20 })
    : readFileSync(file, 'utf8');

const captures = existsSync(shared)
  ? readdirSync(shared, { recursive: true, encoding: 'utf8' })
      // One of them is a whole core router of 46 MB: left out, since it only takes time.
      .filter((file) => /^snmp-.*\.snmprec(\.bz2)?$/.test(file) && !file.includes('mx960-16'))
      .sort()
  : [];

function expectedOf(capture: string): unknown {
  const file = path.join(
    shared,
    capture.replace('/snmpsim/', '/data/').replace(/\.snmprec$/, '.extract.json'),
  );
  return existsSync(file) && file.endsWith('.json') ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

const modules = (expected: unknown, module: string, table: string): unknown[] => {
  const value = Object(expected)[module] ?? {};
  const polled = Object(value).poller;
  const side = typeof polled === 'object' && polled !== null ? polled : Object(value).discovery;
  return Object(side)[table] ?? [];
};

const nameOf = (capture: string) => path.basename(capture).replace(/\.snmprec(\.bz2)?$/, '');

const withPeers = captures.filter(
  (capture) => modules(expectedOf(capture), 'bgp-peers', 'bgpPeers').length > 0,
);
const withRoutes = captures.filter((capture) => modules(expectedOf(capture), 'route', 'route').length > 0);

interface ExpectedCounts {
  readonly bgpPeerIdentifier: string;
  readonly afi: string;
  readonly safi: string;
  readonly AcceptedPrefixes: number;
  readonly AdvertisedPrefixes: number;
}

const adminDown: Record<string, boolean> = { start: false, running: false, stop: true, halted: true };

// Where we say something else, and why.
// Cumulus: the index is the peer's router id; column 25 holds the address that the session runs to.
const addressOf: Record<string, string> = { 'cumulus_cumulus 192.168.0.5': '192.168.125.254' };
// OS10: "halted" beside an established session, and a time in hundredths of a second.
const isOs10 = (capture: string) => nameOf(capture) === 'dell-os10';
const addressIn = (capture: string, identifier: string) =>
  addressOf[`${nameOf(capture)} ${identifier}`] ?? canonicalAddress(identifier);

describe.skipIf(captures.length === 0)('public captures', () => {
  it('are there', () => {
    expect(withPeers.map(nameOf).sort()).toEqual(
      [
        ['arista_eos', 'comware', 'cumulus_cumulus', 'dell-os10', 'edgeos', 'iosxe', 'iosxe_c9400'],
        ['iosxr_asr9001', 'iosxr_asr9901', 'ironware', 'junos_ex', 'junos_rpm', 'junos_vmx'],
        ['ocnos_s9600-32x', 'timos_7705', 'timos_ixr', 'timos_ixr-s', 'vrp_5720'],
        ['vrp_ce12804-withvrf', 'vrp_ne05e', 'vyos_bgp'],
      ]
        .flat()
        .sort(),
    );
    expect(new Set(withRoutes.map(nameOf))).toEqual(
      new Set(
        [
          ['ios_ie1000', 'routeros_rb433gl', 'routeros_rb760igs', 'eltex-mes24xx_mes2424bac', 'snr'],
          ['snr-erd'],
        ].flat(),
      ),
    );
  });

  it.each(captures)(
    '%s can be read',
    (capture) => {
      const parsed = parseSnmpText(read(path.join(shared, capture)), capture);
      for (const note of parsed.notes) expect(note).not.toContain('index');
    },
    60_000,
  );

  it.each(withPeers)('%s has the peers its authors expect', (capture) => {
    const { sessions } = parseSnmpText(read(path.join(shared, capture)), capture);
    const peers = modules(expectedOf(capture), 'bgp-peers', 'bgpPeers') as ExpectedPeer[];
    const identifiers = new Set(peers.map((peer) => addressIn(capture, peer.bgpPeerIdentifier)));
    expect(sessions.map(({ peerAddress }) => peerAddress).sort()).toEqual([...identifiers].sort());
    for (const session of sessions) {
      const wanted = peers
        .filter(({ bgpPeerIdentifier }) => addressIn(capture, bgpPeerIdentifier) === session.peerAddress)
        .map((peer) => {
          const time = peer.bgpPeerFsmEstablishedTime / (isOs10(capture) ? 100 : 1);
          const down = adminDown[peer.bgpPeerAdminStatus];
          const local = canonicalAddress(peer.bgpLocalAddr);
          // Nobody's address in theirs: SR OS and VRP, where we look further, and sessions that are down.
          const localAddress = local === '0.0.0.0' ? session.localAddress : local;
          return {
            peerAsn: peer.bgpPeerRemoteAs === 23456 ? null : peer.bgpPeerRemoteAs,
            localAsn: peer.bgpLocalAs,
            state: peer.bgpPeerState,
            // They show the last event of SR OS, and nothing of CE12800, as the admin status.
            adminDown: isOs10(capture) ? undefined : (down ?? session.adminDown),
            localAddress,
            // SR Linux and others leave it out; where there is one it must be the same.
            establishedSeconds: peer.bgpPeerState === 'established' ? time : undefined,
          };
        });
      const { peerAsn, localAsn, state, localAddress, establishedSeconds } = session;
      const seen = {
        peerAsn,
        localAsn,
        state,
        adminDown: session.adminDown,
        localAddress,
        establishedSeconds,
      };
      expect(wanted).toContainEqual(seen);
    }
  });

  it('have the counts their authors expect', () => {
    let compared = 0;
    for (const capture of withPeers) {
      const { sessions } = parseSnmpText(read(path.join(shared, capture)), capture);
      const counts = modules(expectedOf(capture), 'bgp-peers', 'bgpPeers_cbgp') as ExpectedCounts[];
      for (const { peerAddress, afi, ...session } of sessions) {
        const ofFamily = counts.filter(
          (row) => addressIn(capture, row.bgpPeerIdentifier) === peerAddress && row.afi === afi,
        );
        const row = ofFamily.find(({ safi }) => safi === 'unicast') ?? ofFamily[0];
        if (!row) continue;
        const where = `${nameOf(capture)} ${peerAddress} ${afi}`;
        // Theirs is 0 where the device does not say.
        if (row.AcceptedPrefixes > 0) {
          compared++;
          expect([where, session.prefixesAccepted]).toEqual([where, row.AcceptedPrefixes]);
        }
        if (row.AdvertisedPrefixes > 0) {
          compared++;
          expect([where, session.prefixesAdvertised]).toEqual([where, row.AdvertisedPrefixes]);
        }
      }
    }
    // Both counts of 4 + 4 IOS-XE, 2 IOS-XR, 6 Junos and 1 OS10 peers, one of 2 Arista peers.
    expect(compared).toBe(2 * (4 + 4 + 2 + 6 + 1) + 2);
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
    const capture = captures.find((file) => nameOf(file) === name) ?? '';
    const { sessions } = parseSnmpText(read(path.join(shared, capture)), capture);
    expect(sessions).toHaveLength(all);
    expect(sessions.filter(({ state }) => state === 'established')).toHaveLength(up);
    expect(sessions.find((session) => session.peerAddress === peerAddress)).toMatchObject(fields);
  });

  it.each(withRoutes)('%s has the routes its authors expect', (capture) => {
    const { routes } = parseSnmpText(read(path.join(shared, capture)), capture);
    const hops = routes
      .flatMap(({ rows }) => rows)
      .flatMap(({ prefix, nextHops }) =>
        (nextHops.some(({ address }) => address) ? nextHops : [{ address: undefined }]).map(
          ({ address }) => `${formatPrefix(prefix)} ${address ?? '-'}`,
        ),
      );
    const expected = (modules(expectedOf(capture), 'route', 'route') as ExpectedRoute[]).map((route) => {
      const hop = canonicalAddress(route.inetCidrRouteNextHop);
      const none = hop === '0.0.0.0' || hop === '::' || hop === undefined;
      return `${canonicalAddress(route.inetCidrRouteDest)}/${route.inetCidrRoutePfxLen} ${none ? '-' : hop}`;
    });
    // RouterOS has its IPv6 routes in the obsolete ipv6RouteTable (RFC 2465), which is not read.
    const wanted = capture.includes('mikrotik') ? expected.filter((route) => !route.includes(':')) : expected;
    expect(hops.sort()).toEqual(wanted.sort());
  });
});
