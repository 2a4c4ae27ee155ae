// The exporter's metrics about itself, in a prom-client registry: the process, requests, rendering, errors. Text format
// 0.0.4 comes from prom-client; OpenMetrics from self-openmetrics.ts, because prom-client renames its counters for good
// when asked for it (prom-client 15.1.3, registry.js: standardizeCounterName).
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricFormat } from './exposition.ts';
import type { FamilyDescription } from './family.ts';
import { renderOpenMetrics } from './self-openmetrics.ts';

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
}

export interface SelfMetrics {
  countScrape(format: MetricFormat): void;
  /** `path` must be a route of the server, never what a client sent. */
  countRequest(path: string, code: number): void;
  /** A rendering took this many seconds and left out this many samples. */
  rendered(seconds: number, dropped: number): void;
  countLogError(): void;
  /** A line was left out of the log. */
  countLogDropped(): void;
  /** A connection was refused because there were too many. */
  countConnectionDropped(): void;
  /** The configuration was read, at `at` (milliseconds since the epoch), and can be used or not. */
  configLoaded(ok: boolean, at: number): void;
  /** The web configuration file was read and can be used or not. */
  webConfigLoaded(ok: boolean): void;
  /** The certificate that clients see holds until then, in milliseconds since the epoch. */
  certificateHolds(until: number): void;
  render(format: MetricFormat): Promise<Buffer>;
}

// Gauges of prom-client whose names end in `_total`, which promtool reports as an error.
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

// What prom-client makes of perf_hooks.monitorEventLoopDelay, which wakes the process a hundred times a second.
const delays = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (figure) => `nodejs_eventloop_lag_${figure}_seconds`,
);
/** prom-client cannot be told to leave that observer out, only to look this rarely. */
const hardlyEverMs = 24 * 3_600_000;

/**
 * What of the process prom-client observes, for as long as it lives. `cheap` leaves out the delays of the event loop over
 * time, which cost 0.9 % of a core, more than all else that an agent does; its delay at the scrape is among the rest.
 */
export type Observed = 'all' | 'cheap' | 'nothing';

interface Own {
  readonly registry: Registry;
  readonly scrapes: Counter<'format'>;
  readonly requests: Counter<'path' | 'code'>;
  readonly renderSeconds: Histogram;
  readonly dropped: Gauge;
  readonly logErrors: Counter;
  readonly logDropped: Counter;
  readonly connectionsDropped: Counter;
  readonly reloadSuccessful: Gauge;
  readonly reloadedAt: Gauge;
  readonly webReloadSuccessful: Gauge;
  readonly certificateUntil: Gauge;
}

function register(build: BuildInfo, observed: Observed): Own {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'calico_bgp_build_info',
    help: 'Always 1: version and revision of the exporter and of the Node.js that runs it.',
    labelNames: ['version', 'revision', 'node_version'],
    registers,
  }).set({ ...build, node_version: process.version }, 1);
  const own = {
    registry,
    scrapes: new Counter({
      name: 'calico_bgp_exporter_scrapes_total',
      help: 'Scrapes of /metrics by exposition format.',
      labelNames: ['format'],
      registers,
    }),
    requests: new Counter({
      name: 'calico_bgp_exporter_http_requests_total',
      help: 'HTTP requests answered, by route and status code.',
      labelNames: ['path', 'code'],
      registers,
    }),
    renderSeconds: new Histogram({
      name: 'calico_bgp_exporter_render_duration_seconds',
      help: 'How long rendering the metrics after an audit took, in seconds.',
      buckets: [0.01, 0.1, 0.5, 1, 5],
      registers,
    }),
    dropped: new Gauge({
      name: 'calico_bgp_exporter_dropped_samples',
      help: 'Samples the last rendering left out, because another had the same labels or the value was no number; anything but 0 is a fault of the exporter.',
      registers,
    }),
    logErrors: new Counter({
      name: 'calico_bgp_exporter_log_errors_total',
      help: 'Messages of level error that the exporter has logged.',
      registers,
    }),
    logDropped: new Counter({
      name: 'calico_bgp_exporter_log_lines_dropped_total',
      help: 'Lines left out of the log, because there were more than 600 in a minute.',
      registers,
    }),
    connectionsDropped: new Counter({
      name: 'calico_bgp_exporter_http_connections_dropped_total',
      help: 'Connections refused, because too many were open.',
      registers,
    }),
    reloadSuccessful: new Gauge({
      name: 'calico_bgp_config_last_reload_successful',
      help: 'Whether the configuration could be used when it was last read (1) or not (0): then the one before it is still in use.',
      registers,
    }),
    reloadedAt: new Gauge({
      name: 'calico_bgp_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in use was read, in seconds since the epoch.',
      registers,
    }),
    webReloadSuccessful: new Gauge({
      name: 'calico_bgp_web_config_last_reload_successful',
      help: 'Whether the web configuration (users, TLS) could be used when it or a file that it names was last read (1) or not (0): then the one before it is still in use. Absent without one.',
      registers,
    }),
    certificateUntil: new Gauge({
      name: 'calico_bgp_web_certificate_expiration_timestamp_seconds',
      help: 'When the first certificate of the chain that clients see ends (notAfter), in seconds since the epoch; absent where TLS is not spoken.',
      registers,
    }),
  };
  // prom-client starts gauges at 0: there may be no file to read, and no certificate.
  own.webReloadSuccessful.remove();
  own.certificateUntil.remove();
  // Both formats from the first scrape on, so that rate() misses nothing.
  own.scrapes.inc({ format: 'text' }, 0);
  own.scrapes.inc({ format: 'openmetrics' }, 0);
  if (observed !== 'nothing') {
    const cheap = observed === 'cheap';
    collectDefaultMetrics({
      register: registry,
      ...(cheap ? { eventLoopMonitoringPrecision: hardlyEverMs } : {}),
    });
    for (const name of [...misnamed, ...(cheap ? delays : [])]) registry.removeSingleMetric(name);
  }
  return own;
}

/** Makes the registry. */
export function createSelfMetrics(build: BuildInfo, observed: Observed = 'all'): SelfMetrics {
  const own = register(build, observed);
  return {
    countScrape: (format) => own.scrapes.inc({ format }),
    countRequest: (path, code) => own.requests.inc({ path, code: String(code) }),
    rendered(seconds, dropped) {
      own.renderSeconds.observe(seconds);
      own.dropped.set(dropped);
    },
    countLogError: () => own.logErrors.inc(),
    countLogDropped: () => own.logDropped.inc(),
    countConnectionDropped: () => own.connectionsDropped.inc(),
    configLoaded(ok, at) {
      own.reloadSuccessful.set(Number(ok));
      if (ok) own.reloadedAt.set(at / 1000);
    },
    webConfigLoaded: (ok) => own.webReloadSuccessful.set(Number(ok)),
    certificateHolds: (until) => own.certificateUntil.set(until / 1000),
    async render(format) {
      if (format === 'text') return Buffer.from(await own.registry.metrics());
      const metrics = await own.registry.getMetricsAsJSON();
      return Buffer.from(
        renderOpenMetrics(metrics.map((metric) => ({ ...metric, type: String(metric.type) }))),
      );
    },
  };
}

/** Lists the exporter's own metrics for documentation and tests. */
export function selfFamilies(): FamilyDescription[] {
  const { registry } = register({ version: '', revision: '' }, 'all');
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, type } = metric;
    const labels: unknown = 'labelNames' in metric ? metric.labelNames : [];
    return {
      name,
      type: String(type),
      help,
      labels: Array.isArray(labels) ? labels.map(String) : [],
    };
  });
}
