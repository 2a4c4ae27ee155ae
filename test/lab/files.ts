// Writes what the daemons read: a folder for each device under the lab's folder, FRR's folders, the accounts of each
// switch, SSH keys, and the files for the users of the lab: lab.json, objects.yaml, known_hosts, id_ed25519.
import { appendFile, chmod, chown, mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { birdFiles } from './bird-config.ts';
import { bgpdConfig, zebraConfig } from './frr-config.ts';
import { objects } from './objects.ts';
import { type ActiveFault, overridesOf } from './overrides.ts';
import { type RunOptions, run, together } from './run.ts';
import {
  describe,
  folderOf,
  frrFolders,
  LABS,
  type LabState,
  labFolder,
  netnsOf,
  put,
  socketOf,
} from './state.ts';
import {
  agentxConfig,
  loginShell,
  operatorShell,
  snmpdConfig,
  sshdConfig,
  sshdStart,
  withLogin,
} from './switch-config.ts';
import { managementAddress, type NodeSpec, nodeFamilies, OBSERVER, type SwitchSpec } from './topology.ts';

/** Folders that a package or the boot makes, and that may be missing in a container. */
const SHARED = ['/run/sshd', '/etc/netns', LABS];
/** Which of them the lab had to make: they go away with the last lab. */
const MADE = '.made';

async function ids(user: string): Promise<[number, number]> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const [, , uid, gid] =
    passwd
      .split('\n')
      .find((line) => line.startsWith(`${user}:`))
      ?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`no user ${user}: is the package installed?`);
  return [Number(uid), Number(gid)];
}

export async function writeNode(
  lab: LabState,
  node: NodeSpec,
  faults: readonly ActiveFault[],
): Promise<void> {
  const folder = folderOf(lab, node.name);
  const files = birdFiles(lab.topology, node, folder, overridesOf(node, faults));
  await Promise.all(Object.entries(files).map(([name, text]) => put(join(folder, name), text)));
  for (const afi of nodeFamilies(node)) {
    const client = afi === 'ipv4' ? 'birdc' : 'birdc6';
    const script = `#!/bin/sh\nexec /usr/sbin/${client} -s ${socketOf(lab, node.name, afi)} "$@"\n`;
    await put(join(folder, 'bin', client), script, 0o755);
  }
}

async function writeFrr(lab: LabState, device: SwitchSpec): Promise<void> {
  const { config, run: runFolder } = frrFolders(lab, device.name);
  const [uid, gid] = await ids('frr');
  const log = (name: string) => join(runFolder, `${name}.log`);
  await mkdir(runFolder, { recursive: true });
  await put(join(config, 'zebra.conf'), zebraConfig(device, log('zebra')));
  await put(join(config, 'bgpd.conf'), bgpdConfig(lab.topology, device, log('bgpd')));
  await put(join(config, 'vtysh.conf'), `no service integrated-vtysh-config\nhostname ${device.name}\n`);
  for (const folder of [config, runFolder, join(folderOf(lab, device.name), 'agentx-state')]) {
    await mkdir(folder, { recursive: true });
    await chown(folder, uid, gid);
  }
}

async function writeAccounts(lab: LabState, device: SwitchSpec, shell: string): Promise<void> {
  const read = (name: string) => readFile(join('/etc', name), 'utf8');
  const own = { passwd: await read('passwd'), group: await read('group'), shadow: await read('shadow') };
  const accounts = withLogin(own, shell);
  const folder = join('/etc/netns', netnsOf(lab, device.name));
  await put(join(folder, 'passwd'), accounts.passwd);
  await put(join(folder, 'group'), accounts.group);
  await put(join(folder, 'shadow'), accounts.shadow, 0o600);
}

