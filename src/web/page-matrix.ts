// Expected prefixes against switches: each cell is the verdict in words and colour, with its reason or its next hops for
// the pointer. Rows with something wrong come first, so a cut list never hides them behind healthy ones.
import { ownerOf } from '../metrics/missing.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { Fabric } from '../model/fabric.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { comparePrefixes, contains, formatPrefix, parsePrefixOrHost } from '../model/prefix.ts';
import { type Html, html } from './html.ts';
import { explainLink } from './page-frame.ts';
import { badge, cut, type Tone } from './page-parts.ts';

const mostRows = 100;
const mostColumns = 24;

const tones: Record<RouteVerdict['verdict'], Tone> = {
  missing: 'bad',
  'default-only': 'bad',
  stale: 'warn',
  covered: 'warn',
  unknown: 'unknown',
  present: 'good',
};
const weight: Record<Tone, number> = { bad: 1000, warn: 100, unknown: 1, good: 0, quiet: 0 };

interface Line {
  readonly key: string;
  readonly expected: ExpectedPrefix;
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

function lines(fabric: Fabric): Line[] {
  const byPrefix = new Map<string, Line>();
  for (const { verdicts } of fabric.audit.devices.values()) {
    for (const verdict of verdicts) {
      const { expected } = verdict;
      const key = keyOf(expected);
      let line = byPrefix.get(key);
      if (!line) {
        line = { key, expected, badness: 0 };
        byPrefix.set(key, line);
      }
      line.badness += weight[tones[verdict.verdict]];
    }
  }
  return [...byPrefix.values()].sort(
    (x, y) => y.badness - x.badness || comparePrefixes(x.expected.prefix, y.expected.prefix),
  );
}

type Cells = ReadonlyMap<string, ReadonlyMap<string, RouteVerdict>>;

/** The verdicts of the lines that are shown, by line and device; a big fabric has a hundred times as many. */
function cellsOf(fabric: Fabric, shown: readonly Line[], columns: readonly string[]): Cells {
  const cells = new Map(shown.map(({ key }) => [key, new Map<string, RouteVerdict>()]));
  for (const device of columns) {
    for (const verdict of fabric.audit.devices.get(device)?.verdicts ?? [])
      cells.get(keyOf(verdict.expected))?.set(device, verdict);
  }
  return cells;
}

function lineRow({ key, expected }: Line, columns: readonly string[], all: Cells): Html {
  const cells = all.get(key);
  const owner = ownerOf(expected) || `${expected.origins.length} nodes`;
  const prefix = formatPrefix(expected.prefix);
  return html`<tr><th scope="row"><span title="${expected.because}">${explainLink(prefix)}</span></th><td>${owner}</td><td>${expected.kind}</td>${columns.map(
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
  readonly only?: 'faulty';
  readonly kind?: string;
  /** A node that announces the prefix. */
  readonly node?: string;
  readonly device?: string;
  /** A prefix or an address: what lies in it or around it. */
  readonly prefix?: string;
  /** Rows left out before the first one shown. */
  readonly offset: number;
}

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

const kinds = [
  '',
  'block',
  'pod-cidr',
  'borrowed',
  'service-cluster',
  'service-external',
  'service-loadbalancer',
];

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
  if (total <= mostRows) return undefined;
  const link = (offset: number, text: string) => {
    const { only = '', kind = '', node = '', device = '', prefix = '' } = choice;
    const query = new URLSearchParams({ only, kind, node, device, prefix, offset: String(offset) });
    return html` <a href="/?${query.toString()}#routes">${text}</a>`;
  };
  const { offset } = choice;
  return html`<p class="cut">Prefixes ${shown === 0 ? 0 : offset + 1} to ${offset + shown} of ${total}, the faulty ones first.${offset > 0 && link(Math.max(0, offset - mostRows), 'Previous')}${offset + shown < total && link(offset + mostRows, 'Next')}</p>`;
}

/** The matrix; nothing when no switch is expected to carry anything. */
export function matrixSection(fabric: Fabric, choice: MatrixChoice = { offset: 0 }): Html | undefined {
  const everything = lines(fabric);
  const carrying = [...fabric.audit.devices.values()].filter(
    ({ device, verdicts }) => verdicts.length > 0 && (choice.device ?? device) === device,
  );
  if (everything.length === 0) return undefined;
  const all = chosen(everything, choice);
  const badness = new Map(
    carrying.map(({ device, verdicts }) => [
      device,
      verdicts.reduce((sum, { verdict }) => sum + weight[tones[verdict]], 0),
    ]),
  );
  const devices = carrying.map(({ device }) => device);
  // Switches keep the order of the configuration while all of them fit.
  const columns =
    devices.length <= mostColumns
      ? devices
      : devices.sort((x, y) => (badness.get(y) ?? 0) - (badness.get(x) ?? 0)).slice(0, mostColumns);
  const shown = all.slice(choice.offset, choice.offset + mostRows);
  const cells = cellsOf(fabric, shown, columns);
  return html`<section><h2 id="routes">Routes</h2>
${filterForm(choice)}${shown.length === 0 && html`<p>No expected prefix is like this.</p>`}
<div class="scroll"><table class="matrix">
<thead><tr><th scope="col">Prefix</th><th scope="col">From</th><th scope="col">Kind</th>${columns.map((device) => html`<th scope="col">${device}</th>`)}</tr></thead>
<tbody>
${shown.map((line) => lineRow(line, columns, cells))}</tbody></table></div>
${pages(choice, shown.length, all.length)}${cut(columns.length, carrying.length, 'switches', '/api/v1/routes')}
<p class="legend">${badge('bad', 'default-only')} nothing but a default route leads there · ${badge('warn', 'covered')} reached through a shorter prefix · ${badge('warn', 'stale')} kept for a peer that is away · ${badge('unknown', 'unknown')} could not look</p></section>`;
}
