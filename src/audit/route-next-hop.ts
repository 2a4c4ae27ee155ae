// Routes that are there and lead to the wrong place, or to fewer places than announce them. A device that carries the route
// toward the owner is right as a next hop, whoever it is: remote racks are reached over uplinks. Width is judged only where
// the source shows every next hop, against paths that are equal in their AS path: others do not share traffic.
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { formatPrefix } from '../model/prefix.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import { SparseVerdicts } from '../model/verdicts.ts';
import { roleOf } from './cause.ts';
import type { Check, Draft } from './check.ts';
import { confirmation, excuse, type Wait } from './confirm.ts';
import type { Context } from './context.ts';
import { type Fault, faultAt } from './hop-faults.ts';
import type { Found, FoundRows, JudgedDevice } from './judged.ts';
import { Listing, leaveRest, mostPerDevice } from './listing.ts';
import { lookedInto, shareOf } from './looked-into.ts';
import { offersTo } from './offers.ts';
import { narrowHops } from './uplinks.ts';
import { usualHops } from './usual-hops.ts';
import { decidingViews } from './verdict.ts';

/** A prefix that is there and leads elsewhere, or to too few. */
export interface Faulty {
  readonly expected: ExpectedPrefix;
  /** Absent where a device has more of them than are listed: looked for again when it is one of those. */
  readonly fault?: Fault;
}

type Explained = Required<Faulty>;

const isExplained = (faulty: Faulty): faulty is Explained => faulty.fault !== undefined;

/** What is wrong with where the prefix of a verdict leads, if anything. */
export function faultyAt(
  context: Context,
  snapshot: DeviceSnapshot,
  verdict: RouteVerdict,
): Explained | undefined {
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
  const narrow = narrowHops(context, snapshot.device.name);
  const isNarrow = narrow.some((sets) => sets?.includes(1))
    ? (place: number) => leadsNarrowly(found, narrow, place)
    : () => false;
  const list: Faulty[] = [];
  for (let place = 0; place < found.exact.length; place++) {
    // What is there by a shorter prefix has no next hops of its own.
    if (found.exact[place] !== 1 || (isUsual(place) && !isNarrow(place))) continue;
    const verdict = verdicts.at(place);
    const faulty = verdict && faultyAt(context, snapshot, verdict);
    if (faulty) list.push(list.length < mostPerDevice ? faulty : { expected: faulty.expected });
  }
  return list;
}

/** True when a route of the prefix at this place leads to some neighbours of an AS and not to all. */
function leadsNarrowly(
  { tables }: Found,
  narrow: readonly (Uint8Array | undefined)[],
  place: number,
): boolean {
  for (let t = 0; t < tables.length; t++) {
    const { table, first } = tables[t] as FoundRows;
    for (let row = first[place] as number; row >= 0; row = table.index.next(row))
      if (narrow[t]?.[table.columns.hops[row] as number] === 1) return true;
  }
  return false;
}

// A fault is looked for again when anything changes that it rests on: until then its words are the same.
const drafts = new WeakMap<Faulty, Draft>();

function draft(device: string, faulty: Explained): Draft {
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

/** What a new fault waits for: two readings of different moments may contradict each other. */
function waits(
  context: Context,
  device: string,
  { expected, fault: { grounds } }: Explained,
  cacheSeconds: number,
): Wait | undefined {
  const id = { device, subject: formatPrefix(expected.prefix) };
  const devices = [device, ...grounds.devices];
  return confirmation(context, 'route-next-hop', id, { ...grounds, devices, cacheSeconds });
}

const prefixOfFaulty = ({ expected }: Faulty) => expected.prefix;

const explanations = new WeakMap<Faulty, Explained>();

/** What is wrong with a prefix that was only counted so far. */
function explained(
  context: Context,
  snapshot: DeviceSnapshot,
  { verdicts }: JudgedDevice,
  faulty: Faulty,
): Explained | undefined {
  if (isExplained(faulty)) return faulty;
  const known = explanations.get(faulty);
  if (known || !(verdicts instanceof SparseVerdicts)) return known;
  const made = faultyAt(context, snapshot, verdicts.on(faulty.expected));
  if (made) explanations.set(faulty, made);
  return made;
}

export const routeNextHop: Check = (context, routes) => {
  const findings = new Listing();
  const pending = new Listing();
  const again = new Map<string, number>();
  const faulty = [...routes].flatMap(([device, judged]) => {
    const snapshot = context.devices.get(device);
    const known = snapshot && context.routes(snapshot);
    if (!snapshot || !known?.known) return [];
    const all = faultsOf(context, snapshot, judged);
    return all.length > 0 ? [{ device, judged, snapshot, known, all }] : [];
  });
  const share = shareOf(faulty.length);
  for (const { device, judged, snapshot, known, all } of faulty) {
    const cacheSeconds = Math.max(0, ...known.value.map((view) => view.cacheSeconds ?? 0));
    const some = lookedInto(context, { check: 'route-next-hop', device, share }, all, prefixOfFaulty).flatMap(
      (faulty) => explained(context, snapshot, judged, faulty) ?? [],
    );
    for (const faulty of some) {
      const wait = waits(context, device, faulty, cacheSeconds);
      for (const name of wait?.devices ?? [])
        again.set(name, Math.min(wait?.from ?? 0, again.get(name) ?? Number.POSITIVE_INFINITY));
      if (wait) pending.add(device, () => ({ ...draft(device, faulty), until: wait.until, excuse }));
      else findings.add(device, () => draft(device, faulty));
    }
    leaveRest(findings, pending, device, all.length - some.length);
  }
  return { findings, pending, again };
};
