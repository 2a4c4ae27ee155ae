// The audit, an explanation and expectations as Markdown, for comments on merge requests, tickets and wikis. What devices and
// objects say is text: no sign of it opens a table cell, a link or an HTML tag (GitHub Flavored Markdown, section 4.10). Pure.
import { type Explanation, type Hop, layerName } from '../model/explanation.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { summaryLines } from './report.ts';
import { printable } from './table.ts';

/** Text that Markdown shows as it is, in a table cell or outside. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|~#@!]/g, (sign) => (sign === '@' ? '&#64;' : `\\${sign}`));
}

/** A table; empty for no rows. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line), ''];
}

/** A title over what is below it; nothing where nothing is. */
export function markdownPart(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${markdownText(title)}`, '', ...lines];
}

const where = ({ device }: Finding) => device || '-';

function others(title: string, findings: readonly Finding[]): readonly string[] {
  const rows = findings.map((finding) => [where(finding), finding.check, finding.detail]);
  return markdownPart(title, markdownTable(['where', 'check', 'what and why'], rows));
}

function findingTable(findings: readonly Finding[]): readonly string[] {
  return markdownTable(
    ['severity', 'where', 'check', 'about', 'what and why'],
    findings.map((finding) => {
      const { severity, check, subject, cause, detail } = finding;
      const why = cause && !detail.includes(cause) ? `${detail} (${cause})` : detail;
      return [severity, where(finding), check, subject, why];
    }),
  );
}

/** The audit, the verdict first. */
export function auditMarkdown(fabric: Fabric): string {
  const { audit } = fabric;
  const [verdict = '', ...rest] = summaryLines(fabric).reverse();
  return [
    `# ${markdownText(verdict)}`,
    '',
    ...rest.reverse().flatMap((line) => [markdownText(line), '']),
    ...markdownPart('Findings', findingTable(audit.findings)),
    ...others('Not yet alerted (within its grace time)', audit.pending),
    ...others('Silenced', audit.silenced ?? []),
    ...others('Could not look, so unknown', audit.unknown),
  ].join('\n');
}

function seen({ state, needed, lost, wrong }: Hop): string {
  if (lost) return 'the way ends here';
  if (wrong) return 'wrong';
  if (state === 'lacks') return needed ? 'lacks it' : 'lacks it, need not have it';
  return state === 'has' ? 'has it' : 'could not look';
}

const time = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString());

/** An explanation, the verdict first. */
export function explanationMarkdown(explanation: Explanation): string {
  const { target, verdict, facts, hops, paths, sessions, prefixes, readings, findings, advice, notes } =
    explanation;
  const turns = paths.flatMap(({ from, turns: all }) =>
    all.map(({ device, route, next, note, end }) => [
      from,
      device,
      route ?? '-',
      next ?? '-',
      [end, note].filter(Boolean).join(': ') || 'goes on',
    ]),
  );
  return [
    `# ${markdownText(target)}`,
    '',
    markdownText(verdict),
    '',
    ...markdownPart('What it is', markdownTable(['what', 'value'], facts)),
    ...markdownPart(
      'The way, table by table',
      markdownTable(
        ['device', 'table', 'state', 'answer', 'asked', 'read at'],
        hops.map((hop) => {
          const asked = [hop.source, hop.asked].filter(Boolean).join(': ') || '-';
          return [hop.device, layerName(hop), seen(hop), hop.answer, asked, time(hop.at)];
        }),
      ),
    ),
    ...markdownPart(
      'The way of a packet',
      markdownTable(['from', 'device', 'route', 'next', 'what happens'], turns),
    ),
    ...markdownPart(
      'Sessions, from both ends',
      markdownTable(
        ['peer', 'state', 'its own end', 'the other end', 'called for by'],
        sessions.map(({ peer, tone, own, other, because }) => [
          peer,
          tone,
          `${own.device} says: ${own.says}`,
          `${other.device} says: ${other.says}`,
          because ?? '-',
        ]),
      ),
    ),
    ...markdownPart(
      'Prefixes',
      markdownTable(
        ['prefix', 'what', 'state', 'says'],
        prefixes.map(({ prefix, what, tone, says }) => [prefix, what, tone, says]),
      ),
    ),
    ...markdownPart(
      'Readings',
      markdownTable(
        ['part', 'by', 'read at', 'says'],
        readings.map(({ part, source, at, says }) => [part, source, time(at), says]),
      ),
    ),
    ...markdownPart('Findings', findingTable(findings)),
    ...markdownPart(
      'What to do',
      markdownTable(
        ['what', 'it means', "on Calico's side", 'on the switch'],
        advice.map(({ title, meaning, calico, network }) => [title, meaning, calico || '-', network || '-']),
      ),
    ),
    ...notes.flatMap((note) => [`Not shown: ${markdownText(note)}`, '']),
  ].join('\n');
}
