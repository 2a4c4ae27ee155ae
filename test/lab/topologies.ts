// The table of topologies: one file, one line here. The name is what `npm run lab -- up --topology NAME` takes.
// Another fabric is another file: see topology.ts for what can be said in it.
import { dualHomed } from './topologies/dual-homed.ts';
import { dualStack } from './topologies/dual-stack.ts';
import { mesh } from './topologies/mesh.ts';
import { oneAs } from './topologies/one-as.ts';
import { reference } from './topologies/reference.ts';
import { torReflector } from './topologies/tor-reflector.ts';
import type { Topology } from './topology.ts';

export const topologies: Readonly<Record<string, Topology>> = {
  reference,
  mesh,
  'dual-stack': dualStack,
  'dual-homed': dualHomed,
  'one-as': oneAs,
  'tor-reflector': torReflector,
};
