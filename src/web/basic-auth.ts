// HTTP Basic authentication (RFC 7617) against bcrypt hashes, as exporter-toolkit does it: one comparison at a time, since each
// takes a tenth of a second of the only processor thread, caches of results (what is wrong never drives out what is right), and
// a hash of nobody's for unknown users, so that time does not tell who exists.
import { createHash } from 'node:crypto';
import { compare } from 'bcryptjs';

export interface Users {
  /** bcrypt hash of a user's password; undefined: no such user. */
  hashOf(user: string): string | undefined;
}

export type Admission = 'admitted' | 'refused' | 'busy';

/** Hash of a long random password that nobody has. */
const nobodysHash = '$2y$10$USyA/CAK.a8RREaFOLwsnuefTFfHazlaj01m7vZGy5x5JpRO3M9MC';
const mostCached = 100;
/** Comparisons that may wait for their turn; a flood of wrong passwords must not hold up those who know theirs. */
const mostWaiting = 16;

function credentials(header: string | undefined): { user: string; password: string } | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(header ?? '') ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Decides on `Authorization` headers. Nothing of what is in them is kept but digests. */
export function basicAuth(): (header: string | undefined, users: Users) => Promise<Admission> {
  const caches = { right: new Set<string>(), wrong: new Set<string>() };
  const known = (key: string) => caches.right.has(key) || (caches.wrong.has(key) ? false : undefined);
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const check = async (password: string, hash: string, key: string): Promise<boolean> => {
    const before = known(key);
    if (before !== undefined) return before;
    const right = await compare(password, hash);
    const cache = right ? caches.right : caches.wrong;
    if (cache.size >= mostCached) cache.delete(cache.keys().next().value ?? '');
    cache.add(key);
    return right;
  };

  /** Does the work after all that waits; undefined when too much waits. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (waiting >= mostWaiting) return undefined;
    waiting++;
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting--;
    }
  };

  return async (header, users) => {
    const given = credentials(header);
    if (!given) return 'refused';
    const hash = users.hashOf(given.user) ?? nobodysHash;
    const key = createHash('sha256')
      .update(JSON.stringify([given.user, given.password, hash]))
      .digest('base64');
    // bcrypt reads 72 bytes and ignores the rest.
    if (Buffer.byteLength(given.password) > 72) return 'refused';
    const right = known(key) ?? (await inTurn(() => check(given.password, hash, key)));
    if (right === undefined) return 'busy';
    return right && hash !== nobodysHash ? 'admitted' : 'refused';
  };
}
