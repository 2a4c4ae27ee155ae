// What every login by SSH must have, to a switch or to a jump host: a user with some way to prove himself, and host keys to
// know the host by (RFC 4251 section 4.1). Without known keys nothing is asked at all: whoever answers in the host's place
// would get its password and could show any routes he likes.
import type { JumpConfig, SshLoginConfig } from './config.ts';
import {
  absolutePath,
  type Context,
  readablePath,
  readTextFile,
  report,
  reportKey,
  withSecrets,
} from './context.ts';
import type { Path } from './source.ts';
import type { JumpSection, SshSection } from './ssh-schema.ts';

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
export function readLogin<T extends Omit<SshSection | JumpSection, 'jump'>>(
  context: Context,
  at: Path,
  section: T,
) {
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

export type ReadLogin = ReturnType<typeof readLogin<Omit<JumpSection, 'jump' | 'host'>>>;

/** What the login leads to, in words. */
const targetOf = (at: Path) =>
  at.at(-1) === 'jump' ? 'host' : String(at[0]).startsWith('node') ? 'node' : 'switch';

/** Which host keys are believed; a problem when there are none, or two kinds. */
function hostKeysOf(
  context: Context,
  at: Path,
  address: string,
  own: ReadLogin,
  base: ReadLogin | undefined,
) {
  // What the switch says itself replaces what the defaults say, whichever of the two it is.
  const { knownHosts, hostKeys } = own.knownHosts || own.hostKeys ? own : { ...base, ...own };
  if (knownHosts && hostKeys) {
    reportKey(context, at, 'has both knownHosts and hostKeys; keep the one that is to be believed');
  } else if (!knownHosts && !hostKeys) {
    const who = targetOf(at);
    reportKey(
      context,
      at,
      `needs knownHosts or hostKeys, to be sure that it is this ${who} that answers; "calico-bgp-exporter trust ${address}" shows its keys`,
    );
  }
  return { knownHosts: knownHosts ?? [], hostKeys: hostKeys ?? [] };
}

/** One login, complete; undefined when it has no user. Every problem is noted. `address` is for the advice. */
export function resolveLogin(
  context: Context,
  at: Path,
  address: string,
  own: ReadLogin,
  base: ReadLogin | undefined,
): SshLoginConfig | undefined {
  const merged = { ...base, ...own };
  const { user, password, privateKeyFile, passphrase } = merged;
  const lost = [...own.lost, ...(base?.lost ?? [])];
  const missing = (text: string) => reportKey(context, at, text);
  const shares = targetOf(at) === 'switch';
  if (user === undefined) missing(`needs a user${shares ? '; add it here or under defaults.ssh' : ''}`);
  if (!password && privateKeyFile === undefined && !merged.agent && !lost.includes('password')) {
    missing('needs a way to log in: one of privateKeyFile, password and agent');
  }
  if ((passphrase || lost.includes('passphrase')) && privateKeyFile === undefined) {
    missing('has a passphrase, but no privateKeyFile that it could open');
  }
  const keys = hostKeysOf(context, at, address, own, base);
  if (user === undefined) return undefined;
  return {
    port: merged.port ?? 22,
    user,
    ...(password && { password }),
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(passphrase && { passphrase }),
    ...(merged.agent && context.env.SSH_AUTH_SOCK ? { agent: context.env.SSH_AUTH_SOCK } : {}),
    ...keys,
    legacyAlgorithms: merged.legacyAlgorithms ?? false,
  };
}

/** A jump host with the one in front of it; undefined when something is missing (the problem is noted). */
export function readJump(context: Context, at: Path, section: JumpSection): JumpConfig | undefined {
  const { host, jump, ...login } = section;
  const own = resolveLogin(context, at, host, readLogin(context, at, login), undefined);
  const before = jump && readJump(context, [...at, 'jump'], jump);
  if (!own || (jump && !before)) return undefined;
  return { host, ...own, ...(before && { jump: before }) };
}
