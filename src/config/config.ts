// The configuration as the program uses it: everything has a value, defaults are merged into each device, secrets are
// resolved and wrapped, paths are absolute. The names are those of the file (schema.ts documents them).
// Durations are milliseconds; addresses have their canonical form (model/address.ts).

import type { PrefixKind } from '../model/expectation.ts';
import type { Prefix } from '../model/prefix.ts';
import type { Shard } from '../model/shard.ts';
import type { ListenAddress } from './listen.ts';
import type { Secret } from './secret.ts';
import type { ShardsConfig } from './shards.ts';
import type { SilenceConfig } from './silences.ts';

export interface Config {
  /** The file it came from, for messages. */
  readonly file: string;
  readonly web: { readonly listen: ListenAddress };
  readonly datastore: DatastoreConfig;
  readonly expected: ExpectedConfig;
  readonly collection: CollectionConfig;
  readonly audit: AuditConfig;
  readonly silences: readonly SilenceConfig[];
  /** Thresholds of the shipped alert rules, by name. */
  readonly alertThresholds: Readonly<Record<string, number>>;
  readonly metrics: MetricsConfig;
  readonly kubernetes: KubernetesAccess;
  /** How nodes are read that are not listed; absent: not at all. */
  readonly nodeDiscovery?: NodeDiscoveryConfig;
  readonly nodes: readonly NodeConfig[];
  readonly switches: readonly SwitchConfig[];
  /** Absent: only listed switches are asked. */
  readonly discovery?: DiscoveryConfig;
  /** How the other shards are asked; absent: they are not. */
  readonly shards?: ShardsConfig;
  readonly log: { readonly level: LogLevel };
  /** Which of the devices are asked; absent: all. From the command line: every shard has the same file. */
  readonly shard?: Shard;
}

/** Where the Kubernetes and Calico objects come from: one kind at a time. */
export type DatastoreConfig =
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | KubernetesConfig
  | ({ readonly kind: 'etcd' } & EtcdConfig);

export const calicoApiGroups = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const;
export type CalicoApiGroup = (typeof calicoApiGroups)[number];

/** The way to a Kubernetes API server. */
export interface KubernetesLogin {
  /** Absent: the service account of the pod. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

interface KubernetesConfig extends KubernetesLogin {
  readonly kind: 'kubernetes';
  /** Absent: found out from what the API server serves. */
  readonly calicoApiGroup?: CalicoApiGroup;
}

export interface EtcdConfig {
  /** `https://10.0.0.1:2379`; the next one is asked when one does not answer. */
  readonly endpoints: readonly string[];
  /** PEM files, absolute and readable at the time of loading. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly login?: { readonly user: string; readonly password: Secret };
  /** Time between two looks whether the watch still tells everything. */
  readonly interval: number;
  /** The Kubernetes that has the Services, which are not in etcd; absent: those are unknown. */
  readonly services?: KubernetesLogin;
}

interface ExpectedConfig {
  readonly usePodCidr: 'auto' | boolean;
  /** E.g. `v3.29`; absent: what the objects say. */
  readonly calicoVersion?: string;
  /** Which devices carry less than everything; the first that holds decides. */
  readonly rules: readonly CarryRule[];
}

/** Conditions (all that are given must hold) and what follows: the shape of expected/vantage.ts. */
export interface CarryRule {
  readonly devices?: readonly string[];
  readonly kinds?: readonly PrefixKind[];
  readonly within?: readonly Prefix[];
  readonly nodes?: readonly string[];
  readonly carry: boolean | 'covered';
}

export const prefixKinds = [
  'block',
  'pod-cidr',
  'borrowed',
  'service-cluster',
  'service-external',
  'service-loadbalancer',
] as const satisfies readonly PrefixKind[];

export interface CollectionConfig {
  readonly interval: number;
  readonly timeout: number;
  /** Devices read at the same time. */
  readonly concurrency: number;
}

interface AuditConfig {
  /** Most series of single missing routes. */
  readonly maxMissingSeries: number;
}

interface MetricsConfig {
  /** Mesh sessions one by one instead of two counts a node. */
  readonly meshDetail: boolean;
}

export interface NodeConfig {
  readonly name: string;
  readonly interval: number;
  readonly timeout: number;
  /** How it is read: one of these. */
  readonly bird?: { readonly socket: string; readonly socket6?: string };
  readonly agent?: AgentConfig;
  readonly exec?: ExecConfig;
  readonly status?: NodeStatusConfig;
  readonly ssh?: NodeSshConfig;
}

/** Where the Kubernetes API is; absent parts: the service account of the pod, the group that is served. */
export interface KubernetesAccess extends KubernetesLogin {
  readonly calicoApiGroup?: CalicoApiGroup;
  /** Programs run in pods at the same time. */
  readonly execConcurrency: number;
}

export interface ExecConfig {
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  readonly container: string;
  readonly socket: string;
  /** Absent: no BIRD for IPv6. */
  readonly socket6?: string;
}

