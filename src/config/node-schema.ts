// The options of the ways to read a node that the exporter finds its own way to: exec, CalicoNodeStatus, SSH, and agents
// found by EndpointSlices; `nodeDiscovery`, which holds one of them for all nodes; and where the Kubernetes API is. What one option
// has to do with another is in node-sources.ts.
import * as z from 'zod';
import { calicoApiGroups } from './config.ts';
import { jump, login } from './ssh-schema.ts';
import { duration, host, list, path, port, secret, serverName, whole, word } from './values.ts';

const socket = path
  .default('/var/run/calico/bird.ctl')
  .describe('Control socket of BIRD for IPv4, as the program that is run there sees it.');
const socket6 = path
  .default('/var/run/calico/bird6.ctl')
  .describe('Control socket of BIRD for IPv6; calico-node runs that one on clusters without IPv6, too.');
const ipv6 = z
  .boolean()
  .default(true)
  .describe('Whether there is a BIRD for IPv6; once said, its absence is a failure.');

const kubeName = word.regex(
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  'must be a name as Kubernetes has it: small letters, digits, "-" and "."',
);

const programName = (what: string) =>
  z
    .string()
    .regex(/^[\w./-]{1,200}$/, `must be the name or path of ${what}`)
    .meta({ title: 'text' });

export const exec = z.strictObject({
  namespaces: list(kubeName, 'namespace')
    .default(['calico-system', 'kube-system'])
    .describe('Namespaces in which calico-node may run; the first with a pod on the node counts.'),
  labelSelector: word.default('k8s-app=calico-node').describe('Label of the calico-node pods.'),
  container: kubeName.default('calico-node').describe('Container in which birdcl is run.'),
  socket,
  socket6,
  ipv6,
});

export const status = z.strictObject({
  manage: z
    .boolean()
    .default(false)
    .describe(
      'Make a CalicoNodeStatus for each node, renew it when it has not changed for half of maxUnchanged, and remove it at the end; without it only those that somebody has made are read.',
    ),
  updatePeriod: duration(1000)
    .default('10s')
    .describe('How often calico-node looks for changes, in whole seconds; of the objects that are made.'),
  maxUnchanged: duration(10_000)
    .default('10m')
    .describe(
      'How long a status that does not change counts as true: calico-node writes only changes, so nobody can tell a quiet node from one that reports no more.',
    ),
});

export const nodeSsh = z.strictObject({
  address: host
    .optional()
    .describe(
      "Where the node is asked; needed under nodes, under nodeDiscovery it is the node's BGP address.",
    ),
  command: z
    .enum(['birdcl', 'calicoctl'])
    .default('birdcl')
    .describe('What is run there: `birdcl` shows everything, `calicoctl node status` the sessions alone.'),
  program: programName('a program')
    .optional()
    .describe('The program, where it has another name or is not on the path; without it that of `command`.'),
  program6: programName('a program').default('birdcl6').describe('The birdcl of the BIRD for IPv6.'),
  sudo: z.boolean().default(false).describe('Run it with `sudo -n`; sudo must ask for no password.'),
  socket,
  socket6,
  ipv6,
  ...login,
  jump: jump.optional().describe('The host over which the node is reached, as with `ssh -J`.'),
});

const discoveredAgent = z.strictObject({
  namespace: kubeName.describe('Namespace of the Service.'),
  service: kubeName.describe(
    'Service of the agents: its EndpointSlices tell where the agent of each node is.',
  ),
  port: z
    .union([port, word])
    .optional()
    .describe('Port of the Service, by its name or number; without it the only one it has.'),
  scheme: z.enum(['https', 'http']).default('https').describe('Whether the agents speak TLS.'),
  serverName: serverName
    .optional()
    .describe("Name that the agents' certificates are for; without it they must be for the addresses."),
  token: secret.optional().describe('The token that the agents want to be shown.'),
  caFile: path.optional().describe("Authority that has signed the agents' certificates (PEM)."),
  certFile: path.optional().describe('Certificate to show to the agents (PEM).'),
  keyFile: path.optional().describe('Key of that certificate (PEM).'),
});

export const nodeDiscovery = z.strictObject({
  nodes: list(word, 'node')
    .default(['*'])
    .describe(
      'Names of the nodes to read, `*` for any characters; of those that the datastore has. One that is listed under nodes is read as it says there.',
    ),
  agent: discoveredAgent.optional().describe('Their agents, found by the EndpointSlices of a Service.'),
  exec: exec.optional().describe('birdcl in their calico-node pods. `exec: {}` takes the usual names.'),
  status: status.optional().describe('Their CalicoNodeStatus objects. `status: {}` only reads them.'),
  ssh: nodeSsh.optional().describe('birdcl or calicoctl on them, over SSH.'),
  interval: duration(1000).optional().describe('Time between two readings; without it collection.interval.'),
  timeout: duration(100).optional().describe('Most time for one reading; without it collection.timeout.'),
});

export const kubernetesAccess = z.strictObject({
  kubeconfig: path
    .optional()
    .describe(
      'A kubeconfig file; without it what datastore.kubernetes says, else the service account of the pod.',
    ),
  context: word.optional().describe('A context of the kubeconfig, instead of its current one.'),
  calicoApiGroup: z
    .enum(['auto', ...calicoApiGroups])
    .default('auto')
    .describe('API group of CalicoNodeStatus; `auto` takes the first of the two that is served.'),
  execConcurrency: whole(1, 256)
    .default(8)
    .describe('Programs run in pods at the same time, in the whole cluster.'),
});

export type ExecSection = z.output<typeof exec>;
export type StatusSection = z.output<typeof status>;
export type NodeSshSection = z.output<typeof nodeSsh>;
export type NodeDiscoverySection = z.output<typeof nodeDiscovery>;
