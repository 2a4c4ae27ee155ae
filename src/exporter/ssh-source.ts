// From the ssh section of a switch to its collector: secrets revealed, keys read, jump hosts shared by all who go through
// them, the driver taken from the table or found out.
import { readFileSync } from 'node:fs';
import { autoCollector } from '../collectors/switches/auto.ts';
import type { DriverName } from '../collectors/switches/driver-names.ts';
import { drivers } from '../collectors/switches/drivers.ts';
import type { SnmpSystemOptions } from '../collectors/switches/snmp-identity.ts';
import { sshCollector } from '../collectors/switches/ssh.ts';
import type { JumpConfig, SshConfig, SshLoginConfig } from '../config/config.ts';
import type { Collector } from '../model/collector.ts';
import { sshGateway } from '../transport/ssh-jump.ts';
import type { SshGateway, SshOptions } from '../transport/ssh-options.ts';

/** Most bytes of one command's answer: 50 MB is more than any pool's routes. Whole tables (wholeTables) have a bound of their own. */
const maxOutputBytes = 50_000_000;

/** One gateway for each jump host, however many devices lie behind it. */
export type Gateways = Map<string, SshGateway>;

/** How a host is reached; jump hosts are shared by all who go through them. */
export function optionsOf(
  host: string,
  login: SshLoginConfig,
  timeoutMs: number,
  gateways: Gateways,
): SshOptions {
  return {
    host,
    port: login.port,
    username: login.user,
    hostKeys:
      login.hostKeys.length > 0 ? { fingerprints: login.hostKeys } : { knownHostsFiles: login.knownHosts },
    legacyAlgorithms: login.legacyAlgorithms,
    readyTimeoutMs: timeoutMs,
    ...(login.password ? { password: login.password.reveal() } : {}),
    ...(login.privateKeyFile === undefined ? {} : { privateKey: readFileSync(login.privateKeyFile, 'utf8') }),
    ...(login.passphrase ? { passphrase: login.passphrase.reveal() } : {}),
    ...(login.agent === undefined ? {} : { agentSocket: login.agent }),
    ...(login.jump && { gateway: gatewayOf(login.jump, timeoutMs, gateways) }),
  };
}

function gatewayOf(jump: JumpConfig, timeoutMs: number, gateways: Gateways): SshGateway {
  const options = optionsOf(jump.host, jump, timeoutMs, gateways);
  const before = jump.jump ? chainOf(jump.jump) : '';
  const { gateway: _, ...own } = options;
  const key = JSON.stringify([before, own]);
  const known = gateways.get(key) ?? sshGateway(options);
  gateways.set(key, known);
  return known;
}

const chainOf = ({ user, host, port, jump }: JumpConfig): string =>
  `${jump ? `${chainOf(jump)} ` : ''}${user}@${host}:${port}`;

/** The switch by SSH. `snmp` helps to find out its driver. */
export function sshSource(
  { name, address, timeout }: { readonly name: string; readonly address: string; readonly timeout: number },
  ssh: SshConfig,
  gateways: Gateways,
  now: () => number,
  snmp?: SnmpSystemOptions,
): Collector {
  const options = {
    device: name,
    connection: optionsOf(address, ssh, timeout, gateways),
    vrfs: ssh.vrfs,
    commandTimeoutMs: timeout,
    maxOutputBytes,
    now,
    ...(ssh.wholeTables && { wholeTables: true }),
    ...(ssh.enable && { enableSecret: ssh.enable.reveal() }),
  };
  if (ssh.driver === 'auto') return autoCollector({ ...options, ...(snmp && { snmp }) });
  return sshCollector({ ...options, driver: drivers[ssh.driver as DriverName] });
}
