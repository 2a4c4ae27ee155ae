// Answers of Prometheus' HTTP API as the frames that Grafana's data source makes of them: one per series over time, one table
// for instant queries in the format `table`. https://prometheus.io/docs/prometheus/latest/querying/api/
import { createDataFrame, FieldType, renderLegendFormat } from '@grafana/data';

async function ask(path, parameters) {
  const response = await fetch(`/prometheus/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await response.json();
  if (status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`);
  return data;
}

/** The values that a label has, for `label_values(SELECTOR, LABEL)`. */
export async function labelValues(definition) {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  const series = await ask('series', { 'match[]': selector });
  return [...new Set(series.map((labels) => labels[label]))].filter(Boolean).sort();
}

const number = (text) => (text === 'NaN' ? Number.NaN : Number(text));

function tableOf(refId, result, at) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return createDataFrame({
    refId,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: result.map(() => at) },
      ...labels.map((name) => ({
        name,
        type: FieldType.string,
        config: { filterable: true },
        values: result.map(({ metric }) => metric[name] ?? ''),
      })),
      {
        name: 'Value',
        type: FieldType.number,
        config: {},
        values: result.map(({ value: [, text] }) => number(text)),
      },
    ],
  });
}

// A gap in the answer is a gap in the line: every step has its place.
function seriesOf(target, { metric, values }, { from, to, step }) {
  const found = new Map(values.map(([at, text]) => [at * 1000, number(text)]));
  const times = [];
  for (let at = from; at <= to; at += step) times.push(at);
  const { __name__: name = '', ...labels } = metric;
  const { legendFormat = '__auto' } = target;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const auto = pairs.length > 0 ? `{${pairs.join(', ')}}` : name || target.expr;
  const legend =
    legendFormat === '__auto' || legendFormat === '' ? auto : renderLegendFormat(legendFormat, labels);
  return createDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: step }, values: times },
      {
        name: 'Value',
        type: FieldType.number,
        labels,
        config: { displayNameFromDS: legend },
        values: times.map((at) => found.get(at) ?? null),
      },
    ],
  });
}

/** The frames of one query of a panel; `expr` with its variables put in. */
export async function framesOf(target, range) {
  const { from, to, step } = range;
  if (target.instant) {
    const { result } = await ask('query', { query: target.expr, time: to / 1000 });
    // As the data source does: nothing comes of an empty answer.
    return result.length === 0 ? [] : [tableOf(target.refId, result, to)];
  }
  const { result } = await ask('query_range', {
    query: target.expr,
    start: from / 1000,
    end: to / 1000,
    step: step / 1000,
  });
  return result.map((series) => seriesOf(target, series, range));
}

/** Several tables have their value columns told apart, as the data source does. */
export function apart(frames) {
  const tables = frames.filter(({ meta }) => meta?.preferredVisualisationType === 'table');
  if (tables.length > 1)
    for (const frame of tables)
      for (const field of frame.fields) if (field.name === 'Value') field.name = `Value #${frame.refId}`;
  return frames;
}
