// One dashboard as a page: variables chosen as Grafana chooses them at first, every query asked of a real Prometheus, fields,
// transformations and colours by Grafana's own code.
import { applyFieldOverrides, createTheme, dateTime, ThemeContext, transformDataFrame } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { firstValueFrom } from 'rxjs';
import { Drawn, hasData, optionsOf } from './panels.jsx';
import { apart, framesOf, labelValues } from './prometheus.js';
import { fieldOptions, register } from './registry.js';
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import './page.css';

const unit = 38;
const gap = 8;
const theme = createTheme({ colors: { mode: new URLSearchParams(location.search).get('theme') ?? 'dark' } });

const fill = (text, values) =>
  text.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (whole, long, short) => values[long ?? short] ?? whole);

/** The variables with what is chosen: what the address says, else all, else the first. */
async function chosen({ templating }, given) {
  const values = {};
  const shown = [];
  for (const { name, label, type, definition, includeAll, allValue, current } of templating.list) {
    if (type === 'datasource') values[name] = 'Prometheus';
    else if (type !== 'query') values[name] = current.value;
    else if (given.has(name)) values[name] = given.get(name);
    else if (includeAll) values[name] = allValue;
    else values[name] = (await labelValues(fill(definition, values)))[0] ?? '';
    shown.push([label, includeAll && !given.has(name) ? 'All' : values[name]]);
  }
  return { values, shown };
}

async function dataOf(panel, values, range) {
  // As the data source has it: four scrapes at least.
  const rate = `${Math.max(range.step + range.scrape, 4 * range.scrape) / 1000}s`;
  const targets = (panel.targets ?? []).map((target) => ({
    ...target,
    expr: fill(
      target.expr
        .replaceAll('$__rate_interval', rate)
        .replaceAll('$__range', `${(range.to - range.from) / 1000}s`),
      values,
    ),
  }));
  const raw = apart((await Promise.all(targets.map((target) => framesOf(target, range)))).flat());
  const frames = panel.transformations
    ? await firstValueFrom(transformDataFrame(panel.transformations, raw))
    : raw;
  return applyFieldOverrides({
    data: frames,
    fieldConfig: optionsOf(panel),
    replaceVariables: (text) => fill(text, values),
    theme,
    fieldConfigRegistry: fieldOptions,
    timeZone: 'utc',
  });
}

function Panel({ panel, frames, style, timeRange, values }) {
  const some = hasData(frames);
  const noValue = panel.fieldConfig.defaults.noValue;
  return (
    <div style={{ position: 'absolute', ...style }}>
      <PanelChrome
        title={panel.title}
        description={panel.description}
        width={style.width}
        height={style.height}
      >
        {(width, height) =>
          some || panel.type === 'stat' ? (
            <Drawn
              {...{ panel, frames, width, height, timeRange }}
              fieldConfig={optionsOf(panel)}
              replace={(text) => fill(text, values)}
            />
          ) : (
            <div className="no-data">{noValue}</div>
          )
        }
      </PanelChrome>
    </div>
  );
}

function Page({ board, shown, data, timeRange, values }) {
  const column = (innerWidth - 32 + gap) / 24;
  const place = ({ x, y, w, h }) => ({
    left: 16 + x * column,
    top: 100 + y * unit,
    width: w * column - gap,
    height: h * unit - gap,
  });
  const bottom = Math.max(...board.panels.map(({ gridPos: { y, h } }) => y + h));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionSidebarOpen={false} hackNoBackdropBlur={false} />
      <div className={`board ${theme.isDark ? 'dark' : 'light'}`} style={{ height: 108 + bottom * unit }}>
        <h1>{board.title}</h1>
        <div className="variables">
          {shown.map(([label, value]) => (
            <span key={label}>
              <b>{label}</b>
              <i>{value}</i>
            </span>
          ))}
        </div>
        {board.panels.map((panel) =>
          panel.type === 'row' ? (
            <h2 key={panel.id} style={{ position: 'absolute', ...place(panel.gridPos) }}>
              ⌄ {panel.title}
            </h2>
          ) : (
            <Panel
              key={panel.id}
              {...{ panel, timeRange, values }}
              frames={data.get(panel.id)}
              style={place(panel.gridPos)}
            />
          ),
        )}
      </div>
    </ThemeContext.Provider>
  );
}

async function draw() {
  await initPluginTranslations('draw-dashboards').catch(() => undefined);
  register();
  const given = new URLSearchParams(location.search);
  const board = await (await fetch(`/dashboards/${given.get('dashboard')}.json`)).json();
  const { from, to, scrape } = await (await fetch('/range')).json();
  const step = scrape;
  const range = { from: Math.floor(from / step) * step, to: Math.floor(to / step) * step, step, scrape };
  const { values, shown } = await chosen(board, given);
  const data = new Map();
  for (const panel of board.panels)
    if (panel.type !== 'row') data.set(panel.id, await dataOf(panel, values, range));
  const timeRange = {
    from: dateTime(range.from),
    to: dateTime(range.to),
    raw: { from: 'now-15m', to: 'now' },
  };
  createRoot(document.getElementById('root')).render(<Page {...{ board, shown, data, timeRange, values }} />);
  // What was empty is told to the script, which cannot see.
  window.empty = board.panels
    .filter(({ type, id }) => type !== 'row' && !hasData(data.get(id)))
    .map(({ title }) => title);
}

draw().then(
  () => setTimeout(() => document.body.classList.add('drawn'), 1500),
  (error) => {
    document.body.textContent = error.stack;
    window.failed = error.stack;
    document.body.classList.add('drawn');
  },
);
