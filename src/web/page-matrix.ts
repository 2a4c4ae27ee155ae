// Expected prefixes against switches: each cell is the verdict in words and colour, with its reason or its next hops for
// the pointer. Rows with something wrong come first, so a cut list never hides them behind healthy ones.
import { ownerOf } from '../metrics/missing.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { Fabric } from '../model/fabric.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { comparePrefixes, formatPrefix } from '../model/prefix.ts';
import { type Html, html } from './html.ts';
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
  readonly expected: ExpectedPrefix;
  readonly cells: Map<string, RouteVerdict>;
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

function lines(fabric: Fabric): Line[] {
  const byPrefix = new Map<string, Line>();
  for (const { device, verdicts } of fabric.audit.devices.values()) {
    for (const verdict of verdicts) {
      const { expected } = verdict;
      const key = `${formatPrefix(expected.prefix)} ${expected.kind}`;
      const line = byPrefix.get(key) ?? { expected, cells: new Map(), badness: 0 };
      line.cells.set(device, verdict);
      line.badness += weight[tones[verdict.verdict]];
      byPrefix.set(key, line);
    }
  }
  return [...byPrefix.values()].sort(
    (x, y) => y.badness - x.badness || comparePrefixes(x.expected.prefix, y.expected.prefix),
  );
}

function lineRow({ expected, cells }: Line, columns: readonly string[]): Html {
  const owner = ownerOf(expected) || `${expected.origins.length} nodes`;
  const prefix = formatPrefix(expected.prefix);
  return html`<tr><th scope="row"><a href="/api/v1/routes?prefix=${encodeURIComponent(prefix)}" title="${expected.because}">${prefix}</a></th><td>${owner}</td><td>${expected.kind}</td>${columns.map(
    (device) => {
      const verdict = cells.get(device);
      if (!verdict) return html`<td title="not expected here">–</td>`;
      return html`<td title="${explain(verdict)}">${badge(tones[verdict.verdict], verdict.verdict)}</td>`;
    },
  )}</tr>
`;
}

/** The matrix; nothing when no switch is expected to carry anything. */
export function matrixSection(fabric: Fabric): Html | undefined {
  const all = lines(fabric);
  const carrying = [...fabric.audit.devices.values()].filter(({ verdicts }) => verdicts.length > 0);
  if (all.length === 0) return undefined;
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
  const shown = all.slice(0, mostRows);
  return html`<section><h2 id="routes">Routes</h2>
<div class="scroll"><table class="matrix">
<thead><tr><th scope="col">Prefix</th><th scope="col">From</th><th scope="col">Kind</th>${columns.map((device) => html`<th scope="col">${device}</th>`)}</tr></thead>
<tbody>
${shown.map((line) => lineRow(line, columns))}</tbody></table></div>
${cut(shown.length, all.length, 'prefixes', '/api/v1/routes')}${cut(columns.length, carrying.length, 'switches', '/api/v1/routes')}
<p class="legend">${badge('bad', 'default-only')} nothing but a default route leads there · ${badge('warn', 'covered')} reached through a shorter prefix · ${badge('warn', 'stale')} kept for a peer that is away · ${badge('unknown', 'unknown')} could not look</p></section>`;
}
