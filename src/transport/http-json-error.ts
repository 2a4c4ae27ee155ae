// What can go wrong when a server is asked over HTTP or HTTPS, sorted by what a person has to do about it. Codes are
// Node's and OpenSSL's (nodejs.org/api/errors.html, openssl's X509_verify_cert_error_string). No message holds a token.

/** host-key: the server's certificate is not one to trust; auth: the server does not trust us. */
export type HttpJsonErrorKind = 'timeout' | 'refused' | 'auth' | 'host-key' | 'not-found' | 'protocol';

export class HttpJsonError extends Error {
  override name = 'HttpJsonError';
  readonly kind: HttpJsonErrorKind;

  constructor(kind: HttpJsonErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const known: readonly (readonly [RegExp, HttpJsonErrorKind, string])[] = [
  [/^ECONNREFUSED$/, 'refused', 'connection refused: nobody listens there'],
  [/^E(HOST|NET)(UNREACH|DOWN)$/, 'refused', 'there is no way to this address'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'refused', 'the name has no address'],
  [/^(ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/, 'timeout', 'no answer to the connection'],
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, 'host-key', "the server's certificate is not valid today"],
  [
    /ALERT|CERTIFICATE_REQUIRED/,
    'auth',
    'the server does not take our client certificate (certFile, keyFile)',
  ],
  [/^ERR_(SSL_WRONG_VERSION|SSL_PACKET)/, 'protocol', 'no TLS is spoken there: write http://'],
  [/^ERR_TLS_CERT_ALTNAME/, 'host-key', "the server's certificate is not for this name"],
  [/^ERR_(OSSL|CRYPTO)|PEM_|KEY_VALUES_MISMATCH/, 'auth', 'certFile, keyFile or caFile cannot be used'],
  [/CERT|SELF_SIGNED|ISSUER|UNABLE_TO/, 'host-key', "the server's certificate is not signed by caFile"],
  [/^(ECONNRESET|EPIPE)$/, 'protocol', 'the connection was cut; does the server want https://?'],
  [/^HPE_/, 'protocol', 'what answers there does not speak HTTP; does it want https://?'],
];

/** Why asking `url` failed. */
export function httpJsonError(url: string, error: unknown): HttpJsonError {
  if (error instanceof HttpJsonError) return error;
  const { code = '', message, name } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError')
    return new HttpJsonError('timeout', `${url}: no answer in time`);
  const found = known.find(([pattern]) => pattern.test(code));
  if (found) return new HttpJsonError(found[1], `${url}: ${found[2]} (${code})`);
  return new HttpJsonError('protocol', `${url}: the connection failed: ${message}`);
}
