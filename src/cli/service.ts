// The exporter as a service: sources, renderer and web server put together and run until asked to stop. Shared by serve
// and demo, which differ only in where the configuration comes from.
import { explain } from '../audit/explain/explain.ts';
import { chainHoldsUntil } from '../config/certificate.ts';
import type { Config } from '../config/config.ts';
import { parseListen } from '../config/listen.ts';
import type { WebConfig } from '../config/web-config.ts';
import { shardPeers } from '../exporter.ts';
import { createSelfMetrics, type SelfMetrics } from '../metrics/self.ts';
import { mostShards, parseShard } from '../model/shard.ts';
import type { ShardPeers } from '../model/shard-peers.ts';
import type { DemoControl } from '../web/demo-control.ts';
import { startServer } from '../web/server.ts';
import { CannotRun, flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { aborted, listenOrExplain } from './listening.ts';
import { createLive, type Live } from './live.ts';
import { createLog } from './log.ts';
import { version } from './version.ts';
import type { WebFiles } from './web-files.ts';

/** The configuration with the shard that the command line names. Throws UsageError. */
function withShard(config: Config, invocation: Invocation): Config {
  const text = flagValue(invocation, 'shard');
  if (text === undefined) return config;
  const shard = parseShard(text);
  if (!shard) {
    throw new UsageError(
      `--shard must be INDEX/COUNT, from 0/COUNT and with a COUNT of at most ${mostShards}, such as 0/3, 1/3 and 2/3, not "${text}"`,
    );
  }
  return { ...config, shard };
}

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
  return { ...withShard(config, invocation), web: { listen }, log: { level: level ?? config.log.level } };
}

/** The other shards, where the configuration says how to ask them. Throws CannotRun. */
function peersOf({ shards, shard }: Config): ShardPeers | undefined {
  if (!shards || !shard || shard.count === 1) return undefined;
  try {
    return shardPeers(shards, shard);
  } catch (error) {
    if (error instanceof RangeError) throw new CannotRun(error.message);
    throw error;
  }
}

export interface ServiceOptions {
  readonly config: Config;
  /** Reads the configuration again. Rejects with the reason when it cannot be used. Absent: there is no file to read. */
  readonly reload?: () => Promise<Config>;
  /** The text of a configuration, secrets masked. */
  readonly configText?: (config: Config) => string;
  /** Users, TLS and headers. */
  readonly webFiles?: WebFiles;
  readonly demo?: DemoControl;
  /** Told the address once it serves. */
  readonly onReady?: (url: string) => void;
}

/** Serves until the signal aborts, then stops everything. Throws CannotRun when it cannot listen. */
export async function runService(options: ServiceOptions, io: Io): Promise<void> {
  const { config, demo, onReady, webFiles, configText } = options;
  const signal = io.signal();
  const self = createSelfMetrics({ version, revision: '' });
  self.configLoaded(true, io.now());
  const log = createLog(config.log.level, io.stderr, { now: io.now, onDropped: self.countLogDropped });
  const onError = (error: unknown) => {
    self.countLogError();
    log.error({ err: error }, 'internal error');
  };
  let peers = peersOf(config);
  let used = config;
  const takePeers = (next: Config) => {
    const old = peers;
    peers = peersOf(next);
    old?.close();
  };
  if (config.shards && !config.shard)
    log.warn('the configuration has a shards section, but --shard is not given: every device is asked here');
  const live = createLive({ log, now: io.now, steady: io.steady, self, onError });
  const reload = reloader(options, live, {
    self,
    log,
    now: io.now,
    onTaken: takePeers,
    onUsed: (next) => {
      used = next;
    },
  });
  const address = config.web.listen;
  const tls = webFiles?.current().tls;
  const server = await listenOrExplain(address, () =>
    startServer({
      listen: address,
      fabric: live.fabric,
      renderer: live.renderer,
      self,
      maxAgeMs: live.maxAgeMs,
      explain: (fabric, target, device) =>
        explain({ fabric, maxAgeMs: live.maxAgeMs, target, ...(device !== undefined && { device }) }),
      version,
      now: io.now,
      ...(demo && { demo }),
      ...(tls && { tls }),
      ...(webFiles && { access: webFiles.current }),
      peers: () => peers,
      operations: {
        ...(reload && { reload }),
        ...(configText && { configText: () => configText(used) }),
        probe: live.probe,
      },
      onError,
    }),
  );
  const takeWeb = (used: WebConfig) => {
    self.webConfigLoaded(true);
    const until = used.tls && chainHoldsUntil(used.tls.cert);
    if (until !== undefined) self.certificateHolds(until);
  };
  if (webFiles) takeWeb(webFiles.current());
  webFiles?.watch(
    (renewed) => {
      if ((renewed.tls === undefined) !== (tls === undefined) || renewed.tls?.clientAuth !== tls?.clientAuth)
        throw new Error('whether TLS is spoken and client_auth_type change with a restart only');
      if (renewed.tls) server.setTls(renewed.tls);
      takeWeb(renewed);
      log.info('the web configuration was read again');
    },
    (reason) => {
      self.webConfigLoaded(false);
      log.error({ reason }, 'the web configuration cannot be used; the one before it stays');
    },
  );
  const stopListening = reload && io.onHangUp?.(() => void reload());
  try {
    const { nodes, switches } = config;
    log.info({ version, url: server.url, nodes: nodes.length, switches: switches.length }, 'serving');
    onReady?.(server.url);
    await live.start(config);
    await aborted(signal);
    log.info({ reason: String(signal.reason) }, 'stopping');
  } finally {
    stopListening?.();
    webFiles?.stop();
    await server.close();
    await live.stop();
    peers?.close();
  }
}

interface ReloadDeps {
  readonly self: SelfMetrics;
  readonly log: ReturnType<typeof createLog>;
  readonly now: () => number;
  /** Takes what is not the exporter's own from a new configuration. Throws when it cannot be used. */
  readonly onTaken: (config: Config) => void;
  /** Told of a configuration that has taken over. */
  readonly onUsed: (config: Config) => void;
}

/** How a new configuration takes over, one at a time; undefined where there is none to read. */
function reloader(
  { config: first, reload: read }: ServiceOptions,
  live: Live,
  { self, log, now, onTaken, onUsed }: ReloadDeps,
) {
  if (!read) return undefined;
  let running: Promise<{ ok: true } | { ok: false; message: string }> | undefined;
  const once = async (): Promise<{ ok: true } | { ok: false; message: string }> => {
    try {
      const config = await read();
      const { listen } = config.web;
      if (listen.port !== first.web.listen.port || listen.host !== first.web.listen.host)
        log.warn('web.listen has changed: that takes a restart');
      onTaken(config);
      await live.replace(config);
      onUsed(config);
      self.configLoaded(true, now());
      log.info({ nodes: config.nodes.length, switches: config.switches.length }, 'configuration reloaded');
      return { ok: true };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      self.configLoaded(false, now());
      log.error({ reason: message }, 'the configuration cannot be used; the one before it stays');
      return { ok: false, message };
    }
  };
  return () => {
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  };
}
