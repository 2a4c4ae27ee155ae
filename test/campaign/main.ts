// The campaign's command line: `npm run campaign -- [--topology NAME] [--fault ID] [--via snmp|ssh] [--list] [--json]`.
// The latest result of each scenario is kept in .campaign/, so that a campaign may be run in parts; the table is made of
// all of them.
// Exit codes: 0 the bar is met, 1 it is not, 2 the command line makes no sense or the lab cannot be here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../e2e/stack.ts';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { topologies } from '../lab/topologies.ts';
import { commit } from './commit.ts';
import { build } from './exporter.ts';
import type { Outcome } from './judge.ts';
import { runScenario } from './run.ts';
import type { Scenario, Via } from './scenario.ts';
import { inTurns, scenarios } from './scenarios.ts';
import { document, flaws, matrix, meetsBar, outcomeTable, summary, type TopologyRun } from './table.ts';
import { World } from './world.ts';

const USAGE = `usage: npm run campaign -- [options]

  --topology NAME   only this topology (may be given several times)
  --fault ID        only this scenario (may be given several times)
  --part N/M        the Nth of M parts of each topology's scenarios
  --quick           only the quick ones, as the lab's tests do
  --via snmp|ssh    read all switches this way; without it, every other scenario the other way
  --interval SEC    collection interval: 2 unless said otherwise; more on a busy machine
  --name LAB        the lab's name: campaign unless said otherwise
  --report          no run: the table from the results that are kept, and docs/campaign.md
  --docs            write docs/campaign.md when all topologies have results
  --list            what there is, with what is expected
  --json            results as JSON on stdout
`;

const kept = path.join(root, '.campaign');

function results(): TopologyRun[] {
  return Object.keys(topologies).flatMap((name) => {
    const file = path.join(kept, `${name}.json`);
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as TopologyRun] : [];
  });
}

function list(chosen: readonly Scenario[]): void {
  for (const { id, topology, says, steps, expects, allows = [], harmless } of chosen) {
    console.log(`${topology} ${id}${harmless ? ' (harmless)' : ''}: ${says}`);
    for (const step of steps) console.log(`    ${step.says}`);
    for (const text of expects) console.log(`  > ${text}`);
    for (const text of allows) console.log(`  ~ ${text}`);
  }
}

async function runTopology(
  name: string,
  chosen: readonly Scenario[],
  labName: string,
  via: Via | undefined,
  intervalMs: number,
): Promise<TopologyRun> {
  const topology = topologies[name];
  if (topology === undefined) throw new Error(`no topology ${name}`);
  const outcomes: Outcome[] = [];
  await Lab.down(labName);
  const lab = await Lab.up(topology, { name: labName });
  const world = new World(lab, intervalMs);
  const stop = () => void lab.down().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (const [scenario, by] of inTurns(chosen, via)) {
      const began = Date.now();
      const outcome = await runScenario(world, scenario, by);
      const at = `${new Date().toISOString().slice(0, 16)}Z`;
      outcomes.push({ ...outcome, at, commit: commit() });
      const took = `${((Date.now() - began) / 1000).toFixed(0)} s`;
      const detected = outcome.detectMs === undefined ? '' : `, found after ${outcome.detectMs} ms`;
      const said = flaws([outcome]);
      console.error(
        `${said.length === 0 ? 'ok  ' : 'FLAW'} ${name} ${scenario.id} by ${by} (${took}${detected})`,
      );
      for (const line of said) console.error(`     ${line}`);
    }
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    await world.exporter.stop().catch(() => undefined);
    await lab.down();
  }
  return { topology: name, title: topology.title, outcomes };
}

