// SNMPv3 users of the configuration: the User-based Security Model of RFC 3414 (encryption only with authentication,
// passwords of 8 characters or more, section 11.2), protocols of RFC 3826 and RFC 7860. The level follows from the
// passwords given, unless it is given itself; then both must agree.
import { type Snmp3Config, securityLevels } from './config.ts';
import { type Context, report, reportKey } from './context.ts';
import type { ReadSnmpSection } from './snmp.ts';
import type { Path } from './source.ts';

const shortest = 8;

/** Notes passwords that no agent would accept. */
export function checkPasswords(
  context: Context,
  at: Path,
  section: Pick<ReadSnmpSection, 'authPassword' | 'privPassword'>,
): void {
  for (const key of ['authPassword', 'privPassword'] as const) {
    const password = section[key];
    if (!password || password.reveal().length >= shortest) continue;
    report(
      context,
      [...at, key],
      `is shorter than the ${shortest} characters that SNMPv3 asks for (RFC 3414)`,
    );
  }
}

type Own = Omit<ReadSnmpSection, 'lost'>;
type Usm = Pick<
  Snmp3Config,
  'user' | 'level' | 'authProtocol' | 'authPassword' | 'privProtocol' | 'privPassword' | 'context'
>;

interface Given {
  readonly auth: boolean;
  readonly priv: boolean;
}

// 0: nothing, 1: authentication, 2: encryption too; the order of securityLevels.
function checkLevel(context: Context, at: Path, own: Own, strength: number, given: Given): void {
  const needs = (keys: readonly (keyof Own)[], text: string) => {
    const key = keys.find((name) => own[name] !== undefined);
    reportKey(context, key ? [...at, key] : at, `${text}; add it here or under defaults.snmp`);
  };
  if ((strength > 0 || own.authProtocol) && !given.auth) {
    const why =
      strength > 1 ? 'encryption (authPriv) comes only with authentication' : 'it authenticates the user';
    needs(['level', 'authProtocol', 'privPassword'], `needs authPassword beside it: ${why}`);
  } else if ((strength > 1 || own.privProtocol) && !given.priv) {
    needs(['level', 'privProtocol'], 'needs privPassword beside it, to encrypt with');
  }
  const unused =
    own.privPassword && strength < 2
      ? 'privPassword'
      : own.authPassword && strength < 1
        ? 'authPassword'
        : '';
  if (own.level && unused) {
    report(
      context,
      [...at, 'level'],
      `is ${own.level}, so that ${unused} would not be used; raise the level or take the password out`,
    );
  }
}

/** User, level and passwords of a switch; undefined when there is no user (the problem is noted). */
export function resolveUsm(
  context: Context,
  at: Path,
  own: Own,
  merged: Own,
  lost: readonly string[],
): Usm | undefined {
  const { user, authPassword, privPassword } = merged;
  // A password that could not be read is a problem already: here it counts as given.
  const given = {
    auth: authPassword !== undefined || lost.includes('authPassword'),
    priv: privPassword !== undefined || lost.includes('privPassword'),
  };
  const level = merged.level ?? (given.priv ? 'authPriv' : given.auth ? 'authNoPriv' : 'noAuthNoPriv');
  const strength = securityLevels.indexOf(level);
  if (own.community) {
    reportKey(
      context,
      [...at, 'community'],
      'is for SNMP version 2c; version 3 has user and authPassword instead',
    );
  }
  checkLevel(context, at, own, strength, given);
  if (user === undefined) {
    reportKey(context, at, 'needs a user, because its version is 3; add it here or under defaults.snmp');
    return undefined;
  }
  return {
    user,
    level,
    authProtocol: merged.authProtocol ?? 'sha256',
    ...(authPassword && strength > 0 ? { authPassword } : {}),
    privProtocol: merged.privProtocol ?? 'aes',
    ...(privPassword && strength > 1 ? { privPassword } : {}),
    context: merged.context ?? '',
  };
}
