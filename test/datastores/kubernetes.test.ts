// Objects from a Kubernetes API server that answers as a recorded one does: which group, which kinds, what is kept of them,
// and what is said when a kind may not be read.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/datastores/files.ts';
import {
  type KubernetesOptions,
  kubernetesDatastore,
  readsEndpoints,
} from '../../src/datastores/kubernetes.ts';
import { chooseGroup } from '../../src/datastores/kubernetes-groups.ts';
import { endpointSliceKind, endpointsKind, kinds } from '../../src/datastores/kubernetes-kinds.ts';
import { keptObject } from '../../src/datastores/kubernetes-objects.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { because } from '../because.ts';
import { kubeconfigFor, recordedServer, token, until } from '../kube/cluster.ts';
import { FakeApiServer, type Item } from '../kube/fake-api-server.ts';
import { recordedCluster, recordedItems } from '../kube/recorded.ts';

const crd = '/apis/crd.projectcalico.org/v1';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const quick = { leastWaitMs: 10, mostWaitMs: 50, pageSize: 4 };

async function start(options: Partial<KubernetesOptions> = {}) {
  const { server, kubeconfig, url } = await recordedServer();
  const datastore = kubernetesDatastore({ kubeconfig, now: Date.now, settings: quick, ...options });
  closing.push(datastore.stop, () => server.close());
  return { server, datastore, url };
}

function stateOf(datastore: ReturnType<typeof kubernetesDatastore>) {
  const reading = datastore.current();
  if (!reading.ok) throw new Error(reading.error.message);
  return reading.value;
}

const kindOf = (datastore: ReturnType<typeof kubernetesDatastore>, kind: string) =>
  stateOf(datastore).kinds.find((state) => state.kind === kind);

