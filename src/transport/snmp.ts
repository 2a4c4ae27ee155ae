// SNMP v1, v2c and v3 (RFC 1157, 3416, 3414, 3826; SHA-2 by RFC 7860) on net-snmp, the only file that knows the library. One session
// per reading, closed with it; every request has a timeout and retries, the session as a whole the caller's signal.
// Errors are SnmpError and never hold a credential.
import snmp from 'net-snmp';
import { decryptDes, encryptDes } from './snmp-des.ts';
import {
  deadlineError,
  type SnmpCircumstances,
  SnmpError,
  type SnmpErrorStatus,
  snmpErrorFrom,
} from './snmp-error.ts';
import { connectUdp, guardedSocket } from './snmp-socket.ts';
import {
  compareOids,
  formatOid,
  type Oid,
  parseOid,
  type SnmpValue,
  type SnmpVarbind,
  snmpValue,
} from './snmp-value.ts';
import { type GetBulk, newPace, type WalkEnd, type WalkOptions, walkColumn } from './snmp-walk.ts';

export type SnmpAuthProtocol = 'md5' | 'sha' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
/** aes is AES-128; b and r behind the length tell Blumenthal's and Reeder's (Cisco's) key extension. */
export type SnmpPrivProtocol = 'des' | 'aes' | 'aes192b' | 'aes192r' | 'aes256b' | 'aes256r';

interface SnmpUser {
  readonly version: '3';
  readonly user: string;
  /** Context name; empty for the default context. */
  readonly context?: string;
}
interface SnmpAuth {
  readonly authProtocol: SnmpAuthProtocol;
  readonly authPassword: string;
}
interface SnmpPriv {
  readonly privProtocol: SnmpPrivProtocol;
  readonly privPassword: string;
}

export type SnmpCredentials =
  | { readonly version: '1' | '2c'; readonly community: string }
  | (SnmpUser & { readonly level: 'noAuthNoPriv' })
  | (SnmpUser & SnmpAuth & { readonly level: 'authNoPriv' })
  | (SnmpUser & SnmpAuth & SnmpPriv & { readonly level: 'authPriv' });

export interface SnmpTarget {
  readonly host: string;
  readonly port: number;
  readonly credentials: SnmpCredentials;
  /** Wait for one answer, in milliseconds, before a retry. */
  readonly timeoutMs: number;
  readonly retries: number;
}

/** An open session. One request at a time; every method rejects with SnmpError. */
export interface SnmpSession {
  /** Values in the order asked. Objects the agent has not are `absent`. */
  get(oids: readonly Oid[]): Promise<SnmpValue[]>;
  /** The varbind behind each OID, in the order asked; `absent` at the end of the agent's view. */
  getNext(oids: readonly Oid[]): Promise<SnmpVarbind[]>;
  walkColumn(
    column: Oid,
    options: WalkOptions,
    onRow: (index: Oid, value: SnmpValue) => void,
  ): Promise<WalkEnd>;
}

interface LibraryVarbind {
  readonly oid: string;
  readonly type?: number;
  readonly value?: unknown;
}

// Varbinds in one GET or GETNEXT: well below the 484 octets every agent must take (RFC 3417) times two.
const mostVarbinds = 16;

// Tags of RFC 3416's exceptions, which stand for SNMPv1's errors too.
const noSuchObject = 128;
const endOfMibView = 130;

/** How many varbinds the next request may have after an error; 0 when fewer would not help. */
function smallerSize(size: number, status: SnmpErrorStatus | undefined): number {
  if (size === 1) return 0;
  if (status === 'tooBig') return Math.floor(size / 2);
  return status === 'noSuchName' ? 1 : 0;
}

function varbindOf(varbind: LibraryVarbind): SnmpVarbind {
  return { oid: parseOid(varbind.oid) ?? [], value: snmpValue(varbind.type ?? 5, varbind.value) };
}

/** Gives the library a DES that works with OpenSSL 3; doing it again changes nothing. */
function provideDes(): void {
  // The library's types say "algorithm" where it passes the agent's engine.
  type Engine = { readonly engineID: Buffer };
  type Auth = Exclude<snmp.AuthProtocols, snmp.AuthProtocols.none>;
  const keyOf = (auth: Auth, password: string, engine: Engine) =>
    snmp.Authentication.passwordToKey(auth, password, engine.engineID);
  const des = {
    encryptPdu: (pdu: Buffer, _priv: unknown, password: string, auth: Auth, engine: Engine) =>
      encryptDes(keyOf(auth, password, engine), pdu),
    decryptPdu: (pdu: Buffer, _priv: unknown, salt: Buffer, password: string, auth: Auth, engine: Engine) =>
      decryptDes(keyOf(auth, password, engine), pdu, salt),
  };
  Object.assign(snmp.Encryption.algorithms[snmp.PrivProtocols.des], des);
}

// Numbers that the library leaves free.
const aes192 = { aes192b: 5, aes192r: 7 } as const;

/** Gives the library AES-192, which it has not: its own AES-256 with a shorter key (draft-blumenthal-aes-usm-04). */
function provideAes192(): void {
  const algorithms: Record<number, object> = snmp.Encryption.algorithms;
  const shorter = { CRYPTO_ALGORITHM: 'aes-192-cfb', KEY_LENGTH: 24 };
  algorithms[aes192.aes192b] = { ...algorithms[snmp.PrivProtocols.aes256b], ...shorter };
  algorithms[aes192.aes192r] = { ...algorithms[snmp.PrivProtocols.aes256r], ...shorter };
}

function privProtocolOf(name: SnmpPrivProtocol): snmp.PrivProtocols {
  if (name === 'des') provideDes();
  if (name !== 'aes192b' && name !== 'aes192r') return snmp.PrivProtocols[name];
  provideAes192();
  return aes192[name] as snmp.PrivProtocols;
}

