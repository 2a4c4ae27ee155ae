// The ssh section of a switch: defaults merged in, the login complete (ssh-login.ts), and what its driver can do: raise
// rights, show VRFs.
import type { DriverName } from '../collectors/switches/driver-names.ts';
import { drivers } from '../collectors/switches/drivers.ts';
import type { SshConfig } from './config.ts';
import { type Context, reportKey, withSecrets } from './context.ts';
import type { Path } from './source.ts';
import { readJump, readLogin, resolveLogin } from './ssh-login.ts';
import type { SshSection } from './ssh-schema.ts';

/** Resolves the secrets and files of one section as written. */
export function readSshSection(context: Context, at: Path, section: SshSection) {
  const { jump, enable, ...login } = section;
  const read = readLogin(context, at, login);
  const raised = withSecrets(context, at, { enable }, ['enable'] as const);
  return {
    ...read,
    ...(raised.enable && { enable: raised.enable }),
    ...(jump && { jump: readJump(context, [...at, 'jump'], jump) ?? ('broken' as const) }),
  };
}

export type ReadSshSection = ReturnType<typeof readSshSection>;

/** What the driver cannot do of what is asked of it; only of options that the switch has itself. */
function checkDriver(
  context: Context,
  at: Path,
  name: string,
  own: ReadSshSection,
  merged: ReadSshSection,
): void {
  if (name === 'auto') return;
  const driver = drivers[name as DriverName];
  if (own.enable && !driver.enable) {
    reportKey(
      context,
      [...at, 'enable'],
      `is of no use: ${name} has no command for more rights; take it out`,
    );
  }
  if (own.wholeTables && !driver.stream)
    reportKey(context, [...at, 'wholeTables'], `is of no use: ${name} asks for prefixes only; take it out`);
  const { vrfs } = merged;
  if (vrfs === undefined) return;
  const place = own.vrfs === undefined ? at : [...at, 'vrfs'];
  if (!driver.readsVrfs)
    reportKey(context, place, `is of no use: the ${name} driver reads the default VRF only; take it out`);
  else if (vrfs === 'all' && (driver.sessionVrfs ?? 'all') !== 'all')
    reportKey(context, place, `is all, but ${name} shows sessions for one VRF at a time; list their names`);
}

/** The whole configuration of one switch; undefined when something in it is missing (the problem is noted). */
export function resolveSsh(
  context: Context,
  at: Path,
  address: string,
  own: ReadSshSection,
  base: ReadSshSection | undefined,
  usualDriver?: string,
): SshConfig | undefined {
  const merged = { ...base, ...own };
  const driver = merged.driver ?? usualDriver;
  if (driver === undefined) {
    reportKey(
      context,
      at,
      'needs a driver: what the switch speaks, e.g. driver: frr, or driver: auto to find it out',
    );
  } else checkDriver(context, at, driver, own, merged);
  const login = resolveLogin(context, at, address, own, base);
  if (driver === undefined || !login || merged.jump === 'broken') return undefined;
  // From the defaults it is for those whose system has one.
  const raises = merged.enable && (driver === 'auto' || drivers[driver as DriverName].enable);
  return {
    ...login,
    driver,
    ...(raises && merged.enable && { enable: merged.enable }),
    vrfs: merged.vrfs ?? [],
    ...(merged.wholeTables && { wholeTables: true }),
    ...(merged.jump && { jump: merged.jump }),
  };
}

/** The VRF that carries the cluster's routes is asked for, whether `vrfs` lists it or not. `at` is the switch. */
export function withVrf(context: Context, at: Path, ssh: SshConfig, vrf: string): SshConfig {
  const driver = ssh.driver === 'auto' ? undefined : drivers[ssh.driver as DriverName];
  if (driver && !driver.readsVrfs)
    reportKey(
      context,
      [...at, 'vrf'],
      `is ${vrf}, but the ${ssh.driver} driver reads routes of the default VRF only`,
    );
  return ssh.vrfs === 'all' || ssh.vrfs.includes(vrf) ? ssh : { ...ssh, vrfs: [...ssh.vrfs, vrf] };
}