/** Keeps the outcomes, in the order of the scenarios; those of scenarios that were not run now stay as they were. */
function keep(run: TopologyRun): void {
  const now = new Map(run.outcomes.map((outcome) => [outcome.id, outcome]));
  const before = results().find(({ topology }) => topology === run.topology)?.outcomes ?? [];
  const old = new Map(before.map((outcome) => [outcome.id, outcome]));
  const outcomes = scenarios.flatMap(({ id }) => now.get(id) ?? old.get(id) ?? []);
  const own = outcomes.filter(({ topology }) => topology === run.topology);
  mkdirSync(kept, { recursive: true });
  writeFileSync(
    path.join(kept, `${run.topology}.json`),
    `${JSON.stringify({ ...run, outcomes: own }, undefined, 1)}\n`,
  );
}

/** `2/3` of a list. */
function partOf<T>(list: readonly T[], part: string | undefined): readonly T[] {
  if (part === undefined) return list;
  const [n = 0, m = 0] = part.split('/').map(Number);
  if (!(n >= 1 && n <= m)) throw new Error('--part takes N/M, e.g. 1/2');
  return list.slice(Math.floor(((n - 1) * list.length) / m), Math.floor((n * list.length) / m));
}

function report(runs: readonly TopologyRun[], json: boolean): number {
  const outcomes = runs.flatMap((run) => run.outcomes);
  if (json) console.log(JSON.stringify({ met: meetsBar(outcomes), runs }, undefined, 2));
  else {
    console.log(`\n${outcomeTable(outcomes, scenarios)}\n\n${matrix(outcomes)}\n`);
    for (const line of flaws(outcomes)) console.log(`- ${line}`);
    console.log(`\n${summary(outcomes)}`);
  }
  return meetsBar(outcomes) ? 0 : 1;
}

function writeDocs(runs: readonly TopologyRun[]): void {
  const lacking = Object.keys(topologies).filter((name) => !runs.some(({ topology }) => topology === name));
  if (lacking.length > 0)
    throw new Error(`docs/campaign.md needs all topologies; no results of ${lacking.join(', ')}`);
  writeFileSync(path.join(root, 'docs', 'campaign.md'), document(runs, scenarios));
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      topology: { type: 'string', multiple: true, default: [] },
      fault: { type: 'string', multiple: true, default: [] },
      part: { type: 'string' },
      quick: { type: 'boolean', default: false },
      via: { type: 'string' },
      interval: { type: 'string', default: '2' },
      name: { type: 'string', default: 'campaign' },
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { via } = values;
  if (via !== undefined && via !== 'snmp' && via !== 'ssh') throw new Error('--via takes snmp or ssh');
  const intervalMs = 1000 * Number(values.interval);
  if (!(intervalMs >= 500 && intervalMs <= 60_000)) throw new Error('--interval takes 0.5 to 60 seconds');
  for (const name of values.topology) if (!topologies[name]) throw new Error(`no topology ${name}`);
  for (const id of values.fault)
    if (!scenarios.some((scenario) => scenario.id === id))
      throw new Error(`no scenario ${id}; --list shows them`);
  const chosen = scenarios.filter(
    ({ id, topology, quick }) =>
      (!values.quick || quick) &&
      (values.fault.length === 0 || values.fault.includes(id)) &&
      (values.topology.length === 0 || values.topology.includes(topology)),
  );
  if (values.list) {
    list(chosen);
    return 0;
  }
  if (values.report) {
    const runs = results();
    writeDocs(runs);
    return report(runs, values.json);
  }
  const lacks = await unavailable();
  if (lacks !== undefined) throw new Error(lacks);
  await build();
  const runs: TopologyRun[] = [];
  for (const name of Object.keys(topologies)) {
    const ofTopology = chosen.filter(({ topology }) => topology === name);
    const own = partOf(ofTopology, values.part);
    if (own.length === 0) continue;
    const run = await runTopology(name, own, values.name, via, intervalMs);
    runs.push(run);
    keep(run);
  }
  const whole = chosen.length === scenarios.length && values.part === undefined;
  if (values.docs || whole) writeDocs(results());
  return report(runs, values.json);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
