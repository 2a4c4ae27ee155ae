// agent: the node side. Reads the BIRDs of the node it runs on and serves what it read: to the auditor as readings, to
// Prometheus as metrics of this one node. It needs no configuration file and no datastore: what a pod of a DaemonSet is
// given as flags is all there is.

import { decodeQuery, readingsPath } from '../collectors/nodes/agent-query.ts';
import { agentReader } from '../collectors/nodes/agent-reader.ts';
import { agentSocketsCollector, usualSockets } from '../collectors/nodes/agent-sockets.ts';
import type { LogLevel } from '../config/config.ts';
import { formatDuration, parseDuration } from '../config/duration.ts';
import { type ListenAddress, parseListen } from '../config/listen.ts';
import { SnapshotStore } from '../exporter/store.ts';
import { readingFamilies } from '../metrics/families.ts';
import { createRenderer } from '../metrics/renderer.ts';
import { createSelfMetrics } from '../metrics/self.ts';
import { aloneFabric } from '../model/fabric-alone.ts';
import { encodeCollected } from '../model/reading-json.ts';
import { staleAfterIntervals } from '../model/snapshot.ts';
import { isLoopback } from '../web/agent-auth.ts';
import { startAgentServer } from '../web/agent-server.ts';
import { agentFiles } from './agent-files.ts';
import { flagValue, type Invocation, type Io, UsageError } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { aborted, listenOrExplain } from './listening.ts';
import { createLog } from './log.ts';
import { version } from './version.ts';

const defaultListen: ListenAddress = { port: 10180 };
const defaultInterval = 15_000;
const defaultTimeout = 5_000;
/** Between the starts of two readings, whoever asks. */
const leastIntervalMs = 1_000;
/** How often renewed files are looked for. */
const renewEveryMs = 30_000;

function durationOf(invocation: Invocation, flag: string, otherwise: number): number {
  const text = flagValue(invocation, flag);
  const value = text === undefined ? otherwise : parseDuration(text);
  if (value === undefined || value < 500 || value > 3_600_000)
    throw new UsageError(`--${flag} must be a duration from 500ms to 1h, such as 15s, not "${text}"`);
  return value;
}

function settingsOf(invocation: Invocation, io: Io) {
  const text = flagValue(invocation, 'web.listen-address');
  const listen = text === undefined ? defaultListen : parseListen(text);
  if (!listen)
    throw new UsageError(
      `--web.listen-address must be an address with a port, such as :10180, not "${text}"`,
    );
  const node = flagValue(invocation, 'node') ?? io.env.NODENAME;
  if (!node)
    throw new UsageError('which node is this? Add --node NAME, or set NODENAME, as Kubernetes knows it');
  const intervalMs = durationOf(invocation, 'interval', defaultInterval);
  const timeoutMs = durationOf(invocation, 'timeout', Math.min(defaultTimeout, intervalMs));
  if (timeoutMs > intervalMs)
    throw new UsageError(`--timeout is longer than the interval of ${formatDuration(intervalMs)}`);
  const socket = flagValue(invocation, 'socket');
  const socket6 = flagValue(invocation, 'socket6');
  const sockets = socket === undefined ? usualSockets.ipv4 : [socket];
  const sockets6 = socket6 === 'none' ? [] : socket6 === undefined ? usualSockets.ipv6 : [socket6];
  const level = (flagValue(invocation, 'log.level') ?? 'info') as LogLevel;
  return { listen, node, intervalMs, timeoutMs, sockets, sockets6, level };
}

/** Serves until the signal aborts. Throws UsageError and CannotRun. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { listen, node, intervalMs, timeoutMs, sockets, sockets6, level } = settingsOf(invocation, io);
  const files = agentFiles(invocation);
  let { token, tls } = files.read();
  const signal = io.signal();
  const { now } = io;
  const self = createSelfMetrics({ version, revision: '' }, 'cheap');
  const log = createLog(level, io.stderr, { now, onDropped: self.countLogDropped });
  const onError = (error: unknown) => {
    self.countLogError();
    log.error({ err: error }, 'internal error');
  };
  const device = { name: node, role: 'node', address: '', addresses: [] } as const;
  const collector = agentSocketsCollector({ device: node, sockets, sockets6, now });
  const store = new SnapshotStore([{ device, sources: [collector.source] }], now);
  const maxAgeMs = () => staleAfterIntervals * intervalMs + timeoutMs;
  const renderer = createRenderer({
    metrics: { maxMissingSeries: 0, meshDetail: invocation.on.has('mesh-detail'), maxAgeMs },
    families: readingFamilies,
    onRendered: self.rendered,
    onError,
  });
  let ready = false;
  let state = '';
  const reader = agentReader({
    collector,
    intervalMs,
    leastIntervalMs,
    timeoutMs,
    now,
    onRead(collected, durationSeconds) {
      ready = true;
      store.put(collector, collected, durationSeconds);
      renderer.update(aloneFabric(store.snapshots(), now()));
      // What was read is most of what the agent ever allocates; V8 by itself would let it grow for minutes.
      if (io.collectGarbage) void renderer.settled().then(io.collectGarbage);
      const failed = [collected.sessions, collected.routes].find((reading) => !reading.ok);
      const next = failed && !failed.ok ? failed.error.message : 'ok';
      if (next !== state)
        next === 'ok' ? log.info('BIRD answers') : log.warn({ reason: next }, 'BIRD cannot be read');
      state = next;
    },
  });
  const auth = {
    ...(token === undefined ? {} : { token: () => token ?? '' }),
    clientCertificate: tls?.clientCa !== undefined,
    loopback: isLoopback(listen.host),
  };
  const server = await listenOrExplain(listen, () =>
    startAgentServer({
      listen,
      ...(tls ? { tls } : {}),
      auth,
      readingsPath,
      async readings(question) {
        const collected = await reader.read(decodeQuery(question));
        return encodeCollected(node, collected, now());
      },
      renderer,
      self,
      ready: () => ready,
      onError,
    }),
  );
  const renew = setInterval(() => {
    try {
      const fresh = files.read();
      if (fresh.tls && JSON.stringify(fresh.tls) !== JSON.stringify(tls)) server.setTls(fresh.tls);
      ({ token, tls } = fresh);
    } catch (error) {
      self.countLogError();
      log.error({ reason: String(error) }, 'renewed files cannot be used; the old ones stay');
    }
  }, renewEveryMs);
  try {
    const open = auth.token !== undefined || auth.clientCertificate || auth.loopback;
    if (!open) log.warn('no --token-file and no --tls-client-ca-file: metrics only, readings go to nobody');
    if (!tls && !auth.loopback)
      log.warn('no TLS: whoever is on the way can read the token; use --tls-cert-file');
    log.info({ version, url: server.url, node }, 'serving');
    reader.start();
    await aborted(signal);
    log.info({ reason: String(signal.reason) }, 'stopping');
  } finally {
    clearInterval(renew);
    reader.stop();
    await server.close();
    renderer.stop();
  }
  return exitCodes.clean;
}
