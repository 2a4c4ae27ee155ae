// The quick part of the campaign, a few faults of each topology, as a test: each is found, with the right cause, without a
// false alarm, and resolved. How long it took is the whole campaign's business (`npm run campaign`), not a test's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { topologies } from '../lab/topologies.ts';
import { build } from './exporter.ts';
import { runScenario } from './run.ts';
import { inTurns, scenarios } from './scenarios.ts';
import { flaws } from './table.ts';
import { World } from './world.ts';

const lacks = await unavailable();

describe.skipIf(lacks)(`campaign${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  beforeAll(build);

  const quickOf = (name: string) => scenarios.filter((each) => each.quick && each.topology === name);

  describe.each(Object.values(topologies).filter(({ name }) => quickOf(name).length > 0))(
    '$name',
    (topology) => {
      const quick = inTurns(quickOf(topology.name));
      let world: World;

      beforeAll(async () => {
        await Lab.down('quick');
        world = new World(await Lab.up(topology, { name: 'quick' }));
      });

      afterAll(async () => {
        await world.exporter.stop();
        await world.lab.down();
      });

      it.each(quick.map(([scenario, via]) => [scenario.id, via, scenario] as const))(
        '%s, read by %s',
        async (_id, via, scenario) => {
          const outcome = await runScenario(world, scenario, via);
          const { detectMs: _time, ...timeless } = outcome;
          expect(flaws([timeless])).toEqual([]);
          expect(outcome).toMatchObject({ found: true, causeRight: true, resolved: true });
        },
      );
    },
  );
});
