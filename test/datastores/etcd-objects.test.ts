// Entries of Calico's etcdv3 datastore as objects: keys and values as libcalico-go writes them (lib/backend/model), and what
// the expectation makes of them, worked out by hand.
import { describe, expect, it } from 'vitest';
import { etcdCache } from '../../src/datastores/etcd-cache.ts';
import {
  announcesServices,
  endpointKind,
  entryObject,
  etcdKinds,
} from '../../src/datastores/etcd-objects.ts';
import { computeExpected } from '../../src/expected/compute.ts';
import { formatPrefix } from '../../src/model/prefix.ts';

const v3 = '/calico/resources/v3/projectcalico.org';

function read(key: string, value: unknown) {
  const kind = [...etcdKinds, endpointKind].find(({ prefix }) => key.startsWith(prefix));
  if (!kind) throw new Error(`no kind for ${key}`);
  return entryObject(kind, key, typeof value === 'string' ? value : JSON.stringify(value), 7);
}

const calicoNode = (name: string, address: string, labels = {}) => ({
  kind: 'Node',
  apiVersion: 'projectcalico.org/v3',
  metadata: { name, uid: 'b1946ac9', creationTimestamp: '2026-01-01T00:00:00Z', labels },
  spec: { bgp: { ipv4Address: address }, orchRefs: [{ nodeName: name, orchestrator: 'k8s' }] },
});

describe('entries of etcd', () => {
  it('are v3 resources by plural and name', () => {
    expect(read(`${v3}/nodes/node1`, calicoNode('node1', '10.0.0.1/24', { rack: 'r1' }))).toEqual({
      object: {
        apiVersion: 'projectcalico.org/v3',
        kind: 'Node',
        metadata: { name: 'node1', labels: { rack: 'r1' }, resourceVersion: '7' },
        spec: { bgp: { ipv4Address: '10.0.0.1/24' }, orchRefs: [{ nodeName: 'node1', orchestrator: 'k8s' }] },
        origin: `etcd ${v3}/nodes/node1`,
      },
    });
  });

  it('are blocks, with what decides announcements', () => {
    const value = {
      cidr: '192.168.1.0/30',
      affinity: 'host:node1',
      affinity_claim_time: '2026-01-01T00:00:00Z',
      strictAffinity: false,
      allocations: [0, 1, null, 2],
      unallocated: [2],
      attributes: [
        { handle_id: 'ipip-tunnel-addr-node1', secondary: { node: 'node1', type: 'ipipTunnelAddress' } },
        { handle_id: 'k8s.1', secondary: { namespace: 'shop', node: 'node2', pod: 'web-0', timestamp: 'x' } },
        { handle_id: 'k8s.2', secondary: { node: 'node2', pod: 'old' }, releasedAt: '2026-01-01T00:00:00Z' },
      ],
      sequenceNumber: 3,
      deleted: false,
    };
    expect(read('/calico/ipam/v2/assignment/ipv4/block/192.168.1.0-30', value)).toMatchObject({
      object: {
        kind: 'IPAMBlock',
        metadata: { name: '192-168-1-0-30' },
        spec: {
          cidr: '192.168.1.0/30',
          affinity: 'host:node1',
          allocations: [0, 1, null, 2],
          attributes: [
            { secondary: { node: 'node1' } },
            { secondary: { node: 'node2', pod: 'web-0', namespace: 'shop' } },
            { secondary: { node: 'node2' }, releasedAt: '2026-01-01T00:00:00Z' },
          ],
          deleted: false,
        },
      },
    });
  });

  it('are blocks of IPv6, and of old with hostAffinity', () => {
    const object = { kind: 'IPAMBlock', metadata: { name: 'fd00-10---122' } };
    expect(
      read('/calico/ipam/v2/assignment/ipv6/block/fd00:10::-122', { hostAffinity: 'node1' }),
    ).toMatchObject({
      object: { ...object, spec: { cidr: 'fd00:10::/122', affinity: 'host:node1' } },
    });
  });

  it.each([
    ['with a state', { state: 'pendingDeletion', deleted: false }, 'pendingDeletion'],
    ['of old, without a value', '', 'confirmed'],
  ])('are affinities %s', (_, value, state) => {
    expect(read('/calico/ipam/v2/host/node-1.example/ipv4/block/10.0.0.0-26', value)).toEqual({
      object: {
        apiVersion: 'projectcalico.org/v3',
        kind: 'BlockAffinity',
        metadata: { name: 'node-1.example-10-0-0-0-26', resourceVersion: '7' },
        spec: { cidr: '10.0.0.0/26', node: 'node-1.example', type: 'host', state, deleted: false },
        origin: 'etcd /calico/ipam/v2/host/node-1.example/ipv4/block/10.0.0.0-26',
      },
    });
  });

  it('are the IPAM configuration', () => {
    const value = { strict_affinity: true, auto_allocate_blocks: true, maxBlocksPerHost: 0 };
    expect(read('/calico/ipam/v2/config', value)).toMatchObject({
      object: { kind: 'IPAMConfig', spec: { strictAffinity: true, autoAllocateBlocks: true } },
    });
  });

  it('are endpoints by namespace and name', () => {
    const value = {
      metadata: { labels: { app: 'web' } },
      spec: { node: 'node1', ipNetworks: ['10.0.0.5/32'], profiles: ['kns.shop'], interfaceName: 'cali1' },
    };
    expect(read(`${v3}/workloadendpoints/shop/node1-k8s-web-eth0`, value)).toMatchObject({
      object: {
        kind: 'WorkloadEndpoint',
        metadata: { namespace: 'shop', name: 'node1-k8s-web-eth0', labels: { app: 'web' } },
        spec: { node: 'node1', ipNetworks: ['10.0.0.5/32'] },
      },
    });
  });

  it.each([['not JSON'], ['[]'], ['null'], ['']])('are problems when the value is %j', (value) => {
    expect(read(`${v3}/bgppeers/rack1`, value)).toEqual({
      problem: {
        severity: 'error',
        object: 'BGPPeer rack1',
        message: `etcd key ${v3}/bgppeers/rack1: the value is no JSON object; it is left out`,
      },
    });
  });

  it.each([
    '/calico/ipam/v2/assignment/ipv4/other/10.0.0.0-26',
    '/calico/ipam/v2/host/node1/ipv4/block',
    '/calico/ipam/v2/config/old',
    `${v3}/workloadendpoints/shop`.concat('/'),
  ])('are nothing when the key is %s', (key) => {
    expect(read(key, {})).toBeUndefined();
  });

  it('show whether nodes announce services', () => {
    const config = (spec: object) => ({
      apiVersion: '',
      kind: 'BGPConfiguration',
      metadata: { name: 'default' },
      spec,
    });
    expect(announcesServices(config({ serviceClusterIPs: [{ cidr: '10.96.0.0/12' }] }))).toBe(true);
    expect(announcesServices(config({ serviceClusterIPs: [], asNumber: 64512 }))).toBe(false);
  });
});

