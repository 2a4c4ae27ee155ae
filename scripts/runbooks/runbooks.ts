// docs/runbooks: a page for each alert, from what is known of the alert (here), of its causes (src/model/catalogue) and of switches
// (vendors.ts), so that the advice of a cause is the same on a runbook, in a finding and on the page.
import { causeTexts } from '../../src/model/catalogue/causes.ts';
import { incidentRunbooks } from './incidents.ts';
import { routeRunbooks } from './routes.ts';
import type { Runbook } from './runbook.ts';
import { sessionRunbooks } from './sessions.ts';
import { type Topic, topics, vendors } from './vendors.ts';
import { watchingRunbooks } from './watching.ts';

const runbooks: Readonly<Record<string, Runbook>> = {
  ...incidentRunbooks,
  ...routeRunbooks,
  ...sessionRunbooks,
  ...watchingRunbooks,
};

const made = '<!-- Made by scripts/runbooks; change it there and run `npm run docs`. -->';

function causeLines({ causes = [], also = [] }: Runbook): string[] {
  const known = causes.flatMap((id, i) => {
    const { title, meaning, calico, network } = causeTexts[id];
    return [
      `${i + 1}. **[${title}](../findings/${id}.md)** (\`${id}\`). ${meaning}`,
      ...(calico === '' ? [] : [`   - On Calico's side: ${calico}`]),
      ...(network === '' ? [] : [`   - On the switch: ${network}`]),
    ];
  });
  const others = also.map((text, i) => `${causes.length + i + 1}. ${text}`);
  return known.length + others.length > 0 ? ['## Likely causes, in order', '', ...known, ...others, ''] : [];
}

function topicLines(topic: Topic): string[] {
  const code = (text: string) =>
    text
      .split(' ; ')
      .map((command) => `\`${command}\``)
      .join('<br>');
  return [
    `### ${topics[topic]}`,
    '',
    '| system | commands |',
    '|---|---|',
    ...Object.entries(vendors).map(
      ([name, commands]) => `| ${name} | ${code(commands[topic]).replaceAll('|', '\\|')} |`,
    ),
    '',
  ];
}

function page(alert: string, runbook: Runbook): string {
  const { means, users, first, topics: wanted = [], ends } = runbook;
  return [
    made,
    `# ${alert}`,
    '',
    `**What it means.** ${means}`,
    '',
    `**What users notice.** ${users}`,
    '',
    `**When it ends.** It resolves ${ends}`,
    '',
    '## First three commands',
    '',
    ...first.flatMap(([command, tells], i) => [`${i + 1}. \`${command}\` – ${tells}`]),
    '',
    'CONFIG is the exporter’s configuration, EXPORTER its address; in the cluster: `kubectl -n calico-bgp-exporter exec',
    'deploy/calico-bgp-exporter -- node /app/dist/calico-bgp-exporter.js explain … --config /etc/calico-bgp-exporter/config/config.yml`.',
    '',
    ...causeLines(runbook),
    ...(wanted.length > 0 ? ['## On the switch', '', ...wanted.flatMap(topicLines)] : []),
    '[All alerts](../alerts.md)',
    '',
  ].join('\n');
}

/** Every page, by its path from the project's root. */
export function runbookPages(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runbooks).map(([alert, runbook]) => [`docs/runbooks/${alert}.md`, page(alert, runbook)]),
  );
}
