// Findings, worst first as the audit sorted them; then what could not be judged and what is within its grace time.
import { causeTexts } from '../model/catalogue/causes.ts';
import { checkTexts } from '../model/catalogue/checks.ts';
import type { CauseEntry } from '../model/catalogue/entry.ts';
import type { CauseId } from '../model/cause.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Severity } from '../model/finding.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { ago, badge, cut, type Tone } from './page-parts.ts';
import type { ShardView, StatedFinding } from './shard-findings.ts';
import { findingRank } from './shard-lists.ts';

const shownAtMost = 50;
const tones: Record<Severity, Tone> = { critical: 'bad', warning: 'warn', info: 'quiet' };

/** The cause in the catalogue's words, and its id, by which docs/findings has its page. */
function causeCell(cause: CauseId | undefined): HtmlValue {
  if (cause === undefined) return '–';
  // Another shard may know one that this release does not.
  const entry: CauseEntry | undefined = causeTexts[cause];
  return entry
    ? html`<span title="${entry.meaning}">${entry.title}</span> <span class="meta">${cause}</span>`
    : cause;
}

function row({ state, finding }: StatedFinding, now: number): Html {
  const { check, severity, device, cause, detail, since, excuse, until, times, prefix } = finding;
  const why = prefix === undefined ? device : prefix;
  const link =
    why === ''
      ? '–'
      : explainLink(why, 'explain', prefix !== undefined && device !== '' ? device : undefined);
  const end = until === undefined ? '' : `, until ${new Date(until).toISOString().slice(0, 16)}Z`;
  const more = `${times === undefined ? '' : ` (${times} times)`}${excuse === undefined ? '' : ` [${excuse}${end}]`}`;
  const mark =
    state === 'firing'
      ? badge(tones[severity], severity)
      : state === 'unknown'
        ? badge('unknown', 'unknown')
        : badge('quiet', state);
  return html`<tr><td>${mark}</td><td class="detail">${detail}${more}</td><td>${device}</td><td title="${checkTexts[check].title}">${check}</td><td class="cause">${causeCell(cause)}</td><td>${ago(since, now)}</td><td>${link}</td></tr>
`;
}

const rank = ({ state, finding: { severity } }: StatedFinding) => findingRank({ state, severity });

/** The findings table, with those of other shards in their place; a sentence when there is nothing to tell. */
export function findingsSection({ audit }: Fabric, now: number, view?: ShardView): Html {
  const others = view?.others.flatMap((other) => (other.ok ? [other] : [])) ?? [];
  const all: StatedFinding[] = [
    ...audit.findings.map((finding) => ({ state: 'firing' as const, finding })),
    ...audit.unknown.map((finding) => ({ state: 'unknown' as const, finding })),
    ...audit.pending.map((finding) => ({ state: 'pending' as const, finding })),
    ...(audit.silenced ?? []).map((finding) => ({ state: 'silenced' as const, finding })),
    ...others.flatMap(({ findings }) => findings),
  ];
  const twins = new Set<string>();
  const isFirst = ({ state, finding: { check, subject, vrf = '' } }: StatedFinding) => {
    // A session has an end in each of two shards, and both may tell of it; its subject is the pair.
    if (!subject.includes(' – ')) return true;
    const key = JSON.stringify([state, check, subject, vrf]);
    return !twins.has(key) && twins.add(key).has(key);
  };
  const rows = view ? all.filter(isFirst).sort((x, y) => rank(x) - rank(y)) : all;
  const unseen = others.reduce((sum, { total, findings }) => sum + total - findings.length, 0);
  if (rows.length === 0 && view?.others.some(({ ok }) => !ok))
    return html`<section><h2 id="findings">Findings</h2><p>None in the shards that could be asked.</p></section>`;
  if (rows.length === 0) {
    return html`<section><h2 id="findings">Findings</h2><p>None: nothing is missing, down or unexpected.</p></section>`;
  }
  const shown = rows.slice(0, shownAtMost);
  return html`<section><h2 id="findings">Findings</h2>
<div class="scroll"><table class="findings">
<thead><tr><th scope="col">Severity</th><th scope="col">What</th><th scope="col">Device</th><th scope="col">Check</th><th scope="col">Cause</th><th scope="col">Since</th><th scope="col">Why</th></tr></thead>
<tbody>
${shown.map((entry) => row(entry, now))}</tbody></table></div>
${cut(shown.length, rows.length + unseen, 'findings', '/api/v1/findings')}</section>`;
}
