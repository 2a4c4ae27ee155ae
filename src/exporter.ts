// The story, top to bottom: sources -> snapshot -> audit -> fabric. Every source runs its own loop and puts readings into
// the snapshot; a new reading or a changed object marks the audit due; it runs at most every 250 ms, and whoever
// listens (metrics, page) gets the result. A scrape asks nothing of any device.
import { addressBook, audit } from './audit/audit.ts';
import type { Config } from './config/config.ts';
import { expectationMemory } from './exporter/expectation-memory.ts';
import { createFleet } from './exporter/fleet.ts';
import { limiter } from './exporter/limiter.ts';
import type { Log } from './exporter/log.ts';
import { logChange, logResolved } from './exporter/log.ts';
import { expectedSource } from './exporter/objects.ts';
import { collectOnce, type Poller, type Source, startPoller } from './exporter/poller.ts';
import { silencesFor } from './exporter/silences.ts';
import type { Collected, Collector, CollectQuery } from './model/collector.ts';
import type { ExpectedPrefix, ExpectedState } from './model/expectation.ts';
import type { Fabric } from './model/fabric.ts';
import type { AuditResult } from './model/finding.ts';
import { lastGood } from './model/reading.ts';
import type { DeviceSnapshot } from './model/snapshot.ts';

export { datastoreOf } from './exporter/datastores.ts';
export { shardPeers } from './exporter/shard-peers.ts';

export interface ExporterDeps {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A clock that never steps, in milliseconds: with it readings keep their age when `now` steps. */
  readonly steady?: (() => number) | undefined;
  /** The audit of an exporter that this one takes over from: standing findings keep their age. */
  readonly previous?: AuditResult;
}

/** How far a single collection has come. */
export interface Progress {
  /** Devices that have been read or have failed. */
  readonly done: number;
  /** Names of the others. */
  readonly waiting: readonly string[];
}

export interface Exporter {
  /** Reads objects and every device once and audits; for commands. Never rejects. */
  runOnce(onProgress?: (progress: Progress) => void): Promise<Fabric>;
  /** Starts all loops; resolves when the objects have been read for the first time. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The latest audit; undefined before the first one. */
  current(): Fabric | undefined;
  /** Oldest reading of a device, in milliseconds, by which it is still judged. */
  maxAgeMs(device: string): number;
  /**
   * Reads one device now, by all its sources, within `timeoutMs`, and audits. Probes of a device that is being read wait for
   * that reading. undefined: no such device. Never rejects.
   */
  probe(device: string, timeoutMs: number): Promise<Fabric | undefined>;
  /** Calls back after each audit; returns how to end that. */
  subscribe(listener: (fabric: Fabric) => void): () => void;
}

/** Least time between two audits, in milliseconds. */
const auditEveryMs = 250;

/** How long the first audit waits for readings that come together, in milliseconds: until then nobody gets an answer. */
const firstAuditMs = 20;

/** How long the start waits for the objects before it begins without them, in milliseconds. */
const objectsWaitMs = 10_000;

/** Most time between two audits, in milliseconds: readings age even when nothing new comes. */
const auditAtLeastEveryMs = 15_000;

