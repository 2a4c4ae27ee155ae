// The configuration of a switch's other daemons: snmpd (v2c, v3, AgentX master), sshd and its login, and the names of
// users, which `ip netns exec` lays over /etc from /etc/netns/<namespace> (ip-netns(8)), so that the machine itself
// gets no user. snmpd.conf(5), sshd_config(5), passwd(5); pure, writes nothing.
import type { SwitchSpec } from './topology.ts';

/** Passwords of a laboratory without any way in from outside: they are documentation, not secrets. */
export const SNMP_COMMUNITY = 'public';
export const SNMP_USERS = [
  {
    user: 'auditor',
    authProtocol: 'SHA-256',
    authKey: 'lab-auth-pass',
    privProtocol: 'AES',
    privKey: 'lab-priv-pass',
  },
  {
    user: 'auditor-sha1',
    authProtocol: 'SHA',
    authKey: 'lab-auth-pass',
    privProtocol: 'AES',
    privKey: 'lab-priv-pass',
  },
] as const;
export const SSH_USER = 'netops';
export const SSH_PASSWORD = 'lab-netops';
const SSH_PASSWORD_HASH =
  '$6$calicobgplab$Ikyt3yGyXuvasd5jdbPHVvyLwElbOLHDWsJy1KoMoSwH29XlHwOtNsfOJ/9y.1sWaGsvxuERGv2hIo9i2QiJa1';
const SSH_UID = 64009;

/** Community for the cache times alone, and from inside the switch alone: the lab's own SNMP SET. */
export const CACHE_COMMUNITY = 'lab-cache';
/** NET-SNMP-AGENT-MIB::nsCacheTable */
export const CACHE_TABLE = '.1.3.6.1.4.1.8072.1.5';
const AGENTX_SOCKET = 'tcp:127.0.0.1:705';

export function snmpdConfig(device: SwitchSpec, address: string): string {
  return [
    `agentAddress udp:${address}:161,udp:127.0.0.1:161`,
    `sysName ${device.name}`,
    `sysDescr ${device.role} of the laboratory`,
    'sysLocation network namespace',
    `rocommunity ${SNMP_COMMUNITY}`,
    `rwcommunity ${CACHE_COMMUNITY} 127.0.0.1 ${CACHE_TABLE}`,
    ...SNMP_USERS.flatMap((each) => [
      `createUser ${each.user} ${each.authProtocol} "${each.authKey}" ${each.privProtocol} "${each.privKey}"`,
      `rouser ${each.user} authpriv`,
    ]),
    'master agentx',
    `agentXSocket ${AGENTX_SOCKET}`,
    // The default of one second is little on a busy machine: bgpd would be taken for dead, and its objects with it.
    'agentXTimeout 5',
    '',
  ].join('\n');
}

/** Read by bgpd's and zebra's SNMP modules, as `frr.conf` on SNMPCONFPATH. */
export function agentxConfig(): string {
  return [`agentXSocket ${AGENTX_SOCKET}`, 'agentXPingInterval 2', ''].join('\n');
}

export function sshdConfig(folder: string, address: string): string {
  return [
    `ListenAddress ${address}`,
    'Port 22',
    `PidFile ${folder}/sshd.pid`,
    `HostKey ${folder}/ssh_host_ed25519_key`,
    `HostKey ${folder}/ssh_host_rsa_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `AllowUsers ${SSH_USER}`,
    'PubkeyAuthentication yes',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    // Password check against the shadow file above; PAM would want the machine's own sessions.
    'UsePAM no',
    'DisableForwarding yes',
    'PrintMotd no',
    'PrintLastLog no',
    'UseDNS no',
    // Collectors open many sessions at once; the default starts to drop them at ten.
    'MaxStartups 100:30:200',
    'MaxSessions 50',
    '',
  ].join('\n');
}

/**
 * The login shell of the switch's user: sshd calls it with `-c COMMAND` or, for a terminal, with nothing. No shell
 * reads COMMAND, and `-u` lets it show things and change none. What vtysh 8.4 makes of COMMAND, seen through ssh:
 * - Newlines part commands, so one exec asks hundreds of questions ("a\nb\nc"; 1,000 exact prefixes take 0.05 s).
 *   The answers follow each other with nothing between them: JSON documents back to back, `{}` for an absent prefix,
 *   no echo of the command, exit 0.
 * - The first command that is unknown or incomplete ends it: `% Unknown command: …` on stdout, exit 1, and nothing of
 *   what follows. Answers before it have been printed.
 * - On stderr there is `vtysh_pam: Failed in account validation` for anyone but root: Debian's /etc/pam.d/frr has no
 *   account line. It means nothing.
 */
export function loginShell(pathspace: string): string {
  return vtysh(pathspace, '-u ');
}

/**
 * Starts sshd with the switch's name as host name (it is in the prompt), and with a /var/log and a utmp of its own, so
 * that logins in the lab are not in the machine's books. The mount namespace is the one that `ip netns exec` makes, the
 * UTS namespace that of `unshare`: nothing of it is seen outside.
 */
export function sshdStart(device: string, folder: string): string {
  return [
    '#!/bin/sh',
    'set -e',
    `hostname ${device}`,
    `mount --bind ${folder}/var-log /var/log`,
    `if [ -e /run/utmp ]; then mount --bind ${folder}/var-log/utmp /run/utmp; fi`,
    'exec /usr/sbin/sshd "$@"',
    '',
  ].join('\n');
}

/** `vtysh` for the lab itself, with all rights. */
export function operatorShell(pathspace: string): string {
  return vtysh(pathspace, '');
}

function vtysh(pathspace: string, options: string): string {
  return `#!/bin/sh\nVTYSH_HISTFILE=/dev/null VTYSH_PAGER=cat exec /usr/bin/vtysh -N ${pathspace} ${options}"$@"\n`;
}

export interface Accounts {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
}

/** The machine's own accounts with the switch's user added, in the group whose members may talk to FRR's daemons. */
export function withLogin(accounts: Accounts, shell: string): Accounts {
  const joined = (line: string) => (line.endsWith(':') ? line + SSH_USER : `${line},${SSH_USER}`);
  return {
    passwd: `${accounts.passwd.trimEnd()}\n${SSH_USER}:x:${SSH_UID}:65534:laboratory login:/:${shell}\n`,
    group: accounts.group.replace(/^frrvty:.*$/m, joined),
    shadow: `${accounts.shadow.trimEnd()}\n${SSH_USER}:${SSH_PASSWORD_HASH}:19000:0:99999:7:::\n`,
  };
}
