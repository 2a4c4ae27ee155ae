// One gzip body out of two parts: the fabric's metrics, compressed once per rendering, and the exporter's own, new at
// every scrape. Deflate data flushed to a byte boundary can be followed by more of it, and CRC-32 can be continued, so
// the result is one ordinary gzip member that every client reads (RFC 1951 section 2, RFC 1952 section 2.3).
import { constants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

/** The first part, compressed and not yet ended. */
export interface GzipStart {
  readonly bytes: Buffer;
  readonly crc: number;
  readonly length: number;
}

// Magic, deflate, no flags, no time, no hint, unknown system.
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * Compresses the first part in the thread pool chunk by chunk, so that the event loop never waits for all of it, at the fast
 * level that a body scraped once or twice deserves.
 */
export async function startGzip(chunks: readonly Buffer[]): Promise<GzipStart> {
  const deflate = createDeflateRaw({ level: 2, chunkSize: 65_536 });
  const compressed: Buffer[] = [];
  deflate.on('data', (bytes: Buffer) => compressed.push(bytes));
  let [crc, length] = [0, 0];
  try {
    for (const chunk of chunks) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      await new Promise<void>((resolve, reject) => {
        deflate.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
    await new Promise<void>((resolve) => deflate.flush(constants.Z_FULL_FLUSH, resolve));
    return { bytes: Buffer.concat(compressed), crc, length };
  } finally {
    deflate.destroy();
  }
}

/** Ends the body with the second part, which must be small: it is compressed at once. */
export function endGzip(start: GzipStart, rest: Buffer): readonly Buffer[] {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(rest, start.crc), 0);
  trailer.writeUInt32LE((start.length + rest.length) % 2 ** 32, 4);
  return [gzipHeader, start.bytes, deflateRawSync(rest), trailer];
}
