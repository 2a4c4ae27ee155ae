// The etcd datastore against Debian's etcd: what is read, how fast a change is seen, and what remains while etcd is away.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Datastore } from '../../src/datastores/datastore.ts';
import { etcdDatastore } from '../../src/datastores/etcd.ts';
import { objectName } from '../../src/model/object.ts';
import { lastGood } from '../../src/model/reading.ts';
import type { EtcdTls } from '../../src/transport/etcd-http.ts';
import { because } from '../because.ts';
import { type EtcdServer, makeCertificates, noEtcd, startEtcd } from '../transport/etcd-server.ts';

const v3 = '/calico/resources/v3/projectcalico.org';
const block = '/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-26';
const node = (name: string) => JSON.stringify({ kind: 'Node', metadata: { name }, spec: { bgp: {} } });

const stores: Datastore[] = [];

function store(endpoint: string, tls: EtcdTls = {}, intervalMs = 500): Datastore {
  const made = etcdDatastore({ endpoints: [endpoint], tls, timeoutMs: 2000, intervalMs, now: Date.now });
  stores.push(made);
  return made;
}

const names = (of: Datastore) => (lastGood(of.current())?.value.objects ?? []).map(objectName).sort();
const kindOf = (of: Datastore, name: string) =>
  lastGood(of.current())?.value.kinds.find(({ kind }) => kind === name);

afterEach(() => {
  for (const each of stores.splice(0)) each.stop();
});

