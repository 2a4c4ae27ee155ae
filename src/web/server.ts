// The HTTP server: /metrics, health, the JSON API and the page, all from what is in memory; no request asks a device.
// Requests are bounded in size, time and number. Paths follow Prometheus' own: /-/healthy, /-/ready.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Renderer } from '../metrics/renderer.ts';
import type { SelfMetrics } from '../metrics/self.ts';
import type { Fabric } from '../model/fabric.ts';
import type { ShardPeers } from '../model/shard-peers.ts';
import { type Access, accessControl } from './access.ts';
import { endpoints } from './api.ts';
import { parseQuery, QueryError } from './api-query.ts';
import type { DemoControl } from './demo-control.ts';
import { type Explainer, explainHtml, explainJson } from './explain-answer.ts';
import { type Listener, listenOn, type Tls } from './listener.ts';
import { matrixRequest } from './matrix-choice.ts';
import { methodsByPath, onlyThese, type Taken } from './methods.ts';
import { openApi } from './openapi.ts';
import { type Operations, operationRoutes } from './operations.ts';
import { renderPage } from './page.ts';
import { pageIcon, pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import {
  apiError,
  apiSuccess,
  compressedBody,
  isSameOrigin,
  metricsResponse,
  securityHeaders,
} from './responses.ts';
import { findingsPath, shardView } from './shard-findings.ts';
import { listAnswer } from './shard-lists.ts';

export interface ServerOptions {
  /** Port 0 lets the system choose; no host means every address. */
  readonly listen: { readonly host?: string; readonly port: number };
  /** The latest audit; undefined before the first. */
  readonly fabric: () => Fabric | undefined;
  readonly renderer: Renderer;
  readonly self: SelfMetrics;
  /** Oldest reading of a device, in milliseconds, that counts as fresh. */
  readonly maxAgeMs: (device: string) => number;
  /** Tells all about one prefix, address, node or switch from what is in memory. */
  readonly explain: Explainer;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Present in demo mode only: faults can then be put in through the page. */
  readonly demo?: DemoControl;
  /** HTTPS with this certificate. */
  readonly tls?: Tls;
  /** Users, client certificates, headers and rate limit as they are now; nothing: everybody may ask. */
  readonly access?: () => Access | undefined;
  readonly operations?: Operations;
  /** The other shards, as they are configured now; nothing: this one answers for all devices, or for its own alone. */
  readonly peers?: (() => ShardPeers | undefined) | undefined;
  /** Told of faults in a handler; the client gets a 500 without details. */
  readonly onError?: (error: unknown) => void;
}

export type RunningServer = Listener;

const mostBodyBytes = 1024;
const verbs = { GET: 'get', POST: 'post', PUT: 'put' } as const;

const statics = [
  ['/static/page.js', 'text/javascript; charset=utf-8', pageScript],
  ['/static/page.css', 'text/css; charset=utf-8', pageStyle],
  ['/static/icon.svg', 'image/svg+xml', pageIcon],
] as const;

const paths = [
  '/',
  '/explain',
  '/metrics',
  '/-/healthy',
  '/-/ready',
  ...[...endpoints.map(({ name }) => name), 'explain', 'openapi.json'].map((name) => `/api/v1/${name}`),
];
const demoPaths: readonly Taken[] = [
  ['/demo/faults', 'GET'],
  ['/demo/faults', 'POST'],
  ['/demo/faults/:name', 'POST'],
];

function addDemo(app: express.Express, demo: DemoControl): void {
  const bodies = [
    express.urlencoded({ extended: false, limit: mostBodyBytes, parameterLimit: 4 }),
    express.json({ limit: mostBodyBytes }),
  ];
  app.get('/demo/faults', (_, response) => {
    response.json(apiSuccess({ faults: demo.list() }));
  });
  // A guard before the body is read: a request from another site costs nothing and does nothing.
  const guard = (request: Request, response: Response, next: NextFunction) => {
    if (isSameOrigin(request.headers)) next();
    else response.status(403).json(apiError('forbidden', 'this must come from the page itself'));
  };
  const change = (request: Request, response: Response) => {
    const name = request.params.name === undefined ? undefined : String(request.params.name);
    const body: unknown = request.body;
    const action = typeof body === 'object' && body !== null && 'action' in body ? body.action : undefined;
    if (name !== undefined && !demo.list().some((fault) => fault.name === name)) {
      response.status(404).json(apiError('not-found', 'there is no such fault; GET /demo/faults lists them'));
      return;
    }
    if (action === 'heal') name === undefined ? demo.healAll() : demo.heal(name);
    else if (action === 'inject' && name !== undefined) demo.inject(name);
    else {
      const known = name === undefined ? '"heal"' : '"inject" or "heal"';
      response.status(400).json(apiError('bad-parameter', `action must be ${known}`));
      return;
    }
    if (request.is('application/x-www-form-urlencoded')) response.redirect(303, '/');
    else response.json(apiSuccess({ faults: demo.list() }));
  };
  app.post('/demo/faults', guard, ...bodies, change);
  app.post('/demo/faults/:name', guard, ...bodies, change);
}

function searchOf({ originalUrl }: Request): string {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at);
}

