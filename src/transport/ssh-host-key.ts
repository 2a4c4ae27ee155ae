// Verifies the host key of one connection by known_hosts files or by fingerprints, and remembers why it said no, since
// ssh2 itself only says "Host denied". The files are read anew for each connection, so that a recorded key works at
// once. Fails closed: a file that cannot be read trusts nobody.
import { readFile, stat } from 'node:fs/promises';
import {
  checkHostKey,
  hostKeyFingerprint,
  type KnownHosts,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts.ts';
import { SshError } from './ssh-errors.ts';
import { endpoint, type SshOptions } from './ssh-options.ts';

export interface HostKeyCheck {
  /** Key types recorded for this host, to be asked for first. */
  readonly knownTypes: readonly string[];
  /** True when the key may be trusted. */
  verify(key: Uint8Array): boolean;
  /** Why the last key was refused. */
  refusal(): SshError | undefined;
}

const mostBytes = 16 * 1024 * 1024;

async function readKnownHosts(files: readonly string[]): Promise<KnownHosts> {
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        const { size } = await stat(file);
        if (size > mostBytes) throw new Error(`larger than ${mostBytes} bytes`);
        return parseKnownHosts(await readFile(file, 'utf8'), file);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const advice =
          'without it no host can be trusted; "calico-bgp-exporter trust HOST" shows the keys to record';
        throw new SshError('host-key', `cannot read the known_hosts file ${file}: ${reason}: ${advice}`);
      }
    }),
  );
  return {
    entries: read.flatMap((known) => known.entries),
    authorities: read.flatMap((known) => known.authorities),
    notes: read.flatMap((known) => known.notes),
  };
}

/** A fingerprint without what may be written or left out: `SHA256:` in front and padding. */
export const plainFingerprint = (text: string) =>
  text
    .trim()
    .replace(/^SHA256:/, '')
    .replace(/=+$/, '');

/** Prepares the check for one connection. Throws SshError (host-key) when a known_hosts file cannot be read. */
export async function hostKeyCheck(
  options: Pick<SshOptions, 'host' | 'port' | 'hostKeys'>,
): Promise<HostKeyCheck> {
  const { host, port = 22, hostKeys } = options;
  let refused: SshError | undefined;
  const decide = (why: string | undefined) => {
    refused = why === undefined ? undefined : new SshError('host-key', why);
    return why === undefined;
  };
  if ('fingerprints' in hostKeys) {
    const wanted = hostKeys.fingerprints.map(plainFingerprint);
    const verify = (key: Uint8Array) => {
      const shown = hostKeyFingerprint(key);
      if (wanted.includes(plainFingerprint(shown))) return decide(undefined);
      return decide(
        `the host key of ${endpoint(options)} is ${shown}, which is not a configured fingerprint: ` +
          'compare it out of band; if the device has a new key, change the configuration',
      );
    };
    return { knownTypes: hostKeys.types ?? [], verify, refusal: () => refused };
  }
  const known = await readKnownHosts(hostKeys.knownHostsFiles);
  const verify = (key: Uint8Array) => {
    const verdict = checkHostKey(known, host, port, key);
    return decide(verdict.status === 'ok' ? undefined : verdict.message);
  };
  return { knownTypes: knownKeyTypes(known, host, port), verify, refusal: () => refused };
}
