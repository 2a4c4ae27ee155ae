// The snapshot as it grows: every source puts its readings in, and each device shows the ones of its first source that
// works. A failed reading keeps the last good one beside it.
import type { Collected, Collector, DeviceFacts } from '../model/collector.ts';
import { failure, keepLast, lastGood, type Reading } from '../model/reading.ts';
import type { RouteView } from '../model/route-view.ts';
import { isEstablished, type Session } from '../model/session.ts';
import { type KeptError, keptError } from '../model/session-error.ts';
import { type CollectionStats, type Device, type DeviceSnapshot, flapKey } from '../model/snapshot.ts';
import { clockSteps, redated } from './clock-steps.ts';

/** A reading older than this when it is handed over was dated by another clock, in milliseconds. */
const longestCollectionMs = 60_000;

interface SourceState {
  readonly source: string;
  sessions: Reading<readonly Session[]>;
  routes: Reading<readonly RouteView[]>;
  facts: DeviceFacts;
  stats: CollectionStats;
  /** What its sessions that are not up have complained of, by `flapKey`. */
  errors: ReadonlyMap<string, KeptError>;
}

interface DeviceState {
  readonly device: Device;
  /** In the order of preference. */
  readonly sources: readonly SourceState[];
  readonly flaps: Map<string, number>;
}

function newSource(source: string, now: number): SourceState {
  return {
    source,
    sessions: failure(now, 'pending', 'not asked yet'),
    routes: failure(now, 'pending', 'not asked yet'),
    facts: {},
    stats: { source, durationSeconds: 0, lastSuccessAt: undefined, successes: 0, failures: 0 },
    errors: new Map(),
  };
}

/** The first good reading in the order of preference; when all failed, the one whose last good value is the newest. */
function preferred<T>(readings: readonly Reading<T>[], now: number): Reading<T> {
  const good = readings.find((reading) => reading.ok);
  if (good) return good;
  const tried = readings.filter((reading) => !reading.ok && reading.error.kind !== 'pending');
  const age = (reading: Reading<T>) => lastGood(reading)?.at ?? Number.NEGATIVE_INFINITY;
  const [best] = tried.toSorted((x, y) => age(y) - age(x));
  return best ?? readings[0] ?? failure(now, 'pending', 'no source');
}

/** Keys of sessions with an established entry; a session of several entries is up when one of them is. */
const upKeys = (sessions: readonly Session[]) => new Set(sessions.filter(isEstablished).map(flapKey));

/** Counts what fell between two readings that the device showed. Forgets sessions that are no longer there. */
function countFlaps(flaps: Map<string, number>, before: readonly Session[], after: readonly Session[]): void {
  const wasUp = upKeys(before);
  const isUp = upKeys(after);
  const now = new Set(after.map(flapKey));
  const told = new Set(after.filter(({ state }) => state !== null).map(flapKey));
  for (const key of flaps.keys()) if (!now.has(key)) flaps.delete(key);
  for (const key of now) {
    // Every session has its counter from the start: a series that begins at 1 hides its first increase.
    const fell = told.has(key) && wasUp.has(key) && !isUp.has(key);
    flaps.set(key, (flaps.get(key) ?? 0) + (fell ? 1 : 0));
  }
}

/** The most telling error of each session that is not up, from what was known and what it says now. */
function errorsOf(sessions: readonly Session[], known: ReadonlyMap<string, KeptError>, at: number) {
  const errors = new Map<string, KeptError>();
  const up = upKeys(sessions);
  for (const session of sessions) {
    const key = flapKey(session);
    if (up.has(key)) continue;
    const before = errors.get(key) ?? known.get(key);
    const error = session.lastError ? keptError(before, session.lastError, at) : before;
    if (error) errors.set(key, error);
  }
  return errors;
}

/** Takes the errors into account and puts them beside the sessions that had them. */
function rememberErrors(
  entry: SourceState,
  reading: Reading<readonly Session[]>,
): Reading<readonly Session[]> {
  if (!reading.ok) return reading;
  entry.errors = errorsOf(reading.value, entry.errors, reading.at);
  if (entry.errors.size === 0) return reading;
  const value = reading.value.map((session) => {
    const kept = entry.errors.get(flapKey(session));
    return kept ? { ...session, keptError: kept } : session;
  });
  return { ...reading, value };
}

const shownSessions = ({ sources }: DeviceState, now: number) =>
  preferred(
    sources.map(({ sessions }) => sessions),
    now,
  );

function capabilitiesOf(
  shown: DeviceFacts | undefined,
  routed: DeviceFacts | undefined,
): Pick<DeviceFacts, 'capabilities'> {
  const sessions = shown?.capabilities?.sessions;
  const routes = routed?.capabilities?.routes;
  if (!sessions && !routes) return {};
  return { capabilities: { ...(sessions && { sessions }), ...(routes && { routes }) } };
}

