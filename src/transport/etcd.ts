// etcd v3 over its JSON gateway (POST /v3/…, keys and values in base64): ranges in pages at one revision, counts, and a
// watch over several ranges, a stream for each. Source: etcd api/etcdserverpb/rpc.proto, Documentation/dev-guide/api_grpc_gateway.
import { setMaxListeners } from 'node:events';
import { EtcdError, gatewayError } from './etcd-error.ts';
import { type EtcdHttp, type EtcdTls, etcdHttp, type Posted } from './etcd-http.ts';

export interface EtcdOptions {
  /** Such as `https://10.0.0.1:2379`; the next one is asked when one does not answer. */
  readonly endpoints: readonly string[];
  readonly tls: EtcdTls;
  readonly login?: { readonly user: string; readonly password: string };
  /** Most time for one answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** Keys from `start` up to, not including, `end`. */
export interface EtcdRange {
  readonly start: string;
  readonly end: string;
}

export interface EtcdEntry {
  readonly key: string;
  /** Undefined: the key was deleted. */
  readonly value: string | undefined;
  readonly modRevision: number;
}

export interface EtcdClient {
  /** All entries of a range at one revision (`revision`, or the newest), page by page; rejects with EtcdError. */
  list(range: EtcdRange, revision: number | undefined, signal: AbortSignal): AsyncGenerator<EtcdPage>;
  /** How many keys each range holds now. */
  counts(ranges: readonly EtcdRange[], signal: AbortSignal): Promise<readonly number[]>;
  /** Hands over changes from `revision` on. Never resolves: rejects with EtcdError when a stream ends. */
  watch(
    ranges: readonly EtcdRange[],
    revision: number,
    onChanges: (entries: readonly EtcdEntry[]) => void,
    signal: AbortSignal,
  ): Promise<never>;
  close(): void;
}

interface EtcdPage {
  readonly revision: number;
  readonly entries: readonly EtcdEntry[];
}

const pageSize = 1000;
/** A page of blocks of 256 addresses, all in use, takes some 50 MB. */
const mostBytes = 256 * 1024 * 1024;

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const text = (encoded: string | undefined) => Buffer.from(encoded ?? '', 'base64').toString('utf8');

/** The range of all keys that begin with `prefix`. */
export function prefixRange(prefix: string): EtcdRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { start: prefix, end: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

interface WireEntry {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

interface WireRange {
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly WireEntry[];
  readonly more?: boolean;
  readonly count?: string;
}

interface WireWatch {
  readonly error?: { readonly message?: string; readonly grpc_code?: number };
  readonly result?: {
    readonly canceled?: boolean;
    readonly cancel_reason?: string;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: string; readonly kv: WireEntry }[];
  };
}

function entryOf({ key, value, mod_revision }: WireEntry, deleted = false): EtcdEntry {
  return { key: text(key), value: deleted ? undefined : text(value), modRevision: Number(mod_revision) };
}

// Anything may answer 200 and JSON on a wrong port; without this it would be a datastore without keys.
function revisionOf({ header }: WireRange): number {
  const revision = Number(header?.revision);
  if (revision > 0) return revision;
  throw new EtcdError('protocol', 'the answer to a range has no revision; is this etcd?');
}

function parsed<T>(endpoint: string, body: string): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new EtcdError('protocol', `${endpoint}: answers with something that is no JSON; is this etcd?`);
  }
}

function watchEntries(endpoint: string, line: string): readonly EtcdEntry[] {
  const { result, error } = parsed<WireWatch>(endpoint, line);
  if (error) {
    const { message, grpc_code: code } = error;
    throw gatewayError(endpoint, 500, JSON.stringify({ message, code }));
  }
  if (result?.canceled) {
    const compacted = result.compact_revision !== undefined && result.compact_revision !== '0';
    const reason = compacted ? 'it has been compacted' : (result.cancel_reason ?? 'no reason given');
    throw gatewayError(endpoint, 500, JSON.stringify({ message: `the watch was ended: ${reason}` }));
  }
  return (result?.events ?? []).map(({ type, kv }) => entryOf(kv, type === 'DELETE'));
}

