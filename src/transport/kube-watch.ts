// One watch: changes of one kind from a resource version on, as lines of JSON, until the server ends it, which it does
// after `timeoutSeconds`. A line that cannot be read is an error and no gap; a watch that falls silent for longer than the
// server may keep it open is cut off. Source: kubernetes.io/docs/reference/using-api/api-concepts, "Efficient detection of changes".
import { type KubeClient, KubeError } from './kube.ts';
import { errorOfConnection, errorOfStatus } from './kube-error.ts';

export interface KubeEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
  /** Resource version after this event. */
  readonly resourceVersion: string;
}

interface WatchOptions {
  readonly client: KubeClient;
  /** Without query. */
  readonly path: string;
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  /** How long the server shall keep it open, in seconds. */
  readonly timeoutSeconds: number;
  /** Silence after which the connection counts as dead, in milliseconds. */
  readonly silenceMs: number;
  /** The server took the watch on. */
  readonly onOpen: () => void;
  readonly onEvent: (event: KubeEvent) => void;
}

const mostLine = 64 * 1024 * 1024;
const types: readonly string[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies KubeEvent['type'][];

interface Line {
  readonly type?: unknown;
  readonly object?: { readonly metadata?: { readonly resourceVersion?: unknown }; readonly code?: unknown };
}

/** Reads one line. Throws KubeError: `expired` for the server's own 410. */
export function eventOf(text: string, path: string): KubeEvent {
  let line: Line | null;
  try {
    line = JSON.parse(text) as Line | null;
  } catch {
    throw new KubeError('protocol', `the watch of ${path} sent a line that is no JSON`);
  }
  const { type, object } = line ?? {};
  if (type === 'ERROR') {
    const code = typeof object?.code === 'number' ? object.code : 500;
    throw errorOfStatus(code, JSON.stringify(object ?? {}), path);
  }
  const resourceVersion = object?.metadata?.resourceVersion;
  if (typeof type !== 'string' || !types.includes(type) || typeof resourceVersion !== 'string') {
    throw new KubeError('protocol', `the watch of ${path} sent a line that is no event`);
  }
  return { type: type as KubeEvent['type'], object, resourceVersion };
}

/** Runs one watch. Resolves when the server ended it in order. Throws KubeError for everything else. */
export async function kubeWatch(options: WatchOptions): Promise<void> {
  const { client, path, resourceVersion, signal, timeoutSeconds, silenceMs, onOpen, onEvent } = options;
  const query = new URLSearchParams({
    watch: 'true',
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
    allowWatchBookmarks: 'true',
  });
  const answer = await client.open(`${path}?${query}`, signal, silenceMs);
  onOpen();
  let timer: NodeJS.Timeout | undefined;
  const silent = () => {
    const text = `the watch of ${path} has been silent for ${silenceMs / 1000} s: the connection is dead`;
    answer.destroy(new KubeError('timeout', text));
  };
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(silent, silenceMs);
  };
  try {
    heard();
    // Bytes and not text: a character may be cut in two between chunks.
    let rest: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      heard();
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        rest.push(chunk.subarray(from, end));
        from = end + 1;
        const text = Buffer.concat(rest).toString('utf8');
        rest = [];
        size = 0;
        if (text.trim() !== '') onEvent(eventOf(text, path));
      }
      size += chunk.length - from;
      if (size > mostLine) throw new KubeError('protocol', `the watch of ${path} sent an endless line`);
      rest.push(chunk.subarray(from));
    }
    // What was cut off comes again: the next watch begins after the last whole event.
  } catch (error) {
    throw errorOfConnection(error, `(watch of ${path})`);
  } finally {
    clearTimeout(timer);
    answer.destroy();
  }
}
