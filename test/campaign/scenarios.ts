// The table of scenarios, topology by topology, and by which source each is run.
import type { Scenario, Via } from './scenario.ts';
import { dualHomedScenarios } from './scenarios/dual-homed.ts';
import { dualStackScenarios } from './scenarios/dual-stack.ts';
import { meshScenarios } from './scenarios/mesh.ts';
import { oneAsScenarios } from './scenarios/one-as.ts';
import { referenceScenarios } from './scenarios/reference.ts';
import { torReflectorScenarios } from './scenarios/tor-reflector.ts';

export const scenarios: readonly Scenario[] = [
  ...referenceScenarios,
  ...meshScenarios,
  ...dualStackScenarios,
  ...dualHomedScenarios,
  ...oneAsScenarios,
  ...torReflectorScenarios,
];

/** By which source a scenario is run: its own, else every other one by SSH. */
const turns: ReadonlyMap<string, Via> = new Map(
  scenarios.map(({ id, via }, index) => [id, via ?? (index % 2 === 0 ? 'snmp' : 'ssh')]),
);

/** Those by SNMP first, then those by SSH: the exporter changes its configuration once. */
export function inTurns(chosen: readonly Scenario[], via?: Via): (readonly [Scenario, Via])[] {
  const all = chosen.map((each) => [each, each.via ?? via ?? turns.get(each.id) ?? 'ssh'] as const);
  return [...all.filter(([, by]) => by === 'snmp'), ...all.filter(([, by]) => by === 'ssh')];
}
