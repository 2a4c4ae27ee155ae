// Who may ask, and how often: client certificates, users and rate limit of the web configuration, before anything else looks at
// a request; and the headers that it adds. Model: github.com/prometheus/exporter-toolkit, web/handler.go and web/tls_config.go.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { basicAuth } from './basic-auth.ts';

export interface Access {
  /** Absent: no TLS. */
  readonly tls?: {
    readonly clientAuth:
      | 'NoClientCert'
      | 'RequestClientCert'
      | 'RequireAnyClientCert'
      | 'VerifyClientCertIfGiven'
      | 'RequireAndVerifyClientCert';
    /** Subject alternative names of which a client's certificate must have one; empty: any. */
    readonly allowedSans: readonly string[];
  };
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user; empty: everybody. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number };
}

const challenge = 'Basic realm="calico-bgp-exporter", charset="UTF-8"';

type Next = (error?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** Why the client's certificate is not good enough; undefined when it is, or none is wanted. */
function certificateTrouble(request: IncomingMessage, tls: NonNullable<Access['tls']>): string | undefined {
  const { clientAuth, allowedSans } = tls;
  if (clientAuth === 'NoClientCert' || !(request.socket instanceof TLSSocket)) return undefined;
  // Asked of the certificate itself: a resumed session may be `authorized` without one (see agent-auth.ts).
  const certificate = request.socket.getPeerX509Certificate();
  const required = clientAuth === 'RequireAnyClientCert' || clientAuth === 'RequireAndVerifyClientCert';
  if (!certificate) return required ? 'a client certificate is needed' : undefined;
  const verified = clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert';
  if (verified && !request.socket.authorized)
    return 'the client certificate is not signed by the configured authority';
  if (allowedSans.length === 0) return undefined;
  const own = (certificate.subjectAltName ?? '').split(/, */).map((name) => name.replace(/^[A-Za-z ]+:/, ''));
  return own.some((name) => allowedSans.includes(name))
    ? undefined
    : 'no subject alternative name of the client certificate is allowed';
}

/** A bucket of tokens: one more every `intervalMs`, `burst` at most. Times are those of the monotonic clock. */
function rateLimiter(now: () => number): (limit: Access['rateLimit']) => boolean {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAt = now();
  return (limit) => {
    if (!limit) return true;
    const at = now();
    tokens = Math.min(limit.burst, tokens + (at - filledAt) / limit.intervalMs);
    filledAt = at;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}

/** The guard before every handler; `access` gives what is configured now. */
export function accessControl(access: () => Access | undefined): Middleware {
  const admit = basicAuth();
  const within = rateLimiter(() => performance.now());
  return (request, response, next) => {
    const now = access();
    if (!now) {
      next();
      return;
    }
    for (const [name, value] of Object.entries(now.headers)) response.setHeader(name, value);
    if (!within(now.rateLimit)) {
      refuse(response, 429, 'too many requests', { 'Retry-After': '1' });
      return;
    }
    const trouble = now.tls && certificateTrouble(request, now.tls);
    if (trouble !== undefined) {
      // Not 401, which would have to say how to log in: another password does not help.
      refuse(response, 403, trouble);
      return;
    }
    if (now.users.size === 0) {
      next();
      return;
    }
    const users = { hashOf: (user: string) => now.users.get(user) };
    const settle = async () => {
      const admission = await admit(request.headers.authorization, users);
      if (admission === 'admitted') next();
      else if (admission === 'busy') refuse(response, 503, 'too many logins at once', { 'Retry-After': '1' });
      else refuse(response, 401, 'Unauthorized', { 'WWW-Authenticate': challenge });
    };
    settle().catch(next);
  };
}
