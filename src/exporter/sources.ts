// From the configuration to what is polled: a switch with its collectors, the preferred one first; nodes: node-sources.ts.

import { snmpCollector } from '../collectors/switches/snmp.ts';
import type { SnmpSystemOptions } from '../collectors/switches/snmp-identity.ts';
import type { SnmpConfig, SnmpVrfConfig, SwitchConfig } from '../config/config.ts';
import type { Collector } from '../model/collector.ts';
import type { Device } from '../model/snapshot.ts';
import type { SnmpCredentials } from '../transport/snmp.ts';
import type { Source } from './poller.ts';
import { type Gateways, sshSource } from './ssh-source.ts';

export interface DeviceSources {
  readonly device: Device;
  /** In the order of preference. */
  readonly sources: readonly Source[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

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

/** How an agent is reached. */
function agentOf(address: string, snmp: SnmpConfig): SnmpSystemOptions {
  const { port, timeout, retries } = snmp;
  return { host: address, port, credentials: credentialsOf(snmp), timeoutMs: timeout, retries };
}

function snmpSource(config: SwitchConfig, snmp: SnmpConfig, now: () => number): Collector {
  const { name, address } = config;
  const { maxRepetitions, maxRows, paths } = snmp;
  const vrfs = snmp.vrfs.map((vrf) => ({ name: vrf.name, credentials: credentialsOf(snmp, vrf) }));
  return snmpCollector({
    device: name,
    ...agentOf(address, snmp),
    maxRepetitions,
    maxRows,
    paths,
    vrfs,
    now,
  });
}

/** What reads one switch. `gateways` are the jump hosts opened so far. */
export function switchSources(config: SwitchConfig, gateways: Gateways, now: () => number): DeviceSources {
  const { name, address, bgpAddresses, vrf, interval, timeout, snmp, ssh, prefer } = config;
  const bySsh = ssh ? [sshSource(config, ssh, gateways, now, snmp && agentOf(address, snmp))] : [];
  const bySnmp = snmp ? [snmpSource(config, snmp, now)] : [];
  const collectors = prefer === 'ssh' ? [...bySsh, ...bySnmp] : [...bySnmp, ...bySsh];
  return {
    device: { name, role: 'switch', address, addresses: bgpAddresses, ...(vrf !== undefined && { vrf }) },
    sources: collectors.map((collector) => ({ collector, intervalMs: interval, timeoutMs: timeout })),
    intervalMs: interval,
    timeoutMs: timeout,
  };
}