function createSession(target: SnmpTarget, dgramModule: unknown): snmp.Session {
  const { credentials, host, port, retries, timeoutMs } = target;
  // Whether rows come in order is judged where they are walked: some agents' do not, and have good rows all the same.
  const options = { port, retries, timeout: timeoutMs, backwardsGetNexts: true, dgramModule };
  if (credentials.version !== '3') {
    const version = credentials.version === '1' ? snmp.Version1 : snmp.Version2c;
    return snmp.createSession(host, credentials.community, { ...options, version });
  }
  const user: snmp.User = { name: credentials.user, level: snmp.SecurityLevel[credentials.level] };
  if (credentials.level !== 'noAuthNoPriv') {
    user.authProtocol = snmp.AuthProtocols[credentials.authProtocol];
    user.authKey = credentials.authPassword;
  }
  if (credentials.level === 'authPriv') {
    user.privProtocol = privProtocolOf(credentials.privProtocol);
    user.privKey = credentials.privPassword;
  }
  return snmp.createV3Session(host, user, {
    ...options,
    version: snmp.Version3,
    context: credentials.context ?? '',
  });
}

function circumstancesOf(target: SnmpTarget) {
  const { credentials, host, port } = target;
  return {
    agent: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    version: credentials.version,
    ...(credentials.version === '3' && {
      user: credentials.user,
      level: credentials.level,
      ...(credentials.context && { context: credentials.context }),
    }),
    timeoutMs: target.timeoutMs,
    tries: target.retries + 1,
    received: 0,
    answered: 0,
    garbage: 0,
  } satisfies SnmpCircumstances;
}

/** Opens a session, lets `use` ask, and closes it. Rejects with SnmpError, soon after `signal` aborts at the latest. */
export async function withSnmpSession<T>(
  target: SnmpTarget,
  signal: AbortSignal,
  use: (session: SnmpSession) => Promise<T>,
): Promise<T> {
  const at = circumstancesOf(target);
  let broken: SnmpError | undefined;
  let fail: ((error: SnmpError) => void) | undefined;
  let sendsLeft = 0;
  const breakWith = (error: SnmpError) => {
    broken ??= error;
    fail?.(error);
  };
  const socket = await connectUdp(target.host, target.port, signal).catch((error: unknown) => {
    if (signal.aborted) throw deadlineError(at);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
    throw new SnmpError('refused', `${at.agent} cannot be reached: ${code}`);
  });
  const dgramModule = guardedSocket(socket, {
    received: () => at.received++,
    stumbled: () => breakWith(new SnmpError('protocol', `${at.agent} sends an answer that cannot be read`)),
    failed: (error) => breakWith(snmpErrorFrom(error, at)),
    maySend: () => sendsLeft-- > 0,
  });
  const session = createSession(target, dgramModule);
  // Raised for each datagram that is no SNMP message; the request itself goes on waiting for a better one.
  session.on('error', () => at.garbage++);
  const stop = () => breakWith(deadlineError(at));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  const ask = <R>(start: (done: (error: Error | null, result?: R) => void) => void): Promise<R> =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      // SNMPv3 may need discovery, the request, and the request again after time synchronisation.
      sendsLeft = 3 * at.tries;
      fail = reject;
      start((error, result) => {
        if (broken) return reject(broken);
        if (error || result === undefined) return reject(snmpErrorFrom(error, at));
        at.answered++;
        resolve(result);
      });
    });

  const many = async (
    oids: readonly Oid[],
    request: (oids: string[], done: (error: Error | null, result?: LibraryVarbind[]) => void) => void,
    absentTag: number,
    size = mostVarbinds,
  ): Promise<LibraryVarbind[]> => {
    const results: LibraryVarbind[] = [];
    for (let i = 0; i < oids.length; ) {
      const part = oids.slice(i, i + size);
      try {
        results.push(...(await ask<LibraryVarbind[]>((done) => request(part.map(formatOid), done))));
        i += part.length;
      } catch (error) {
        const status = error instanceof SnmpError ? error.status : undefined;
        // SNMPv1 fails the whole request for one object that it has not.
        if (status === 'noSuchName' && part.length === 1) {
          results.push({ oid: formatOid(part[0] ?? []), type: absentTag });
          i++;
          continue;
        }
        const smaller = smallerSize(size, status);
        if (smaller === 0) throw error;
        size = smaller;
      }
    }
    return results;
  };

  const getNext = async (oids: readonly Oid[]) =>
    (await many(oids, (part, done) => session.getNext(part, done), endOfMibView)).map(varbindOf);

  const pace = newPace();
  const getBulk: GetBulk = async (oid, maxRepetitions) => {
    if (target.credentials.version === '1') return getNext([oid]);
    const rows = await ask<(LibraryVarbind | LibraryVarbind[])[]>((done) =>
      session.getBulk([formatOid(oid)], 0, maxRepetitions, done),
    );
    return rows.flat().map(varbindOf);
  };

  try {
    return await use({
      get: async (oids) => {
        const varbinds = (await many(oids, (part, done) => session.get(part, done), noSuchObject)).map(
          varbindOf,
        );
        // Values are told apart by position alone, so an agent that answers something else must not pass.
        if (varbinds.some(({ oid }, i) => compareOids(oid, oids[i] ?? []) !== 0)) {
          throw new SnmpError('protocol', `${at.agent} answers for other objects than it was asked for`);
        }
        return varbinds.map(({ value }) => value);
      },
      getNext,
      walkColumn: (column, options, onRow) => walkColumn(getBulk, column, options, onRow, pace),
    });
  } finally {
    signal.removeEventListener('abort', stop);
    session.close();
  }
}