export function createExporter(config: Config, { log, now, steady, previous }: ExporterDeps): Exporter {
  const fleet = createFleet(config, log, now, steady);
  const { store, maxAgeMs } = fleet;
  const objects = expectedSource(config, now);
  const listeners = new Set<(fabric: Fabric) => void>();
  const stops: (() => void)[] = [];
  const pollers = new Map<Collector, Poller>();
  const memory = expectationMemory(config.expected.rules);
  let fabric: Fabric | undefined;
  let due: NodeJS.Timeout | undefined;
  // Nothing is shown before every source was tried once: a start is no fault of the fabric's.
  let waitUntil = 0;

  const query = (): CollectQuery => {
    const expected = lastGood(objects.current())?.value;
    return { prefixes: expected?.prefixes.map(({ prefix }) => prefix) ?? [], ranges: expected?.ranges ?? [] };
  };

  /** Adds and removes devices by what is expected now, and remembers since when it is. */
  const seeExpectation = (at: number) => {
    const known = lastGood(objects.current())?.value;
    if (known) fleet.update(known);
    if (known) memory.see(known, at);
    return known;
  };

  /** While the first readings are still to come. */
  const isEarly = (snapshots: readonly DeviceSnapshot[], at: number) =>
    at < waitUntil && snapshots.some(({ sessions }) => !sessions.ok && sessions.error.kind === 'pending');

  const auditOf = (
    at: number,
    known: ExpectedState | undefined,
    snapshots: readonly DeviceSnapshot[],
  ): Fabric => {
    const expected = objects.current();
    const { expectedSince, expectedUntil, nodeSince } = memory;
    const all = snapshots.map(({ device }) => device);
    const vantages = memory.vantages(all);
    const elsewhere = fleet.elsewhere();
    const input = {
      now: at,
      devices: snapshots,
      elsewhere,
      expected,
      vantages,
      maxAgeMs,
      expectedSince,
      expectedUntil,
      nodeSince,
      silences: silencesFor(config.silences, known),
      isCarried: (prefix: ExpectedPrefix) => memory.isCarried(prefix, all),
      isWatching: stops.length > 0,
    };
    const result = audit(input, fabric?.audit ?? previous);
    const made = {
      at,
      devices: snapshots,
      elsewhere,
      expected,
      audit: result,
      deviceByAddress: addressBook(snapshots, known, elsewhere),
      datastore: { kinds: objects.kinds() },
    };
    if (isEarly(snapshots, at)) return made;
    fabric = made;
    logResolved(log, result);
    const { again } = result;
    if (again && again.size > 0)
      for (const [{ device }, poller] of pollers) {
        const from = again.get(device);
        if (from !== undefined) poller.soon(Math.max(0, from - at));
      }
    for (const listener of listeners) listener(made);
    return made;
  };

  const runAudit = (): Fabric => {
    const at = now();
    return auditOf(at, seeExpectation(at), store.snapshots());
  };

  const auditInTime = () => {
    due = undefined;
    try {
      const at = now();
      const known = seeExpectation(at);
      const snapshots = store.snapshots();
      if (!isEarly(snapshots, at)) auditOf(at, known, snapshots);
    } catch (error) {
      // The last fabric stands, and its age shows (calico_bgp_audit_last_timestamp_seconds).
      log.error({ err: error }, 'internal error: the audit failed');
    }
  };

  const markDue = () => {
    // A big outage makes audits long: most of the time stays for reading devices and answering scrapes.
    const pause = fabric ? Math.max(auditEveryMs, 3 * 1000 * fabric.audit.durationSeconds) : firstAuditMs;
    due ??= setTimeout(auditInTime, pause);
  };

  const probing = new Map<string, Promise<Fabric>>();
  const limitProbes = limiter(config.collection.concurrency);
  const probeNow = async (sources: readonly Source[], timeoutMs: number): Promise<Fabric> => {
    await Promise.all(
      sources.map((source) =>
        limitProbes(async () => {
          const began = performance.now();
          const patience = { ...source, timeoutMs: Math.min(source.timeoutMs, timeoutMs) };
          const collected = await collectOnce(patience, query(), now);
          fleet.put(source.collector, collected, (performance.now() - began) / 1000);
        }),
      ),
    );
    return runAudit();
  };

  return {
    current: () => fabric,
    maxAgeMs,
    async probe(device, timeoutMs) {
      const entry = fleet.devices().find(({ device: { name } }) => name === device);
      if (!entry) return undefined;
      const running = probing.get(device) ?? probeNow(entry.sources, timeoutMs);
      probing.set(device, running);
      return running.finally(() => probing.delete(device));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async runOnce(onProgress) {
      await objects.refresh();
      const known = lastGood(objects.current())?.value;
      if (known) fleet.update(known);
      const limit = limiter(config.collection.concurrency);
      const waiting = new Map(fleet.devices().map((entry) => [entry.device.name, entry.sources.length]));
      const all = waiting.size;
      const tell = () => onProgress?.({ done: all - waiting.size, waiting: [...waiting.keys()] });
      tell();
      const read = async (source: Source, name: string) => {
        const began = performance.now();
        const collected = await collectOnce(source, query(), now);
        fleet.put(source.collector, collected, (performance.now() - began) / 1000);
        source.collector.close();
        const left = (waiting.get(name) ?? 1) - 1;
        if (left > 0) waiting.set(name, left);
        else waiting.delete(name);
        tell();
      };
      await Promise.all(
        fleet
          .devices()
          .flatMap(({ device, sources }) => sources.map((source) => limit(() => read(source, device.name)))),
      );
      return runAudit();
    },
    async start() {
      // Objects that do not come (a hung mount, an API server that is away) must not keep devices from being read.
      const refreshed = objects.refresh().then(() => markDue());
      await Promise.race([refreshed, new Promise((wake) => setTimeout(wake, objectsWaitMs).unref())]);
      const first = objects.current();
      if (first.ok) fleet.update(first.value);
      waitUntil = now() + 2 * Math.max(0, ...fleet.devices().map(({ timeoutMs }) => timeoutMs));
      if (!first.ok) log.error({ reason: first.error.message }, 'objects cannot be read');
      let logged = '';
      const watching = objects.watch(() => {
        const reading = objects.current();
        // A busy cluster changes several times a second: a line for what changes here, not for every object.
        const prefixes = reading.ok ? reading.value.prefixes.length : 0;
        const line = reading.ok ? `${prefixes} prefixes` : reading.error.message;
        if (line !== logged && reading.ok) log.info({ prefixes }, 'objects changed');
        if (line !== logged && !reading.ok) log.error({ reason: line }, 'objects cannot be read');
        logged = line;
        markDue();
      });
      stops.push(watching.stop);
      const limit = limiter(config.collection.concurrency);
      const limitFailing = limiter(Math.max(1, Math.floor(config.collection.concurrency / 4)));
      const healthy = new Map<string, boolean>();
      const onCollected = (collector: Collector, collected: Collected, durationSeconds: number) => {
        fleet.put(collector, collected, durationSeconds);
        logChange(log, healthy, collector, collected);
        markDue();
      };
      fleet.run(({ sources }) => {
        for (const source of sources)
          pollers.set(
            source.collector,
            startPoller({ source, query, now, limit, limitFailing, onCollected }),
          );
        return () => {
          for (const { collector } of sources) {
            pollers.get(collector)?.stop();
            pollers.delete(collector);
          }
        };
      });
      stops.push(fleet.stop);
      // Even with no device to ask, the objects themselves are worth showing.
      markDue();
      const clock = setInterval(markDue, auditAtLeastEveryMs);
      stops.push(() => clearInterval(clock));
    },
    async stop() {
      for (const stop of stops.splice(0)) stop();
      clearTimeout(due);
    },
  };
}
