// What the lab needs of the machine: root, network namespaces and the daemons of five Debian packages. Says everything
// that is missing in one sentence, so that a test can be skipped with a clear line.
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { LabError } from './run.ts';

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  iproute2: ['ip'],
  procps: ['sysctl'],
  bird: ['bird', 'bird6'],
  frr: ['/usr/lib/frr/zebra', '/usr/lib/frr/bgpd', 'vtysh'],
  snmpd: ['snmpd'],
  snmp: ['snmpbulkwalk', 'snmpset'],
  'openssh-server': ['/usr/sbin/sshd'],
  'openssh-client': ['ssh-keygen'],
};

async function there(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

async function found(program: string): Promise<boolean> {
  if (program.startsWith('/')) return there(program);
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const hits = await Promise.all(folders.map((folder) => there(join(folder, program))));
  return hits.includes(true);
}

/** FRR's SNMP module lies in a folder of the machine's architecture. */
async function snmpModule(): Promise<boolean> {
  const folders = (await readdir('/usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  const hits = await Promise.all(
    folders.map((name) => there(join('/usr/lib', name, 'frr/modules/bgpd_snmp.so'))),
  );
  return hits.includes(true);
}

/** Why the lab cannot be here, or undefined if it can. */
export async function unavailable(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.getuid?.() !== 0) return 'the lab needs root';
  const missing = await Promise.all(
    Object.entries(PROGRAMS).map(async ([pack, programs]) => {
      const hits = await Promise.all(programs.map(found));
      return hits.includes(false) ? [pack] : [];
    }),
  );
  const packages = [...missing.flat(), ...((await snmpModule()) ? [] : ['frr-snmp'])];
  return packages.length === 0 ? undefined : `the lab needs the Debian packages ${packages.join(' ')}`;
}

export async function preflight(): Promise<void> {
  const reason = await unavailable();
  if (reason !== undefined) throw new LabError(reason);
}
