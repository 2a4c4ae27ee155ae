// Every option of the configuration file: its kind, its default and its sentence of documentation. docs/configuration.md
// and docs/config.schema.json are generated from here (scripts/docs.ts). What one option has to do with another is in
// snmp.ts, ssh.ts and devices.ts; nothing is converted here, so that the schema is the file's own shape.

import * as z from 'zod';
import { agent } from './agent-schema.ts';
import { alertsSchema } from './alerts-schema.ts';
import { authProtocols, logLevels, prefixKinds, privProtocols, securityLevels } from './config.ts';
import { datastoreSchema } from './datastore-schema.ts';
import { discoverySchema } from './discovery-schema.ts';
import { exec, kubernetesAccess, nodeDiscovery, nodeSsh, status } from './node-schema.ts';
import { shardSchema } from './shard-schema.ts';
import { silenceSchema } from './silences.ts';
import { ssh } from './ssh-schema.ts';
import {
  deviceName,
  duration,
  host,
  ipAddress,
  list,
  listen,
  path,
  port,
  prefix,
  secret,
  vrfName,
  whole,
  word,
} from './values.ts';

const choice = <const T extends readonly string[]>(values: T) => z.enum(values);

// Defaults of snmp and ssh stand in `meta` alone: they apply only after `defaults:` is merged in.
const snmp = z.strictObject({
  version: z.literal([1, '1', '2c', 3, '3']).optional().meta({
    default: '2c',
    description:
      'SNMP version: `2c` (or `1`, for agents without GetBulk: many times the requests) with a community, `3` with a user (USM, RFC 3414).',
  }),
  community: secret.optional().describe('Community string, for versions 1 and 2c.'),
  user: word.optional().describe('User (security name), for version 3.'),
  level: choice(securityLevels)
    .optional()
    .describe('Security level of version 3; without it, what the given passwords allow.'),
  authProtocol: choice(authProtocols)
    .optional()
    .meta({ default: 'sha256', description: 'Protocol of authPassword.' }),
  authPassword: secret.optional().describe('Authentication password, 8 characters or more (RFC 3414).'),
  privProtocol: choice(privProtocols).optional().meta({
    default: 'aes',
    description:
      'Protocol of privPassword: `aes` is AES-128; of AES-192 and AES-256 the letter tells the key extension: `b` for Blumenthal, `r` for Reeder (Cisco and most switches).',
  }),
  privPassword: secret.optional().describe('Encryption password, 8 characters or more.'),
  context: z.string().optional().meta({ default: '', description: 'Context name, for version 3.' }),
  vrfs: z
    .array(
      z.strictObject({
        name: word.describe('Name of the VRF: the label of its sessions and routes.'),
        context: word
          .optional()
          .describe('Version 3: name of its SNMP context; without it, the name of the VRF.'),
        community: secret
          .optional()
          .describe('Versions 1 and 2c: the community that leads to it; without it, `COMMUNITY@NAME`.'),
      }),
    )
    .optional()
    .meta({
      default: [],
      description:
        'VRFs that the agent shows behind a context each (IOS, NX-OS, EOS, Junos); their sessions and routes are read too.',
    }),
  paths: z.boolean().optional().meta({
    default: false,
    description:
      'Read the paths of the BGP table too (bgp4PathAttrTable, IPv4): whom each prefix in question was received from.',
  }),
  port: port.optional().meta({ default: 161, description: 'UDP port.' }),
  timeout: duration(100).optional().meta({
    default: '2s',
    description:
      'Wait for one answer, before a retry; with all retries not longer than the timeout of the reading.',
  }),
  retries: whole(0, 10).optional().meta({ default: 1, description: 'Retries of one request.' }),
  maxRepetitions: whole(1, 1000).optional().meta({
    default: 25,
    description: 'Rows per GetBulk request; lower it where an agent answers with tooBig or not at all.',
  }),
  maxRows: whole(100, 10_000_000).optional().meta({
    default: 500_000,
    description:
      'Most rows read of one table. A table cut off there is partial: what it does not show is unknown, not missing.',
  }),
});

