// The ssh section of a switch: defaults merged in; a user with some way to prove himself; and host keys to know the
// switch by (RFC 4251 section 4.1). Without known keys nothing is asked at all: whoever answers in the switch's place
// would get its password and could show any routes he likes.
import type { SshConfig } from './config.ts';
import {
  absolutePath,
  type Context,
  readablePath,
  readTextFile,
  report,
  reportKey,
  withSecrets,
} from './context.ts';
import type { SshSection } from './schema.ts';
import type { Path } from './source.ts';

/** The absolute path of a private key; a problem when it is none. The key itself is read by whoever logs in. */
function keyFile(context: Context, at: Path, path: string): string {
  const file = absolutePath(context, path);
  const text = readTextFile(context, at, file);
  if (text !== undefined && !/PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(text)) {
    const isPublic = /^(?:ssh|ecdsa|sk)-/.test(text);
    report(
      context,
      at,
      `names ${file}, which ${isPublic ? 'holds a public key; name the private one' : 'holds no private key'}`,
    );
  }
  return file;
}

/** Resolves the secrets and files of one section as written. */
export function readSshSection(context: Context, at: Path, section: SshSection) {
  const resolved = withSecrets(context, at, section, ['password', 'passphrase'] as const);
  const { privateKeyFile, knownHosts } = section;
  if (section.agent && !context.env.SSH_AUTH_SOCK) {
    report(
      context,
      [...at, 'agent'],
      'is true, but SSH_AUTH_SOCK is not set; start an SSH agent, or name a privateKeyFile',
    );
  }
  return {
    ...resolved,
    ...(privateKeyFile !== undefined && {
      privateKeyFile: keyFile(context, [...at, 'privateKeyFile'], privateKeyFile),
    }),
    ...(knownHosts && {
      knownHosts: knownHosts.map((file, i) => readablePath(context, [...at, 'knownHosts', i], file, 'file')),
    }),
  };
}

export type ReadSshSection = ReturnType<typeof readSshSection>;

/** The whole configuration of one switch; undefined when something in it is missing (the problem is noted). */
export function resolveSsh(
  context: Context,
  at: Path,
  address: string,
  own: ReadSshSection,
  base: ReadSshSection | undefined,
): SshConfig | undefined {
  const merged = { ...base, ...own };
  const { driver, user, password, privateKeyFile, passphrase } = merged;
  const lost = [...own.lost, ...(base?.lost ?? [])];
  const missing = (text: string) => reportKey(context, at, text);
  if (driver === undefined) missing('needs a driver: what the switch speaks, e.g. driver: frr');
  if (user === undefined) missing('needs a user; add it here or under defaults.ssh');
  if (!password && privateKeyFile === undefined && !merged.agent && !lost.includes('password')) {
    missing('needs a way to log in: one of privateKeyFile, password and agent');
  }
  if ((passphrase || lost.includes('passphrase')) && privateKeyFile === undefined) {
    missing('has a passphrase, but no privateKeyFile that it could open');
  }
  // What the switch says itself replaces what the defaults say, whichever of the two it is.
  const { knownHosts, hostKeys } = own.knownHosts || own.hostKeys ? own : merged;
  if (knownHosts && hostKeys) {
    missing('has both knownHosts and hostKeys; keep the one that is to be believed');
  } else if (!knownHosts && !hostKeys) {
    missing(
      `needs knownHosts or hostKeys, to be sure that it is this switch that answers; "calico-bgp-exporter trust ${address}" shows its keys`,
    );
  }
  if (driver === undefined || user === undefined) return undefined;
  return {
    driver,
    port: merged.port ?? 22,
    user,
    ...(password && { password }),
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(passphrase && { passphrase }),
    ...(merged.agent && context.env.SSH_AUTH_SOCK ? { agent: context.env.SSH_AUTH_SOCK } : {}),
    knownHosts: knownHosts ?? [],
    hostKeys: hostKeys ?? [],
    legacyAlgorithms: merged.legacyAlgorithms ?? false,
  };
}
