// Calico's objects in a real etcd and the Services in a Kubernetes beside it: both are read, each by itself, and which kind
// of endpoints counts hangs on the version of Calico that etcd knows.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Datastore } from '../../src/datastores/datastore.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { datastoreOf } from '../../src/exporter/datastores.ts';
import { objectName } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { lastGood } from '../../src/model/reading.ts';
import { because } from '../because.ts';
import { kubeconfigFor, token } from '../kube/cluster.ts';
import { FakeApiServer } from '../kube/fake-api-server.ts';
import { type EtcdServer, noEtcd, startEtcd } from '../transport/etcd-server.ts';

const v3 = '/calico/resources/v3/projectcalico.org';
const slices = '/apis/discovery.k8s.io/v1/endpointslices';
const node = (name: string, address: string) =>
  JSON.stringify({ kind: 'Node', metadata: { name }, spec: { bgp: { ipv4Address: `${address}/24` } } });
const information = (calicoVersion: string) => JSON.stringify({ spec: { calicoVersion } });

const shop = { name: 'web', namespace: 'shop' };
const service = {
  metadata: shop,
  spec: { type: 'LoadBalancer', clusterIP: '10.96.0.7', externalTrafficPolicy: 'Local' },
};
const slice = (nodeName: string) => ({
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ nodeName }],
});
const endpoints = { metadata: shop, subsets: [{ addresses: [{ ip: '10.0.0.9', nodeName: 'node1' }] }] };

/** Most time for a change to be seen, in milliseconds; machines are busy. */
const patience = 15_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function kubernetes() {
  const server = new FakeApiServer({ token });
  server.serve('/api/v1/services', 'Service', [service]);
  server.serve('/api/v1/endpoints', 'Endpoints', [endpoints]);
  server.serve(slices, 'EndpointSlice', [slice('node2')]);
  closing.push(() => server.close());
  return { server, kubeconfig: kubeconfigFor(await server.listen()) };
}

function beside(endpoint: string, kubeconfig: string): Datastore {
  const etcd = { kind: 'etcd' as const, endpoints: [endpoint], interval: 500, services: { kubeconfig } };
  const datastore = datastoreOf({ datastore: etcd, expected: { usePodCidr: false, rules: [] } }, Date.now);
  closing.push(() => datastore.stop());
  return datastore;
}

const stateOf = (of: Datastore) => lastGood(of.current())?.value;
const names = (of: Datastore) => (stateOf(of)?.objects ?? []).map(objectName);
const kindOf = (of: Datastore, name: string) => stateOf(of)?.kinds.find(({ kind }) => kind === name);

/** Where the service's own address is announced. */
function announcers(of: Datastore): readonly string[] {
  const { prefixes } = computeExpected(stateOf(of)?.objects ?? []);
  return prefixes.find(({ prefix }) => formatPrefix(prefix) === '10.96.0.7/32')?.origins ?? [];
}

describe.skipIf(noEtcd)(
  because(
    Boolean(noEtcd),
    'etcd with Services from Kubernetes',
    'needs the packages etcd-server and etcd-client',
  ),
  { timeout: 2 * patience },
  () => {
    let etcd: EtcdServer;
    beforeAll(async () => {
      etcd = await startEtcd();
      const config = { spec: { serviceClusterIPs: [{ cidr: '10.96.0.0/12' }] } };
      etcd.put([
        [`${v3}/nodes/node1`, node('node1', '172.20.0.11')],
        [`${v3}/nodes/node2`, node('node2', '172.20.0.12')],
        [`${v3}/bgpconfigurations/default`, JSON.stringify(config)],
        [`${v3}/clusterinformations/default`, information('v3.31.7')],
      ]);
    });
    afterAll(() => etcd.stop());

    it('knows where the addresses of services are announced', async () => {
      const { server, kubeconfig } = await kubernetes();
      const datastore = beside(etcd.endpoint, kubeconfig);
      await datastore.refresh();
      expect(announcers(datastore)).toEqual(['node2']);
      expect(kindOf(datastore, 'Service')).toMatchObject({ count: 1, at: expect.any(Number) });
      expect(stateOf(datastore)).toBe(stateOf(datastore));
      const asked = new Set(server.requests.map((url) => url.split('?')[0]));
      expect([...asked].sort()).toEqual(['/api/v1/services', slices]);
    });

    it('sees changes on both sides', async () => {
      const { server, kubeconfig } = await kubernetes();
      const datastore = beside(etcd.endpoint, kubeconfig);
      await datastore.refresh();
      datastore.watch(() => {});
      server.put(slices, slice('node1'));
      await expect.poll(() => announcers(datastore), { timeout: patience }).toEqual(['node1']);
      etcd.ctl('put', `${v3}/nodes/node3`, node('node3', '172.20.0.13'));
      await expect.poll(() => names(datastore), { timeout: patience }).toContain('Node node3');
      etcd.ctl('del', `${v3}/nodes/node3`);
    });

    it('reads Endpoints where etcd knows an older Calico, and follows its upgrade', async () => {
      etcd.ctl('put', `${v3}/clusterinformations/default`, information('v3.29.1'));
      const { kubeconfig } = await kubernetes();
      const datastore = beside(etcd.endpoint, kubeconfig);
      await datastore.refresh();
      expect(announcers(datastore)).toEqual(['node1']);
      datastore.watch(() => {});
      etcd.ctl('put', `${v3}/clusterinformations/default`, information('v3.31.7'));
      await expect.poll(() => announcers(datastore), { timeout: patience }).toEqual(['node2']);
    });

    it('names the missing right, and the rest is there', async () => {
      const { server, kubeconfig } = await kubernetes();
      server.forbidden.add('/api/v1/services');
      const datastore = beside(etcd.endpoint, kubeconfig);
      await datastore.refresh();
      expect(kindOf(datastore, 'Service')).toMatchObject({
        at: undefined,
        error: expect.stringContaining('resources: ["services"]'),
      });
      expect(kindOf(datastore, 'Node')).toMatchObject({ count: 2 });
    });

    it('takes Services for unknown while Kubernetes is away', async () => {
      const datastore = beside(etcd.endpoint, kubeconfigFor('http://127.0.0.1:1'));
      await datastore.refresh();
      expect(names(datastore)).toContain('Node node1');
      expect(kindOf(datastore, 'Service')).toMatchObject({
        at: undefined,
        error: expect.stringContaining('127.0.0.1:1'),
      });
    });
  },
);
