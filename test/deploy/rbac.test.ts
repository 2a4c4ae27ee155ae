// The roles of deploy/ against the requests that the code makes of an API server: none lacks a rule, no rule lacks a request.
import { afterEach, describe, expect, it } from 'vitest';
import { agentEndpoints } from '../../src/collectors/nodes/agent-endpoints.ts';
import { execCollector } from '../../src/collectors/nodes/exec.ts';
import { nodeStatusCollector } from '../../src/collectors/nodes/node-status.ts';
import { nodeStatusApi } from '../../src/collectors/nodes/node-status-api.ts';
import { kubernetesDatastore } from '../../src/datastores/kubernetes.ts';
import { kubeClient } from '../../src/transport/kube.ts';
import { recordedServer, until } from '../kube/cluster.ts';
import { attributesOf } from './attributes.ts';
import { helmTemplate, type KubeObject, kustomize, noTools } from './render.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const allowed = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );

/** What the datastore asks of an API server that serves Calico's objects in this group, by this version of Calico. */
async function asked(
  calicoApiGroup: 'crd.projectcalico.org/v1' | 'projectcalico.org/v3',
  readsEndpoints: boolean,
) {
  const { server, kubeconfig } = await recordedServer();
  closing.push(() => server.close());
  server.serve('/api/v1/endpoints', 'Endpoints');
  if (calicoApiGroup === 'projectcalico.org/v3') {
    server.groups = ['apps', 'discovery.k8s.io', 'projectcalico.org'];
    for (const [place, { kind, items }] of [...server.resources]) {
      const moved = place.replace('crd.projectcalico.org/v1', 'projectcalico.org/v3');
      if (moved !== place) server.serve(moved, kind, [...items.values()]);
      if (moved !== place) server.resources.delete(place);
    }
  }
  const datastore = kubernetesDatastore({
    kubeconfig,
    now: Date.now,
    settings: { leastWaitMs: 10, mostWaitMs: 50 },
    ...(readsEndpoints && { calicoVersion: 'v3.28.0' }),
  });
  closing.push(datastore.stop);
  datastore.watch(() => undefined);
  const seen = () => new Set(server.log.flatMap((request) => attributesOf(request) ?? []));
  const watched = () => [...seen()].filter((attribute) => attribute.startsWith('watch '));
  await until(() => watched().length === 10, 10_000);
  return seen();
}

const query = { prefixes: [], ranges: [] };

/** What reading one node through the API server asks of it. */
async function askedToRead(way: 'agent' | 'exec' | 'status' | 'manage', group: string): Promise<Set<string>> {
  const { server, kubeconfig } = await recordedServer();
  closing.push(() => server.close());
  const client = kubeClient({ kubeconfig });
  closing.unshift(() => client.close());
  const common = { device: 'node1', now: Date.now };
  const signal = AbortSignal.timeout(15_000);
  const statuses = `/apis/${group}/caliconodestatuses`;
  server.serve(statuses, 'CalicoNodeStatus');
  server.serve('/api/v1/namespaces/calico-system/pods', 'Pod', [
    {
      metadata: { name: 'calico-node-x', labels: { 'k8s-app': 'calico-node' } },
      spec: { nodeName: 'node1' },
      status: { phase: 'Running', containerStatuses: [{ name: 'calico-node', state: { running: {} } }] },
    },
  ]);
  server.serve('/apis/discovery.k8s.io/v1/namespaces/calico-bgp-exporter/endpointslices', 'EndpointSlice');
  const runs = server.runInPods({ program: () => ['/bin/false'] });
  if (way === 'agent') {
    const of = { namespace: 'calico-bgp-exporter', service: 'agents', scheme: 'https' as const };
    await agentEndpoints(client, of, Date.now).byNode(signal);
  } else if (way === 'exec') {
    const place = {
      namespaces: ['calico-system'],
      labelSelector: 'k8s-app=calico-node',
      container: 'calico-node',
    };
    const limits = { commandTimeoutMs: 5000, limit: <T>(work: () => Promise<T>) => work() };
    await execCollector({ ...common, client, ...place, ...limits, socket: '/bird.ctl' }).collect(
      query,
      signal,
    );
    expect(runs).not.toEqual([]);
  } else {
    const api = nodeStatusApi(client, undefined, Date.now);
    const manage = way === 'manage';
    const settings = { manage, updatePeriodSeconds: 10, maxUnchangedMs: 600_000 };
    const collector = nodeStatusCollector({ ...common, api, ...settings });
    await collector.collect(query, signal);
    collector.close();
    if (manage) await until(() => server.log.some((request) => request.startsWith('DELETE ')));
  }
  // A WebSocket is opened with GET (RFC 6455, section 4.1).
  const execs = runs.map(({ namespace, pod }) => `GET /api/v1/namespaces/${namespace}/pods/${pod}/exec`);
  return new Set([...server.log, ...execs].flatMap((request) => attributesOf(request) ?? []));
}

