// Every public SNMP record that is here, read as `parse --snmpwalk` does and held against the result that its authors wrote
// beside it: equal, read (nothing stands beside it), nothing in it, different, or refused. Made into the table of docs/drivers/snmp.md.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSnmpText } from '../../../src/collectors/switches/snmp-text.ts';
import { canonicalAddress } from '../../../src/model/address.ts';
import type { Parsed } from '../../../src/model/driver.ts';
import { ParseError } from '../../../src/model/parse-error.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/fixtures');

/** Records below the shared captures, by their path there; none where they are absent. */
export const captures: readonly string[] = existsSync(shared)
  ? readdirSync(shared, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^snmp-.*\.snmprec(\.bz2)?$/.test(file))
      .sort()
  : [];

export const nameOf = (capture: string) => path.basename(capture).replace(/\.snmprec(\.bz2)?$/, '');

export function textOf(capture: string): string {
  const file = path.join(shared, capture);
  return file.endsWith('.bz2')
    ? execFileSync('bzcat', [file], { encoding: 'utf8', maxBuffer: 64 << 20 })
    : readFileSync(file, 'utf8');
}

interface ExpectedPeer {
  readonly bgpPeerIdentifier: string;
  readonly bgpPeerRemoteAs: number;
  readonly bgpPeerState: string;
  readonly bgpPeerAdminStatus: string;
  readonly bgpLocalAddr: string;
  readonly bgpPeerFsmEstablishedTime: number;
  readonly bgpLocalAs: number;
}

interface ExpectedCounts {
  readonly bgpPeerIdentifier: string;
  readonly afi: string;
  readonly safi: string;
  readonly AcceptedPrefixes: number;
  readonly AdvertisedPrefixes: number;
}

interface ExpectedRoute {
  readonly inetCidrRouteDest: string;
  readonly inetCidrRoutePfxLen: number;
  readonly inetCidrRouteNextHop: string;
}

export interface Expected {
  readonly peers: readonly ExpectedPeer[];
  readonly counts: readonly ExpectedCounts[];
  readonly routes: readonly ExpectedRoute[];
}

/** What stands beside a record; empty lists where there is nothing. */
export function expectedOf(capture: string): Expected {
  const file = path.join(
    shared,
    capture.replace('/snmpsim/', '/data/').replace(/\.snmprec$/, '.extract.json'),
  );
  const all: unknown =
    file.endsWith('.json') && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const table = (module: string, name: string): unknown[] => {
    const value = Object(all)[module] ?? {};
    const polled = Object(value).poller;
    const side = typeof polled === 'object' && polled !== null ? polled : Object(value).discovery;
    return Object(side)[name] ?? [];
  };
  return {
    peers: table('bgp-peers', 'bgpPeers') as ExpectedPeer[],
    counts: table('bgp-peers', 'bgpPeers_cbgp') as ExpectedCounts[],
    routes: table('route', 'route') as ExpectedRoute[],
  };
}

const adminDown: Record<string, boolean> = { start: false, running: false, stop: true, halted: true };

// Where we say something else, and why.
// Cumulus: the index is the peer's router id; column 25 holds the address that the session runs to.
const addressOf: Record<string, string> = { 'cumulus_cumulus 192.168.0.5': '192.168.125.254' };
// OS10: "halted" beside an established session, and a time in hundredths of a second.
const isOs10 = (name: string) => name === 'dell-os10';
const addressIn = (name: string, identifier: string) =>
  addressOf[`${name} ${identifier}`] ?? canonicalAddress(identifier);

type Sessions = Parsed['sessions'];

/** What an author's peer is in our terms, where he says something and the device does. */
function wanted(name: string, peer: ExpectedPeer, session: Sessions[number]) {
  const time = peer.bgpPeerFsmEstablishedTime / (isOs10(name) ? 100 : 1);
  const local = canonicalAddress(peer.bgpLocalAddr);
  return {
    peerAsn: peer.bgpPeerRemoteAs === 23456 ? null : peer.bgpPeerRemoteAs,
    localAsn: peer.bgpLocalAs,
    state: peer.bgpPeerState,
    // They show the last event of SR OS, and nothing of CE12800, as the admin status.
    adminDown: isOs10(name) ? undefined : (adminDown[peer.bgpPeerAdminStatus] ?? session.adminDown),
    // Nobody's address in theirs: SR OS and VRP, where we look further, and sessions that are down.
    localAddress: local === '0.0.0.0' ? session.localAddress : local,
    establishedSeconds: peer.bgpPeerState === 'established' ? time : undefined,
  };
}

function peerDifferences(name: string, sessions: Sessions, peers: readonly ExpectedPeer[]): string[] {
  const addresses = new Set(sessions.map(({ peerAddress }) => peerAddress));
  const identifiers = new Set(peers.map((peer) => addressIn(name, peer.bgpPeerIdentifier) ?? ''));
  const missing = [...identifiers].filter((address) => !addresses.has(address));
  const extra = [...addresses].filter((address) => !identifiers.has(address));
  const other = sessions.filter((session) => {
    const { peerAsn, localAsn, state, localAddress, establishedSeconds } = session;
    const seen = { peerAsn, localAsn, state, adminDown: session.adminDown, localAddress, establishedSeconds };
    return !peers.some(
      (peer) =>
        addressIn(name, peer.bgpPeerIdentifier) === session.peerAddress &&
        Object.entries(wanted(name, peer, session)).every(
          ([key, value]) => Object.entries(seen).find(([other]) => other === key)?.[1] === value,
        ),
    );
  });
  return [
    ...missing.map((address) => `${address} is missing`),
    ...extra.map((address) => `${address} is too much`),
    ...other
      .filter(({ peerAddress }) => identifiers.has(peerAddress))
      .map(({ peerAddress }) => `${peerAddress} is said to be otherwise`),
  ];
}

