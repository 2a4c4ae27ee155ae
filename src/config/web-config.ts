// The web configuration file, in the format that all of Prometheus' own programs share (github.com/prometheus/exporter-toolkit,
// docs/web-configuration.md): TLS, client certificates, users with bcrypt hashes, headers, a rate limit. Relative paths start
// at the file's folder. Every mistake has its line and column; no message holds a hash or a key.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { type Context, fileTrouble, readTextFile, report } from './context.ts';
import { parseDuration } from './duration.ts';
import { ConfigError } from './load.ts';
import { readSource } from './source.ts';

const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

const tlsVersions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** Go's names of cipher suites (RFC names) as OpenSSL calls them; those of TLS 1.3 are not configurable in Go. */
const cipherSuites: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
};
const curves: Readonly<Record<string, string>> = {
  CurveP256: 'prime256v1',
  CurveP384: 'secp384r1',
  CurveP521: 'secp521r1',
  X25519: 'X25519',
};

const names = <T extends string>(list: readonly T[]) => z.enum(list as readonly [T, ...T[]]);
const version = names(Object.keys(tlsVersions) as (keyof typeof tlsVersions)[]);

const schema = z.strictObject({
  tls_server_config: z
    .strictObject({
      cert_file: z.string().optional(),
      key_file: z.string().optional(),
      client_auth_type: names(clientAuthTypes).default('NoClientCert'),
      client_ca_file: z.string().optional(),
      client_allowed_sans: z.array(z.string()).default([]),
      min_version: version.default('TLS12'),
      max_version: version.default('TLS13'),
      cipher_suites: z.array(z.string()).default([]),
      prefer_server_cipher_suites: z.boolean().default(true),
      curve_preferences: z.array(z.string()).default([]),
    })
    .optional(),
  http_server_config: z
    .strictObject({
      http2: z.boolean().optional(),
      headers: z
        .strictObject({
          'Content-Security-Policy': z.string().optional(),
          'X-Frame-Options': z.string().optional(),
          'X-Content-Type-Options': z.string().optional(),
          'X-XSS-Protection': z.string().optional(),
          'Strict-Transport-Security': z.string().optional(),
        })
        .default({}),
    })
    .optional(),
  rate_limit: z.strictObject({ interval: z.string(), burst: z.int().min(1).max(1_000_000) }).optional(),
  basic_auth_users: z.record(z.string(), z.string()).default({}),
});

export interface WebTls {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
  readonly clientAuth: (typeof clientAuthTypes)[number];
  /** Subject alternative names (DNS names, addresses, URIs, e-mail) of which a client's certificate must have one; empty: any. */
  readonly allowedSans: readonly string[];
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's names; empty: its defaults. */
  readonly ciphers: readonly string[];
  readonly preferServerCiphers: boolean;
  readonly curves: readonly string[];
}

export interface WebConfig {
  readonly tls?: WebTls;
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user; empty: everybody may ask. */
  readonly users: ReadonlyMap<string, string>;
  /** One request more every `intervalMs`, `burst` at once at most. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number };
  /** Absolute paths of the file and of all that it names: when one changes, it is time to read again. */
  readonly files: readonly string[];
}

type Section = z.output<typeof schema>;

/** Names of a list as another program calls them; unknown ones are problems. */
function translated(
  context: Context,
  at: readonly string[],
  list: readonly string[],
  table: Readonly<Record<string, string>>,
): string[] {
  return list.flatMap((name, i) => {
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (known === undefined) report(context, [...at, i], `must be one of ${Object.keys(table).join(', ')}`);
    return known ?? [];
  });
}

