// What Grafana dashboards are made of, as small functions: panels with their unit, description and words for "no data".
// Grafana's JSON model, schemaVersion 38 (Grafana 10), which 11 to 13 read and migrate.

/** The one data source, chosen by a variable. */
export const source = { type: 'prometheus', uid: `\${datasource}` };

export interface Query {
  readonly expr: string;
  /** As `{{device}}`; tables need none. */
  readonly legend?: string;
}

export interface Panel {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly body: object;
}

interface Common {
  readonly title: string;
  /** What it shows and what to do about it. */
  readonly about: string;
  readonly unit: string;
  /** What "no data" means here. */
  readonly none: string;
  readonly width: number;
  readonly height?: number;
}

type Step = readonly [from: number | null, color: string];

const thresholds = (steps: readonly Step[]) => ({
  mode: 'absolute',
  steps: steps.map(([value, color]) => ({ value, color })),
});

/** Green at nothing, red above: for counts of what must not be. */
export const bad: readonly Step[] = [
  [null, 'green'],
  [1, 'red'],
];
/** The same for what is no emergency. */
export const odd: readonly Step[] = [
  [null, 'green'],
  [1, 'orange'],
];

/** The same in a table, where a green field for every zero would hide the others. */
const inTable = (steps: readonly Step[]) =>
  steps.map(([from, color]): Step => [from, from === null ? 'transparent' : color]);

/** No value is neither good nor bad: without this Grafana gives it the colour of the lowest step, which is green. */
const nothing = (text: string) => ({
  type: 'special',
  options: { match: 'null+nan', result: { text, color: '#6e7687', index: 99 } },
});

/** Counts have no halves on their axis, and nobody asks for tenths of a second. */
const decimals = (unit: string, counted: boolean) =>
  (unit === 'short' && counted) || unit === 's' ? { decimals: 0 } : {};

const letters = 'ABCDEFGHIJKLMNOP';

const targets = (queries: readonly Query[], more: object) =>
  queries.map(({ expr, legend }, i) => ({
    datasource: source,
    editorMode: 'code',
    expr,
    legendFormat: legend ?? '__auto',
    refId: letters[i],
    ...more,
  }));

function panel(
  type: string,
  common: Common,
  body: { defaults: object; overrides?: readonly object[] } & Record<string, unknown>,
): Panel {
  const { title, about, unit, none, width, height = 8 } = common;
  const { defaults, overrides = [], ...rest } = body;
  return {
    type,
    width,
    height,
    title,
    body: {
      description: about,
      datasource: source,
      fieldConfig: { defaults: { unit, noValue: none, ...defaults }, overrides },
      ...rest,
    },
  };
}

