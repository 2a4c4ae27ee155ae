// How long the expectation takes: of the whole cluster, and after one object has changed, as the exporter computes it.
import { computeExpected, expectedComputer } from '../src/expected/compute.ts';
import { vantage } from '../src/expected/vantage.ts';
import { expectationMemory } from '../src/exporter/expectation-memory.ts';
import type { ApiObject } from '../src/model/object.ts';
import { big, blockObjects, clusterObjects } from './cluster.ts';
import { memory, print, timed } from './measure.ts';

const objects = clusterObjects(big);
const [objectsAlone] = memory();
const switches = Array.from({ length: big.switches }, (_, i) => ({
  name: `leaf${i}`,
  role: 'switch' as const,
  address: '',
  addresses: [],
}));

function whole(all: readonly ApiObject[]): number {
  const expected = computeExpected(all);
  return switches.reduce((sum, device) => sum + vantage(expected, device).prefixes.length, 0);
}

/** As the exporter goes on from the expectation before, with what each switch should carry. */
function follower(): (all: readonly ApiObject[]) => number {
  const [compute, remembered] = [expectedComputer(), expectationMemory([])];
  return (all) => {
    remembered.see(compute(all), 0);
    return remembered.vantages(switches).size;
  };
}

/** The objects with the first one that `is` put in the stead of another. */
const changing = (
  is: (object: ApiObject) => boolean,
  next: (object: ApiObject, run: number) => ApiObject,
) => {
  const place = objects.findIndex(is);
  const old = objects[place] as ApiObject;
  return (run: number) => objects.with(place, next(old, run));
};

const named = (kind: string, name: string) => (object: ApiObject) =>
  object.kind === kind && object.metadata.name === name;

const withSpec = (spec: (run: number) => object) => (object: ApiObject, run: number) => ({
  ...object,
  spec: { ...(object.spec as object), ...spec(run) },
});

/** One block given to another node: two objects are others. */
function otherBlock(run: number): readonly ApiObject[] {
  const [block, affinity] = blockObjects({ ...big, nodes: big.nodes - 1 - run }, 12_345);
  const names = [block, affinity].map(({ metadata }) => metadata.name);
  return [...objects.filter(({ metadata }) => !names.includes(metadata.name)), block, affinity];
}

const changes: Readonly<Record<string, (run: number) => readonly ApiObject[]>> = {
  'one block to another node': otherBlock,
  'one node, another label': changing(named('Node', 'node02500'), (node, run) => ({
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, rack: `r${run}` } },
  })),
  'one node, another AS': changing(named('Node', 'node02500'), (node, run) => ({
    ...node,
    metadata: {
      ...node.metadata,
      annotations: { ...node.metadata.annotations, 'projectcalico.org/ASNumber': String(64_600 + run) },
    },
  })),
  'one node cordoned off from services': changing(named('Node', 'node02500'), (node, run) => ({
    ...node,
    metadata: {
      ...node.metadata,
      labels: {
        ...node.metadata.labels,
        'node.kubernetes.io/exclude-from-external-load-balancers': String(run % 2 === 0),
      },
    },
  })),
  'one Service': changing(
    named('Service', 'svc20'),
    withSpec((run) => ({ externalTrafficPolicy: run % 2 === 0 ? 'Cluster' : 'Local' })),
  ),
  'one EndpointSlice': changing(
    named('EndpointSlice', 'svc20-abcde'),
    (slice, run) => ({ ...slice, endpoints: [{ nodeName: `node0000${run}` }] }) as ApiObject,
  ),
  'one BGPPeer': changing(
    named('BGPPeer', 'leaf7'),
    withSpec((run) => ({ asNumber: 64_600 + run })),
  ),
  'the IPPool': changing(
    named('IPPool', 'pods'),
    withSpec((run) => ({ disableBGPExport: run % 2 === 0 })),
  ),
};

const size = [
  { what: 'nodes', value: big.nodes, unit: '' },
  { what: 'blocks', value: big.nodes * big.blocksPerNode, unit: '' },
  { what: 'services', value: big.services, unit: '' },
  { what: 'switches', value: big.switches, unit: '' },
  { what: 'expected prefixes', value: computeExpected(objects).prefixes.length, unit: '' },
  { what: 'expected sessions', value: computeExpected(objects).sessions.length, unit: '' },
];
const results = await timed(
  'everything',
  7,
  whole,
  () => objects.map((object) => ({ ...object })),
  '< 2000 ms',
);
const follow = follower();
follow(objects);
const changed = [];
for (const [what, change] of Object.entries(changes)) {
  changed.push(...(await timed(what, 10, follow, change, '< 50 ms')));
}
const alone = objectsAlone ? [{ ...objectsAlone, what: 'memory, the objects of the benchmark alone' }] : [];
print([...size, ...results, ...changed, ...alone, ...memory()]);
