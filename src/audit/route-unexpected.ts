// Routes inside the cluster's own ranges that nobody owns: a block that was released but is still announced, a leaked
// /32, a prefix typed by hand. A route equal to a whole range is the fabric's aggregate and not judged here.
import { showsRanges } from '../model/capabilities.ts';
import type { ExpectedPrefix, ExpectedState } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import { formatPrefix, samePrefix } from '../model/prefix.ts';
import { PrefixMap } from '../model/prefix-map.ts';
import { lastGood } from '../model/reading.ts';
import type { NextHop, RouteRow, RouteTable } from '../model/route-table.ts';
import type { RouteView } from '../model/route-view.ts';
import { clusterVrf, type Device, type DeviceSnapshot } from '../model/snapshot.ts';
import { announcerOf, objectsSay } from './announcer.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';
import { Listing } from './listing.ts';
import { isAmong, type Places, placesOf } from './places.ts';
import { insideRanges } from './ranges.ts';
import { decidingViews } from './verdict.ts';

function hopText(hops: readonly NextHop[]): string {
  const texts = hops.map((hop) => hop.address ?? hop.interface ?? '').filter((text) => text !== '');
  return texts.length > 0 ? ` via ${[...new Set(texts)].join(', ')}` : '';
}

function judgedViews({ device }: DeviceSnapshot, views: readonly RouteView[]): readonly RouteView[] {
  return device.role === 'node' ? views.filter(({ layer }) => layer === 'exported') : decidingViews(views);
}

interface Unexpected {
  /** ` via 192.0.2.1`, for the sentence. */
  readonly via: string;
  /** Nodes that own the prefix; none for one that nobody owns. */
  readonly owners: readonly string[];
}

/** Who may announce the prefix at this place of the list: all its entries' owners. */
function ownersAt(list: readonly ExpectedPrefix[], places: Places, place: number): readonly string[] {
  const { origins = [] } = list[place] ?? {};
  const other = places.index.next(place);
  return other < 0 ? origins : [...origins, ...ownersAt(list, places, other)];
}

interface Stranger {
  readonly prefix: Prefix;
  /** Its owners, who are others; undefined for a prefix that nobody owns. */
  readonly owners: readonly string[] | undefined;
}

/** Prefixes of a table inside the ranges that are none of the device's own; of a switch every expected one is. */
function* strangersIn(
  { prefixes, ranges }: ExpectedState,
  { name, role }: Device,
  table: RouteTable,
): Generator<Stranger> {
  const places = placesOf(prefixes);
  const { columns, index } = table;
  const inside = insideRanges(ranges, table);
  for (let row = table.size - 1; row >= 0; row--) {
    // The last row of a prefix stands for all of them.
    if (index.next(row) >= 0) continue;
    const place = places.index.firstLike(columns, row);
    if (place >= 0 && role === 'switch') continue;
    const owners = place < 0 ? undefined : ownersAt(prefixes, places, place);
    if ((owners && isAmong(owners, name)) || !inside(row)) continue;
    const prefix = table.prefixAt(row);
    if (!ranges.some((range) => samePrefix(range, prefix))) yield { prefix, owners };
  }
}

/** Prefixes of a device inside the ranges that it is not entitled to announce or carry, each with its evidence. */
export function unexpectedAt(context: Context, snapshot: DeviceSnapshot): PrefixMap<Unexpected> {
  const found = new PrefixMap<Unexpected>();
  const { expected } = context;
  const routes = context.routes(snapshot);
  if (!expected || !routes.known) return found;
  const { role } = snapshot.device;
  for (const { table } of judgedViews(snapshot, routes.value)) {
    for (const { prefix, owners } of strangersIn(expected, snapshot.device, table)) {
      // What a node only passes on from another peer is that peer's announcement, not its own; a block of another node
      // that the kernel has is a tunnel's route (VXLAN, IPIP), which Calico sends to eBGP peers by design.
      const own = (row: RouteRow) =>
        role === 'switch' || (row.protocol !== 'bgp' && !(owners && row.protocol === 'kernel'));
      const rows = table.rowsOf(prefix).filter((row) => row.best && !row.discard && own(row));
      if (rows.length === 0) continue;
      const hops = rows.flatMap(({ nextHops }) => nextHops);
      found.set(prefix, { via: hopText(hops), owners: owners ?? [] });
    }
  }
  return found;
}

/** Ranges in which the source can see nothing but what it is asked for: in one entry, since nothing is judged there. */
function unseenRanges(context: Context, { device, facts, routes }: DeviceSnapshot): Draft[] {
  const sight = facts.capabilities?.routes;
  const known = lastGood(routes) !== undefined;
  const unseen = (context.expected?.ranges ?? []).filter(
    (range) => !showsRanges(sight, range, clusterVrf(device)),
  );
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
  const findings = new Listing();
  const pending = new Listing();
  const unknown: Draft[] = [];
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    if (role === 'switch') unknown.push(...unseenRanges(context, snapshot));
    for (const [prefix, each] of unexpectedAt(context, snapshot).entries()) {
      const made = () => draft(context, prefix, each, name, role);
      const until = leavingUntil(context, prefix, each);
      const excuse = 'its owner has changed or given it up a moment ago';
      if (until === undefined) findings.add(name, made);
      else pending.add(name, () => ({ ...made(), until, excuse }));
    }
  }
  return { findings, pending, unknown };
};

/** How long a prefix that has lost its owner may take to leave every table, in milliseconds. */
const graceMs = 30_000;

/** While a prefix may still be on its way out: until when. */
function leavingUntil(context: Context, prefix: Prefix, { owners: origins }: Unexpected): number | undefined {
  const { now, expectedSince, expectedUntil } = context.input;
  // Somebody else's: the owner may just have changed.
  const since = origins.length > 0 ? expectedSince?.(prefix) : expectedUntil?.(prefix);
  const until = since === undefined ? 0 : since + graceMs;
  return until > now ? until : undefined;
}

function draft(
  context: Context,
  prefix: Prefix,
  { via, owners: origins }: Unexpected,
  device: string,
  role: DeviceSnapshot['device']['role'],
): Draft {
  const text = formatPrefix(prefix);
  const announcer = role === 'node' ? device : announcerOf(context, prefix);
  const said = objectsSay(context, prefix, announcer);
  const whose =
    origins.length > 0
      ? `which is ${origins.join(', ')}'s`
      : "which is inside the cluster's ranges but belongs to no node";
  const from =
    role === 'switch' && announcer !== undefined && announcer !== device ? `, announced by ${announcer}` : '';
  const why = said ? `: ${said.clause}` : from;
  return {
    // Two ways to one prefix: a part of the traffic is lost now.
    severity: origins.length > 0 ? 'critical' : 'warning',
    device,
    subject: text,
    prefix: text,
    verdict: 'unexpected',
    cause: said ? said.id : 'rogue-announcer',
    ...(announcer === undefined ? {} : { nodes: [announcer] }),
    detail:
      role === 'node'
        ? `${device} announces ${text}, ${whose}${why}`
        : `${device} carries ${text}${via}, ${whose}${why}`,
  };
}