describe('a cache of entries', () => {
  const key = `${v3}/nodes/node1`;
  const entry = (modRevision: number, value: string | undefined) => ({ key, value, modRevision });

  it('takes what is newer and nothing else', () => {
    const cache = etcdCache(etcdKinds);
    const [kind] = etcdKinds;
    if (!kind) throw new Error('no kinds');
    expect(cache.apply([entry(5, '{}')])).toBe(true);
    expect(cache.apply([entry(5, '{}'), entry(4, undefined)])).toBe(false);
    expect(cache.count(kind)).toBe(1);
    expect(cache.apply([entry(6, 'broken')])).toBe(true);
    expect([cache.objects().length, cache.problems().length, cache.count(kind)]).toEqual([0, 1, 1]);
    expect(cache.apply([entry(7, undefined)])).toBe(true);
    expect(cache.apply([entry(8, undefined)])).toBe(false);
    expect([cache.objects().length, cache.problems().length, cache.count(kind)]).toEqual([0, 0, 0]);
  });

  it('passes over keys that no kind wants', () => {
    const cache = etcdCache(etcdKinds);
    const other = { key: '/calico/felix/v2/no-region/host/node1/status', value: '{}', modRevision: 5 };
    expect(cache.apply([other])).toBe(false);
  });
});

describe('the expectation from etcd', () => {
  it('is that of the objects: own block, borrowed address, no tunnel address, no podCIDR', () => {
    const ipam = '/calico/ipam/v2';
    const allocations = Array.from({ length: 64 }, (_, i) => (i === 1 ? 0 : i === 5 ? 1 : null));
    const entries: [string, unknown][] = [
      [`${v3}/nodes/node1`, { ...calicoNode('node1', '10.0.0.1/24'), status: { podCIDRs: ['10.9.0.0/24'] } }],
      [`${v3}/nodes/node2`, calicoNode('node2', '10.0.0.2/24')],
      [`${v3}/ippools/default`, { spec: { cidr: '192.168.0.0/16' } }],
      [`${ipam}/host/node1/ipv4/block/192.168.1.0-26`, { state: 'confirmed', deleted: false }],
      [
        `${ipam}/assignment/ipv4/block/192.168.1.0-26`,
        {
          cidr: '192.168.1.0/26',
          affinity: 'host:node1',
          allocations,
          attributes: [
            { handle_id: 'a', secondary: { node: 'node1', pod: 'own', namespace: 'shop' } },
            { handle_id: 'b', secondary: { node: 'node2', pod: 'guest', namespace: 'shop' } },
          ],
        },
      ],
    ];
    const objects = entries.flatMap(([key, value]) => {
      const result = read(key, value);
      return result && 'object' in result ? [result.object] : [];
    });
    const expected = computeExpected(objects);
    expect(expected.problems).toEqual([]);
    expect(
      expected.prefixes.map(({ prefix, kind, origins }) => [formatPrefix(prefix), kind, origins]),
    ).toEqual([
      ['192.168.1.0/26', 'block', ['node1']],
      ['192.168.1.5/32', 'borrowed', ['node2']],
    ]);
    expect(expected.sessions.map(({ node, name }) => [node, name])).toEqual([
      ['node1', 'Mesh_10_0_0_2'],
      ['node2', 'Mesh_10_0_0_1'],
    ]);
  });
});