const groups = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'];

/** The attributes of the roles whose names end so. */
const roleOf = (objects: readonly KubeObject[], ending: string): string[] =>
  objects
    .filter(({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && metadata.name.endsWith(ending))
    .flatMap(({ rules }) => allowed(rules as Rule[]))
    .sort();

describe.skipIf(noTools !== undefined)(`roles${noTools ? ` (skipped: ${noTools})` : ''}`, () => {
  it('are what the datastore needs, no more and no less', async () => {
    const role = kustomize('base').find(({ kind }) => kind === 'ClusterRole');
    const may = new Set(allowed(role?.rules as Rule[]));
    const needs = new Set<string>();
    for (const group of ['crd.projectcalico.org/v1', 'projectcalico.org/v3'] as const)
      for (const old of [false, true]) for (const attribute of await asked(group, old)) needs.add(attribute);
    expect([...may].sort()).toEqual([...needs].sort());
  });

  it('for exec are what reading by it needs, and what newer API servers ask for', async () => {
    const needs = await askedToRead('exec', groups[0] ?? '');
    // From Kubernetes 1.35 on a WebSocket needs create besides get, as SPDY's POST always has.
    const all = [...needs, 'create /pods/exec'].sort();
    expect(roleOf(kustomize('overlays/exec'), '-exec')).toEqual(all);
    expect(roleOf(helmTemplate('nodes.exec.enabled=true'), '-exec')).toEqual(all);
  });

  it('for CalicoNodeStatus are what reading and making them needs', async () => {
    const needs = async (way: 'status' | 'manage') => {
      const asked = await Promise.all(groups.map((group) => askedToRead(way, group)));
      return [...new Set(asked.flatMap((each) => [...each]))].sort();
    };
    const reading = await needs('status');
    expect(roleOf(kustomize('overlays/node-status'), '-node-status')).toEqual(reading);
    const chart = ['nodes.nodeStatus.enabled=true'];
    expect(roleOf(helmTemplate(...chart), '-node-status')).toEqual(reading);
    const making = roleOf(helmTemplate(...chart, 'nodes.nodeStatus.manage=true'), '-node-status');
    expect(making).toEqual(await needs('manage'));
  });

  it('for finding agents are in the base', async () => {
    const may = roleOf(kustomize('overlays/agent'), 'calico-bgp-exporter');
    expect(may).toEqual(expect.arrayContaining([...(await askedToRead('agent', groups[0] ?? ''))]));
  });

  it('give no secret and no write away', () => {
    for (const overlay of ['agent', 'exec', 'node-status']) {
      const rules = kustomize(`overlays/${overlay}`).flatMap(({ rules: of }) => (of as Rule[]) ?? []);
      const may = allowed(rules);
      expect(may.filter((attribute) => /secrets|\*|impersonate|escalate|bind /.test(attribute))).toEqual([]);
      const writes = may.filter((attribute) => !/^(get|list|watch) /.test(attribute));
      expect(writes).toEqual(overlay === 'exec' ? ['create /pods/exec'] : []);
    }
  });
});

describe('attributesOf', () => {
  it.each([
    ['GET /api/v1/nodes?limit=500', 'list /nodes'],
    ['GET /api/v1/nodes?watch=1&allowWatchBookmarks=true', 'watch /nodes'],
    ['GET /apis/crd.projectcalico.org/v1/bgppeers/rack1', 'get crd.projectcalico.org/bgppeers'],
    ['POST /api/v1/namespaces/calico-system/pods/calico-node-x/exec?command=birdcl', 'create /pods/exec'],
    [
      'PUT /apis/projectcalico.org/v3/caliconodestatuses/node1',
      'update projectcalico.org/caliconodestatuses',
    ],
    ['GET /apis', undefined],
  ])('%s is %s', (request, attribute) => {
    expect(attributesOf(request)).toBe(attribute);
  });
});
