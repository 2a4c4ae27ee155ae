// The result of a soak as Markdown, for the terminal and docs/soak.md. Pure.
import { flawsOf, lost, type Soak, trendsOf } from './judge.ts';

const number = (value: number) => (Number.isNaN(value) ? '' : value.toFixed(Math.abs(value) < 100 ? 1 : 0));

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** How memory and handles went. */
export function trendTable({ samples }: Soak): string {
  return table(
    ['what', 'first', 'last', 'most', 'an hour', 'verdict'],
    trendsOf(samples).map(({ name, unit, first, last, most, perHour, verdict }) => [
      unit === '' ? name : `${name}, ${unit}`,
      ...[first, last, most].map(number),
      Number.isNaN(perHour) ? '' : `${perHour < 0 ? '' : '+'}${number(perHour)}`,
      verdict === 'growing' ? `**${verdict}**` : verdict,
    ]),
  );
}

/** Each scenario once: how often it ran, was found and was clean again. */
export function faultTable({ outcomes }: Soak): string {
  const ids = [...new Set(outcomes.map(({ id }) => id))];
  return table(
    ['scenario', 'run', 'as expected', 'slowest to find', 'resolved'],
    ids.map((id) => {
      const own = outcomes.filter((outcome) => outcome.id === id);
      const good = own.filter(
        ({ harmless, found, falseAlarms, error }) =>
          error === undefined && falseAlarms.length === 0 && (harmless || found),
      );
      const slowest = Math.max(...own.map(({ detectMs = -1 }) => detectMs));
      return [
        `\`${id}\``,
        own.length,
        good.length,
        slowest < 0 ? '' : `${(slowest / 1000).toFixed(1)} s`,
        own.filter(({ resolved }) => resolved).length,
      ];
    }),
  );
}

/** The run in a sentence. */
export function summary(soak: Soak): string {
  const { began, ended, outcomes, rejections, log, samples } = soak;
  const errors = Object.values(log.errors).reduce((sum, times) => sum + times, 0);
  const minutes = Math.round((ended - began) / 60_000);
  return [
    `${minutes} minutes, ${outcomes.length} faults`,
    `${lost(outcomes).length} findings lost`,
    `${outcomes.filter(({ resolved }) => !resolved).length} not resolved`,
    `${rejections.length} rejections that nobody handled`,
    `${errors} error lines among ${log.lines} of the log`,
    `${samples.length} samples`,
  ].join(', ');
}

/** docs/soak.md. */
export function document(soak: Soak): string {
  const { topology, via, intervalMs, everyMs, began, commit, node, log } = soak;
  const flaws = flawsOf(soak);
  const at = `${new Date(began).toISOString().slice(0, 16)}Z`;
  const errors = Object.entries(log.errors);
  return `<!-- Made by \`npm run soak -- --docs\` (test/soak); what it found is what stands here. -->
# The soak

\`npm run soak\` (root, Debian; see test/lab/README.md) keeps the lab and one process of the exporter running for two hours, with a fault of the
campaign (test/campaign) a minute. What the process holds is written down every ten seconds; the first part of the run, which fills
caches, is left out of the verdicts (test/soak/trend.ts says how they are made). A fault counts as lost when an expected finding was not
there at the end of its watch, and as resolved when lab and exporter were clean again.

Run on ${at} on ${commit}, Node ${node}, topology ${topology} by ${via.toUpperCase()}, interval ${intervalMs / 1000} s, a fault every ${everyMs / 1000} s.
${summary(soak)}: ${flaws.length === 0 ? 'passed' : '**not passed**'}.

## What the process held

${trendTable(soak)}

## Faults

${faultTable(soak)}
${errors.length === 0 ? '' : `\n## Errors on the log\n\n${table(['message', 'times'], errors)}\n`}${
  flaws.length === 0 ? '' : `\n## What was wrong\n\n${flaws.map((flaw) => `- ${flaw}`).join('\n')}\n`
}`;
}
