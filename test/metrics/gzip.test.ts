// A body compressed in two steps must be one ordinary gzip member that holds both parts.

import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endGzip, startGzip } from '../../src/metrics/gzip.ts';

describe('gzip in two parts', () => {
  it('unzips to the parts in order, whatever they are', async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), bytes, async (chunks, rest) => {
        const start = await startGzip(chunks.map((chunk) => Buffer.from(chunk)));
        const body = Buffer.concat(endGzip(start, Buffer.from(rest)));
        expect(gunzipSync(body).equals(Buffer.concat([...chunks, rest]))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('serves many ends for one start', async () => {
    const start = await startGzip([Buffer.from('shared '.repeat(10_000))]);
    for (const rest of ['a', 'b']) {
      const text = gunzipSync(Buffer.concat(endGzip(start, Buffer.from(rest)))).toString();
      expect(text.length).toBe(70_001);
      expect(text.endsWith(` ${rest}`)).toBe(true);
    }
  });
});
