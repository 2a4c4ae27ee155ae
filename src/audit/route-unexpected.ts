// Routes inside the cluster's own ranges that nobody owns: a block that was released but is still announced, a leaked
// /32, a prefix typed by hand. A route equal to a whole range is the fabric's aggregate and not judged here.
import { showsRanges } from '../model/capabilities.ts';
import type { Prefix } from '../model/prefix.ts';
import {
  comparePrefixes,
  contains,
  formatPrefix,
  type PrefixKey,
  prefixKey,
  samePrefix,
} from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import type { NextHop, RouteAttributes } from '../model/route-table.ts';
import type { RouteView } from '../model/route-view.ts';
import { clusterVrf, type Device, type DeviceSnapshot } from '../model/snapshot.ts';
import { announcerOf, objectsSay } from './announcer.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';
import { nodesWith } from './holders.ts';
import { Listing, leaveRest, mostPerDevice } from './listing.ts';
import { lookedInto, shareOf } from './looked-into.ts';
import { isAmong } from './places.ts';
import { type Stranger, strangersIn, type TouchedPrefix } from './strangers.ts';
import { decidingViews } from './verdict.ts';

function hopText(hops: readonly NextHop[]): string {
  const texts = hops.map((hop) => hop.address ?? hop.interface ?? '').filter((text) => text !== '');
  return texts.length > 0 ? ` via ${[...new Set(texts)].join(', ')}` : '';
}

function judgedViews({ device }: DeviceSnapshot, views: readonly RouteView[]): readonly RouteView[] {
  return device.role === 'node' ? views.filter(({ layer }) => layer === 'exported') : decidingViews(views);
}

interface Unexpected {
  /** Nodes that own the prefix; none for one that nobody owns. */
  readonly owners: readonly string[];
}

type Item = readonly [Prefix, Unexpected];

/** Unexpected prefixes of a device in order, as many as are ever listed, and how many there are. */
interface Listed {
  readonly items: readonly Item[];
  readonly count: number;
}

const none: Listed = { items: [], count: 0 };

function cutList(items: readonly Item[]): Listed {
  const sorted = items.toSorted(([x], [y]) => comparePrefixes(x, y));
  return { items: sorted.slice(0, mostPerDevice), count: items.length };
}

/** True for rows that show a prefix at a device that should not have it. */
function countsAt({ role }: Device, { owners }: Pick<Stranger, 'owners'>) {
  // What a node only passes on from another peer is that peer's announcement, not its own; a block of another node
  // that the kernel has is a tunnel's route (VXLAN, IPIP), which Calico sends to eBGP peers by design.
  const isOwn = ({ protocol }: RouteAttributes) =>
    role === 'switch' || (protocol !== 'bgp' && !(owners && protocol === 'kernel'));
  return (row: RouteAttributes) => row.best && !row.discard && isOwn(row);
}

/** Whether a device has or sends a prefix that it should not. In an outage of the objects there are millions: no row is made. */
function isUnexpected(device: Device, views: readonly RouteView[], stranger: Stranger): boolean {
  const counts = countsAt(device, stranger);
  return views.some(({ table }) => table.some(stranger.prefix, counts));
}

/** ` via 192.0.2.1`: where such a prefix leads, for the sentence. */
function viaOf(context: Context, snapshot: DeviceSnapshot, prefix: Prefix, { owners }: Unexpected): string {
  const routes = context.routes(snapshot);
  const views = judgedViews(snapshot, routes.known ? routes.value : []);
  const counts = countsAt(snapshot.device, { owners: owners.length > 0 ? owners : undefined });
  const last = views
    .map(({ table }) => table.rowsOf(prefix).filter(counts))
    .findLast(({ length }) => length > 0);
  return hopText(last?.flatMap(({ nextHops }) => nextHops) ?? []);
}

