// Renders the fabric's metrics, once per audit, into buffers that a scrape only has to write: Prometheus text format
// 0.0.4 and OpenMetrics 1.0.0. Both share the bytes of the samples and differ in the comment lines, so the second form
// is free. Rendering gives way to the event loop every few milliseconds.
import type { Fabric } from '../model/fabric.ts';
import { type ByteBlocks, byteBlocks } from './byte-blocks.ts';
import { families as allFamilies } from './families.ts';
import type { Family, MetricOptions, Sample } from './family.ts';
import { type LabelListOf, labelLists, showOnce } from './label-text.ts';
import { turns } from './turns.ts';
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

/** Characters of samples after which the event loop may have its turn: a millisecond's. */
const partLength = 128 * 1024;

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

interface Rendered {
  readonly series: number;
  readonly dropped: number;
}

/** Writes the samples of one family; each call of `write` writes some and says whether those were the last. */
function familyWriter(
  family: Family,
  view: MetricView,
  lists: ReturnType<typeof labelLists>,
  to: ByteBlocks,
) {
  const { name, labels } = family;
  const samples = family.collect(view)[Symbol.iterator]();
  let series = 0;
  let dropped = 0;
  let split: { readonly shared: LabelListOf; readonly more: LabelListOf } | undefined;

  const writeOne = ([values, value, more]: Sample): number => {
    split ??= { shared: lists(labels.slice(0, values.length)), more: lists(labels.slice(values.length)) };
    const list = split.shared(values);
    const behind = more && split.more(more);
    // One series twice would make Prometheus refuse the whole scrape.
    if (!Number.isFinite(value) || !showOnce(list, behind, family)) {
      dropped++;
      return 0;
    }
    series++;
    const all = behind ? `${list.text}${list.text === '' ? '' : ','}${behind.text}` : list.text;
    const line = all === '' ? `${name} ${value}\n` : `${name}{${all}} ${value}\n`;
    to.write(line);
    return line.length;
  };

  return {
    // A plain function: V8 makes slow code of a long loop in an asynchronous one.
    write(): boolean {
      for (let length = 0; length < partLength; ) {
        const next = samples.next();
        if (next.done) return true;
        length += writeOne(next.value);
      }
      return false;
    },
    rendered: (): Rendered => ({ series, dropped }),
  };
}

/** Renders every family that has samples. Never fails because of a value; see `dropped`. */
export async function renderExposition(
  fabric: Fabric,
  options: MetricOptions,
  families: readonly Family[] = allFamilies,
): Promise<Exposition> {
  const giveTurn = turns();
  const view = await buildView(fabric, options, giveTurn);
  const lists = labelLists();
  const blocks = byteBlocks();
  const text: Buffer[] = [];
  const openmetrics: Buffer[] = [];
  let series = 0;
  let dropped = 0;
  for (const family of families) {
    const writer = familyWriter(family, view, lists, blocks);
    while (!writer.write()) await giveTurn();
    await giveTurn();
    const samples = blocks.take();
    const rendered = writer.rendered();
    dropped += rendered.dropped;
    if (rendered.series === 0) continue;
    series += rendered.series;
    view.seriesOf.set(family.name, rendered.series);
    const { name, type, help } = family;
    text.push(Buffer.from(header(name, type, help, 'text')), ...samples);
    openmetrics.push(Buffer.from(header(name, type, help, 'openmetrics')), ...samples);
  }
  return { text, openmetrics, series, dropped };
}
