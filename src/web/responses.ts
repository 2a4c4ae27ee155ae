// Bodies and headers that the server sends, without the server: security headers, the body of /metrics, JSON envelopes,
// and the check that a form post comes from our own page. Fetch standard (Origin), CSP level 3, RFC 9110.
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { contentTypes, openMetricsEnd } from '../metrics/exposition.ts';
import { endGzip } from '../metrics/gzip.ts';
import type { Renderer } from '../metrics/renderer.ts';
import type { SelfMetrics } from '../metrics/self.ts';
import { chooseFormat, wantsGzip } from './negotiate.ts';

export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Not no-referrer: with that, browsers send `Origin: null` with our own forms.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export interface MetricsResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Buffer[];
}

/** The answer to a scrape: the latest rendering and the exporter's own metrics, in the form the client asks for. */
export async function metricsResponse(
  headers: IncomingHttpHeaders,
  renderer: Renderer,
  self: SelfMetrics,
): Promise<MetricsResponse> {
  const format = chooseFormat(headers.accept);
  self.countScrape(format);
  const compressed = wantsGzip(headers['accept-encoding']) ? renderer.compressed(format) : undefined;
  const fabric = compressed ? undefined : renderer.current()?.[format];
  const end = format === 'openmetrics' ? [Buffer.from(openMetricsEnd)] : [];
  const own = Buffer.concat([await self.render(format), ...end]);
  const body = compressed ? endGzip(await compressed, own) : [...(fabric ?? []), own];
  return {
    body,
    headers: {
      'Content-Type': contentTypes[format],
      'Content-Length': String(body.reduce((sum, chunk) => sum + chunk.length, 0)),
      Vary: 'Accept, Accept-Encoding',
      ...(compressed ? { 'Content-Encoding': 'gzip' } : {}),
    },
  };
}

/** A shorter body fits into one packet anyway. */
const leastCompressed = 1400;
const compress = promisify(gzip);

/** The body of a page or of an API answer in gzip, where the client takes it and it is worth it; undefined: as it is. */
export async function compressedBody(
  headers: IncomingHttpHeaders,
  body: string,
): Promise<Buffer<ArrayBuffer> | undefined> {
  if (body.length < leastCompressed || !wantsGzip(headers['accept-encoding'])) return undefined;
  // The fast level, in the thread pool: a page of a big fabric has 700 KB and is asked for every five seconds.
  return compress(body, { level: 2 });
}

export type ApiErrorKind =
  | 'bad-parameter'
  | 'not-ready'
  | 'not-found'
  | 'forbidden'
  | 'bad-request'
  | 'bad-method'
  | 'internal';

/** The envelope of every successful JSON answer. */
export function apiSuccess(data: object) {
  return { status: 'success', data };
}

/** The envelope of every failed JSON answer. */
export function apiError(kind: ApiErrorKind, message: string) {
  return { status: 'error', error: { kind, message } };
}

/**
 * True unless a browser says that the request comes from another site. Browsers send Origin with every POST; a client
 * that sends neither Origin nor Sec-Fetch-Site is no browser, so nobody can have tricked it.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (headers.origin === undefined) return true;
  try {
    return headers.host !== undefined && new URL(headers.origin).host === headers.host.toLowerCase();
  } catch {
    return false;
  }
}
