// Routes inside the cluster's own ranges that nobody owns: a block that was released but is still announced, a leaked
// /32, a prefix typed by hand. A route equal to a whole range is the fabric's aggregate and not judged here.
import { showsRanges } from '../model/capabilities.ts';
import type { Prefix } from '../model/prefix.ts';
import { contains, formatPrefix, samePrefix } from '../model/prefix.ts';
import { PrefixMap } from '../model/prefix-map.ts';
import { lastGood } from '../model/reading.ts';
import type { NextHop, RouteRow } from '../model/route-table.ts';
import type { RouteView } from '../model/route-view.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';
import { decidingViews } from './verdict.ts';

function hopText(hops: readonly NextHop[]): string {
  const texts = hops.map((hop) => hop.address ?? hop.interface ?? '').filter((text) => text !== '');
  return texts.length > 0 ? ` via ${[...new Set(texts)].join(', ')}` : '';
}

function judgedViews({ device }: DeviceSnapshot, views: readonly RouteView[]): readonly RouteView[] {
  return device.role === 'node' ? views.filter(({ layer }) => layer === 'exported') : decidingViews(views);
}

/** Prefixes of a device inside the ranges that no node is entitled to announce, each with one row of evidence. */
export function unexpectedAt(context: Context, snapshot: DeviceSnapshot): PrefixMap<string> {
  const found = new PrefixMap<string>();
  const { expected } = context;
  const routes = context.routes(snapshot);
  if (!expected || !routes.known) return found;
  const owned = new PrefixMap<true>();
  for (const { prefix } of expected.prefixes) owned.set(prefix, true);
  const isAggregate = (prefix: Prefix) => expected.ranges.some((range) => samePrefix(range, prefix));
  const inRanges = (prefix: Prefix) => expected.ranges.some((range) => contains(range, prefix));
  for (const view of judgedViews(snapshot, routes.value)) {
    for (const prefix of view.table.prefixes()) {
      if (!inRanges(prefix) || owned.get(prefix) || isAggregate(prefix)) continue;
      // What a node only passes on from another peer is that peer's announcement, not its own.
      const own = (row: RouteRow) => snapshot.device.role === 'switch' || row.protocol !== 'bgp';
      const rows = view.table.rowsOf(prefix).filter((row) => row.best && !row.discard && own(row));
      const [row] = rows;
      if (row) found.set(prefix, hopText(rows.flatMap(({ nextHops }) => nextHops)));
    }
  }
  return found;
}

/** Ranges in which the source can see nothing but what it is asked for: in one entry, since nothing is judged there. */
function unseenRanges(context: Context, { device, facts, routes }: DeviceSnapshot): Draft[] {
  const sight = facts.capabilities?.routes;
  const known = lastGood(routes) !== undefined;
  const unseen = (context.expected?.ranges ?? []).filter((range) => !showsRanges(sight, range));
  const [first] = unseen;
  if (!first || !known) return [];
  const where =
    unseen.length === 1 ? formatPrefix(first) : `${unseen.length} ranges, such as ${formatPrefix(first)},`;
  const limits = sight?.limits;
  return [
    {
      severity: 'info',
      device: device.name,
      subject: device.name,
      verdict: 'unknown',
      detail: `unexpected routes of ${device.name} in ${where} cannot be seen${limits ? `: ${limits}` : ''}`,
    },
  ];
}

export const routeUnexpected: Check = (context) => {
  const findings: Draft[] = [];
  const unknown: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    if (role === 'switch') unknown.push(...unseenRanges(context, snapshot));
    for (const [prefix, via] of unexpectedAt(context, snapshot).entries()) {
      const text = formatPrefix(prefix);
      findings.push({
        severity: 'warning',
        device: name,
        subject: text,
        prefix: text,
        verdict: 'unexpected',
        detail:
          role === 'node'
            ? `${name} announces ${text}, which is inside the cluster's ranges but belongs to no node`
            : `${name} carries ${text}${via}, which is inside the cluster's ranges but belongs to no node`,
      });
    }
  }
  return { findings, unknown };
};
