// A Calico node read through its agent (`calico-bgp-exporter agent`): the auditor's side. One question over HTTP or HTTPS,
// one answer with the node's readings, their own ages kept: an agent whose BIRD hangs says so and sends the last good
// reading with it. An agent that cannot be asked, or is another node's, is a failed reading, never an empty one.
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { fields, optional, text } from '../../model/json-fields.ts';
import { ParseError, snippet } from '../../model/parse-error.ts';
import { failure, type ReadingErrorKind } from '../../model/reading.ts';
import { readingsVersion } from '../../model/reading-json.ts';
import { decodeCollected, decodeHead } from '../../model/reading-json-decode.ts';
import { type HttpJsonAnswer, httpJson } from '../../transport/http-json.ts';
import { HttpJsonError, type HttpJsonErrorKind } from '../../transport/http-json-error.ts';
import { encodeQuery, readingsPath } from './agent-query.ts';

export interface AgentCollectorOptions {
  readonly device: string;
  /** Scheme, address and port, e.g. `https://172.20.0.11:10180`. */
  readonly url: string;
  readonly token?: string;
  /** PEM files, read again at each new connection. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Name that the agent's certificate must be for, where that is not the URL's. */
  readonly serverName?: string;
  /** Most bytes of an answer; 64 MiB unless given. */
  readonly maxBytes?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

class AgentError extends Error {
  override name = 'AgentError';
  readonly kind: ReadingErrorKind;

  constructor(kind: ReadingErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const statusKinds: Readonly<Record<number, readonly [ReadingErrorKind, string]>> = {
  401: [
    'auth',
    'the agent refuses us: give the agent section of the configuration the token or client certificate that it wants',
  ],
  403: ['permission', 'the agent gives its readings to nobody'],
  404: ['unsupported', `no ${readingsPath} there: not an agent, or one of another version`],
  408: ['timeout', 'the agent did not get the whole question in time'],
  413: ['protocol', 'the question is larger than the agent takes'],
};

function reasonOf(data: unknown): string {
  try {
    const { error = '' } = optional(fields(data, 'answer'), 'error', (value, at) => text(value, at));
    return error === '' ? '' : `; it says ${snippet(error)}`;
  } catch {
    return '';
  }
}

function readAnswer(options: AgentCollectorOptions, answer: HttpJsonAnswer, asked: number): Collected {
  const { device, url } = options;
  const { status, data } = answer;
  if (status !== 200) {
    const [kind, what] = statusKinds[status] ?? ['protocol', `answers with status ${status}`];
    throw new AgentError(kind, `${url}: ${what}${reasonOf(data)}`);
  }
  if (data === undefined)
    throw new AgentError('parse', `${url}: answers something that is no JSON; is this the agent?`);
  const { version, node } = decodeHead(data, url);
  if (version !== readingsVersion) {
    const versions = `its readings are of version ${version}, not ${readingsVersion}`;
    throw new AgentError('unsupported', `${url}: ${versions}; run agent and auditor of one release`);
  }
  if (node !== device) {
    throw new AgentError('protocol', `${url}: this is the agent of node ${snippet(node)}, not of ${device}`);
  }
  return decodeCollected(data, url, device, asked);
}

/** What is away is the agent, or a file of ours: that says nothing of BIRD, which an agent that is there would tell itself. */
const transportKinds: Readonly<Partial<Record<HttpJsonErrorKind, ReadingErrorKind>>> = {
  refused: 'unreachable',
  'not-found': 'unreachable',
};

function kindOf(error: unknown): ReadingErrorKind {
  if (error instanceof HttpJsonError) return transportKinds[error.kind] ?? error.kind;
  if (error instanceof AgentError) return error.kind;
  return error instanceof ParseError ? 'parse' : 'internal';
}

/** Reads a node through its agent. `collect` never throws: what failed is in the readings. */
export function agentCollector(options: AgentCollectorOptions): Collector {
  const { device, url, token, tls, serverName, maxBytes = 64 * 1024 * 1024, now } = options;
  const http = httpJson({
    url: new URL(readingsPath, url).href,
    maxBytes,
    ...tls,
    ...(serverName === undefined ? {} : { serverName }),
    ...(token === undefined ? {} : { token }),
  });
  return {
    device,
    source: 'agent',
    async collect(query: CollectQuery, signal: AbortSignal): Promise<Collected> {
      // Ages count from when we asked: what took long on the way is taken for older, never for younger, than it is.
      const asked = now();
      try {
        return readAnswer(options, await http.ask(encodeQuery(query), signal), asked);
      } catch (error) {
        const kind = kindOf(error);
        const message = error instanceof Error ? error.message : String(error);
        return { sessions: failure(now(), kind, message), routes: failure(now(), kind, message) };
      }
    },
    close: () => http.close(),
  };
}
