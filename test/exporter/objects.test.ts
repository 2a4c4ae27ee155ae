// From a cluster's API server to the expectation: bursts of changes, kinds that may not be read, objects that grow old,
// and a cluster of 5,000 nodes. What is expected under each denial is worked out by hand from the reference fabric.
import { afterEach, describe, expect, it } from 'vitest';
import { expectedSource } from '../../src/exporter/objects.ts';
import type { ExpectedState } from '../../src/model/expectation.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { serveBigCluster } from '../kube/big-cluster.ts';
import { kubeconfigFor, recordedServer, token, until } from '../kube/cluster.ts';
import { FakeApiServer } from '../kube/fake-api-server.ts';

const crd = '/apis/crd.projectcalico.org/v1';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(
  prepare: (server: FakeApiServer) => void = () => undefined,
  now: () => number = Date.now,
) {
  const { server, kubeconfig } = await recordedServer();
  prepare(server);
  const config = {
    datastore: { kind: 'kubernetes' as const, kubeconfig },
    expected: { usePodCidr: 'auto' as const, rules: [] },
  };
  const source = expectedSource(config, now);
  closing.push(() => server.close());
  return { server, source };
}

function watch(source: ReturnType<typeof expectedSource>) {
  const counter = { changes: 0 };
  const watching = source.watch(() => counter.changes++);
  closing.unshift(watching.stop);
  return counter;
}

function stateOf(source: ReturnType<typeof expectedSource>): ExpectedState {
  const reading = source.current();
  if (!reading.ok) throw new Error(reading.error.message);
  return reading.value;
}

const prefixesOf = ({ prefixes }: ExpectedState) =>
  prefixes.map(({ prefix, kind }) => `${formatPrefix(prefix)} ${kind}`);
const rangesOf = ({ ranges }: ExpectedState) => ranges.map(formatPrefix);

const blocks = [64, 65, 66, 67, 68, 69].map((n) => `10.233.${n}.0/24 block`);
const service = '10.233.0.0/18 service-cluster';
const both = ['10.233.0.0/18', '10.233.64.0/18'];
const [services, pods] = both;

describe('the recorded cluster', () => {
  it('calls for six blocks, the service range and ten sessions', async () => {
    const { source } = await start();
    expect(source.current()).toMatchObject({ ok: false, error: { kind: 'pending' } });
    await source.refresh();
    const value = stateOf(source);
    expect(prefixesOf(value)).toEqual([service, ...blocks]);
    expect(rangesOf(value)).toEqual(both);
    // node1-node2 and node4-node5, node3 and node6 with two reflectors each, and four uplinks: from each side.
    expect(value.sessions).toHaveLength(2 + 2 + 4 + 4 + 4);
    expect(value.problems).toEqual([]);
    expect(source.kinds().map(({ kind, count }) => `${kind} ${count}`)).toEqual([
      'Node 6',
      'Service 1',
      'ClusterInformation 1',
      'BGPConfiguration 1',
      'BGPPeer 4',
      'BGPFilter 0',
      'IPPool 1',
      'IPAMBlock 6',
      'BlockAffinity 6',
      'EndpointSlice 0',
    ]);
  });
});