function addExplain(app: express.Express, options: ServerOptions): void {
  const { fabric, explain, now, version, demo, peers } = options;
  const asked = (request: Request) => ({
    fabric: fabric(),
    explain,
    search: searchOf(request),
    peers: peers?.(),
  });
  app.get('/api/v1/explain', async (request, response) => {
    const { status, body } = await explainJson(asked(request));
    response.status(status).json(body);
  });
  const document = openApi(version, demo !== undefined);
  app.get('/api/v1/openapi.json', (_, response) => {
    response.json(document);
  });
  app.get('/explain', async (request, response) => {
    const { status, body } = await explainHtml(asked(request), { now: now(), version });
    response.status(status).type('html').send(body);
  });
}

function addApi(app: express.Express, { fabric: current, maxAgeMs, peers }: ServerOptions): void {
  for (const endpoint of endpoints) {
    const { name, filters, choices } = endpoint;
    app.get(`/api/v1/${name}`, async (request, response) => {
      const fabric = current();
      if (!fabric) {
        response.status(503).json(apiError('not-ready', 'the first audit has not finished'));
        return;
      }
      const query = parseQuery(searchOf(request), filters, choices);
      const data = await listAnswer(endpoint, { fabric, query, maxAgeMs }, peers?.());
      response.json(apiSuccess({ at: new Date(fabric.at).toISOString(), ...data }));
    });
  }
}

function addBasics(app: express.Express, options: ServerOptions): void {
  const { fabric, renderer, self, maxAgeMs, version, now, demo, peers } = options;
  app.get('/', async (request, response) => {
    const faults = demo?.list();
    const matrix = matrixRequest(searchOf(request));
    const others = peers?.();
    const shards = others && shardView(others.shard, await others.ask(findingsPath));
    const input = {
      fabric: fabric(),
      now: now(),
      version,
      maxAgeMs,
      matrix,
      shards,
      ...(faults ? { faults } : {}),
    };
    response
      .status(matrix.refused === undefined ? 200 : 400)
      .type('html')
      .send(renderPage(input));
  });
  app.get('/metrics', async (request, response) => {
    const { headers, body } = await metricsResponse(request.headers, renderer, self);
    response.set(headers);
    // No more at once than the connection takes: ten scrapers would have the event loop copy all they get in one turn.
    await pipeline(Readable.from(body), response).catch(() => response.destroy());
  });
  app.get('/-/healthy', (_, response) => {
    response.type('text').send('healthy\n');
  });
  app.get('/-/ready', (_, response) => {
    if (fabric()) response.type('text').send('ready\n');
    else response.status(503).type('text').send('not ready: the first audit has not finished\n');
  });
  for (const [path, type, text] of statics) {
    app.get(path, (_, response) => {
      response.type(type).send(text);
    });
  }
}

/** Has pages and API answers compressed on their way out; /metrics, which is compressed once for all, does it itself. */
function compressing(request: Request, response: Response, next: NextFunction): void {
  const send = response.send.bind(response);
  response.send = (body: unknown) => {
    if (typeof body !== 'string') return send(body);
    response.vary('Accept-Encoding');
    compressedBody(request.headers, body)
      .then((bytes) => {
        if (bytes) response.set('Content-Encoding', 'gzip');
        send(bytes ?? body);
      })
      .catch(next);
    return response;
  };
  next();
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

/** What is there but is asked in another way is not missing. */
function addRefusals(app: express.Express, taken: readonly Taken[]): void {
  for (const [path, methods] of methodsByPath(taken)) {
    const isJson = path.startsWith('/api/') || path.startsWith('/demo/');
    const message = onlyThese(methods);
    app.all(path, (request, response) => {
      response.set('Allow', methods.join(', '));
      if (request.method === 'OPTIONS') response.status(204).end();
      else if (isJson) response.status(405).json(apiError('bad-method', message));
      else response.status(405).type('text').send(`${message}\n`);
    });
  }
}

function createApp(options: ServerOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    response.set(securityHeaders);
    response.on('finish', () => {
      const route: unknown = request.route?.path;
      options.self.countRequest(typeof route === 'string' ? route : 'other', response.statusCode);
    });
    next();
  });
  if (options.access) app.use(accessControl(options.access));
  app.use(compressing);
  addBasics(app, options);
  addApi(app, options);
  addExplain(app, options);
  const routes = operationRoutes(options.operations ?? {});
  for (const { method, path, handle } of routes)
    app[verbs[method]](path, (request, response) => handle(request, response));
  if (options.demo) addDemo(app, options.demo);
  const taken: Taken[] = [
    ...paths.map((path): Taken => [path, 'GET']),
    ...routes.map(({ path, method }): Taken => [path, method]),
    ...(options.demo ? demoPaths : []),
  ];
  addRefusals(app, [...taken, ...statics.map(([path]): Taken => [path, 'GET'])]);
  const list = [...new Set(taken.map(([path]) => path))];
  app.use((_, response) => {
    response
      .status(404)
      .type('text')
      .send(`nothing here; there is:\n${list.join('\n')}\n`);
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const status = error instanceof QueryError ? 400 : statusOf(error);
    if (status === 500) options.onError?.(error);
    if (response.headersSent) {
      next(error);
      return;
    }
    const message = error instanceof QueryError ? error.message : 'the request cannot be read';
    if (status === 500)
      response.status(500).json(apiError('internal', 'a fault of the exporter; see its log'));
    else
      response
        .status(status)
        .json(apiError(error instanceof QueryError ? 'bad-parameter' : 'bad-request', message));
  });
  return app;
}

/** Starts to serve. Rejects when the address cannot be listened on (in use, not ours, not permitted). */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  return listenOn(options.listen, options.tls, createApp(options), options.self.countConnectionDropped);
}
