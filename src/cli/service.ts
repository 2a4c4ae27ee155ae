// The exporter as a service: sources, renderer and web server put together and run until asked to stop. Shared by serve
// and demo, which differ only in where the configuration comes from.
import type { Config } from '../config/config.ts';
import { parseListen } from '../config/listen.ts';
import { createExporter } from '../exporter.ts';
import { createRenderer } from '../metrics/renderer.ts';
import { createSelfMetrics } from '../metrics/self.ts';
import type { DemoControl } from '../web/demo-control.ts';
import { startServer } from '../web/server.ts';
import { flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { aborted, listenOrExplain } from './listening.ts';
import { createLog } from './log.ts';
import { version } from './version.ts';

/** The configuration with what the command line says in place of what the file says. Throws UsageError. */
export function withFlags(config: Config, invocation: Invocation): Config {
  const text = flagValue(invocation, 'web.listen-address');
  const listen = text === undefined ? config.web.listen : parseListen(text);
  if (!listen) {
    throw new UsageError(
      `--web.listen-address must be an address with a port, such as :10179 or 127.0.0.1:10179, not "${text}"`,
    );
  }
  const level = flagValue(invocation, 'log.level') as Config['log']['level'] | undefined;
  return { ...config, web: { listen }, log: { level: level ?? config.log.level } };
}

export interface ServiceOptions {
  readonly config: Config;
  readonly demo?: DemoControl;
  /** Told the address once it serves. */
  readonly onReady?: (url: string) => void;
}

/** Serves until the signal aborts, then stops everything. Throws CannotRun when it cannot listen. */
export async function runService(options: ServiceOptions, io: Io): Promise<void> {
  const { config, demo, onReady } = options;
  const signal = io.signal();
  const self = createSelfMetrics({ version, revision: '' });
  const log = createLog(config.log.level, io.stderr);
  const onError = (error: unknown) => {
    self.countLogError();
    log.error({ err: error }, 'internal error');
  };
  const exporter = createExporter(config, { log, now: io.now });
  const { maxAgeMs } = exporter;
  const renderer = createRenderer({
    metrics: {
      maxMissingSeries: config.audit.maxMissingSeries,
      meshDetail: config.metrics.meshDetail,
      maxAgeMs,
    },
    onRendered: self.rendered,
    onError,
  });
  const address = config.web.listen;
  const server = await listenOrExplain(address, () =>
    startServer({
      listen: address,
      fabric: exporter.current,
      renderer,
      self,
      maxAgeMs,
      version,
      now: io.now,
      ...(demo && { demo }),
      onError,
    }),
  );
  try {
    exporter.subscribe((fabric) => renderer.update(fabric));
    const { nodes, switches } = config;
    log.info({ version, url: server.url, nodes: nodes.length, switches: switches.length }, 'serving');
    onReady?.(server.url);
    await exporter.start();
    await aborted(signal);
    log.info({ reason: String(signal.reason) }, 'stopping');
  } finally {
    await server.close();
    await exporter.stop();
    renderer.stop();
  }
}
