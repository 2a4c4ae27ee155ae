// Where the API server is and how to prove who asks: the service account of the pod, or a kubeconfig with everything that
// may stand in it (client certificates, tokens, exec plugins, proxies), by @kubernetes/client-node, which costs a second to
// load and so is loaded at the first request. Sources: k8s.io/client-go/rest InClusterConfig, tools/clientcmd/api/v1.

import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './kube-error.ts';

export interface KubeSettings {
  /** A kubeconfig file; without it the pod's own service account. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig, instead of its current one. */
  readonly context?: string;
  /** What stands before the path of the service account's files; for tests. */
  readonly root?: string;
}

export interface Credentials {
  /** For what the library itself does: commands in pods. */
  readonly config: KubeConfig;
  /** Base URL, without a slash at its end. */
  readonly server: string;
  /** Headers, TLS options and agent of one request; asks exec plugins and token files again when it must. */
  options(): Promise<RequestOptions>;
  /** Closes kept connections. */
  close(): void;
}

/** Most time for loading credentials, an exec plugin included, in milliseconds. */
const patienceMs = 30_000;

const auth = (message: string) => new KubeError('auth', message);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw auth(`the kubeconfig ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function fromFile(config: KubeConfig, file: string, context: string | undefined): void {
  textOf(file);
  try {
    config.loadFromFile(file);
  } catch (error) {
    // The parser's own message would quote the file, and with it a token.
    const { mark } = error as { mark?: { line?: number } };
    const line = typeof mark?.line === 'number' ? `, line ${mark.line + 1}` : '';
    throw auth(`the kubeconfig ${file} is no valid kubeconfig${line}`);
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      const names = config.getContexts().map(({ name }) => name);
      throw auth(
        `the kubeconfig ${file} has no context ${context}; it has ${names.join(', ') || 'none at all'}`,
      );
    }
    config.setCurrentContext(context);
  }
}

async function load({ kubeconfig, context, root }: KubeSettings): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  if (kubeconfig !== undefined) fromFile(config, kubeconfig, context);
  else if (process.env.KUBERNETES_SERVICE_HOST) config.loadFromCluster(root);
  else
    throw auth(
      'this does not run in a pod (KUBERNETES_SERVICE_HOST is not set): name a kubeconfig in datastore.kubernetes',
    );
  const where = kubeconfig ?? 'the service account';
  if (!config.getCurrentCluster()?.server) {
    throw auth(
      `${where} names no cluster with a server for its context ${config.getCurrentContext() || '(none)'}`,
    );
  }
  if (!config.getCurrentUser())
    throw auth(`${where} names no user for its context ${config.getCurrentContext()}`);
  return config;
}

const tlsKeys = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'] as const;

function sameTls(x: RequestOptions, y: RequestOptions): boolean {
  return tlsKeys.every((key) => {
    const [a, b] = [x[key], y[key]];
    return a instanceof Buffer && b instanceof Buffer ? a.equals(b) : a === b;
  });
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new KubeError('timeout', `no credentials within ${patienceMs / 1000} s`);
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads credentials. Throws KubeError of kind `auth` with what is missing. */
export async function loadCredentials(settings: KubeSettings): Promise<Credentials> {
  const config = await within(load(settings));
  const cluster = config.getCurrentCluster();
  const server = (cluster?.server ?? '').replace(/\/+$/, '');
  let last: { tls: RequestOptions; agent: HttpAgent } | undefined;

  // The library makes an agent per request; one that keeps connections spares a handshake per page.
  const agentFor = (options: RequestOptions): RequestOptions['agent'] => {
    if (cluster?.proxyUrl) return options.agent;
    if (last && sameTls(last.tls, options)) return last.agent;
    const tls = Object.fromEntries(
      tlsKeys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
    );
    // A former agent lives on until the watches that use it end.
    const agent = server.startsWith('https:')
      ? new HttpsAgent({ keepAlive: true, ...tls })
      : new HttpAgent({ keepAlive: true });
    last = { tls: options, agent };
    return agent;
  };

  return {
    config,
    server,
    async options() {
      const options: RequestOptions = { headers: {} };
      try {
        await within(config.applyToHTTPSOptions(options));
      } catch (error) {
        if (error instanceof KubeError) throw error;
        const { code, message } = error as NodeJS.ErrnoException;
        // What is no JSON would be quoted, and might hold a token.
        const reason =
          error instanceof SyntaxError ? 'the exec plugin printed no JSON' : message.split('\n', 1)[0];
        throw auth(`the credentials for ${server} cannot be had: ${code ?? reason}`);
      }
      return { ...options, agent: agentFor(options) };
    },
    close: () => last?.agent.destroy(),
  };
}