/** The recorded objects in full. */
const recordedObjects: ApiObject[] = recordedCluster.flatMap(([place, kind, lists]) => {
  const apiVersion = place.replace(/^\/apis?\//, '').replace(/\/[^/]+$/, '');
  return lists.flatMap((list) => recordedItems<Item>(list).map((item) => ({ ...item, kind, apiVersion })));
});

const withoutOrigin = (objects: readonly ApiObject[]) => objects.map(({ origin: _, ...object }) => object);

/** What is kept of objects, by the same code as lists and watches. */
function keptOf(objects: readonly ApiObject[]): readonly ApiObject[] {
  return objects.flatMap((object) => {
    const group = object.apiVersion.split('/')[0] ?? '';
    const spec = [...kinds, endpointsKind, endpointSliceKind].find(
      ({ kind, groupVersion }) =>
        kind === object.kind &&
        (groupVersion === 'calico'
          ? group.endsWith('projectcalico.org')
          : groupVersion === object.apiVersion),
    );
    if (!spec) return [object];
    const kept = keptObject(spec, object, object.apiVersion, () => expect.fail('a problem'));
    return kept ? [kept.value] : [];
  });
}

describe('what is kept', () => {
  it('of the recorded cluster calls for the same as the whole', async () => {
    const { datastore } = await start();
    await datastore.refresh();
    const { objects, problems } = stateOf(datastore);
    expect(problems).toEqual([]);
    const expected = computeExpected(recordedObjects);
    expect(expected.prefixes.length).toBeGreaterThan(6);
    expect(expected.sessions.length).toBeGreaterThan(6);
    expect(computeExpected(objects)).toEqual(expected);
  });

  it('is small and holds no managed fields', async () => {
    const { datastore } = await start();
    await datastore.refresh();
    const text = JSON.stringify(stateOf(datastore).objects);
    expect(text).not.toMatch(/managedFields|resourceVersion|uid|unallocated|handle_id/);
    expect(text.length).toBeLessThan(JSON.stringify(recordedObjects).length / 5);
  });

  const node = (secondary: object) => ({ handle_id: 'h', secondary });
  const block = (affinity: string, attributes: object[]): ApiObject => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPAMBlock',
    metadata: { name: '10-0-0-0-30' },
    spec: { cidr: '10.0.0.0/30', affinity, attributes, allocations: [0, null, 1, null], unallocated: [1, 3] },
  });

  it('of a block: addresses only where another node uses one', () => {
    const own = { node: 'a', pod: 'p', namespace: 'n' };
    const [alone] = keptOf([block('host:a', [node(own)])]);
    expect(alone?.spec).toEqual({ cidr: '10.0.0.0/30', affinity: 'host:a' });
    const [borrowed] = keptOf([block('host:a', [node(own), node({ ...own, node: 'b', service: 's' })])]);
    expect(borrowed?.spec).toEqual({
      cidr: '10.0.0.0/30',
      affinity: 'host:a',
      allocations: [0, null, 1, null],
      attributes: [{ secondary: own }, { secondary: { ...own, node: 'b' } }],
    });
  });

  // Cases of Calico's own and the reference fabric in both API groups, where they are at hand.
  const shared = path.resolve(import.meta.dirname, '../../../shared');
  const folders = [path.join(shared, 'conformance/confd'), path.join(shared, 'reference/objects')];
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /input\.yaml$|\.json$/.test(name))
        .map((name) => path.join(folder, name)),
    );

  it.skipIf(files.length === 0)(
    because(
      files.length === 0,
      `of ${files.length} files of objects calls for the same as the whole`,
      'needs ../shared',
    ),
    async () => {
      for (const file of files) {
        const objects = withoutOrigin((await loadFiles([file])).objects);
        expect(computeExpected(keptOf(objects)), file).toEqual(computeExpected(objects));
      }
    },
  );

  it('of services and endpoints, as Calico v3.30 and v3.31 read them', () => {
    const apiVersion = 'v1';
    const metadata = { name: 'web', namespace: 'shop', labels: { app: 'web' }, annotations: { a: 'b' } };
    const config: ApiObject = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BGPConfiguration',
      metadata: { name: 'default' },
      spec: {
        serviceClusterIPs: [{ cidr: '10.96.0.0/12' }],
        serviceExternalIPs: [{ cidr: '203.0.113.0/24' }],
        serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }],
      },
    };
    const service: ApiObject = {
      apiVersion,
      kind: 'Service',
      metadata,
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.7',
        clusterIPs: ['10.96.0.7'],
        externalIPs: ['203.0.113.7'],
        externalTrafficPolicy: 'Local',
        ipFamilies: ['IPv4'],
        loadBalancerIP: '198.51.100.7',
        selector: { app: 'web' },
        ports: [{ port: 80 }],
      },
      status: { loadBalancer: { ingress: [{ ip: '198.51.100.7', ipMode: 'VIP' }] } },
    };
    const slice: ApiObject & Record<string, unknown> = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, name: 'web-1', labels: { 'kubernetes.io/service-name': 'web', other: 'x' } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.233.64.2'], nodeName: 'node1', conditions: { ready: true, serving: true } },
        { addresses: ['10.233.66.2'], nodeName: 'node3', conditions: { ready: false } },
      ],
    };
    const endpoints: ApiObject & Record<string, unknown> = {
      apiVersion,
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: '10.233.64.2', nodeName: 'node2', targetRef: {} }], ports: [] }],
    };
    const objects = [
      ...recordedObjects.filter(({ kind }) => kind !== 'BGPConfiguration'),
      config,
      service,
      slice,
      endpoints,
    ];
    for (const [calicoVersion, origin] of [
      ['v3.30.1', 'node2'],
      ['v3.31.7', 'node1'],
    ] as const) {
      const whole = computeExpected(objects, { calicoVersion });
      const singles = whole.prefixes.filter(
        ({ prefix, kind }) => prefix.length === 32 && kind.startsWith('service'),
      );
      expect(singles.map(({ origins }) => origins)).toEqual([[origin], [origin], [origin]]);
      expect(computeExpected(keptOf(objects), { calicoVersion })).toEqual(whole);
    }
    expect(JSON.stringify(keptOf([service, slice, endpoints]))).not.toMatch(
      /selector|ports|app|targetRef|serving/,
    );
  });
});

