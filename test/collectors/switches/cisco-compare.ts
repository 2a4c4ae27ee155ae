// Holds what a driver read against what is known of a capture: the result written beside it, the same device's JSON, or
// what a plain search of the text finds. Each gives a list of what is wrong, empty when nothing is.
import type { Parsed } from '../../../src/model/driver.ts';
import { formatPrefix } from '../../../src/model/prefix.ts';
import type { Session } from '../../../src/model/session.ts';
import type { Expected, ExpectedPeer } from './cisco-expected.ts';

const rowsOf = (parsed: Parsed) => parsed.routes.flatMap((routes) => routes.rows);
const unspecified = new Set(['0.0.0.0', '::']);

function wrongPeer(own: readonly Omit<Session, 'device'>[], peer: ExpectedPeer): string[] {
  const { asn, up, received } = peer;
  const wrong: string[] = [];
  if (asn !== undefined && !own.some(({ peerAsn }) => peerAsn === asn)) wrong.push(`AS ${asn}`);
  if (up !== undefined && !own.some(({ state }) => (state === 'established') === up)) wrong.push(`up: ${up}`);
  const counts = own.map((session) => session.prefixesReceived).filter((count) => count !== undefined);
  if (received !== undefined && counts.length > 0 && !counts.includes(received))
    wrong.push(`${received} received`);
  return wrong;
}

/** Sessions against the peers written beside the capture. */
export function comparePeers(parsed: Parsed, expected: Expected, text: string): string[] {
  const wrong: string[] = [];
  for (const [address, peers] of expected.peers) {
    const own = parsed.sessions.filter((session) => session.peerAddress === address);
    // A library's result may come from several commands: a peer of another's answer is not in this text.
    if (own.length === 0 && text.toLowerCase().includes(address)) wrong.push(`peer ${address} is missing`);
    if (own.length > 0)
      wrong.push(...peers.flatMap((peer) => wrongPeer(own, peer).map((what) => `${address}: ${what}`)));
  }
  const found = new Set(parsed.sessions.map((session) => session.peerAddress));
  if (expected.peers.size > 0 && found.size > expected.peers.size) wrong.push('more peers than there are');
  return wrong;
}

/** The next hops of each prefix. */
function hopsOf(parsed: Parsed): Map<string, Set<string>> {
  const hops = new Map<string, Set<string>>();
  for (const { prefix, nextHops } of rowsOf(parsed)) {
    const known = hops.get(formatPrefix(prefix)) ?? new Set<string>();
    for (const { address } of nextHops) if (address !== undefined) known.add(address);
    hops.set(formatPrefix(prefix), known);
  }
  return hops;
}

/** Routes against the prefixes and next hops written beside the capture. */
export function compareRoutes(parsed: Parsed, expected: Expected, text: string): string[] {
  const hops = hopsOf(parsed);
  // A fast-reroute backup, marked `(!)`, is no next hop that traffic takes.
  const backups = /\(!\)|Backup \(/.test(text);
  const missing = [...expected.routes.keys()].filter((prefix) => !hops.has(prefix));
  const wrongHops = [...expected.routes].flatMap(([prefix, wanted]) => {
    const got = backups ? undefined : hops.get(prefix);
    const lost = [...wanted].filter((hop) => got && !got.has(hop) && !unspecified.has(hop));
    return lost.map((hop) => `${prefix}: next hop ${hop}`);
  });
  const known = (prefix: string) => expected.routes.size === 0 || expected.routes.has(prefix);
  const extra = [...hops.keys()].filter((prefix) => !known(prefix) && text.includes(`${prefix} `));
  return [
    ...missing.map((prefix) => `${prefix} is missing`),
    ...wrongHops,
    ...extra.map((prefix) => `${prefix} is too much`),
  ];
}

/** Rows and sessions in an order of their own, without what only one form of an answer tells. */
export function comparable(parsed: Parsed): { routes: string[]; sessions: string[] } {
  const routes = rowsOf(parsed).map(({ prefix, nextHops, best, vrf, asPath, protocol, discard }) => {
    const to = nextHops.map(({ address, interface: name }) => `${address}%${name}`).sort();
    return JSON.stringify([vrf, formatPrefix(prefix), to, best, asPath, protocol, discard]);
  });
  const sessions = parsed.sessions.map(
    ({ vrf, peerAddress, afi, peerAsn, localAsn, state, prefixesReceived, transitions, localAddress }) =>
      JSON.stringify([
        vrf,
        peerAddress,
        afi,
        peerAsn,
        localAsn,
        state,
        prefixesReceived,
        transitions,
        localAddress,
      ]),
  );
  return { routes: routes.sort(), sessions: sessions.sort() };
}

/** The first address of a line of a routing table or a BGP table that starts a network. */
function networkIn(line: string): string | undefined {
  if (/subnetted|\w - \w|Gateway|BGP|Route Dist|Processed|entries/.test(line)) return undefined;
  if (/ubest\//.test(line)) return /^\s*([^\s/]+)\//.exec(line)?.[1];
  return /^ {0,1}[A-Za-z*>r][A-Za-z0-9*>%+ ]{0,6}?(\d+\.\d+\.\d+\.\d+)(?:\/\d+|(?= \[| is |\s+\d+\.\d+\.\d+\.\d+))/.exec(
    line,
  )?.[1];
}

/** Neighbours and networks by plain searches, for captures with nothing beside them. */
export function compareCounts(parsed: Parsed, text: string): string[] {
  const neighbours = new Set([...text.matchAll(/^\s*BGP neighbor is ([^\s,]+)/gm)].map(([, id]) => id));
  const peers = new Set(parsed.sessions.map(({ peerAddress }) => peerAddress));
  if (neighbours.size > 0)
    return neighbours.size === peers.size ? [] : [`${peers.size} of ${neighbours.size} neighbours`];
  const own = new Set(rowsOf(parsed).map(({ prefix }) => formatPrefix(prefix).replace(/\/.*/, '')));
  const networks = new Set(
    text
      .split('\n')
      .map(networkIn)
      .filter((network) => network !== undefined),
  );
  const missing = [...networks].filter((network) => !own.has(network));
  const extra = [...own].filter((network) => !text.toLowerCase().includes(network));
  return [
    ...missing.map((network) => `${network} is missing`),
    ...extra.map((network) => `${network} is too much`),
  ];
}

/** How many networks a plain search finds: so that a search that finds nothing is not taken for agreement. */
export function networksFound(text: string): number {
  return new Set(
    text
      .split('\n')
      .map(networkIn)
      .filter((network) => network !== undefined),
  ).size;
}
