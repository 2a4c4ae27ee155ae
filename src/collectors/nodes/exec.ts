// A Calico node read by running birdcl in its calico-node pod through the Kubernetes API (what `kubectl exec` does): the
// same questions as over BIRD's own socket, one run each, a bounded number at once for the whole cluster. The pod is looked
// for at each reading, by label and node: it has another name after every restart.
import type { Family } from '../../model/address.ts';
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { type KubeClient, KubeError } from '../../transport/kube.ts';
import { type BirdDaemon, birdNodeCollector } from './bird-node.ts';
import { BirdError } from './bird-protocol.ts';
import { openBirdcl, type ProgramResult } from './birdcl.ts';
import { kubeBirdError } from './node-kube.ts';

export interface ExecOptions {
  /** Namespaces where calico-node may run, the first with a pod on the node counts. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  readonly container: string;
  readonly socket: string;
  /** Absent: there is no daemon for IPv6. Once given, its absence is a failure. */
  readonly socket6?: string;
}

export interface ExecCollectorOptions extends ExecOptions {
  /** The node's name in Kubernetes. */
  readonly device: string;
  readonly client: KubeClient;
  /** Most time for one run of the program, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Runs the work when a slot is free: bounds how many programs run at once in the whole cluster. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
  /** Why birdcl cannot be run in it; absent when it can. */
  readonly trouble?: string;
}

interface PodObject {
  readonly metadata?: { readonly name?: unknown; readonly deletionTimestamp?: unknown };
  readonly status?: {
    readonly phase?: unknown;
    readonly containerStatuses?: readonly {
      readonly name?: unknown;
      readonly state?: {
        readonly running?: unknown;
        readonly waiting?: { readonly reason?: unknown };
        readonly terminated?: { readonly reason?: unknown };
      };
    }[];
  };
}

function podOf(namespace: string, { metadata, status }: PodObject, container: string): Pod | undefined {
  const name = metadata?.name;
  if (typeof name !== 'string') return undefined;
  const state = status?.containerStatuses?.find((each) => each.name === container)?.state;
  if (status?.phase === 'Running' && state?.running) return { namespace, name };
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? status?.phase ?? 'unknown';
  return { namespace, name, trouble: `its container ${container} is not running (${String(reason)})` };
}

/** The pods of calico-node on one node, those where it runs first. */
async function podsOn(options: ExecCollectorOptions, signal: AbortSignal): Promise<readonly Pod[]> {
  const { client, device, namespaces, labelSelector, container, commandTimeoutMs } = options;
  const query = new URLSearchParams({ labelSelector, fieldSelector: `spec.nodeName=${device}` });
  const pods: Pod[] = [];
  for (const namespace of namespaces) {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    let answer: unknown;
    try {
      answer = await client.getJson(`${path}?${query}`, signal, commandTimeoutMs);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      throw kubeBirdError(error, { group: '', resource: 'pods', verbs: ['list'], namespace });
    }
    const items = (answer as { items?: unknown } | null)?.items ?? [];
    if (!Array.isArray(items))
      throw new BirdError('protocol', `the API server answered ${path} with no list`);
    pods.push(...items.flatMap((item: PodObject) => podOf(namespace, item, container) ?? []));
    if (pods.some(({ trouble }) => trouble === undefined)) break;
  }
  return pods.sort((x, y) => Number(x.trouble !== undefined) - Number(y.trouble !== undefined));
}

async function findPod(options: ExecCollectorOptions, signal: AbortSignal): Promise<Pod> {
  const { device, namespaces, labelSelector } = options;
  const [pod] = await podsOn(options, signal);
  if (!pod) {
    const where = `namespace ${namespaces.join(' or ')}`;
    throw new BirdError('not-found', `no pod with label ${labelSelector} on node ${device} in ${where}`);
  }
  if (pod.trouble !== undefined)
    throw new BirdError('refused', `pod ${pod.namespace}/${pod.name} on node ${device}: ${pod.trouble}`);
  return pod;
}

async function runIn(
  options: ExecCollectorOptions,
  { namespace, name }: Pod,
  argv: readonly string[],
  signal: AbortSignal,
  maxOutputBytes: number,
): Promise<ProgramResult> {
  const { client, container, commandTimeoutMs, limit } = options;
  try {
    return await limit(() => {
      const limits = { signal, timeoutMs: commandTimeoutMs, maxOutputBytes };
      return client.exec({ namespace, pod: name, container, command: argv }, limits);
    });
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // The WebSocket is opened with GET; newer API servers ask for `create` besides, as for the former SPDY.
    const verbs = ['get', 'create'];
    throw kubeBirdError(error, { group: '', resource: 'pods/exec', verbs, namespace });
  }
}

/** Reads a node through birdcl in its pod. `collect` never throws: what failed is in the readings. */
export function execCollector(options: ExecCollectorOptions): Collector {
  const { device, socket, socket6, now } = options;
  return {
    device,
    source: 'exec',
    collect(query: CollectQuery, signal: AbortSignal): Promise<Collected> {
      let finding: Promise<Pod> | undefined;
      const daemon = (path: string, program: string, family: Family): BirdDaemon => ({
        path,
        family,
        async open(aborted, maxReplyBytes) {
          finding ??= findPod(options, aborted);
          const pod = await finding;
          return openBirdcl({
            where: `${program} in pod ${pod.namespace}/${pod.name}`,
            program,
            socket: path,
            run: (argv, ended, most) => runIn(options, pod, argv, ended, most),
            signal: aborted,
            maxReplyBytes,
          });
        },
      });
      const daemons = [
        daemon(socket, 'birdcl', 4),
        ...(socket6 === undefined ? [] : [daemon(socket6, 'birdcl6', 6)]),
      ];
      return birdNodeCollector({ device, source: 'exec', daemons, now }).collect(query, signal);
    },
    close: () => undefined,
  };
}
