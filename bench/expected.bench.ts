// How long the expectation takes: of the whole cluster, and after one object has changed.
import { computeExpected } from '../src/expected/compute.ts';
import { vantage } from '../src/expected/vantage.ts';
import type { ApiObject } from '../src/model/object.ts';
import { big, blockObjects, clusterObjects } from './cluster.ts';
import { memory, print, timed } from './measure.ts';

const objects = clusterObjects(big);
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

/** The objects with one block given to another node. */
function changed(run: number): readonly ApiObject[] {
  const [block, affinity] = blockObjects({ ...big, nodes: big.nodes - 1 - run }, 12_345);
  const names = [block, affinity].map(({ metadata }) => metadata.name);
  return [...objects.filter(({ metadata }) => !names.includes(metadata.name)), block, affinity];
}

const size = [
  { what: 'nodes', value: big.nodes, unit: '' },
  { what: 'blocks', value: big.nodes * big.blocksPerNode, unit: '' },
  { what: 'services', value: big.services, unit: '' },
  { what: 'switches', value: big.switches, unit: '' },
  { what: 'expected prefixes', value: computeExpected(objects).prefixes.length, unit: '' },
  { what: 'expected sessions', value: computeExpected(objects).sessions.length, unit: '' },
];
print([
  ...size,
  ...(await timed('everything', 7, whole, () => objects, '< 2000 ms')),
  ...(await timed('one block changed', 10, whole, changed, '< 50 ms')),
  ...memory(),
]);