describe('which group', () => {
  it.each([
    [['apps', 'crd.projectcalico.org'], 'crd.projectcalico.org/v1'],
    [['projectcalico.org', 'crd.projectcalico.org'], 'crd.projectcalico.org/v1'],
    [['apps', 'projectcalico.org'], 'projectcalico.org/v3'],
  ])('%j: %s', (served, group) => expect(chooseGroup(served)).toBe(group));

  it('neither is an error that names etcd', async () => {
    const { server, datastore } = await start();
    server.groups = ['apps'];
    await datastore.refresh();
    expect(kindOf(datastore, 'Node')?.count).toBe(6);
    expect(kindOf(datastore, 'BGPPeer')).toMatchObject({ count: 0, at: undefined });
    expect(kindOf(datastore, 'BGPPeer')?.error).toMatch(/neither .* datastore\.etcd/);
  });

  it('is found out anew when Calico has moved to the other one', async () => {
    let clock = 0;
    const { server, datastore } = await start({ now: () => clock });
    await datastore.refresh();
    expect(stateOf(datastore).objects.find(({ kind }) => kind === 'BGPPeer')?.apiVersion).toBe(
      'crd.projectcalico.org/v1',
    );
    datastore.watch(() => undefined);
    await until(() => server.watches(`${crd}/bgppeers`) === 1);
    server.groups = ['projectcalico.org'];
    for (const [place, kind] of recordedCluster) {
      if (!place.startsWith(crd)) continue;
      const items = [...(server.resources.get(place)?.items.values() ?? [])];
      server.serve(place.replace(crd, '/apis/projectcalico.org/v3'), kind, items);
      server.resources.delete(place);
    }
    server.drop();
    await until(() => /404/.test(kindOf(datastore, 'BGPPeer')?.error ?? ''));
    // Nothing is lost meanwhile, and the server is not asked for its groups all the time.
    expect(kindOf(datastore, 'BGPPeer')?.count).toBe(4);
    expect(server.requests.filter((url) => url === '/apis')).toHaveLength(1);
    clock += 61_000;
    await until(() => stateOf(datastore).kinds.every(({ error }) => error === undefined));
    expect(stateOf(datastore).objects.find(({ kind }) => kind === 'BGPPeer')?.apiVersion).toBe(
      'projectcalico.org/v3',
    );
  });

  it('a fixed group is not asked for', async () => {
    const { server, datastore } = await start({ calicoApiGroup: 'projectcalico.org/v3' });
    server.serve('/apis/projectcalico.org/v3/bgppeers', 'BGPPeer', recordedItems<Item>('bgppeers-list'));
    await datastore.refresh();
    expect(server.requests).not.toContain('/apis');
    expect(kindOf(datastore, 'BGPPeer')?.count).toBe(4);
    expect(stateOf(datastore).objects.find(({ kind }) => kind === 'BGPPeer')?.apiVersion).toBe(
      'projectcalico.org/v3',
    );
    // The server serves no IPAMBlocks there: unknown, not none.
    expect(kindOf(datastore, 'IPAMBlock')).toMatchObject({
      at: undefined,
      error: expect.stringMatching(/404/),
    });
    // A Calico that does not know BGPFilters has none.
    expect(kindOf(datastore, 'BGPFilter')).toEqual({ kind: 'BGPFilter', count: 0, at: expect.any(Number) });
  });
});

