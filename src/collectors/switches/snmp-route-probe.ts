// Looks for single routes by GETNEXT (RFC 3416): exact prefixes outside of the ranges walked, and for every target the shorter
// prefixes that hold it, down to the default route, because "covered" and "default-only" are other verdicts than "missing".
// Prefixes of several lengths share their address (10.0.0.0/8 … /12), and rows are in address order: one question per
// address is enough, and every answer also rules out all addresses between the question and itself.
import type { Address } from '../../model/address.ts';
import { type Prefix, prefixOf } from '../../model/prefix.ts';
import type { SnmpSession } from '../../transport/snmp.ts';
import {
  compareOids,
  formatOid,
  type Oid,
  type SnmpValue,
  type SnmpVarbind,
  startsWith,
} from '../../transport/snmp-value.ts';
import type { RouteIndex, RouteLayout } from './snmp-route-index.ts';

interface Probe {
  /** What rows of the address begin with. */
  readonly address: Oid;
  /** Longest prefix length of interest at this address. */
  most: number;
  /** The next row behind this one is asked for. */
  cursor: Oid;
}

export interface ProbeResult {
  /** Why not everything was asked; absent when it was. */
  readonly partial?: string;
}

// As many varbinds as fit a datagram every agent takes.
const atOnce = 16;

/** Every address at which a route to one of the targets, exact or shorter, can stand; in table order. */
export function probesFor(layout: RouteLayout, targets: readonly Prefix[]): Probe[] {
  const probes = new Map<string, Probe>();
  const want = (address: Address, length: number) => {
    const arcs = layout.addressIndex(address);
    const key = formatOid(arcs);
    const probe = probes.get(key);
    if (probe) probe.most = Math.max(probe.most, length);
    else probes.set(key, { address: arcs, most: length, cursor: arcs });
  };
  for (const target of targets) {
    for (let length = 0; length <= target.length; length++) want(prefixOf(target, length), length);
  }
  return [...probes.values()].sort((x, y) => compareOids(x.address, y.address));
}

function spread(pending: readonly Probe[]): Probe[] {
  const step = Math.max(1, pending.length / atOnce);
  return pending.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).slice(0, atOnce);
}

/** True when no row of `probe` can exist, because nothing stands between `asked` and `answer`. */
function ruledOut(probe: Probe, asked: Oid, answer: Oid | undefined): boolean {
  if (compareOids(probe.cursor, asked) <= 0) return false;
  return (
    answer === undefined || (compareOids(probe.address, answer) < 0 && !startsWith(answer, probe.address))
  );
}

/** Where the row behind a probe stands in the column; undefined at the end of it, null when the agent went backwards. */
function standsAt(column: Oid, probe: Probe, answer: SnmpVarbind | undefined): Oid | undefined | null {
  if (!answer || answer.value.type === 'absent' || !startsWith(answer.oid, column)) return undefined;
  const index = answer.oid.slice(column.length);
  return compareOids(index, probe.cursor) > 0 ? index : null;
}

type OnRoute = (index: Oid, route: RouteIndex, value: SnmpValue) => void;

/** Takes in one answer; gives why the search cannot go on, if so. */
function takeAnswer(
  layout: RouteLayout,
  column: Oid,
  pending: Set<Probe>,
  probe: Probe,
  answer: SnmpVarbind | undefined,
  onRoute: OnRoute,
): string | undefined {
  const index = standsAt(column, probe, answer);
  if (index === null) return "the agent's OIDs do not increase";
  for (const other of pending) if (ruledOut(other, probe.cursor, index)) pending.delete(other);
  if (!answer || !index || !startsWith(index, probe.address)) {
    pending.delete(probe);
    return undefined;
  }
  const route = layout.decode(index);
  if (!route) return `the index ${formatOid(index)} cannot be read`;
  // Behind it may stand the same prefix with another next hop, or a longer one of the same address.
  if (route.prefix.length <= probe.most) {
    onRoute(index, route, answer.value);
    probe.cursor = index;
  } else {
    pending.delete(probe);
  }
  return undefined;
}

/** Calls `onRoute` for each route found. Rejects with SnmpError. */
export async function probeRoutes(
  session: Pick<SnmpSession, 'getNext'>,
  layout: RouteLayout,
  column: Oid,
  targets: readonly Prefix[],
  most: number,
  onRoute: OnRoute,
): Promise<ProbeResult> {
  const pending = new Set(probesFor(layout, targets));
  let left = most;
  while (pending.size > 0) {
    const batch = spread([...pending]);
    left -= batch.length;
    if (left < 0) return { partial: `more than ${most} single routes to look for` };
    const answers = await session.getNext(batch.map((probe) => [...column, ...probe.cursor]));
    for (const [i, probe] of batch.entries()) {
      const partial = takeAnswer(layout, column, pending, probe, answers[i], onRoute);
      if (partial !== undefined) return { partial };
    }
  }
  return {};
}