describe('a kind that may not be read', () => {
  it.each(['/api/v1/nodes', `${crd}/bgppeers`, `${crd}/bgpconfigurations`])(
    '%s: nothing can be said, and why',
    async (place) => {
      const { source } = await start((server) => server.forbidden.add(place));
      await source.refresh();
      const plural = place.split('/').at(-1);
      expect(source.current()).toMatchObject({
        ok: false,
        error: {
          kind: 'permission',
          message: expect.stringContaining(`resources: ["${plural}"], verbs: ["list", "watch"]`),
        },
      });
      expect(source.current()).not.toHaveProperty('last');
    },
  );

  const podless = { prefixes: [service], ranges: [services] };
  it.each([
    // A pool may keep blocks back, so no block is judged.
    ['ippools', ['IPPool'], podless],
    // Affinities tell the blocks; single addresses are not known.
    ['ipamblocks', ['IPAMBlock'], { prefixes: [service, ...blocks], ranges: [services] }],
    ['services', ['Service'], { prefixes: [service, ...blocks], ranges: [pods] }],
    ['endpointslices', ['EndpointSlice'], { prefixes: [service, ...blocks], ranges: [pods] }],
    // Never podCIDRs in place of blocks that could not be read.
    ['ipamblocks blockaffinities', ['IPAMBlock', 'BlockAffinity'], podless],
    ['ippools services', ['Service', 'IPPool'], { prefixes: [service], ranges: [] }],
  ])('%s: only what depends on it is left out', async (plurals, kinds, expected) => {
    const { source } = await start((server) => {
      for (const plural of plurals.split(' ')) {
        for (const place of server.resources.keys())
          if (place.endsWith(`/${plural}`)) server.forbidden.add(place);
      }
    });
    await source.refresh();
    const value = stateOf(source);
    expect({ prefixes: prefixesOf(value), ranges: rangesOf(value) }).toEqual(expected);
    expect(value.sessions).toHaveLength(16);
    const problems = value.problems.filter(({ notJudged }) => notJudged !== undefined);
    expect(problems.map(({ object }) => object)).toEqual(kinds);
    for (const { severity, message } of problems) {
      expect(severity).toBe('error');
      expect(message).toMatch(
        /^cannot be read\. Not judged: .*routes in .*|^cannot be read\. Not judged: routes of pods/,
      );
      expect(message).toMatch(/add to the ClusterRole: apiGroups: \[".*"\], resources: \[".*"\], verbs:/);
    }
  });

  it('blockaffinities: owners come from blocks instead', async () => {
    const { source } = await start((server) => server.forbidden.add(`${crd}/blockaffinities`));
    await source.refresh();
    const value = stateOf(source);
    expect(prefixesOf(value)).toEqual([service, ...blocks]);
    expect(rangesOf(value)).toEqual(both);
    expect(value.problems).toEqual([
      { severity: 'warning', object: 'BlockAffinity', message: expect.stringContaining('blockaffinities') },
    ]);
  });

  it('bgpfilters: matters only where a peer names one', async () => {
    const deny = (server: FakeApiServer) => server.forbidden.add(`${crd}/bgpfilters`);
    const without = await start(deny);
    await without.source.refresh();
    expect(prefixesOf(stateOf(without.source))).toEqual([service, ...blocks]);
    expect(stateOf(without.source).problems).toMatchObject([{ severity: 'warning', object: 'BGPFilter' }]);
    const named = await start((server) => {
      deny(server);
      const peer = server.resources.get(`${crd}/bgppeers`)?.items.get('rr1-to-leaf1-peer');
      if (peer)
        server.put(`${crd}/bgppeers`, {
          ...peer,
          spec: { ...(peer.spec as object), filters: ['keep-back'] },
        });
    });
    await named.source.refresh();
    const value = stateOf(named.source);
    expect([prefixesOf(value), rangesOf(value)]).toEqual([[], []]);
    expect(value.sessions).toHaveLength(16);
    // Not "names a filter that does not exist".
    expect(value.problems).toMatchObject([
      { severity: 'error', object: 'BGPFilter', notJudged: expect.any(String) },
    ]);
  });

  it('is judged again as soon as it may be read', async () => {
    const { server, source } = await start((fake) => fake.forbidden.add(`${crd}/ipamblocks`));
    await source.refresh();
    watch(source);
    server.forbidden.clear();
    await until(() => stateOf(source).problems.length === 0, 8000);
    expect(rangesOf(stateOf(source))).toEqual(both);
  }, 10_000);
});

describe('time', () => {
  it('old objects stay in use, and after two minutes that is said', async () => {
    let clock = 1_000_000;
    const { server, source } = await start(undefined, () => clock);
    await source.refresh();
    watch(source);
    await until(() => server.watches('/api/v1/nodes') === 1);
    server.faults = [
      (_request, response) => {
        response.destroy();
        return true;
      },
    ];
    server.drop();
    await until(() => source.kinds().every(({ error }) => error !== undefined), 8000);
    clock += 119_000;
    expect(source.current().ok).toBe(true);
    clock += 2000;
    expect(source.current()).toMatchObject({
      ok: false,
      error: {
        kind: 'timeout',
        message: expect.stringContaining('Node objects are those of 1970-01-01T00:16:40.000Z'),
      },
      last: { at: 1_000_000, value: { problems: [] } },
    });
    server.faults = [];
    await until(() => source.current().ok, 8000);
  }, 20_000);

  it('many changes are one computation per 250 ms', async () => {
    const { server, source } = await start();
    await source.refresh();
    const counter = watch(source);
    await until(() => server.watches('/api/v1/nodes') === 1);
    const began = Date.now();
    let n = 0;
    while (Date.now() - began < 1000) {
      for (let i = 0; i < 20; i++) {
        const name = `extra-${n++}`;
        server.put('/api/v1/nodes', {
          metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `192.0.2.${n % 250}/24` } },
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until(() => stateOf(source).nodes.length === 6 + n);
    expect(n).toBeGreaterThan(100);
    expect(counter.changes).toBeGreaterThanOrEqual(1);
    expect(counter.changes).toBeLessThanOrEqual(6);
  }, 20_000);
});

describe('a cluster of 5,000 nodes and 20,000 blocks', () => {
  it('is known whole', async () => {
    const server = new FakeApiServer({ token });
    const [nodes, count] = [5000, 20_000];
    serveBigCluster(server, nodes, count);
    const kubeconfig = kubeconfigFor(await server.listen());
    closing.push(() => server.close());
    const source = expectedSource(
      { datastore: { kind: 'kubernetes', kubeconfig }, expected: { usePodCidr: 'auto', rules: [] } },
      Date.now,
    );
    await source.refresh();
    const value = stateOf(source);
    expect([value.nodes.length, value.sessions.length, value.prefixes.length]).toEqual([nodes, nodes, count]);
    expect(value.problems).toEqual([]);
  }, 60_000);
});
