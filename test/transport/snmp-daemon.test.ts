// SNMP v2c and v3 against net-snmp's own snmpd: every authentication and privacy protocol it has, right and wrong
// credentials. Skipped where /usr/sbin/snmpd is not installed.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SnmpCredentials, withSnmpSession } from '../../src/transport/snmp.ts';
import { SnmpError } from '../../src/transport/snmp-error.ts';
import { because } from '../because.ts';
import { ended } from '../ended.ts';

const snmpd = '/usr/sbin/snmpd';
const sysObjectId = [1, 3, 6, 1, 2, 1, 1, 2, 0];
const netSnmpLinux = [1, 3, 6, 1, 4, 1, 8072, 3, 2, 10];
const authPassword = 'auth-password';
const privPassword = 'priv-password';

const combinations = [
  ['md5', 'MD5', 'des', 'DES'],
  ['sha', 'SHA', 'aes', 'AES'],
  ['sha224', 'SHA-224', 'aes', 'AES'],
  ['sha256', 'SHA-256', 'aes', 'AES'],
  ['sha384', 'SHA-384', 'aes', 'AES'],
  ['sha512', 'SHA-512', 'des', 'DES'],
  // net-snmp extends keys by Blumenthal's draft, or by Reeder's where the name ends with C.
  ['sha', 'SHA', 'aes192b', 'AES-192'],
  ['sha', 'SHA', 'aes256b', 'AES-256'],
  ['md5', 'MD5', 'aes256b', 'AES-256'],
  ['sha256', 'SHA-256', 'aes256b', 'AES-256'],
  ['sha', 'SHA', 'aes192r', 'AES-192-C'],
  ['sha', 'SHA', 'aes256r', 'AES-256-C'],
  ['sha512', 'SHA-512', 'aes256r', 'AES-256-C'],
] as const;

/** One user for each pair; of the plain ciphers by the name of the hash. */
const userOf = (auth: string, priv: string) => (priv === 'aes' || priv === 'des' ? auth : `${auth}-${priv}`);

let folder = '';
let port = 0;
let daemon: ChildProcess | undefined;

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port: free } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return free;
}

async function ask(credentials: SnmpCredentials, timeoutMs = 400) {
  const started = performance.now();
  const to = { host: '127.0.0.1', port, credentials, timeoutMs, retries: 0 };
  const outcome = await withSnmpSession(to, AbortSignal.timeout(8000), (session) =>
    session.get([sysObjectId]),
  ).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => {
      if (!(error instanceof SnmpError)) throw error;
      return { value: undefined, error };
    },
  );
  const told = `${outcome.error?.stack} ${JSON.stringify(outcome.error)}`;
  for (const secret of [authPassword, privPassword, 'wrong-password']) expect(told).not.toContain(secret);
  return { ...outcome, tookMs: performance.now() - started };
}

const v3 = (user: string, changes: Partial<Extract<SnmpCredentials, { level: 'authPriv' }>> = {}) =>
  ({
    version: '3',
    level: 'authPriv',
    user,
    authProtocol: 'sha',
    authPassword,
    privProtocol: 'aes',
    privPassword,
    ...changes,
  }) satisfies SnmpCredentials;

