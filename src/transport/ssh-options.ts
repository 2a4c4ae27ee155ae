// How to reach one device by SSH, and which algorithms to offer it. Host keys are always verified: there is no value
// of these options that switches it off. Old algorithms (RFC 9142 "SHOULD NOT" and below) are offered only to a device
// that asks for it, by appending them to ssh2's default lists.
import type { Duplex } from 'node:stream';
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';
import type { Deadline } from './ssh-deadline.ts';

/** Reaches hosts that lie behind another one. */
export interface SshGateway {
  /** A byte stream to `host:port`. Rejects with SshError. */
  open(host: string, port: number, limit: Deadline): Promise<Duplex>;
}

/**
 * How the server's key is verified. Fingerprints are `SHA256:…` as `ssh-keygen -lf` prints them; `types`: the key types to ask
 * for first, where they are known.
 */
export type HostKeys =
  | { readonly knownHostsFiles: readonly string[] }
  | { readonly fingerprints: readonly string[]; readonly types?: readonly string[] };

export interface SshOptions {
  /** Name or address, without brackets. */
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  readonly username: string;
  /** Also answers keyboard-interactive prompts. */
  readonly password?: string;
  /** Text of the key file (OpenSSH, PEM or PuTTY format). */
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** Path of an agent's socket, usually the value of SSH_AUTH_SOCK. */
  readonly agentSocket?: string;
  readonly hostKeys: HostKeys;
  /** Where the device is reached through a jump host: ssh-jump.ts. */
  readonly gateway?: SshGateway;
  /** Offer this device algorithms that are off by default. */
  readonly legacyAlgorithms?: boolean;
  /** From the first packet to the login; default 15,000. */
  readonly readyTimeoutMs?: number;
  /** Between keepalive requests on an idle connection; three unanswered ones end it. Default 15,000; 0 for none. */
  readonly keepaliveMs?: number;
}

export const defaultReadyTimeoutMs = 15_000;
export const defaultKeepaliveMs = 15_000;

/** `host:port` for messages, IPv6 in brackets. */
export function endpoint(options: Pick<SshOptions, 'host' | 'port'>): string {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return `${host}:${options.port ?? 22}`;
}

/** Signature algorithms that prove possession of a key of this type (RFC 8332 for RSA), best first. */
const algorithmsOfType: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
  'ssh-dss': ['ssh-dss'],
};

/** Key types that can be asked for, in order of preference; `ssh-dss` only with legacy algorithms. */
export const keyTypes: readonly string[] = Object.keys(algorithmsOfType).filter((type) => type !== 'ssh-dss');

/** Host key algorithms to offer: those of the known key types first, as OpenSSH does, then the rest. */
export function hostKeyAlgorithms(known: readonly string[], legacy: boolean): ServerHostKeyAlgorithm[] {
  const types = legacy ? [...keyTypes, 'ssh-dss'] : keyTypes;
  const ordered = [...known.filter((type) => types.includes(type)), ...types];
  return [...new Set(ordered.flatMap((type) => algorithmsOfType[type] ?? []))];
}

/** The algorithms to offer to one device. */
export function offeredAlgorithms(knownTypes: readonly string[], legacy: boolean): Algorithms {
  const serverHostKey = hostKeyAlgorithms(knownTypes, legacy);
  if (!legacy) return { serverHostKey };
  const append = <T>(...names: T[]) => ({ append: names, prepend: [], remove: [] });
  return {
    serverHostKey,
    kex: append(
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group1-sha1',
    ),
    cipher: append('aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'),
    hmac: append('hmac-sha1-96', 'hmac-md5'),
  };
}
