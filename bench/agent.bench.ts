// What the agent costs on a node of a large mesh (500 mesh sessions, two switches, 10,000 routes; mesh-node.ts), read from a
// real BIRD 1.6, beside Debian's prometheus-bird-exporter on the same daemon; and what both say of a BIRD that is frozen.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeQuery, readingsPath } from '../src/collectors/nodes/agent-query.ts';
import { birdSocketCollector } from '../src/collectors/nodes/bird-socket.ts';
import type { CollectQuery } from '../src/model/collector.ts';
import { parsePrefix } from '../src/model/prefix.ts';
import { birdPath, type RealBird, startBird } from '../test/collectors/nodes/real-bird.ts';
import { type Measured, print, timed } from './measure.ts';
import { meshSessions, nodeConfig, peersConfig, range, routes, torSessions } from './mesh-node.ts';

const root = path.resolve(import.meta.dirname, '..');
const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');
const watchSeconds = 60;
const everything: CollectQuery = { prefixes: [], ranges: [parsePrefix(range)] };
const [nodePort, peerPort, agentPort, askedPort, debianPort] = [17_941, 17_942, 17_943, 17_944, 17_945];

interface Watched {
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

function watched(command: string, args: readonly string[], port: number): Watched {
  const child = spawn(command, args, { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: () => void child.kill('SIGKILL'),
  };
}

const agent = (socket: string, port: number) =>
  watched(
    process.execPath,
    [
      ...[bundle, 'agent', '--node', 'node1', '--socket', socket, '--socket6', 'none'],
      ...['--web.listen-address', `127.0.0.1:${port}`, '--log.level', 'error'],
    ],
    port,
  );

/** Debian's exporter, unpacked and not installed; undefined where the package cannot be had. */
function debianExporter(directory: string, socket: string): Watched | undefined {
  mkdirSync(path.join(directory, 'debian'));
  const cwd = path.join(directory, 'debian');
  if (spawnSync('apt-get', ['download', 'prometheus-bird-exporter'], { cwd }).status !== 0) return undefined;
  const file = readdirSync(cwd).find((name) => name.endsWith('.deb'));
  if (file === undefined || spawnSync('dpkg', ['-x', file, '.'], { cwd }).status !== 0) return undefined;
  const flags = [`-bird.socket=${socket}`, '-bird.ipv6=false', `-web.listen-address=127.0.0.1:${debianPort}`];
  return watched(path.join(cwd, 'usr', 'bin', 'prometheus-bird-exporter'), flags, debianPort);
}

/** Resident memory in MB (kB × 1024 / 10⁶). */
function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024) / 1e6;
}

/** Processor time used so far, in seconds. */
function processorOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function scrape(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
}

const seriesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !/^(?:go|process|promhttp|nodejs)_/.test(line))
    .length;

async function question(url: string): Promise<{ readonly sessions: { readonly ok: boolean } }> {
  const body = JSON.stringify(encodeQuery(everything));
  const signal = AbortSignal.timeout(20_000);
  const answer = await fetch(url + readingsPath, { method: 'POST', body, signal });
  return (await answer.json()) as { readonly sessions: { readonly ok: boolean } };
}

const one = (value: number) => Math.round(value * 10) / 10;
const hundredth = (value: number) => Math.round(value * 100) / 100;

async function cameUp(bird: RealBird): Promise<void> {
  const collector = birdSocketCollector({ device: 'node1', socket: bird.socket, now: Date.now });
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(1000)) {
    const { sessions } = await collector.collect({ prefixes: [], ranges: [] }, AbortSignal.timeout(10_000));
    if (!sessions.ok) continue;
    const up = sessions.value.filter(({ state }) => state === 'established');
    const accepted = up.reduce((sum, { prefixesAccepted = 0 }) => sum + prefixesAccepted, 0);
    if (up.length === meshSessions + torSessions && accepted >= routes) return;
  }
  throw new Error('the mesh did not come up within three minutes');
}

