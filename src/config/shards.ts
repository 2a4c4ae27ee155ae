// The shards section: URLs of all shards, and how they know each other. A password is never sent where everybody on the way could read
// it, unless the way is this machine's own; certificates are files, read again at each new connection.
import { type Context, report, reportKey, withSecrets } from './context.ts';
import { parseDuration } from './duration.ts';
import { pemFile } from './etcd.ts';
import type { Secret } from './secret.ts';
import type { ShardSection } from './shard-schema.ts';

export interface ShardsConfig {
  /** One URL with `{i}`, or one for each shard, in their order. */
  readonly peers: string | readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly login?: { readonly user: string; readonly password: Secret };
  readonly token?: Secret;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
}

const at = ['shards'];
const isLoopback = (url: string) => /^http:\/\/(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)[:/]/i.test(`${url}/`);

/** The whole section with secrets and files resolved; problems are noted. */
export function readShards(context: Context, section: ShardSection): ShardsConfig {
  const { peers, timeout, user, caFile, certFile, keyFile, serverName } = section;
  const { password, token, lost } = withSecrets(context, at, section, ['password', 'token'] as const);
  const urls = typeof peers === 'string' ? [peers] : peers;
  const file = (key: 'caFile' | 'certFile' | 'keyFile', what: 'CERTIFICATE' | 'PRIVATE KEY') => {
    const path = section[key];
    return path === undefined ? {} : { [key]: pemFile(context, [...at, key], path, what) };
  };
  if (typeof peers === 'string' && !peers.includes('{i}'))
    report(context, [...at, 'peers'], 'has no {i} in the place of the index; or write a list of URLs');
  if ((certFile === undefined) !== (keyFile === undefined))
    reportKey(context, at, 'needs certFile and keyFile together: a certificate is of no use without its key');
  const given = password !== undefined || lost.includes('password');
  if ((user !== undefined) !== given) reportKey(context, at, 'needs user and password together, or neither');
  if (given && (token !== undefined || lost.includes('token')))
    reportKey(context, at, 'has both a password and a token; only one of them can be sent');
  const open = urls.find((url) => url.startsWith('http:'));
  if (open !== undefined && (caFile !== undefined || certFile !== undefined || serverName !== undefined))
    report(context, [...at, 'peers'], 'has a URL without TLS, but certificates are given; write https://');
  if ((given || token) && urls.some((url) => url.startsWith('http:') && !isLoopback(url)))
    report(context, [...at, 'peers'], 'would show password or token to everybody on the way; write https://');
  return {
    peers,
    timeout: parseDuration(timeout) ?? Number.NaN,
    ...(user !== undefined && password && { login: { user, password } }),
    ...(token && { token }),
    ...(serverName !== undefined && { serverName }),
    ...file('caFile', 'CERTIFICATE'),
    ...file('certFile', 'CERTIFICATE'),
    ...file('keyFile', 'PRIVATE KEY'),
  };
}
