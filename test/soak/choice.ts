// Which of the campaign's scenarios a soak repeats: those that leave the exporter its one process and its one configuration.
import type { Scenario, Via } from '../campaign/scenario.ts';
import { scenarios } from '../campaign/scenarios.ts';

/** Starts the exporter anew by itself. */
const restarting: readonly string[] = ['exporter-restarted'];

/** Faults and harmless changes of a topology that can be seen by this source, in the campaign's order. */
export function chosenFor(topology: string, via: Via): readonly Scenario[] {
  return scenarios.filter(
    (scenario) =>
      scenario.topology === topology &&
      (scenario.via ?? via) === via &&
      scenario.config === undefined &&
      !restarting.includes(scenario.id),
  );
}
