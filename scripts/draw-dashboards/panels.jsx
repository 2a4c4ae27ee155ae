// The panels, from Grafana's own components (@grafana/ui): figures, lines and tables. The state timeline is not in the package;
// it is drawn from the same fields, colours and mappings.
import {
  FieldColorModeId,
  FieldType,
  getFieldDisplayName,
  getFieldDisplayValues,
  reduceField,
} from '@grafana/data';
import { BigValue, Table, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';

const zone = 'utc';

function Stat({ panel, frames, width, height, fieldConfig, replace }) {
  const theme = useTheme2();
  const { options } = panel;
  const values = () =>
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions: options.reduceOptions,
      replaceVariables: replace,
      theme,
      data: frames,
      sparkline: options.graphMode !== 'none',
      timeZone: zone,
    });
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={() => ({ text: '', title: '' })}
      renderValue={({ value, width: w, height: h, count }) => (
        <BigValue
          value={{ ...value.display, title: count > 1 ? value.display.title : '' }}
          count={count}
          sparkline={value.sparkline}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          justifyMode={options.justifyMode}
          textMode={options.textMode}
          width={w}
          height={h}
          theme={theme}
        />
      )}
      source={frames}
      width={width}
      height={height}
      itemSpacing={3}
      autoGrid
      orientation="auto"
    />
  );
}

function Lines({ panel, frames, width, height, timeRange }) {
  return (
    <TimeSeries
      frames={frames}
      timeRange={timeRange}
      timeZone={zone}
      width={width}
      height={height}
      legend={panel.options.legend}
      options={panel.options}
    />
  );
}

function Grid({ panel, frames, width, height }) {
  const [frame] = frames;
  return (
    <Table
      data={frame}
      width={width}
      height={height}
      cellHeight={panel.options.cellHeight}
      initialSortBy={panel.options.sortBy}
    />
  );
}

const legendHeight = 26;

function States({ panel, frames, width, height, timeRange }) {
  const rows = frames.map((frame) => {
    const field = frame.fields.find(({ type }) => type === FieldType.number);
    return { field, times: frame.fields[0].values, name: getFieldDisplayName(field, frame, frames) };
  });
  const nameWidth = Math.min(width * 0.45, 10 + 6.6 * Math.max(...rows.map(({ name }) => name.length)));
  const rowHeight = (height - legendHeight - 18) / rows.length;
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const left = (at) => ((at - from) / (to - from)) * (width - nameWidth);
  const seen = new Map();
  const bars = rows.map(({ field, times, name }) => {
    const stretches = [];
    times.forEach((at, i) => {
      const value = field.values[i];
      const last = stretches.at(-1);
      if (last && last.value === value) last.end = times[i + 1] ?? to;
      else stretches.push({ value, begin: at, end: times[i + 1] ?? to });
    });
    return (
      <div key={name} className="states-row" style={{ height: rowHeight }}>
        <span className="states-name" style={{ width: nameWidth }}>
          {name}
        </span>
        {stretches
          .filter(({ value }) => value !== null)
          .map(({ value, begin, end }) => {
            const { text, color } = field.display(value);
            seen.set(value, { text, color });
            const style = {
              left: nameWidth + left(begin),
              width: left(end) - left(begin),
              background: color,
              top: rowHeight * (1 - panel.options.rowHeight) * 0.5,
              bottom: rowHeight * (1 - panel.options.rowHeight) * 0.5,
            };
            return <i key={begin} style={style} />;
          })}
      </div>
    );
  });
  const clock = (at) => new Date(at).toISOString().slice(11, 16);
  return (
    <div className="states">
      {bars}
      <div className="states-axis" style={{ marginLeft: nameWidth }}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{clock(from + part * (to - from))}</span>
        ))}
      </div>
      <div className="states-legend" style={{ height: legendHeight }}>
        {[...seen]
          .sort(([x], [y]) => x - y)
          .map(([value, { text, color }]) => (
            <span key={value}>
              <i style={{ background: color }} /> {text}
            </span>
          ))}
      </div>
    </div>
  );
}

const kinds = { stat: Stat, timeseries: Lines, table: Grid, 'state-timeline': States };

/** The options of a panel's fields, with what its kind has where the dashboard says nothing: each line its colour. */
export function optionsOf({ type, fieldConfig }) {
  if (type !== 'timeseries') return fieldConfig;
  return {
    ...fieldConfig,
    defaults: { color: { mode: FieldColorModeId.PaletteClassic }, ...fieldConfig.defaults },
  };
}

/** True when there is something to draw. */
export function hasData(frames) {
  return (
    frames.some(({ fields }) =>
      fields.some(
        (field) => field.type === FieldType.number && reduceField({ field, reducers: ['count'] }).count > 0,
      ),
    ) || frames.some(({ fields, length }) => length > 0 && fields.length > 0)
  );
}

/** The inside of a panel. */
export function Drawn(props) {
  const Kind = kinds[props.panel.type];
  if (!Kind) return <p>A panel of the type {props.panel.type} cannot be drawn here.</p>;
  return <Kind {...props} />;
}
