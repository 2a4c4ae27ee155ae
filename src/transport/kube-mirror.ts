// A live copy of one kind of object: list, then watch, for ever. After a dropped connection the watch goes on where it
// was; after 410 Gone the list is read again; after a refusal it waits, twice as long each time, with jitter. After each of
// these the copy equals a fresh list. Model: k8s.io/client-go/tools/cache Reflector.
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, KubeError, type KubeErrorKind } from './kube.ts';
import { kubeList } from './kube-list.ts';
import { kubeWatch } from './kube-watch.ts';

export interface MirrorSettings {
  readonly pageSize: number;
  /** Most time for one page of a list, in milliseconds. */
  readonly patienceMs: number;
  /** How long the server shall keep one watch open, in seconds. */
  readonly timeoutSeconds: number;
  /** Silence of a watch after which its connection counts as dead, in milliseconds. */
  readonly silenceMs: number;
  /** First and longest wait after failures, in milliseconds. */
  readonly leastWaitMs: number;
  readonly mostWaitMs: number;
}

export const mirrorSettings: MirrorSettings = {
  pageSize: 500,
  patienceMs: 60_000,
  timeoutSeconds: 290,
  silenceMs: 320_000,
  leastWaitMs: 1000,
  mostWaitMs: 30_000,
};

export interface MirrorOptions<T> {
  readonly client: KubeClient;
  /** Where the kind is served, without query; asked again before each list. Throws KubeError. */
  readonly path: (signal: AbortSignal) => Promise<string>;
  /** Key and kept part of an item; undefined for what is of no interest or no object. */
  readonly keep: (item: unknown) => { readonly key: string; readonly value: T } | undefined;
  readonly same: (x: T, y: T) => boolean;
  readonly now: () => number;
  readonly settings: MirrorSettings;
}

export interface Mirror<T> {
  readonly items: ReadonlyMap<string, T>;
  /** When the copy was last known to be complete and up to date, in ms since the epoch; undefined: never. */
  at(): number | undefined;
  /** Why it is not up to date now. */
  error(): { readonly error: KubeError; readonly since: number } | undefined;
  /** Reads the whole list once. Never rejects: `error()` has the reason. */
  list(signal: AbortSignal): Promise<void>;
  /** Stays up to date until `signal` aborts. `onChange` tells that items or error are others. Never rejects. */
  run(signal: AbortSignal, onChange: () => void): Promise<void>;
}

/** A watch that ends sooner than this did not work, even where it ended in order. */
const shortWatchMs = 1000;

/** After these the place in the stream of changes is still good. */
const lostTouch: ReadonlySet<KubeErrorKind> = new Set(['refused', 'timeout', 'busy', 'auth']);

/** So many failures in a row, and the list is read again. */
const mostResumes = 4;

