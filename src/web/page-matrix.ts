// Expected prefixes against switches: each cell is the verdict in words and colour, with its reason or its next hops for
// the pointer. Rows with something wrong come first, so a cut list never hides them behind healthy ones.
import { ownerOf } from '../metrics/missing.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { Fabric } from '../model/fabric.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { comparePrefixes, contains, formatPrefix, parsePrefixOrHost } from '../model/prefix.ts';
import { exceptions, SparseVerdicts } from '../model/verdicts.ts';
import { routeChoices } from './api-choices.ts';
import { type Html, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { badge, count, cut, type Tone } from './page-parts.ts';

const mostRows = 100;
const mostColumns = 24;
const mostNames = 3;

const tones: Record<RouteVerdict['verdict'], Tone> = {
  missing: 'bad',
  'default-only': 'bad',
  stale: 'warn',
  covered: 'warn',
  unknown: 'unknown',
  present: 'good',
};
// Far enough apart that no number of switches makes something worse out of many small things.
const weight: Record<Tone, number> = { bad: 1e8, warn: 1e4, unknown: 1, good: 0, quiet: 0 };

interface Line {
  readonly key: string;
  readonly expected: ExpectedPrefix;
  /** Switches that do not know the way to it, and those where something else is wrong with it. */
  readonly badOn: string[];
  readonly warnOn: string[];
  badness: number;
}

function explain({ reason, evidence }: RouteVerdict): string {
  if (reason !== undefined) return reason;
  return evidence
    .slice(0, 8)
    .map(({ prefix, nextHops, protocol }) => {
      const hops = nextHops.map((hop) => hop.address ?? hop.interface ?? '?').join(', ');
      return `${formatPrefix(prefix)} ${protocol}${hops ? ` via ${hops}` : ''}`;
    })
    .join('\n');
}

// Devices share what is expected: each is put into words once, not once for every device.
const keys = new WeakMap<ExpectedPrefix, string>();

function keyOf(expected: ExpectedPrefix): string {
  const key = keys.get(expected) ?? `${formatPrefix(expected.prefix)} ${expected.kind}`;
  keys.set(expected, key);
  return key;
}

/** Prefixes, worst first, and how bad each device is. */
interface Judged {
  readonly lines: readonly Line[];
  readonly devices: ReadonlyMap<string, number>;
}

function judge({ audit }: Fabric, only: string | undefined): Judged {
  const byPrefix = new Map<string, Line>();
  const devices = new Map<string, number>();
  const lineOf = (expected: ExpectedPrefix): Line => {
    const key = keyOf(expected);
    const known = byPrefix.get(key);
    if (known) return known;
    const line = { key, expected, badOn: [], warnOn: [], badness: 0 };
    byPrefix.set(key, line);
    return line;
  };
  const lists = new Set<readonly ExpectedPrefix[]>();
  for (const { device, verdicts } of audit.devices.values()) {
    if (verdicts.length === 0 || (only ?? device) !== device) continue;
    // Devices share lists, and what is present adds nothing: each list has its lines once.
    const list = verdicts instanceof SparseVerdicts ? verdicts.expected : undefined;
    if (list && !lists.has(list)) list.forEach(lineOf);
    if (list) lists.add(list);
    let sum = 0;
    for (const { expected, verdict } of list ? exceptions(verdicts) : verdicts) {
      const line = lineOf(expected);
      const badness = weight[tones[verdict]];
      line.badness += badness;
      sum += badness;
      if (badness >= weight.bad) line.badOn.push(device);
      else if (badness >= weight.warn) line.warnOn.push(device);
    }
    devices.set(device, sum);
  }
  const lines = [...byPrefix.values()].sort(
    (x, y) => y.badness - x.badness || comparePrefixes(x.expected.prefix, y.expected.prefix),
  );
  return { lines, devices };
}

// Every reader asks for the same fabric every few seconds: all its verdicts are gone through once.
const judgedBefore = new WeakMap<Fabric, Judged>();

function judged(fabric: Fabric, only: string | undefined): Judged {
  if (only !== undefined) return judge(fabric, only);
  const known = judgedBefore.get(fabric) ?? judge(fabric, undefined);
  judgedBefore.set(fabric, known);
  return known;
}

type Cells = ReadonlyMap<string, ReadonlyMap<string, RouteVerdict>>;

/** The verdicts of the lines that are shown, by line and device; a big fabric has a hundred times as many. */
function cellsOf(fabric: Fabric, shown: readonly Line[], columns: readonly string[]): Cells {
  const cells = new Map(shown.map(({ key }) => [key, new Map<string, RouteVerdict>()]));
  const isShown = (expected: ExpectedPrefix) => cells.has(keyOf(expected));
  for (const device of columns) {
    const verdicts = fabric.audit.devices.get(device)?.verdicts ?? [];
    const some =
      verdicts instanceof SparseVerdicts
        ? verdicts.expected.filter(isShown).map((expected) => verdicts.on(expected))
        : verdicts;
    for (const verdict of some) cells.get(keyOf(verdict.expected))?.set(device, verdict);
  }
  return cells;
}

/** Of switches that have no column of their own a fault is told all the same. */
function faultyCell({ badOn, warnOn, badness }: Line): Html {
  const faultyOn = [...badOn, ...warnOn];
  const names = faultyOn.slice(0, mostNames).join(', ');
  const more = faultyOn.length - mostNames;
  return html`<td>${faultyOn.length === 0 ? '–' : badge(badness >= weight.bad ? 'bad' : 'warn', more > 0 ? `${names} and ${more} more` : names)}</td>`;
}

interface Columns {
  readonly shown: readonly string[];
  /** Whether there are more switches than columns. */
  readonly cut: boolean;
}

function lineRow(line: Line, columns: Columns, all: Cells): Html {
  const { key, expected } = line;
  const cells = all.get(key);
  const owner = ownerOf(expected) || `${expected.origins.length} nodes`;
  const prefix = formatPrefix(expected.prefix);
  return html`<tr><th scope="row"><span title="${expected.because}">${explainLink(prefix)}</span></th><td>${owner}</td><td>${expected.kind}</td>${columns.cut && faultyCell(line)}${columns.shown.map(
    (device) => {
      const verdict = cells?.get(device);
      if (!verdict) return html`<td title="not expected here">–</td>`;
      return html`<td title="${explain(verdict)}">${explainLink(prefix, badge(tones[verdict.verdict], verdict.verdict), device)}</td>`;
    },
  )}</tr>
`;
}

/** Which part of the matrix is asked for; undefined values ask for everything. */
export interface MatrixChoice {
  readonly only?: string;
  readonly kind?: string;
  /** A node that announces the prefix. */
  readonly node?: string;
  readonly device?: string;
  /** A prefix or an address: what lies in it or around it. */
  readonly prefix?: string;
  /** Rows left out before the first one shown. */
  readonly offset: number;
}

/** What was asked for, as it was written; `refused` says what of it cannot be read. */
export interface MatrixRequest {
  readonly choice: MatrixChoice;
  readonly refused?: string;
}

/** Everything. */
export const wholeMatrix: MatrixRequest = { choice: { offset: 0 } };

function chosen(all: readonly Line[], { only, kind, node, prefix }: MatrixChoice): readonly Line[] {
  const wanted = prefix === undefined ? undefined : parsePrefixOrHost(prefix);
  return all.filter(
    ({ expected, badness }) =>
      (only === undefined || badness >= weight.warn) &&
      (kind === undefined || expected.kind === kind) &&
      (node === undefined || expected.origins.includes(node)) &&
      (wanted === undefined || contains(wanted, expected.prefix) || contains(expected.prefix, wanted)),
  );
}

const kinds = ['', ...(routeChoices.kind ?? [])];

function filterForm({ only, kind = '', node = '', device = '', prefix = '' }: MatrixChoice): Html {
  const option = (value: string, label: string, selected: boolean) =>
    html`<option value="${value}"${selected && html` selected`}>${label}</option>`;
  return html`<form class="filters" action="/#routes" method="get" aria-label="Filter the routes">
<label>Show <select name="only" id="filter-only">${option('', 'all', only === undefined)}${option('faulty', 'faulty only', only === 'faulty')}</select></label>
<label>Kind <select name="kind" id="filter-kind">${kinds.map((each) => option(each, each === '' ? 'any' : each, each === kind))}</select></label>
<label>Prefix <input name="prefix" id="filter-prefix" size="18" value="${prefix}" spellcheck="false"></label>
<label>Node <input name="node" id="filter-node" size="12" value="${node}" spellcheck="false"></label>
<label>Switch <input name="device" id="filter-device" size="12" value="${device}" spellcheck="false"></label>
<button type="submit">Filter</button> <a href="/#routes">Clear</a></form>`;
}

function pages(choice: MatrixChoice, shown: number, total: number): Html | undefined {
  if (total <= mostRows && choice.offset === 0) return undefined;
  const link = (offset: number, text: string) => {
    const { only = '', kind = '', node = '', device = '', prefix = '' } = choice;
    const query = new URLSearchParams({ only, kind, node, device, prefix, offset: String(offset) });
    return html` <a href="/?${query.toString()}#routes">${text}</a>`;
  };
  const { offset } = choice;
  // The list may have become shorter than it was when the link to this part of it was made.
  if (shown === 0)
    return html`<p class="cut">The list ends before this; it has ${count(total, 'prefix', 'prefixes')}.${link(0, 'First')}</p>`;
  return html`<p class="cut">Prefixes ${offset + 1} to ${offset + shown} of ${total}, the faulty ones first.${offset > 0 && link(Math.max(0, offset - mostRows), 'Previous')}${offset + shown < total && link(offset + mostRows, 'Next')}</p>`;
}

function matrix(fabric: Fabric, choice: MatrixChoice): Html {
  const { lines, devices } = judged(fabric, choice.device);
  const all = chosen(lines, choice);
  const shown = all.slice(choice.offset, choice.offset + mostRows);
  if (all.length === 0) return html`<p>No expected prefix is like this.</p>`;
  if (shown.length === 0) return html`${pages(choice, 0, all.length)}`;
  // Switches keep the order of the configuration while all of them fit.
  const worstFirst = () => [...devices].sort(([, x], [, y]) => y - x).map(([device]) => device);
  const columns = devices.size <= mostColumns ? [...devices.keys()] : worstFirst().slice(0, mostColumns);
  const cells = cellsOf(fabric, shown, columns);
  const cutShort = columns.length < devices.size;
  return html`<div class="scroll"><table class="matrix">
<thead><tr><th scope="col">Prefix</th><th scope="col">From</th><th scope="col">Kind</th>${cutShort && html`<th scope="col">Faulty on</th>`}${columns.map((device) => html`<th scope="col">${device}</th>`)}</tr></thead>
<tbody>
${shown.map((line) => lineRow(line, { shown: columns, cut: cutShort }, cells))}</tbody></table></div>
${pages(choice, shown.length, all.length)}${cut(columns.length, devices.size, 'switches', '/api/v1/routes')}`;
}

/** The matrix; nothing when no switch is expected to carry anything. */
export function matrixSection(fabric: Fabric, { choice, refused }: MatrixRequest): Html | undefined {
  if (judged(fabric, undefined).lines.length === 0) return undefined;
  return html`<section><h2 id="routes">Routes</h2>
${filterForm(choice)}${refused === undefined ? matrix(fabric, choice) : html`<p class="failed" role="alert">${refused}. Nothing is shown until it can be read.</p>`}
<p class="legend">${badge('bad', 'default-only')} nothing but a default route leads there · ${badge('warn', 'covered')} reached through a shorter prefix · ${badge('warn', 'stale')} kept for a peer that is away · ${badge('unknown', 'unknown')} could not look</p></section>`;
}