export interface StoredDevice {
  readonly device: Device;
  /** Names of what reads it, the preferred one first. */
  readonly sources: readonly string[];
}

export class SnapshotStore {
  readonly #devices = new Map<string, DeviceState>();
  readonly #now: () => number;
  readonly #step: () => number;
  #lastStep = 0;

  /** `steady` is a clock that never steps, in milliseconds from anywhere; without it `now` is believed. */
  constructor(devices: readonly StoredDevice[], now: () => number, steady?: () => number) {
    this.#now = now;
    this.#step = steady ? clockSteps(now, steady) : () => 0;
    for (const device of devices) this.add(device);
  }

  /** A device more, not asked yet. */
  add({ device, sources }: StoredDevice): void {
    const states = sources.map((source) => newSource(source, this.#now()));
    this.#devices.set(device.name, { device, sources: states, flaps: new Map() });
  }

  has(name: string): boolean {
    return this.#devices.has(name);
  }

  /** Forgets a device and all that was read of it. */
  remove(name: string): void {
    this.#devices.delete(name);
  }

  /** Its readings stand under another name from now on. */
  rename(old: string, name: string): void {
    // In its old place: who comes first matters where two know one address.
    const entries = [...this.#devices];
    this.#devices.clear();
    for (const [key, state] of entries) {
      if (key === old) this.#devices.set(name, { ...state, device: { ...state.device, name } });
      else this.#devices.set(key, state);
    }
  }

  /** A reading that was made before the last step and comes only now. */
  #dated<T>(reading: Reading<T>): Reading<T> {
    const age = (at: number) => Math.abs(this.#now() - at);
    const late = age(reading.at) > longestCollectionMs && age(reading.at + this.#lastStep) < age(reading.at);
    return late ? redated(reading, this.#lastStep) : reading;
  }

  /** When the wall clock has stepped, all readings are dated anew, by the clock that counts from now on. */
  #followClock(): void {
    const step = this.#step();
    if (step === 0) return;
    this.#lastStep = step;
    for (const { sources } of this.#devices.values()) {
      for (const entry of sources) {
        entry.sessions = redated(entry.sessions, step);
        entry.routes = redated(entry.routes, step);
        const { lastSuccessAt } = entry.stats;
        if (lastSuccessAt !== undefined)
          entry.stats = { ...entry.stats, lastSuccessAt: lastSuccessAt + step };
      }
    }
  }

  /** Takes what a source read. Readings of unknown devices are dropped. */
  put({ device, source }: Collector, collected: Collected, durationSeconds: number): void {
    const state = this.#devices.get(device);
    const entry = state?.sources.find((candidate) => candidate.source === source);
    if (!state || !entry) return;
    this.#followClock();
    const before = shownSessions(state, this.#now());
    entry.sessions = keepLast(entry.sessions, rememberErrors(entry, this.#dated(collected.sessions)));
    entry.routes = keepLast(entry.routes, this.#dated(collected.routes));
    // A part that failed says nothing of what can be seen: the last good reading is judged by what was said with it.
    const capabilities = { ...entry.facts.capabilities, ...collected.facts?.capabilities };
    entry.facts = { ...entry.facts, ...collected.facts, capabilities };
    // Of the source that shows: two sources that see one fall would count it twice.
    const after = shownSessions(state, this.#now());
    if (after.ok && after !== before) countFlaps(state.flaps, lastGood(before)?.value ?? [], after.value);
    const ok = collected.sessions.ok && collected.routes.ok;
    const { stats } = entry;
    entry.stats = {
      source,
      durationSeconds,
      lastSuccessAt: ok ? collected.sessions.at : stats.lastSuccessAt,
      successes: stats.successes + (ok ? 1 : 0),
      failures: stats.failures + (ok ? 0 : 1),
    };
  }

  snapshots(): DeviceSnapshot[] {
    this.#followClock();
    return [...this.#devices.values()].map(({ device, sources, flaps }) => {
      const now = this.#now();
      const sessions = preferred(
        sources.map((source) => source.sessions),
        now,
      );
      const routes = preferred(
        sources.map((source) => source.routes),
        now,
      );
      const shown = sources.find((source) => source.sessions === sessions);
      const routed = sources.find((source) => source.routes === routes);
      return {
        device,
        sessions,
        routes,
        // What a source says of itself holds for its own readings only.
        facts: { ...shown?.facts, ...capabilitiesOf(shown?.facts, routed?.facts) },
        source: shown?.source ?? '',
        collection: sources.map(({ stats }) => stats),
        flaps: new Map(flaps),
      };
    });
  }
}
