// Who may have an agent's readings: whoever shows the Bearer token (RFC 6750), a client certificate signed by the
// authority the agent knows (RFC 8446 section 4.4.2), or both where both are configured; without either only whoever is on
// the same machine, and only when the agent listens on loopback alone.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

export interface AgentAuth {
  /** The token as it is now; undefined where none is configured. */
  readonly token?: () => string;
  /** A client certificate is wanted too. */
  readonly clientCertificate: boolean;
  /** Listens on loopback alone. */
  readonly loopback: boolean;
}

export type Refusal = { readonly status: 401 | 403; readonly message: string };

const digest = (text: string) => createHash('sha256').update(text).digest();

function hasToken(request: IncomingMessage, token: string): boolean {
  const shown = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  // An empty token file must not mean that an empty token opens the door.
  return shown !== undefined && token !== '' && timingSafeEqual(digest(shown), digest(token));
}

function hasCertificate({ socket }: IncomingMessage): boolean {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
  // `authorized` alone is not enough: Node takes a resumed TLS 1.3 session for a pre-shared key and calls it authorized
  // although its first connection showed no certificate at all (node: src/crypto/crypto_common.cc VerifyPeerCertificate).
  return socket.getPeerX509Certificate() !== undefined;
}

/** Why this request may not have the readings; undefined when it may. */
export function refusal(request: IncomingMessage, auth: AgentAuth): Refusal | undefined {
  const { token, clientCertificate, loopback } = auth;
  if (!token && !clientCertificate && !loopback) {
    const how = 'give the agent --token-file or --tls-client-ca-file, or let it listen on 127.0.0.1';
    return { status: 403, message: `without a token or client certificates readings go to nobody; ${how}` };
  }
  if (token && !hasToken(request, token()))
    return { status: 401, message: 'the token is absent or not the right one' };
  if (clientCertificate && !hasCertificate(request))
    return {
      status: 401,
      message: 'the client certificate is absent or not signed by --tls-client-ca-file',
    };
  return undefined;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host);
}
