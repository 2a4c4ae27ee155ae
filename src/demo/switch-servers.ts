// Who speaks what among the demo's switches, with the entry of each in the configuration: SNMP v2c with a community, SNMP
// v3 with authentication and privacy, SSH to FRR's vtysh or to the shell of a vendor's command line. Secrets are random at each start, addresses are loopback's.
// The configuration's form is config/'s schema; this room may not import it.
import { randomBytes } from 'node:crypto';
import { comwareManners, comwareReply } from './comware-replies.ts';
import { frrReply } from './frr-replies.ts';
import { nxosManners, nxosReply } from './nxos-replies.ts';
import { type SnmpAccess, startSnmpAgent } from './snmp-agent.ts';
import { type SshSystem, startSshServer } from './ssh-server.ts';
import type { SwitchView } from './switch-view.ts';
import type { PlainData } from './yaml.ts';

export interface SwitchServer {
  /** The switch's entry in the configuration. */
  readonly entry: PlainData;
  stop(): Promise<void>;
}

const user = 'demo';

const secret = () => randomBytes(12).toString('hex');

function entryOf(name: string, view: SwitchView, access: { readonly [key: string]: PlainData }): PlainData {
  const own = new Set(view.state.sessions.map((end) => end.localAddress));
  return { name, address: '127.0.0.1', bgpAddresses: [...own], ...access };
}

/** A switch that answers SNMP v2c. */
export async function startV2cSwitch(name: string, view: () => SwitchView): Promise<SwitchServer> {
  const access: SnmpAccess = { version: '2c', community: secret() };
  const { port, stop } = await startSnmpAgent(access, view);
  return { entry: entryOf(name, view(), { snmp: { ...access, port } }), stop };
}

/** A switch that answers SNMP v3, authPriv with SHA-256 and AES-128. */
export async function startV3Switch(name: string, view: () => SwitchView): Promise<SwitchServer> {
  const passwords = { authPassword: secret(), privPassword: secret() };
  const { port, stop } = await startSnmpAgent({ version: '3', user, ...passwords }, view);
  const snmp = { version: 3, user, authProtocol: 'sha256', privProtocol: 'aes', ...passwords, port };
  return { entry: entryOf(name, view(), { snmp }), stop };
}

const systems = {
  frr: (_name: string, view: () => SwitchView): SshSystem => ({
    ident: 'demo-fabric',
    exec: (command) => frrReply(view(), command),
  }),
  'h3c-comware': (name: string, view: () => SwitchView): SshSystem => ({
    ident: 'Comware-7.1.070',
    manners: comwareManners(name),
    reply: (command) => comwareReply(view(), command),
  }),
  'cisco-nxos': (name: string, view: () => SwitchView): SshSystem => ({
    ident: 'OpenSSH_8.3',
    manners: nxosManners(name),
    reply: (command) => nxosReply(view(), command),
  }),
} as const;

/** Systems that a demo switch can run, by the names of their drivers. */
export type DemoSystem = keyof typeof systems;
export const demoSystems = Object.keys(systems) as readonly DemoSystem[];

/** A switch that runs this system and answers SSH. */
export async function startSshSwitch(
  name: string,
  view: () => SwitchView,
  driver: DemoSystem,
): Promise<SwitchServer> {
  const password = secret();
  const { port, hostKey, stop } = await startSshServer({
    user,
    password,
    silent: () => view().state.silent,
    system: systems[driver](name, view),
  });
  const ssh = { driver, port, user, password, hostKeys: [hostKey] };
  return { entry: entryOf(name, view(), { ssh }), stop };
}
