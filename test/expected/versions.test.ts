// Which rules belong to which Calico release, by the table of switch-points that was checked tag by tag.
import { describe, expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import { featuresOf, parseVersion } from '../../src/expected/versions.ts';
import { calico, config, node, noMesh, peer } from './build.ts';

describe('parseVersion', () => {
  it.each([
    ['v3.31.7', [3, 31, 7]],
    ['3.30', [3, 30, 0]],
    ['v3.33.0-0.dev-123-g87c15906f2', [3, 33, 0]],
    ['master', undefined],
    ['v3', undefined],
    ['3.1.2.3', undefined],
    ['', undefined],
  ])('%s', (text, version) => expect(parseVersion(text)).toEqual(version));
});

it.each([
  ['v3.25.2', { ttlSecurity: true, filters: false }],
  ['v3.26.0', { filters: true, filterSource: false, tunnelRoutesKeptFromIbgp: false }],
  ['v3.27.0', { filterSource: true, tunnelRoutesKeptFromIbgp: true, filterPrefixLength: false }],
  ['v3.29.0', { filterPrefixLength: true, localWorkloads: false }],
  [
    'v3.30.9',
    { localWorkloads: true, singleExternalAddresses: true, localAsn: false, endpointSlices: false },
  ],
  ['v3.31.0', { localAsn: true, reversePeering: true, ingressAddresses: false, filterOperations: false }],
  ['v3.32.0', { filterOperations: true, endpointReadiness: false, reflectsExternalAddresses: false }],
  ['v3.33.0', { reflectsExternalAddresses: true, felixRoutesIpip: true, endpointReadiness: true }],
  ['v4.0.0', { reflectsExternalAddresses: true, endpointReadiness: true }],
  [undefined, { reflectsExternalAddresses: true, endpointReadiness: true }],
])('%s has %o', (version, features) => expect(featuresOf(version)).toMatchObject(features));

describe('the version that counts', () => {
  const spec = { peerIP: '192.0.2.1', asNumber: 65000, localASNumber: 65100, node: 'a' };
  const objects = [node('a', { ipv4Address: '10.0.0.1/24' }), noMesh, peer('p', spec)];
  const information = (calicoVersion: string) => calico('ClusterInformation', 'default', { calicoVersion });
  const localAsn = (...args: Parameters<typeof computeExpected>) =>
    computeExpected(...args).sessions[0]?.localAsn;

  it('is the one of ClusterInformation, the newest without one, and the setting before both', () => {
    expect(localAsn(objects)).toBe(65100);
    expect(localAsn([...objects, information('v3.30.2')])).toBe(64512);
    expect(localAsn([...objects, information('master')])).toBe(65100);
    expect(localAsn([...objects, information('v3.30.2')], { calicoVersion: 'v3.31.0' })).toBe(65100);
  });
});

it('warns of what BGPConfiguration does not read for single nodes, and of names it never reads', () => {
  const objects = [
    node('a', { ipv4Address: '10.0.0.1/24' }),
    config({}),
    calico('BGPConfiguration', 'node.a', { asNumber: 65000, listenPort: 70000 }),
    calico('BGPConfiguration', 'extra', {}),
  ];
  expect(
    computeExpected(objects)
      .problems.map((p) => `${p.severity} ${p.object} ${p.field}`)
      .sort(),
  ).toEqual([
    'error BGPConfiguration node.a spec.listenPort',
    'warning BGPConfiguration extra metadata.name',
    'warning BGPConfiguration node.a spec.asNumber',
  ]);
});

it('says that nothing is expected where there are no nodes', () => {
  const problem = {
    severity: 'error',
    object: 'Node',
    message: expect.stringMatching(/^there is none among/),
  };
  expect(computeExpected([]).problems).toEqual([problem]);
  expect(computeExpected([config({})]).problems).toEqual([problem]);
  expect(computeExpected([config({}), node('a', { ipv4Address: '10.0.0.1/24' })]).problems).toEqual([]);
});
