// Agents found by the EndpointSlices of their Service (kubernetes.io/docs/concepts/services-networking/endpoint-slices): which
// address the agent of each node has now. Looked up at each reading, one list for all nodes. A node without an endpoint has
// no agent that could be asked: its readings say so, and it is not taken for a node without routes.
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { failure } from '../../model/reading.ts';
import { type KubeClient, KubeError } from '../../transport/kube.ts';
import { type AgentCollectorOptions, agentCollector } from './agent.ts';
import { kubeReadingError } from './node-kube.ts';

export interface AgentService {
  readonly namespace: string;
  readonly service: string;
  /** Name or number of the port; absent: the only one. */
  readonly port?: string | number;
  readonly scheme: 'https' | 'http';
}

export interface AgentEndpoint {
  readonly host: string;
  readonly port: number;
  readonly ready: boolean;
}

export interface AgentEndpoints {
  /** The endpoint on each node; a list that has just been made serves several nodes. Rejects with KubeError. */
  byNode(signal: AbortSignal): Promise<ReadonlyMap<string, AgentEndpoint>>;
}

interface Slice {
  readonly addressType?: unknown;
  readonly ports?: readonly { readonly name?: unknown; readonly port?: unknown }[] | null;
  readonly endpoints?:
    | readonly {
        readonly nodeName?: unknown;
        readonly addresses?: readonly unknown[];
        readonly conditions?: { readonly ready?: unknown };
      }[]
    | null;
}

/** How long a list serves the other nodes too, in milliseconds. */
const sharedMs = 1500;
const patienceMs = 10_000;

function portOf({ ports }: Slice, wanted: string | number | undefined): number | undefined {
  const all = ports ?? [];
  const fit = all.find(({ name, port }) => wanted === undefined || wanted === name || wanted === port);
  return typeof fit?.port === 'number' && (wanted !== undefined || all.length === 1) ? fit.port : undefined;
}

/** The endpoints in EndpointSlices, by node: a ready one before others, IPv4 before IPv6. */
export function endpointsByNode(
  slices: readonly unknown[],
  wanted: string | number | undefined,
): Map<string, AgentEndpoint> {
  const found = new Map<string, AgentEndpoint & { readonly rank: number }>();
  for (const slice of slices as readonly Slice[]) {
    const port = portOf(slice, wanted);
    if (port === undefined || slice.addressType === 'FQDN') continue;
    for (const { nodeName, addresses, conditions } of slice.endpoints ?? []) {
      const [host] = addresses ?? [];
      if (typeof nodeName !== 'string' || typeof host !== 'string') continue;
      // Unknown counts as ready (Kubernetes API, EndpointConditions).
      const ready = conditions?.ready !== false;
      const rank = (ready ? 2 : 0) + (slice.addressType === 'IPv6' ? 0 : 1);
      if (rank > (found.get(nodeName)?.rank ?? -1)) found.set(nodeName, { host, port, ready, rank });
    }
  }
  return found;
}

/** The endpoints of a Service. Nothing is asked before the first look-up. */
export function agentEndpoints(client: KubeClient, of: AgentService, now: () => number): AgentEndpoints {
  let latest:
    | { readonly at: number; readonly found: Promise<ReadonlyMap<string, AgentEndpoint>> }
    | undefined;
  const read = async (signal: AbortSignal) => {
    const query = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${of.service}` });
    const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(of.namespace)}/endpointslices`;
    const answer = await client.getJson(`${path}?${query}`, signal, patienceMs);
    const items = (answer as { items?: unknown } | null)?.items ?? [];
    if (!Array.isArray(items))
      throw new KubeError('protocol', `the API server answered ${path} with something that is no list`);
    return endpointsByNode(items, of.port);
  };
  return {
    async byNode(signal) {
      if (latest && now() >= latest.at && now() - latest.at < sharedMs) {
        try {
          return await latest.found;
        } catch {
          // Another node's reading ended first, maybe: ask for this one.
        }
      }
      const found = read(signal);
      latest = { at: now(), found };
      found.catch(() => undefined);
      return found;
    },
  };
}

export interface FoundAgentOptions extends Omit<AgentCollectorOptions, 'url'> {
  readonly of: AgentService;
  readonly endpoints: AgentEndpoints;
}

/** Reads a node through its agent, wherever that is now. `collect` never throws: what failed is in the readings. */
export function foundAgentCollector({ of, endpoints, ...options }: FoundAgentOptions): Collector {
  const { device, now } = options;
  let current: { readonly url: string; readonly collector: Collector } | undefined;

  const failed = (kind: Parameters<typeof failure>[1], message: string): Collected => ({
    sessions: failure(now(), kind, message),
    routes: failure(now(), kind, message),
  });

  return {
    device,
    source: 'agent',
    async collect(query: CollectQuery, signal: AbortSignal): Promise<Collected> {
      let endpoint: AgentEndpoint | undefined;
      try {
        endpoint = (await endpoints.byNode(signal)).get(device);
      } catch (error) {
        if (!(error instanceof KubeError)) return failed('internal', String(error));
        const rule = { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: ['list'] };
        const { kind, message } = kubeReadingError(error, { ...rule, namespace: of.namespace });
        return failed(kind, message);
      }
      if (!endpoint) {
        const service = `${of.namespace}/${of.service}`;
        const port = of.port === undefined ? '' : ` with port ${of.port}`;
        const message = `Service ${service} has no endpoint${port} on node ${device}: no agent runs there`;
        // Nothing is known of BIRD there: not "BIRD is gone".
        return failed('unreachable', message);
      }
      const { host, port } = endpoint;
      const url = `${of.scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
      if (current?.url !== url) {
        current?.collector.close();
        current = { url, collector: agentCollector({ ...options, url }) };
      }
      return current.collector.collect(query, signal);
    },
    close: () => current?.collector.close(),
  };
}