export interface NodeStatusConfig {
  readonly manage: boolean;
  readonly updatePeriodSeconds: number;
  readonly maxUnchangedMs: number;
}

export interface NodeSshConfig extends SshLoginConfig {
  readonly command: 'birdcl' | 'calicoctl';
  readonly program: string;
  readonly program6: string;
  readonly sudo: boolean;
  readonly socket: string;
  /** Absent: no BIRD for IPv6. */
  readonly socket6?: string;
  /** Absent under nodeDiscovery: the node's BGP address. */
  readonly address?: string;
}

/** One way to read every node whose name fits. */
export interface NodeDiscoveryConfig {
  /** Names, `*` for any characters. */
  readonly nodes: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly agent?: Omit<AgentConfig, 'url'> & {
    readonly namespace: string;
    readonly service: string;
    readonly port?: string | number;
    readonly scheme: 'https' | 'http';
  };
  readonly exec?: ExecConfig;
  readonly status?: NodeStatusConfig;
  readonly ssh?: NodeSshConfig;
}

export interface AgentConfig {
  /** Scheme, address and port. */
  readonly url: string;
  /** Name that the agent's certificate must be for; absent: the host of the URL. */
  readonly serverName?: string;
  readonly token?: Secret;
  /** PEM files, absolute and readable at the time of loading. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface SwitchConfig {
  readonly name: string;
  /** Where it is asked. */
  readonly address: string;
  /** Addresses of its BGP sessions; empty where they are to be learnt from the sessions alone. */
  readonly bgpAddresses: readonly string[];
  /** The VRF that carries the cluster's routes; absent: the default one. */
  readonly vrf?: string;
  /** The source that counts where both are given. */
  readonly prefer: 'ssh' | 'snmp';
  readonly interval: number;
  readonly timeout: number;
  readonly snmp?: SnmpConfig;
  readonly ssh?: SshConfig;
}

interface SnmpTransport {
  readonly port: number;
  /** Wait for one answer, before a retry. */
  readonly timeout: number;
  readonly retries: number;
  readonly maxRepetitions: number;
  readonly maxRows: number;
  /** Ask for the paths of the BGP table too (bgp4PathAttrTable). */
  readonly paths: boolean;
  readonly vrfs: readonly SnmpVrfConfig[];
}

export const authProtocols = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const privProtocols = ['aes', 'aes192b', 'aes192r', 'aes256b', 'aes256r', 'des'] as const;
export const securityLevels = ['noAuthNoPriv', 'authNoPriv', 'authPriv'] as const;

/** Another VRF of the switch, behind an SNMP context of its own. */
export interface SnmpVrfConfig {
  readonly name: string;
  /** Version 3: the name of the context. */
  readonly context?: string;
  /** Version 1 and 2c: the community that leads to it. */
  readonly community?: Secret;
}

export interface SnmpCommunityConfig extends SnmpTransport {
  readonly version: '1' | '2c';
  readonly community: Secret;
}

export interface Snmp3Config extends SnmpTransport {
  readonly version: '3';
  readonly user: string;
  readonly level: (typeof securityLevels)[number];
  readonly authProtocol: (typeof authProtocols)[number];
  readonly authPassword?: Secret;
  readonly privProtocol: (typeof privProtocols)[number];
  readonly privPassword?: Secret;
  readonly context: string;
}

export type SnmpConfig = SnmpCommunityConfig | Snmp3Config;

/** How to log in by SSH, to a switch or to a jump host. */
export interface SshLoginConfig {
  readonly port: number;
  readonly user: string;
  readonly password?: Secret;
  /** Readable and a private key, at the time of loading. */
  readonly privateKeyFile?: string;
  readonly passphrase?: Secret;
  /** Socket of the SSH agent, when it shall be asked for keys. */
  readonly agent?: string;
  /** How the host is known: files in OpenSSH's known_hosts format … */
  readonly knownHosts: readonly string[];
  /** … or fingerprints such as `SHA256:…`. One of the two lists is empty, the other is not. */
  readonly hostKeys: readonly string[];
  readonly legacyAlgorithms: boolean;
  /** The host over which this one is reached. */
  readonly jump?: JumpConfig;
}

export interface JumpConfig extends SshLoginConfig {
  readonly host: string;
}

export interface SshConfig extends SshLoginConfig {
  /** A driver's name, or `auto`. */
  readonly driver: string;
  /** Opens the driver's command for more rights. */
  readonly enable?: Secret;
  /** VRFs beside the default one; `all`: those in which there are sessions. */
  readonly vrfs: 'all' | readonly string[];
  /** Whole tables are read, where the driver can. */
  readonly wholeTables?: boolean;
}

/** Switches that BGPPeer objects name: how they are asked. */
export interface DiscoveryConfig extends Omit<SwitchConfig, 'name' | 'address' | 'bgpAddresses'> {
  /** Nothing outside these ranges is asked; absent: no limit. */
  readonly within?: readonly Prefix[];
  readonly most: number;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