/** A mirror of one kind; `same` tells which changes do not count. */
export function kubeMirror<T>(options: MirrorOptions<T>): Mirror<T> {
  const { client, keep, same, now, settings } = options;
  let items = new Map<string, T>();
  let at: number | undefined;
  let trouble: { readonly error: KubeError; readonly since: number } | undefined;
  /** From where a watch can go on; undefined: a list is needed. */
  let from: { readonly path: string; resourceVersion: string } | undefined;

  /** True when this is news. */
  const note = (error: KubeError | undefined): boolean => {
    const before = trouble?.error.message;
    trouble = error && { error, since: trouble?.since ?? now() };
    return before !== error?.message;
  };

  const replace = (fresh: ReadonlyMap<string, T>): boolean => {
    const before = items;
    let changed = before.size !== fresh.size;
    // What has not changed stays the same object, so that nobody reads it anew.
    items = new Map(
      [...fresh].map(([key, value]) => {
        const older = before.get(key);
        if (older !== undefined && same(older, value)) return [key, older] as const;
        changed = true;
        return [key, value] as const;
      }),
    );
    return changed;
  };

  const change = (type: string, object: unknown): boolean => {
    const kept = keep(object);
    if (!kept) return false;
    if (type === 'DELETED') return items.delete(kept.key);
    const older = items.get(kept.key);
    if (older !== undefined && same(older, kept.value)) return false;
    items.set(kept.key, kept.value);
    return true;
  };

  const readList = async (signal: AbortSignal): Promise<boolean> => {
    from = undefined;
    const path = await options.path(signal);
    const { pageSize, patienceMs } = settings;
    const list = await kubeList({ client, path, keep, signal, pageSize, patienceMs });
    const fresh = new Map<string, T>();
    for (const kept of list.items) if (kept) fresh.set(kept.key, kept.value);
    from = { path, resourceVersion: list.resourceVersion };
    const first = at === undefined;
    at = now();
    return replace(fresh) || first;
  };

  /** True when it was good for something before it ended, in whichever way. */
  const readWatch = async (
    signal: AbortSignal,
    onChange: () => void,
  ): Promise<{ readonly worked: boolean; readonly failed?: unknown }> => {
    const place = from;
    if (!place) return { worked: false };
    const { timeoutSeconds, silenceMs } = settings;
    let opened: number | undefined;
    let events = 0;
    const worked = () => events > 0 || (opened !== undefined && performance.now() - opened >= shortWatchMs);
    try {
      await kubeWatch({
        client,
        path: place.path,
        resourceVersion: place.resourceVersion,
        signal,
        timeoutSeconds,
        silenceMs,
        onOpen: () => {
          opened = performance.now();
          if (note(undefined)) onChange();
        },
        onEvent: ({ type, object, resourceVersion }) => {
          events++;
          place.resourceVersion = resourceVersion;
          at = now();
          if (type !== 'BOOKMARK' && change(type, object)) onChange();
        },
      });
    } catch (failed) {
      return { worked: worked(), failed };
    }
    // Open until its time was over: nothing can have been missed.
    at = now();
    return { worked: worked() };
  };

  const asError = (error: unknown) =>
    error instanceof KubeError ? error : new KubeError('protocol', `internal error: ${String(error)}`);

  const waitAfter = (failures: number, error: KubeError | undefined): number => {
    // The first 410 is the usual end of an old watch.
    if (error?.kind === 'expired' && failures === 1) return 0;
    const most = Math.min(settings.leastWaitMs * 2 ** (failures - 1), settings.mostWaitMs);
    return Math.max(error?.retryAfterMs ?? 0, most * (0.5 + Math.random() / 2));
  };

  const round = async (signal: AbortSignal, onChange: () => void) => {
    try {
      if (!from && (await readList(signal))) onChange();
    } catch (failed) {
      return { worked: false, failed };
    }
    return readWatch(signal, onChange);
  };

  /** What follows from a failure; true when it is news. */
  const heed = (error: KubeError, failures: number): boolean => {
    // A watch goes on where it was, unless that is what does not work.
    if (!lostTouch.has(error.kind) || failures >= mostResumes) from = undefined;
    // That an old watch has expired is no trouble unless it happens again.
    return (error.kind !== 'expired' || failures > 1) && note(error);
  };

  return {
    get items() {
      return items;
    },
    at: () => at,
    error: () => trouble,
    async list(signal) {
      try {
        await readList(signal);
        note(undefined);
      } catch (error) {
        note(signal.aborted ? new KubeError('timeout', 'the objects were not read in time') : asError(error));
      }
    },
    async run(signal, onChange) {
      let failures = 0;
      while (!signal.aborted) {
        const { worked, failed } = await round(signal, onChange);
        if (signal.aborted) return;
        const error = failed === undefined ? undefined : asError(failed);
        if (worked) failures = 0;
        if (worked && !error) continue;
        failures++;
        if (error && heed(error, failures)) onChange();
        await sleep(waitAfter(failures, error), undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
