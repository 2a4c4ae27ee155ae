// Runs one scenario from clean to clean: checks that the lab is whole and the exporter silent, injects, waits until the
// devices show the fault and the exporter has found it, keeps watching, heals, and waits until all is clean again.
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFamilies } from '../lab/topology.ts';
import { configFor, type Moment } from './exporter.ts';
import { firing, foundAt, judge, type Outcome, type Times } from './judge.ts';
import { patterns, type Scenario, type Step, type Via } from './scenario.ts';
import type { World } from './world.ts';

/** How long the exporter may take to find what the devices show before it counts as not found, in milliseconds. */
const findWithinMs = 20_000;
/** How long everything may take to be clean again: BIRD's error wait is up to 30 s, its restart timer 120 s. */
const cleanWithinMs = 150_000;
/** How long nothing may be said before the exporter counts as clean. */
const silenceMs = 2500;

async function until(
  holds: () => Promise<boolean> | boolean,
  withinMs: number,
  everyMs: number,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > deadline) return false;
    await sleep(everyMs);
  }
}

/** Nothing was said for a while, up to now. */
function silent(moments: readonly Moment[], since: number): boolean {
  const from = Math.max(since, Date.now() - silenceMs);
  const last = moments.at(-1);
  if (last === undefined || Date.now() - since < silenceMs) return false;
  const before = moments.findLast(({ at }) => at <= from) ?? last;
  const seen = [before, ...moments.filter(({ at }) => at > from)];
  return seen.every((moment) => moment.ok && firing(moment).length === 0);
}

/** FRR's zebra does not try again what the kernel refused while a cable came up: a new session does. */
async function whole({ lab }: World): Promise<void> {
  await lab.ready({ timeoutMs: cleanWithinMs });
  const { switches } = lab.state.topology;
  const tables = await Promise.all(
    switches.map(({ name }) => lab.vtysh(name, 'show ip route bgp', 'show ipv6 route bgp')),
  );
  const refused = switches.filter((_, index) => /^B>?r|^ +r /m.test(tables[index] ?? ''));
  if (refused.length === 0) return;
  for (const { name } of refused) await lab.vtysh(name, 'clear bgp *');
  await lab.ready({ timeoutMs: cleanWithinMs });
}

/** Waits until the lab is whole and the exporter silent; the time from which on it was, or undefined. */
async function clean(world: World): Promise<number | undefined> {
  const began = Date.now();
  try {
    await whole(world);
  } catch {
    return undefined;
  }
  const mended = Date.now();
  const ok = await until(
    () => silent(world.exporter.moments(), began),
    Math.max(30_000, cleanWithinMs - (mended - began)),
    200,
  );
  return ok ? Date.now() : undefined;
}

/** How long a BIRD has to run before its node counts as settled: the audit gives one that has just started its time. */
const settledMs = 31_000;

/** When a BIRD was started, by its own clock: milliseconds ago. */
function startedAgo(status: string): number | undefined {
  const time = (label: string) => {
    const text = new RegExp(`${label} (?:is )?(\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})`).exec(status)?.[1];
    return text === undefined ? Number.NaN : Date.parse(`${text.replace(' ', 'T')}Z`);
  };
  const ago = time('Current server time') - time('Last reboot on');
  return Number.isNaN(ago) ? undefined : ago;
}

/** Waits until no node's BIRD has just been started: every scenario begins on a fabric at rest. */
async function settled({ lab }: World): Promise<void> {
  const { nodes } = lab.state.topology;
  const daemons = nodes.flatMap((node) => nodeFamilies(node).map((afi) => ({ node: node.name, afi })));
  await until(
    async () => {
      const all = await Promise.all(daemons.map(({ node, afi }) => lab.bird(node, 'show status', afi)));
      return all.every((status) => (startedAgo(status) ?? settledMs) >= settledMs);
    },
    settledMs + 5000,
    1000,
  );
}

async function undo(world: World, steps: readonly Step[]): Promise<string[]> {
  const errors: string[] = [];
  for (const step of steps.toReversed()) {
    try {
      await step.undo(world);
    } catch (error) {
      errors.push(`undoing ${step.says}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return errors;
}

/** Applies the steps in order; those that were begun are in `done`, for undoing. */
async function apply(world: World, steps: readonly Step[], done: Step[]): Promise<void> {
  for (const step of steps) {
    done.push(step);
    try {
      await step.apply(world);
    } catch (error) {
      throw new Error(`${step.says}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function watch(
  world: World,
  scenario: Scenario,
  began: number,
): Promise<Pick<Times, 'shown' | 'ended'>> {
  const { shows, showsWithinMs = 30_000 } = scenario;
  const watchMs = scenario.watchMs ?? (scenario.harmless ? 12_000 : 2000 + 2 * world.intervalMs);
  if (shows && !(await until(() => shows(world), showsWithinMs, 100)))
    throw new Error(`the devices did not show the fault within ${showsWithinMs / 1000} s`);
  const shown = Date.now() + (scenario.graceMs ?? 0);
  const expected = patterns(scenario.expects);
  if (!scenario.harmless) {
    const withinMs = findWithinMs + (scenario.graceMs ?? 0);
    await until(() => foundAt(world.exporter.moments(), expected, began) !== undefined, withinMs, 100);
  }
  await sleep(watchMs);
  return { shown, ended: Date.now() };
}

function failed(scenario: Scenario, via: Via, error: unknown): Outcome {
  return {
    ...{ id: scenario.id, topology: scenario.topology, via, says: scenario.says },
    harmless: scenario.harmless === true,
    ...{ found: false, causeRight: false, notFound: [], wrongCauses: [], falseAlarms: [], resolved: false },
    error: error instanceof Error ? error.message : String(error),
  };
}

/** Runs a scenario and judges it. Never throws: what went wrong is in the outcome. */
export async function runScenario(world: World, scenario: Scenario, via: Via): Promise<Outcome> {
  const prepared: Step[] = [];
  const done: Step[] = [];
  try {
    const config = configFor(world.lab, via, world.intervalMs);
    await world.exporter.use(scenario.config ? scenario.config(config, world) : config);
    await whole(world);
    await settled(world);
    await apply(world, scenario.prepare ?? [], prepared);
    const quiet = await until(() => silent(world.exporter.moments(), 0), cleanWithinMs, 200);
    if (!quiet) {
      const said = firing(world.exporter.now()).map(({ detail }) => detail);
      throw new Error(`not clean before the scenario: ${said.join('; ')}`);
    }
    const began = Date.now();
    await apply(world, scenario.steps, done);
    const { shown, ended } = await watch(world, scenario, began);
    const errors = [...(await undo(world, done.splice(0))), ...(await undo(world, prepared.splice(0)))];
    const undone = Date.now();
    const cleanAt = await clean(world);
    await sleep(Math.max(0, undone + (scenario.restMs ?? 0) - Date.now()));
    const times = { began, shown, ended, ...(cleanAt === undefined ? {} : { clean: cleanAt }) };
    const outcome = judge(scenario, via, world.exporter.moments(), times);
    const { intervalMs } = world;
    return { ...outcome, intervalMs, ...(errors.length === 0 ? {} : { error: errors.join('; ') }) };
  } catch (error) {
    const errors = [...(await undo(world, done)), ...(await undo(world, prepared))];
    await clean(world);
    return failed(
      scenario,
      via,
      errors.length === 0 ? error : new Error(`${String(error)}; ${errors.join('; ')}`),
    );
  }
}
