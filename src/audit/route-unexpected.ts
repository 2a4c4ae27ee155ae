// Routes inside the cluster's own ranges that nobody owns: a block that was released but is still announced, a leaked
// /32, a prefix typed by hand. A route equal to a whole range is the fabric's aggregate and not judged here.
import { showsRanges } from '../model/capabilities.ts';
import type { ExpectedPrefix, ExpectedState } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import { comparePrefixes, contains, formatPrefix, samePrefix } from '../model/prefix.ts';
import { PrefixMap } from '../model/prefix-map.ts';
import { lastGood } from '../model/reading.ts';
import type { NextHop, RouteRow, RouteTable } from '../model/route-table.ts';
import type { RouteView } from '../model/route-view.ts';
import { clusterVrf, type Device, type DeviceSnapshot } from '../model/snapshot.ts';
import { announcerOf, objectsSay } from './announcer.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';
import { nodesWith } from './holders.ts';
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

/** A prefix that is looked at again. */
export interface TouchedPrefix {
  readonly prefix: Prefix;
  /** All its owners now; undefined for a prefix that nobody owns. */
  readonly owners: readonly string[] | undefined;
}

/** A prefix whose owners, if it has any, are others. */
type Stranger = TouchedPrefix;

/** Prefixes of a table inside the ranges that are none of the device's own; of a switch every expected one is. */
function* strangersIn(
  { prefixes, ranges }: ExpectedState,
  { name, role }: Device,
  table: RouteTable,
): Generator<Stranger> {
  const places = placesOf(prefixes);
  const { columns, index } = table;
  const inside = insideRanges(ranges, table);
  let guess = prefixes.length - 1;
  for (let row = table.size - 1; row >= 0; row--) {
    // The last row of a prefix stands for all of them.
    if (index.next(row) >= 0) continue;
    const place = places.index.near(columns, row, guess);
    guess = Math.max(0, place - 1);
    if (place >= 0 && role === 'switch') continue;
    const owners = place < 0 ? undefined : ownersAt(prefixes, places, place);
    if ((owners && isAmong(owners, name)) || !inside(row)) continue;
    const prefix = table.prefixAt(row);
    if (!ranges.some((range) => samePrefix(range, prefix))) yield { prefix, owners };
  }
}

/** Whether a device has or sends a prefix that it should not, and where to. */
function unexpectedOf(
  { role }: Device,
  views: readonly RouteView[],
  { prefix, owners }: Stranger,
): Unexpected | undefined {
  // What a node only passes on from another peer is that peer's announcement, not its own; a block of another node
  // that the kernel has is a tunnel's route (VXLAN, IPIP), which Calico sends to eBGP peers by design.
  const own = (row: RouteRow) =>
    role === 'switch' || (row.protocol !== 'bgp' && !(owners && row.protocol === 'kernel'));
  const counts = (row: RouteRow) => row.best && !row.discard && own(row);
  const last = views
    .map(({ table }) => table.rowsOf(prefix).filter(counts))
    .findLast(({ length }) => length > 0);
  return last && { via: hopText(last.flatMap(({ nextHops }) => nextHops)), owners: owners ?? [] };
}

/** Prefixes of a device inside the ranges that it is not entitled to announce or carry, each with its evidence. */
export function unexpectedAt(context: Context, snapshot: DeviceSnapshot): PrefixMap<Unexpected> {
  const found = new PrefixMap<Unexpected>();
  const { expected } = context;
  const routes = context.routes(snapshot);
  if (!expected || !routes.known) return found;
  const views = judgedViews(snapshot, routes.value);
  for (const { table } of views) {
    for (const stranger of strangersIn(expected, snapshot.device, table)) {
      const unexpected = unexpectedOf(snapshot.device, views, stranger);
      if (unexpected) found.set(stranger.prefix, unexpected);
    }
  }
  return found;
}

/** Unexpected prefixes of a device in order. */
type Listed = readonly (readonly [Prefix, Unexpected])[];

const listed = new WeakMap<Context, Map<string, Listed>>();

/** Unexpected prefixes of all devices that have some. */
function allUnexpected(context: Context): ReadonlyMap<string, Listed> {
  const known = listed.get(context);
  if (known) return known;
  const all = new Map<string, Listed>();
  for (const [name, snapshot] of context.devices) {
    const found = [...unexpectedAt(context, snapshot).entries()];
    if (found.length > 0) all.set(name, inOrder(found));
  }
  listed.set(context, all);
  return all;
}

const inOrder = (list: Listed): Listed => list.toSorted(([x], [y]) => comparePrefixes(x, y));

/**
 * Takes over what the audit before found, but for these prefixes: they are looked for again at every switch, and at the nodes
 * that have or send them.
 */
export function carryUnexpected(before: Context, context: Context, touched: readonly TouchedPrefix[]): void {
  const all = new Map(allUnexpected(before));
  const again = new Map<string, TouchedPrefix[]>();
  const add = (name: string, one: TouchedPrefix) => again.set(name, [...(again.get(name) ?? []), one]);
  for (const one of touched)
    for (const name of new Set([...context.switches, ...nodesWith(context, one.prefix)])) add(name, one);
  for (const [name, list] of again) {
    const snapshot = context.devices.get(name);
    const kept = (all.get(name) ?? []).filter(
      ([prefix]) => !list.some((one) => samePrefix(one.prefix, prefix)),
    );
    const now = [...kept, ...(snapshot ? unexpectedAmong(context, snapshot, list) : [])];
    if (now.length > 0) all.set(name, inOrder(now));
    else all.delete(name);
  }
  listed.set(context, all);
}

/** Those of the prefixes that are not expected at a device and are there. */
function unexpectedAmong(context: Context, snapshot: DeviceSnapshot, list: readonly TouchedPrefix[]): Listed {
  const routes = context.routes(snapshot);
  const { device } = snapshot;
  if (!routes.known) return [];
  const views = judgedViews(snapshot, routes.value);
  const ranges = context.expected?.ranges ?? [];
  return list.flatMap(({ prefix, owners }) => {
    if (owners && (device.role === 'switch' || isAmong(owners, device.name))) return [];
    const inside =
      ranges.some((range) => contains(range, prefix)) && !ranges.some((r) => samePrefix(r, prefix));
    const found = inside ? unexpectedOf(device, views, { prefix, owners }) : undefined;
    return found ? [[prefix, found] as const] : [];
  });
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
    for (const [prefix, each] of allUnexpected(context).get(name) ?? []) {
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

// What is found is found anew when anything changes that it rests on: until then its words are the same.
const drafts = new WeakMap<Unexpected, Draft>();

function draft(
  context: Context,
  prefix: Prefix,
  found: Unexpected,
  device: string,
  role: DeviceSnapshot['device']['role'],
): Draft {
  const known = drafts.get(found) ?? newDraft(context, prefix, found, device, role);
  drafts.set(found, known);
  return known;
}

function newDraft(
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
