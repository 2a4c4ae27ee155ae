// The page of one prefix, address, node or switch: the verdict first, then the way drawn and table by table with the
// evidence of each step, then what to do. What it says is made by audit/explain; nothing is judged here.
import {
  type Advice,
  type Explained,
  type ExplainTone,
  type Explanation,
  endTones,
  type Hop,
  hopTone,
  layerName,
  type Path,
  type SessionLine,
  type Turn,
} from '../model/explanation.ts';
import type { Finding } from '../model/finding.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { explainLink, explainPath, renderFrame } from './page-frame.ts';
import { ago, badge, type Tone } from './page-parts.ts';
import type { ShardVerdict } from './shard-verdicts.ts';

const words: Readonly<Record<ExplainTone, string>> = {
  good: 'as it should be',
  bad: 'wrong',
  warn: 'faulty',
  unknown: 'unknown',
};

interface Evidence {
  readonly source?: string;
  readonly asked?: string;
  readonly at?: number;
}

function evidence({ source, asked, at }: Evidence, now: number): HtmlValue {
  if (at === undefined) return source ? `by ${source}: never read` : '';
  const by = source === 'objects' ? 'from the objects, ' : source ? `by ${source}, ` : '';
  return html`${by}read ${ago(at, now)}${asked !== undefined && html`: <code>${asked}</code>`}`;
}

function section(title: string, id: string, content: HtmlValue): Html {
  return html`<section><h2 id="${id}">${title}</h2>
${content}</section>
`;
}

