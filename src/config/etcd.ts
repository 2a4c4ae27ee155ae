// The datastore.etcd section: endpoints with or without TLS, the client certificate (files, read again at each new
// connection, so that renewed ones are taken), and a login. What Calico calls etcdEndpoints, etcdCACertFile and so on.
import type { EtcdConfig } from './config.ts';
import { absolutePath, type Context, readTextFile, report, reportKey, withSecrets } from './context.ts';
import { parseDuration } from './duration.ts';
import type { EtcdSection } from './etcd-schema.ts';
import { readKubernetesLogin } from './kubernetes.ts';
import type { Path } from './source.ts';

/** The absolute path of a PEM file; a problem when it holds no such thing. */
export function pemFile(
  context: Context,
  at: Path,
  path: string,
  what: 'CERTIFICATE' | 'PRIVATE KEY',
): string {
  const file = absolutePath(context, path);
  const text = readTextFile(context, at, file);
  if (text !== undefined && !text.includes(`${what}-----`)) {
    report(context, at, `names ${file}, which holds no ${what.toLowerCase()} in PEM form`);
  }
  return file;
}

/** The whole section with secrets and files resolved; problems are noted. */
export function readEtcdSection(context: Context, at: Path, section: EtcdSection): EtcdConfig {
  const { caFile, certFile, keyFile, user, endpoints, interval, services } = section;
  const { password, lost } = withSecrets(context, at, section, ['password'] as const);
  if ((certFile === undefined) !== (keyFile === undefined)) {
    reportKey(context, at, 'needs certFile and keyFile together: a certificate is of no use without its key');
  }
  const given = password !== undefined || lost.length > 0;
  if ((user !== undefined) !== given) {
    reportKey(context, at, 'needs user and password together, or neither');
  }
  if ([caFile, certFile].some((file) => file !== undefined) && !endpoints.some(isTls)) {
    reportKey(context, at, 'has certificates, but no endpoint with https://');
  }
  return {
    endpoints,
    ...(caFile !== undefined && { caFile: pemFile(context, [...at, 'caFile'], caFile, 'CERTIFICATE') }),
    ...(certFile !== undefined && {
      certFile: pemFile(context, [...at, 'certFile'], certFile, 'CERTIFICATE'),
    }),
    ...(keyFile !== undefined && { keyFile: pemFile(context, [...at, 'keyFile'], keyFile, 'PRIVATE KEY') }),
    ...(user !== undefined && password && { login: { user, password } }),
    interval: parseDuration(interval) ?? Number.NaN,
    ...(services && {
      services: readKubernetesLogin(context, [...at, 'services', 'kubernetes'], services.kubernetes),
    }),
  };
}

const isTls = (endpoint: string) => endpoint.startsWith('https:');
