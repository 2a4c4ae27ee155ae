// A Calico node read through CalicoNodeStatus: calico-node itself writes into the object what its BIRDs say. Read only, it
// cannot tell "nothing changed" from "nobody reports" for long (node-status-age.ts). With `manage` the exporter keeps an
// object of its own for the node, and makes a new one beside it whenever the old has not changed for a while: it must be
// filled, or the node does not report. Two names in turn, so that no update meets an object that has just gone.
import type { Collected, Collector, CollectQuery, DeviceFacts } from '../../model/collector.ts';
import { ParseError } from '../../model/parse-error.ts';
import { failure, keepLast, type Reading, type ReadingErrorKind, success } from '../../model/reading.ts';
import type { RouteView } from '../../model/route-view.ts';
import type { Session } from '../../model/session.ts';
import { KubeError } from '../../transport/kube.ts';
import { nodeStatusCapabilities } from './node-capabilities.ts';
import { kubeReadingError, type RbacRule } from './node-kube.ts';
import { judge, type Sighting, sight } from './node-status-age.ts';
import type { NodeStatusApi } from './node-status-api.ts';
import {
  factsOfStatus,
  type NodeStatusObject,
  routesOfStatus,
  sessionsOfStatus,
} from './node-status-object.ts';

export interface NodeStatusOptions {
  /** Make, renew and remove an object for the node; else only those are read that somebody has made. */
  readonly manage: boolean;
  /** Of the objects that are made, in seconds. */
  readonly updatePeriodSeconds: number;
  /** How long content that does not change is believed to be true, in milliseconds. */
  readonly maxUnchangedMs: number;
}

