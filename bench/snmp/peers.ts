// The tools that a user would take instead: Debian's prometheus-snmp-exporter, fetched and unpacked for the benchmark, and
// net-snmp's snmpbulkwalk. What they cost is read from /proc (proc(5)).
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time of the wall and of the processor in ms, most memory in KiB. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssKiB: number;
}

const tickMs = 10;

/** Processor time so far and the most memory of a process; undefined when it has gone. */
export function usageOf(pid: number): { readonly cpuMs: number; readonly rssKiB: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const rss = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    if (rss === undefined) return undefined;
    return { cpuMs: (Number(user) + Number(system)) * tickMs, rssKiB: Number(rss) };
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  await new Promise((resolve) => server.close(resolve));
  return at !== null && typeof at === 'object' ? at.port : 0;
}

/** snmpbulkwalk of one column (or a part of it), with as many rows in a request as the exporters take. */
export async function bulkWalk(port: number, oids: readonly string[]): Promise<Cost> {
  const began = performance.now();
  let [cpuMs, rssKiB] = [0, 0];
  for (const oid of oids) {
    const args = ['-v2c', '-cpublic', '-On', '-Cr25', `127.0.0.1:${port}`, oid];
    const child = spawn('snmpbulkwalk', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, MIBS: '' },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const looking = setInterval(() => {
      const now = usageOf(child.pid ?? 0);
      if (now) rssKiB = Math.max(rssKiB, now.rssKiB);
      if (now) lastCpu = now.cpuMs;
    }, 10);
    let lastCpu = 0;
    await ended;
    clearInterval(looking);
    cpuMs += lastCpu;
  }
  return { ms: performance.now() - began, cpuMs, rssKiB };
}

const module = `bench:
  walk: [1.3.6.1.2.1.4.24.7.1.9]
  version: 2
  max_repetitions: 25
  timeout: 60s
  auth: {community: public}
  metrics:
    - name: inetCidrRouteProto
      oid: 1.3.6.1.2.1.4.24.7.1.9
      type: gauge
      indexes:
        - {labelname: inetCidrRouteDest, type: InetAddress}
        - {labelname: inetCidrRoutePfxLen, type: gauge}
        - {labelname: inetCidrRoutePolicy, type: OctetString}
        - {labelname: inetCidrRouteNextHop, type: InetAddress}
`;

export interface SnmpExporter {
  /** One scrape of the whole column. */
  scrape(): Promise<Cost & { readonly series: number }>;
  close(): void;
}

/** Fetches, unpacks and starts prometheus-snmp-exporter, asking the agent at `port`. */
export async function snmpExporter(port: number): Promise<SnmpExporter> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-snmp-'));
  const run = (file: string, args: readonly string[]) =>
    execFileSync(file, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  run('apt-get', ['download', 'prometheus-snmp-exporter']);
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  run('dpkg', ['-x', file, 'root']);
  const binary = path.join(folder, 'root/usr/bin/prometheus-snmp-exporter');
  if (!existsSync(binary)) throw new Error('the package has no prometheus-snmp-exporter');
  writeFileSync(path.join(folder, 'snmp.yml'), module);
  const listen = await freePort();
  const child: ChildProcess = spawn(
    binary,
    [`--config.file=${path.join(folder, 'snmp.yml')}`, `--web.listen-address=127.0.0.1:${listen}`],
    { stdio: 'ignore' },
  );
  const base = `http://127.0.0.1:${listen}`;
  for (let i = 0; i < 100; i++) {
    if (
      await fetch(base).then(
        () => true,
        () => false,
      )
    )
      break;
    await sleep(100);
  }
  return {
    async scrape() {
      const before = usageOf(child.pid ?? 0)?.cpuMs ?? 0;
      const began = performance.now();
      const response = await fetch(`${base}/snmp?module=bench&target=127.0.0.1:${port}`, {
        signal: AbortSignal.timeout(120_000),
      });
      const text = await response.text();
      const ms = performance.now() - began;
      const { cpuMs = 0, rssKiB = 0 } = usageOf(child.pid ?? 0) ?? {};
      const series = text.split('\n').filter((line) => line.startsWith('inetCidrRouteProto{')).length;
      return { ms, cpuMs: cpuMs - before, rssKiB, series };
    },
    close() {
      child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      child.kill();
    },
  };
}