describe.skipIf(!existsSync(snmpd))(
  because(!existsSync(snmpd), 'snmpd of net-snmp', 'needs the package snmpd'),
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'snmpd-test-'));
      mkdirSync(path.join(folder, 'persistent'));
      port = await freePort();
      const users = combinations.flatMap(([auth, authName, priv, privName]) => [
        `createUser ${userOf(auth, priv)} ${authName} "${authPassword}" ${privName} "${privPassword}"`,
        `rouser ${userOf(auth, priv)} priv`,
      ]);
      const lines = [
        'rocommunity right-community 127.0.0.1',
        ...users,
        'createUser plain',
        'rouser plain noauth',
        '',
      ];
      writeFileSync(path.join(folder, 'snmpd.conf'), lines.join('\n'));
      const conf = [
        '-f',
        '-Lf',
        '/dev/null',
        '-C',
        '-c',
        path.join(folder, 'snmpd.conf'),
        `udp:127.0.0.1:${port}`,
      ];
      daemon = spawn(snmpd, conf, {
        env: { ...process.env, MIBS: '', SNMP_PERSISTENT_DIR: path.join(folder, 'persistent') },
        stdio: 'ignore',
      });
      for (let i = 0; i < 50; i++) {
        const { value } = await ask({ version: '2c', community: 'right-community' }, 200);
        if (value) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('snmpd did not answer within 5 s');
    }, 20_000);

    afterAll(async () => {
      // snmpd writes its persistent file as it ends: the folder goes when the process has gone.
      await ended(daemon);
      rmSync(folder, { recursive: true, force: true });
    });

    it('answers v2c with the right community', async () => {
      const { value } = await ask({ version: '2c', community: 'right-community' });
      expect(value).toEqual([{ type: 'oid', value: netSnmpLinux }]);
    });

    it('answers v1, where an absent object and the end of all objects are errors', async () => {
      const system = [1, 3, 6, 1, 2, 1, 1];
      const to = { host: '127.0.0.1', port, timeoutMs: 1000, retries: 0 };
      const credentials = { version: '1', community: 'right-community' } as const;
      const names: number[] = [];
      const answers = await withSnmpSession(
        { ...to, credentials },
        AbortSignal.timeout(5000),
        async (session) => ({
          values: await session.get([
            [...system, 2, 0],
            [...system, 99, 0],
            [...system, 2, 0],
          ]),
          next: await session.getNext([system, [1, 3, 6, 1, 7]]),
          end: await session.walkColumn(
            [...system, 9, 1, 2],
            { maxRepetitions: 10, maxRows: 100 },
            ([name = 0]) => names.push(name),
          ),
        }),
      );
      const linux = { type: 'oid', value: netSnmpLinux };
      expect(answers.values).toEqual([linux, { type: 'absent', reason: 'noSuchObject' }, linux]);
      expect(answers.next[0]?.oid).toEqual([...system, 1, 0]);
      expect(answers.next[1]?.value).toEqual({ type: 'absent', reason: 'endOfMibView' });
      expect(answers.end).toEqual({ whole: true, rows: names.length });
      expect(names.slice(0, 3)).toEqual([1, 2, 3]);
    });

    it('keeps silent at a wrong community, for no longer than its timeout', async () => {
      const { error, tookMs } = await ask({ version: '2c', community: 'wrong-password' });
      expect(error).toMatchObject({ kind: 'timeout', message: expect.stringContaining('the community') });
      expect(tookMs).toBeLessThan(3000);
    });

    it.each(combinations)('answers authPriv with %s and %s/%s', async (authProtocol, _name, privProtocol) => {
      const { value, error } = await ask(
        v3(userOf(authProtocol, privProtocol), { authProtocol, privProtocol }),
      );
      expect(error).toBeUndefined();
      expect(value).toEqual([{ type: 'oid', value: netSnmpLinux }]);
    });

    it.each(combinations)(
      'says that the authentication is wrong (%s)',
      async (authProtocol, _name, privProtocol) => {
        const user = userOf(authProtocol, privProtocol);
        const wrong = v3(user, { authProtocol, privProtocol, authPassword: 'wrong-password' });
        const { error, tookMs } = await ask(wrong, 2000);
        expect(error).toMatchObject({ kind: 'auth' });
        expect(error?.message).toContain('usmStatsWrongDigests');
        expect(error?.message).toContain('check the authentication password');
        expect(tookMs).toBeLessThan(2000);
      },
    );

    it('points at the privacy password when that is wrong, although snmpd keeps silent then', async () => {
      const { error, tookMs } = await ask(v3('sha', { privPassword: 'wrong-password' }));
      expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining('the privacy password') });
      expect(tookMs).toBeLessThan(3000);
    });

    it('says that the user is unknown', async () => {
      const { error } = await ask(v3('nobody'));
      expect(error).toMatchObject({
        kind: 'auth',
        message: expect.stringContaining('does not know the user "nobody"'),
      });
    });

    it('says that the level is not offered, or not allowed', async () => {
      const { error } = await ask({
        version: '3',
        level: 'authNoPriv',
        user: 'plain',
        authProtocol: 'sha',
        authPassword,
      });
      expect(error).toMatchObject({
        kind: 'auth',
        message: expect.stringContaining('usmStatsUnsupportedSecLevels'),
      });
      const denied = await ask({
        version: '3',
        level: 'authNoPriv',
        user: 'sha',
        authProtocol: 'sha',
        authPassword,
      });
      expect(denied.error).toMatchObject({ kind: 'permission' });
    });

    it('answers a user without authentication, and points at a context it has not', async () => {
      const { value } = await ask({ version: '3', level: 'noAuthNoPriv', user: 'plain' });
      expect(value).toEqual([{ type: 'oid', value: netSnmpLinux }]);
      const { error } = await ask({ version: '3', level: 'noAuthNoPriv', user: 'plain', context: 'vrf-red' });
      expect(error).toMatchObject({
        kind: 'auth',
        message: expect.stringContaining('the context "vrf-red"'),
      });
    });
  },
);