/** Prefixes of a device inside the ranges that it is not entitled to announce or carry. */
function unexpectedAt(context: Context, snapshot: DeviceSnapshot): Listed {
  const { expected } = context;
  const routes = context.routes(snapshot);
  if (!expected || !routes.known) return none;
  const views = judgedViews(snapshot, routes.value);
  const found = new Map<PrefixKey, Item>();
  for (const { table } of views) {
    for (const stranger of strangersIn(expected, snapshot.device, table)) {
      const { prefix, owners = [] } = stranger;
      if (isUnexpected(snapshot.device, views, stranger)) found.set(prefixKey(prefix), [prefix, { owners }]);
    }
  }
  return cutList([...found.values()]);
}

const listed = new WeakMap<Context, Map<string, Listed>>();

/** Unexpected prefixes of all devices that have some. */
function allUnexpected(context: Context): ReadonlyMap<string, Listed> {
  const known = listed.get(context);
  if (known) return known;
  const all = new Map<string, Listed>();
  for (const [name, snapshot] of context.devices) {
    const found = unexpectedAt(context, snapshot);
    if (found.count > 0) all.set(name, found);
  }
  listed.set(context, all);
  return all;
}

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
    const now = snapshot ? unexpectedAgain(context, snapshot, all.get(name) ?? none, list) : none;
    if (now.count > 0) all.set(name, now);
    else all.delete(name);
  }
  listed.set(context, all);
}

/** What is unexpected at a device when these prefixes were looked for again. */
function unexpectedAgain(
  context: Context,
  snapshot: DeviceSnapshot,
  { items, count }: Listed,
  list: readonly TouchedPrefix[],
): Listed {
  // Of a list that was cut nobody knows what comes next.
  if (count > items.length) return unexpectedAt(context, snapshot);
  const kept = items.filter(([prefix]) => !list.some((one) => samePrefix(one.prefix, prefix)));
  return cutList([...kept, ...unexpectedAmong(context, snapshot, list)]);
}

/** Those of the prefixes that are not expected at a device and are there. */
function unexpectedAmong(
  context: Context,
  snapshot: DeviceSnapshot,
  list: readonly TouchedPrefix[],
): readonly Item[] {
  const routes = context.routes(snapshot);
  const { device } = snapshot;
  if (!routes.known) return [];
  const views = judgedViews(snapshot, routes.value);
  const ranges = context.expected?.ranges ?? [];
  return list.flatMap(({ prefix, owners }) => {
    if (owners && (device.role === 'switch' || isAmong(owners, device.name))) return [];
    const inside =
      ranges.some((range) => contains(range, prefix)) && !ranges.some((r) => samePrefix(r, prefix));
    return inside && isUnexpected(device, views, { prefix, owners })
      ? [[prefix, { owners: owners ?? [] }] as const]
      : [];
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

const prefixOfItem = ([prefix]: Item) => prefix;

export const routeUnexpected: Check = (context) => {
  const findings = new Listing();
  const pending = new Listing();
  const unknown: Draft[] = [];
  const all = allUnexpected(context);
  const share = shareOf(all.size);
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    if (role === 'switch') unknown.push(...unseenRanges(context, snapshot));
    const { items, count } = all.get(name) ?? none;
    const some = lookedInto(context, { check: 'route-unexpected', device: name, share }, items, prefixOfItem);
    for (const [prefix, each] of some) {
      const made = () => draft(context, snapshot, prefix, each);
      const until = leavingUntil(context, prefix, each);
      const excuse = 'its owner has changed or given it up a moment ago';
      if (until === undefined) findings.add(name, made);
      else pending.add(name, () => ({ ...made(), until, excuse }));
    }
    leaveRest(findings, pending, name, count - some.length);
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

function draft(context: Context, snapshot: DeviceSnapshot, prefix: Prefix, found: Unexpected): Draft {
  const known = drafts.get(found) ?? newDraft(context, snapshot, prefix, found);
  drafts.set(found, known);
  return known;
}

function newDraft(context: Context, snapshot: DeviceSnapshot, prefix: Prefix, found: Unexpected): Draft {
  const { name: device, role } = snapshot.device;
  const { owners: origins } = found;
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
        : `${device} carries ${text}${viaOf(context, snapshot, prefix, found)}, ${whose}${why}`,
  };
}
