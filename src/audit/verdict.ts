// The verdict on one prefix at one device, from the tables that could be read. The routing table decides where there is
// one, since it forwards packets; the BGP table otherwise. Absence counts only where the source was asked and answered
// in full; a route through a session that is not established is stale, not present (RFC 4724 helpers keep such routes).
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import type { RouteAttributes, RouteRow } from '../model/route-table.ts';
import { type RouteView, wasAsked } from '../model/route-view.ts';
import { isEstablished, type Session } from '../model/session.ts';
import type { Known } from './context.ts';

/** Peers of a device, in one VRF, from which nothing can be fresh: every session with them is down. */
export function silentPeers(all: readonly Session[], vrf: string): ReadonlySet<string> {
  const sessions = all.filter((session) => session.vrf === vrf);
  const silent = new Set<string>();
  for (const session of sessions)
    if (session.state !== null && !isEstablished(session)) silent.add(session.peerAddress);
  for (const session of sessions) if (isEstablished(session)) silent.delete(session.peerAddress);
  return silent;
}

/**
 * True when the route is kept for a peer that is away. A source that does not say whom a route came from leaves the next
 * hop as the only hint: it counts for BGP routes (or where the source knows no protocol), and only where no established
 * session passes on other routers' next hops.
 */
export function isStale(row: RouteRow, silent: ReadonlySet<string>, hopsKept: boolean): boolean {
  if (row.stale) return true;
  if (row.from !== undefined) return silent.has(row.from);
  if (row.protocol !== 'bgp' && row.protocol !== 'kernel' && row.protocol !== 'other') return false;
  const addresses = row.nextHops.flatMap((hop) => (hop.address === undefined ? [] : [hop.address]));
  return !hopsKept && addresses.length > 0 && addresses.every((address) => silent.has(address));
}

/** True for a row that the device may send packets by. */
export function isUsable({ best, discard, unusable }: RouteAttributes): boolean {
  return best && !discard && !unusable;
}

/** Of the views of one VRF those that decide: the routing table's if there are any, else the BGP table's. */
export function decidingViews(views: readonly RouteView[]): readonly RouteView[] {
  const installed = views.filter((view) => view.layer === 'installed');
  return installed.length > 0 ? installed : views.filter((view) => view.layer === 'bgp');
}

function whyUnknown(views: readonly RouteView[], expected: ExpectedPrefix): string | undefined {
  if (views.length === 0) return 'the device showed neither a routing nor a BGP table';
  const asked = views.filter((view) => wasAsked(view, expected.prefix));
  if (asked.length === 0) return 'the prefix was not among those last asked for';
  // One whole answer is enough: another view of the same table that was cut adds nothing.
  if (asked.every((view) => view.partial !== undefined)) return asked[0]?.partial;
  return undefined;
}

/**
 * Judges one expected prefix. `silent` are peers without an established session (see silentPeers); `hopsKept` tells whether
 * an established session may bring routes whose next hop is another router than the peer.
 */
export function judge(
  expected: ExpectedPrefix,
  views: Known<readonly RouteView[]>,
  silent: ReadonlySet<string>,
  hopsKept: boolean,
): RouteVerdict {
  if (!views.known) return { expected, verdict: 'unknown', evidence: [], reason: views.reason };
  const deciding = decidingViews(views.value);
  const { prefix } = expected;
  const exact = deciding.flatMap((view) => view.table.rowsOf(prefix));
  const usable = exact.filter(isUsable);
  if (usable.length > 0) {
    const allStale = usable.every((row) => isStale(row, silent, hopsKept));
    return { expected, verdict: allStale ? 'stale' : 'present', evidence: usable };
  }
  const reason = whyUnknown(deciding, expected);
  if (reason !== undefined) return { expected, verdict: 'unknown', evidence: [], reason };
  // Packets follow the longest match: one that discards them ends the way, whatever shorter route there is.
  const counts = (row: RouteRow) => row.best && !row.unusable;
  if (exact.some((row) => counts(row) && row.discard))
    return { expected, verdict: 'missing', evidence: exact };
  const covering = deciding.flatMap((view) => view.table.coveringRows(prefix, counts));
  const longest = Math.max(...covering.map((row) => row.prefix.length));
  const evidence = covering.filter((row) => row.prefix.length === longest && !row.discard);
  if (evidence.length === 0) return { expected, verdict: 'missing', evidence: exact };
  if (longest === 0) return { expected, verdict: 'default-only', evidence };
  return { expected, verdict: expected.coverSuffices ? 'present' : 'covered', evidence };
}
