// Bad objects never end the computation: whatever stands in a field, something is computed from the rest.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeExpected } from '../../src/expected/compute.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { affinity, block, calico, config, coreNode, node, peer, pool, service, slice } from './build.ts';

const sound: readonly ApiObject[] = [
  node(
    'a',
    { ipv4Address: '10.0.0.1/24', asNumber: 65001, routeReflectorClusterID: '1.1.1.1' },
    { rr: 'yes' },
  ),
  coreNode('b', { 'projectcalico.org/IPv4Address': '10.0.0.2/24' }, {}, { podCIDRs: ['10.9.0.0/24'] }),
  config({
    listenPort: 1790,
    serviceClusterIPs: [{ cidr: '10.96.0.0/16' }],
    communities: [{ name: 'c', value: '65000:1' }],
    prefixAdvertisements: [{ cidr: '10.1.0.0/16', communities: ['c'] }],
  }),
  peer('p', { nodeSelector: 'all()', peerSelector: 'has(rr)', filters: ['f'], ttlSecurity: 1 }),
  peer('q', { peerIP: '192.0.2.1:179', asNumber: 65000, localASNumber: 65002, localWorkloadSelector: '' }),
  pool('pods', '10.1.0.0/16', { ipipMode: 'Always' }),
  affinity('a', '10.1.0.0/26'),
  block('10.1.0.0/26', 'a', { 5: { secondary: { node: 'b', pod: 'p' } } }),
  calico('BGPFilter', 'f', {
    exportV4: [
      { action: 'Accept', cidr: '10.0.0.0/8', matchOperator: 'In', prefixLength: { min: 8, max: 26 } },
      {
        action: 'Reject',
        operations: [{ prependASPath: { prefix: [1] } }],
        communities: { values: ['1:1'] },
      },
    ],
  }),
  service('web', { externalTrafficPolicy: 'Local', clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'] }, [
    '192.0.2.9',
  ]),
  slice('web', 'IPv4', ['a']),
];

/** Every place in a value, as a way of keys. */
function places(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([key, item]) => places(item, [...way, key]))];
}

function replaced(value: unknown, way: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = way;
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  Object.assign(copy, { [key]: replaced((value as Record<string | number, unknown>)[key], rest, by) });
  return copy;
}

it('computes something sound to begin with', () => {
  const { sessions, prefixes, problems } = computeExpected(sound);
  expect([sessions.length, prefixes.length, problems]).toEqual([4, 4, []]);
});

// A thousand and a half computations: half a minute on a busy machine.
it('never throws, whatever one field holds', () => {
  const odd = fc.oneof(
    fc.constantFrom(
      null,
      undefined,
      '',
      ' ',
      0,
      -1,
      1.5,
      true,
      [],
      {},
      [null],
      '10.0.0.0/99',
      '::/0',
      '__proto__',
    ),
    fc.anything({ withDate: false, withBigInt: false, maxDepth: 2 }),
  );
  const cases = sound.flatMap((object, i) => places(object).map((way) => [i, ...way] as const));
  fc.assert(
    fc.property(fc.constantFrom(...cases), odd, (way, by) => {
      const objects = replaced(sound, way, by) as readonly ApiObject[];
      const state = computeExpected(objects);
      expect(state.problems.every(({ message }) => message.length > 0)).toBe(true);
      // Names in messages stay on one line and within reason.
      expect(JSON.stringify(state.problems).length).toBeLessThan(20_000);
    }),
    { numRuns: 1500 },
  );
}, 90_000);

it('does not depend on the order of the objects', () => {
  const wanted = computeExpected(sound);
  fc.assert(
    fc.property(fc.shuffledSubarray([...sound], { minLength: sound.length }), (objects) => {
      expect(computeExpected(objects)).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

it('reports objects without a name and goes on', () => {
  const nameless = [null, 5, {}, { apiVersion: 'v1', kind: 'Node' }] as unknown as ApiObject[];
  const { problems, nodes } = computeExpected([...nameless, ...sound]);
  expect(nodes).toHaveLength(2);
  expect(problems).toHaveLength(2);
});