function readTls(context: Context, tls: NonNullable<Section['tls_server_config']>, files: string[]) {
  const at = ['tls_server_config'];
  const text = (key: 'cert_file' | 'key_file' | 'client_ca_file'): string | undefined => {
    const name = tls[key];
    if (name === undefined) return undefined;
    const file = resolve(context.folder, name);
    files.push(file);
    return readTextFile(context, [...at, key], file);
  };
  const cert = text('cert_file');
  const key = text('key_file');
  const clientCa = text('client_ca_file');
  if (tls.cert_file === undefined || tls.key_file === undefined)
    report(context, at, 'needs both cert_file and key_file');
  const verifies =
    tls.client_auth_type === 'VerifyClientCertIfGiven' ||
    tls.client_auth_type === 'RequireAndVerifyClientCert';
  if (verifies && tls.client_ca_file === undefined)
    report(
      context,
      [...at, 'client_auth_type'],
      'needs client_ca_file: without it no client can be verified',
    );
  if (!verifies && tls.client_ca_file !== undefined)
    report(context, [...at, 'client_ca_file'], 'is of no use with this client_auth_type; it verifies nobody');
  const order = Object.keys(tlsVersions);
  if (order.indexOf(tls.min_version) > order.indexOf(tls.max_version))
    report(context, [...at, 'min_version'], 'is newer than max_version');
  const ciphers = translated(context, [...at, 'cipher_suites'], tls.cipher_suites, cipherSuites);
  const groups = translated(context, [...at, 'curve_preferences'], tls.curve_preferences, curves);
  if (cert === undefined || key === undefined) return undefined;
  return {
    cert,
    key,
    ...(clientCa === undefined ? {} : { clientCa }),
    clientAuth: tls.client_auth_type,
    allowedSans: tls.client_allowed_sans,
    minVersion: tlsVersions[tls.min_version],
    maxVersion: tlsVersions[tls.max_version],
    ciphers,
    preferServerCiphers: tls.prefer_server_cipher_suites,
    curves: groups,
  };
}

function readUsers(context: Context, users: Readonly<Record<string, string>>): Map<string, string> {
  for (const [user, hash] of Object.entries(users)) {
    const at = ['basic_auth_users', user];
    if (!/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash))
      report(context, at, 'must be a bcrypt hash, such as `htpasswd -nBC 10 USER` prints; never a password');
    else if (Number(hash.slice(4, 6)) > 14)
      report(context, at, 'has a cost above 14: each login would take seconds');
  }
  return new Map(Object.entries(users));
}

const mostBytes = 1024 * 1024;

function textOf(path: string): string {
  const fail = (message: string) => new ConfigError([{ file: path, line: 1, column: 1, message }]);
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw fail('this is not a regular file');
    if (stats.size > mostBytes)
      throw fail(`this file is larger than ${mostBytes} bytes; is it the right one?`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof ConfigError ? error : fail(`this file ${fileTrouble(error)}`);
  }
}

/** Reads the file and those that it names. Throws ConfigError and nothing else. */
export function loadWebConfig(path: string): WebConfig {
  const file = resolve(path);
  const source = readSource(textOf(path), path);
  const context: Context = { source, env: {}, folder: dirname(file), problems: [...source.problems] };
  const parsed = source.problems.length > 0 ? undefined : schema.safeParse(source.data ?? {});
  for (const issue of parsed?.error?.issues ?? []) {
    const keys =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const at of keys) {
      const text = issue.code === 'unrecognized_keys' ? 'is no option of a web configuration' : issue.message;
      context.problems.push(source.keyProblem(at, `${at.join('.')}: ${text}`));
    }
  }
  const files = [file];
  const data = parsed?.data;
  const tls = data?.tls_server_config && readTls(context, data.tls_server_config, files);
  const users = data ? readUsers(context, data.basic_auth_users) : new Map<string, string>();
  const intervalMs = data?.rate_limit ? parseDuration(data.rate_limit.interval) : undefined;
  if (data?.rate_limit && intervalMs === undefined)
    report(context, ['rate_limit', 'interval'], 'must be a duration, such as 1s');
  if (!data || context.problems.length > 0) throw new ConfigError(context.problems);
  return {
    ...(tls && { tls }),
    headers: Object.fromEntries(
      Object.entries(data.http_server_config?.headers ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    users,
    ...(data.rate_limit &&
      intervalMs !== undefined && { rateLimit: { intervalMs, burst: data.rate_limit.burst } }),
    files,
  };
}
