// Findings, worst first as the audit sorted them; then what could not be judged and what is within its grace time.
import type { Fabric } from '../model/fabric.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { type Html, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { ago, badge, cut, type Tone } from './page-parts.ts';

const shownAtMost = 50;
const tones: Record<Severity, Tone> = { critical: 'bad', warning: 'warn', info: 'quiet' };

interface Row {
  readonly state: 'firing' | 'unknown' | 'pending' | 'silenced';
  readonly finding: Finding;
}

function row({ state, finding }: Row, now: number): Html {
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
  return html`<tr><td>${mark}</td><td class="detail">${detail}${more}</td><td>${device}</td><td>${check}</td><td>${cause ?? '–'}</td><td>${ago(since, now)}</td><td>${link}</td></tr>
`;
}

/** The findings table; a sentence when there is nothing to tell. */
export function findingsSection({ audit }: Fabric, now: number): Html {
  const rows: Row[] = [
    ...audit.findings.map((finding) => ({ state: 'firing' as const, finding })),
    ...audit.unknown.map((finding) => ({ state: 'unknown' as const, finding })),
    ...audit.pending.map((finding) => ({ state: 'pending' as const, finding })),
    ...(audit.silenced ?? []).map((finding) => ({ state: 'silenced' as const, finding })),
  ];
  if (rows.length === 0) {
    return html`<section><h2 id="findings">Findings</h2><p>None: nothing is missing, down or unexpected.</p></section>`;
  }
  const shown = rows.slice(0, shownAtMost);
  return html`<section><h2 id="findings">Findings</h2>
<div class="scroll"><table class="findings">
<thead><tr><th scope="col">Severity</th><th scope="col">What</th><th scope="col">Device</th><th scope="col">Check</th><th scope="col">Cause</th><th scope="col">Since</th><th scope="col">Why</th></tr></thead>
<tbody>
${shown.map((entry) => row(entry, now))}</tbody></table></div>
${cut(shown.length, rows.length, 'findings', '/api/v1/findings')}</section>`;
}
