// The etcd client against Debian's etcd: pages at one revision, counts, a watch over several ranges, client certificates,
// logins, and each way in which asking can fail.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EtcdClient,
  type EtcdEntry,
  type EtcdOptions,
  etcdClient,
  prefixRange,
} from '../../src/transport/etcd.ts';
import { EtcdError } from '../../src/transport/etcd-error.ts';
import { because } from '../because.ts';
import { type Certificates, type EtcdServer, makeCertificates, noEtcd, startEtcd } from './etcd-server.ts';

const never = new AbortController().signal;
const clients: EtcdClient[] = [];

function client(endpoints: readonly string[], more: Partial<EtcdOptions> = {}): EtcdClient {
  const made = etcdClient({ endpoints, tls: {}, timeoutMs: 3000, ...more });
  clients.push(made);
  return made;
}

async function listed(of: EtcdClient, prefix: string, revision?: number): Promise<EtcdEntry[]> {
  const entries: EtcdEntry[] = [];
  for await (const page of of.list(prefixRange(prefix), revision, never)) entries.push(...page.entries);
  return entries;
}

async function failureOf(work: Promise<unknown>): Promise<EtcdError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EtcdError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

afterAll(() => {
  for (const each of clients) each.close();
});

describe.skipIf(noEtcd)(
  because(Boolean(noEtcd), 'etcd without TLS', 'needs the packages etcd-server, etcd-client and openssl'),
  () => {
    let server: EtcdServer;
    beforeAll(async () => {
      server = await startEtcd();
      server.ctl('put', '/calico/a/ä', 'ö');
      server.ctl('put', '/calico/b/1', 'one');
      server.ctl('put', '/calico0', 'not of the prefix');
    });
    afterAll(() => server.stop());

    it('lists the keys of a prefix and nothing else, as UTF-8', async () => {
      const entries = await listed(client([server.endpoint]), '/calico/');
      expect(entries).toEqual([
        { key: '/calico/a/ä', value: 'ö', modRevision: 2 },
        { key: '/calico/b/1', value: 'one', modRevision: 3 },
      ]);
    });

    it('lists page by page at the revision of the first one, whatever happens in between', async () => {
      const names = Array.from({ length: 2500 }, (_, i) => i);
      server.put(names.map((i) => [`/pages/${String(i).padStart(5, '0')}`, String(i)]));
      const pages = client([server.endpoint]).list(prefixRange('/pages/'), undefined, never);
      const first = await pages.next();
      server.ctl('del', '--prefix', '/pages/');
      const keys = [...(first.value?.entries ?? [])];
      for await (const page of pages) {
        expect(page.revision).toBe(first.value?.revision);
        keys.push(...page.entries);
      }
      expect(keys.map(({ value }) => Number(value))).toEqual(names);
      expect(
        await client([server.endpoint]).counts([prefixRange('/pages/'), prefixRange('/calico/')], never),
      ).toEqual([0, 2]);
    });

    it('watches several ranges from a revision on: what was, what comes, what goes', async () => {
      server.ctl('put', '/w1/before', '1');
      const [{ modRevision: revision } = { modRevision: 0 }] = await listed(
        client([server.endpoint]),
        '/w1/',
      );
      const seen: EtcdEntry[] = [];
      const stop = new AbortController();
      const ranges = [prefixRange('/w1/'), prefixRange('/w2/')];
      const watching = client([server.endpoint]).watch(
        ranges,
        revision,
        (entries) => seen.push(...entries),
        stop.signal,
      );
      watching.catch(() => {});
      server.ctl('put', '/w3/other', 'not watched');
      server.ctl('put', '/w2/later', '2');
      server.ctl('del', '/w1/before');
      await expect.poll(() => seen.length, { timeout: 2000 }).toBe(3);
      const byRevision = seen.sort((x, y) => x.modRevision - y.modRevision);
      expect(byRevision.map(({ key, value }) => [key, value])).toEqual([
        ['/w1/before', '1'],
        ['/w2/later', '2'],
        ['/w1/before', undefined],
      ]);
      stop.abort();
      expect((await failureOf(watching)).kind).toBe('timeout');
    });

    it('says that a revision is compacted, when listing and when watching', async () => {
      server.ctl('put', '/c/1', '1');
      server.ctl('put', '/c/1', '2');
      const [entry] = await listed(client([server.endpoint]), '/c/');
      server.ctl('compact', String(entry?.modRevision));
      const reader = client([server.endpoint]);
      expect((await failureOf(listed(reader, '/c/', 2))).kind).toBe('compacted');
      expect((await failureOf(reader.watch([prefixRange('/c/')], 2, () => {}, never))).kind).toBe(
        'compacted',
      );
    });

    it('asks the next endpoint when one does not answer, and stays there', async () => {
      const reader = client(['http://127.0.0.1:1', server.endpoint]);
      expect(await listed(reader, '/calico/')).toHaveLength(2);
      expect(await reader.counts([prefixRange('/calico/')], never)).toEqual([2]);
    });

    it('says how a connection failed', async () => {
      const refused = await failureOf(listed(client(['http://127.0.0.1:1']), '/'));
      expect([refused.kind, refused.message]).toEqual([
        'refused',
        'http://127.0.0.1:1: connection refused: nobody listens there (ECONNREFUSED)',
      ]);
      const noTls = await failureOf(listed(client([server.endpoint.replace('http:', 'https:')]), '/'));
      expect(noTls.kind).toBe('protocol');
      expect(noTls.message).toContain('TLS');
    });

    it.each([
      ['an answer without JSON', 200, 'hello', 'protocol'],
      ['JSON that is not of etcd', 200, '{}', 'protocol'],
      ['a server without the gateway', 404, 'Not Found', 'unsupported'],
      ['an error without JSON', 502, '<html>', 'protocol'],
    ])('refuses %s', async (_, status, answer, kind) => {
      const other = createServer((_request, response) => response.writeHead(status).end(answer)).listen(
        0,
        '127.0.0.1',
      );
      await new Promise((resolve) => other.once('listening', resolve));
      const { port } = other.address() as AddressInfo;
      const reader = client([`http://127.0.0.1:${port}`]);
      expect((await failureOf(listed(reader, '/'))).kind).toBe(kind);
      expect((await failureOf(reader.counts([prefixRange('/')], never))).kind).toBe(kind);
      other.close();
    });

    it('gives up on a server that does not answer', async () => {
      const silent = createServer(() => {}).listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const { port } = silent.address() as AddressInfo;
      const reader = client([`http://127.0.0.1:${port}`], { timeoutMs: 200 });
      const error = await failureOf(listed(reader, '/'));
      expect([error.kind, error.message]).toEqual(['timeout', `http://127.0.0.1:${port}: no answer in time`]);
      silent.closeAllConnections();
      silent.close();
    });
  },
);

