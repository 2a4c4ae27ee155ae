// The rendered metrics: golden files of a fabric written by hand, the rules of both formats, and what must never be
// exported: samples of old readings, zeros where nobody looked, one series twice.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { header, renderExposition } from '../../src/metrics/exposition.ts';
import { families } from '../../src/metrics/families.ts';
import type { Family, MetricOptions } from '../../src/metrics/family.ts';
import { createSelfMetrics, selfFamilies } from '../../src/metrics/self.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { failure } from '../../src/model/reading.ts';
import { expectGolden } from './golden.ts';
import { checkOpenMetrics } from './openmetrics-checker.ts';
import { sampleFabric, sampleNow, sampleOptions } from './sample-fabric.ts';

async function text(fabric: Fabric, options: Partial<MetricOptions> = {}, list = families): Promise<string> {
  const exposition = await renderExposition(fabric, { ...sampleOptions, ...options }, list);
  return Buffer.concat(exposition.text).toString();
}

const linesOf = (exposition: string, metric: string) =>
  exposition.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));

describe('golden files', () => {
  it('text 0.0.4', async () => {
    expectGolden('metrics.txt', await text(sampleFabric()));
  });

  it('OpenMetrics 1.0.0', async () => {
    const { openmetrics } = await renderExposition(sampleFabric(), sampleOptions);
    const body = `${Buffer.concat(openmetrics)}# EOF\n`;
    expect(checkOpenMetrics(body)).toEqual([]);
    expectGolden('metrics.openmetrics.txt', body);
  });
});

