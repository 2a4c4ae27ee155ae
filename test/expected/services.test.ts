// Service routes by routes.go, case by case: ranges from every node, single addresses from some, releases apart.
import { describe, expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix } from '../../src/model/prefix.ts';
import { config, node, service, slice } from './build.ts';

const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';
const a = node('a', { ipv4Address: '10.0.0.1/24' });
const b = node('b', { ipv4Address: '10.0.0.2/24' });
const ranges = {
  nodeToNodeMeshEnabled: false,
  serviceClusterIPs: [{ cidr: '10.96.0.0/16' }],
  serviceExternalIPs: [{ cidr: '198.51.100.0/24' }, { cidr: '203.0.113.7/32' }],
  serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/24' }, { cidr: '192.0.3.3/32' }],
};
const wide = [
  '10.96.0.0/16 service-cluster a+b',
  '192.0.2.0/24 service-loadbalancer a+b',
  '198.51.100.0/24 service-external a+b',
];

function prefixes(objects: readonly ApiObject[], calicoVersion?: string): string[] {
  return computeExpected(objects, calicoVersion === undefined ? {} : { calicoVersion }).prefixes.map(
    (p) => `${formatPrefix(p.prefix)} ${p.kind} ${p.origins.join('+')}`,
  );
}
/** Prefixes of a cluster with these ranges, without the ranges themselves. */
const singles = (objects: readonly ApiObject[], spec = {}, version?: string) =>
  prefixes([a, b, config({ ...ranges, ...spec }), ...objects], version).filter(
    (line) => !wide.includes(line),
  );

describe('ranges', () => {
  it('come from every node, single addresses in the lists do not', () => {
    expect(prefixes([a, b, config(ranges)])).toEqual(wide);
  });

  it.each([
    ['true', ['10.96.0.0/16 service-cluster a']],
    ['TRUE', ['10.96.0.0/16 service-cluster a+c']],
  ])('leave out a node with the exclude label "%s"', (value, expected) => {
    const c = node('c', { ipv4Address: '10.0.0.3/24' }, { [excluded]: value });
    expect(prefixes([a, c, config({ serviceClusterIPs: ranges.serviceClusterIPs })])).toEqual(expected);
  });

  it('of load balancers go when aggregation is Disabled (v3.31+)', () => {
    const disabled = [a, b, config({ ...ranges, serviceLoadBalancerAggregation: 'Disabled' })];
    expect(prefixes(disabled)).toEqual([wide[0], wide[2]]);
    expect(prefixes(disabled, 'v3.30.1')).toEqual(wide);
  });

  it('without cidr are warned of', () => {
    const { problems } = computeExpected([a, config({ serviceClusterIPs: [{}] })]);
    expect(problems.map((p) => [p.severity, p.field])).toEqual([
      ['warning', 'spec.serviceClusterIPs[0].cidr'],
    ]);
  });
});

