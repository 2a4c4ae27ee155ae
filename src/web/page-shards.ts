// Where several exporters share the devices: what each of them has found, and which of them could not be asked.
import type { AuditSummary } from '../model/finding.ts';
import { type Html, html } from './html.ts';
import { badge, count } from './page-parts.ts';
import type { OtherShard, ShardView } from './shard-findings.ts';
import { addUp } from './shard-lists.ts';

/** The figures of all shards that answered, this one's among them. */
export function figuresOf(own: AuditSummary, view: ShardView | undefined): AuditSummary {
  const others = view?.others.flatMap((other) => (other.ok ? [other.summary] : [])) ?? [];
  return addUp([own, ...others]);
}

/** Shards that could not be asked, each with the reason, as a sentence for the headline; empty when all could. */
export function unaskedText(view: ShardView | undefined): string {
  const lost = view?.others.filter((other) => !other.ok) ?? [];
  if (lost.length === 0) return '';
  const shown = lost.slice(0, 3).map((other) => (other.ok ? '' : `${other.message}.`));
  const more = lost.length > 3 ? ` And ${count(lost.length - 3, 'more shard')}.` : '';
  return ` Not everything is known: ${shown.join(' ')}${more}`;
}

function row(other: OtherShard): Html {
  const { shard, url } = other;
  const page = html`<a href="${url}/">its page</a>`;
  if (!other.ok)
    return html`<tr><th scope="row">${shard}</th><td>${badge('unknown', 'not asked')}</td><td class="detail" colspan="4">${other.message}</td><td>${page}</td></tr>
`;
  const { summary } = other;
  return html`<tr><th scope="row">${shard}</th><td>${badge('good', 'asked')}</td>${cells(summary)}<td>${page}</td></tr>
`;
}

function cells({ devices, devicesUnknown, missing, unknown, sessionsDown }: AuditSummary): Html {
  return html`<td>${devices - devicesUnknown} of ${devices}</td><td>${missing}</td><td>${unknown}</td><td>${sessionsDown}</td>`;
}

/** The table of shards. */
export function shardsSection({ shard, others }: ShardView, own: AuditSummary): Html {
  const rows = [
    {
      at: shard.index,
      line: html`<tr><th scope="row">${shard.index}</th><td>${badge('good', 'this one')}</td>${cells(own)}<td></td></tr>
`,
    },
    ...others.map((other) => ({ at: other.shard, line: row(other) })),
  ].sort((x, y) => x.at - y.at);
  return html`<section><h2 id="shards">Shards</h2>
<p>${shard.count} exporters share the devices. Headline and findings are of all that answered; fabric, routes and sessions below are of the devices of shard ${shard.index}.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Shard</th><th scope="col">State</th><th scope="col">Devices read</th><th scope="col">Routes missing</th><th scope="col">Routes unknown</th><th scope="col">Sessions down</th><th scope="col">Page</th></tr></thead>
<tbody>
${rows.map(({ line }) => line)}</tbody></table></div></section>`;
}
