// Dashboards are JSON that nobody compiles: valid, importable anywhere, and every query asks for metrics and labels that
// the exporter has.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemsOf } from './catalogue.ts';
import { withoutVariables } from './promql.ts';

interface Mapping {
  readonly type: string;
  readonly options: { readonly match?: string; readonly result?: { readonly color: string } };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly mappings?: readonly Mapping[];
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly renameByName?: Readonly<Record<string, string>> };
  }[];
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly refId: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
  readonly panels: readonly Panel[];
}

const folder = path.resolve(import.meta.dirname, '..', '..', 'dashboards');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
const parse = (file: string) => JSON.parse(read(file)) as Dashboard;

it('there is the overview', () => {
  expect(files).toContain('calico-bgp-overview.json');
});

describe.each(files)('%s', (file) => {
  const dashboard = parse(file);
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('has a fixed uid of its own, a schema of Grafana 10, no fixed dates', () => {
    expect(dashboard.uid).toBe(file.replace('.json', ''));
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(38);
    expect(dashboard.time).toEqual({ from: expect.stringMatching(/^now-/), to: 'now' });
  });

  it('gives each panel an id, a title and a place of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `${title} lies on another panel`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    '%s says what it shows, in what unit, and what no data means',
    (_, panel) => {
      expect(panel.description?.length).toBeGreaterThan(20);
      expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
      expect(panel.fieldConfig?.defaults.noValue).toBeTruthy();
      expect(panel.targets?.length).toBeGreaterThan(0);
      const refs = panel.targets?.map(({ refId }) => refId) ?? [];
      expect(new Set(refs).size).toBe(refs.length);
    },
  );

  const isGreyWithoutValue = (mappings: readonly Mapping[] = []) =>
    mappings.some(({ type, options: { match, result } }) => {
      return type === 'special' && match === 'null+nan' && result?.color === '#6e7687';
    });

  // Grafana gives no value the colour of the lowest threshold, which is green.
  it.each(panels.filter(({ type }) => type === 'stat').map((panel) => [panel.title, panel] as const))(
    '%s is grey where nothing is known',
    (_, { fieldConfig }) => {
      expect(isGreyWithoutValue(fieldConfig?.defaults.mappings)).toBe(true);
    },
  );

  it.each(panels.filter(({ type }) => type === 'table').map((panel) => [panel.title, panel] as const))(
    '%s shows labels as they are, and what is not known in grey',
    (_, { fieldConfig, transformations }) => {
      const columns = transformations?.find(({ id }) => id === 'organize')?.options.renameByName ?? {};
      for (const [label, title] of Object.entries(columns)) {
        const column = fieldConfig?.overrides.find(({ matcher }) => matcher.options === title);
        const value = (id: string) => column?.properties.find((property) => property.id === id)?.value;
        if (!label.startsWith('Value')) expect(value('unit'), title).toBe('string');
        else if (title !== 'Read')
          expect(isGreyWithoutValue(value('mappings') as Mapping[]), title).toBe(true);
      }
    },
  );

  it.each(
    panels.flatMap(({ title, targets }) =>
      (targets ?? []).map((target) => [`${title} ${target.refId}`, target] as const),
    ),
  )('%s asks for what there is', (_, { expr, legendFormat }) => {
    const shown = [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
    expect(problemsOf(withoutVariables(expr), shown)).toEqual([]);
    // Without it, two exporters of two clusters would be added up.
    expect(expr).toContain('job=~"$job"');
  });

  it('uses variables that exist, and no data source but the chosen one', () => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const used = [...read(file).matchAll(/\$\{?([a-zA-Z_]\w*)/g)].map(([, name = '']) => name);
    for (const name of used) if (!name.startsWith('__')) expect(defined).toContain(name);
    for (const name of defined) expect(used, `${name} is of no use`).toContain(name);
    for (const panel of panels) {
      expect(panel.datasource?.uid).toBe(`\${datasource}`);
      for (const target of panel.targets ?? []) expect(target.datasource.uid).toBe(`\${datasource}`);
    }
  });

  it('leads to dashboards that exist', () => {
    const uids = [...read(file).matchAll(/"\/d\/([\w-]+)\?/g)].map(([, uid = '']) => `${uid}.json`);
    for (const uid of uids) expect(files).toContain(uid);
    // Else a look at last night leads to now, and to the page of somebody else's exporter.
    for (const [url] of read(file).matchAll(/\/d\/[\w-]+\?[^"]*/g))
      expect(url).toContain(`&\${page:queryparam}&\${__url_time_range}`);
  });

  it('asks for variables from metrics that exist', () => {
    for (const { definition } of dashboard.templating.list) {
      if (definition === undefined) continue;
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      expect(problemsOf(withoutVariables(selector), [label])).toEqual([]);
    }
  });
});

describe('the test itself', () => {
  it.each([
    ['sum(calico_bgp_route_mising)', 'unknown metric calico_bgp_route_mising'],
    ['sum by (devise) (calico_bgp_device_up)', 'no metric in it has the label devise'],
    ['calico_bgp_device_up{rol="x"}', 'no metric in it has the label rol'],
    ['sum(calico_bgp_device_up', 'syntax: something missing at 24'],
    ['vector(1)', 'asks for no metric'],
  ])('complains of %s', (expr, problem) => {
    expect(problemsOf(expr)).toContain(problem);
  });
});
