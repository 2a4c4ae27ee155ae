// The ways to read nodes that are more than a socket or a URL: exec, CalicoNodeStatus, SSH, discovery, and the Kubernetes
// API behind them. Secrets and files resolved, what belongs together checked; a problem is noted and loading goes on.
import { readAgentSection } from './agent.ts';
import type {
  CollectionConfig,
  DatastoreConfig,
  ExecConfig,
  KubernetesAccess,
  NodeDiscoveryConfig,
  NodeSshConfig,
  NodeStatusConfig,
} from './config.ts';
import { type Context, readablePath, report, reportKey } from './context.ts';
import { parseDuration } from './duration.ts';
import { valueAt } from './explain.ts';
import {
  type ExecSection,
  kubernetesAccess,
  type NodeDiscoverySection,
  type NodeSshSection,
  nodeDiscovery,
  type StatusSection,
} from './node-schema.ts';
import { pace } from './pace.ts';
import type { Path } from './source.ts';
import { readJump, readLogin, resolveLogin } from './ssh-login.ts';

/** The sections of a node that say how it is read, in the order of the documentation. */
export const nodeWays = ['bird', 'agent', 'exec', 'status', 'ssh'] as const;

/** Notes that not exactly one of the ways is given. */
export function checkWay(
  context: Context,
  at: Path,
  ways: readonly string[],
  given: readonly string[],
): void {
  const [first, second] = given;
  if (first === undefined) {
    const choice = `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}`;
    reportKey(context, at, `needs one section of ${choice}, to say how nodes are read`);
  }
  if (first !== undefined && second !== undefined)
    reportKey(context, at, `has both ${first} and ${second}; keep the one by which nodes are to be read`);
}

/** Exec as configured. */
export function readExec({ socket6, ipv6, ...rest }: ExecSection): ExecConfig {
  return { ...rest, ...(ipv6 && { socket6 }) };
}

/** CalicoNodeStatus as configured. */
export function readStatus(context: Context, at: Path, section: StatusSection): NodeStatusConfig {
  const updatePeriodMs = parseDuration(section.updatePeriod) ?? 10_000;
  const maxUnchangedMs = parseDuration(section.maxUnchanged) ?? 600_000;
  if (updatePeriodMs % 1000 !== 0 || updatePeriodMs > 86_400_000)
    report(context, [...at, 'updatePeriod'], 'must be whole seconds, a day at most');
  // Else an object would be made anew before calico-node had looked twice.
  if (maxUnchangedMs < 4 * updatePeriodMs)
    report(context, [...at, 'maxUnchanged'], 'must be at least four times updatePeriod');
  return { manage: section.manage, updatePeriodSeconds: updatePeriodMs / 1000, maxUnchangedMs };
}

/** SSH to nodes as configured; undefined when something is missing (the problem is noted). */
export function readNodeSsh(context: Context, at: Path, section: NodeSshSection): NodeSshConfig | undefined {
  const {
    command,
    program = command,
    program6,
    sudo,
    socket,
    socket6,
    ipv6,
    address,
    jump,
    ...login
  } = section;
  const own = resolveLogin(context, at, address ?? 'ADDRESS', readLogin(context, at, login), undefined);
  const before = jump && readJump(context, [...at, 'jump'], jump);
  if (!own || (jump && !before)) return undefined;
  return {
    ...own,
    ...(before && { jump: before }),
    command,
    program,
    program6,
    sudo,
    socket,
    ...(ipv6 && { socket6 }),
    ...(address !== undefined && { address }),
  };
}

type AgentSection = NonNullable<NodeDiscoverySection['agent']>;

function readDiscoveredAgent(
  context: Context,
  at: Path,
  section: AgentSection,
): NonNullable<NodeDiscoveryConfig['agent']> {
  const { namespace, service, port, scheme, ...rest } = section;
  if (scheme === 'http') {
    const why = 'is without TLS, but';
    const key = [...at, 'scheme'];
    if (rest.caFile !== undefined || rest.certFile !== undefined)
      report(context, key, `${why} certificates are given; take https`);
    if (rest.serverName !== undefined) report(context, key, `${why} a serverName is given; take https`);
    if (rest.token !== undefined)
      report(context, key, `${why} a token is given: everybody on the way would see it`);
  }
  // Certificates and token as for one agent; what http would mean for them has just been said.
  const { url: _, ...access } = readAgentSection(context, at, { ...rest, url: 'https://discovered:1' });
  return {
    namespace,
    service,
    scheme,
    ...(port !== undefined && { port }),
    ...access,
  };
}

/** What `nodeDiscovery` says; undefined when there is none, or it is not even of its schema's shape. */
export function readNodeDiscovery(context: Context, all: CollectionConfig): NodeDiscoveryConfig | undefined {
  const raw = valueAt(context.source.data, ['nodeDiscovery']);
  const result = nodeDiscovery.optional().safeParse(raw);
  if (!result.success || result.data === undefined) return undefined;
  const section = result.data;
  const at = ['nodeDiscovery'];
  const ways = nodeWays.filter((way) => way !== 'bird');
  checkWay(
    context,
    at,
    ways,
    ways.filter((way) => section[way] !== undefined),
  );
  if (section.ssh?.address !== undefined)
    report(
      context,
      [...at, 'ssh', 'address'],
      'is one address for all nodes; leave it out: the BGP address is asked',
    );
  const ssh = section.ssh && readNodeSsh(context, [...at, 'ssh'], section.ssh);
  return {
    nodes: section.nodes,
    ...pace(context, at, section, all),
    ...(section.agent && { agent: readDiscoveredAgent(context, [...at, 'agent'], section.agent) }),
    ...(section.exec && { exec: readExec(section.exec) }),
    ...(section.status && { status: readStatus(context, [...at, 'status'], section.status) }),
    ...(ssh && { ssh }),
  };
}

/** Where the Kubernetes API is, for whatever goes through it besides the objects. */
export function readKubernetesLogin(context: Context, datastore: DatastoreConfig): KubernetesAccess {
  const result = kubernetesAccess.prefault({}).safeParse(valueAt(context.source.data, ['kubernetes']));
  if (!result.success) return { execConcurrency: 1 };
  const { kubeconfig, context: name, calicoApiGroup, execConcurrency } = result.data;
  const shared = datastore.kind === 'kubernetes' ? datastore : undefined;
  if (name !== undefined && kubeconfig === undefined)
    report(
      context,
      ['kubernetes', 'context'],
      'needs a kubeconfig beside it; a service account has no contexts',
    );
  const file =
    kubeconfig === undefined
      ? shared?.kubeconfig
      : readablePath(context, ['kubernetes', 'kubeconfig'], kubeconfig, 'file');
  const current = kubeconfig === undefined ? shared?.context : name;
  const group = calicoApiGroup === 'auto' ? shared?.calicoApiGroup : calicoApiGroup;
  return {
    execConcurrency,
    ...(file !== undefined && { kubeconfig: file }),
    ...(current !== undefined && { context: current }),
    ...(group && { calicoApiGroup: group }),
  };
}
