// Fetches the host keys that a server shows, without logging in, as ssh-keyscan(1) does: one connection per key type,
// ended as soon as the key exchange has shown the key (RFC 4253 section 8). What is fetched is not verified: a person
// must compare the fingerprints out of band before recording the keys.
import { Client } from 'ssh2';
import { hostKeyFingerprint, hostKeyType, knownHostsLine } from './known-hosts.ts';
import { type Deadline, deadline } from './ssh-deadline.ts';
import { toSshError } from './ssh-errors.ts';
import { endpoint, hostKeyAlgorithms, keyTypes, offeredAlgorithms, type SshGateway } from './ssh-options.ts';
import { openSocket } from './ssh-socket.ts';

export interface ShownHostKey {
  readonly type: string;
  /** `SHA256:…` as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** The line to record in a known_hosts file. */
  readonly line: string;
}

export interface TrustOptions {
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  /** For all connections together. */
  readonly timeoutMs: number;
  readonly legacyAlgorithms?: boolean;
  readonly gateway?: SshGateway;
  readonly signal?: AbortSignal;
}

async function keyOfType(options: TrustOptions, type: string, limit: Deadline): Promise<Buffer | undefined> {
  const { legacyAlgorithms = false } = options;
  const where = endpoint(options);
  const { socket } = await openSocket(options, limit);
  try {
    return await limit.race(
      new Promise<Buffer | undefined>((resolve, reject) => {
        const client = new Client();
        let shown: Buffer | undefined;
        const only = hostKeyAlgorithms([type], true).slice(0, type === 'ssh-rsa' ? 3 : 1);
        client.on('error', (error) => {
          if (shown) resolve(shown);
          else if (/no matching host key/i.test(error.message)) resolve(undefined);
          else reject(toSshError(error, where));
        });
        client.on('close', () => resolve(shown));
        client.connect({
          sock: socket,
          // Never sent: the connection ends before authentication, since no key is accepted.
          username: 'nobody',
          readyTimeout: 0,
          algorithms: { ...offeredAlgorithms([], legacyAlgorithms), serverHostKey: only },
          hostVerifier: (key: Buffer) => {
            shown = Buffer.from(key);
            return false;
          },
        });
      }),
    );
  } finally {
    socket.destroy();
  }
}

/** The keys that the server shows now, best type first. Rejects with SshError when it cannot be reached. */
export async function trustHost(options: TrustOptions): Promise<ShownHostKey[]> {
  const { host, port = 22, timeoutMs } = options;
  const signal = options.signal ?? new AbortController().signal;
  const limit = deadline(signal, timeoutMs, `reading the host keys of ${endpoint(options)}`);
  const keys: ShownHostKey[] = [];
  for (const type of options.legacyAlgorithms ? [...keyTypes, 'ssh-dss'] : keyTypes) {
    const key = await keyOfType(options, type, limit);
    if (!key || hostKeyType(key) !== type) continue;
    keys.push({ type, fingerprint: hostKeyFingerprint(key), line: knownHostsLine(host, port, key) });
  }
  return keys;
}
