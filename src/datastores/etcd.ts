// Calico's etcdv3 datastore: everything is listed once at one revision, then watched from there on. A watch can die in
// silence, so the server is also asked how many keys there are, every interval, and everything is listed anew now and then.
import type { KindState } from '../model/object.ts';
import { failure, keepLast, lastGood, type Reading, success } from '../model/reading.ts';
import { type EtcdClient, type EtcdOptions, etcdClient, prefixRange } from '../transport/etcd.ts';
import { EtcdError } from '../transport/etcd-error.ts';
import type { Datastore, DatastoreState } from './datastore.ts';
import { type EtcdCache, etcdCache } from './etcd-cache.ts';
import { announcesServices, type EtcdKind, endpointKind, etcdKinds, wantsEndpoints } from './etcd-objects.ts';

export interface EtcdDatastoreOptions extends EtcdOptions {
  /** Time between two looks whether the watch still tells everything, in milliseconds. */
  readonly intervalMs: number;
  /** Somebody else reads the Services, which are not in etcd. */
  readonly servicesElsewhere?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Most time for listing everything, in milliseconds. */
const loadMs = 60_000;
/** Everything is listed anew after so many intervals. */
const listEvery = 60;
/** How long the watch may lag behind the counts. */
const settleMs = 2000;
const firstWaitMs = 250;

/** A kind that can never be read here: what depends on it is left unjudged. */
const noServices: KindState = {
  kind: 'Service',
  count: 0,
  at: undefined,
  error: "Calico's etcd holds no Services; name the Kubernetes that has them with datastore.etcd.services",
};

/** What one listing made known; watched from `revision` on. */
interface Loaded {
  readonly kinds: readonly EtcdKind[];
  readonly cache: EtcdCache;
  readonly revision: number;
}

async function listInto(
  client: EtcdClient,
  kinds: readonly EtcdKind[],
  signal: AbortSignal,
  older: EtcdCache | undefined,
): Promise<Loaded> {
  const cache = etcdCache(kinds);
  let revision: number | undefined;
  for (const { prefix } of kinds) {
    for await (const page of client.list(prefixRange(prefix), revision, signal)) {
      ({ revision } = page);
      cache.apply(page.entries, older);
    }
  }
  return { kinds, cache, revision: revision ?? 0 };
}

async function load(client: EtcdClient, signal: AbortSignal, older?: EtcdCache): Promise<Loaded> {
  const loaded = await listInto(client, etcdKinds, signal, older);
  if (etcdKinds.every((kind) => loaded.cache.count(kind) === 0)) {
    const hint = "is this Calico's etcd (and not Kubernetes' own), and may the user read /calico/?";
    throw new EtcdError('not-found', `etcd holds none of Calico's keys; ${hint}`);
  }
  if (!loaded.cache.objects().some(wantsEndpoints)) return loaded;
  return listInto(client, [...etcdKinds, endpointKind], signal, older);
}

/** Resolves after a time, or at once when the signal aborts. */
const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });

