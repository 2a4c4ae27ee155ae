// The web configuration: what exporter-toolkit's format says, and every mistake with its place and without its secret.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/load.ts';
import { maskedConfig } from '../../src/config/masked.ts';
import { loadWebConfig } from '../../src/config/web-config.ts';

const hash = '$2y$10$USyA/CAK.a8RREaFOLwsnuefTFfHazlaj01m7vZGy5x5JpRO3M9MC';

function file(text: string, others: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'web-'));
  for (const [name, content] of Object.entries(others)) writeFileSync(path.join(folder, name), content);
  writeFileSync(path.join(folder, 'web.yml'), text);
  return path.join(folder, 'web.yml');
}

describe('loadWebConfig', () => {
  it('reads all of it, with paths from the folder of the file', () => {
    const text = `
tls_server_config:
  cert_file: tls.crt
  key_file: tls.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.monitoring.svc]
  min_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers: { Strict-Transport-Security: max-age=31536000 }
rate_limit: { interval: 100ms, burst: 20 }
basic_auth_users: { prometheus: ${hash} }
`;
    const config = loadWebConfig(file(text, { 'tls.crt': 'CERT', 'tls.key': 'KEY', 'ca.crt': 'CA' }));
    expect(config).toMatchObject({
      tls: {
        cert: 'CERT',
        key: 'KEY',
        clientCa: 'CA',
        clientAuth: 'RequireAndVerifyClientCert',
        allowedSans: ['prometheus.monitoring.svc'],
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
        ciphers: ['ECDHE-RSA-AES128-GCM-SHA256'],
        curves: ['prime256v1', 'X25519'],
      },
      headers: { 'Strict-Transport-Security': 'max-age=31536000' },
      rateLimit: { intervalMs: 100, burst: 20 },
    });
    expect(config.users.get('prometheus')).toBe(hash);
    expect(config.files.map((name) => path.basename(name))).toEqual([
      'web.yml',
      'tls.crt',
      'tls.key',
      'ca.crt',
    ]);
  });

  it('takes an empty file for no guard at all, as the toolkit does', () => {
    expect(loadWebConfig(file(''))).toMatchObject({ headers: {}, users: new Map() });
  });

  it.each([
    [
      'tls_server_config: { cert_file: a.crt }',
      /:1:\d+ tls_server_config.* needs both cert_file and key_file/,
    ],
    ['tls_server_config:\n  cert_fil: a', /:2:3 tls_server_config.cert_fil: is no option/],
    ['basic_auth_users:\n  bob: hunter2', /:2:8 .*must be a bcrypt hash/],
    [`basic_auth_users: { bob: ${hash.replace('$10$', '$16$')} }`, /cost above 14/],
    ['rate_limit: { interval: soon, burst: 1 }', /rate_limit.interval must be a duration/],
    [
      'tls_server_config: { cert_file: a, key_file: a, client_auth_type: RequireAndVerifyClientCert }',
      /needs client_ca_file/,
    ],
    ['tls_server_config: { cert_file: a, key_file: a, cipher_suites: [RC4] }', /must be one of TLS_ECDHE/],
    ['tls_server_config: { cert_file: nowhere.crt, key_file: a }', /nowhere.crt, which does not exist/],
    ['http_server_config: { headers: { Server: x } }', /Server: is no option/],
    ['a: [', /:1:/],
  ])('refuses %s', (text, message) => {
    const name = file(text, { a: 'x' });
    let thrown: unknown;
    try {
      loadWebConfig(name);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message).toMatch(message);
    expect((thrown as ConfigError).message).not.toContain('hunter2');
  });
});

describe('maskedConfig', () => {
  it('hides every secret, also behind references, and nothing else', () => {
    const text = `
# community was: old-secret
defaults:
  snmp: &snmp { version: 3, user: auditor, authPassword: auth-secret, privPassword: { env: PRIV } }
  ssh: { user: auditor, password: { file: /etc/pw }, passphrase: &p pass-secret }
switches:
  - { name: leaf01, address: 192.0.2.1, snmp: { <<: *snmp, community: *p } }
`;
    const masked = maskedConfig(text);
    expect(masked).not.toMatch(/(auth|pass|old)-secret/);
    expect(masked).toContain('authPassword: <secret>');
    expect(masked).toContain('community: <secret>');
    expect(masked).toContain('env: PRIV');
    expect(masked).toContain('file: /etc/pw');
    expect(masked).toContain('user: auditor');
  });
});
