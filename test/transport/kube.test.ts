// The API client against recorded answers of a real kube-apiserver and against a server that misbehaves: pages, errors in
// words, credentials of every kind, and no secret in any message.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KubeError, kubeClient } from '../../src/transport/kube.ts';
import { errorOfStatus, retryAfter } from '../../src/transport/kube-error.ts';
import { kubeList } from '../../src/transport/kube-list.ts';
import { eventOf } from '../../src/transport/kube-watch.ts';
import { kubeconfigFor, recordedServer, token } from '../kube/cluster.ts';
import { FakeApiServer, type FakeOptions, type Item, send, status } from '../kube/fake-api-server.ts';
import { recorded, recordedItems } from '../kube/recorded.ts';

const never = new AbortController().signal;
const nodes = '/api/v1/nodes';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function start(options: FakeOptions = {}) {
  const cluster = await recordedServer(options);
  const client = kubeClient({ kubeconfig: cluster.kubeconfig });
  closing.push(client.close, () => cluster.server.close());
  return { ...cluster, client };
}

const nameOf = (item: unknown) => (item as Item).metadata.name;

async function errorFrom(work: Promise<unknown>): Promise<KubeError> {
  const error = await work.catch((reason: unknown) => reason);
  if (!(error instanceof KubeError)) throw new Error(`no KubeError but ${String(error)}`);
  return error;
}

describe('recorded answers', () => {
  it.each([
    ['forbidden-403', 'permission', 'cannot list resource "bgppeers" in API group "crd.projectcalico.org"'],
    ['unauthorized-401', 'auth', '401: Unauthorized'],
    ['missing-group-404', 'not-found', '404: 404 page not found'],
    ['list-bad-continue-410', 'protocol', '400: invalid continue token'],
  ] as const)('%s is an error of kind %s', (name, kind, text) => {
    const { status: code, body } = recorded(name);
    const error = errorOfStatus(code, body, '/apis/x');
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(text);
  });

  it('a watch gives events with their resource versions', () => {
    const lines = recorded('watch-bgppeers').body.trim().split('\n');
    const events = lines.map((line) => eventOf(line, '/x'));
    expect(events.map(({ type, resourceVersion }) => [type, resourceVersion])).toEqual([
      ['MODIFIED', '337'],
      ['MODIFIED', '338'],
      ['DELETED', '339'],
      ['BOOKMARK', '346'],
      ['BOOKMARK', '346'],
    ]);
  });

  it('an expired watch is an error although its status is 200', () => {
    const { status: code, body } = recorded('watch-gone-410');
    expect(code).toBe(200);
    expect(() => eventOf(body.trim(), '/x')).toThrow(
      expect.objectContaining({
        kind: 'expired',
        message: expect.stringContaining('too old resource version'),
      }),
    );
  });

  it('are what the fake server answers', async () => {
    const { server, url } = await start();
    const ask = (place: string, bearer = token) =>
      fetch(url + place, { headers: { authorization: `Bearer ${bearer}` } });
    type Page = { metadata: Record<string, unknown>; items: Item[] };
    const theirs = JSON.parse(recorded('nodes-list-page1').body) as Page;
    const ours = (await (await ask(`${nodes}?limit=4`)).json()) as Page;
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(ours.items.map(nameOf)).toEqual(theirs.items.map(nameOf));
    expect(ours.metadata.remainingItemCount).toBe(theirs.metadata.remainingItemCount);
    const read = (page: Page) =>
      JSON.parse(Buffer.from(String(page.metadata.continue), 'base64').toString()).start;
    expect(read(ours)).toBe(read(theirs));
    const rest = await ask(`${nodes}?limit=4&continue=${ours.metadata.continue}`);
    expect(((await rest.json()) as Page).items.map(nameOf)).toEqual(
      (JSON.parse(recorded('nodes-list-page2').body) as Page).items.map(nameOf),
    );
    const path = '/apis/crd.projectcalico.org/v1/bgppeers';
    server.forbidden.add(path);
    const answers = [
      ['forbidden-403', await ask(path)],
      ['unauthorized-401', await ask(nodes, 'wrong')],
      ['missing-group-404', await ask('/apis/nobody/v1/things')],
    ] as const;
    for (const [name, answer] of answers) {
      expect(answer.status).toBe(recorded(name).status);
      expect(answer.headers.get('content-type')).toBe(recorded(name).contentType);
      const [mine, real] = [await answer.text(), recorded(name).body];
      if (real.startsWith('{')) expect(JSON.parse(mine)).toEqual(JSON.parse(real));
      else expect(mine.trim()).toBe(real.trim());
    }
    const gone = await ask(`${nodes}?watch=true&resourceVersion=1`);
    const line = JSON.parse(await gone.text());
    expect({ ...line, object: { ...line.object, message: '' } }).toEqual({
      type: 'ERROR',
      object: { ...JSON.parse(recorded('watch-gone-410').body).object, message: '' },
    });
  });
});

