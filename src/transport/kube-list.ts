// Every object of one kind, page by page, at one resource version. A list that expires between two pages (410) begins
// again; what comes out is always whole. Source: kubernetes.io/docs/reference/using-api/api-concepts, "Retrieving large
// results sets in chunks".
import { type KubeClient, KubeError } from './kube.ts';

export interface KubeList<T> {
  readonly items: readonly T[];
  /** From where a watch goes on. */
  readonly resourceVersion: string;
}

interface ListOptions<T> {
  readonly client: KubeClient;
  /** Without query, e.g. `/api/v1/nodes`. */
  readonly path: string;
  /** What is kept of an item; called page by page, so that the rest of it need not be held. */
  readonly keep: (item: unknown) => T;
  readonly signal: AbortSignal;
  /** Items per page; 0: all in one. */
  readonly pageSize: number;
  /** Most time for one page, in milliseconds. */
  readonly patienceMs: number;
}

interface Page {
  readonly items: readonly unknown[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

const mostPages = 100_000;
const mostAttempts = 3;

/** The page, or undefined when this is no list. */
function pageOf(value: unknown): Page | undefined {
  if (typeof value !== 'object' || value === null || !('items' in value) || !('metadata' in value))
    return undefined;
  // Go prints a list that was never filled as null.
  const items = value.items ?? [];
  const { metadata } = value;
  if (!Array.isArray(items) || typeof metadata !== 'object' || metadata === null) return undefined;
  const { resourceVersion, continue: token } = metadata as Record<string, unknown>;
  if (typeof resourceVersion !== 'string' || resourceVersion === '') return undefined;
  return {
    items,
    metadata: { resourceVersion, ...(typeof token === 'string' && token !== '' ? { continue: token } : {}) },
  };
}

async function listOnce<T>(options: ListOptions<T>, pageSize: number): Promise<KubeList<T>> {
  const { client, path, keep, signal, patienceMs } = options;
  const items: T[] = [];
  let token: string | undefined;
  for (let i = 0; i < mostPages; i++) {
    const query = new URLSearchParams();
    if (pageSize > 0) query.set('limit', String(pageSize));
    if (token !== undefined) query.set('continue', token);
    const text = query.toString();
    const page = pageOf(await client.getJson(text === '' ? path : `${path}?${text}`, signal, patienceMs));
    if (!page)
      throw new KubeError('protocol', `the API server answered ${path} with something that is no list`);
    for (const item of page.items) items.push(keep(item));
    token = page.metadata.continue;
    if (token === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
  }
  throw new KubeError('protocol', `the list of ${path} does not end`);
}

/** Reads the whole list. Throws KubeError. */
export async function kubeList<T>(options: ListOptions<T>): Promise<KubeList<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A server that forgets faster than we can read is asked for everything at once.
      return await listOnce(options, attempt < mostAttempts ? options.pageSize : 0);
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'expired' || attempt >= mostAttempts) throw error;
    }
  }
}
