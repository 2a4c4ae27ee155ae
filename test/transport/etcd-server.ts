// A real etcd for tests: Debian's, on loopback with ports of its own and a data folder that goes with it; with or without
// TLS client certificates, which openssl makes. Absent programs make the tests skip.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = '/usr/bin/etcd';
const etcdctl = '/usr/bin/etcdctl';

/** Why there is no etcd here; undefined when there is. */
export const noEtcd = [program, etcdctl].every((file) => existsSync(file))
  ? undefined
  : 'no etcd here: apt-get install etcd-server etcd-client';

export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface EtcdServer {
  readonly endpoint: string;
  readonly folder: string;
  /** Runs etcdctl with its own certificate and gives what it prints. */
  ctl(...args: string[]): string;
  /** Puts keys, many at a time. */
  put(entries: Iterable<readonly [string, string]>): void;
  /** Ends the process only; the data stay for `restart`. */
  halt(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** An authority and certificates that it signed: server, client; and a client of an authority nobody knows. */
export function makeCertificates(folder: string): {
  server: Certificates;
  client: Certificates;
  stranger: Certificates;
} {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const at = (name: string) => path.join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...key,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
  const signed = (name: string, by: string, extensions: string): Certificates => {
    writeFileSync(at(`${name}.ext`), extensions);
    openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-CA',
      `${by}.crt`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      ...files,
    );
    return { caFile: at('ca.crt'), certFile: at(`${name}.crt`), keyFile: at(`${name}.key`) };
  };
  authority('ca');
  authority('other');
  const uses = 'extendedKeyUsage=serverAuth,clientAuth';
  return {
    server: signed('server', 'ca', `subjectAltName=IP:127.0.0.1\n${uses}`),
    client: signed('client', 'ca', uses),
    stranger: signed('stranger', 'other', uses),
  };
}

/** Starts an etcd; resolves when it answers. */
export async function startEtcd(tls?: { server: Certificates; client: Certificates }): Promise<EtcdServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'etcd-'));
  const [clientPort, peerPort] = await freePorts(2);
  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    ...['--data-dir', path.join(folder, 'data'), '--log-level', 'error', '--unsafe-no-fsync'],
    ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
    ...[
      '--listen-peer-urls',
      peer,
      '--initial-advertise-peer-urls',
      peer,
      '--initial-cluster',
      `default=${peer}`,
    ],
    ...(tls ? ['--cert-file', tls.server.certFile, '--key-file', tls.server.keyFile] : []),
    ...(tls ? ['--trusted-ca-file', tls.server.caFile, '--client-cert-auth'] : []),
  ];
  const login = tls
    ? ['--cacert', tls.client.caFile, '--cert', tls.client.certFile, '--key', tls.client.keyFile]
    : [];
  const ctl = (...more: string[]) =>
    execFileSync(etcdctl, ['--endpoints', endpoint, '--command-timeout', '5s', ...login, ...more], {
      env: { ETCDCTL_API: '3', PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  // etcd takes at most 128 operations in one transaction.
  const put = (entries: Iterable<readonly [string, string]>) => {
    const rest = [...entries];
    while (rest.length > 0) {
      const lines = rest.splice(0, 100).map(([key, value]) => `put ${key} ${JSON.stringify(value)}`);
      execFileSync(etcdctl, ['--endpoints', endpoint, ...login, 'txn'], {
        env: { ETCDCTL_API: '3', PATH: process.env.PATH },
        input: ['', ...lines, '', '', ''].join('\n'),
        stdio: ['pipe', 'ignore', 'pipe'],
      });
    }
  };
  const launch = async () => {
    const started = spawn(program, args, { stdio: 'ignore', env: {} });
    const ended = new Promise<void>((resolve) => started.once('exit', () => resolve()));
    for (let tries = 0; ; tries++) {
      try {
        ctl('endpoint', 'health');
        return { started, ended };
      } catch (error) {
        // With logins on: alive enough to refuse.
        if (/user name is empty/.test(String(error))) return { started, ended };
        if (tries > 40 || started.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  let running = await launch();
  const halt = async () => {
    running.started.kill('SIGKILL');
    await running.ended;
  };
  return {
    endpoint,
    folder,
    ctl,
    put,
    halt,
    async restart() {
      running = await launch();
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
