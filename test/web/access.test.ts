// Users, client certificates and rate limit over real sockets, as Prometheus and a stranger would meet them.
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from '../../src/web/access.ts';
import { basicAuth } from '../../src/web/basic-auth.ts';
import type { Tls } from '../../src/web/listener.ts';
import type { RunningServer, ServerOptions } from '../../src/web/server.ts';
import { authority, openssl } from '../collectors/nodes/agent-server.ts';
import { sampleServer } from './sample-server.ts';

const open: RunningServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type ClientAuth = NonNullable<Access['tls']>['clientAuth'];

/** Of `correct horse`, at the least cost. */
const horseHash = hashSync('correct horse', 4);

const nobody: Access = { headers: {}, users: new Map() };

async function serve(access: Partial<Access>, more: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await sampleServer(() => undefined, {
    access: () => ({ ...nobody, ...access }),
    ...more,
  });
  open.push(server);
  return server;
}

const basic = (user: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});

describe('users', () => {
  const users = new Map([['prometheus', horseHash]]);

  it('lets in who knows the password, to every path, and nobody else', async () => {
    const { url } = await serve({ users });
    for (const where of ['/metrics', '/-/healthy', '/', '/api/v1/findings', '/nowhere']) {
      const refused = await fetch(url + where);
      expect(refused.status, where).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('Basic realm=');
    }
    expect((await fetch(`${url}/metrics`, basic('prometheus', 'correct horse'))).status).toBe(200);
    expect((await fetch(`${url}/metrics`, basic('prometheus', 'wrong horse'))).status).toBe(401);
    expect((await fetch(`${url}/metrics`, basic('nobody', 'correct horse'))).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('does not take the first 72 bytes of a password for all of it', async () => {
    const long = 'x'.repeat(72);
    const { url } = await serve({ users: new Map([['a', hashSync(long, 4)]]) });
    expect((await fetch(`${url}/metrics`, basic('a', long))).status).toBe(200);
    expect((await fetch(`${url}/metrics`, basic('a', `${long}y`))).status).toBe(401);
  });

  it('turns a flood of logins away instead of letting them wait, and lets those who are known in at once', async () => {
    const admit = basicAuth();
    const known = { hashOf: () => users.get('prometheus') };
    const header = (password: string) => basic('prometheus', password).headers.authorization;
    expect(await admit(header('correct horse'), known)).toBe('admitted');
    const flood = Array.from({ length: 40 }, (_, i) => admit(header(`wrong ${i}`), known));
    expect(await Promise.race([admit(header('correct horse'), known), flood[15]])).toBe('admitted');
    const outcomes = await Promise.all(flood);
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(16);
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(24);
  });
});

it('still knows who is right after hundreds of wrong passwords, without another comparison', async () => {
  const admit = basicAuth();
  const right = basic('prometheus', 'correct horse').headers.authorization;
  const known = { hashOf: () => horseHash };
  expect(await admit(right, known)).toBe('admitted');
  for (let i = 0; i < 150; i += 1)
    await admit(basic('prometheus', `wrong ${i}`).headers.authorization, known);
  const flood = Array.from({ length: 16 }, (_, i) =>
    admit(basic('prometheus', `more ${i}`).headers.authorization, known),
  );
  expect(await admit(right, known)).toBe('admitted');
  await Promise.all(flood);
});

describe('rate limit', () => {
  it('takes a burst and then refuses', async () => {
    const { url } = await serve({ rateLimit: { intervalMs: 60_000, burst: 3 } });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await fetch(`${url}/-/healthy`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});

it('adds the configured headers, also in place of its own', async () => {
  const headers = { 'X-Frame-Options': 'SAMEORIGIN', 'Strict-Transport-Security': 'max-age=60' };
  const { url } = await serve({ headers });
  const response = await fetch(`${url}/-/healthy`);
  expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(response.headers.get('strict-transport-security')).toBe('max-age=60');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

describe.skipIf(openssl === undefined)(`TLS${openssl ? '' : ' (skipped: openssl is not installed)'}`, () => {
  const folder = openssl ? mkdtempSync(path.join(tmpdir(), 'access-')) : '';
  const ours = openssl ? authority(folder, 'ours') : undefined;
  const theirs = openssl ? authority(folder, 'theirs') : undefined;
  const pem = (pair: { certFile: string; keyFile: string } | undefined) => ({
    cert: readFileSync(pair?.certFile ?? '', 'utf8'),
    key: readFileSync(pair?.keyFile ?? '', 'utf8'),
  });
  const serverPair = pem(openssl ? ours?.sign('server') : undefined);

  const tlsOf = (clientAuth: ClientAuth): Tls => ({
    ...serverPair,
    clientCa: readFileSync(ours?.caFile ?? '', 'utf8'),
    clientAuth,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: [],
    preferServerCiphers: true,
    curves: [],
  });

  /** Status of a request with this client certificate; 0 when the handshake fails. */
  function ask(url: string, client?: { cert: string; key: string }, more: object = {}): Promise<number> {
    return new Promise((resolve) => {
      const ca = readFileSync(ours?.caFile ?? '', 'utf8');
      request(`${url}/-/healthy`, { ca, agent: false, ...client, ...more }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      })
        .on('error', () => resolve(0))
        .end();
    });
  }

  it.each<[ClientAuth, number, number, number]>([
    ['NoClientCert', 200, 200, 200],
    ['RequestClientCert', 200, 200, 200],
    ['RequireAnyClientCert', 403, 200, 200],
    ['VerifyClientCertIfGiven', 200, 200, 403],
    ['RequireAndVerifyClientCert', 0, 200, 0],
  ])(
    '%s: without a certificate %i, with ours %i, with a stranger’s %i',
    async (clientAuth, none, own, strange) => {
      const tls = tlsOf(clientAuth);
      const { url } = await serve({ tls: { clientAuth, allowedSans: [] } }, { tls });
      expect(url).toMatch(/^https:/);
      expect(await ask(url)).toBe(none);
      expect(await ask(url, pem(ours?.sign('client')))).toBe(own);
      expect(await ask(url, pem(theirs?.sign('stranger')))).toBe(strange);
    },
  );

  it('lets in only the names that are allowed', async () => {
    const clientAuth = 'RequireAndVerifyClientCert';
    const client = pem(ours?.sign('client'));
    const right = await serve(
      { tls: { clientAuth, allowedSans: ['127.0.0.1'] } },
      { tls: tlsOf(clientAuth) },
    );
    expect(await ask(right.url, client)).toBe(200);
    const wrong = await serve({ tls: { clientAuth, allowedSans: ['10.0.0.1'] } }, { tls: tlsOf(clientAuth) });
    expect(await ask(wrong.url, client)).toBe(403);
  });

  it('speaks no version below the least one, and shows a renewed certificate to new connections', async () => {
    const clientAuth = 'NoClientCert';
    const tls: Tls = { ...tlsOf(clientAuth), minVersion: 'TLSv1.3' };
    const server = await serve({ tls: { clientAuth, allowedSans: [] } }, { tls });
    expect(await ask(server.url, undefined, { maxVersion: 'TLSv1.2' })).toBe(0);
    expect(await ask(server.url)).toBe(200);
    server.setTls({ ...tls, ...pem(theirs?.sign('renewed')) });
    expect(await ask(server.url)).toBe(0);
    expect(() => server.setTls({ ...tls, cert: 'no certificate' })).toThrow();
  });
});