/** The objects in Calico's etcd. Opens nothing before it is asked to. */
export function etcdDatastore(options: EtcdDatastoreOptions): Datastore {
  const { intervalMs, now, servicesElsewhere = false } = options;
  const ended = new AbortController();
  let reading: Reading<DatastoreState> = failure(now(), 'pending', 'etcd has not been read yet');
  let loaded: Loaded | undefined;
  /** What was loaded before, of a server that did not go away meanwhile. */
  let previous: EtcdCache | undefined;
  let client: EtcdClient | undefined;

  const stateOf = ({ kinds, cache }: Loaded): DatastoreState => {
    const objects = cache.objects();
    const lacking = !servicesElsewhere && objects.some(announcesServices) ? [noServices] : [];
    return {
      objects,
      problems: cache.problems(),
      // Asked anew each time: the value stays the same while nothing changes, and yet says how old it is.
      get kinds() {
        const at = lastGood(reading)?.at;
        const broken = reading.ok ? {} : { error: reading.error.message, errorSince: reading.at };
        const own = kinds.map((kind) => ({ kind: kind.kind, count: cache.count(kind), at, ...broken }));
        return [...own, ...lacking];
      },
    };
  };

  const failed = (error: unknown) => {
    client?.close();
    client = undefined;
    loaded = undefined;
    previous = undefined;
    // Since when, and not how often, is what counts.
    const at = reading.ok || reading.error.kind === 'pending' ? now() : reading.at;
    const [kind, message] =
      error instanceof EtcdError
        ? [error.kind === 'compacted' ? 'protocol' : error.kind, error.message]
        : ['internal' as const, `internal error in the etcd datastore: ${String(error)}`];
    reading = keepLast(reading, failure(at, kind, message));
  };

  const refresh = async () => {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(loadMs)]);
    try {
      // A new client each time: certificates may have been renewed on disk.
      client?.close();
      client = etcdClient(options);
      loaded = await load(client, signal, previous);
      previous = undefined;
      reading = success(now(), stateOf(loaded));
    } catch (error) {
      failed(error);
    }
  };

  /** Looks every interval whether the server has as many keys as the cache. Resolves when it is time to list anew. */
  const check = async (client: EtcdClient, { kinds, cache }: Loaded, signal: AbortSignal) => {
    const ranges = kinds.map(({ prefix }) => prefixRange(prefix));
    const agrees = async () => {
      const counts = await client.counts(ranges, signal);
      return kinds.every((kind, i) => counts[i] === cache.count(kind));
    };
    for (let round = 0; round < listEvery && !signal.aborted; round++) {
      await pause(intervalMs, signal);
      if (signal.aborted) return;
      if (!(await agrees())) {
        await pause(settleMs, signal);
        if (!signal.aborted && !(await agrees())) return;
      }
      if (reading.ok && !signal.aborted) reading = { ...reading, at: now() };
    }
  };

  /** Follows changes until the stream ends (rejects) or everything is to be listed anew (resolves). */
  const follow = async (client: EtcdClient, from: Loaded, onChange: () => void) => {
    const round = new AbortController();
    const signal = AbortSignal.any([ended.signal, round.signal]);
    const ranges = from.kinds.map(({ prefix }) => prefixRange(prefix));
    const changes = (entries: Parameters<EtcdCache['apply']>[0]) => {
      if (signal.aborted || !from.cache.apply(entries)) return;
      const state = stateOf(from);
      reading = success(now(), state);
      onChange();
      // The first peer of pods makes endpoints count, which were not listed.
      if (!from.kinds.includes(endpointKind) && state.objects.some(wantsEndpoints)) round.abort();
    };
    const watching = client.watch(ranges, from.revision + 1, changes, signal);
    try {
      await Promise.race([watching, check(client, from, signal)]);
    } catch (error) {
      if (!round.signal.aborted) throw error;
    } finally {
      round.abort();
      watching.catch(() => {});
    }
  };

  /** Follows as long as it goes; true when it went well, or for long enough that waiting starts anew. */
  const followOnce = async (client: EtcdClient, from: Loaded, onChange: () => void): Promise<boolean> => {
    const began = now();
    try {
      await follow(client, from, onChange);
      loaded = undefined;
      previous = from.cache;
      return true;
    } catch (error) {
      if (ended.signal.aborted) return true;
      failed(error);
      onChange();
      // Whoever can list but not watch must not list all the time.
      return now() - began > intervalMs;
    }
  };

  const run = async (onChange: () => void) => {
    let wait = firstWaitMs;
    while (!ended.signal.aborted) {
      if (!loaded) {
        await refresh();
        if (!ended.signal.aborted) onChange();
      }
      if (loaded && client && (await followOnce(client, loaded, onChange))) {
        wait = firstWaitMs;
      } else {
        await pause(wait, ended.signal);
        wait = Math.min(wait * 2, intervalMs);
      }
    }
  };

  return {
    kind: 'etcd',
    current() {
      // Once read, objects stay; `kinds` says how old they are and why.
      const known = lastGood(reading);
      return known ? success(known.at, known.value) : reading;
    },
    refresh,
    watch(onChange) {
      void run(onChange);
    },
    stop() {
      ended.abort();
      client?.close();
    },
  };
}