describe.skipIf(noEtcd)(
  because(Boolean(noEtcd), 'etcd with logins', 'needs the packages etcd-server, etcd-client and openssl'),
  () => {
    let server: EtcdServer;
    beforeAll(async () => {
      server = await startEtcd();
      server.ctl('put', '/calico/x', '1');
      server.ctl('put', '/secret/x', '1');
      server.ctl('user', 'add', 'root:toor');
      server.ctl('user', 'grant-role', 'root', 'root');
      server.ctl('user', 'add', 'reader:pa:ss');
      server.ctl('role', 'add', 'calico');
      server.ctl('role', 'grant-permission', 'calico', '--prefix=true', 'read', '/calico/');
      server.ctl('user', 'grant-role', 'reader', 'calico');
      server.ctl('auth', 'enable');
    });
    afterAll(() => server.stop());
    const login = { user: 'reader', password: 'pa:ss' };

    it('logs in, lists and watches', async () => {
      const reader = client([server.endpoint], { login });
      expect(await listed(reader, '/calico/')).toHaveLength(1);
      const seen: EtcdEntry[] = [];
      const stop = new AbortController();
      reader
        .watch([prefixRange('/calico/')], 2, (entries) => seen.push(...entries), stop.signal)
        .catch(() => {});
      await expect.poll(() => seen.length, { timeout: 2000 }).toBe(1);
      stop.abort();
    });

    it('logs in again after the server has forgotten its tokens', async () => {
      const reader = client([server.endpoint], { login });
      await listed(reader, '/calico/');
      await server.halt();
      await server.restart();
      expect(await listed(reader, '/calico/')).toHaveLength(1);
    });

    it.each([
      ['auth', 'no login', undefined, '/calico/'],
      ['auth', 'a wrong password', { user: 'reader', password: 'wrong' }, '/calico/'],
      ['permission', 'keys of others', login, '/secret/'],
    ])('says %s for %s, never the password', async (kind, _, credentials, prefix) => {
      const reader = client([server.endpoint], credentials ? { login: credentials } : {});
      const error = await failureOf(listed(reader, prefix));
      expect(error.kind).toBe(kind);
      expect(error.message).not.toContain(credentials?.password ?? 'pa:ss');
      const watched = failureOf(reader.watch([prefixRange(prefix)], 2, () => {}, AbortSignal.timeout(3000)));
      expect((await watched).kind).toBe(kind);
    });
  },
);

describe.skipIf(noEtcd)(
  because(
    Boolean(noEtcd),
    'etcd with client certificates',
    'needs the packages etcd-server, etcd-client and openssl',
  ),
  () => {
    let server: EtcdServer;
    let folder: string;
    let own: Certificates;
    let stranger: Certificates;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'etcd-tls-'));
      const made = makeCertificates(folder);
      ({ client: own, stranger } = made);
      server = await startEtcd(made);
      server.ctl('put', '/calico/x', '1');
    });
    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    it('is let in with its certificate', async () => {
      const reader = client([server.endpoint], { tls: own });
      expect(await listed(reader, '/calico/')).toHaveLength(1);
    });

    it('trusts no server that caFile has not signed', async () => {
      const { certFile, keyFile } = own;
      const error = await failureOf(listed(client([server.endpoint], { tls: { certFile, keyFile } }), '/'));
      expect(error.kind).toBe('host-key');
    });

    it.each([
      ['without a certificate', () => ({ caFile: own.caFile })],
      ['with one that the server does not know', () => ({ ...stranger, caFile: own.caFile })],
    ])('says what is wanted when it comes %s', async (_, tls) => {
      const error = await failureOf(listed(client([server.endpoint], { tls: tls() }), '/'));
      expect(error.message).toContain('client certificate');
    });

    it('names a file that cannot be read', () => {
      const tls = { ...own, keyFile: path.join(folder, 'absent.key') };
      expect(() => client([server.endpoint], { tls })).toThrow(/absent\.key cannot be read \(ENOENT\)/);
    });
  },
);