describe.skipIf(noEtcd)(
  because(Boolean(noEtcd), 'the etcd datastore', 'needs the packages etcd-server and etcd-client'),
  () => {
    let server: EtcdServer;
    beforeAll(async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'etcd-certificates-'));
      certificates = makeCertificates(folder);
      clean = () => rmSync(folder, { recursive: true });
      server = await startEtcd(certificates);
      server.put([
        [`${v3}/nodes/node1`, node('node1')],
        [`${v3}/networkpolicies/shop/deny`, '{"kind":"NetworkPolicy"}'],
        ['/calico/felix/v2/no-region/host/node1/status', '{}'],
        [block, JSON.stringify({ cidr: '10.0.0.0/26', affinity: 'host:node1' })],
      ]);
    });
    let certificates: ReturnType<typeof makeCertificates>;
    let clean: () => void;
    afterAll(async () => {
      await server.stop();
      clean();
    });
    const make = (intervalMs?: number) => store(server.endpoint, certificates.client, intervalMs);

    it('is pending before it was asked', () => {
      expect(make().current()).toMatchObject({ ok: false, error: { kind: 'pending' } });
    });

    it('reads what counts for BGP, with a client certificate', async () => {
      const datastore = make();
      await datastore.refresh();
      expect(names(datastore)).toEqual(['IPAMBlock 10-0-0-0-26', 'Node node1']);
      expect(kindOf(datastore, 'Node')).toMatchObject({ count: 1, at: expect.any(Number) });
      expect(kindOf(datastore, 'BGPPeer')).toMatchObject({ count: 0, at: expect.any(Number) });
      const before = datastore.current();
      expect(datastore.current()).toEqual(before);
      expect(lastGood(datastore.current())?.value).toBe(lastGood(before)?.value);
    });

    it('sees a changed, a new and a deleted block within a second each', async () => {
      const datastore = make();
      await datastore.refresh();
      let calls = 0;
      datastore.watch(() => calls++);
      const affinity = () =>
        lastGood(datastore.current())?.value.objects.flatMap(({ kind, spec }) =>
          kind === 'IPAMBlock' ? [(spec as { affinity: string }).affinity] : [],
        );
      server.ctl('put', block, JSON.stringify({ cidr: '10.0.0.0/26', affinity: 'host:node2' }));
      await expect.poll(affinity, { timeout: 1000, interval: 10 }).toEqual(['host:node2']);
      server.ctl('put', `${block.slice(0, -1)}7`, JSON.stringify({ affinity: 'host:node3' }));
      await expect.poll(affinity, { timeout: 1000, interval: 10 }).toEqual(['host:node2', 'host:node3']);
      server.ctl('del', `${block.slice(0, -1)}7`);
      await expect.poll(affinity, { timeout: 1000, interval: 10 }).toEqual(['host:node2']);
      expect(calls).toBeGreaterThanOrEqual(3);
    });

    it('grows no older while nothing changes', async () => {
      const datastore = make(100);
      await datastore.refresh();
      const first = lastGood(datastore.current());
      datastore.watch(() => {});
      await expect.poll(() => (kindOf(datastore, 'Node')?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(200);
      expect(lastGood(datastore.current())?.value).toBe(first?.value);
    });

    it('reads endpoints as soon as a peer wants sessions with pods', async () => {
      const endpoint = JSON.stringify({ spec: { node: 'node1', ipNetworks: ['10.0.0.5/32'] } });
      server.put([[`${v3}/workloadendpoints/shop/web`, endpoint]]);
      const datastore = make();
      await datastore.refresh();
      datastore.watch(() => {});
      expect(names(datastore)).not.toContain('WorkloadEndpoint shop/web');
      server.ctl('put', `${v3}/bgppeers/pods`, JSON.stringify({ spec: { localWorkloadSelector: 'all()' } }));
      await expect.poll(() => names(datastore), { timeout: 3000 }).toContain('WorkloadEndpoint shop/web');
      server.ctl('del', `${v3}/bgppeers/pods`);
    });

    it('says that Services are not there, where nodes announce them', async () => {
      const datastore = make();
      await datastore.refresh();
      expect(kindOf(datastore, 'Service')).toBeUndefined();
      datastore.watch(() => {});
      const config = { spec: { serviceClusterIPs: [{ cidr: '10.96.0.0/12' }] } };
      server.ctl('put', `${v3}/bgpconfigurations/default`, JSON.stringify(config));
      await expect
        .poll(() => kindOf(datastore, 'Service'), { timeout: 1000 })
        .toMatchObject({ at: undefined, error: expect.stringContaining('no Services') });
      server.ctl('del', `${v3}/bgpconfigurations/default`);
    });

    it('keeps what it knew while etcd is away, says since when, and goes on when it is back', async () => {
      const datastore = make(300);
      await datastore.refresh();
      datastore.watch(() => {});
      await server.halt();
      await expect.poll(() => kindOf(datastore, 'Node')?.error, { timeout: 3000 }).toMatch(/127\.0\.0\.1/);
      const since = kindOf(datastore, 'Node')?.errorSince;
      expect(names(datastore)).toEqual(['IPAMBlock 10-0-0-0-26', 'Node node1']);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(kindOf(datastore, 'Node')?.errorSince).toBe(since);
      await server.restart();
      server.ctl('put', `${v3}/nodes/node2`, node('node2'));
      await expect.poll(() => names(datastore), { timeout: 3000 }).toContain('Node node2');
      await expect.poll(() => kindOf(datastore, 'Node')?.error).toBeUndefined();
      server.ctl('del', `${v3}/nodes/node2`);
    });

    it('lists everything anew when the revision it watches from is compacted', async () => {
      const datastore = make();
      await datastore.refresh();
      server.ctl('put', `${v3}/nodes/node5`, node('node5'));
      const [, revision] = /"revision":(\d+)/.exec(server.ctl('get', '/', '-w', 'json')) ?? [];
      server.ctl('put', `${v3}/nodes/node5`, node('node5'));
      server.ctl('compact', String(Number(revision) + 1));
      datastore.watch(() => {});
      await expect.poll(() => names(datastore), { timeout: 3000 }).toContain('Node node5');
      server.ctl('del', `${v3}/nodes/node5`);
      await expect.poll(() => names(datastore), { timeout: 1000 }).not.toContain('Node node5');
    });

    it('fails when nobody is there', async () => {
      const datastore = store('http://127.0.0.1:1');
      await datastore.refresh();
      expect(datastore.current()).toMatchObject({
        ok: false,
        error: { kind: 'refused', message: expect.stringContaining('127.0.0.1:1') },
      });
    });

    it('fails on a certificate file that is not there', async () => {
      const datastore = store(server.endpoint, { caFile: '/nonexistent/ca.crt' });
      await datastore.refresh();
      expect(datastore.current()).toMatchObject({ ok: false, error: { kind: 'not-found' } });
    });
  },
);

describe.skipIf(noEtcd)(
  because(Boolean(noEtcd), 'an etcd that is not of Calico', 'needs the packages etcd-server and etcd-client'),
  () => {
    it('is an error and not a cluster without nodes', async () => {
      const server = await startEtcd();
      server.ctl('put', '/registry/minions/node1', 'k8s');
      const datastore = store(server.endpoint);
      await datastore.refresh();
      expect(datastore.current()).toMatchObject({
        ok: false,
        error: { kind: 'not-found', message: expect.stringContaining("none of Calico's keys") },
      });
      await server.stop();
    });
  },
);
