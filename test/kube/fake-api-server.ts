// A Kubernetes API server over real HTTP or HTTPS that answers as a recorded kube-apiserver 1.36 does (fixtures/kube-api):
// lists in pages, watches with bookmarks, 401, 403, 404, 410 as status and as event. And it breaks on command:
// connections dropped in the middle, 429, 500, silence, lines cut in two. Events are kept from the start, as etcd does.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ExecRequest, type PodExecOptions, servePodExec } from './pod-exec.ts';

export interface Item {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

interface Event {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Item;
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: Map<string, Item>;
  readonly events: Event[];
  /** Versions up to this one are forgotten (compacted). */
  forgotten: number;
}

interface Watcher {
  readonly path: string;
  readonly response: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

/** What to do with the next request that `applies`; undefined answers as usual. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FakeOptions {
  readonly token?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Longest a watch stays open, in milliseconds, whatever is asked for. */
  readonly watchMs?: number;
}

const json = { 'cache-control': 'no-cache, private', 'content-type': 'application/json' };

export function status(code: number, reason: string, message: string, details?: object) {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
  return { ...head, ...(details && { details }), code };
}

const keyOf = ({ metadata: { name, namespace } }: Item) => (namespace ? `${namespace}/${name}` : name);

export class FakeApiServer {
  readonly resources = new Map<string, Resource>();
  readonly requests: string[] = [];
  /** The same with the method before it. */
  readonly log: string[] = [];
  readonly forbidden = new Set<string>();
  /** Asked in order for each request; the first that returns true has answered it. */
  faults: Fault[] = [];
  groups: string[] = ['apps', 'discovery.k8s.io', 'crd.projectcalico.org'];
  #version = 100;
  readonly #watchers = new Set<Watcher>();
  readonly #upgraded = new Set<Duplex>();
  readonly #sortings = new Map<string, { version: number; all: readonly (readonly [string, Item])[] }>();
  readonly #server: Server;
  readonly #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  /** Runs commands in pods; gives the list of what is asked to run. */
  runInPods(options: PodExecOptions): readonly ExecRequest[] {
    return servePodExec(this.#server, options, (socket) => this.#upgraded.add(socket));
  }

  async close(): Promise<void> {
    for (const { timer } of this.#watchers) clearTimeout(timer);
    for (const socket of this.#upgraded) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Serves a resource, e.g. `/apis/crd.projectcalico.org/v1/bgppeers`, kind `BGPPeer`. */
  serve(path: string, kind: string, items: readonly Item[] = []): void {
    const apiVersion = path.replace(/^\/apis?\//, '').replace(/\/[^/]+$/, '');
    this.resources.set(path, { apiVersion, kind, items: new Map(), events: [], forgotten: this.#version });
    for (const item of items) this.put(path, item);
  }

  put(path: string, item: Item): void {
    const resource = this.#resource(path);
    const version = ++this.#version;
    const object = { ...item, metadata: { ...item.metadata, resourceVersion: String(version) } };
    const type = resource.items.has(keyOf(item)) ? 'MODIFIED' : 'ADDED';
    resource.items.set(keyOf(item), object);
    this.#publish(path, { version, type, object });
  }

  remove(path: string, key: string): void {
    const resource = this.#resource(path);
    const item = resource.items.get(key);
    if (!item) return;
    resource.items.delete(key);
    const version = ++this.#version;
    const object = { ...item, metadata: { ...item.metadata, resourceVersion: String(version) } };
    this.#publish(path, { version, type: 'DELETED', object });
  }

  /** Forgets all events so far (etcd compaction): watches from before get 410. */
  compact(): void {
    // Something else happened meanwhile, so that no client's version is the newest one.
    this.#version++;
    for (const resource of this.resources.values()) resource.forgotten = this.#version;
  }

  bookmark(): void {
    for (const { path, response } of this.#watchers) {
      if (response.writableEnded) continue;
      const { apiVersion, kind } = this.#resource(path);
      const metadata = { resourceVersion: String(this.#version) };
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } })}\n`);
    }
  }

  /** Writes anything into every open watch of the path. */
  inject(path: string, text: string): void {
    for (const { path: of, response } of this.#watchers) {
      if (of === path && !response.writableEnded) response.write(text);
    }
  }

  /** Drops the connections of all watches without a word; optionally in the middle of a line. */
  drop(partial = ''): void {
    for (const { response } of this.#watchers) {
      if (partial === '' || response.writableEnded) response.destroy();
      else response.write(partial, () => response.destroy());
    }
  }

  /** Ends all watches in order, as after their timeoutSeconds. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
  }

  watches(path: string): number {
    return [...this.#watchers].filter((watcher) => watcher.path === path).length;
  }

  #resource(path: string): Resource {
    const resource = this.resources.get(path);
    if (!resource) throw new Error(`no resource ${path}`);
    return resource;
  }

  #publish(path: string, event: Event): void {
    const resource = this.#resource(path);
    resource.events.push(event);
    for (const watcher of this.#watchers) {
      if (watcher.path === path && !watcher.response.writableEnded) {
        watcher.response.write(lineOf(event, resource));
      }
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    this.requests.push(request.url ?? '');
    this.log.push(`${request.method} ${request.url}`);
    for (const fault of this.faults) if (fault(request, response)) return;
    const { token } = this.#options;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      send(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
      return;
    }
    if (url.pathname === '/apis') {
      const groups = this.groups.map((name) => ({ name, versions: [], preferredVersion: {} }));
      send(response, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups });
      return;
    }
    if (request.method === 'POST' || request.method === 'DELETE') {
      void this.#change(request, url.pathname, response);
      return;
    }
    const resource = this.resources.get(url.pathname);
    if (!resource) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
      return;
    }
    const watching = url.searchParams.get('watch') === 'true';
    if (this.forbidden.has(url.pathname)) {
      send(response, 403, forbidden(url.pathname, watching ? 'watch' : 'list'));
      return;
    }
    if (watching) this.#watch(url, resource, response);
    else this.#list(url, resource, response);
  }

  /** Creates with POST, removes with DELETE; verbs are forbidden one by one: `create /apis/…`. */
  async #change(request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
    const creating = request.method === 'POST';
    const place = creating ? path : path.slice(0, path.lastIndexOf('/'));
    const verb = creating ? 'create' : 'delete';
    if (this.forbidden.has(`${verb} ${place}`)) {
      send(response, 403, forbidden(place, verb));
      return;
    }
    const resource = this.resources.get(place);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!resource || !(creating || resource.items.has(name))) {
      send(response, 404, status(404, 'NotFound', `${name} not found`));
      return;
    }
    if (!creating) {
      this.remove(place, name);
      send(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const item = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Item;
    if (resource.items.has(keyOf(item))) {
      send(response, 409, status(409, 'AlreadyExists', `${keyOf(item)} already exists`));
      return;
    }
    const creationTimestamp = new Date().toISOString();
    this.put(place, { ...item, metadata: { ...item.metadata, creationTimestamp } });
    send(response, 201, item);
  }

  #list(url: URL, { kind, apiVersion, items, forgotten }: Resource, response: ServerResponse): void {
    const limit = Number(url.searchParams.get('limit') ?? 0);
    const token = url.searchParams.get('continue');
    const all = this.#sorted(url, items);
    let [version, start] = [this.#version, ''];
    if (token !== null) {
      const read = readToken(token);
      if (!read) {
        send(response, 400, status(400, 'BadRequest', 'invalid continue token: continue key is not valid'));
        return;
      }
      if (read.rv < forgotten) {
        const message = 'The provided continue parameter is too old to display a consistent list result.';
        send(response, 410, status(410, 'Expired', message));
        return;
      }
      [version, start] = [read.rv, read.start];
    }
    const first = token === null ? 0 : all.findIndex(([key]) => `/${key}` >= start);
    const rest = first < 0 ? 0 : all.length - first;
    const page = rest === 0 ? [] : all.slice(first, limit > 0 ? first + limit : undefined);
    const [next, last] = [rest > page.length, page.at(-1)];
    const metadata = {
      resourceVersion: String(version),
      ...(next && {
        continue: Buffer.from(
          JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: `/${last?.[0]}\u0000` }),
        ).toString('base64'),
        remainingItemCount: rest - page.length,
      }),
    };
    send(response, 200, { kind: `${kind}List`, apiVersion, metadata, items: page.map(([, item]) => item) });
  }

  /** Items that are asked for, in order of their keys; sorted once per version, as a big list has many pages. */
  #sorted(url: URL, items: ReadonlyMap<string, Item>): readonly (readonly [string, Item])[] {
    const selectors = ['labelSelector', 'fieldSelector'].map((key) => url.searchParams.get(key));
    const key = [url.pathname, ...selectors].join(' ');
    const known = this.#sortings.get(key);
    if (known?.version === this.#version) return known.all;
    const wanted = [...items.entries()].filter(([, item]) => selected(url, item));
    const all = wanted.sort(([x], [y]) => (x < y ? -1 : 1));
    this.#sortings.set(key, { version: this.#version, all });
    return all;
  }

  #watch(url: URL, resource: Resource, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    response.writeHead(200, json).flushHeaders();
    if (from < resource.forgotten) {
      const object = status(410, 'Expired', `too old resource version: ${from} (${resource.forgotten})`);
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    for (const event of resource.events) if (event.version > from) response.write(lineOf(event, resource));
    const asked = Number(url.searchParams.get('timeoutSeconds') ?? 300) * 1000;
    const timer = setTimeout(() => response.end(), Math.min(asked, this.#options.watchMs ?? asked));
    const watcher = { path: url.pathname, response, timer };
    this.#watchers.add(watcher);
    response.on('close', () => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    });
  }
}

/** Equality of labels, and of the one field by which pods are looked for. */
function selected({ searchParams }: URL, { metadata, spec }: Item): boolean {
  const labels = (metadata.labels ?? {}) as Readonly<Record<string, string>>;
  const terms = (searchParams.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  const node = /^spec\.nodeName=(.*)$/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
  const nodeName = (spec as { nodeName?: string } | undefined)?.nodeName;
  return (
    (node === undefined || node === nodeName) &&
    terms.every((term) => labels[term.slice(0, term.indexOf('='))] === term.slice(term.indexOf('=') + 1))
  );
}

function lineOf({ type, object }: Event, { apiVersion, kind }: Resource): string {
  return `${JSON.stringify({ type, object: { kind, apiVersion, ...object } })}\n`;
}

function readToken(token: string): { rv: number; start: string } | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString('utf8')) as { rv: number; start: string };
  } catch {
    return undefined;
  }
}

export function send(response: ServerResponse, code: number, body: object, headers: object = {}): void {
  response.writeHead(code, { ...json, ...headers }).end(JSON.stringify(body));
}

/** As the recorded server says it. */
function forbidden(path: string, verb: string) {
  const parts = path.split('/');
  const plural = parts.at(-1) ?? '';
  const group = path.startsWith('/apis/') ? (parts[2] ?? '') : '';
  const user = 'system:serviceaccount:default:auditor';
  const full = group === '' ? plural : `${plural}.${group}`;
  const message = `${full} is forbidden: User "${user}" cannot ${verb} resource "${plural}" in API group "${group}" at the cluster scope`;
  return status(403, 'Forbidden', message, { group, kind: plural });
}