describe('lists', () => {
  const list = (client: ReturnType<typeof kubeClient>, pageSize: number) =>
    kubeList({ client, path: nodes, keep: nameOf, signal: never, pageSize, patienceMs: 5000 });
  const all = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];

  it.each([1, 2, 4, 5, 6, 500, 0])('pages of %i make the whole list', async (pageSize) => {
    const { client, server } = await start();
    expect((await list(client, pageSize)).items).toEqual(all);
    const pages = server.requests.filter((request) => request.startsWith(nodes)).length;
    expect(pages).toBe(pageSize === 0 ? 1 : Math.ceil(6 / pageSize));
  });

  it('begins again when it expires between two pages', async () => {
    const { client, server } = await start();
    let asked = 0;
    server.faults = [
      () => {
        if (++asked === 2) server.compact();
        return false;
      },
    ];
    expect((await list(client, 4)).items).toEqual(all);
    expect(server.requests).toHaveLength(4);
  });

  it('asks for everything at once from a server that forgets at once', async () => {
    const { client, server } = await start();
    server.faults = [
      () => {
        server.compact();
        return false;
      },
    ];
    expect((await list(client, 4)).items).toEqual(all);
    expect(server.requests.at(-1)).toBe(nodes);
  });

  it.each([
    [
      'a list cut off in the middle',
      '{"kind":"NodeList","metadata":{"resourceVersion":"1"},"items":[{"meta',
      /no JSON/,
    ],
    ['something that is no list', '{"kind":"Status"}', /no list/],
    ['a list without resource version', '{"metadata":{},"items":[]}', /no list/],
  ])('%s is an error', async (_, body, message) => {
    const { client, server } = await start();
    server.faults = [
      (_request, response) => {
        response.end(body);
        return true;
      },
    ];
    expect((await errorFrom(list(client, 500))).message).toMatch(message);
  });

  it('a connection that breaks in the middle of a list is an error', async () => {
    const { client, server } = await start();
    server.faults = [
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"items":[', () => response.destroy());
        return true;
      },
    ];
    expect((await errorFrom(list(client, 500))).kind).toBe('refused');
  });

  it('a server that says nothing is given up', async () => {
    const { client, server } = await start();
    server.faults = [() => true];
    const work = kubeList({ client, path: nodes, keep: nameOf, signal: never, pageSize: 5, patienceMs: 150 });
    expect((await errorFrom(work)).kind).toBe('timeout');
  });

  it('Retry-After is heeded within reason', () => {
    expect([retryAfter('3'), retryAfter('86400'), retryAfter('Fri, 01 Jan'), retryAfter(undefined)]).toEqual([
      3000,
      60_000,
      undefined,
      undefined,
    ]);
  });

  it('429 and 500 are worth another attempt', async () => {
    const { client, server } = await start();
    const answers = [429, 500, 503];
    server.faults = [
      (_request, response) => {
        const code = answers.shift() ?? 0;
        send(response, code, status(code, 'x', 'too many requests'), { 'retry-after': '2' });
        return true;
      },
    ];
    for (let i = 0; i < 3; i++)
      expect(await errorFrom(list(client, 500))).toMatchObject({ kind: 'busy', retryAfterMs: 2000 });
  });
});

