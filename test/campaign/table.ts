// The campaign's result as text: counts against the bar, the confusion matrix and a line for each scenario, in Markdown
// for docs/campaign.md and the terminal alike. Pure.
import type { Outcome } from './judge.ts';
import { patterns, type Scenario } from './scenario.ts';

/** What is known of one topology, as it is kept between commands. */
export interface TopologyRun {
  readonly topology: string;
  readonly title: string;
  readonly outcomes: readonly Outcome[];
}

/** The most time to find what the devices show: one collection interval and two seconds. */
function isLate({ detectMs = 0, intervalMs = 2000 }: Outcome): boolean {
  return detectMs > intervalMs + 2000;
}

/** Least share of found faults with the right cause. */
export const causeShare = 0.95;

export interface Counts {
  readonly faults: number;
  readonly found: number;
  readonly causeRight: number;
  readonly late: number;
  readonly harmless: number;
  readonly silent: number;
  /** Scenarios, faults or harmless, in which something was said that must not be. */
  readonly alarmed: number;
  readonly unresolved: number;
  readonly slowestMs: number;
  readonly medianMs: number;
}

export function count(outcomes: readonly Outcome[]): Counts {
  const faults = outcomes.filter(({ harmless }) => !harmless);
  const harmless = outcomes.filter((each) => each.harmless);
  const times = faults
    .flatMap(({ detectMs }) => (detectMs === undefined ? [] : [detectMs]))
    .sort((a, b) => a - b);
  return {
    faults: faults.length,
    found: faults.filter(({ found }) => found).length,
    causeRight: faults.filter(({ causeRight }) => causeRight).length,
    late: faults.filter(isLate).length,
    harmless: harmless.length,
    silent: harmless.filter(({ falseAlarms, error }) => falseAlarms.length === 0 && error === undefined)
      .length,
    alarmed: outcomes.filter(({ falseAlarms }) => falseAlarms.length > 0).length,
    unresolved: outcomes.filter(({ resolved }) => !resolved).length,
    slowestMs: times.at(-1) ?? 0,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
  };
}

/** Whether the bar is met: everything found in time and resolved, at least 95 % with the right cause, no false alarm. */
export function meetsBar(outcomes: readonly Outcome[]): boolean {
  const { faults, found, causeRight, late, alarmed, unresolved } = count(outcomes);
  const erred = outcomes.some(({ error }) => error !== undefined);
  return (
    found === faults &&
    causeRight >= causeShare * faults &&
    ![late, alarmed, unresolved].some((each) => each > 0) &&
    !erred
  );
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** What the faults were against what was said of them. */
export function matrix(outcomes: readonly Outcome[]): string {
  const faults = outcomes.filter(({ harmless }) => !harmless);
  const harmless = outcomes.filter((each) => each.harmless);
  const cells = (all: readonly Outcome[]) => {
    const right = all.filter(({ harmless: none, causeRight }) => !none && causeRight).length;
    const wrong = all.filter(({ found, causeRight, harmless: none }) => !none && found && !causeRight).length;
    const silent = all.filter(({ harmless: none, found, falseAlarms, error }) =>
      none ? falseAlarms.length === 0 && error === undefined : !found,
    ).length;
    return [right, wrong, silent, all.filter(({ falseAlarms }) => falseAlarms.length > 0).length];
  };
  return table(
    ['', 'found, right cause', 'found, wrong cause', 'not found', 'something said that must not be'],
    [
      [`${faults.length} faults`, ...cells(faults)],
      [
        `${harmless.length} harmless changes`,
        '',
        '',
        `${cells(harmless)[2]} (as it must be)`,
        cells(harmless)[3] ?? 0,
      ],
    ],
  );
}

function verdict(outcome: Outcome): string {
  if (outcome.error !== undefined) return 'not run';
  const flaws = [
    ...(outcome.found ? [] : ['not found']),
    ...(outcome.found && !outcome.causeRight ? ['wrong cause'] : []),
    ...(outcome.falseAlarms.length > 0 ? ['false alarm'] : []),
    ...(outcome.resolved ? [] : ['not resolved']),
    ...(isLate(outcome) ? ['late'] : []),
  ];
  if (flaws.length > 0) return `**${flaws.join(', ')}**`;
  return outcome.harmless ? 'silent' : 'right';
}

/** The causes that a scenario expects, each once. */
function causes(scenario: Scenario | undefined): string {
  const all = patterns(scenario?.expects ?? []).map(({ cause }) => cause);
  return [...new Set(all)]
    .map((cause) => (cause === '-' ? 'none' : cause.replaceAll('|', ' or ')))
    .join(', ');
}

export function outcomeTable(outcomes: readonly Outcome[], scenarios: readonly Scenario[]): string {
  return table(
    ['scenario', 'what happens', 'cause', 'by', 'verdict', 'found after'],
    outcomes.map((outcome) => [
      `\`${outcome.id}\``,
      outcome.says,
      causes(scenarios.find(({ id }) => id === outcome.id)),
      outcome.via.toUpperCase(),
      verdict(outcome),
      outcome.detectMs === undefined ? '' : `${seconds(outcome.detectMs)} s`,
    ]),
  );
}

/** What was wrong, scenario by scenario. */
export function flaws(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    const { id, error, notFound, wrongCauses, falseAlarms, resolved } = outcome;
    return [
      ...(error === undefined ? [] : [`\`${id}\`: could not be run: ${error}`]),
      ...notFound.map((text) => `\`${id}\`: not found: ${text}`),
      ...wrongCauses.map((text) => `\`${id}\`: wrong cause: ${text}`),
      ...falseAlarms.map((text) => `\`${id}\`: false alarm: ${text}`),
      ...(resolved || error !== undefined ? [] : [`\`${id}\`: findings remained after healing`]),
      ...(isLate(outcome) ? [`\`${id}\`: found only after ${seconds(outcome.detectMs ?? 0)} s`] : []),
    ];
  });
}

