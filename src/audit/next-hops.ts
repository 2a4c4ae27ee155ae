// Which next hops a prefix may have at a device: by who owns and who has the prefix. An address that nobody is known behind is
// judged neither right nor wrong. Which ones it must have is told by what nodes really send there: offers.ts.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteRow } from '../model/route-table.ts';
import type { Context } from './context.ts';
import { carries } from './holders.ts';
import { isAmong } from './places.ts';

export type HopJudgement = 'right' | 'wrong' | 'unknown';

/** True for a node that must pass on to this device the next hops that others gave. */
export function mustKeep(context: Context, device: string, node: string): boolean {
  return (context.expectedByNode.get(node) ?? []).some(
    ({ nextHopKeep, peerAddress }) => nextHopKeep && context.deviceByAddress.get(peerAddress) === device,
  );
}

/** Whether a packet for the prefix that is sent to this device is on its way to an owner. */
export function judgeHop(
  context: Context,
  device: string,
  expected: ExpectedPrefix,
  address: string,
): HopJudgement {
  const name = context.deviceByAddress.get(address);
  if (name === undefined || name === device) return 'unknown';
  if (isAmong(expected.origins, name)) return 'right';
  // A node that must keep the owner's next hop and shows itself.
  if (mustKeep(context, device, name)) return 'wrong';
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
