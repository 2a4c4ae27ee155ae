// Why a request to a Kubernetes API server failed: what to do next depends on the kind, what a person reads is the message.
// Statuses and their `reason`: k8s.io/apimachinery/pkg/apis/meta/v1 (Status), k8s.io/apimachinery/pkg/api/errors.
// Server and path are named, never a token or a certificate.

export type KubeErrorKind =
  | 'timeout'
  | 'refused' // no connection, no TLS
  | 'auth' // credentials missing, unreadable or not accepted
  | 'permission' // 403
  | 'not-found' // 404: group, version or resource not served
  | 'expired' // 410: the resource version or continue token is too old
  | 'busy' // 429, 5xx: the same question may be answered later
  | 'protocol'; // anything else that is not an answer

export class KubeError extends Error {
  override name = 'KubeError';
  readonly kind: KubeErrorKind;
  /** What the server asked to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: KubeErrorKind, message: string, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

const kindOfStatus: Readonly<Record<number, KubeErrorKind>> = {
  401: 'auth',
  403: 'permission',
  404: 'not-found',
  410: 'expired',
  429: 'busy',
};

/** Longest wait that a server is granted, in milliseconds. */
const longestWait = 60_000;

/** Retry-After in milliseconds; only the form in seconds, which is what API servers send. */
export function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * 1000, longestWait)
    : undefined;
}

/** One printable line of at most 300 characters. */
function printable(text: string): string {
  const line = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}

/** `message` and `reason` of a Status object; the text itself when it is none. */
export function statusText(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      if (typeof status.message === 'string') return printable(status.message);
    }
  } catch {
    // Not every refusal is JSON: an unknown group is answered with plain text, a proxy answers in HTML.
  }
  return printable(body);
}

/** The error of an answer that is no 200, or of an ERROR event's Status. */
export function errorOfStatus(
  code: number,
  body: string,
  path: string,
  retryAfterHeader?: string,
): KubeError {
  const text = statusText(body);
  const detail = text === '' ? '' : `: ${text}`;
  return new KubeError(
    kindOfStatus[code] ?? (code >= 500 ? 'busy' : 'protocol'),
    `the API server answered ${path} with ${code}${detail}`,
    retryAfter(retryAfterHeader),
  );
}

const codes: Readonly<Record<string, readonly [KubeErrorKind, string]>> = {
  ECONNREFUSED: ['refused', 'refuses connections'],
  ECONNRESET: ['refused', 'closed the connection'],
  EPIPE: ['refused', 'closed the connection'],
  EHOSTUNREACH: ['refused', 'cannot be reached'],
  ENETUNREACH: ['refused', 'cannot be reached'],
  ENOTFOUND: ['refused', 'has no address in DNS'],
  EAI_AGAIN: ['refused', 'could not be looked up in DNS'],
  ETIMEDOUT: ['timeout', 'does not answer'],
};

/** The error of a request that got no answer, or lost it. */
export function errorOfConnection(error: unknown, server: string): KubeError {
  if (error instanceof KubeError) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const [kind, text] = codes[code] ?? ['refused', `cannot be talked to: ${printable(message)}`];
  return new KubeError(kind, `the API server ${server} ${text}`);
}

/** The error of a WebSocket that was not opened: its library tells the status in words, and connection errors as such. */
export function errorOfHandshake(error: unknown, what: string, server: string): KubeError {
  const { message = '', error: inner } = error as { message?: string; error?: unknown };
  const code = Number(/Unexpected server response: (\d{3})/.exec(message)?.[1]);
  if (Number.isNaN(code)) return errorOfConnection(inner ?? error, server);
  const kind = kindOfStatus[code] ?? (code >= 500 ? 'busy' : 'protocol');
  return new KubeError(kind, `the API server answered ${code} when asked to run ${what}`);
}
