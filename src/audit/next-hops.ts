// Which next hops a prefix may have at a device, and which it must have: from what nodes really send there (an exported row
// has the next hop as the peer gets it: the node's own, or another's where a reflector keeps it), and from who has the
// prefix. An address that nobody is known behind is judged neither right nor wrong.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteRow } from '../model/route-table.ts';
import type { Context } from './context.ts';
import { carries, sessionGraph, viewsTo } from './holders.ts';

/** A next hop that a node's announcement gives, as the device should see it. */
export interface OfferedHop {
  readonly address: string;
  readonly asPath: string;
  /** The node that sends it. */
  readonly sender: string;
}

/** AS numbers of a path, in order; sets and confederations (RFC 5065) count by their members. */
export function asNumbers(asPath: string): readonly string[] {
  return asPath.match(/\d+(?:\.\d+)?/g) ?? [];
}

/** The AS numbers that a device has, by its sessions: what has one of them in its path is dropped there as a loop. */
function ownAsns(context: Context, device: string): ReadonlySet<string> {
  const snapshot = context.devices.get(device);
  const sessions = snapshot && context.sessions(snapshot);
  const asns = sessions?.known ? sessions.value.map(({ localAsn }) => localAsn) : [];
  return new Set([...asns, snapshot?.facts.localAsn].flatMap((asn) => (asn ? [String(asn)] : [])));
}

/** Next hops that nodes offer to a device for a prefix; undefined when the exports towards it are not known. */
export function offeredHops(
  context: Context,
  device: string,
  { prefix }: ExpectedPrefix,
): readonly OfferedHop[] | undefined {
  const sent = viewsTo(context, device);
  if (sent.size === 0) return undefined;
  const offers: OfferedHop[] = [];
  const own = ownAsns(context, device);
  const edges = sessionGraph(context, prefix.family).get(device);
  for (const [sender, views] of sent) {
    // What is sent on a session that is not up arrives nowhere.
    if (edges?.get(sender)?.up !== true) continue;
    const ownAddress = edges.get(sender)?.ends.get(device)?.peerAddress;
    for (const view of views) {
      // Add-path lists every path of a node (FRR takes them); the best is the one that counts.
      const [row] = view.table.rowsOf(prefix);
      // A node may send a switch back what it has from there, by way of its rack.
      if (!row || asNumbers(row.asPath ?? '').some((asn) => own.has(asn))) continue;
      const address = row.nextHops[0]?.address ?? ownAddress;
      if (address !== undefined) offers.push({ address, asPath: row.asPath ?? '', sender });
    }
  }
  return offers;
}

export type HopJudgement = 'right' | 'wrong' | 'unknown';

/** Whether a packet for the prefix that is sent to this device is on its way to an owner. */
export function judgeHop(
  context: Context,
  device: string,
  expected: ExpectedPrefix,
  address: string,
): HopJudgement {
  const name = context.deviceByAddress.get(address);
  if (name === undefined || name === device) return 'unknown';
  if (expected.origins.includes(name)) return 'right';
  const keeping = (context.expectedByNode.get(name) ?? []).some(
    ({ nextHopKeep, peerAddress }) => nextHopKeep && context.deviceByAddress.get(peerAddress) === device,
  );
  // A node that must keep the owner's next hop and shows itself.
  if (keeping) return 'wrong';
  const has = carries(context, name, expected.prefix);
  // A switch that lacks the prefix has a finding of its own: whoever points to it is not to blame.
  if (!has && context.switches.has(name)) return 'unknown';
  return has === undefined ? 'unknown' : has ? 'right' : 'wrong';
}

/** Addresses of a route's next hops, each once. */
export function hopAddresses(rows: readonly RouteRow[]): readonly string[] {
  const addresses = rows.flatMap(({ nextHops }) => nextHops.flatMap(({ address }) => address ?? []));
  return [...new Set(addresses)];
}
