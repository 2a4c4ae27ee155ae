// One computer that lives through many changes of objects must always say what a new one says of copies of the same
// objects: expectation, order and problems included, and what each device should carry.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeExpected, expectedComputer } from '../../src/expected/compute.ts';
import { type VantageRule, vantage } from '../../src/expected/vantage.ts';
import { expectationMemory } from '../../src/exporter/expectation-memory.ts';
import type { ApiObject } from '../../src/model/object.ts';
import { formatPrefix, parsePrefix } from '../../src/model/prefix.ts';
import { affinity, block, calico, config, coreNode, node, peer, pool, service, slice } from './build.ts';

const names = ['a', 'b', 'c', 'd'];
const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const anyNode = fc
  .record({
    name: pick(...names),
    address: pick('10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24', 'fd00::1/64', 'nonsense'),
    rack: pick('r1', 'r2'),
    rr: pick(undefined, '1.1.1.1', '2.2.2.2'),
    asn: pick(undefined, 65001, 65002),
    excluded: fc.boolean(),
    core: fc.boolean(),
    podCidr: pick('10.9.0.0/24', '10.9.1.0/24', ''),
  })
  .map(({ name, address, rack, rr, asn, excluded, core, podCidr }) => {
    const labels = {
      rack,
      ...(excluded && { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' }),
    };
    const family = address.includes(':') ? 6 : 4;
    if (core)
      return coreNode(name, { [`projectcalico.org/IPv${family}Address`]: address }, labels, {
        podCIDRs: [podCidr],
      });
    return node(
      name,
      { [`ipv${family}Address`]: address, asNumber: asn, routeReflectorClusterID: rr },
      labels,
      { podCIDRs: [podCidr] },
    );
  });

const anyPeer = fc
  .record({
    name: pick('p', 'q', 'r'),
    where: pick({ node: 'a' }, { node: 'gone' }, { nodeSelector: "rack == 'r1'" }, { nodeSelector: '(' }, {}),
    to: pick(
      { peerIP: '192.0.2.1', asNumber: 65100 },
      { peerIP: '192.0.2.1:179', asNumber: 65100, nextHopMode: 'Self' },
      { peerIP: '10.0.0.2', asNumber: 64512 },
      { peerIP: '192.0.2.9' },
      { peerSelector: "rack == 'r2'" },
      { peerSelector: 'all()', reversePeering: 'Manual' },
      {},
    ),
    filters: pick([], ['f'], ['g', 'f']),
    keep: fc.boolean(),
  })
  .map(({ name, where, to, filters, keep }) =>
    peer(name, { ...where, ...to, filters, keepOriginalNextHop: keep }),
  );

const cidrs = ['10.1.0.0/26', '10.1.0.64/26', '10.2.0.0/26', '172.16.0.0/26', 'fd10::/122'];

const anyBlock = fc
  .record({
    cidr: pick(...cidrs),
    owner: pick(undefined, ...names, 'gone', 'virtual:load-balancer'),
    user: pick(...names, 'gone'),
    type: pick(undefined, 'ipipTunnelAddress'),
    released: fc.boolean(),
  })
  .map(({ cidr, owner, user, type, released }) =>
    block(cidr, owner, {
      3: { secondary: { node: user, pod: 'x', namespace: 'y', type }, ...(released && { releasedAt: 'z' }) },
    }),
  );

const anyAffinity = fc
  .record({
    node: pick(...names, 'gone'),
    cidr: pick(...cidrs),
    state: pick('confirmed', '', 'pending', 'pendingDeletion', 'odd'),
    deleted: pick('true', 'false', 'false'),
  })
  .map(({ node: owner, cidr, state, deleted }) => affinity(owner, cidr, { state, deleted }));

const anyService = fc
  .record({
    name: pick('web', 'db'),
    type: pick('ClusterIP', 'LoadBalancer', 'ExternalName'),
    ip: pick('10.96.0.5', '10.96.0.6', 'None'),
    local: fc.boolean(),
    external: pick([], ['192.0.2.50'], ['nonsense']),
    ingress: pick([], ['198.51.100.7']),
  })
  .map(({ name, type, ip, local, external, ingress }) =>
    service(
      name,
      {
        type,
        clusterIP: ip,
        clusterIPs: [ip],
        externalIPs: external,
        externalTrafficPolicy: local ? 'Local' : 'Cluster',
      },
      ingress,
    ),
  );

const anySlice = fc
  .record({ of: pick('web', 'db'), family: pick('IPv4', 'IPv6'), nodes: fc.subarray(['a', 'b', '!c', 'd']) })
  .map(({ of, family, nodes }) => slice(of, family, nodes));

const anyConfig = fc
  .record({
    nodeToNodeMeshEnabled: fc.boolean(),
    asNumber: pick(undefined, 64999),
    serviceClusterIPs: pick([], [{ cidr: '10.96.0.0/16' }], [{}]),
    serviceExternalIPs: pick([], [{ cidr: '192.0.2.50/32' }]),
    serviceLoadBalancerIPs: pick([], [{ cidr: '198.51.100.0/24' }]),
    serviceLoadBalancerAggregation: pick('Enabled', 'Disabled'),
  })
  .map((spec) => config(spec));

const anyPool = fc
  .record({
    name: pick('one', 'two'),
    cidr: pick('10.1.0.0/16', '10.0.0.0/8', 'fd10::/64', 'bad'),
    off: fc.boolean(),
  })
  .map(({ name, cidr, off }) => pool(name, cidr, { disableBGPExport: off }));

const anyFilter = fc
  .record({
    name: pick('f', 'g'),
    action: pick('Accept', 'Reject', 'Ponder'),
    cidr: pick('10.1.0.0/16', '10.96.0.0/16', '0.0.0.0/0'),
    side: pick('exportV4', 'importV4'),
    remote: fc.boolean(),
  })
  .map(({ name, action, cidr, side, remote }) =>
    calico('BGPFilter', name, {
      [side]: [{ action, cidr, matchOperator: 'In', ...(remote && { source: 'RemotePeers' }) }],
    }),
  );

const anyOther = pick(
  calico('ClusterInformation', 'default', { calicoVersion: 'v3.26.1' }),
  calico('ClusterInformation', 'default', { calicoVersion: 'v3.31.2' }),
  calico('BGPConfiguration', 'node.a', { listenPort: 1179 }),
  calico('NetworkPolicy', 'of-no-interest', {}),
  { apiVersion: 'v1', kind: 'Node' } as ApiObject,
);

const anyObject = fc.oneof(
  { weight: 3, arbitrary: anyNode },
  { weight: 2, arbitrary: anyPeer },
  { weight: 3, arbitrary: anyBlock },
  { weight: 3, arbitrary: anyAffinity },
  { weight: 2, arbitrary: anyService },
  { weight: 2, arbitrary: anySlice },
  anyConfig,
  anyPool,
  anyFilter,
  anyOther,
);

/** Puts an object in place of the one of its name, puts it in beside it, or takes one out. */
const anyStep = fc.record({
  object: anyObject,
  how: pick('replace', 'replace', 'replace', 'add', 'remove', 'front') as fc.Arbitrary<string>,
  at: fc.nat(1000),
});

const same = (x: ApiObject, y: ApiObject) =>
  x.kind === y.kind && x.metadata?.name === y.metadata?.name && x.apiVersion === y.apiVersion;

function applied(
  objects: readonly ApiObject[],
  { object, how, at }: { object: ApiObject; how: string; at: number },
): readonly ApiObject[] {
  if (how === 'remove') return objects.filter((_, i) => i !== at % Math.max(1, objects.length));
  if (how === 'add') return [...objects, object];
  if (how === 'front') return [object, ...objects.filter((each) => !same(each, object))];
  const place = objects.findIndex((each) => same(each, object));
  return place < 0 ? [...objects, object] : objects.with(place, object);
}

const rules: readonly VantageRule[] = [
  { devices: ['leaf1'], nodes: ['a', 'b*'], carry: true },
  { devices: ['leaf*'], kinds: ['block'], carry: 'covered' },
  { devices: ['spine'], within: [parsePrefix('10.96.0.0/12')], carry: false },
];
const devices = ['leaf1', 'leaf2', 'spine', 'edge'].map((name) => ({
  name,
  role: 'switch' as const,
  address: '',
  addresses: [],
}));

/** So that there is something to expect from the start, most of the time. */
const base: readonly ApiObject[] = [
  ...['a', 'b', 'c'].map((name, i) => node(name, { ipv4Address: `10.0.0.${i + 1}/24` }, { rack: 'r1' })),
  pool('one', '10.1.0.0/16'),
  affinity('a', '10.1.0.0/26'),
  affinity('b', '10.1.0.64/26'),
  config({ serviceClusterIPs: [{ cidr: '10.96.0.0/16' }], nodeToNodeMeshEnabled: false }),
  peer('p', { peerIP: '192.0.2.1', asNumber: 65100, filters: ['f'] }),
];

it('says the same as a computation from nothing, after any changes', () => {
  let prefixes = 0;
  fc.assert(
    fc.property(
      fc.array(anyObject, { maxLength: 15 }).map((some) => [...base, ...some]),
      fc.array(fc.array(anyStep, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
      (start, rounds) => {
        const compute = expectedComputer();
        const memory = expectationMemory(rules);
        let objects: readonly ApiObject[] = start;
        const began = new Map<string, number | undefined>();
        let owners: ReadonlyMap<string, string | undefined> = new Map();
        for (const [i, steps] of [[], ...rounds].entries()) {
          objects = steps.reduce(applied, objects);
          const expected = compute(objects);
          expect(expected).toEqual(computeExpected(structuredClone(objects) as ApiObject[]));
          memory.see(expected, i);
          for (const device of devices) {
            expect(memory.vantages(devices).get(device.name)).toEqual(vantage(expected, device, rules));
          }
          const now = new Set(expected.prefixes.map(({ prefix }) => formatPrefix(prefix)));
          const blocks = expected.prefixes.filter(({ kind }) => kind === 'block');
          const heldBy = new Map(
            blocks.map(({ prefix, origins }) => [formatPrefix(prefix), origins[0]] as const),
          );
          // A block that has moved to another node counts as new.
          const moved = (text: string) =>
            owners.has(text) && heldBy.has(text) && owners.get(text) !== heldBy.get(text);
          for (const text of began.keys()) if (!now.has(text)) began.delete(text);
          for (const text of now) {
            if (!began.has(text) || moved(text)) began.set(text, i === 0 ? undefined : i);
            expect(memory.expectedSince(parsePrefix(text))).toBe(began.get(text));
          }
          owners = heldBy;
          prefixes += now.size;
        }
      },
    ),
    { numRuns: 60 },
  );
  // The changes are worth following: there is something to expect most of the time.
  expect(prefixes).toBeGreaterThan(400);
}, 60_000);

it('keeps unchanged prefixes and sessions as the same objects', () => {
  const few = [
    ...names.map((name, i) => node(name, { ipv4Address: `10.0.0.${i + 1}/24` })),
    pool('pods', '10.1.0.0/16'),
    affinity('a', '10.1.0.0/26'),
    affinity('b', '10.1.0.64/26'),
  ];
  const compute = expectedComputer();
  const before = compute(few);
  expect(compute([...few])).toEqual(before);
  expect(compute([...few]).prefixes).toBe(before.prefixes);
  const after = compute([...few, affinity('c', '10.1.0.128/26')]);
  expect(after.sessions).toBe(before.sessions);
  expect(after.prefixes.slice(0, 2).every((prefix, i) => prefix === before.prefixes[i])).toBe(true);
  expect(after.prefixes).toHaveLength(3);
});
