// The agent section of a node: the URL, the token, and certificates as files, which are read again at each new connection,
// so that renewed ones are taken. A token is never sent where everybody on the way could read it and use it later, unless
// the way is this machine's own.
import type { AgentSection } from './agent-schema.ts';
import type { AgentConfig } from './config.ts';
import { type Context, report, reportKey, withSecrets } from './context.ts';
import { pemFile } from './etcd.ts';
import type { Path } from './source.ts';

const isLoopback = (url: string) => /^http:\/\/(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)[:/]/i.test(`${url}/`);

/** The whole section with secrets and files resolved; problems are noted. */
export function readAgentSection(context: Context, at: Path, section: AgentSection): AgentConfig {
  const { url, serverName, caFile, certFile, keyFile } = section;
  const { token, lost } = withSecrets(context, at, section, ['token'] as const);
  const file = (key: 'caFile' | 'certFile' | 'keyFile', what: 'CERTIFICATE' | 'PRIVATE KEY') => {
    const path = section[key];
    return path === undefined ? {} : { [key]: pemFile(context, [...at, key], path, what) };
  };
  if ((certFile === undefined) !== (keyFile === undefined)) {
    reportKey(context, at, 'needs certFile and keyFile together: a certificate is of no use without its key');
  }
  if (url.startsWith('http:')) {
    if (caFile !== undefined || certFile !== undefined)
      report(context, [...at, 'url'], 'is without TLS, but certificates are given; write https://');
    if (serverName !== undefined)
      report(
        context,
        [...at, 'serverName'],
        'is the name of a certificate, but url is without TLS; write https://',
      );
    if ((token || lost.length > 0) && !isLoopback(url))
      report(context, [...at, 'url'], 'would show the token to everybody on the way; write https://');
  }
  return {
    url,
    ...(serverName !== undefined && { serverName }),
    ...(token && { token }),
    ...file('caFile', 'CERTIFICATE'),
    ...file('certFile', 'CERTIFICATE'),
    ...file('keyFile', 'PRIVATE KEY'),
  };
}