describe('externalTrafficPolicy Local', () => {
  const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', clusterIP: '10.96.1.1' };

  it('comes from the nodes with endpoints', () => {
    const objects = [service('web', local), slice('web', 'IPv4', ['b'])];
    expect(singles(objects)).toEqual(['10.96.1.1/32 service-cluster b']);
    expect(computeExpected([a, b, config(ranges), ...objects]).prefixes[1]?.because).toBe(
      'Service shop/web: externalTrafficPolicy Local, announced where its endpoints are',
    );
  });

  it('comes from the node that Kubernetes has under another name', () => {
    const named = {
      ...node('c', { ipv4Address: '10.0.0.3/24' }),
      spec: {
        bgp: { ipv4Address: '10.0.0.3/24' },
        orchRefs: [{ orchestrator: 'k8s', nodeName: 'ip-10-0-0-3.example' }],
      },
    };
    const objects = [named, service('web', local), slice('web', 'IPv4', ['ip-10-0-0-3.example'])];
    expect(prefixes([config({ serviceClusterIPs: ranges.serviceClusterIPs }), ...objects])).toEqual([
      '10.96.0.0/16 service-cluster c',
      '10.96.1.1/32 service-cluster c',
    ]);
  });

  it('comes with all addresses that the lists hold', () => {
    const spec = { ...local, externalIPs: ['198.51.100.9', '198.18.0.1'] };
    const objects = [service('web', spec, ['192.0.2.44', '192.0.9.9']), slice('web', 'IPv4', ['a', 'b'])];
    expect(singles(objects)).toEqual([
      '10.96.1.1/32 service-cluster a+b',
      '192.0.2.44/32 service-loadbalancer a+b',
      '198.51.100.9/32 service-external a+b',
    ]);
  });

  it.each([
    ['v3.31.6', 'a+b'],
    ['v3.31.7', 'a'],
    ['v3.32.1', 'a+b'],
    ['v3.33.0', 'a'],
  ])('in %s comes from %s when the endpoint on b is not ready', (version, nodes) => {
    const objects = [service('web', local), slice('web', 'IPv4', ['a', '!b'])];
    expect(singles(objects, {}, version)).toEqual([`10.96.1.1/32 service-cluster ${nodes}`]);
  });

  it('asks for endpoints of a family that the service has', () => {
    const six = { ...local, clusterIP: 'fd00:96::25' };
    const both = { ...local, clusterIPs: ['10.96.1.1', 'fd00:96::25'], ipFamilies: ['IPv4', 'IPv6'] };
    expect(singles([service('web', six), slice('web', 'IPv4', ['a'])])).toEqual([]);
    expect(singles([service('web', six), slice('web', 'IPv6', ['a'])])).toEqual([
      'fd00:96::25/128 service-cluster a',
    ]);
    expect(singles([service('web', both), slice('web', 'IPv6', ['a'])])).toEqual([
      '10.96.1.1/32 service-cluster a',
      'fd00:96::25/128 service-cluster a',
    ]);
  });

  it('up to v3.30 reads Endpoints and announces the first ClusterIP alone', () => {
    const both = { ...local, clusterIPs: ['10.96.1.1', 'fd00:96::25'] };
    const endpoints = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'shop' },
      subsets: [
        {
          addresses: [{ ip: '10.1.1.1', nodeName: 'b' }],
          notReadyAddresses: [{ ip: '10.1.1.2', nodeName: 'a' }],
        },
      ],
    } as ApiObject;
    expect(singles([service('web', both), endpoints], {}, 'v3.30.0')).toEqual([
      '10.96.1.1/32 service-cluster b',
    ]);
  });

  it.each([
    [{ ...local, clusterIP: 'None' }],
    [{ ...local, type: 'ExternalName' }],
    [{ ...local, clusterIP: '' }],
  ])('is nothing for %o', (spec) => {
    expect(singles([service('web', spec), slice('web', 'IPv4', ['a'])])).toEqual([]);
  });
});

describe('externalTrafficPolicy Cluster', () => {
  const cluster = { type: 'LoadBalancer', clusterIP: '10.96.1.1' };
  const ready = slice('web', 'IPv4', ['b']);

  it('has no single addresses while the ranges are announced', () => {
    expect(singles([service('web', cluster, ['192.0.2.44']), ready])).toEqual([]);
  });

  it('has them all from every node when one of them is listed by itself', () => {
    const all = ['10.96.1.1/32 service-cluster a+b', '192.0.3.3/32 service-loadbalancer a+b'];
    expect(singles([service('web', cluster, ['192.0.3.3'])])).toEqual(all);
    expect(singles([service('web', cluster, ['192.0.3.3'])], {}, 'v3.31.4')).toEqual([]);
    expect(singles([service('web', { ...cluster, loadBalancerIP: '192.0.3.3' })], {}, 'v3.31.4')).toEqual([
      all[0],
    ]);
    const external = service('web', {
      type: 'ClusterIP',
      clusterIP: '10.96.1.1',
      externalIPs: ['203.0.113.7'],
    });
    expect(singles([external])).toEqual([
      '10.96.1.1/32 service-cluster a+b',
      '203.0.113.7/32 service-external a+b',
    ]);
    expect(singles([external], {}, 'v3.29.0')).toEqual([]);
  });

  it('has them from every node when aggregation is Disabled and an endpoint is ready', () => {
    const disabled = { serviceLoadBalancerAggregation: 'Disabled' };
    const objects = [service('web', cluster, ['192.0.2.44'])];
    const found = (...more: ApiObject[]) =>
      singles([...objects, ...more], disabled).filter((line) => line.includes('/32'));
    expect(found(ready)).toEqual([
      '10.96.1.1/32 service-cluster a+b',
      '192.0.2.44/32 service-loadbalancer a+b',
    ]);
    expect(found(slice('web', 'IPv4', ['!b']))).toEqual([]);
    expect(found()).toEqual([]);
    // Endpoints outside of the cluster, which people write themselves, are on no node and count all the same.
    const outside = { ...slice('web', 'IPv4', []), endpoints: [{ addresses: ['203.0.113.9'] }] };
    expect(found(outside)).toHaveLength(2);
    expect(singles([service('web', { ...cluster, externalTrafficPolicy: 'Local' }), outside])).toEqual([]);
  });
});

it('announces no ClusterIP while serviceClusterIPs is empty', () => {
  const local = service('web', { externalTrafficPolicy: 'Local', clusterIP: '10.96.1.1' });
  const none = config({ nodeToNodeMeshEnabled: false });
  expect(prefixes([a, b, none, local, slice('web', 'IPv4', ['a'])])).toEqual([]);
});