function table(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

const hopWords: Readonly<Record<Hop['state'], string>> = {
  has: 'has it',
  lacks: 'lacks it',
  unknown: 'unknown',
};
const worse: readonly Tone[] = ['quiet', 'good', 'unknown', 'warn', 'bad'];

/** The devices in the order of the way, each with the worst of its steps. */
function wayDrawn(hops: readonly Hop[]): Html {
  const devices = new Map<string, { tone: Tone; lost: boolean }>();
  for (const hop of hops) {
    const tone = hopTone(hop);
    const seen = devices.get(hop.device) ?? { tone, lost: false };
    if (worse.indexOf(tone) > worse.indexOf(seen.tone)) seen.tone = tone;
    seen.lost ||= hop.lost;
    devices.set(hop.device, seen);
  }
  const needed = [...devices].filter(([, { tone, lost }]) => tone !== 'quiet' || lost);
  const steps = needed.map(
    ([device, { tone, lost }]) =>
      html`<li class="${tone}${lost ? ' lost' : ''}">${explainLink(device)} ${badge(tone, tone === 'good' ? 'ok' : tone)}${lost && html` <b>the way ends here</b>`}</li>`,
  );
  return html`<ol class="way" aria-label="The devices on the way">${steps}</ol>`;
}

function hopRow(hop: Hop, now: number): Html {
  const { device, state, answer, lost, wrong } = hop;
  const remark = lost ? html` <b>The way ends here.</b>` : wrong ? html` <b>This is wrong.</b>` : '';
  return html`<tr${lost && html` class="lost"`}><td>${badge(hopTone(hop), hopWords[state])}</td><th scope="row">${device}</th><td>${layerName(hop)}</td><td class="detail">${answer}${remark}</td><td class="detail evidence">${evidence(hop, now)}</td></tr>
`;
}

const hopHeads = ['State', 'Device', 'Table', 'Answer', 'Evidence'];

/** Tables that need not have the prefix, and have none, are folded away. */
function hopTables(hops: readonly Hop[], now: number): Html {
  const idle = (hop: Hop) => hopTone(hop) === 'quiet' && !hop.lost;
  const rows = (list: readonly Hop[]) =>
    table(
      hopHeads,
      list.map((hop) => hopRow(hop, now)),
    );
  const others = hops.filter(idle);
  return html`${wayDrawn(hops)}${rows(hops.filter((hop) => !idle(hop)))}${others.length > 0 && html`<details id="idle-tables"><summary>Tables without it, where it need not be: ${others.length}</summary>${rows(others)}</details>`}`;
}

function turnRow(turn: Turn, now: number): Html {
  const { device, route, next, end, note } = turn;
  return html`<tr><th scope="row">${explainLink(device)}</th><td class="detail">${route ?? '–'}</td><td>${next ?? ''}${end && badge(endTones[end], end)}</td><td class="detail">${note ?? ''}</td><td class="detail evidence">${evidence(turn, now)}</td></tr>
`;
}

/** Devices by the number of hops that a packet has behind it; where traffic is shared, several of one number. */
function levels({ from, turns }: Path): readonly (readonly Turn[])[] {
  const depth = new Map([[from, 0]]);
  const found: Turn[][] = [];
  for (const turn of turns) {
    const at = depth.get(turn.device) ?? found.length;
    for (const next of turn.next?.split(', ') ?? []) if (!depth.has(next)) depth.set(next, at + 1);
    const level = found[at] ?? [];
    found[at] = level;
    level.push(turn);
  }
  return found.filter((level) => level !== undefined);
}

function pathDrawn(path: Path, now: number): Html {
  const { from, tone, verdict, turns } = path;
  const steps = levels(path).map(
    (level) =>
      html`<li class="${level.map(({ end }) => (end ? endTones[end] : 'good')).sort((x, y) => worse.indexOf(y) - worse.indexOf(x))[0] ?? 'good'}">${level.map(({ device, end }) => html`${explainLink(device)}${end && html` ${badge(endTones[end], end)}`} `)}</li>`,
  );
  return html`<h3>${badge(tone, verdict)}</h3>
<ol class="way" aria-label="The way from ${from}">${steps}</ol>
${table(
  ['Device', 'Takes the route', 'To', 'Note', 'Evidence'],
  turns.map((turn) => turnRow(turn, now)),
)}`;
}

function sessionRow(session: SessionLine, now: number): Html {
  const { tone, peer, peerAddress, afi, vrf, own, other, because } = session;
  const side = ({ device, says, at }: SessionLine['own']) =>
    html`<b>${device}</b> says: ${says}${at !== undefined && html` (${ago(at, now)})`}`;
  return html`<tr><td>${badge(tone, words[tone])}</td><th scope="row">${explainLink(peer)} <span class="address">${peer === peerAddress ? '' : peerAddress}</span></th><td>${afi}${vrf === 'default' ? '' : `, VRF ${vrf}`}</td><td class="detail">${side(own)}<br>${side(other)}</td><td class="detail">${because ?? '–'}</td></tr>
`;
}

function findingRow({ severity, device, check, detail, since, excuse }: Finding, now: number): Html {
  const tone = severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'quiet';
  return html`<tr><td>${badge(tone, severity)}</td><td class="detail">${detail}${excuse !== undefined && ` [${excuse}]`}</td><td>${device}</td><td>${check}</td><td>${ago(since, now)}</td></tr>
`;
}

/** The catalogue writes what is typed between backticks. */
function withCode(text: string): HtmlValue {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

function adviceBlock({ cause, title, meaning, users, calico, network }: Advice): Html {
  const rows = (
    [
      ['It means', meaning],
      ['Users notice', users],
      ['On Calico’s side', calico],
      ['On the switch', network],
    ] as const
  ).filter(([, text]) => text !== '');
  return html`<h3>${title}${cause !== undefined && html` <span class="meta">${cause}</span>`}</h3>
<dl class="facts">${rows.map(([name, text]) => html`<dt>${name}</dt><dd>${withCode(text)}</dd>`)}</dl>
`;
}

function verdictTable(shards: readonly ShardVerdict[], target: string): Html {
  const rows = shards.map(({ shard, url, tone, verdict, error }) => {
    const link = html`<a href="${url}${explainPath(target)}">all of it</a>`;
    const says = error ?? verdict ?? 'It knows nothing by that name.';
    const mark =
      error !== undefined
        ? badge('unknown', 'not asked')
        : tone === undefined
          ? badge('quiet', 'nothing')
          : badge(tone, words[tone]);
    return html`<tr><th scope="row">${shard}</th><td>${mark}</td><td class="detail">${says}</td><td>${link}</td></tr>
`;
  });
  return table(['Shard', 'Verdict', 'What it says', 'Why'], rows);
}

function body(explanation: Explanation, now: number): Html {
  const { target, tone, verdict, facts, hops, paths, sessions, prefixes, readings } = explanation;
  const { kind, device, findings, advice, notes, at } = explanation;
  const only = device === undefined ? '' : `, seen at ${device}`;
  return html`<section class="headline ${tone}"><p class="when">${kind} ${target}${only}</p><div role="status"><h2>${verdict}</h2></div>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<p class="when">Audited ${ago(at, now)}${device !== undefined && html` · ${explainLink(target, 'every device')}`}</p></section>
${hops.length > 0 && section('The way, table by table', 'way', hopTables(hops, now))}${
  paths.length > 0 &&
  section(
    'The way of a packet',
    'packet',
    paths.map((path) => pathDrawn(path, now)),
  )
}${advice.length > 0 && section('What to do', 'advice', advice.map(adviceBlock))}${
  findings.length > 0 &&
  section(
    'Findings about it',
    'findings',
    table(
      ['Severity', 'What', 'Device', 'Check', 'Since'],
      findings.map((finding) => findingRow(finding, now)),
    ),
  )
}${
  sessions.length > 0 &&
  section(
    'Sessions, from both ends',
    'sessions',
    table(
      ['Verdict', 'Peer', 'Family', 'What both say', 'Called for by'],
      sessions.map((each) => sessionRow(each, now)),
    ),
  )
}${
  prefixes.length > 0 &&
  section(
    kind === 'switch' ? 'Prefixes that are not as they should be' : 'Prefixes that it announces',
    'prefixes',
    table(
      ['Verdict', 'Prefix', 'What', 'State'],
      prefixes.map(
        ({ tone: sign, prefix, what, says }) =>
          html`<tr><td>${badge(sign, words[sign])}</td><th scope="row">${explainLink(prefix)}</th><td class="detail">${what}</td><td class="detail">${says}</td></tr>
`,
      ),
    ),
  )
}${
  readings.length > 0 &&
  section(
    'Readings',
    'readings',
    table(
      ['State', 'Part', 'Source', 'Read', 'What came of it'],
      readings.map(
        ({ part, source, ok, at: read, says }) =>
          html`<tr><td>${badge(ok ? 'good' : 'unknown', ok ? 'read' : 'failed')}</td><th scope="row">${part}</th><td>${source}</td><td>${read === undefined ? 'never' : ago(read, now)}</td><td class="detail">${says}</td></tr>
`,
      ),
    ),
  )
}${notes.map((note) => html`<p class="cut">Not shown: ${note}</p>`)}`;
}

export interface ExplainPageInput {
  /** Undefined before the first audit; refused: it was asked for in a way that cannot be answered. */
  readonly explained:
    | Explained
    | { readonly ok: false; readonly refused: true; readonly message: string }
    | undefined;
  readonly target: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  /** What the other shards say of it, where there are any. */
  readonly shards?: readonly ShardVerdict[];
}

/** The whole page as text. */
export function renderExplainPage({ explained, target, now, version, shards }: ExplainPageInput): string {
  const frame = { now, version, search: target };
  const others = shards && section('What the other shards say', 'shards', verdictTable(shards, target));
  if (!explained?.ok) {
    const asked =
      explained && 'refused' in explained ? 'That cannot be asked' : 'Nothing is known by that name';
    const title = explained ? asked : 'Not known yet';
    const text = explained ? explained.message : 'The first audit has not finished.';
    const content = html`<section class="headline unknown"><div role="status"><h2>${title}</h2><p>${text}</p></div></section>${others}`;
    return renderFrame({ ...frame, title, content });
  }
  const content = html`${body(explained.explanation, now)}${others}`;
  return renderFrame({ ...frame, title: target, content });
}
