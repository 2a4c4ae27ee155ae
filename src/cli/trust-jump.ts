// The way of `trust` to switches behind jump hosts. A jump host is logged in to, so its key must be known before: from the
// known_hosts file, or vouched for with --jump-key. Otherwise nothing is sent to it, and its keys are shown for comparison.
import { readFile } from 'node:fs/promises';
import { checkHostKey, parseKnownHosts } from '../transport/known-hosts.ts';
import { plainFingerprint } from '../transport/ssh-host-key.ts';
import { type JumpGateway, sshGateway } from '../transport/ssh-jump.ts';
import { endpoint, type HostKeys, type SshGateway } from '../transport/ssh-options.ts';
import { type ShownHostKey, trustHost } from '../transport/ssh-trust.ts';
import { CannotRun, flagValue, flagValues, type Invocation, type Io, UsageError } from './command.ts';
import { type JumpTarget, jumpTargets } from './ssh-target.ts';

/** The way to the switches, open until `close`. */
export interface JumpWay {
  readonly gateway: SshGateway;
  /** Keys that --jump-key vouches for: to be shown and recorded, too. */
  readonly vouched: readonly { readonly host: string; readonly keys: readonly ShownHostKey[] }[];
  close(): void;
}

export interface TrustLimits {
  readonly timeoutMs: number;
  readonly legacyAlgorithms: boolean;
  readonly signal: AbortSignal;
}

async function textOf(flag: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CannotRun(`--${flag}: ${file} cannot be read (${error.code})`);
  });
}

async function credentials(invocation: Invocation, env: NodeJS.ProcessEnv) {
  const identity = flagValue(invocation, 'jump-identity');
  const passwordFile = flagValue(invocation, 'jump-password-file');
  const agentSocket = env.SSH_AUTH_SOCK;
  if (identity === undefined && passwordFile === undefined && !agentSocket)
    throw new UsageError(
      'the jump host needs a login: --jump-identity FILE, --jump-password-file FILE or an SSH agent (SSH_AUTH_SOCK)',
    );
  return {
    ...(identity !== undefined && { privateKey: await textOf('jump-identity', identity) }),
    ...(passwordFile !== undefined && {
      password: (await textOf('jump-password-file', passwordFile)).replace(/\r?\n$/, ''),
    }),
    ...(agentSocket && { agentSocket }),
  };
}

/** What the file already says of a key that somebody vouches for now: a changed or revoked one stays refused. */
async function refuseContradiction(file: string | undefined, hop: JumpTarget, key: ShownHostKey) {
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const bytes = Buffer.from(key.line.split(' ')[2] ?? '', 'base64');
  const verdict = checkHostKey(parseKnownHosts(text, file), hop.host, hop.port ?? 22, bytes);
  if (verdict.status === 'changed' || verdict.status === 'revoked') throw new CannotRun(verdict.message);
}

/** The keys that one jump host shows and the person vouches for. */
async function vouchedKeys(
  hop: JumpTarget,
  fingerprints: readonly string[],
  shown: readonly ShownHostKey[],
): Promise<ShownHostKey[]> {
  const wanted = fingerprints.map(plainFingerprint);
  const keys = shown.filter(({ fingerprint }) => wanted.includes(plainFingerprint(fingerprint)));
  if (keys.length > 0) return keys;
  const list = shown.map(({ type, fingerprint }) => `\n  ${type} ${fingerprint}`).join('');
  const none =
    fingerprints.length > 0
      ? 'none of its keys has a fingerprint given with --jump-key'
      : 'its key is not known';
  throw new CannotRun(
    `the jump host ${endpoint(hop)} is not logged in to: ${none}. It shows${list || ' no key that could be used'}\n` +
      'Compare with its console, then give the right one with --jump-key, or name a --known-hosts file that has it.',
  );
}

/** Opens the way through the hosts of --jump; undefined without that flag. Throws UsageError and CannotRun, rejects with SshError. */
export async function jumpWay(
  invocation: Invocation,
  io: Pick<Io, 'env'>,
  limits: TrustLimits,
): Promise<JumpWay | undefined> {
  const text = flagValue(invocation, 'jump');
  const fingerprints = flagValues(invocation, 'jump-key');
  if (text === undefined) {
    const alone = ['jump-key', 'jump-identity', 'jump-password-file'].find((flag) => invocation.values[flag]);
    if (alone !== undefined) throw new UsageError(`--${alone} goes with --jump only`);
    return undefined;
  }
  const hops = jumpTargets(text);
  const login = await credentials(invocation, io.env);
  const file = flagValue(invocation, 'known-hosts');
  const held: (() => void)[] = [];
  const close = () => {
    for (const release of held.toReversed()) release();
  };
  const vouched: { host: string; keys: ShownHostKey[] }[] = [];
  let gateway: JumpGateway | undefined;
  try {
    for (const hop of hops) {
      const before = gateway && { gateway };
      let hostKeys: HostKeys;
      if (file !== undefined && fingerprints.length === 0) hostKeys = { knownHostsFiles: [file] };
      else {
        const keys = await vouchedKeys(hop, fingerprints, await trustHost({ ...hop, ...before, ...limits }));
        for (const key of keys) await refuseContradiction(file, hop, key);
        vouched.push({ host: endpoint(hop), keys });
        const types = keys.map(({ type }) => type);
        hostKeys = { fingerprints: keys.map(({ fingerprint }) => fingerprint), types };
      }
      const { timeoutMs: readyTimeoutMs, legacyAlgorithms } = limits;
      gateway = sshGateway({ ...hop, ...before, ...login, hostKeys, legacyAlgorithms, readyTimeoutMs });
      // One login for all keys of all that lies behind it.
      held.push(gateway.hold());
    }
  } catch (error) {
    close();
    throw error;
  }
  return gateway && { gateway, vouched, close };
}