export interface NodeStatusCollectorOptions extends NodeStatusOptions {
  readonly device: string;
  readonly api: NodeStatusApi;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Trouble {
  readonly kind: ReadingErrorKind;
  readonly message: string;
}

const prefix = 'calico-bgp-exporter.';
/** An object name has at most 253 characters. */
const mostNameLength = 253;

/** The two names that the exporter's own objects for a node have in turn. */
export function ownNames(node: string): readonly [string, string] {
  const base = `${prefix}${node}`.slice(0, mostNameLength - 2).replace(/[.-]+$/, '');
  return [`${base}.a`, `${base}.b`];
}

/** Of several objects with a class the one that was written last. */
function newest(objects: readonly NodeStatusObject[], kind: string): NodeStatusObject | undefined {
  const fit = objects.filter(({ classes }) => classes.includes(kind));
  const time = ({ lastUpdated }: NodeStatusObject) => Date.parse(lastUpdated ?? '') || 0;
  return fit.toSorted((x, y) => time(y) - time(x))[0];
}

/** How long an object may stay empty, in milliseconds. */
const fillMs = ({ periodSeconds }: Pick<NodeStatusObject, 'periodSeconds'>) => 2000 * periodSeconds + 20_000;

/** Reads a node through its CalicoNodeStatus. `collect` never throws: what failed is in the readings. */
export function nodeStatusCollector(options: NodeStatusCollectorOptions): Collector {
  const { device, api, manage, updatePeriodSeconds, maxUnchangedMs, now } = options;
  const names = ownNames(device);
  const sightings = new Map<string, Sighting>();
  /** When we made an object that is not filled yet. */
  const made = new Map<string, number>();
  let last: Pick<Collected, 'sessions' | 'routes'> | undefined;

  const rule = (verbs: readonly string[]): RbacRule => ({
    group: api.group(),
    resource: 'caliconodestatuses',
    verbs,
  });

  const troubleOf = (error: unknown, verbs: readonly string[]): Trouble => {
    if (error instanceof KubeError) return kubeReadingError(error, rule(verbs));
    if (error instanceof ParseError) return { kind: 'parse', message: error.message };
    return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
  };

  const create = async (name: string, signal: AbortSignal): Promise<void> => {
    await api.create(name, device, updatePeriodSeconds, signal);
    made.set(name, now());
  };

  /** Keeps the exporter's own objects as they should be. Rejects with KubeError. */
  const tend = async (objects: readonly NodeStatusObject[], signal: AbortSignal): Promise<void> => {
    const own = names.flatMap((name) => objects.find((object) => object.name === name) ?? []);
    const [first, second] = own;
    const free = names.find((name) => !own.some((object) => object.name === name));
    if (!first) {
      await create(names[0], signal);
    } else if (second) {
      // Both are there: once the younger is filled the other has served.
      const byAge = own.toSorted((x, y) => (x.createdAt ?? 0) - (y.createdAt ?? 0));
      const [older, younger] = byAge;
      if (older && younger?.lastUpdated !== undefined) await api.remove(older.name, signal);
    } else if (free !== undefined && first.lastUpdated !== undefined) {
      const known = sightings.get(first.name);
      if (known && now() - known.writtenAt > maxUnchangedMs / 2) await create(free, signal);
    }
  };

  /** What stands in the way of believing the object; undefined when nothing does. */
  const doubt = (object: NodeStatusObject, unchangedMs: number, believed: boolean): Trouble | undefined => {
    if (believed) return undefined;
    const minutes = Math.round(unchangedMs / 60_000);
    const facts = `CalicoNodeStatus ${object.name} of ${device} has not changed for ${minutes} min`;
    if (object.periodSeconds === 0)
      return {
        kind: 'timeout',
        message: `${facts}; its updatePeriodSeconds is 0: calico-node does not renew it`,
      };
    return {
      kind: 'timeout',
      message: manage
        ? `${facts}, and calico-node does not fill a new one: it does not report (not running, without the right to update caliconodestatuses, or stopped by a line it cannot read, such as a multipath route)`
        : `${facts}: nothing changed there, or calico-node reports no more; only a new object could tell (manage: true)`,
    };
  };

  function part<T>(
    object: NodeStatusObject | undefined,
    kind: string,
    read: (from: NodeStatusObject) => T,
  ): Reading<T> {
    if (!object) {
      const message = `no CalicoNodeStatus of ${device} has the class ${kind}`;
      return failure(now(), 'unsupported', message);
    }
    if (object.lastUpdated === undefined) {
      const since = made.get(object.name) ?? object.createdAt ?? now();
      const waits = now() - since <= fillMs(object);
      const message = `calico-node on ${device} has not filled CalicoNodeStatus ${object.name} yet`;
      return waits
        ? failure(now(), 'pending', message)
        : failure(now(), 'timeout', `${message}, ${Math.round((now() - since) / 1000)} s after it was made`);
    }
    const version = `${object.name} ${object.lastUpdated}`;
    const madeAt = made.get(object.name);
    const seen = sight(sightings.get(object.name), version, object.lastUpdated, now(), madeAt);
    sightings.set(object.name, seen);
    const { at, believed, unchangedMs } = judge(seen, object.periodSeconds, maxUnchangedMs, now());
    let value: T;
    try {
      value = read(object);
    } catch (error) {
      const { kind: why, message } = troubleOf(error, []);
      return failure(now(), why, message);
    }
    const trouble = doubt(object, unchangedMs, believed);
    return trouble ? { ok: false, at: now(), error: trouble, last: { at, value } } : success(at, value);
  }

  const read = (objects: readonly NodeStatusObject[], query: CollectQuery): Collected => {
    const filled = objects.filter(({ lastUpdated }) => lastUpdated !== undefined);
    const pick = (kind: string) => newest(filled, kind) ?? newest(objects, kind);
    const agent = newest(filled, 'Agent');
    const { notReady, ...facts } = agent ? factsOfStatus(agent) : { notReady: undefined };
    const capabilities = nodeStatusCapabilities;
    const rest: { facts: DeviceFacts } = { facts: { ...facts, capabilities } };
    if (notReady !== undefined) {
      const sessions = failure<readonly Session[]>(now(), 'refused', notReady);
      return { sessions, routes: failure(now(), 'refused', notReady), ...rest };
    }
    const sessions = part<readonly Session[]>(pick('BGP'), 'BGP', (from) => sessionsOfStatus(from, device));
    const routes = part<readonly RouteView[]>(pick('Routes'), 'Routes', (from) =>
      routesOfStatus(from, query),
    );
    return { sessions, routes, ...rest };
  };

  const failed = ({ kind, message }: Trouble): Collected => ({
    sessions: failure(now(), kind, message),
    routes: failure(now(), kind, message),
  });

  const attempt = async (query: CollectQuery, signal: AbortSignal): Promise<Collected> => {
    let objects: readonly NodeStatusObject[];
    try {
      objects = (await api.list(signal)).filter(({ node }) => node === device);
    } catch (error) {
      const trouble = troubleOf(error, ['list']);
      const gone = trouble.kind === 'not-found';
      // Not that BIRD is gone: the cluster does not know such objects.
      return failed(gone ? { kind: 'unsupported', message: trouble.message } : trouble);
    }
    const present = new Set(objects.map(({ name }) => name));
    for (const name of sightings.keys()) if (!present.has(name)) sightings.delete(name);
    const collected = objects.length > 0 ? read(objects, query) : undefined;
    if (manage) {
      try {
        await tend(objects, signal);
      } catch (error) {
        // What is there is still worth showing, unless nothing is.
        if (!collected) return failed(troubleOf(error, ['list', 'create', 'delete']));
      }
    }
    if (collected) return collected;
    return manage
      ? failed({ kind: 'pending', message: `a CalicoNodeStatus has just been made for ${device}` })
      : failed({
          kind: 'unsupported',
          message: `there is no CalicoNodeStatus of ${device}; make one, or let the exporter do so (manage: true)`,
        });
  };

  return {
    device,
    source: 'status',
    async collect(query, signal) {
      const collected = await attempt(query, signal);
      last = {
        sessions: keepLast(last?.sessions, collected.sessions),
        routes: keepLast(last?.routes, collected.routes),
      };
      return { ...collected, ...last };
    },
    close() {
      if (!manage) return;
      // They cost every node some work as long as they are there. Should this not get through, the next start takes them over.
      const signal = AbortSignal.timeout(2000);
      for (const name of names)
        if (sightings.has(name) || made.has(name)) api.remove(name, signal).catch(() => undefined);
    },
  };
}