/** Counts that differ, and how many were compared: theirs are 0 where the device does not say. */
export function countDifferences(name: string, sessions: Sessions, counts: readonly ExpectedCounts[]) {
  const differences: string[] = [];
  let compared = 0;
  for (const { peerAddress, afi, prefixesAccepted, prefixesAdvertised } of sessions) {
    const ofFamily = counts.filter(
      (row) => addressIn(name, row.bgpPeerIdentifier) === peerAddress && row.afi === afi,
    );
    const row = ofFamily.find(({ safi }) => safi === 'unicast') ?? ofFamily[0];
    const pairs = [
      ['accepted', row?.AcceptedPrefixes, prefixesAccepted],
      ['advertised', row?.AdvertisedPrefixes, prefixesAdvertised],
    ] as const;
    for (const [what, theirs, ours] of pairs) {
      if (!theirs) continue;
      compared++;
      if (theirs !== ours)
        differences.push(`${peerAddress} ${afi}: ${ours} prefixes ${what} instead of ${theirs}`);
    }
  }
  return { differences, compared };
}

function routeDifferences(routes: Parsed['routes'], expected: readonly ExpectedRoute[]): string[] {
  const ours = routes
    .flatMap(({ rows }) => rows)
    .flatMap(({ prefix, nextHops }) =>
      (nextHops.some(({ address }) => address) ? nextHops : [{ address: undefined }]).map(
        ({ address }) => `${formatPrefix(prefix)} ${address ?? '-'}`,
      ),
    );
  const theirs = expected.map((route) => {
    const hop = canonicalAddress(route.inetCidrRouteNextHop);
    const none = hop === '0.0.0.0' || hop === '::' || hop === undefined;
    return `${canonicalAddress(route.inetCidrRouteDest)}/${route.inetCidrRoutePfxLen} ${none ? '-' : hop}`;
  });
  return [
    ...theirs.filter((route) => !ours.includes(route)).map((route) => `${route} is missing`),
    // They leave link-local networks out.
    ...ours
      .filter((route) => !theirs.includes(route) && !route.startsWith('fe80:'))
      .map((route) => `${route} is too much`),
  ];
}

export type Outcome = 'equal' | 'read' | 'nothing in it' | 'different' | 'refused';

export interface Swept {
  readonly capture: string;
  /** The folder of the platform. */
  readonly platform: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly parsed: Parsed | undefined;
}

export function sweep(capture: string): Swept {
  const platform = /^snmp-([^/]+)/.exec(capture)?.[1] ?? '';
  const name = nameOf(capture);
  const of = (outcome: Outcome, reason = '', parsed?: Parsed) => ({
    capture,
    platform,
    outcome,
    reason,
    parsed,
  });
  let parsed: Parsed;
  try {
    parsed = parseSnmpText(textOf(capture), name);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return of('refused', error.reason);
  }
  const { peers, counts, routes } = expectedOf(capture);
  const differences = [
    ...(peers.length > 0 ? peerDifferences(name, parsed.sessions, peers) : []),
    ...countDifferences(name, parsed.sessions, counts).differences,
    ...(routes.length > 0 ? routeDifferences(parsed.routes, routes) : []),
    ...parsed.notes.filter((note) => note.includes('an index that cannot be read')),
  ];
  if (differences.length > 0) return of('different', differences.join('; '), parsed);
  if (peers.length + routes.length > 0) return of('equal', '', parsed);
  const empty = parsed.sessions.length + parsed.routes.length === 0;
  return of(
    empty ? 'nothing in it' : 'read',
    empty ? 'no table of BGP peers or routes was recorded' : '',
    parsed,
  );
}

const outcomes: readonly Outcome[] = ['equal', 'read', 'nothing in it', 'different', 'refused'];

/** The table of the documentation, and the reasons below it. */
export function tableOf(swept: readonly Swept[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rows = [...new Set(swept.map(({ platform }) => platform))].map((platform) => {
    const own = swept.filter((one) => one.platform === platform);
    const sessions = own.reduce((sum, { parsed }) => sum + (parsed?.sessions.length ?? 0), 0);
    const routes = own.reduce(
      (sum, { parsed }) =>
        sum + (parsed?.routes ?? []).reduce((count, { rows: all }) => count + all.length, 0),
      0,
    );
    const counted = outcomes.map((outcome) => own.filter((one) => one.outcome === outcome).length);
    return line([platform, own.length, ...counted, sessions, routes]);
  });
  const why = swept
    .filter(({ outcome }) => outcome !== 'equal' && outcome !== 'read')
    .map(
      ({ capture, outcome, reason }) => `- \`${nameOf(capture)}\`: ${outcome}${reason ? `: ${reason}` : ''}`,
    );
  const head = ['platform', 'records', ...outcomes, 'sessions', 'routes'];
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows, '', ...why].join('\n');
}