const interval = duration(1000);
const timeout = duration(100);

const node = z.strictObject({
  name: deviceName.describe("The node's name, as Kubernetes knows it."),
  bird: z
    .strictObject({
      socket: path
        .default('/var/run/calico/bird.ctl')
        .describe("Control socket of the node's BIRD for IPv4, as it is seen from the exporter."),
      socket6: path
        .optional()
        .describe('Control socket of its BIRD for IPv6 (bird6.ctl); leave it out on a cluster without IPv6.'),
    })
    .optional()
    .describe(
      "The sockets of the node's BIRD, where the exporter can open them. `bird: {}` takes the usual one.",
    ),
  agent: agent
    .optional()
    .describe('The agent that runs on the node (`calico-bgp-exporter agent`), in place of `bird`.'),
  exec: exec
    .optional()
    .describe('birdcl in its calico-node pod, by the Kubernetes API. `exec: {}` takes the usual names.'),
  status: status.optional().describe('Its CalicoNodeStatus. `status: {}` only reads what is there.'),
  ssh: nodeSsh.optional().describe('birdcl or calicoctl on it, over SSH.'),
  interval: interval.optional().describe('Time between two readings; without it collection.interval.'),
  timeout: timeout.optional().describe('Most time for one reading; without it collection.timeout.'),
});

const switchSchema = z.strictObject({
  name: deviceName.describe('Name of the switch, as it shall appear everywhere.'),
  address: host.describe('Management address: where it is asked.'),
  bgpAddresses: list(ipAddress, 'address')
    .optional()
    .describe('Addresses of its BGP sessions, so that both ends of a session are joined.'),
  vrf: vrfName
    .default('default')
    .describe(
      "The VRF in which it carries the cluster's routes and peers with the nodes; over SSH it is asked for besides ssh.vrfs.",
    ),
  prefer: choice(['ssh', 'snmp'])
    .default('ssh')
    .describe('Which source counts when both are given; the other one counts while this one fails.'),
  snmp: snmp.optional().describe('How to ask it by SNMP. `snmp: {}` takes everything from defaults.snmp.'),
  ssh: ssh.optional().describe('How to ask it by SSH. `ssh: {}` takes everything from defaults.ssh.'),
  interval: interval.optional().describe('Time between two readings; without it collection.interval.'),
  timeout: timeout.optional().describe('Most time for one reading; without it collection.timeout.'),
});

const rule = z.strictObject({
  devices: list(word, 'device')
    .optional()
    .describe('Names of devices, `*` for any characters; without it all of them.'),
  kinds: list(choice(prefixKinds), 'kind').optional().describe('Kinds of prefixes; without it all of them.'),
  within: list(prefix, 'prefix').optional().describe('Prefixes inside these ranges; without it all of them.'),
  nodes: list(word, 'node')
    .optional()
    .describe('Prefixes that only these nodes announce, `*` for any characters; without it all of them.'),
  carry: z
    .union([z.boolean(), z.literal('covered')], { error: 'must be true, false or covered' })
    .describe(
      'Whether these devices carry these prefixes: `true` exactly, `false` not at all, `covered` at least by an aggregate other than the default route.',
    ),
});

