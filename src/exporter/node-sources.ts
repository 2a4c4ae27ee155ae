// From the configuration to what reads the nodes: those that are listed, and those that discovery finds among the nodes of
// the objects. Whatever goes through the Kubernetes API shares one client, one list of objects and one bound on programs.
import { agentCollector } from '../collectors/nodes/agent.ts';
import { agentEndpoints, foundAgentCollector } from '../collectors/nodes/agent-endpoints.ts';
import { birdSocketCollector } from '../collectors/nodes/bird-socket.ts';
import { execCollector } from '../collectors/nodes/exec.ts';
import { nodeSshCollector } from '../collectors/nodes/node-ssh.ts';
import { nodeStatusCollector } from '../collectors/nodes/node-status.ts';
import { nodeStatusApi } from '../collectors/nodes/node-status-api.ts';
import type { AgentConfig, Config, NodeConfig, NodeSshConfig } from '../config/config.ts';
import type { Collector } from '../model/collector.ts';
import type { ExpectedNode } from '../model/expectation.ts';
import { kubeClient } from '../transport/kube.ts';
import { limiter } from './limiter.ts';
import type { DeviceSources } from './sources.ts';
import { type Gateways, optionsOf } from './ssh-source.ts';

export interface NodeSources {
  /** The nodes that the configuration lists. */
  readonly listed: readonly DeviceSources[];
  /** Those that discovery reads besides, of these nodes. Made once a node, whatever else comes and goes. */
  found(nodes: readonly ExpectedNode[]): readonly DeviceSources[];
}

function agentAccess({ serverName, token, caFile, certFile, keyFile }: Omit<AgentConfig, 'url'>) {
  return {
    ...(serverName !== undefined && { serverName }),
    tls: { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) },
    ...(token && { token: token.reveal() }),
  };
}

function sshCollectorOf(
  device: string,
  ssh: NodeSshConfig,
  timeoutMs: number,
  gateways: Gateways,
  now: () => number,
): Collector {
  const { command, program, program6, sudo, socket, socket6, address = '' } = ssh;
  return nodeSshCollector({
    device,
    command,
    program,
    program6,
    sudo,
    socket,
    ...(socket6 !== undefined && { socket6 }),
    connection: optionsOf(address, ssh, timeoutMs, gateways),
    commandTimeoutMs: timeoutMs,
    now,
  });
}

/** True for a name that one of the patterns fits; `*` stands for any characters. */
export function namePicked(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  });
}

/** Everything that reads nodes. Opens nothing yet. */
export function nodeSources(config: Config, gateways: Gateways, now: () => number): NodeSources {
  const { kubernetes, nodeDiscovery: discovery } = config;
  const client = kubeClient(kubernetes);
  const api = nodeStatusApi(client, kubernetes.calicoApiGroup, now);
  const limit = limiter(kubernetes.execConcurrency);
  const endpoints = discovery?.agent && agentEndpoints(client, discovery.agent, now);
  const known = new Map<string, DeviceSources>();

  type Ways = Pick<NodeConfig, 'name' | 'timeout' | 'bird' | 'agent' | 'exec' | 'status' | 'ssh'>;

  const collectorOf = ({ name: device, timeout, bird, agent, exec, status, ssh }: Ways): Collector => {
    if (agent) return agentCollector({ device, url: agent.url, ...agentAccess(agent), now });
    if (exec) return execCollector({ device, client, commandTimeoutMs: timeout, limit, ...exec, now });
    if (status) return nodeStatusCollector({ device, api, ...status, now });
    if (ssh) return sshCollectorOf(device, ssh, timeout, gateways, now);
    // Loading the configuration has made sure that one of them is there.
    const { socket = '', socket6 } = bird ?? {};
    return birdSocketCollector({ device, socket, now, ...(socket6 ? { socket6 } : {}) });
  };

  const device = (
    { name, interval, timeout }: Pick<NodeConfig, 'name' | 'interval' | 'timeout'>,
    address: string,
    collector: Collector,
  ): DeviceSources => ({
    device: { name, role: 'node', address, addresses: [] },
    sources: [{ collector, intervalMs: interval, timeoutMs: timeout }],
    intervalMs: interval,
    timeoutMs: timeout,
  });

  const find = ({ name, addresses }: ExpectedNode): DeviceSources | undefined => {
    if (!discovery) return undefined;
    const { agent, exec, status, ssh, ...times } = discovery;
    const [address = ''] = addresses;
    if (agent && endpoints) {
      const access = { ...agentAccess(agent), now };
      return device(
        { name, ...times },
        '',
        foundAgentCollector({ device: name, of: agent, endpoints, ...access }),
      );
    }
    // Without a BGP address there is nowhere to ask, and no session that could be read.
    if (ssh && address === '') return undefined;
    const ways: Ways = {
      name,
      timeout: times.timeout,
      ...(exec && { exec }),
      ...(status && { status }),
      ...(ssh && { ssh: { ...ssh, address } }),
    };
    return device({ name, ...times }, ssh ? address : '', collectorOf(ways));
  };

  const taken = new Set([...config.nodes, ...config.switches].map(({ name }) => name));
  return {
    listed: config.nodes.map((node) => device(node, node.ssh?.address ?? '', collectorOf(node))),
    found(nodes) {
      if (!discovery) return [];
      const wanted = nodes.filter(({ name }) => !taken.has(name) && namePicked(discovery.nodes, name));
      const names = new Map(wanted.map((node) => [node.name, node]));
      for (const [name, { device: former }] of known) {
        const node = names.get(name);
        // A node that got another address is another place to ask.
        const moved = former.address !== '' && node?.addresses[0] !== former.address;
        if (!node || moved) known.delete(name);
      }
      for (const node of wanted) {
        const made = known.has(node.name) ? undefined : find(node);
        if (made) known.set(node.name, made);
      }
      return [...known.values()];
    },
  };
}