/** A single figure, coloured by what it means, with a link to where it is explained. */
export function stat(common: Common, expr: string, steps: readonly Step[], link?: string): Panel {
  return panel(
    'stat',
    { height: 4, ...common },
    {
      defaults: {
        color: { mode: 'thresholds' },
        thresholds: thresholds(steps),
        mappings: [nothing(common.none)],
        ...decimals(common.unit, true),
        ...(link === undefined ? {} : { links: [{ title: 'Show', url: link }] }),
      },
      options: {
        colorMode: 'background',
        graphMode: 'none',
        justifyMode: 'center',
        orientation: 'auto',
        textMode: 'auto',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
      targets: targets([{ expr, legend: '' }], {}),
    },
  );
}

/** Values over time. */
export function lines(
  common: Common,
  queries: readonly Query[],
  more: { readonly stacked?: boolean; readonly min?: number; readonly step?: boolean } = {},
): Panel {
  const { stacked = false, min = 0, step = false } = more;
  return panel('timeseries', common, {
    defaults: {
      min,
      ...decimals(common.unit === 's' ? '' : common.unit, step),
      custom: {
        drawStyle: 'line',
        lineInterpolation: step ? 'stepAfter' : 'linear',
        lineWidth: 1,
        fillOpacity: stacked ? 30 : 0,
        // A count that was never above zero is not drawn on an axis up to a hundred.
        ...(step && { axisSoftMax: 1 }),
        showPoints: 'never',
        spanNulls: false,
        stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
      },
    },
    options: {
      // Beside a narrow panel a table would leave nothing of the lines.
      legend:
        common.width < 10
          ? { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }
          : {
              displayMode: 'table',
              placement: 'right',
              showLegend: true,
              calcs: ['lastNotNull', 'max'],
              sortBy: 'Last *',
              sortDesc: true,
            },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: targets(queries, {}),
  });
}

export interface Column {
  readonly label: string;
  readonly title: string;
  /** In pixels; a table shares what is left among the columns without. */
  readonly width?: number;
  /** Unit, colours or a link of its own. */
  readonly unit?: string;
  readonly steps?: readonly Step[];
  readonly link?: string;
  readonly texts?: Readonly<Record<string, readonly [text: string, color: string]>>;
}

/**
 * The series of now as rows. Several queries are joined by their labels; the value of query A is the column `Value #A`, or
 * `Value` when there is only one.
 */
export function table(
  common: Common,
  exprs: readonly string[],
  columns: readonly Column[],
  ...sortBy: readonly { readonly title: string; readonly desc: boolean }[]
): Panel {
  const overrides = columns.map(({ label, title, width, unit, steps, link, texts }) => ({
    matcher: { id: 'byName', options: title },
    properties: [
      ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
      ...(label.startsWith('Value') && texts === undefined
        ? [{ id: 'mappings', value: [nothing('unknown')] }]
        : []),
      // An AS number is a name: without this 64512 becomes 64.5 K.
      ...(label.startsWith('Value') ? [] : [{ id: 'unit', value: 'string' }]),
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
      ...(steps === undefined
        ? []
        : [
            { id: 'thresholds', value: thresholds(inTable(steps)) },
            { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
          ]),
      ...(texts === undefined
        ? []
        : [
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
            {
              id: 'mappings',
              value: [
                {
                  type: 'value',
                  options: Object.fromEntries(
                    Object.entries(texts).map(([value, [text, color]], index) => [
                      value,
                      { text, color, index },
                    ]),
                  ),
                },
              ],
            },
          ]),
      ...(link === undefined ? [] : [{ id: 'links', value: [{ title: `Show`, url: link }] }]),
    ],
  }));
  const shown = new Set(columns.map(({ label }) => label));
  const hidden = [
    'Time',
    '__name__',
    'instance',
    'job',
    'Value',
    'address',
    'cause',
    'device',
    'kind',
    'node',
    'role',
    'source',
    // What a scrape or a store of several Prometheus may add.
    ...'cluster container endpoint namespace pod prometheus prometheus_replica replica service'.split(' '),
  ].filter((name) => !shown.has(name));
  return panel('table', common, {
    defaults: { custom: { align: 'auto', filterable: true } },
    overrides: overrides.filter(({ properties }) => properties.length > 0),
    options: {
      showHeader: true,
      cellHeight: 'sm',
      ...(sortBy.length > 0 && { sortBy: sortBy.map(({ title, desc }) => ({ displayName: title, desc })) }),
    },
    targets: targets(
      exprs.map((expr) => ({ expr })),
      { range: false, instant: true, format: 'table' },
    ),
    transformations: [
      ...(exprs.length > 1 ? [{ id: 'merge', options: {} }] : []),
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
          indexByName: Object.fromEntries(columns.map(({ label }, i) => [label, i])),
          renameByName: Object.fromEntries(columns.map(({ label, title }) => [label, title])),
        },
      },
    ],
  });
}

/** States over time, a bar for each series. */
export function states(
  common: Common,
  query: Query,
  names: readonly (readonly [value: number, text: string, color: string])[],
): Panel {
  return panel('state-timeline', common, {
    defaults: {
      color: { mode: 'thresholds' },
      custom: { fillOpacity: 80, lineWidth: 0 },
      mappings: [
        {
          type: 'value',
          options: Object.fromEntries(
            names.map(([value, text, color], index) => [String(value), { text, color, index }]),
          ),
        },
      ],
      thresholds: thresholds([[null, 'text']]),
    },
    options: {
      mergeValues: true,
      showValue: 'never',
      alignValue: 'left',
      rowHeight: 0.8,
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'single' },
    },
    targets: targets([query], {}),
  });
}