describe('could not look is not missing', () => {
  it('shows no session and no count of a device whose last good reading is too old', async () => {
    const body = await text(sampleFabric());
    expect(linesOf(body, 'calico_bgp_device_up')).toContain(
      'calico_bgp_device_up{device="spine01",role="switch"} 0',
    );
    expect(body).not.toMatch(/^calico_bgp_session_\w+\{device="spine01"/m);
    expect(body).not.toMatch(
      /^calico_bgp_routes_(missing|pending|covered|stale|unexpected)\{device="spine01"/m,
    );
    expect(body).not.toMatch(/^calico_bgp_sessions_missing\{device="(spine01|node4)"/m);
    expect(body).toContain('calico_bgp_routes_unknown{device="spine01"} 7\n');
  });

  it('shows the last good sessions while they are fresh, and says that the latest reading failed', async () => {
    const body = await text(sampleFabric(), { maxAgeMs: () => 600_000 });
    expect(body).toMatch(
      /^calico_bgp_session_up\{device="spine01",role="switch",peer_address="100\.0\.0\.2",.* 1$/m,
    );
    expect(body).toContain('calico_bgp_reading_up{device="spine01",role="switch",reading="sessions"} 0\n');
  });

  it('shows nothing expected, missing or problematic before objects were ever read', async () => {
    const fabric = sampleFabric({ expected: failure(sampleNow, 'refused', 'connection refused') });
    const body = await text(fabric);
    expect(body).toContain('calico_bgp_datastore_up 0\n');
    expect(body).not.toMatch(
      /^calico_bgp_(routes_|sessions_|expected_prefixes|object_problems|datastore_last)/m,
    );
  });

  it('says neither up nor down of what was not asked yet', async () => {
    const body = await text(sampleFabric());
    expect(body).not.toMatch(/^calico_bgp_(device|reading)_up\{device="node4"/m);
  });
});

describe('cardinality', () => {
  it('names the first missing routes in a stable order, counts the rest', async () => {
    const body = await text(sampleFabric(), { maxMissingSeries: 1 });
    expect(linesOf(body, 'calico_bgp_route_missing')).toEqual([
      'calico_bgp_route_missing{device="leaf01",prefix="10.233.66.0/24",kind="block",node="node3",cause="not-exported"} 1',
    ]);
    expect(body).toContain('calico_bgp_route_missing_truncated 1\n');
    expect(body).toContain('calico_bgp_routes_missing{device="leaf02"} 1\n');
  });

  it('shows mesh sessions as counts, and one by one when asked for', async () => {
    const counts = [
      'calico_bgp_mesh_sessions{device="node1"} 2',
      'calico_bgp_mesh_sessions_established{device="node1"} 1',
    ];
    const few = await text(sampleFabric());
    for (const line of counts) expect(few).toContain(`${line}\n`);
    expect(few).not.toContain('kind="mesh"');
    const many = await text(sampleFabric(), { meshDetail: true });
    for (const line of counts) expect(many).toContain(`${line}\n`);
    expect(
      linesOf(many, 'calico_bgp_session_up').filter((line) => line.includes('kind="mesh"')),
    ).toHaveLength(2);
  });

  it('counts its own series truly', async () => {
    const fabric = sampleFabric();
    const { series, dropped } = await renderExposition(fabric, sampleOptions);
    const body = await text(fabric);
    const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series).toBe(samples.length);
    expect(dropped).toBe(0);
    for (const line of linesOf(body, 'calico_bgp_exporter_series')) {
      const [, family = '', count = ''] = /family="(\w+)"\} (\d+)/.exec(line) ?? [];
      expect(linesOf(body, family), family).toHaveLength(Number(count));
    }
  });
});

describe('the renderer', () => {
  const family = (samples: Iterable<readonly [readonly string[], number]>): Family => ({
    name: 'calico_bgp_test',
    type: 'gauge',
    help: 'A "help" with \\ and\na line end.',
    labels: ['a'],
    collect: () => samples,
  });

  it('escapes labels and help by each format', async () => {
    const body = await text(sampleFabric(), {}, [family([[['x"y\\z\nend'], 1]])]);
    expect(body).toBe(
      '# HELP calico_bgp_test A "help" with \\\\ and\\na line end.\n' +
        '# TYPE calico_bgp_test gauge\n' +
        'calico_bgp_test{a="x\\"y\\\\z\\nend"} 1\n',
    );
    expect(header('x', 'gauge', 'a "b"', 'openmetrics')).toBe('# TYPE x gauge\n# HELP x a \\"b\\"\n');
  });

  it('drops a second sample of one series and values that are no numbers, and counts them', async () => {
    const list = [
      family([
        [['x'], 1],
        [['x'], 2],
        [['y'], Number.NaN],
        [['z'], Number.POSITIVE_INFINITY],
      ]),
    ];
    const exposition = await renderExposition(sampleFabric(), sampleOptions, list);
    expect(exposition).toMatchObject({ series: 1, dropped: 3 });
    expect(Buffer.concat(exposition.text).toString()).toContain('calico_bgp_test{a="x"} 1\n');
  });

  it('gives way to the event loop while it renders much', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => [[`label-${i}`], i] as const);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const exposition = await renderExposition(sampleFabric(), sampleOptions, [family(many)]);
    clearInterval(timer);
    expect(exposition.series).toBe(60_000);
    expect(turns).toBeGreaterThan(0);
    expect(exposition.text.length).toBeGreaterThan(3);
    expect(Buffer.concat(exposition.text).toString().split('\n')).toHaveLength(60_000 + 3);
  });
});

describe('all metrics together', () => {
  const names = [...families, ...selfFamilies()].map(({ name }) => name);

  it('no name is in both lists, or twice in one', () => {
    expect([...names].sort()).toEqual([...new Set(names)].sort());
    // What a histogram or a counter exposes beside its own name must be free, too.
    const derived = names.flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]);
    expect(names.filter((name) => derived.includes(name))).toEqual([]);
  });

  it.each(families.map((family) => [family.name, family] as const))(
    '%s keeps the conventions',
    (name, family) => {
      expect(name).toMatch(/^calico_bgp_[a-z][a-z0-9_]*[a-z0-9]$/);
      expect(name.endsWith('_total')).toBe(family.type === 'counter');
      expect(name.endsWith('_info')).toBe(family.type === 'info');
      expect(family.help).toMatch(/^[A-Z].*\.$/);
      if (/_seconds$/.test(name)) expect(family.help).toMatch(/in seconds/);
      if (family.type === 'stateset') expect(family.labels.at(-1)).toBe(name);
      for (const label of family.labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
      expect(new Set(family.labels).size).toBe(family.labels.length);
    },
  );

  it('an agent does without the metrics that cost it more than its work', async () => {
    const self = createSelfMetrics({ version: '1.2.3', revision: 'abc' }, 'cheap');
    const names = (await self.render('text')).toString().match(/^# TYPE nodejs_eventloop_\S+/gm);
    expect(names).toEqual(['# TYPE nodejs_eventloop_lag_seconds']);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)(
    'promtool check metrics is silent (needs promtool of the package prometheus)',
    async () => {
      const self = createSelfMetrics({ version: '1.2.3', revision: 'abc' });
      self.rendered(0.02, 0);
      self.countRequest('/metrics', 200);
      const body = (await text(sampleFabric())) + (await self.render('text')).toString();
      const result = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
      expect({ status: result.status, said: result.stdout + result.stderr }).toEqual({ status: 0, said: '' });
    },
  );
});
