// The reference fabric: two racks with route reflectors behind a leaf each, one spine. Node n has block 10.233.(63+n).0/24.
import type { Scenario } from '../scenario.ts';
import { referenceFabric } from './reference-fabric.ts';
import { referenceNodes } from './reference-nodes.ts';
import { referenceObjects } from './reference-objects.ts';
import { referenceSessions } from './reference-sessions.ts';

export const referenceScenarios: readonly Scenario[] = [
  ...referenceNodes,
  ...referenceSessions,
  ...referenceFabric,
  ...referenceObjects,
];
