// An agent for tests: the command itself, on a free port of loopback, with its log; and certificates that openssl makes.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../../cli/io.ts';

export interface RunningAgent {
  readonly url: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Starts `agent` with these flags; resolves when it serves. Throws what it said when it cannot start. */
export function startAgent(flags: readonly string[], listen = '127.0.0.1:0'): Promise<RunningAgent> {
  const end = new AbortController();
  let log = '';
  return new Promise((resolve, reject) => {
    const ended = cli(['agent', '--web.listen-address', listen, ...flags], {
      signal: end.signal,
      onErr(text) {
        log = text;
        const url = /"url":"([^"]+)"/.exec(text)?.[1];
        if (url === undefined) return;
        const stop = async () => {
          end.abort('end of test');
          await ended;
        };
        resolve({ url, log: () => log, stop });
      },
    });
    ended.then(({ code, err }) => reject(new Error(`${code}: ${err}`)), reject);
  });
}

export const openssl = ['/usr/bin/openssl', '/usr/local/bin/openssl'].find((path) => existsSync(path));

export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
}

/** An authority in a folder, and what it signs. */
export function authority(folder: string, name: string) {
  const run = (...args: string[]) => execFileSync(openssl ?? '', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  run(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    file('key'),
    '-out',
    file('crt'),
  );
  return {
    caFile: file('crt'),
    /** A certificate, as server and as client; `days` may be negative: then it has expired. */
    sign(subject: string, days = 2, altName = 'IP:127.0.0.1'): Pair {
      const own = (ending: string) => join(folder, `${subject}.${ending}`);
      writeFileSync(own('ext'), `subjectAltName=${altName}\nextendedKeyUsage=serverAuth,clientAuth`);
      run('req', ...key, '-subj', `/CN=${subject}`, '-keyout', own('key'), '-out', own('csr'));
      const by = ['-CA', file('crt'), '-CAkey', file('key'), '-CAcreateserial', '-extfile', own('ext')];
      run('x509', '-req', '-days', String(days), '-in', own('csr'), '-out', own('crt'), ...by);
      return { certFile: own('crt'), keyFile: own('key') };
    },
  };
}
