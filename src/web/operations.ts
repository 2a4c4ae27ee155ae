// What those who run the exporter ask of it: /-/reload, /config, /probe. Conventions: Prometheus' own programs and
// blackbox_exporter (X-Prometheus-Scrape-Timeout-Seconds, probe_success, probe_duration_seconds).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentTypes, header, type MetricFormat, openMetricsEnd } from '../metrics/exposition.ts';
import type { Taken } from './methods.ts';
import { chooseFormat } from './negotiate.ts';
import { compressedBody, isSameOrigin } from './responses.ts';

export interface Operations {
  /** Reads the configuration again and goes on with it; says why not when it cannot be used: then the old one stays. */
  readonly reload?: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly message: string }>;
  /** The configuration in use, secrets masked. */
  readonly configText?: () => string;
  /** Reads one device now; undefined: no such device is configured. Never rejects. */
  readonly probe?: (target: string, timeoutMs: number) => Promise<ProbeOutcome | undefined>;
}

export interface ProbeOutcome {
  readonly success: boolean;
  readonly durationSeconds: number;
  /** The device's own metrics in each format, without the end that OpenMetrics wants. */
  readonly metrics: Readonly<Record<MetricFormat, readonly Buffer[]>>;
}

/** What Prometheus' deadline is without its header, and what is kept of it for the way back, in milliseconds. */
const defaultTimeoutMs = 10_000;
const offsetMs = 500;
const leastTimeoutMs = 100;

/** How long a probe may take, by the header that Prometheus sends with each scrape, in milliseconds. */
export function probeTimeoutMs(header: string | undefined): number {
  const seconds = Number(header);
  const asked =
    header !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultTimeoutMs;
  return Math.max(leastTimeoutMs, Math.min(asked, 120_000) - offsetMs);
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(body);
}

export interface Route {
  readonly method: Taken[1];
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

const probeRoute = (run: NonNullable<Operations['probe']>): Route => ({
  method: 'GET',
  path: '/probe',
  async handle(request, response) {
    const { searchParams } = new URL(request.url ?? '', 'http://exporter');
    const targets = searchParams.getAll('target');
    const [target] = targets;
    if (
      target === undefined ||
      target === '' ||
      targets.length > 1 ||
      [...searchParams.keys()].some((key) => key !== 'target')
    ) {
      text(response, 400, 'which device? /probe?target=NAME, as the configuration names it\n');
      return;
    }
    const timeout = request.headers['x-prometheus-scrape-timeout-seconds'];
    const outcome = await run(target, probeTimeoutMs(typeof timeout === 'string' ? timeout : undefined));
    if (!outcome) {
      // Only what is configured is ever asked: this is no way to make the exporter connect somewhere.
      text(response, 400, 'no device of that name is configured; /api/v1/devices lists them\n');
      return;
    }
    const format = chooseFormat(request.headers.accept);
    const body = probeBody(outcome, format);
    const compressed = await compressedBody(request.headers, body);
    response.writeHead(200, {
      'Content-Type': contentTypes[format],
      Vary: 'Accept, Accept-Encoding',
      ...(compressed ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(compressed ?? body);
  },
});

function probeBody({ success, durationSeconds, metrics }: ProbeOutcome, format: MetricFormat): string {
  const gauge = (name: string, help: string, value: number) =>
    `${header(name, 'gauge', help, format)}${name} ${value}\n`;
  return [
    gauge(
      'probe_success',
      'Whether the device gave sessions or routes (1) or nothing at all (0).',
      Number(success),
    ),
    gauge('probe_duration_seconds', 'How long reading the device took, in seconds.', durationSeconds),
    Buffer.concat(metrics[format]).toString('utf8'),
    format === 'openmetrics' ? openMetricsEnd : '',
  ].join('');
}

function reloadRoutes(reload: NonNullable<Operations['reload']>): Route[] {
  const path = '/-/reload';
  const handle: Route['handle'] = async (request, response) => {
    if (!isSameOrigin(request.headers)) {
      text(response, 403, 'not from another site\n');
      return;
    }
    const outcome = await reload();
    if (outcome.ok) text(response, 200, 'reloaded\n');
    else text(response, 500, `failed to reload:\n${outcome.message}\n`);
  };
  return [
    { method: 'POST', path, handle },
    { method: 'PUT', path, handle },
  ];
}

/** The routes that there is something behind. */
export function operationRoutes({ reload, configText, probe }: Operations): Route[] {
  return [
    ...(reload ? reloadRoutes(reload) : []),
    ...(configText
      ? [
          {
            method: 'GET' as const,
            path: '/config',
            handle: (_: IncomingMessage, response: ServerResponse) => text(response, 200, configText()),
          },
        ]
      : []),
    ...(probe ? [probeRoute(probe)] : []),
  ];
}
