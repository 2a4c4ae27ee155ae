// The exporter's own metrics, as prom-client's registry gives them in JSON, in OpenMetrics 1.0.0. Counters get their
// `_total`, bucket bounds are written as floats ("1.0"), as the standard asks.
import { header } from './exposition.ts';
import { labelText } from './label-text.ts';

/** What prom-client's getMetricsAsJSON() gives of one metric. */
export interface SelfMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly SelfValue[];
}

interface SelfValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  /** Set for the series of histograms: `x_bucket`, `x_sum`, `x_count`. */
  readonly metricName?: string;
}

function bound(value: string | number): string {
  const number = Number(value);
  return Number.isInteger(number) ? `${number}.0` : String(value);
}

function sample(metric: SelfMetric, { value, labels, metricName }: SelfValue): string {
  const plain = metricName ?? metric.name;
  const name = metric.type === 'counter' && !plain.endsWith('_total') ? `${plain}_total` : plain;
  const entries = Object.entries(labels).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, key === 'le' ? bound(text) : String(text)] as const],
  );
  const names = entries.map(([key]) => key);
  const texts = entries.map(([, text]) => text);
  return `${name}${labelText(names, texts)} ${value}\n`;
}

/** Renders metrics without the final `# EOF`. Values that are no finite numbers are left out. */
export function renderOpenMetrics(metrics: readonly SelfMetric[]): string {
  return metrics
    .filter(({ values }) => values.length > 0)
    .map(
      (metric) =>
        header(metric.name, metric.type, metric.help, 'openmetrics') +
        metric.values
          .filter(({ value }) => Number.isFinite(value))
          .map((value) => sample(metric, value))
          .join(''),
    )
    .join('');
}
