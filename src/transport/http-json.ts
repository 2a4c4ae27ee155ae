// Questions to one HTTP or HTTPS server, in JSON or by path, its answer read whole and parsed, with a limit on bytes and the
// caller's AbortSignal on every wait. node:https and not fetch: the built-in fetch takes no client certificate.
// Redirects are not followed: a token must not go to whoever is named there. HTTP: RFC 9110; Bearer: RFC 6750.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { HttpJsonError, httpJsonError } from './http-json-error.ts';

export interface HttpJsonOptions {
  readonly url: string;
  /** PEM files; without caFile the system's authorities count. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Name that the server's certificate must be for, where that is not the URL's. */
  readonly serverName?: string;
  /** Sent as a Bearer token. */
  readonly token?: string;
  /** Sent as HTTP Basic authentication (RFC 7617), where there is no token. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Most bytes of an answer. */
  readonly maxBytes: number;
}

export interface HttpJsonAnswer {
  readonly status: number;
  /** Undefined when the answer was no JSON. */
  readonly data: unknown;
}

export interface HttpJson {
  /** Posts a question and gives the answer, whatever its status. Rejects with HttpJsonError. */
  ask(question: unknown, signal: AbortSignal): Promise<HttpJsonAnswer>;
  /** Gets what is at a path of the server, whatever the status. Rejects with HttpJsonError. */
  get(path: string, signal: AbortSignal): Promise<HttpJsonAnswer>;
  close(): void;
}

interface Question {
  readonly target: string;
  /** Posted; without it the target is got. */
  readonly body?: string;
}

function pem(file: string | undefined): Buffer | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HttpJsonError('not-found', `${file} cannot be read (${code})`);
  }
}

async function readAll(response: IncomingMessage, { url, maxBytes }: HttpJsonOptions): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new HttpJsonError('protocol', `${url}: the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A kept connection to one server. Nothing is opened or read until the first question. */
export function httpJson(options: HttpJsonOptions): HttpJson {
  const { url, token } = options;
  const secure = url.startsWith('https:');
  let agent: HttpAgent | undefined;

  // Made anew after every failure, so that renewed certificates are taken.
  const connect = (): HttpAgent => {
    const common = { keepAlive: true, maxSockets: 2 };
    if (!secure) return new HttpAgent(common);
    const [ca, cert, key] = [pem(options.caFile), pem(options.certFile), pem(options.keyFile)];
    return new HttpsAgent({
      ...common,
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(options.serverName !== undefined && { servername: options.serverName }),
      minVersion: 'TLSv1.2',
    });
  };

  const close = () => {
    agent?.destroy();
    agent = undefined;
  };

  const { login } = options;
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;

  const send = ({ target, body }: Question, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      agent ??= connect();
      const headers = {
        accept: 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      };
      const request = (secure ? httpsRequest : httpRequest)(
        target,
        { method: body === undefined ? 'GET' : 'POST', agent, headers, signal },
        resolve,
      );
      request.on('error', reject);
      request.end(body);
    });

  const once = async (question: Question, signal: AbortSignal): Promise<HttpJsonAnswer> => {
    const response = await send(question, signal);
    return { status: response.statusCode ?? 0, data: parsed(await readAll(response, options)) };
  };

  const answered = async (question: Question, signal: AbortSignal): Promise<HttpJsonAnswer> => {
    const kept = agent !== undefined;
    try {
      return await once(question, signal);
    } catch (error) {
      close();
      const failure = signal.aborted ? signal.reason : error;
      // A kept connection that the server let go says nothing about the server: ask once more over a new one.
      const stale = kept && !signal.aborted && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (!stale) throw httpJsonError(url, failure);
    }
    try {
      return await once(question, signal);
    } catch (error) {
      close();
      throw httpJsonError(url, signal.aborted ? signal.reason : error);
    }
  };

  return {
    ask: (question, signal) => answered({ target: url, body: JSON.stringify(question) }, signal),
    get: (path, signal) => answered({ target: new URL(path, url).href }, signal),
    close,
  };
}
