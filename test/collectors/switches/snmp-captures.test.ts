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

describe.skipIf(!existsSync(laboratory))('the laboratory', () => {
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

// Their peers are in a table of the vendor's, which BGP4-MIB does not repeat; those tables are no business of this parser yet.
const vendorTables = new Set([
  'arista_eos',
  'cumulus_cumulus',
  'dell-os10',
  'iosxe',
  'iosxe_c9400',
  'iosxr_asr9001',
  'iosxr_asr9901',
  'junos_rpm',
  'junos_vmx',
  'timos_7705',
  'timos_ixr',
  'timos_ixr-s',
  'vrp_ce12804-withvrf',
  'vrp_ne05e',
  'vyos_bgp',
]);
const nameOf = (capture: string) => path.basename(capture).replace(/\.snmprec(\.bz2)?$/, '');

const withPeers = captures.filter(
  (capture) =>
    modules(expectedOf(capture), 'bgp-peers', 'bgpPeers').length > 0 && !vendorTables.has(nameOf(capture)),
);
// It has only ipRouteTable (RFC 1213), where prefixes of one address collide: not read.
const withoutCidr = 'snr-erd';
const withRoutes = captures.filter(
  (capture) => modules(expectedOf(capture), 'route', 'route').length > 0 && nameOf(capture) !== withoutCidr,
);

describe.skipIf(captures.length === 0)('public captures', () => {
  it('are there, and those of vendor tables are known', () => {
    expect(new Set(withPeers.map(nameOf))).toEqual(
      new Set(['edgeos', 'comware', 'vrp_5720', 'junos_ex', 'ironware', 'ocnos_s9600-32x']),
    );
    expect(new Set(withRoutes.map(nameOf))).toEqual(
      new Set(['ios_ie1000', 'routeros_rb433gl', 'routeros_rb760igs', 'eltex-mes24xx_mes2424bac', 'snr']),
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
    const bySession = new Map(sessions.map((session) => [session.peerAddress, session]));
    const peers = modules(expectedOf(capture), 'bgp-peers', 'bgpPeers') as ExpectedPeer[];
    const ipv4 = peers.filter(({ bgpPeerIdentifier }) => !bgpPeerIdentifier.includes(':'));
    expect([...bySession.keys()].sort()).toEqual(
      [...new Set(ipv4.map(({ bgpPeerIdentifier }) => bgpPeerIdentifier))].sort(),
    );
    for (const [address, session] of bySession) {
      const seen = {
        peerAsn: session.peerAsn,
        localAsn: session.localAsn,
        state: session.state,
        adminDown: session.adminDown,
        localAddress: session.localAddress ?? '0.0.0.0',
        establishedSeconds: session.establishedSeconds,
      };
      const wanted = ipv4
        .filter(({ bgpPeerIdentifier }) => bgpPeerIdentifier === address)
        .map((peer) => ({
          peerAsn: peer.bgpPeerRemoteAs === 23456 ? null : peer.bgpPeerRemoteAs,
          localAsn: peer.bgpLocalAs,
          state: peer.bgpPeerState,
          adminDown: peer.bgpPeerAdminStatus === 'stop',
          localAddress: peer.bgpLocalAddr,
          establishedSeconds:
            peer.bgpPeerState === 'established' ? peer.bgpPeerFsmEstablishedTime : undefined,
        }));
      expect(wanted).toContainEqual(seen);
    }
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
