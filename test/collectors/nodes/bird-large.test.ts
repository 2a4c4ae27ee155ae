// A real BIRD 1.6 whose listing takes a while: frozen or killed in the middle of it, or larger than we take. Each is an
// error of its own kind within the deadline, and the next reading is whole again. A relay before BIRD's socket counts what
// has passed, so that the middle is the middle however busy the machine is.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { keepLast, lastGood } from '../../../src/model/reading.ts';
import { birdPath, type RealBird, startBird } from './real-bird.ts';

const routeCount = 20_000;
const routes = Array.from(
  { length: routeCount },
  (_, i) => `route 10.${i >> 14}.${(i >> 6) & 255}.${(i & 63) * 4}/30 blackhole;`,
).join('\n');
const config = `router id 10.0.0.1;\nlisten bgp address 127.0.0.1 port 17999;\nprotocol device {}\nprotocol static static1 {\n${routes}\n}\n`;

/** More than a unix socket holds, and far less than the listing of some 1.9 MB. */
const middle = 400_000;

const title = birdPath === undefined ? 'BIRD 1.6 (skipped: /usr/sbin/bird is not installed)' : 'BIRD 1.6';

describe.skipIf(birdPath === undefined)(title, () => {
  let directory: string;
  let bird: RealBird;
  let relay: Server;
  /** What happens, once, when the middle of a listing has passed the relay. */
  let atMiddle: (() => void) | undefined;

  const start = () => startBird(birdPath ?? '', directory, 'large', config);
  const relayPath = () => join(directory, 'relay.ctl');
  const collect = (signal = AbortSignal.timeout(50_000), maxReplyBytes?: number): Promise<Collected> =>
    birdSocketCollector({
      device: 'node1',
      socket: relayPath(),
      now: Date.now,
      ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
    }).collect({ prefixes: [], ranges: [parsePrefix('10.0.0.0/8')] }, signal);
  const sizeOf = ({ routes: reading }: Collected) => lastGood(reading)?.value[0]?.table.size;
  const failureOf = ({ routes: reading }: Collected) => (reading.ok ? 'ok' : reading.error.kind);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'large-bird-'));
    chmodSync(directory, 0o755);
    bird = await start();
    relay = createServer((client) => {
      const server = connect(bird.socket);
      let passed = 0;
      server.on('data', (chunk) => {
        passed += chunk.length;
        if (passed < middle) return;
        const now = atMiddle;
        atMiddle = undefined;
        now?.();
      });
      for (const end of [client, server]) end.on('error', () => undefined);
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
      client.pipe(server);
      server.pipe(client);
    });
    await new Promise<void>((resolve) => relay.listen(relayPath(), resolve));
  }, 60_000);

  afterAll(async () => {
    bird?.signal('SIGCONT');
    await bird?.stop();
    relay?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('with more than we take is refused, and says so; the sessions are read all the same', async () => {
    const { routes: reading, sessions } = await collect(undefined, middle);
    expect(sessions.ok).toBe(true);
    expect(reading).toMatchObject({ ok: false, error: { kind: 'protocol' } });
    expect(reading.ok ? '' : reading.error.message).toContain(`the answer is larger than ${middle} bytes`);
  }, 60_000);

  it('frozen in the middle of its answer ends with the deadline; thawed, it is read whole', async () => {
    const before = await collect();
    expect(sizeOf(before)).toBe(routeCount);
    const deadline = new AbortController();
    let endedAt = 0;
    atMiddle = () => {
      bird.signal('SIGSTOP');
      setTimeout(() => {
        endedAt = performance.now();
        deadline.abort(new DOMException('the deadline', 'TimeoutError'));
      }, 500);
    };
    let frozen: Collected;
    try {
      frozen = await collect(deadline.signal);
      expect(performance.now() - endedAt).toBeLessThan(2000);
    } finally {
      bird.signal('SIGCONT');
    }
    expect([frozen.sessions.ok, failureOf(frozen)]).toEqual([true, 'timeout']);
    expect(frozen.routes.ok ? '' : frozen.routes.error.message).toContain('no answer in time');
    const kept = keepLast(before.routes, frozen.routes);
    expect([kept.ok, lastGood(kept)?.at]).toEqual([false, before.routes.at]);
    expect(sizeOf(await collect())).toBe(routeCount);
  }, 120_000);

  it('killed in the middle of its answer fails at once; started anew, it is read whole', async () => {
    atMiddle = () => void bird.stop();
    const killed = await collect();
    expect([killed.sessions.ok, failureOf(killed)]).toEqual([true, 'protocol']);
    expect(killed.routes.ok ? '' : killed.routes.error.message).toContain('the other side closed');
    await bird.stop();
    bird = await start();
    expect(sizeOf(await collect())).toBe(routeCount);
  }, 120_000);
});
