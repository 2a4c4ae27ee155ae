// The soak's command line: `npm run soak -- [--minutes N] [--topology NAME] [--via snmp|ssh] [--docs]`. One process of the exporter in
// the lab, a fault of the campaign a minute. The result of the last run is kept in .soak/.
// Exit codes: 0 passed, 1 not, 2 the command line makes no sense or the lab cannot be here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { commit } from '../campaign/commit.ts';
import { build } from '../campaign/exporter.ts';
import type { Outcome } from '../campaign/judge.ts';
import { runScenario } from '../campaign/run.ts';
import type { Via } from '../campaign/scenario.ts';
import { flaws } from '../campaign/table.ts';
import { World } from '../campaign/world.ts';
import { root } from '../e2e/stack.ts';
import { Lab } from '../lab/lab.ts';
import { unavailable } from '../lab/preflight.ts';
import { topologies } from '../lab/topologies.ts';
import { chosenFor } from './choice.ts';
import { flawsOf, logOf, type Soak, samplesOf } from './judge.ts';
import { document, faultTable, summary, trendTable } from './report.ts';

const USAGE = `usage: npm run soak -- [options]

  --minutes N       how long: 120 unless said otherwise; below 30 memory cannot be judged
  --every SEC       from the start of one fault to that of the next: 60 unless said otherwise
  --topology NAME   of the lab: reference unless said otherwise
  --via snmp|ssh    how all switches are read: ssh unless said otherwise
  --interval SEC    collection interval: 2 unless said otherwise; more on a busy machine
  --name LAB        the lab's name: soak unless said otherwise
  --report          no run: the table of the last one
  --docs            write docs/soak.md
`;

const kept = path.join(root, '.soak');
const resultFile = path.join(kept, 'last.json');
const samplesFile = path.join(kept, 'samples.jsonl');

interface Plan {
  readonly topology: string;
  readonly via: Via;
  readonly minutes: number;
  readonly everyMs: number;
  readonly intervalMs: number;
  readonly name: string;
}

/** Injects one fault after the other until the time is over. */
async function inject(world: World, plan: Plan, until: number, outcomes: Outcome[]): Promise<void> {
  const scenarios = chosenFor(plan.topology, plan.via);
  for (let i = 0; Date.now() < until; i++) {
    const scenario = scenarios[i % scenarios.length];
    if (scenario === undefined) return;
    const began = Date.now();
    const outcome = await runScenario(world, scenario, plan.via);
    outcomes.push(outcome);
    // How long it took to find something is the campaign's business.
    const { detectMs: _time, ...timeless } = outcome;
    const said = flaws([timeless]);
    const left = Math.max(0, Math.round((until - Date.now()) / 60_000));
    console.error(`${said.length === 0 ? 'ok  ' : 'FLAW'} ${scenario.id} (${left} minutes left)`);
    for (const line of said) console.error(`     ${line}`);
    await sleep(Math.max(0, Math.min(began + plan.everyMs, until) - Date.now()));
  }
}

async function soak(plan: Plan): Promise<Soak> {
  const { topology: name, via, intervalMs, everyMs } = plan;
  const topology = topologies[name];
  if (topology === undefined) throw new Error(`no topology ${name}`);
  mkdirSync(kept, { recursive: true });
  writeFileSync(samplesFile, '');
  await Lab.down(plan.name);
  const lab = await Lab.up(topology, { name: plan.name });
  const imports = [path.join(import.meta.dirname, 'inside.mjs')];
  const world = new World(lab, intervalMs, { imports, env: { SOAK_FILE: samplesFile } });
  const outcomes: Outcome[] = [];
  const began = Date.now();
  // Whoever stops it early gets the result up to then.
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const interrupted = new Promise<void>((resolve) => {
    stopped.signal.addEventListener('abort', () => resolve());
  });
  try {
    await Promise.race([inject(world, plan, began + plan.minutes * 60_000, outcomes), interrupted]);
    const { logFile } = world.exporter;
    return {
      ...{ topology: name, via, intervalMs, everyMs, began, ended: Date.now() },
      ...{ commit: commit(), node: process.version },
      ...samplesOf(readFileSync(samplesFile, 'utf8')),
      log: logOf(logFile === undefined ? '' : readFileSync(logFile, 'utf8')),
      outcomes,
    };
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    await world.exporter.stop().catch(() => undefined);
    await lab.down();
  }
}

function report(result: Soak, docs: boolean): number {
  const said = flawsOf(result);
  console.log(`\n${trendTable(result)}\n\n${faultTable(result)}\n`);
  for (const flaw of said) console.log(`- ${flaw}`);
  console.log(`\n${summary(result)}: ${said.length === 0 ? 'passed' : 'not passed'}`);
  if (docs) writeFileSync(path.join(root, 'docs', 'soak.md'), document(result));
  return said.length === 0 ? 0 : 1;
}

/** A number of an option between two bounds. Throws what is wrong. */
function numberOf(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new Error(`--${option} takes ${least} to ${most}, not ${text}`);
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '120' },
      every: { type: 'string', default: '60' },
      topology: { type: 'string', default: 'reference' },
      via: { type: 'string', default: 'ssh' },
      interval: { type: 'string', default: '2' },
      name: { type: 'string', default: 'soak' },
      report: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { via, topology, name } = values;
  if (via !== 'snmp' && via !== 'ssh') throw new Error('--via takes snmp or ssh');
  const plan: Plan = {
    ...{ topology, via, name },
    minutes: numberOf('minutes', values.minutes, 1, 10_000),
    everyMs: 1000 * numberOf('every', values.every, 1, 3600),
    intervalMs: 1000 * numberOf('interval', values.interval, 0.5, 60),
  };
  if (values.report) {
    if (!existsSync(resultFile)) throw new Error('no result is kept; run it without --report first');
    return report(JSON.parse(readFileSync(resultFile, 'utf8')) as Soak, values.docs);
  }
  const lacks = await unavailable();
  if (lacks !== undefined) throw new Error(lacks);
  await build();
  const result = await soak(plan);
  writeFileSync(resultFile, `${JSON.stringify(result)}\n`);
  return report(result, values.docs);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
// A soak that was stopped early may still have a scenario under way, whose lab is gone.
process.exit();
