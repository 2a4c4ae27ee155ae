// A switch with 500,000 routes on real daemons: Debian's zebra and bgpd in a network namespace, and a BIRD 1.6 in it that
// announces the routes with a next hop on the namespace's own network. Needs root.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { block, blocks, other, others } from './table.ts';

export interface FrrSwitch {
  /** FRR's path space: `vtysh -N NAME`. */
  readonly name: string;
  /** Where the daemons' sockets are. */
  readonly folder: string;
  readonly bgpd: number;
  stop(): void;
}

const birdConfig = () => `
router id 10.99.0.1;
listen bgp address 10.99.0.1 port 1790;
protocol device {}
protocol static static1 {
${Array.from({ length: blocks }, (_, i) => `route ${block(i)} blackhole;`).join('\n')}
${Array.from({ length: others }, (_, i) => `route ${other(i)} blackhole;`).join('\n')}
}
filter to_leaf { bgp_next_hop = 10.99.0.9; accept; }
protocol bgp leaf { local 10.99.0.1 as 64512; neighbor 10.99.0.2 as 65001; multihop; export filter to_leaf; import none; }
`;

const bgpdConfig = `hostname leaf01
router bgp 65001
 bgp router-id 10.99.0.2
 no bgp ebgp-requires-policy
 neighbor 10.99.0.1 remote-as 64512
 neighbor 10.99.0.1 port 1790
 neighbor 10.99.0.1 passive
 neighbor 10.99.0.1 ebgp-multihop 2
 neighbor 10.99.0.1 disable-connected-check
`;

const run = (file: string, ...args: readonly string[]) =>
  execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 30 });

/** Starts it and waits until zebra has all routes, for four minutes at most. */
export async function startFrr(): Promise<FrrSwitch> {
  const name = `bench-frr-${process.pid}`;
  const folder = path.join('/var/run/frr', name);
  const config = mkdtempSync(path.join(tmpdir(), 'bench-frr-'));
  const children: ChildProcess[] = [];
  const stop = () => {
    for (const child of children) child.kill('SIGKILL');
    run('ip', 'netns', 'delete', name);
    for (const each of [folder, config]) rmSync(each, { recursive: true, force: true });
  };
  // Who is told to end in the middle must not leave daemons and a namespace behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop();
      process.exit(1);
    });
  }
  const daemon = (file: string, ...args: readonly string[]) => {
    const child = spawn('ip', ['netns', 'exec', name, file, ...args], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  run('ip', 'netns', 'add', name);
  try {
    const inside = (...args: readonly string[]) => run('ip', '-n', name, ...args);
    inside('link', 'set', 'lo', 'up');
    inside('link', 'add', 'net0', 'type', 'veth', 'peer', 'name', 'net1');
    for (const host of [1, 2]) inside('address', 'add', `10.99.0.${host}/24`, 'dev', 'net0');
    for (const end of ['net0', 'net1']) inside('link', 'set', end, 'up');
    mkdirSync(folder);
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(run('id', flag, 'frr')));
    chownSync(folder, uid ?? 0, gid ?? 0);
    run('chmod', '755', config);
    const file = (base: string, text: string) => {
      const made = path.join(config, base);
      writeFileSync(made, text);
      return made;
    };
    daemon('/usr/lib/frr/zebra', '-N', name, '-f', file('zebra.conf', 'hostname leaf01\n'), '-P', '0');
    await sleep(2000);
    // A plain exec: the daemon has the pid of what was started.
    const bgpd = daemon('/usr/lib/frr/bgpd', '-N', name, '-f', file('bgpd.conf', bgpdConfig), '-P', '0');
    await sleep(2000);
    daemon('bird', '-d', '-c', file('bird.conf', birdConfig()), '-s', path.join(config, 'bird.ctl'));
    const wanted = blocks + others;
    for (const end = Date.now() + 240_000; ; await sleep(2000)) {
      if (Date.now() > end) throw new Error('FRR did not get its routes within four minutes');
      if (children.some(({ exitCode }) => exitCode !== null))
        throw new Error(
          `a daemon has ended: ${children.map(({ spawnargs, exitCode, signalCode }) => `${spawnargs.slice(4, 6).join(' ')} ${exitCode} ${signalCode}`)}`,
        );
      try {
        const text = run('vtysh', '-N', name, '-c', 'show ip route summary json');
        const all = JSON.parse(text) as { readonly routesTotalFib?: number };
        if ((all.routesTotalFib ?? 0) >= wanted) break;
      } catch {
        // Not there yet, or too busy to say.
      }
    }
    return { name, folder, bgpd: bgpd.pid ?? 0, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
