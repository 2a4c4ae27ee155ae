// CalicoNodeStatus objects of one cluster through its API server: listed once for all nodes that are read, created and
// deleted where that is allowed. In crd.projectcalico.org/v1 where Calico's resources are (that group keeps them for Calico's
// own API server, too), else in projectcalico.org/v3; the same JSON in both.
import { type KubeClient, KubeError } from '../../transport/kube.ts';
import { type NodeStatusObject, nodeStatusObject, type StatusClass } from './node-status-object.ts';

const groups = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const;

/** How long a list serves the other nodes too, in milliseconds. */
const sharedMs = 1500;
/** How long a group counts as found, in milliseconds. */
const keepGroupMs = 60_000;
const patienceMs = 10_000;

export interface NodeStatusApi {
  /** All objects of the cluster; a list that has just been made serves several nodes. Rejects with KubeError. */
  list(signal: AbortSignal): Promise<readonly NodeStatusObject[]>;
  create(name: string, node: string, periodSeconds: number, signal: AbortSignal): Promise<void>;
  /** Resolves, too, when it is not there any more. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** The API group in use, without version, for messages. */
  group(): string;
}

const classes: readonly StatusClass[] = ['Agent', 'BGP', 'Routes'];

/** The objects of the cluster of this client. `fixedGroup` as in the configuration; without it what is served. */
export function nodeStatusApi(
  client: KubeClient,
  fixedGroup: string | undefined,
  now: () => number,
): NodeStatusApi {
  let found: { readonly group: string; readonly at: number } | undefined;
  let latest: { readonly at: number; readonly objects: Promise<readonly NodeStatusObject[]> } | undefined;

  const path = (group: string) => `/apis/${group}/caliconodestatuses`;
  const current = () => fixedGroup ?? found?.group ?? groups[0];

  const read = async (group: string, signal: AbortSignal) => {
    const answer = await client.getJson(path(group), signal, patienceMs);
    const items = (answer as { items?: unknown } | null)?.items ?? [];
    if (!Array.isArray(items))
      throw new KubeError(
        'protocol',
        `the API server answered ${path(group)} with something that is no list`,
      );
    return items.flatMap((item) => nodeStatusObject(item) ?? []);
  };

  const readAny = async (signal: AbortSignal) => {
    if (fixedGroup !== undefined) return read(fixedGroup, signal);
    if (found && now() - found.at < keepGroupMs) return read(found.group, signal);
    const errors: KubeError[] = [];
    for (const group of groups) {
      try {
        const objects = await read(group, signal);
        found = { group, at: now() };
        return objects;
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind !== 'not-found') throw error;
        errors.push(error);
      }
    }
    found = undefined;
    throw errors[0] ?? new KubeError('not-found', 'no CalicoNodeStatus is served');
  };

  const kindOf = (group: string) => ({ apiVersion: group, kind: 'CalicoNodeStatus' });

  return {
    group: () => current().slice(0, current().indexOf('/')),
    async list(signal) {
      if (latest && now() - latest.at < sharedMs && now() >= latest.at) {
        try {
          return await latest.objects;
        } catch {
          // Another node's reading ended first, maybe: ask for this one.
        }
      }
      const objects = readAny(signal);
      latest = { at: now(), objects };
      objects.catch(() => undefined);
      return objects;
    },
    async create(name, node, periodSeconds, signal) {
      const spec = { node, classes, updatePeriodSeconds: periodSeconds };
      await client.change(
        'POST',
        path(current()),
        { ...kindOf(current()), metadata: { name }, spec },
        signal,
      );
      latest = undefined;
    },
    async remove(name, signal) {
      try {
        await client.change('DELETE', `${path(current())}/${encodeURIComponent(name)}`, undefined, signal);
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind !== 'not-found') throw error;
      }
      latest = undefined;
    },
  };
}
