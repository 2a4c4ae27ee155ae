// Routes that are there and lead to the wrong place, or to fewer places than announce them. A device that carries the route
// toward the owner is right as a next hop, whoever it is: remote racks are reached over uplinks. Width is judged only where
// the source shows every next hop, against paths that are equal in their AS path: others do not share traffic.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { formatPrefix } from '../model/prefix.ts';
import { lastGood } from '../model/reading.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { roleOf } from './cause.ts';
import type { Check, Draft } from './check.ts';
import type { Context } from './context.ts';
import type { JudgedDevice } from './judged.ts';
import { Listing } from './listing.ts';
import { hopAddresses, judgeHop } from './next-hops.ts';
import { asNumbers, type OfferedHop, type Offers, offersTo } from './offers.ts';
import { usualHops } from './usual-hops.ts';
import { decidingViews } from './verdict.ts';

interface Fault {
  readonly cause: CauseId;
  readonly clause: string;
}

const named = (context: Context, addresses: readonly string[]) =>
  addresses
    .map((address) => {
      const device = context.deviceByAddress.get(address);
      return device === undefined ? address : `${device} (${address})`;
    })
    .join(', ');

/** Offers that would share traffic with the installed path: the shortest AS path, and of those the same one. */
function equalOffers(offers: readonly OfferedHop[], hops: readonly string[]): readonly OfferedHop[] {
  const length = ({ asPath }: OfferedHop) => asPath.split(' ').filter((word) => word !== '').length;
  const shortest = Math.min(...offers.map(length));
  const best = offers.filter((offer) => length(offer) === shortest);
  const inUse = best.find(({ address }) => hops.includes(address)) ?? best[0];
  return best.filter(({ asPath }) => asPath === inUse?.asPath);
}

function thin(context: Context, rows: readonly string[], offers: readonly OfferedHop[]): Fault | undefined {
  const wanted = [...new Set(equalOffers(offers, rows).map(({ address }) => address))];
  const missing = wanted.filter((address) => !rows.includes(address));
  if (missing.length === 0 || missing.length === wanted.length) return undefined;
  const values = {
    count: wanted.length - missing.length,
    total: wanted.length,
    missing: `: not to ${named(context, missing)}`,
  };
  return { cause: 'thin-ecmp', clause: clauseOf('thin-ecmp', values) };
}

function wrong(
  context: Context,
  device: string,
  verdict: RouteVerdict,
  hops: readonly string[],
  offers: readonly OfferedHop[] | undefined,
): Fault | undefined {
  const bad = hops.filter((hop) => judgeHop(context, device, verdict.expected, hop) === 'wrong');
  const offered = (offers ?? []).map(({ address }) => address);
  const owners = verdict.expected.origins.join(', ');
  if (bad.some((hop) => !offered.includes(hop))) {
    const off = bad.filter((hop) => !offered.includes(hop));
    const wanted = offered.length > 0 ? named(context, offered) : `the way to ${owners}`;
    return {
      cause: 'wrong-next-hop',
      clause: clauseOf('wrong-next-hop', { hops: named(context, off), wanted }),
    };
  }
  // One AS and no more: a path by further ones is a longer way, which BGP rightly does not take.
  const direct = (offers ?? []).filter(({ asPath }) => new Set(asNumbers(asPath)).size <= 1);
  if (direct.length === 0 || hops.some((hop) => offered.includes(hop))) return undefined;
  // A node offers it directly, and the device goes round by others, or to an address that nobody is known to have.
  const elsewhere = hops.every((hop) => {
    const next = context.deviceByAddress.get(hop);
    return next === undefined || context.switches.has(next);
  });
  if (!elsewhere) return undefined;
  const values = {
    hops: named(context, hops),
    wanted: named(context, [...new Set(direct.map(({ address }) => address))]),
  };
  return { cause: 'wrong-next-hop', clause: clauseOf('wrong-next-hop', values) };
}

function faultAt(
  context: Context,
  { device: { name } }: DeviceSnapshot,
  verdict: RouteVerdict,
  offered: Offers | undefined,
  allHops: boolean,
): Fault | undefined {
  const { evidence, expected } = verdict;
  const hops = hopAddresses(evidence);
  if (hops.length === 0 || evidence.some(({ prefix }) => prefix.length !== expected.prefix.length))
    return undefined;
  const offers = offered?.of(expected.prefix);
  const fault = wrong(context, name, verdict, hops, offers);
  if (fault) return fault;
  return allHops && offers && offers.length > 0 ? thin(context, hops, offers) : undefined;
}

/**
 * Since when the tables of a device can be as they were read, in milliseconds: an agent's cache may be that much older than
 * the answer, and an answer takes the time of the collection.
 */
function readSince({ routes, source, collection }: DeviceSnapshot, cacheSeconds: number): number {
  const took = collection.find((stats) => stats.source === source)?.durationSeconds ?? 0;
  return (lastGood(routes)?.at ?? 0) - (cacheSeconds + took) * 1000;
}

interface Latest {
  readonly latest: { readonly name: string; readonly at: number } | undefined;
  /** When the others were read last. */
  readonly others: number;
}

