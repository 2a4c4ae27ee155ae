// A real BIRD 1.6 with 500,000 routes, as on a node that takes a full table from its switch: a question about the cluster's
// prefixes costs what the cluster costs; a listing of everything is read whole into bounded memory, or ends with its
// deadline or its limit in an error that says so, and the last good reading is kept.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { birdSocketCollector } from '../../../src/collectors/nodes/bird-socket.ts';
import type { Collected } from '../../../src/model/collector.ts';
import { parsePrefix } from '../../../src/model/prefix.ts';
import { keepLast, lastGood } from '../../../src/model/reading.ts';
import { because } from '../../because.ts';
import { birdPath, type RealBird, startBird } from './real-bird.ts';

const routeCount = 500_000;
/** 20.0.0.0/24 upwards, and four blocks of the cluster beside them. */
const huge = Array.from(
  { length: routeCount },
  (_, i) => `route ${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24 blackhole;`,
).join('\n');
const own = [0, 64, 128, 192].map((last) => `route 10.233.64.${last}/26 blackhole;`).join('\n');
const config = `router id 10.0.0.1;\nlisten bgp address 127.0.0.1 port 17998;\nprotocol device {}\nprotocol static static1 {\n${huge}\n${own}\n}\n`;

const clusters = ['10.233.64.0/18'];
const everything = ['0.0.0.0/0'];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes that are reachable. What the process has of the system would be a matter of when garbage was last collected. */
const held = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe.skipIf(birdPath === undefined)(
  because(birdPath === undefined, 'BIRD 1.6 with 500,000 routes', '/usr/sbin/bird is not installed'),
  () => {
    let directory: string;
    let bird: RealBird;
    let whole: Collected;

    const collect = (ranges: readonly string[], ms: number, maxReplyBytes?: number): Promise<Collected> =>
      birdSocketCollector({
        device: 'node1',
        socket: bird.socket,
        now: Date.now,
        ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
      }).collect({ prefixes: [], ranges: ranges.map(parsePrefix) }, AbortSignal.timeout(ms));
    const sizeOf = ({ routes }: Collected) => lastGood(routes)?.value[0]?.table.size;
    const errorOf = ({ routes }: Collected) => (routes.ok ? undefined : routes.error);

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'huge-bird-'));
      chmodSync(directory, 0o755);
      bird = await startBird(birdPath ?? '', directory, 'huge', config);
    }, 120_000);

    afterAll(async () => {
      await bird?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    it('a question about the cluster gets the answer of the cluster', async () => {
      const read = await collect(clusters, 60_000);
      expect([read.sessions.ok, errorOf(read), sizeOf(read)]).toEqual([true, undefined, 4]);
    }, 90_000);

    it('all of it is read whole, in memory of the table and not of the text', async () => {
      const before = held();
      const during: number[] = [];
      const sampling = setInterval(() => during.push(held() - before), 50);
      whole = await collect(everything, 150_000).finally(() => clearInterval(sampling));
      expect([errorOf(whole), sizeOf(whole)]).toEqual([undefined, routeCount + 4]);
      // At no time was the text held whole (50 MB), nor each row as objects (some 300 bytes each, 150 MB).
      expect(during.length).toBeGreaterThan(3);
      expect(Math.max(...during)).toBeLessThan(40e6);
      expect(held() - before).toBeLessThan(40e6);
    }, 180_000);

    it('a deadline in the middle of it ends the reading, and the last good one is kept with its time', async () => {
      const began = performance.now();
      const late = await collect(everything, 700);
      expect(performance.now() - began).toBeLessThan(20_000);
      expect(errorOf(late)).toMatchObject({
        kind: 'timeout',
        message: expect.stringContaining('no answer in time'),
      });
      const kept = keepLast(whole.routes, late.routes);
      expect([kept.ok, lastGood(kept)?.at]).toEqual([false, whole.routes.at]);
      expect(lastGood(kept)?.value[0]?.table.size).toBe(routeCount + 4);
    }, 60_000);

    it('a limit ends it early and says what it is; the next small question is answered', async () => {
      const much = await collect(everything, 60_000, 10_000_000);
      expect([much.sessions.ok, errorOf(much)?.kind]).toEqual([true, 'protocol']);
      expect(errorOf(much)?.message).toContain('the answer is larger than 10000000 bytes');
      expect(sizeOf(await collect(clusters, 60_000))).toBe(4);
    }, 150_000);
  },
);