describe('credentials', () => {
  const get = (settings: Parameters<typeof kubeClient>[0]) => {
    const client = kubeClient(settings);
    closing.push(client.close);
    return client.getJson(`${nodes}?limit=1`, never, 5000);
  };
  const folder = () => mkdtempSync(path.join(tmpdir(), 'kube-'));
  const file = (text: string) => {
    const name = path.join(folder(), 'config');
    writeFileSync(name, text);
    return name;
  };

  it('a token, a token file and an exec plugin', async () => {
    const { url } = await start();
    const tokenFile = path.join(folder(), 'token');
    writeFileSync(tokenFile, token);
    const credential = JSON.stringify({ kind: 'ExecCredential', status: { token } });
    const users = [
      { token },
      { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } },
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: [credential] } },
    ];
    for (const user of users) {
      await expect(get({ kubeconfig: kubeconfigFor(url, user) })).resolves.toHaveProperty('kind', 'NodeList');
    }
  });

  it('a wrong token is refused, read again from the file, and never printed', async () => {
    const { url } = await start();
    const kubeconfig = kubeconfigFor(url, { token: 'tell-nobody-old' });
    const client = kubeClient({ kubeconfig });
    closing.push(client.close);
    const error = await errorFrom(client.getJson(nodes, never, 5000));
    expect(error.kind).toBe('auth');
    expect(error.message).not.toContain('tell-nobody');
    writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replace('tell-nobody-old', token));
    await expect(client.getJson(nodes, never, 5000)).resolves.toHaveProperty('kind', 'NodeList');
  });

  /** A key and a certificate of its own for 127.0.0.1. */
  const selfSigned = () => {
    const dir = folder();
    const [key, cert] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=fake', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    return { file: cert, tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } };
  };

  it('TLS: the authority of the kubeconfig is trusted, and no other', async () => {
    const { file: authority, tls } = selfSigned();
    const { url } = await start({ tls });
    const strict = { 'insecure-skip-tls-verify': false };
    const trusting = kubeconfigFor(url, { token }, { ...strict, 'certificate-authority': authority });
    await expect(get({ kubeconfig: trusting })).resolves.toHaveProperty('kind', 'NodeList');
    const error = await errorFrom(get({ kubeconfig: kubeconfigFor(url, { token }, strict) }));
    expect(error.kind).toBe('refused');
    expect(error.message).toMatch(/self-signed certificate/);
  });

  it('in a pod: the service account, over TLS', async () => {
    const { tls } = selfSigned();
    const { url } = await start({ tls });
    const { hostname, port } = new URL(url);
    vi.stubEnv('KUBERNETES_SERVICE_HOST', hostname);
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
    const root = folder();
    const account = path.join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    expect((await errorFrom(get({ root }))).message).toMatch(/credentials for .* cannot be had: ENOENT/);
    mkdirSync(account, { recursive: true });
    writeFileSync(path.join(account, 'ca.crt'), tls.cert);
    writeFileSync(path.join(account, 'token'), token);
    await expect(get({ root })).resolves.toHaveProperty('kind', 'NodeList');
  });

  it('what is wrong with a kubeconfig, in words', async () => {
    const good = kubeconfigFor('http://127.0.0.1:9');
    const secret = 'users: [{name: a, user: {token: tell-nobody}}]\n  bad: [indent';
    const cases: [Parameters<typeof kubeClient>[0], RegExp][] = [
      [{ kubeconfig: '/nowhere/config' }, /\/nowhere\/config cannot be read \(ENOENT\)/],
      [{ kubeconfig: file(secret) }, /no valid kubeconfig, line 2/],
      [{ kubeconfig: file('apiVersion: v1\nkind: Config') }, /names no cluster|no valid kubeconfig/],
      [{ kubeconfig: good, context: 'prod' }, /has no context prod; it has fake/],
      [
        {
          kubeconfig: kubeconfigFor('http://127.0.0.1:9', {
            exec: { command: 'echo', args: ['tell-nobody'] },
          }),
        },
        /exec plugin printed no JSON/,
      ],
      [{ kubeconfig: kubeconfigFor('http://127.0.0.1:9', { exec: { command: 'false' } }) }, /cannot be had/],
    ];
    for (const [settings, message] of cases) {
      const error = await errorFrom(get(settings));
      expect(error.message).toMatch(message);
      expect(error.message).not.toContain('tell-nobody');
      expect(error.kind).toBe('auth');
    }
  });

  it('outside of a pod a kubeconfig is asked for', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    expect((await errorFrom(get({}))).message).toMatch(/does not run in a pod/);
  });

  it('nobody listening is a refused connection', async () => {
    const server = new FakeApiServer();
    const url = await server.listen();
    await server.close();
    const error = await errorFrom(get({ kubeconfig: kubeconfigFor(url) }));
    expect(error).toMatchObject({ kind: 'refused', message: `the API server ${url} refuses connections` });
  });
});

it('the recorded lists are not empty', () => {
  expect(recordedItems('bgppeers-list')).toHaveLength(4);
});