/** A client; opens nothing yet. Throws EtcdError when a certificate file cannot be read. */
export function etcdClient({ endpoints, tls, login, timeoutMs }: EtcdOptions): EtcdClient {
  const http: EtcdHttp = etcdHttp(tls);
  let current = 0;
  let token: string | undefined;

  const posted = (endpoint: string, path: string, body: object, signal: AbortSignal): Posted => ({
    endpoint,
    path,
    body: JSON.stringify(body),
    headers: token === undefined ? {} : { authorization: token },
    signal,
    maxBytes: mostBytes,
  });

  const askAt = async <T>(endpoint: string, path: string, body: object, signal: AbortSignal): Promise<T> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { status, text: answer } = await http.post(posted(endpoint, path, body, within));
    if (status !== 200) throw gatewayError(endpoint, status, answer);
    return parsed<T>(endpoint, answer);
  };

  const authenticate = async (endpoint: string, signal: AbortSignal) => {
    if (!login) return;
    token = undefined;
    const body = { name: login.user, password: login.password };
    ({ token } = await askAt<{ token: string }>(endpoint, '/v3/auth/authenticate', body, signal));
  };

  // Tokens live some minutes and end with the server: one new login stands between a refusal and giving up.
  const asked = async <T>(endpoint: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
    if (login && token === undefined) await authenticate(endpoint, signal);
    try {
      return await ask();
    } catch (error) {
      if (!(login && error instanceof EtcdError && error.kind === 'auth')) throw error;
      await authenticate(endpoint, signal);
      return ask();
    }
  };

  const passing: readonly string[] = ['timeout', 'refused', 'not-found', 'protocol'];

  /** Asks the endpoint that answered last, then the others. */
  const anywhere = async <T>(signal: AbortSignal, ask: (endpoint: string) => Promise<T>): Promise<T> => {
    let failed: unknown;
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[current % endpoints.length] ?? '';
      try {
        return await asked(endpoint, signal, () => ask(endpoint));
      } catch (error) {
        failed = error;
        if (signal.aborted || !(error instanceof EtcdError && passing.includes(error.kind))) break;
        current++;
        token = undefined;
      }
    }
    throw failed ?? new EtcdError('not-found', 'no endpoint is configured');
  };

  const anyAnswer = <T>(path: string, body: object, signal: AbortSignal) =>
    anywhere(signal, (endpoint) => askAt<T>(endpoint, path, body, signal));

  return {
    async *list({ start, end }, revision, signal) {
      const ask = (from: string, at: number | undefined) => {
        const range = { key: base64(from), range_end: base64(end), limit: pageSize };
        const body = at === undefined ? range : { ...range, revision: at };
        return anyAnswer<WireRange>('/v3/kv/range', body, signal);
      };
      let asked: Promise<WireRange> | undefined = ask(start, revision);
      let at = revision;
      while (asked) {
        const page: WireRange = await asked;
        // The first page decides which revision all others show.
        at ??= revisionOf(page);
        const { kvs = [], more } = page;
        const last = kvs.at(-1);
        // The next key after this one is this one with a zero byte behind it. Asked now, it comes while this page is read.
        asked = more && last ? ask(`${text(last.key)}\0`, at) : undefined;
        asked?.catch(() => {});
        yield { revision: at, entries: kvs.map((kv) => entryOf(kv)) };
      }
    },
    async counts(ranges, signal) {
      const success = ranges.map(({ start, end }) => ({
        request_range: { key: base64(start), range_end: base64(end), count_only: true },
      }));
      type Answer = { readonly responses?: readonly { readonly response_range?: WireRange }[] };
      const { responses = [] } = await anyAnswer<Answer>('/v3/kv/txn', { success }, signal);
      if (responses.length < ranges.length) {
        throw new EtcdError('protocol', 'the answer has fewer counts than ranges; is this etcd?');
      }
      return responses.map(({ response_range }) => Number(response_range?.count ?? 0));
    },
    async watch(ranges, revision, onChanges, signal) {
      // Only where the last answer came from: who asks again elsewhere starts with a new list.
      const endpoint = endpoints[current % endpoints.length] ?? '';
      const ended = new AbortController();
      const together = AbortSignal.any([signal, ended.signal]);
      setMaxListeners(0, together);
      if (login && token === undefined) await authenticate(endpoint, signal);
      // A stream for each range: the gateway takes several requests in one body, but a Go server may throw away what it has
      // not read of a body when it begins to answer, and the rest of the watches with it.
      const follow = ({ start, end }: EtcdRange) =>
        asked(endpoint, together, async () => {
          const range = { key: base64(start), range_end: base64(end), start_revision: revision };
          const request = posted(endpoint, '/v3/watch', { create_request: range }, together);
          const { status, text: answer } = await http.lines(request, (line) => {
            const entries = watchEntries(endpoint, line);
            if (entries.length > 0 && !together.aborted) onChanges(entries);
          });
          if (status !== 200) throw gatewayError(endpoint, status, answer);
          throw new EtcdError('refused', `${endpoint}: the watch ended`);
        });
      try {
        // The first that ends ends all.
        return await Promise.race(ranges.map(follow));
      } finally {
        ended.abort();
      }
    },
    close: () => http.close(),
  };
}