const latestNodes = new WeakMap<Context, Latest>();

/** The node that was read last, and when; in milliseconds since the epoch. */
function latestNode(context: Context): Latest {
  const known = latestNodes.get(context);
  if (known) return known;
  const times = [...context.devices.values()]
    .filter(({ device }) => device.role === 'node')
    .map(({ device: { name }, routes }) => ({ name, at: lastGood(routes)?.at ?? 0 }))
    .sort((x, y) => y.at - x.at);
  const made = { latest: times[0], others: times[1]?.at ?? Number.NEGATIVE_INFINITY };
  latestNodes.set(context, made);
  return made;
}

/** True when the device was asked after all nodes whose announcements it is compared with: a change needs to arrive. */
function isLater(context: Context, { device }: DeviceSnapshot, since: number): boolean {
  const { latest, others } = latestNode(context);
  return (latest?.name === device.name ? others : (latest?.at ?? Number.NEGATIVE_INFINITY)) <= since;
}

/** A prefix that is there and leads elsewhere, or to too few. */
export interface Faulty {
  readonly expected: ExpectedPrefix;
  readonly fault: Fault;
}

/** What is wrong with where the prefix of a verdict leads, if anything. */
export function faultyAt(
  context: Context,
  snapshot: DeviceSnapshot,
  verdict: RouteVerdict,
): Faulty | undefined {
  const known = context.routes(snapshot);
  if (verdict.verdict !== 'present' || !known.known) return undefined;
  const views = decidingViews(known.value);
  const allHops = views.length > 0 && views.every((view) => view.allNextHops);
  const fault = faultAt(context, snapshot, verdict, offersTo(context, snapshot.device.name), allHops);
  return fault && { expected: verdict.expected, fault };
}

const faults = new WeakMap<JudgedDevice, readonly Faulty[]>();

/** Faults of a device that were found before, and are still those; see `carryOver`. */
export function knownFaults(judged: JudgedDevice): readonly Faulty[] {
  return faults.get(judged) ?? [];
}

export function keepFaults(judged: JudgedDevice, found: readonly Faulty[]): void {
  faults.set(judged, found);
}

/** Every fault of a device, in the order of the expected prefixes. */
function faultsOf(context: Context, snapshot: DeviceSnapshot, judged: JudgedDevice): readonly Faulty[] {
  const known = faults.get(judged) ?? findFaults(context, snapshot, judged);
  faults.set(judged, known);
  return known;
}

function findFaults(context: Context, snapshot: DeviceSnapshot, { verdicts, found }: JudgedDevice): Faulty[] {
  if (!found) return [];
  const offers = offersTo(context, snapshot.device.name);
  const isUsual = usualHops(context, snapshot.device.name, found, offers);
  const list: Faulty[] = [];
  for (let place = 0; place < found.exact.length; place++) {
    // What is there by a shorter prefix has no next hops of its own.
    if (found.exact[place] !== 1 || isUsual(place)) continue;
    const verdict = verdicts.at(place);
    const faulty = verdict && faultyAt(context, snapshot, verdict);
    if (faulty) list.push(faulty);
  }
  return list;
}

// A fault is looked for again when anything changes that it rests on: until then its words are the same.
const drafts = new WeakMap<Faulty, Draft>();

function draft(device: string, faulty: Faulty): Draft {
  const known = drafts.get(faulty);
  if (known) return known;
  const { expected, fault } = faulty;
  const prefix = formatPrefix(expected.prefix);
  const made: Draft = {
    severity: 'warning',
    device,
    subject: prefix,
    verdict: 'present',
    cause: fault.cause,
    detail: `${prefix} (${roleOf(expected)}) on ${device}: ${fault.clause}`,
    prefix,
    kind: expected.kind,
    nodes: expected.origins,
  };
  drafts.set(faulty, made);
  return made;
}

/** True for what was found before, and for what has waited until the device was read again. */
function stands(context: Context, device: string, { expected }: Faulty, since: number): boolean {
  const id = { device, subject: formatPrefix(expected.prefix) };
  if (context.wasFound('route-next-hop', id)) return true;
  const waited = context.waitedSince('route-next-hop', id);
  return waited !== undefined && waited < since;
}

export const routeNextHop: Check = (context, routes) => {
  const findings = new Listing();
  const pending = new Listing();
  for (const [device, judged] of routes) {
    const snapshot = context.devices.get(device);
    const known = snapshot && context.routes(snapshot);
    if (!snapshot || !known?.known) continue;
    const cacheSeconds = Math.max(0, ...known.value.map((view) => view.cacheSeconds ?? 0));
    const since = readSince(snapshot, cacheSeconds);
    const certain = !context.input.isWatching || isLater(context, snapshot, since);
    for (const faulty of faultsOf(context, snapshot, judged)) {
      // Two readings of different moments: what was found before stands, what is new waits until the device was asked again.
      (certain || stands(context, device, faulty, since) ? findings : pending).add(device, () =>
        draft(device, faulty),
      );
    }
  }
  return { findings, pending };
};