export const configSchema = z
  .strictObject({
    web: z
      .strictObject({
        listen: listen.default(':10179').describe('Address and port of metrics, API and page.'),
      })
      .prefault({})
      .describe('The web server.'),
    datastore: datastoreSchema,
    expected: z
      .strictObject({
        usePodCidr: z
          .union([z.literal('auto'), z.boolean()], { error: 'must be auto, true or false' })
          .default('auto')
          .describe(
            "Whether nodes announce their podCIDRs (host-local IPAM, Calico's USE_POD_CIDR); `auto`: when there are podCIDRs and no IPAM blocks.",
          ),
        calicoVersion: z
          .string('must be a version in quotes, such as "v3.29" or "3.30.1"')
          .regex(
            /^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?![\d.])/,
            'must be a version in quotes, such as "v3.29" or "3.30.1"',
          )
          .meta({ title: 'version' })
          .optional()
          .describe(
            'Version of Calico, where its rules differ; without it what ClusterInformation says, else the newest one known.',
          ),
        rules: z
          .array(rule)
          .default([])
          .describe(
            'Devices that carry less than every prefix: a fabric that aggregates, a spine without the service ranges. The first rule that holds decides; without any, every switch carries everything.',
          ),
      })
      .prefault({})
      .describe("How the expectation is computed; Calico's own rules, unless said otherwise here."),
    collection: z
      .strictObject({
        interval: interval.default('15s').describe('Time between two readings of a device.'),
        timeout: timeout.default('10s').describe('Most time for one reading; not longer than the interval.'),
        concurrency: whole(1, 1024).default(32).describe('Devices read at the same time.'),
      })
      .prefault({})
      .describe('How often and how patiently devices are read.'),
    audit: z
      .strictObject({
        maxMissingSeries: whole(0, 100_000)
          .default(500)
          .describe(
            'Most series of single missing routes in /metrics; the counts beside them are always exact.',
          ),
      })
      .prefault({})
      .describe('The comparison of what should be with what is.'),
    silences: z
      .array(silenceSchema)
      .default([])
      .describe('Maintenance: what is found and need not be told, for a time and with a reason.'),
    metrics: z
      .strictObject({
        meshDetail: z
          .boolean()
          .default(false)
          .describe(
            'Each session of the node-to-node mesh as series of its own, in place of two counts a node (500 nodes have 124,750 of them).',
          ),
      })
      .prefault({})
      .describe('What /metrics shows.'),
    kubernetes: kubernetesAccess
      .prefault({})
      .describe('The Kubernetes API, for exec, CalicoNodeStatus and agents found by EndpointSlices.'),
    nodeDiscovery: nodeDiscovery
      .optional()
      .describe(
        'One way to read all nodes of the cluster: they appear and vanish with the Nodes of the datastore.',
      ),
    nodes: z.array(node).default([]).describe('The nodes of the cluster that are read.'),
    switches: z.array(switchSchema).default([]).describe('The switches that are read.'),
    discovery: discoverySchema(snmp)
      .optional()
      .describe(
        'Switches found by the peerIP of BGPPeer objects, asked at that address; without this section only listed ones are.',
      ),
    defaults: z
      .strictObject({
        snmp: snmp.optional().describe("Merged under each switch's snmp section."),
        ssh: ssh.optional().describe("Merged under each switch's ssh section."),
      })
      .prefault({})
      .describe('Options that switches share; what a switch says itself wins.'),
    shards: shardSchema
      .optional()
      .describe(
        'The other shards, where `serve --shard` runs: page and API then tell what they know, too. Without it each tells of its own devices alone.',
      ),
    alerts: alertsSchema,
    log: z
      .strictObject({
        level: choice(logLevels)
          .default('info')
          .describe('Least important messages to write (JSON lines on stderr).'),
      })
      .prefault({})
      .describe('The log.'),
  })
  .describe('Configuration of calico-bgp-exporter.');

export type FileConfig = z.output<typeof configSchema>;
export type SnmpSection = z.output<typeof snmp>;
export type NodeSection = z.output<typeof node>;
export type SwitchSection = z.output<typeof switchSchema>;

export type DiscoverySection = NonNullable<FileConfig['discovery']>;

/** Schemas of one device each, so that a mistake in one does not hide those of the others. */
export const deviceSchemas = { nodes: node, switches: switchSchema } as const;
export const sectionSchemas = { snmp, ssh, discovery: discoverySchema(snmp), shards: shardSchema } as const;
