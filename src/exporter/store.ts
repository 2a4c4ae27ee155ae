// The snapshot as it grows: every source puts its readings in, and each device shows the ones of its first source that
// works. A failed reading keeps the last good one beside it.
import type { Collected, Collector, DeviceFacts } from '../model/collector.ts';
import { failure, keepLast, lastGood, type Reading } from '../model/reading.ts';
import type { RouteView } from '../model/route-view.ts';
import { isEstablished, type Session } from '../model/session.ts';
import { type CollectionStats, type Device, type DeviceSnapshot, flapKey } from '../model/snapshot.ts';

interface SourceState {
  readonly source: string;
  sessions: Reading<readonly Session[]>;
  routes: Reading<readonly RouteView[]>;
  facts: DeviceFacts;
  stats: CollectionStats;
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
  };
}

/** The first good reading in the order of preference; else the first that was tried, else the first. */
function preferred<T>(readings: readonly Reading<T>[], now: number): Reading<T> {
  const tried = readings.find((reading) => reading.ok || reading.error.kind !== 'pending');
  return (
    readings.find((reading) => reading.ok) ?? tried ?? readings[0] ?? failure(now, 'pending', 'no source')
  );
}

function countFlaps(
  flaps: Map<string, number>,
  before: Reading<readonly Session[]>,
  after: readonly Session[],
): void {
  const up = new Set((lastGood(before)?.value ?? []).filter(isEstablished).map(flapKey));
  for (const session of after) {
    const key = flapKey(session);
    // Every session has its counter from the start: a series that begins at 1 hides its first increase.
    const fell = up.has(key) && session.state !== null && !isEstablished(session);
    flaps.set(key, (flaps.get(key) ?? 0) + (fell ? 1 : 0));
  }
}

export class SnapshotStore {
  readonly #devices = new Map<string, DeviceState>();
  readonly #now: () => number;

  constructor(devices: readonly { device: Device; sources: readonly string[] }[], now: () => number) {
    this.#now = now;
    for (const { device, sources } of devices) {
      const states = sources.map((source) => newSource(source, now()));
      this.#devices.set(device.name, { device, sources: states, flaps: new Map() });
    }
  }

  /** Takes what a source read. Readings of unknown devices are dropped. */
  put({ device, source }: Collector, collected: Collected, durationSeconds: number): void {
    const state = this.#devices.get(device);
    const entry = state?.sources.find((candidate) => candidate.source === source);
    if (!state || !entry) return;
    if (collected.sessions.ok) countFlaps(state.flaps, entry.sessions, collected.sessions.value);
    entry.sessions = keepLast(entry.sessions, collected.sessions);
    entry.routes = keepLast(entry.routes, collected.routes);
    entry.facts = { ...entry.facts, ...collected.facts };
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
      return {
        device,
        sessions,
        routes,
        facts: Object.assign({}, ...sources.map(({ facts }) => facts).reverse()),
        source: sources.find((source) => source.sessions === sessions)?.source ?? '',
        collection: sources.map(({ stats }) => stats),
        flaps: new Map(flaps),
      };
    });
  }
}
