// The agent's HTTP or HTTPS server: readings for the auditor (authenticated), the node's own metrics for Prometheus, and
// health. Requests are bounded in size, time and number; answers come from the agent's reader. Plain node:http, so that
// the agent on every node stays small.
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Renderer } from '../metrics/renderer.ts';
import type { SelfMetrics } from '../metrics/self.ts';
import { ParseError } from '../model/parse-error.ts';
import { type AgentAuth, refusal } from './agent-auth.ts';
import { metricsResponse, securityHeaders } from './responses.ts';

/** PEM texts. */
export interface AgentTls {
  readonly cert: string;
  readonly key: string;
  /** Authority of client certificates. */
  readonly clientCa?: string;
}

export interface AgentServerOptions {
  /** Port 0 lets the system choose; no host means every address. */
  readonly listen: { readonly host?: string; readonly port: number };
  readonly tls?: AgentTls;
  readonly auth: AgentAuth;
  /** Path of the readings. */
  readonly readingsPath: string;
  /** Answers a question (parsed JSON) with an object for JSON. A ParseError of its own is the client's fault. */
  readonly readings: (question: unknown) => Promise<object>;
  readonly renderer: Renderer;
  readonly self: SelfMetrics;
  readonly ready: () => boolean;
  /** Told of faults in a handler; the client gets a 500 without details. */
  readonly onError: (error: unknown) => void;
}

export interface RunningAgentServer {
  readonly url: string;
  /** Takes renewed certificates for new connections. Throws when they cannot be used; the old ones stay. */
  setTls(tls: AgentTls): void;
  close(): Promise<void>;
}

const mostBodyBytes = 4 * 1024 * 1024;
const mostConnections = 64;
/** Questions answered at the same time: more auditors than that ask nobody. */
const mostQuestions = 8;

class BodyError extends Error {}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) throw new BodyError();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ParseError('query', 'is no JSON');
  }
}

/** Reads a question into nothing, as far as one may be long. */
async function discardBody(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) return;
  }
}

function sendJson(response: ServerResponse, status: number, data: object): void {
  const body = Buffer.from(JSON.stringify(data));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

function handlers(options: AgentServerOptions): Readonly<Record<string, Handler>> {
  const { auth, readingsPath, renderer, self, ready } = options;
  let questions = 0;
  return {
    async [`POST ${readingsPath}`](request, response) {
      const refused = refusal(request, auth);
      if (refused || questions >= mostQuestions) {
        // Closed in the middle of its question, a client would see a broken connection and not why.
        await discardBody(request);
        response.setHeader('Connection', 'close');
        const busy = { status: 503, message: `${mostQuestions} questions are being answered already` };
        const { status, message } = refused ?? busy;
        sendJson(response, status, { error: message });
        return;
      }
      questions++;
      try {
        sendJson(response, 200, await options.readings(await readBody(request)));
      } catch (error) {
        if (!(error instanceof BodyError || error instanceof ParseError)) throw error;
        response.setHeader('Connection', 'close');
        if (error instanceof ParseError) sendJson(response, 400, { error: error.message });
        else sendJson(response, 413, { error: `a question has ${mostBodyBytes} bytes at most` });
      } finally {
        questions--;
      }
    },
    async 'GET /metrics'(request, response) {
      const { headers, body } = await metricsResponse(request.headers, renderer, self);
      response.writeHead(200, headers);
      for (const chunk of body) response.write(chunk);
      response.end();
    },
    'GET /-/healthy': (_, response) => sendText(response, 200, 'healthy\n'),
    'GET /-/ready': (_, response) =>
      ready()
        ? sendText(response, 200, 'ready\n')
        : sendText(response, 503, 'not ready: BIRD not asked yet\n'),
  };
}

function listener(options: AgentServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const table = handlers(options);
  const paths = Object.keys(table).join('\n');
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const handler = table[`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`];
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    response.on('finish', () => options.self.countRequest(handler ? path : 'other', response.statusCode));
    if (!handler) {
      sendText(response, 404, `nothing here; there is:\n${paths}\n`);
      return;
    }
    Promise.resolve(handler(request, response)).catch((error: unknown) => {
      // A client that went away in the middle of its question is no fault of ours.
      if (!request.destroyed || request.complete) options.onError(error);
      if (!response.headersSent) sendJson(response, 500, { error: 'a fault of the agent; see its log' });
      else response.destroy();
    });
  };
}

const secureContext = ({ cert, key, clientCa }: AgentTls) => ({
  cert,
  key,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
  minVersion: 'TLSv1.2' as const,
});

/** Starts to serve. Rejects when the address cannot be listened on or the certificate cannot be used. */
export async function startAgentServer(options: AgentServerOptions): Promise<RunningAgentServer> {
  const { listen, tls } = options;
  const limits = {
    headersTimeout: 5000,
    connectionsCheckingInterval: 2000,
    requestTimeout: 15_000,
    keepAliveTimeout: 60_000,
    maxHeaderSize: 16_384,
  };
  const answer = listener(options);
  const secure = tls
    ? createHttps(
        // Whoever has no certificate may still have metrics and health; readings ask for it themselves.
        {
          ...limits,
          ...secureContext(tls),
          requestCert: tls.clientCa !== undefined,
          rejectUnauthorized: false,
        },
        answer,
      )
    : undefined;
  const server: Server = secure ?? createHttp(limits, answer);
  server.maxConnections = mostConnections;
  server.on('drop', options.self.countConnectionDropped);
  server.setTimeout(90_000);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: listen.port, ...(listen.host ? { host: listen.host } : {}) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address;
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    setTls: (renewed) => secure?.setSecureContext(secureContext(renewed)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
