// Renders the fabric's metrics, once per audit, into buffers that a scrape only has to write: Prometheus text format
// 0.0.4 and OpenMetrics 1.0.0. Both share the bytes of the samples and differ in the comment lines, so the second form
// is free. Rendering gives way to the event loop about every 512 KB.
import { setImmediate } from 'node:timers/promises';
import type { Fabric } from '../model/fabric.ts';
import { families as allFamilies } from './families.ts';
import type { Family, MetricOptions } from './family.ts';
import { buildView, type MetricView } from './view.ts';

export type MetricFormat = 'text' | 'openmetrics';

export const contentTypes: Record<MetricFormat, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What ends an OpenMetrics exposition, after everything else. */
export const openMetricsEnd = '# EOF\n';

/** One rendering of one fabric. OpenMetrics comes without its end: the exporter's own metrics follow. */
export interface Exposition {
  readonly text: readonly Buffer[];
  readonly openmetrics: readonly Buffer[];
  readonly series: number;
  /** Samples left out because another had the same labels, or because their value was no finite number. */
  readonly dropped: number;
}

const flushAt = 512 * 1024;

/** Escapes a label value: both formats know these three escapes. */
function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`)) : value;
}

/** Escapes HELP text; OpenMetrics wants quotes escaped too. */
function escapeHelp(help: string, format: MetricFormat): string {
  const text = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return format === 'openmetrics' ? text.replace(/"/g, '\\"') : text;
}

/** The name in OpenMetrics' comment lines: without the suffix that its type puts behind sample names. */
function openMetricsName(name: string, type: string): string {
  if (type === 'counter') return name.replace(/_total$/, '');
  if (type === 'info') return name.replace(/_info$/, '');
  return name;
}

/** The comment lines of one family. */
export function header(name: string, type: string, help: string, format: MetricFormat): string {
  if (format === 'text') {
    const plain = type === 'info' || type === 'stateset' ? 'gauge' : type;
    return `# HELP ${name} ${escapeHelp(help, format)}\n# TYPE ${name} ${plain}\n`;
  }
  const base = openMetricsName(name, type);
  const unit = type === 'info' || type === 'stateset' ? undefined : /_(seconds|bytes|ratio)$/.exec(base)?.[1];
  return [
    `# TYPE ${base} ${type}\n`,
    ...(unit ? [`# UNIT ${base} ${unit}\n`] : []),
    `# HELP ${base} ${escapeHelp(help, format)}\n`,
  ].join('');
}

/** `{a="x",b="y"}`, or nothing without labels. Labels with an empty value are kept: Prometheus drops them itself. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, i) => `${name}="${escapeLabel(values[i] ?? '')}"`).join(',')}}`;
}

interface Rendered {
  readonly samples: readonly Buffer[];
  readonly series: number;
  readonly dropped: number;
}

async function renderFamily(family: Family, view: MetricView): Promise<Rendered> {
  const samples: Buffer[] = [];
  const seen = new Set<string>();
  let text = '';
  let dropped = 0;
  for (const [values, value] of family.collect(view)) {
    const labels = labelText(family.labels, values);
    // One series twice would make Prometheus refuse the whole scrape.
    if (!Number.isFinite(value) || seen.has(labels)) {
      dropped++;
      continue;
    }
    seen.add(labels);
    text += `${family.name}${labels} ${value}\n`;
    if (text.length < flushAt) continue;
    samples.push(Buffer.from(text));
    text = '';
    await setImmediate();
  }
  if (text !== '') samples.push(Buffer.from(text));
  return { samples, series: seen.size, dropped };
}

/** Renders every family that has samples. Never fails because of a value; see `dropped`. */
export async function renderExposition(
  fabric: Fabric,
  options: MetricOptions,
  families: readonly Family[] = allFamilies,
): Promise<Exposition> {
  const view = buildView(fabric, options);
  const text: Buffer[] = [];
  const openmetrics: Buffer[] = [];
  let series = 0;
  let dropped = 0;
  for (const family of families) {
    const rendered = await renderFamily(family, view);
    dropped += rendered.dropped;
    if (rendered.series === 0) continue;
    series += rendered.series;
    view.seriesOf.set(family.name, rendered.series);
    const { name, type, help } = family;
    text.push(Buffer.from(header(name, type, help, 'text')), ...rendered.samples);
    openmetrics.push(Buffer.from(header(name, type, help, 'openmetrics')), ...rendered.samples);
  }
  return { text, openmetrics, series, dropped };
}
