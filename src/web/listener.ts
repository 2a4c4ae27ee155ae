// Listening: HTTP, or HTTPS by the web configuration, with bounds on what a connection may cost. RFC 8446, RFC 9112.
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureVersion } from 'node:tls';

export interface Tls {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
  readonly clientAuth: string;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly ciphers: readonly string[];
  readonly preferServerCiphers: boolean;
  readonly curves: readonly string[];
}

export interface Listener {
  readonly port: number;
  /** For people and tests, e.g. `http://127.0.0.1:10179`. */
  readonly url: string;
  /** Takes a renewed certificate for new connections. Throws when it cannot be used; the old one stays. */
  setTls(tls: Tls): void;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

export const mostConnections = 256;

const limits = {
  // Clients that connect and say nothing take the places of others for this long at most, checked every 2 s.
  headersTimeout: 5000,
  connectionsCheckingInterval: 2000,
  requestTimeout: 15_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 16_384,
};

const context = (tls: Tls) => ({
  cert: tls.cert,
  key: tls.key,
  ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
  minVersion: tls.minVersion,
  maxVersion: tls.maxVersion,
  honorCipherOrder: tls.preferServerCiphers,
  ...(tls.ciphers.length > 0 ? { ciphers: tls.ciphers.join(':') } : {}),
  ...(tls.curves.length > 0 ? { ecdhCurve: tls.curves.join(':') } : {}),
});

/** Starts to listen; `onDropped` is told of each connection beyond the bound. Rejects when the address cannot be listened on or the certificate cannot be used. */
export async function listenOn(
  address: { readonly host?: string; readonly port: number },
  tls: Tls | undefined,
  handler: RequestListener,
  onDropped: () => void,
): Promise<Listener> {
  const secure =
    tls &&
    createHttps(
      {
        ...limits,
        ...context(tls),
        requestCert: tls.clientAuth !== 'NoClientCert',
        // The guard decides on what was shown (access.ts); here only what nobody may do without ends the handshake.
        rejectUnauthorized: tls.clientAuth === 'RequireAndVerifyClientCert',
      },
      handler,
    );
  const server: Server = secure ?? createHttp(limits, handler);
  server.maxConnections = mostConnections;
  server.on('drop', onDropped);
  // A client that takes nothing for a minute is let go.
  server.setTimeout(60_000);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: address.port, ...(address.host ? { host: address.host } : {}) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // address() is a string only for pipes, which are never listened on here.
  const { address: own, port } = server.address() as AddressInfo;
  const host = own === '::' || own === '0.0.0.0' ? '127.0.0.1' : own;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    setTls: (renewed) => secure?.setSecureContext(context(renewed)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
