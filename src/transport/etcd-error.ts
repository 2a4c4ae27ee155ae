// What can go wrong when etcd is asked, sorted by what a person has to do about it. Codes of the gateway are gRPC's
// (google.golang.org/grpc/codes); codes of connections are Node's and OpenSSL's. No message holds a password or token.

/**
 * compacted: the revision asked for is gone, read anew; permission: logged in, but not allowed to read this; auth: not
 * logged in; host-key: the server's certificate is not one to trust; unsupported: no JSON gateway there.
 */
export type EtcdErrorKind =
  | 'timeout'
  | 'refused'
  | 'auth'
  | 'host-key'
  | 'permission'
  | 'not-found'
  | 'unsupported'
  | 'compacted'
  | 'protocol';

export class EtcdError extends Error {
  override name = 'EtcdError';
  readonly kind: EtcdErrorKind;

  constructor(kind: EtcdErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const clientCertificate = 'the server wants a client certificate that it knows (certFile, keyFile)';

const connectionErrors: readonly (readonly [RegExp, EtcdErrorKind, string])[] = [
  [/^ECONNREFUSED$/, 'refused', 'connection refused: nobody listens there'],
  [/^E(HOST|NET)(UNREACH|DOWN)$/, 'refused', 'there is no way to this address'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'not-found', 'the name has no address'],
  [/^(ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/, 'timeout', 'no answer to the connection'],
  [/ALERT_(BAD|UNKNOWN|REVOKED|EXPIRED)?_?(CERTIFICATE|CA)|CERTIFICATE_REQUIRED/, 'auth', clientCertificate],
  [/^ERR_(OSSL|CRYPTO)|PEM_|KEY_VALUES_MISMATCH/, 'auth', 'certFile, keyFile or caFile cannot be used'],
  [/^ERR_SSL_WRONG_VERSION|^ERR_SSL_PACKET/, 'protocol', 'no TLS is spoken there: write http://'],
  [/^ERR_TLS_CERT_ALTNAME/, 'host-key', "the server's certificate is not for this name"],
  [/CERT|SELF_SIGNED|ISSUER|UNABLE_TO/, 'host-key', "the server's certificate is not signed by caFile"],
  [
    /^(ECONNRESET|EPIPE|HPE_\w+)$/,
    'protocol',
    `the connection was cut; is TLS wanted, or ${clientCertificate}`,
  ],
];

/** Why a connection to `endpoint` failed. */
export function connectionError(endpoint: string, error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  const { code = '', message, name } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new EtcdError('timeout', `${endpoint}: no answer in time`);
  }
  const known = connectionErrors.find(([pattern]) => pattern.test(code));
  if (known) return new EtcdError(known[1], `${endpoint}: ${known[2]} (${code})`);
  return new EtcdError('protocol', `${endpoint}: the connection failed: ${message}`);
}

/** Numbers of gRPC codes that the gateway passes on, and what they mean here. */
const grpcKinds: Readonly<Record<number, EtcdErrorKind>> = {
  4: 'timeout',
  7: 'permission',
  14: 'refused',
  16: 'auth',
};

/** Why the gateway at `endpoint` did not do what it was asked; `text` is its answer. */
export function gatewayError(endpoint: string, status: number, text: string): EtcdError {
  if (status === 404) {
    const hint = 'etcd before v3.4, or started with --enable-grpc-gateway=false';
    return new EtcdError('unsupported', `${endpoint}: no JSON gateway at /v3 there (${hint})`);
  }
  let answer: { message?: unknown; error?: unknown; code?: unknown } = {};
  try {
    answer = JSON.parse(text);
  } catch {
    return new EtcdError('protocol', `${endpoint}: answers ${status} and no JSON; is this etcd?`);
  }
  const message = String(answer.message ?? answer.error ?? `status ${status}`);
  const said = `${endpoint}: ${message}`;
  if (/has been compacted/.test(message)) return new EtcdError('compacted', said);
  if (/permission denied/.test(message)) return new EtcdError('permission', said);
  if (/invalid auth token|user name is empty|authentication failed/.test(message))
    return new EtcdError('auth', said);
  return new EtcdError(grpcKinds[Number(answer.code)] ?? 'protocol', said);
}
