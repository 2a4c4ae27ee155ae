// The BIRD collector against real BIRD 1.6 daemons (Debian's package `bird`), two of them with BGP between them: what is
// read, and what becomes of a daemon that is stopped, killed, started again, or not ours to ask.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxCommandBytes, openBird } from '../../../src/collectors/nodes/bird-protocol.ts';
import { type BirdSocketOptions, birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import { statusReader } from '../../../src/collectors/nodes/bird-status.ts';
import type { CollectQuery } from '../../../src/model/collector.ts';
import { formatPrefix, parsePrefix } from '../../../src/model/prefix.ts';
import type { Reading } from '../../../src/model/reading.ts';
import type { RouteView } from '../../../src/model/route-view.ts';
import { bird6Path, birdPath, eventually, type RealBird, startBird } from './real-bird.ts';

const manyRoutes = Array.from({ length: 300 }, (_, i) => `10.99.${i >> 2}.${(i & 3) * 64}/26`);

const node = (port: number, peerPort: number) => `
router id 10.0.0.1;
listen bgp address 127.0.0.1 port ${port};
protocol device {}
protocol static static1 {
  route 10.233.64.0/26 blackhole;
  route 10.233.64.5/32 blackhole;
  route 10.233.66.0/26 blackhole;
  route 172.99.0.0/16 unreachable;
}
protocol static static2 {
${manyRoutes.map((prefix) => `  route ${prefix} blackhole;`).join('\n')}
}
template bgp calico { local as 64512; multihop; source address 127.0.0.1; import all; graceful restart; connect delay time 1; connect retry time 1; error wait time 1, 1; }
protocol bgp Node_127_0_0_2 from calico {
  description "leaf";
  neighbor 127.0.0.2 port ${peerPort} as 65009;
  # As Calico does: blocks go out, single addresses stay.
  export filter { if net ~ [ 10.233.64.0/18{26,26}, 10.99.0.0/16+ ] then accept; reject; };
}
protocol bgp Mesh_127_0_0_9 from calico { neighbor 127.0.0.9 port ${peerPort} as 64512; passive on; export all; }
protocol bgp Global_127_0_0_8_port_1179 from calico { neighbor 127.0.0.8 port 1179 as 65008; disabled; export all; }
protocol bgp 'odd.na-me:1' from calico { neighbor 127.0.0.7 port 9 as 65007; export all; }
`;

const leaf = (port: number, peerPort: number) => `
router id 10.0.0.2;
listen bgp address 127.0.0.2 port ${port};
protocol device {}
protocol static static1 { route 10.233.66.0/26 blackhole; route 172.30.0.0/16 unreachable; }
protocol bgp node1 { local as 65009; multihop; source address 127.0.0.2; neighbor 127.0.0.1 port ${peerPort} as 64512; passive on; graceful restart; import all; export all; }
`;

// A port of its own: 179 needs root.
const node6 = (port: number) => `
router id 10.0.0.1;
listen bgp v6only address ::1 port ${port};
protocol device {}
protocol static static1 { route fd00:10:244::/122 blackhole; route fd00:99::/64 unreachable; }
protocol bgp Node_fd00__254 { local as 64512; multihop; neighbor fd00::254 as 65009; passive on; import all; export all; }
`;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

const query: CollectQuery = {
  prefixes: ['10.233.64.0/26', '172.30.0.0/16', '192.0.2.7/32', 'fd00:10:244::/122'].map(parsePrefix),
  ranges: ['10.233.64.0/18', '10.233.0.0/18'].map(parsePrefix),
};

function value<T>(reading: Reading<T>): T {
  if (!reading.ok) throw new Error(`${reading.error.kind}: ${reading.error.message}`);
  return reading.value;
}

const kindOf = <T>(reading: Reading<T>) => (reading.ok ? 'ok' : reading.error.kind);
const prefixes = (view: RouteView | undefined) =>
  [...(view?.table.prefixes() ?? [])].map(formatPrefix).sort();

const title = birdPath === undefined ? 'BIRD 1.6 (skipped: /usr/sbin/bird is not installed)' : 'BIRD 1.6';

describe.skipIf(birdPath === undefined)(title, () => {
  let directory: string;
  let ports: [number, number];
  let bird: RealBird;
  let peer: RealBird;

  const start = (name: string, config: string) => startBird(birdPath ?? '', directory, name, config);
  const collect = (options: Partial<BirdSocketOptions> = {}, asked = query, deadline = 5000) =>
    birdSocketCollector({ device: 'node1', socket: bird.socket, now: Date.now, ...options }).collect(
      asked,
      AbortSignal.timeout(deadline),
    );
  const established = async () => {
    const [session] = value((await collect()).sessions);
    return session?.state === 'established' && session.prefixesReceived === 2;
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'real-bird-'));
    chmodSync(directory, 0o755);
    ports = [await freePort(), await freePort()];
    bird = await start('node', node(...ports));
    peer = await start('leaf', leaf(ports[1], ports[0]));
    await eventually(established, 'the session comes up');
  }, 30_000);

  afterAll(async () => {
    await bird?.stop();
    await peer?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows its sessions', async () => {
    const { sessions, facts } = await collect();
    expect(value(sessions)).toMatchObject([
      {
        name: 'Node_127_0_0_2',
        kind: 'node',
        peerAddress: '127.0.0.2',
        peerAsn: 65009,
        localAddress: '127.0.0.1',
        state: 'established',
        afi: 'ipv4',
        description: 'leaf',
        prefixesReceived: 2,
        prefixesAdvertised: 302, // two blocks and the 300
        protocolState: 'up',
      },
      { name: 'Mesh_127_0_0_9', kind: 'mesh', state: 'idle', passive: true },
      { name: 'Global_127_0_0_8_port_1179', kind: 'global', state: 'idle', adminDown: true },
      { name: 'odd.na-me:1', peerAddress: '127.0.0.7', lastError: 'Socket: Connection refused' },
    ]);
    expect(facts).toMatchObject({
      software: expect.stringMatching(/^BIRD 1\.6\./),
      routerId: '10.0.0.1',
      recovering: false,
    });
    const age = Date.now() / 1000 - (facts?.startedAt ?? 0);
    expect(age).toBeGreaterThan(-3);
    expect(age).toBeLessThan(60);
  });

  it('shows its own table inside the ranges and for the prefixes outside them', async () => {
    const [local] = value((await collect()).routes);
    expect(prefixes(local)).toEqual(['10.233.64.0/26', '10.233.64.5/32', '10.233.66.0/26', '172.30.0.0/16']);
    expect(local?.table.rowsOf(parsePrefix('10.233.66.0/26'))).toMatchObject([
      { protocol: 'static', best: true, discard: true },
      { protocol: 'bgp', best: false, asPath: '65009', from: '127.0.0.2' },
    ]);
  });

  it('shows what it sends on its fabric session, and on the mesh only when asked and up', async () => {
    const views = value((await collect({ includeMesh: true })).routes);
    expect(views.map(({ layer, peer: to }) => `${layer} ${to}`)).toEqual([
      'local undefined',
      'exported 127.0.0.2',
    ]);
    // The /32 is inside the range, but the export filter keeps it back.
    expect(prefixes(views[1])).toEqual(['10.233.64.0/26', '10.233.66.0/26']);
    expect(views[1]?.table.rowsOf(parsePrefix('10.233.64.0/26'))).toMatchObject([
      { nextHops: [{ address: '127.0.0.1' }], asPath: '64512', protocol: 'static', best: true },
    ]);
  });

  it('is asked in several commands where one would be too long', async () => {
    const asked = { prefixes: [...manyRoutes, '192.0.2.7/32'].map(parsePrefix), ranges: [] };
    const [local, sent] = value((await collect({}, asked)).routes);
    expect(prefixes(local)).toEqual([...manyRoutes].sort());
    expect(prefixes(sent)).toEqual([...manyRoutes].sort());
    // BIRD drops a connection on which commands came faster than it clears its buffer: not ours.
    for (let i = 0; i < 20; i++) expect(value((await collect({}, asked)).routes)[0]?.table.size).toBe(300);
  });

  it('takes a command of the greatest length, and no longer one is sent', async () => {
    const signal = AbortSignal.timeout(5000);
    const talk = await openBird({ path: bird.socket, signal, maxReplyBytes: 100_000 });
    const longest = 'show status'.padEnd(maxCommandBytes, ' ');
    expect((await talk.ask(longest, () => statusReader('x'))).routerId).toBe('10.0.0.1');
    await expect(talk.ask(`${longest} `, () => statusReader('x'))).rejects.toMatchObject({
      kind: 'internal',
    });
    await expect(talk.ask('show status\ndown', () => statusReader('x'))).rejects.toMatchObject({
      kind: 'internal',
    });
    expect((await talk.ask('show status', () => statusReader('x'))).routerId).toBe('10.0.0.1');
    // Restricted: BIRD itself refuses to change anything.
    await expect(talk.ask('disable Node_127_0_0_2', () => statusReader('x'))).rejects.toMatchObject({
      code: 8007,
    });
    talk.close();
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'refuses who is neither root nor in its group (skipped: needs root)',
    async () => {
      process.setegid?.(65534);
      process.seteuid?.(65534);
      const collecting = collect();
      process.seteuid?.(0);
      process.setegid?.(0);
      const { sessions, routes } = await collecting;
      expect([kindOf(sessions), kindOf(routes)]).toEqual(['permission', 'permission']);
      expect(sessions.ok ? '' : sessions.error.message).toContain('run as uid 0 or with gid 0');
    },
  );

  it('frozen: times out within the deadline; thawed: answers again', async () => {
    bird.signal('SIGSTOP');
    const started = Date.now();
    const { sessions, routes } = await collect({}, query, 500);
    expect(Date.now() - started).toBeLessThan(2000);
    expect([kindOf(sessions), kindOf(routes)]).toEqual(['timeout', 'timeout']);
    expect(sessions.ok ? '' : sessions.error.message).toContain('does not greet');
    bird.signal('SIGCONT');
    expect(kindOf((await collect()).sessions)).toBe('ok');
  });

  it('its peer killed: the session is down, the routes it keeps are stale', async () => {
    await peer.stop();
    await eventually(
      async () => value((await collect()).sessions)[0]?.state !== 'established',
      'the session goes down',
    );
    const { sessions, routes } = await collect();
    expect(value(sessions)[0]).toMatchObject({ peerAddress: '127.0.0.2', gracefulRestart: true });
    expect(value(sessions)[0]).not.toHaveProperty('prefixesReceived');
    const [local, ...exported] = value(routes);
    expect(exported).toEqual([]);
    expect(local?.table.rowsOf(parsePrefix('172.30.0.0/16'))).toMatchObject([
      { stale: true, from: '127.0.0.2' },
    ]);
    expect(local?.table.rowsOf(parsePrefix('10.233.64.0/26'))[0]).not.toHaveProperty('stale');
    peer = await start('leaf', leaf(ports[1], ports[0]));
    await eventually(established, 'the session comes up again');
  }, 30_000);

  it.skipIf(bird6Path === undefined)(
    'IPv6 is a daemon of its own (skipped: bird6 is not installed)',
    async () => {
      const bird6 = await startBird(bird6Path ?? '', directory, 'node6', node6(await freePort()));
      try {
        const { sessions, routes } = await collect({ socket6: bird6.socket });
        expect(value(sessions)).toContainEqual(
          expect.objectContaining({
            name: 'Node_fd00__254',
            peerAddress: 'fd00::254',
            afi: 'ipv6',
            passive: true,
          }),
        );
        const locals = value(routes).filter(({ layer }) => layer === 'local');
        expect(locals.map(prefixes)[1]).toEqual(['fd00:10:244::/122']);
        expect(locals[1]?.scopes).toEqual([
          {
            kind: 'exact',
            prefixes: [parsePrefix('fd00:10:244::/122')],
            asked: 'show route where net ~ [fd00:10:244::/122] all',
          },
        ]);
      } finally {
        await bird6.stop();
      }
      const { sessions } = await collect({ socket6: bird6.socket });
      expect(sessions).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(bird6.socket) },
      });
    },
  );

  it('killed: refused; its socket gone: not found; started again: answers on a new socket', async () => {
    const collector = birdSocketCollector({ device: 'node1', socket: bird.socket, now: Date.now });
    const read = () => collector.collect(query, AbortSignal.timeout(5000));
    expect(kindOf((await read()).sessions)).toBe('ok');
    await bird.stop();
    const killed = await read();
    expect([kindOf(killed.sessions), kindOf(killed.routes)]).toEqual(['refused', 'refused']);
    rmSync(bird.socket);
    expect(kindOf((await read()).routes)).toBe('not-found');
    bird = await start('node', node(...ports));
    expect(kindOf((await read()).sessions)).toBe('ok');
  });
});
