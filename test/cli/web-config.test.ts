// The web configuration while serve runs: how long its certificate holds is a metric, and so is a change that cannot be used.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainHoldsUntil } from '../../src/config/certificate.ts';
import { authority, openssl } from '../collectors/nodes/agent-server.ts';
import { until } from '../kube/cluster.ts';
import { cli, type Ran } from './io.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'web-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const title = `the web configuration${openssl ? '' : ' (skipped: needs openssl)'}`;
describe.skipIf(!openssl)(title, () => {
  const web = path.join(folder, 'web.yml');
  const end = new AbortController();
  let ended: Promise<Ran>;
  let url = '';
  let cert = '';

  const metrics = () =>
    new Promise<string>((resolve, reject) => {
      request(`${url}/metrics`, { rejectUnauthorized: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(body));
      })
        .on('error', reject)
        .end();
    });

  beforeAll(async () => {
    const { certFile, keyFile } = authority(folder, 'ours').sign('server');
    cert = readFileSync(certFile, 'utf8');
    writeFileSync(web, `tls_server_config: { cert_file: ${certFile}, key_file: ${keyFile} }\n`);
    const config = path.join(folder, 'config.yml');
    const objects = path.join(folder, 'objects.yaml');
    writeFileSync(objects, 'apiVersion: v1\nkind: Node\nmetadata: { name: node1 }\n');
    writeFileSync(
      config,
      `datastore: { files: [${objects}] }\nnodes: [{ name: node1, bird: { socket: /nowhere } }]\n`,
    );
    const args = ['serve', '--config', config, '--web.listen-address', '127.0.0.1:0'];
    ended = cli([...args, '--web.config.file', web], {
      signal: end.signal,
      onErr(text) {
        url = /"url":"([^"]+)"/.exec(text)?.[1] ?? '';
      },
    });
    await until(() => url !== '', 60_000);
  }, 120_000);

  afterAll(async () => {
    end.abort('end of test');
    await ended;
  });

  it('has how long the certificate holds', async () => {
    const holds = Date.parse(new X509Certificate(cert).validTo) / 1000;
    expect(await metrics()).toContain(`\ncalico_bgp_web_certificate_expiration_timestamp_seconds ${holds}\n`);
  });

  it('says whether it could be used when it was changed', async () => {
    expect(await metrics()).toContain('\ncalico_bgp_web_config_last_reload_successful 1\n');
    const good = readFileSync(web, 'utf8');
    writeFileSync(web, 'tls_server_config: { cert_file: /nowhere.crt, key_file: /nowhere.key }\n');
    const says = async (value: number) =>
      (await metrics()).includes(`\ncalico_bgp_web_config_last_reload_successful ${value}\n`);
    await expect.poll(() => says(0), { timeout: 15_000 }).toBe(true);
    writeFileSync(web, good);
    await expect.poll(() => says(1), { timeout: 15_000 }).toBe(true);
  }, 40_000);

  it('counts the end of the first certificate of a chain', () => {
    const short = readFileSync(authority(folder, 'theirs').sign('short', 1).certFile, 'utf8');
    const ends = Date.parse(new X509Certificate(short).validTo);
    expect(chainHoldsUntil(cert)).toBeGreaterThan(ends);
    expect(chainHoldsUntil(cert + short)).toBe(ends);
    expect(chainHoldsUntil('no certificate')).toBeUndefined();
  });
});
