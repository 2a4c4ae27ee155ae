// A dashboard as Grafana reads it: rows of panels laid out in 24 columns, variables for data source, job and what is chosen, and
// links to the others and to the exporter's page. Grafana's JSON model, schemaVersion 38.
import { type Panel, source } from './parts.ts';

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

interface Choice {
  readonly name: string;
  readonly label: string;
  /** `label_values(…)`. */
  readonly query: string;
  readonly multiple: boolean;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly Row[];
}

const variable = ({ name, label, query, multiple }: Choice) => ({
  name,
  label,
  type: 'query',
  datasource: source,
  definition: query,
  query: { query, refId: 'Variable' },
  refresh: 2,
  sort: 1,
  multi: multiple,
  includeAll: multiple,
  ...(multiple && { allValue: '.*' }),
  current: {},
  hide: 0,
  regex: '',
  skipUrlSync: false,
  options: [],
});

/** Panels in lines of 24 columns, rows below each other. */
function layOut(rows: readonly Row[]): object[] {
  const placed: object[] = [];
  let id = 1;
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: id++,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: 24, x: 0, y: y++ },
    });
    let x = 0;
    let tallest = 0;
    for (const { type, title: name, width, height, body } of panels) {
      if (x + width > 24) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      placed.push({ id: id++, type, title: name, gridPos: { h: height, w: width, x, y }, ...body });
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return placed;
}

const jobChoice: Choice = {
  name: 'job',
  label: 'Job',
  query: 'label_values(calico_bgp_audit_last_timestamp_seconds, job)',
  multiple: false,
};

/** The dashboard as Grafana reads it. */
export function dashboard({ uid, title, about, choices, rows }: DashboardSpec): string {
  const model = {
    uid,
    title,
    description: about,
    tags: ['calico', 'bgp', 'calico-bgp-exporter'],
    schemaVersion: 38,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '15s',
    time: { from: 'now-3h', to: 'now' },
    timezone: '',
    timepicker: {},
    weekStart: '',
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: [
      {
        type: 'dashboards',
        title: 'Calico BGP',
        tags: ['calico-bgp-exporter'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
      {
        type: 'link',
        title: 'Page of the exporter',
        url: `\${page}`,
        icon: 'dashboard',
        tags: [],
        asDropdown: false,
        includeVars: false,
        keepTime: false,
        targetBlank: true,
        tooltip: 'Findings with their causes, and the way of each route',
      },
    ],
    annotations: { list: [] },
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Data source',
          type: 'datasource',
          query: 'prometheus',
          current: {},
          hide: 0,
          includeAll: false,
          multi: false,
          options: [],
          refresh: 1,
          regex: '',
          skipUrlSync: false,
        },
        ...[jobChoice, ...choices].map(variable),
        {
          name: 'page',
          label: 'Page of the exporter',
          type: 'textbox',
          query: 'http://localhost:10179',
          current: { text: 'http://localhost:10179', value: 'http://localhost:10179' },
          hide: 0,
          options: [],
          skipUrlSync: false,
        },
      ],
    },
    panels: layOut(rows),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}
