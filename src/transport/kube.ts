// Requests to a Kubernetes API server: bounded in time and bytes, every failure a KubeError. Own requests instead of
// the library's, because its Watch has no time limit, hides Retry-After and drops lines it cannot parse, and its lists are
// not paged. Source: kubernetes.io/docs/reference/using-api/api-concepts.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Credentials, type KubeSettings, loadCredentials } from './kube-credentials.ts';
import { errorOfConnection, errorOfStatus, KubeError } from './kube-error.ts';
import { type PodExecLimits, type PodExecRequest, type PodExecResult, podExec } from './kube-exec.ts';

export type { KubeSettings } from './kube-credentials.ts';
export { KubeError, type KubeErrorKind } from './kube-error.ts';

export interface KubeClient {
  /**
   * The answer to GET `path` (with query), when its status is 200. `signal` ends it at any time.
   * @param patienceMs how long the server may take to begin the answer
   */
  open(path: string, signal: AbortSignal, patienceMs: number): Promise<IncomingMessage>;
  /** The JSON that GET `path` answers with. */
  getJson(path: string, signal: AbortSignal, patienceMs: number): Promise<unknown>;
  /** Creates the object at `path` with POST, or removes the one there with DELETE; gives what the server answers. */
  change(
    method: 'POST' | 'DELETE',
    path: string,
    object: object | undefined,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** Runs a command in a pod. */
  exec(request: PodExecRequest, limits: PodExecLimits): Promise<PodExecResult>;
  /** Closes kept connections. */
  close(): void;
}

/** Most bytes of one answer; a page of 500 big objects (1.5 MB is the most that etcd stores of one) stays below. */
const mostBytes = 768 * 1024 * 1024;
const mostErrorBytes = 64 * 1024;

/** Most time for creating or removing one object, in milliseconds. */
const changePatienceMs = 10_000;

/** Most time until a connection stands, in milliseconds: a server that is away must not hold up a start for long. */
const connectMs = 10_000;

/** The whole body as text; the rest of it is cut off, or an error, when it is longer than `most`. */
async function bodyOf(answer: IncomingMessage, most: number, cut: boolean): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) {
      answer.destroy();
      if (cut) break;
      throw new KubeError('protocol', `the answer is longer than ${most} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

function answerTo(
  credentials: Credentials,
  { method, path, body }: Question,
  signal: AbortSignal,
  patienceMs: number,
): Promise<IncomingMessage> {
  const { server } = credentials;
  const begin = async (resolve: (answer: IncomingMessage) => void, reject: (error: unknown) => void) => {
    const options = await credentials.options();
    const url = new URL(server + path);
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const own = { accept: 'application/json', 'user-agent': 'calico-bgp-exporter' };
    const typed =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const headers = { ...options.headers, ...own, ...typed };
    const outgoing = request(url, { ...options, headers, signal, method });
    const give = (ms: number, what: string) =>
      setTimeout(() => {
        outgoing.destroy(new KubeError('timeout', `the API server ${server} ${what} within ${ms / 1000} s`));
      }, ms);
    const timer = give(patienceMs, 'gave no answer');
    const connecting = give(Math.min(connectMs, patienceMs), 'took no connection');
    const done = () => {
      clearTimeout(timer);
      clearTimeout(connecting);
    };
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => clearTimeout(connecting));
      else clearTimeout(connecting);
    });
    outgoing.once('response', (answer) => {
      done();
      // A peer that vanished without a word is noticed at last.
      answer.socket.setKeepAlive(true, 30_000);
      resolve(answer);
    });
    outgoing.on('error', (error) => {
      done();
      reject(error);
    });
    outgoing.end(body);
  };
  return new Promise((resolve, reject) => void begin(resolve, reject).catch(reject));
}

/** A client for the cluster of these settings. Nothing is loaded or opened before the first request. */
export function kubeClient(settings: KubeSettings): KubeClient {
  let loading: Promise<Credentials> | undefined;

  const credentials = async (): Promise<Credentials> => {
    loading ??= loadCredentials(settings);
    const attempt = loading;
    try {
      return await attempt;
    } catch (error) {
      // The file may be right next time.
      if (loading === attempt) loading = undefined;
      throw error;
    }
  };

  const ask = async (question: Question, signal: AbortSignal, patienceMs: number) => {
    const { path } = question;
    const current = await credentials();
    try {
      const answer = await answerTo(current, question, signal, patienceMs);
      // 201: created; 202: the removal is under way.
      if (answer.statusCode !== undefined && [200, 201, 202].includes(answer.statusCode)) return answer;
      const body = await bodyOf(answer, mostErrorBytes, true);
      const code = answer.statusCode ?? 0;
      // Tokens and certificates in a kubeconfig are renewed by others: read it again.
      if (code === 401) loading = undefined;
      throw errorOfStatus(code, body, path.split('?', 1)[0] ?? path, answer.headers['retry-after']);
    } catch (error) {
      throw errorOfConnection(error, current.server);
    }
  };

  const askJson = async (question: Question, signal: AbortSignal, patienceMs: number): Promise<unknown> => {
    const { path } = question;
    const whole = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const place = path.split('?', 1)[0];
    let text: string;
    try {
      text = await bodyOf(await ask(question, whole, patienceMs), mostBytes, false);
    } catch (error) {
      if (whole.aborted && !signal.aborted)
        throw new KubeError('timeout', `no whole answer to ${place} within ${patienceMs / 1000} s`);
      throw errorOfConnection(error, `(asked for ${place})`);
    }
    try {
      return JSON.parse(text);
    } catch {
      throw new KubeError('protocol', `the API server answered ${place} with something that is no JSON`);
    }
  };

  return {
    open: (path, signal, patienceMs) => ask({ method: 'GET', path }, signal, patienceMs),
    getJson: (path, signal, patienceMs) => askJson({ method: 'GET', path }, signal, patienceMs),
    change: (method, path, object, signal) =>
      askJson({ method, path, ...(object && { body: JSON.stringify(object) }) }, signal, changePatienceMs),
    async exec(request, limits) {
      try {
        return await podExec((await credentials()).config, request, limits);
      } catch (error) {
        if (error instanceof KubeError && error.kind === 'auth') loading = undefined;
        throw error;
      }
    },
    close() {
      void loading?.then(
        (current) => current.close(),
        () => undefined,
      );
      loading = undefined;
    },
  };
}
