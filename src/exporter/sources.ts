// From the configuration to what is polled: every device with its collectors, the preferred one first.

import { readFileSync } from 'node:fs';
import { agentCollector } from '../collectors/nodes/agent.ts';
import { birdSocketCollector } from '../collectors/nodes/bird-socket.ts';
import { type DriverName, drivers } from '../collectors/switches/drivers.ts';
import { snmpCollector } from '../collectors/switches/snmp.ts';
import { sshCollector } from '../collectors/switches/ssh.ts';
import type {
  Config,
  NodeConfig,
  SnmpConfig,
  SnmpVrfConfig,
  SshConfig,
  SwitchConfig,
} from '../config/config.ts';
import type { Collector } from '../model/collector.ts';
import type { Device } from '../model/snapshot.ts';
import type { SnmpCredentials } from '../transport/snmp.ts';
import type { Source } from './poller.ts';

export interface DeviceSources {
  readonly device: Device;
  /** In the order of preference. */
  readonly sources: readonly Source[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Most bytes of one command's answer: 50 MB is a full Internet table in JSON and more than any pool's routes. */
const maxOutputBytes = 50_000_000;

/** The credentials of the default context, or of a VRF's. */
function credentialsOf(config: SnmpConfig, vrf?: SnmpVrfConfig): SnmpCredentials {
  if (config.version !== '3') {
    const own = config.community.reveal();
    const community = vrf ? (vrf.community?.reveal() ?? `${own}@${vrf.name}`) : own;
    return { version: config.version, community };
  }
  const context = vrf?.context ?? config.context;
  const { user, level, authProtocol, privProtocol } = config;
  const common = { version: '3' as const, user, context };
  const authPassword = config.authPassword?.reveal() ?? '';
  if (level === 'noAuthNoPriv') return { ...common, level };
  if (level === 'authNoPriv') return { ...common, level, authProtocol, authPassword };
  const privPassword = config.privPassword?.reveal() ?? '';
  return { ...common, level, authProtocol, authPassword, privProtocol, privPassword };
}

function snmpSource(config: SwitchConfig, snmp: SnmpConfig, now: () => number): Collector {
  const { name, address } = config;
  const { port, timeout, retries, maxRepetitions, maxRows, paths, vrfs } = snmp;
  const credentials = credentialsOf(snmp);
  return snmpCollector({
    device: name,
    host: address,
    port,
    credentials,
    timeoutMs: timeout,
    retries,
    maxRepetitions,
    maxRows,
    paths,
    vrfs: vrfs.map((vrf) => ({ name: vrf.name, credentials: credentialsOf(snmp, vrf) })),
    now,
  });
}

function sshSource(config: SwitchConfig, ssh: SshConfig, now: () => number): Collector {
  const { name, address, timeout } = config;
  return sshCollector({
    device: name,
    driver: drivers[ssh.driver as DriverName],
    connection: {
      host: address,
      port: ssh.port,
      username: ssh.user,
      hostKeys:
        ssh.hostKeys.length > 0 ? { fingerprints: ssh.hostKeys } : { knownHostsFiles: ssh.knownHosts },
      legacyAlgorithms: ssh.legacyAlgorithms,
      readyTimeoutMs: timeout,
      ...(ssh.password ? { password: ssh.password.reveal() } : {}),
      ...(ssh.privateKeyFile === undefined ? {} : { privateKey: readFileSync(ssh.privateKeyFile, 'utf8') }),
      ...(ssh.passphrase ? { passphrase: ssh.passphrase.reveal() } : {}),
      ...(ssh.agent === undefined ? {} : { agentSocket: ssh.agent }),
    },
    commandTimeoutMs: timeout,
    maxOutputBytes,
    now,
  });
}

function nodeCollector({ name, bird, agent }: NodeConfig, now: () => number): Collector {
  if (agent) {
    const { url, token, caFile, certFile, keyFile } = agent;
    return agentCollector({
      device: name,
      url,
      tls: { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) },
      ...(token && { token: token.reveal() }),
      now,
    });
  }
  // Loading the configuration has made sure that one of the two is there.
  const { socket = '', socket6 } = bird ?? {};
  return birdSocketCollector({ device: name, socket, now, ...(socket6 ? { socket6 } : {}) });
}

function nodeSources(config: NodeConfig, now: () => number): DeviceSources {
  const { name, interval, timeout } = config;
  return {
    device: { name, role: 'node', address: '', addresses: [] },
    sources: [{ collector: nodeCollector(config, now), intervalMs: interval, timeoutMs: timeout }],
    intervalMs: interval,
    timeoutMs: timeout,
  };
}

function switchSources(config: SwitchConfig, now: () => number): DeviceSources {
  const { name, address, bgpAddresses, interval, timeout, snmp, ssh, prefer } = config;
  const bySsh = ssh ? [sshSource(config, ssh, now)] : [];
  const bySnmp = snmp ? [snmpSource(config, snmp, now)] : [];
  const collectors = prefer === 'ssh' ? [...bySsh, ...bySnmp] : [...bySnmp, ...bySsh];
  return {
    device: { name, role: 'switch', address, addresses: bgpAddresses },
    sources: collectors.map((collector) => ({ collector, intervalMs: interval, timeoutMs: timeout })),
    intervalMs: interval,
    timeoutMs: timeout,
  };
}

/** Every configured device with what reads it. Opens nothing yet. */
export function deviceSources(config: Config, now: () => number): DeviceSources[] {
  return [
    ...config.nodes.map((node) => nodeSources(node, now)),
    ...config.switches.map((each) => switchSources(each, now)),
  ];
}