async function polls(bird: RealBird): Promise<readonly Measured[]> {
  const collector = birdSocketCollector({ device: 'node1', socket: bird.socket, now: Date.now });
  const collect = async (query: CollectQuery) => {
    const { sessions, routes: views } = await collector.collect(query, AbortSignal.timeout(60_000));
    if (!sessions.ok || !views.ok) throw new Error('BIRD could not be read');
  };
  await collect(everything);
  const own: CollectQuery = { prefixes: [], ranges: [parsePrefix('10.255.0.0/16')] };
  return [
    ...(await timed(
      "a poll: sessions, the node's own routes, what it sends to the switches",
      20,
      () => collect(own),
      () => 0,
      '< 100 ms',
    )),
    ...(await timed(
      `a poll that asks for all ${routes} routes`,
      20,
      () => collect(everything),
      () => 0,
    )),
  ];
}

/** What happens within ten seconds when BIRD is frozen. */
async function frozen(what: string, ask: () => Promise<string>): Promise<Measured> {
  const began = performance.now();
  let said: string;
  try {
    said = await ask();
  } catch {
    said = 'no answer';
  }
  return { what, value: `${said}, after ${one((performance.now() - began) / 1000)}`, unit: 's' };
}

async function main(): Promise<void> {
  if (birdPath === undefined) throw new Error('/usr/sbin/bird is not installed');
  spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { stdio: 'ignore' });
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-agent-'));
  const stops: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  try {
    const bird = await startBird(birdPath, directory, 'node', nodeConfig(nodePort, peerPort));
    stops.unshift(() => bird.stop());
    const peers = await startBird(birdPath, directory, 'peers', peersConfig(peerPort, nodePort));
    stops.unshift(() => peers.stop());
    await cameUp(bird);
    const measured: Measured[] = [...(await polls(bird))];

    const alone = agent(bird.socket, agentPort);
    const asked = agent(bird.socket, askedPort);
    const debian = debianExporter(directory, bird.socket);
    stops.unshift(alone.stop, asked.stop, () => debian?.stop());
    await sleep(20_000);
    const all = [alone, asked, ...(debian ? [debian] : [])];
    const before = all.map(({ pid }) => processorOf(pid));
    for (let i = 0; i < watchSeconds / 15; i++) {
      const next = sleep(15_000);
      if (!(await question(asked.url)).sessions.ok) throw new Error('the agent could not read');
      await Promise.all(all.map(({ url }) => scrape(url)));
      await next;
    }
    const cpu = all.map(({ pid }, i) =>
      hundredth(((processorOf(pid) - (before[i] ?? 0)) / watchSeconds) * 100),
    );
    const names = [
      'agent, scraped',
      `agent, scraped and asked for all ${routes} routes`,
      'prometheus-bird-exporter, scraped',
    ];
    for (const [i, { pid, url }] of all.entries()) {
      const name = `${names[i]}, every 15 s`;
      const ours = i < 2;
      const text = await scrape(url);
      measured.push(
        {
          what: `${name}: memory (resident)`,
          value: one(memoryOf(pid, 'VmRSS')),
          unit: 'MB',
          ...(ours ? { target: '< 60 MB' } : {}),
        },
        { what: `${name}: memory, most`, value: one(memoryOf(pid, 'VmHWM')), unit: 'MB' },
        {
          what: `${name}: processor`,
          value: cpu[i] ?? 0,
          unit: '% of a core',
          ...(ours ? { target: '< 1 %' } : {}),
        },
        {
          what: `${name}: series, without those of the runtime`,
          value: seriesOf(text),
          unit: '',
          ...(ours ? { target: '< 600' } : {}),
        },
        ...(await timed(
          `${name}: a scrape`,
          5,
          () => scrape(url),
          () => 0,
        )),
      );
    }

    bird.signal('SIGSTOP');
    try {
      measured.push(
        await frozen('BIRD frozen, the agent is asked: sessions', async () =>
          (await question(alone.url)).sessions.ok ? 'read' : 'failed, last good ones sent',
        ),
        await frozen(
          'BIRD frozen, the agent is scraped',
          async () =>
            `calico_bgp_device_up ${/^calico_bgp_device_up\{.*\} (\d)$/m.exec(await scrape(alone.url))?.[1]}`,
        ),
      );
      if (debian)
        measured.push(
          await frozen(
            'BIRD frozen, prometheus-bird-exporter is scraped',
            async () => (await scrape(debian.url)) && 'answers',
          ),
        );
    } finally {
      bird.signal('SIGCONT');
    }
    print(measured);
  } finally {
    for (const stop of stops) await stop();
  }
}

await main();
process.exit(0);