async function writeSwitch(lab: LabState, device: SwitchSpec): Promise<void> {
  const folder = folderOf(lab, device.name);
  const address = managementAddress(lab.topology, device.name);
  const pathspace = netnsOf(lab, device.name);
  const shell = join(folder, 'login');
  await writeFrr(lab, device);
  await writeAccounts(lab, device, shell);
  await put(shell, loginShell(pathspace), 0o755);
  await put(join(folder, 'bin', 'vtysh'), operatorShell(pathspace), 0o755);
  await put(join(folder, 'agentx', 'frr.conf'), agentxConfig());
  await put(join(folder, 'snmpd.conf'), snmpdConfig(device, address), 0o600);
  await put(join(folder, 'sshd_config'), sshdConfig(folder, address));
  await put(join(folder, 'start-sshd'), sshdStart(device.name, folder), 0o755);
  await put(join(folder, 'var-log', 'utmp'), '');
}

async function keyPair(
  file: string,
  type: readonly string[],
  comment: string,
  options: RunOptions,
): Promise<string> {
  await run(['ssh-keygen', '-q', '-t', ...type, '-N', '', '-C', comment, '-f', file], options);
  return readFile(`${file}.pub`, 'utf8');
}

/** Host keys for the switches, one key for the client; tells the world about both. */
async function writeKeys(lab: LabState, options: RunOptions): Promise<void> {
  const folder = labFolder(lab.name);
  const client = await keyPair(join(folder, 'id_ed25519'), ['ed25519'], 'laboratory', options);
  const known = await Promise.all(
    lab.topology.switches.map(async ({ name }) => {
      const own = { ...options, device: name };
      const file = (type: string) => join(folderOf(lab, name), `ssh_host_${type}_key`);
      const address = managementAddress(lab.topology, name);
      await put(join(folderOf(lab, name), 'authorized_keys'), client);
      const keys = await Promise.all([
        keyPair(file('ed25519'), ['ed25519'], name, own),
        keyPair(file('rsa'), ['rsa', '-b', '2048'], name, own),
      ]);
      return keys.map((key) => `${address} ${key.split(' ').slice(0, 2).join(' ')}\n`).join('');
    }),
  );
  await put(join(folder, 'known_hosts'), known.join(''));
}

/** Writes every file of a lab that is about to be brought up. */
export async function writeAll(lab: LabState, options: RunOptions): Promise<void> {
  const { topology } = lab;
  const folder = labFolder(lab.name);
  const made = await Promise.all(SHARED.map((each) => mkdir(each, { recursive: true })));
  await appendFile(join(LABS, MADE), made.map((path) => `${path ?? ''}\n`).join(''));
  await put(join(folder, 'topology.json'), JSON.stringify(topology, undefined, 1));
  await mkdir(join(folder, OBSERVER), { recursive: true });
  await together([
    put(join(folder, 'lab.json'), `${JSON.stringify(describe(lab), undefined, 2)}\n`),
    put(
      join(folder, 'objects.yaml'),
      objects(topology)
        .map((object) => `---\n${stringify(object)}`)
        .join(''),
    ),
    ...topology.nodes.map((node) => writeNode(lab, node, [])),
    ...topology.switches.map((device) => writeSwitch(lab, device)),
  ]);
  await writeKeys(lab, options);
  await chmod(folder, 0o755);
}

/** Removes every file of a lab. */
export async function removeAll(lab: LabState): Promise<void> {
  const folders = lab.topology.switches.flatMap(({ name }) => {
    const { config, run: runFolder } = frrFolders(lab, name);
    return [config, runFolder, join('/etc/netns', netnsOf(lab, name))];
  });
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
  // Last, for it says what the lab is made of: a removal that was interrupted can be done again.
  await rm(labFolder(lab.name), { recursive: true, force: true });
}

/** After the last lab: removes the shared folders that the first one had to make. Folders in use stay. */
export async function tidy(): Promise<void> {
  const labs = await readdir(LABS).catch(() => []);
  if (labs.some((name) => name !== MADE)) return;
  const made = (await readFile(join(LABS, MADE), 'utf8').catch(() => '')).split('\n');
  await rm(join(LABS, MADE), { force: true });
  for (const folder of SHARED.filter((each) => each === LABS || made.includes(each))) {
    await rmdir(folder).catch(() => undefined);
  }
  // FRR makes it when it starts, for its crash logs; a folder that is in use is not empty.
  await rmdir('/var/tmp/frr').catch(() => undefined);
}
