// The live copy of one kind: after every way in which a list or a watch can end, it equals a fresh list of what the server
// holds. Real HTTP connections to a server that breaks on command.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { kubeClient } from '../../src/transport/kube.ts';
import { kubeList } from '../../src/transport/kube-list.ts';
import { kubeMirror, type MirrorSettings, mirrorSettings } from '../../src/transport/kube-mirror.ts';
import { recordedServer, until } from '../kube/cluster.ts';
import { type FakeApiServer, type FakeOptions, type Item, send, status } from '../kube/fake-api-server.ts';

const path = '/apis/crd.projectcalico.org/v1/bgppeers';
const quick: MirrorSettings = {
  ...mirrorSettings,
  pageSize: 2,
  patienceMs: 2000,
  silenceMs: 5000,
  leastWaitMs: 10,
  mostWaitMs: 50,
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const keep = (item: unknown) => {
  const { metadata, spec } = item as Item;
  return { key: metadata.name, value: JSON.stringify(spec) };
};

async function start(settings: Partial<MirrorSettings> = {}, options: FakeOptions = {}) {
  const { server, kubeconfig } = await recordedServer(options);
  const client = kubeClient({ kubeconfig });
  const ended = new AbortController();
  closing.push(
    () => ended.abort(),
    client.close,
    () => server.close(),
  );
  const mirror = kubeMirror<string>({
    client,
    path: async () => path,
    keep,
    same: (x, y) => x === y,
    now: Date.now,
    settings: { ...quick, ...settings },
  });
  let changes = 0;
  const run = () => mirror.run(ended.signal, () => changes++);
  const freshList = async () => {
    const faults = server.faults;
    server.faults = [];
    const list = await kubeList({ client, path, keep, signal: ended.signal, pageSize: 0, patienceMs: 2000 });
    server.faults = faults;
    return Object.fromEntries(list.items.map(({ key, value }) => [key, value]));
  };
  const held = () => Object.fromEntries(mirror.items);
  /** Waits until the copy equals what the server holds, and compares with a fresh list. */
  const settle = async () => {
    const names = () =>
      JSON.stringify(
        [...(server.resources.get(path)?.items.values() ?? [])]
          .map(keep)
          .map(({ key, value }) => [key, value])
          .sort(),
      );
    await until(() => JSON.stringify([...mirror.items].sort()) === names());
    expect(held()).toEqual(await freshList());
  };
  return { server, mirror, run, settle, held, ended, changes: () => changes };
}

const peer = (name: string, asNumber: number): Item => ({ metadata: { name }, spec: { asNumber } });

const watchRequests = (server: FakeApiServer) =>
  server.requests.filter((url) => url.startsWith(path) && url.includes('watch=true')).length;

/** Does something that ends the watch, and waits for the next one. */
async function untilNextWatch(server: FakeApiServer, end: () => void): Promise<void> {
  const before = watchRequests(server);
  end();
  await until(() => watchRequests(server) > before && server.watches(path) === 1);
}

/** The three kinds of change. */
function shake(server: FakeApiServer, n: number): void {
  server.put(path, peer(`new-${n}`, n));
  server.put(path, peer('rr1-to-leaf1-peer', 65000 + n));
  server.remove(path, `new-${n - 1}`);
}

describe('a mirror', () => {
  it('follows additions, changes and deletions, and tells of each once', async () => {
    const { server, run, settle, changes } = await start();
    void run();
    await until(() => server.watches(path) === 1);
    const before = changes();
    shake(server, 1);
    await settle();
    expect(changes() - before).toBe(2);
    // The same object again is no change, and neither is a bookmark.
    server.put(path, peer('new-1', 1));
    server.bookmark();
    server.put(path, peer('new-1', 2));
    await settle();
    expect(changes() - before).toBe(3);
  });

  const faults: [string, (server: FakeApiServer) => void][] = [
    ['dropped connections', (server) => server.drop()],
    [
      'a connection dropped in the middle of a line',
      (server) => server.drop('{"type":"MODIFIED","object":{"kin'),
    ],
    ['watches that end in order', (server) => server.endWatches()],
    [
      '410 Gone as an event',
      (server) => {
        server.compact();
        server.drop();
      },
    ],
    [
      '410 Gone in an open watch',
      (server) => {
        const object = status(410, 'Expired', 'too old resource version: 1 (2)');
        server.inject(path, `${JSON.stringify({ type: 'ERROR', object })}\n`);
      },
    ],
    [
      '410 Gone as status',
      (server) => {
        let left = 1;
        server.faults = [
          ({ url }, response) => {
            if (!url?.includes('watch=true') || left-- <= 0) return false;
            send(response, 410, status(410, 'Expired', 'too old resource version'));
            return true;
          },
        ];
        server.drop();
      },
    ],
    ['a line that is no JSON', (server) => server.inject(path, 'nonsense\n')],
    ['a line that is no event', (server) => server.inject(path, '{"type":"SURPRISE"}\n')],
    ...[429, 500, 503].map((code): [string, (server: FakeApiServer) => void] => [
      `${code}, three times`,
      (server) => {
        let left = 3;
        server.faults = [
          (_request, response) => {
            if (left-- <= 0) return false;
            send(response, code, status(code, 'x', 'later'), { 'retry-after': '0' });
            return true;
          },
        ];
        server.drop();
      },
    ]),
    [
      'a list that breaks off between two pages',
      (server) => {
        let left = 1;
        server.faults = [
          ({ url }, response) => {
            if (!url?.includes('continue=') || left-- <= 0) return false;
            response.destroy();
            return true;
          },
        ];
        server.compact();
        server.drop();
      },
    ],
  ];

  it.each(faults)('equals a fresh list after %s', async (_, fault) => {
    const { server, run, settle, mirror } = await start();
    void run();
    await until(() => server.watches(path) === 1);
    shake(server, 1);
    await settle();
    fault(server);
    // Changes while nobody watches must not be lost, deletions least of all.
    shake(server, 2);
    await settle();
    shake(server, 3);
    await settle();
    await until(() => mirror.error() === undefined);
  });

  it('goes on where it was after a dropped connection, without another list', async () => {
    const { server, run, settle } = await start();
    void run();
    await until(() => server.watches(path) === 1);
    const lists = () =>
      server.requests.filter((url) => url.startsWith(path) && !url.includes('watch')).length;
    const before = lists();
    await untilNextWatch(server, () => server.drop());
    shake(server, 1);
    await untilNextWatch(server, () => server.endWatches());
    expect(lists()).toBe(before);
    await settle();
  });

  it('goes on from the last bookmark', async () => {
    const { server, run } = await start();
    void run();
    await until(() => server.watches(path) === 1);
    // Another kind moves the version on; without the bookmark the old one would be forgotten.
    server.compact();
    server.bookmark();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = server.requests.length;
    await untilNextWatch(server, () => server.drop());
    expect(server.requests.slice(before).filter((url) => !url.includes('watch=true'))).toEqual([]);
  });

  it('cuts off a watch that has fallen silent', async () => {
    const { server, run, settle } = await start({ silenceMs: 200 });
    void run();
    await until(() => server.watches(path) === 1);
    const watches = () => server.requests.filter((url) => url.includes('watch=true')).length;
    const before = watches();
    await until(() => watches() > before);
    shake(server, 1);
    await settle();
  });

  it('does not hammer a server that ends every watch at once', async () => {
    const { server, run } = await start({ leastWaitMs: 100, mostWaitMs: 400 }, { watchMs: 1 });
    void run();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const watches = server.requests.filter((url) => url.includes('watch=true')).length;
    expect(watches).toBeGreaterThan(2);
    expect(watches).toBeLessThan(15);
  });

  it('says since when and why it is out of date, and keeps what it had', async () => {
    const { server, run, mirror, held } = await start();
    void run();
    await until(() => server.watches(path) === 1);
    const before = held();
    const at = mirror.at();
    server.forbidden.add(path);
    server.drop();
    await until(() => mirror.error() !== undefined && mirror.error()?.error.kind === 'permission');
    expect(mirror.error()?.error.message).toContain('is forbidden');
    expect(held()).toEqual(before);
    expect(mirror.at()).toBe(at);
    server.forbidden.clear();
    await until(() => mirror.error() === undefined);
  });

  it('without the right to watch it lists over and over, and says so', async () => {
    const { server, run, mirror, held } = await start();
    server.faults = [
      ({ url }, response) => {
        if (!url?.includes('watch=true')) return false;
        send(response, 403, status(403, 'Forbidden', 'cannot watch resource "bgppeers"'));
        return true;
      },
    ];
    void run();
    await until(() => mirror.error()?.error.kind === 'permission');
    const first = mirror.at() ?? 0;
    shake(server, 1);
    await until(() => held()['new-1'] === '{"asNumber":1}');
    await until(() => (mirror.at() ?? 0) > first);
    expect(mirror.error()?.error.message).toContain('cannot watch');
  });

  it('a kind that was never read has no time', async () => {
    const { server, mirror, ended } = await start();
    server.forbidden.add(path);
    await mirror.list(ended.signal);
    expect(mirror.at()).toBeUndefined();
    expect(mirror.error()?.error.kind).toBe('permission');
  });

  it('ends when it is told to', async () => {
    const { server, run, ended } = await start();
    const running = run();
    await until(() => server.watches(path) === 1);
    ended.abort();
    await running;
    await until(() => server.watches(path) === 0);
  });

  const steps: Record<string, (server: FakeApiServer, name: string, n: number) => unknown> = {
    put: (server, name, n) => server.put(path, peer(name, n)),
    remove: (server, name) => server.remove(path, name),
    drop: (server) => server.drop(),
    cut: (server) => server.drop('{"type":"ADDED"'),
    end: (server) => server.endWatches(),
    compact: (server) => server.compact(),
    gone: (server) => {
      server.drop();
      server.compact();
    },
    bookmark: (server) => server.bookmark(),
    wait: (_server, _name, n) => new Promise((resolve) => setTimeout(resolve, n)),
    watched: (server) => until(() => server.watches(path) === 1),
  };

  it('equals a fresh list after any order of changes and faults', async () => {
    const name = fc.constantFrom('a', 'rr1-to-leaf1-peer');
    const changes = fc.constantFrom('put', 'remove');
    const op = fc.oneof({ weight: 2, arbitrary: changes }, fc.constantFrom(...Object.keys(steps)));
    const step = fc.record({ name, n: fc.nat(9), op });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (chosen) => {
        const { server, run, settle, ended } = await start();
        void run();
        for (const { op: what, name: of, n } of chosen) await steps[what]?.(server, of, n);
        await settle();
        ended.abort();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