export function summary(outcomes: readonly Outcome[]): string {
  const counts = count(outcomes);
  const { faults, found, causeRight, harmless, silent, alarmed, late, slowestMs, medianMs } = counts;
  return [
    `${found} of ${faults} faults found`,
    `${causeRight} with the right cause`,
    `${silent} of ${harmless} harmless changes without a finding`,
    `${alarmed} scenarios with a false alarm`,
    `found after ${seconds(medianMs)} s in the median and ${seconds(slowestMs)} s at most (${late} later than one interval and 2 s)`,
  ].join(', ');
}

const intro = `<!-- Made by \`npm run campaign\` (test/campaign); what it found is what stands here. -->
# The fault campaign

\`npm run campaign\` (root, Debian; see test/lab/README.md) brings the lab's topologies up one after another, injects one fault
after the other into real daemons (BIRD, FRR, snmpd, sshd) and objects, and compares what the exporter says with what
stands beside each fault in test/campaign/scenarios. The exporter runs as \`serve\` with an interval of a few seconds (below). A fault counts
as found when every expected finding is there, its cause as right when every one of them names it; whatever else is said,
from the first step to the end of healing, must be among the consequences listed beside the fault, or it is a false alarm.
The time to detect counts from when the devices themselves show the fault, asked past the exporter every 0.1 s.
Harmless changes must give no finding at all. The bar: every fault found within one interval and 2 s, at least 95 % with
the right cause, no false alarm.
`;

function ranOn(outcomes: readonly Outcome[]): string {
  const times = outcomes.flatMap(({ at }) => at ?? []).sort();
  const commits = [...new Set(outcomes.flatMap(({ commit }) => commit ?? []))];
  const intervals = [...new Set(outcomes.map(({ intervalMs = 2000 }) => `${intervalMs / 1000} s`))];
  const when = `Run between ${times[0] ?? '?'} and ${times.at(-1) ?? '?'}`;
  return `${when} on ${commits.join(', ')}; interval ${intervals.join(', ')}.`;
}

export function document(runs: readonly TopologyRun[], scenarios: readonly Scenario[]): string {
  const outcomes = runs.flatMap((run) => run.outcomes);
  const found = flaws(outcomes);
  return [
    intro,
    `${summary(outcomes)}. The bar is ${meetsBar(outcomes) ? 'met' : '**not met**'}.`,
    '',
    matrix(outcomes),
    '',
    ...(found.length === 0
      ? []
      : ['## What was wrong', '', ...found.map((line) => `- ${line.replaceAll('|', '\\|')}`), '']),
    ...runs.flatMap((run) => [
      `## ${run.topology}: ${run.title}`,
      '',
      ranOn(run.outcomes),
      '',
      outcomeTable(run.outcomes, scenarios),
      '',
    ]),
  ].join('\n');
}
