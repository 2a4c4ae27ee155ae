// The snmp section of a switch: defaults merged in, and what belongs to version 2c (RFC 1901) kept apart from what
// belongs to version 3 (usm.ts). An option of the wrong version is a problem where it was written, and is passed over
// where it came from the defaults: one switch may well differ from the rest.
import type { SnmpConfig, SnmpVrfConfig } from './config.ts';
import { type Context, reportKey, withSecrets } from './context.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { SnmpSection } from './schema.ts';
import type { Path } from './source.ts';
import { checkPasswords, resolveUsm } from './usm.ts';

const secrets = ['community', 'authPassword', 'privPassword'] as const;
const version3 = [
  'user',
  'level',
  'authProtocol',
  'authPassword',
  'privProtocol',
  'privPassword',
  'context',
] as const;

/** Resolves the secrets of one section as written and checks what can be checked without the rest. */
export function readSnmpSection(context: Context, at: Path, section: SnmpSection) {
  const resolved = withSecrets(context, at, section, secrets);
  checkPasswords(context, at, resolved);
  const { vrfs: _, ...rest } = resolved;
  const vrfs = section.vrfs?.map((vrf, i) => withSecrets(context, [...at, 'vrfs', i], vrf, ['community']));
  return { ...rest, ...(vrfs && { vrfs }) };
}

export type ReadSnmpSection = ReturnType<typeof readSnmpSection>;

function resolveVrfs(
  context: Context,
  at: Path,
  own: ReadSnmpSection,
  merged: Omit<ReadSnmpSection, 'lost'>,
): readonly SnmpVrfConfig[] {
  const vrfs = merged.vrfs ?? [];
  const isVersion3 = String(merged.version ?? '2c') === '3';
  const wrong = isVersion3 ? 'community' : 'context';
  for (const [i, vrf] of vrfs.entries()) {
    const place = own.vrfs ? [...at, 'vrfs', i] : at;
    if (vrf.name === 'default')
      reportKey(context, [...place, 'name'], 'is the VRF that is read without a context');
    if (vrfs.findIndex(({ name }) => name === vrf.name) < i)
      reportKey(context, [...place, 'name'], `"${vrf.name}" stands twice in this list; keep one`);
    if (own.vrfs && vrf[wrong] !== undefined) {
      const right = isVersion3
        ? 'is for SNMP versions 1 and 2c; in version 3 a context leads to a VRF'
        : 'is for SNMP version 3; in versions 1 and 2c a community leads to a VRF';
      reportKey(context, [...place, wrong], right);
    }
  }
  return vrfs.map(({ name, context: named, community }) => ({
    name,
    ...(isVersion3 && { context: named ?? name }),
    ...(!isVersion3 && community && { community }),
  }));
}

/** What holds for every version, with its defaults. */
function limitsOf(section: Omit<ReadSnmpSection, 'lost'>) {
  const { port = 161, maxRepetitions = 25, maxRows = 500_000, paths = false } = section;
  return { port, maxRepetitions, maxRows, paths };
}

/** The whole configuration of one switch; undefined when something in it is missing (the problem is noted). */
export function resolveSnmp(
  context: Context,
  at: Path,
  own: ReadSnmpSection,
  base: ReadSnmpSection | undefined,
  deviceTimeout: number,
): SnmpConfig | undefined {
  const merged = { ...base, ...own };
  const lost = [...own.lost, ...(base?.lost ?? [])];
  const retries = merged.retries ?? 1;
  // One question with all its retries fits into the time for a whole reading, or the reading never says why it failed.
  const room = deviceTimeout / (retries + 1);
  const timeout =
    merged.timeout === undefined ? Math.min(2000, Math.floor(room)) : (parseDuration(merged.timeout) ?? 2000);
  if (timeout > room) {
    const key = own.timeout !== undefined ? 'timeout' : own.retries !== undefined ? 'retries' : undefined;
    const longest = formatDuration(timeout * (retries + 1));
    reportKey(
      context,
      key ? [...at, key] : at,
      `lets one question take ${longest} (${formatDuration(timeout)}, ${retries} retries), longer than the ${formatDuration(deviceTimeout)} that the whole reading may take; lower it, or raise the timeout of the reading`,
    );
  }
  const transport = { ...limitsOf(merged), timeout, retries, vrfs: resolveVrfs(context, at, own, merged) };
  const version = String(merged.version ?? '2c');
  if (version === '3') {
    const usm = resolveUsm(context, at, own, merged, lost);
    return usm && { version: '3', ...usm, ...transport };
  }
  for (const key of version3) {
    if (own[key] === undefined) continue;
    reportKey(context, [...at, key], 'is for SNMP version 3; add "version: 3", or take the line out');
    return undefined;
  }
  if (!merged.community) {
    if (!lost.includes('community')) {
      reportKey(
        context,
        at,
        'needs a community; write it as community: {env: NAME} or {file: PATH}, here or under defaults.snmp',
      );
    }
    return undefined;
  }
  return { version: version === '1' ? '1' : '2c', community: merged.community, ...transport };
}
