// A switch on FRR with 500,000 routes: the verdict on 10,000 expected prefixes over SSH, and how long bgpd stands still meanwhile;
// beside one scrape of Debian's prometheus-frr-exporter and the whole table, read while it comes and by JSON.parse. Needs root, frr and bird.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianBinary, freePort, started, usageOf } from './debian.ts';
import { startFrr } from './frr/switch.ts';
import { blocks, others } from './frr/table.ts';
import { type Measured, print } from './measure.ts';

const runs = 5;
const round = (value: number) => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));

const helpers: ChildProcess[] = [];
process.once('exit', () => {
  for (const child of helpers) child.kill('SIGKILL');
});

async function helper<T>(name: string, args: readonly string[]): Promise<[ChildProcess, T]> {
  const file = path.join(import.meta.dirname, 'frr', `${name}.ts`);
  const child = fork(file, args, { execArgv: ['--import', 'tsx'] });
  helpers.push(child);
  const [first] = (await once(child, 'message')) as [T];
  return [child, first];
}

async function asked<T>(child: ChildProcess): Promise<T> {
  const answer = once(child, 'message');
  child.send('now');
  const [message] = (await answer) as [T];
  return message;
}

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssKiB: number;
  readonly present: number;
  readonly firstMs?: number;
  readonly bytes?: number;
  readonly error?: string;
}

interface Goals {
  readonly ms?: string;
  readonly stall?: string;
  readonly memory?: string;
  /** bgpd is not asked. */
  readonly dormant?: true;
}

const measured: Measured[] = [];
const frr = await startFrr();
try {
  const [watch] = await helper('watch', [path.join(frr.folder, 'bgpd.vty')]);
  await sleep(5000);

  /** Median and worst time of several runs, and the longest stall of bgpd in any of them. */
  const measure = async (what: string, work: () => Promise<Cost>, goals: Goals) => {
    await work();
    const before = usageOf(frr.bgpd)?.cpuMs ?? 0;
    await asked(watch);
    const costs: Cost[] = [];
    for (let i = 0; i < runs; i++) costs.push(await work());
    await sleep(50);
    const { longest } = await asked<{ readonly longest: number }>(watch);
    const bgpdMs = ((usageOf(frr.bgpd)?.cpuMs ?? 0) - before) / runs;
    costs.sort((x, y) => x.ms - y.ms);
    const middle = costs[Math.floor(runs / 2)];
    if (!middle) return;
    const goal = (target?: string) => (target === undefined ? {} : { target });
    measured.push(
      { what: `${what}, median of ${runs}`, value: round(middle.ms), unit: 'ms', ...goal(goals.ms) },
      { what: `${what}, worst`, value: round(costs.at(-1)?.ms ?? 0), unit: 'ms' },
      { what: `${what}, processor`, value: round(middle.cpuMs), unit: 'ms' },
      {
        what: `${what}, memory, most (resident)`,
        value: round(middle.rssKiB / 1024),
        unit: 'MiB',
        ...goal(goals.memory),
      },
    );
    if (!goals.dormant)
      measured.push(
        {
          what: `${what}, bgpd stood still at most`,
          value: round(longest),
          unit: 'ms',
          ...goal(goals.stall),
        },
        { what: `${what}, processor of bgpd with what asked it meanwhile`, value: round(bgpdMs), unit: 'ms' },
      );
    if (middle.bytes) measured.push({ what: `${what}, text`, value: round(middle.bytes / 1e6), unit: 'MB' });
  };

  await asked(watch);
  await sleep(5000);
  const { longest } = await asked<{ readonly longest: number }>(watch);
  measured.push({ what: 'bgpd left alone: stood still at most', value: round(longest), unit: 'ms' });

  const [login, { port, hostKey }] = await helper<{ readonly port: number; readonly hostKey: string }>(
    'login',
    [frr.name],
  );
  const [auditor] = await helper('auditor', [String(port), hostKey]);
  const what = '10,000 expected prefixes';
  await measure(
    what,
    async () => {
      const cost = await asked<Cost>(auditor);
      if (cost.present !== blocks) throw new Error(`${what}: ${cost.present} present, ${cost.error}`);
      return cost;
    },
    { ms: '< 2000 ms', stall: '< 50 ms' },
  );
  auditor.disconnect();
  login.disconnect();

  /** All prefixes, read by a process of its own, in one of the ways of frr/dump.ts. */
  const measureTable = async (name: string, args: readonly string[], goals: Goals) => {
    const [dump] = await helper('dump', args);
    const read = async () => {
      const cost = await asked<Cost>(dump);
      if (cost.present < blocks + others) throw new Error(`${name}: ${cost.present} prefixes`);
      return cost;
    };
    await measure(`${name}, ${blocks + others} prefixes`, read, goals);
    dump.disconnect();
  };
  await measureTable('the whole table by vtysh, read while it comes', ['streamed', frr.name], {});
  await measureTable('the whole table by vtysh, JSON.parse', ['whole', frr.name], {});

  const saved = path.join(mkdtempSync(path.join(tmpdir(), 'bench-frr-table-')), 'table.json');
  process.once('exit', () => rmSync(path.dirname(saved), { recursive: true, force: true }));
  const file = openSync(saved, 'w');
  spawnSync('vtysh', ['-N', frr.name, '-c', 'show bgp ipv4 unicast json'], {
    stdio: ['ignore', file, 'ignore'],
  });
  closeSync(file);
  const idle = { dormant: true } as const;
  await measureTable('the same from a file, read while it comes', ['streamed', '', saved], {
    ...{ ms: '< 2500 ms', memory: '< 150 MB' },
    ...idle,
  });
  await measureTable('the same from a file, JSON.parse', ['whole', '', saved], idle);

  const binary = debianBinary('prometheus-frr-exporter');
  if (binary !== undefined) {
    const listen = `127.0.0.1:${await freePort()}`;
    const child = started(binary, [`--frr.socket.dir-path=${frr.folder}`, `--web.listen-address=${listen}`]);
    await sleep(2000);
    await measure(
      'prometheus-frr-exporter, sessions only',
      async () => {
        const { cpuMs: before = 0 } = usageOf(child.pid ?? 0) ?? {};
        const began = performance.now();
        const text = await (await fetch(`http://${listen}/metrics`)).text();
        const ms = performance.now() - began;
        const { cpuMs = 0, peakMiB = 0 } = usageOf(child.pid ?? 0) ?? {};
        if (!text.includes('frr_bgp_peer_state')) throw new Error('the peer shows no session');
        return { ms, cpuMs: cpuMs - before, rssKiB: peakMiB * 1024, present: 0 };
      },
      {},
    );
  }
} finally {
  frr.stop();
}
print(measured);
process.exit(0);
