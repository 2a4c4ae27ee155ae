// Agents found by EndpointSlices, from a fake API server over real HTTP: which address each node's agent has, and what a node
// without one reads as. Slices written by hand from the Kubernetes API reference (discovery.k8s.io/v1).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AgentService,
  agentEndpoints,
  endpointsByNode,
  foundAgentCollector,
} from '../../../src/collectors/nodes/agent-endpoints.ts';
import { namePicked } from '../../../src/exporter/node-sources.ts';
import { type KubeClient, kubeClient } from '../../../src/transport/kube.ts';
import { kubeconfigFor, token } from '../../kube/cluster.ts';
import { FakeApiServer } from '../../kube/fake-api-server.ts';

const path = '/apis/discovery.k8s.io/v1/namespaces/monitoring/endpointslices';
const of: AgentService = { namespace: 'monitoring', service: 'agents', scheme: 'http' };

const slice = (name: string, addressType: string, ports: object[], endpoints: object[]) => ({
  metadata: { name, labels: { 'kubernetes.io/service-name': 'agents' } },
  addressType,
  ports,
  endpoints,
});
const endpoint = (nodeName: string, address: string, ready?: boolean) => ({
  nodeName,
  addresses: [address],
  conditions: ready === undefined ? {} : { ready },
});

describe('endpoints of agents', () => {
  const readings = [{ name: 'readings', port: 10180 }];
  const two = [...readings, { name: 'metrics', port: 9100 }];

  it('takes a ready one before others, IPv4 before IPv6, and the port that is named', () => {
    const slices = [
      slice('v6', 'IPv6', two, [endpoint('node1', 'fd00::1'), endpoint('node2', 'fd00::2', true)]),
      slice('v4', 'IPv4', two, [endpoint('node1', '10.0.0.1', true), endpoint('node2', '10.0.0.2', false)]),
    ];
    const found = endpointsByNode(slices, 'readings');
    expect(found.get('node1')).toMatchObject({ host: '10.0.0.1', port: 10180, ready: true });
    expect(found.get('node2')).toMatchObject({ host: 'fd00::2', port: 10180, ready: true });
    expect(endpointsByNode(slices, 9100).get('node1')?.port).toBe(9100);
    // Which of two ports is meant cannot be guessed.
    expect(endpointsByNode(slices, undefined).size).toBe(0);
  });

  it('takes nothing from what has no node, no address or no port', () => {
    const slices = [
      slice('a', 'IPv4', readings, [{ addresses: ['10.0.0.1'] }, { nodeName: 'node1', addresses: [] }]),
      slice('b', 'IPv4', [], [endpoint('node2', '10.0.0.2')]),
      slice('c', 'FQDN', readings, [endpoint('node3', 'example.org')]),
    ];
    expect(endpointsByNode(slices, undefined).size).toBe(0);
  });

  describe('of a cluster', () => {
    let server: FakeApiServer;
    let client: KubeClient;

    beforeEach(async () => {
      server = new FakeApiServer({ token });
      server.serve(path, 'EndpointSlice', [slice('s', 'IPv4', readings, [endpoint('node1', '127.0.0.1')])]);
      client = kubeClient({ kubeconfig: kubeconfigFor(await server.listen()) });
    });
    afterEach(async () => {
      client.close();
      await server.close();
    });

    const read = async (device: string) => {
      const endpoints = agentEndpoints(client, of, Date.now);
      const collector = foundAgentCollector({ device, of, endpoints, now: Date.now });
      const { sessions } = await collector.collect({ prefixes: [], ranges: [] }, AbortSignal.timeout(10_000));
      collector.close();
      return sessions.ok ? undefined : sessions.error;
    };

    it('a node without an endpoint cannot be read; nothing is said of its BIRD', async () => {
      expect(await read('node2')).toEqual({
        kind: 'unreachable',
        message: 'Service monitoring/agents has no endpoint on node node2: no agent runs there',
      });
    });

    it('asks where the endpoint is', async () => {
      expect(await read('node1')).toMatchObject({
        kind: 'unreachable',
        message: expect.stringMatching(/127\.0\.0\.1:10180\S*: connection refused/),
      });
    });

    it('names the rule that is missing', async () => {
      server.forbidden.add(path);
      expect(await read('node1')).toMatchObject({
        kind: 'permission',
        message: expect.stringContaining(
          'a Role in namespace monitoring (or the ClusterRole): apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"]',
        ),
      });
    });
  });

  it.each([
    ['*', 'node1', true],
    ['rack1-*', 'rack1-node7', true],
    ['rack1-*', 'rack2-node7', false],
    ['a.b', 'axb', false],
  ])('pattern %s, node %s: %s', (pattern, name, picked) => {
    expect(namePicked([pattern], name)).toBe(picked);
  });
});