describe('rights', () => {
  it.each([
    ['/api/v1/nodes', 'Node', 'apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"]'],
    [
      '/apis/discovery.k8s.io/v1/endpointslices',
      'EndpointSlice',
      'apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"]',
    ],
    [`${crd}/ipamblocks`, 'IPAMBlock', 'apiGroups: ["crd.projectcalico.org"], resources: ["ipamblocks"]'],
  ])('%s denied: the kind, the rule, and nothing else', async (place, kind, rule) => {
    const { server, datastore } = await start();
    server.forbidden.add(place);
    await datastore.refresh();
    const failed = stateOf(datastore).kinds.filter(({ error }) => error !== undefined);
    expect(failed.map((state) => state.kind)).toEqual([kind]);
    expect(failed[0]).toMatchObject({ at: undefined, count: 0, errorSince: expect.any(Number) });
    expect(failed[0]?.error).toContain(rule);
    expect(failed[0]?.error).toContain('is forbidden: User');
    server.forbidden.clear();
    datastore.watch(() => undefined);
    await until(() => kindOf(datastore, kind)?.error === undefined);
    expect(kindOf(datastore, kind)?.at).toBeDefined();
  });

  it('a wrong token, and nobody there, are readings that failed', async () => {
    const { url } = await start();
    const bad = kubernetesDatastore({
      kubeconfig: kubeconfigFor(url, { token: 'tell-nobody' }),
      now: () => 7,
    });
    closing.push(bad.stop);
    expect(bad.current()).toMatchObject({ ok: false, error: { kind: 'pending' } });
    await bad.refresh();
    expect(bad.current()).toMatchObject({
      ok: false,
      at: 7,
      error: { kind: 'auth', message: expect.stringContaining('401') },
    });
    expect(JSON.stringify(bad.current())).not.toContain('tell-nobody');
    const silent = new FakeApiServer({ token });
    const gone = await silent.listen();
    await silent.close();
    const nobody = kubernetesDatastore({ kubeconfig: kubeconfigFor(gone), now: Date.now });
    closing.push(nobody.stop);
    await nobody.refresh();
    expect(nobody.current()).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
});

describe('endpoints', () => {
  it('are read as the version of Calico reads them', () => {
    const versions = ['v3.30.9', '3.4', 'v2.6', 'v3.31.0', 'v3.40', 'v4.0', 'master', undefined];
    expect(versions.map(readsEndpoints)).toEqual([true, true, true, false, false, false, false, false]);
  });

  it('before v3.31 are Endpoints, and after an upgrade EndpointSlices', async () => {
    const { server, datastore } = await start();
    server.serve('/api/v1/endpoints', 'Endpoints', [
      { metadata: { name: 'web', namespace: 'a' }, subsets: [] },
    ]);
    const place = `${crd}/clusterinformations`;
    const [information] = recordedItems<Item>('clusterinformations-list');
    if (!information) throw new Error('nothing recorded');
    server.put(place, { ...information, spec: { calicoVersion: 'v3.29.1' } });
    await datastore.refresh();
    expect(kindOf(datastore, 'Endpoints')?.count).toBe(1);
    expect(kindOf(datastore, 'EndpointSlice')).toBeUndefined();
    datastore.watch(() => undefined);
    await until(() => server.watches(place) === 1);
    server.put(place, { ...information, spec: { calicoVersion: 'v3.31.7' } });
    await until(() => kindOf(datastore, 'EndpointSlice')?.at !== undefined);
  });
});

describe('watching', () => {
  it('goes on from the lists, tells of what counts, and keeps its state otherwise', async () => {
    const { server, datastore } = await start();
    await datastore.refresh();
    const lists = server.requests.length;
    let changes = 0;
    datastore.watch(() => changes++);
    await until(() =>
      kinds.every(({ plural }) =>
        [...server.resources.keys()].some(
          (place) => place.endsWith(`/${plural}`) && server.watches(place) === 1,
        ),
      ),
    );
    expect(server.requests.slice(lists).every((url) => url.includes('watch=true'))).toBe(true);
    const before = stateOf(datastore);
    const [node] = recordedItems<Item>('nodes-list-page1');
    if (!node) throw new Error('nothing recorded');
    // A heartbeat changes nothing that counts.
    server.put('/api/v1/nodes', {
      ...node,
      status: { conditions: [{ type: 'Ready', lastHeartbeatTime: 'now' }] },
    });
    server.put('/api/v1/nodes', { ...node, metadata: { ...node.metadata, labels: { rack: 'a' } } });
    await until(() => changes > 0);
    expect(changes).toBe(1);
    expect(stateOf(datastore)).not.toBe(before);
    expect(
      stateOf(datastore).objects.find(({ metadata }) => metadata.name === 'node1')?.metadata.labels,
    ).toEqual({ rack: 'a' });
    server.remove('/api/v1/nodes', 'node6');
    await until(() => kindOf(datastore, 'Node')?.count === 5);
  });
});

it('the recordings that the fake server is held against are at hand', () => {
  const folder = path.resolve(import.meta.dirname, '../fixtures/kube-api');
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain('kube-apiserver');
});
