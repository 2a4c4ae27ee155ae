// docs/findings: a page for each check and each cause, from the catalogue (src/model/catalogue), so that an alert, a page
// and a person on call read the same words.

import { causeTexts } from '../src/model/catalogue/causes.ts';
import { checkTexts } from '../src/model/catalogue/checks.ts';
import type { CauseEntry, CheckEntry } from '../src/model/catalogue/entry.ts';
import type { CauseId } from '../src/model/cause.ts';
import type { CheckId } from '../src/model/finding.ts';

const made =
  '<!-- Made by scripts/finding-pages.ts from src/model/catalogue; change it there and run `npm run docs`. -->';

const checks = Object.entries(checkTexts) as [CheckId, CheckEntry][];
const causes = Object.entries(causeTexts) as [CauseId, CauseEntry][];

const shown = (template: string) => template.replace(/\{(\w+)\}/g, '*$1*');
const part = (title: string, text: string) => (text === '' ? [] : [`**${title}** ${text}`, '']);

function checkLines(id: string, entry: CheckEntry): string[] {
  return [
    `## Check \`${id}\``,
    '',
    `${entry.meaning} Severity: at most ${entry.severity}.`,
    '',
    `> ${shown(entry.sentence)}`,
    '',
    ...part('What users notice.', entry.users),
    ...part('What to do.', entry.advice),
  ];
}

function causeLines(id: string, entry: CauseEntry): string[] {
  return [
    `## Cause \`${id}\``,
    '',
    `${entry.meaning} Severity by itself: ${entry.severity}.`,
    '',
    `> … ${shown(entry.sentence)}`,
    '',
    ...part('What users notice.', entry.users),
    ...part("What to do on Calico's side.", entry.calico),
    ...part('What to do on the switch.', entry.network),
  ];
}

function index(): string {
  const row = (id: string, { title }: { readonly title: string }) => `| [\`${id}\`](${id}.md) | ${title} |`;
  return [
    made,
    '# Findings',
    '',
    'A finding has a check (what was looked at) and, where it can be told, a cause: the first layer on the way from the objects',
    'to the device at which things are not as they should be. Each has a page: what it means, what users notice, what to do.',
    '',
    '| check | |',
    '|---|---|',
    ...checks.map(([id, entry]) => row(id, entry)),
    '',
    '| cause | |',
    '|---|---|',
    ...causes.map(([id, entry]) => row(id, entry)),
    '',
  ].join('\n');
}

/** Every page by its path from the project's root. A name that is check and cause has one page with both. */
export function findingPages(): Record<string, string> {
  const ids = [...new Set<string>([...checks.map(([id]) => id), ...causes.map(([id]) => id)])];
  const page = (id: string) => {
    const check = checks.find(([name]) => name === id)?.[1];
    const cause = causes.find(([name]) => name === id)?.[1];
    const title = check?.title ?? cause?.title ?? id;
    return [
      made,
      `# ${title}`,
      '',
      ...(check ? checkLines(id, check) : []),
      ...(cause ? causeLines(id, cause) : []),
      '[All findings](README.md)',
      '',
    ].join('\n');
  };
  return {
    'docs/findings/README.md': index(),
    ...Object.fromEntries(ids.map((id) => [`docs/findings/${id}.md`, page(id)])),
  };
}
