// A node's rendered BIRD configuration in a real BIRD 1.6, with a BIRD at the far end of each of its sessions, all in one
// network namespace whose loopback has everybody's address. What the far ends have received is what the node announces.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Afi } from '../../src/model/session.ts';
import { bird6Path, birdPath, eventually, type RealBird, startBird } from '../collectors/nodes/real-bird.ts';
import type { RenderedSession } from './bird-config.ts';

const daemons = {
  ipv4: { bird: birdPath, birdc: '/usr/sbin/birdc', main: 'bird.cfg', bits: 32 },
  ipv6: { bird: bird6Path, birdc: '/usr/sbin/birdc6', main: 'bird6.cfg', bits: 128 },
} as const;
const ip = ['/usr/sbin/ip', '/sbin/ip'].find((path) => existsSync(path));

/** Why this cannot run here; undefined when it can. */
export const noRealBird =
  process.geteuid?.() !== 0
    ? 'needs root, for a network namespace'
    : Object.values(daemons).some(({ bird, birdc }) => bird === undefined || !existsSync(birdc))
      ? 'needs the package bird'
      : ip === undefined
        ? 'needs the package iproute2'
        : undefined;

/** What one far end got. */
export interface Received {
  readonly session: string;
  readonly prefix: string;
  readonly nextHop: string;
  readonly communities: readonly string[];
}

export interface Node {
  readonly afi: Afi;
  readonly address: string;
  /** Rendered files by name: bird.cfg, bird_aggr.cfg, bird_ipam.cfg, or those of bird6. */
  readonly files: Readonly<Record<string, string>>;
  readonly sessions: readonly RenderedSession[];
  /** Addresses of pods on the node, as routes to a `cali…` interface. */
  readonly workloads: readonly string[];
  /** What each far end announces to the node, by the session's name. */
  readonly fromPeers: ReadonlyMap<string, readonly string[]>;
}

const block = (text: string, head: RegExp): string => {
  const match = head.exec(text);
  if (!match) return text;
  let [depth, end] = [0, text.indexOf('{', match.index)];
  do {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
    end++;
  } while (depth > 0);
  return text.slice(0, match.index) + text.slice(end);
};

/** The rendered configuration without the kernel's table and the interfaces of the machine, listening on its own address. */
function nodeConfig({ afi, address, files, workloads }: Node): string {
  const without = [/^protocol kernel .*$/m, /^protocol direct .*$/m].reduce(
    block,
    files[daemons[afi].main] ?? '',
  );
  const listen = /^listen bgp /m.test(without) ? '' : `listen bgp address ${address};\n`;
  const routes = workloads.map((pod) => `  route ${pod} via "cali0";\n`).join('');
  return `${without}\n${listen}protocol static workloads {\n${routes}}\n`;
}

function peerConfig(node: Node, session: RenderedSession, i: number): string {
  const { peerAddress, port = 179, peerAsn, localAsn, passive } = session;
  const [, listening = '179'] =
    /^listen bgp (?:address \S+ )?port (\d+);/m.exec(node.files[daemons[node.afi].main] ?? '') ?? [];
  const routes = (node.fromPeers.get(session.name) ?? [])
    .map((net) => `  route ${net} blackhole;\n`)
    .join('');
  return `router id 10.255.0.${i + 1};
listen bgp address ${peerAddress} port ${port};
protocol device { }
protocol static own {
${routes}}
protocol bgp node {
  local as ${peerAsn};
  neighbor ${node.address} port ${listening} as ${localAsn};
  source address ${peerAddress};
  multihop;
  ${passive ? '' : 'passive on;'}
  # Everything is to be seen, also what has been through this AS.
  allow local as 10;
  import all;
  export where source = RTS_STATIC;
  connect delay time 1;
  connect retry time 1;
}
`;
}

// Each BIRD of startBird listens for the end of the test.
process.setMaxListeners(64);

const ask = (afi: Afi, socket: string, command: string) =>
  execFileSync(daemons[afi].birdc, ['-s', socket, ...command.split(' ')], { encoding: 'utf8' });

const isUp = (afi: Afi, socket: string) => /Established/.test(ask(afi, socket, 'show protocols node'));

function communitiesIn(text: string): string[] {
  const lists = [...text.matchAll(/^\s+BGP\.(?:large_)?community: (.*)$/gm)];
  return lists.flatMap(([, list = '']) =>
    [...list.matchAll(/\(([^)]*)\)/g)].map(([, numbers = '']) => numbers.replace(/,\s*/g, ':')),
  );
}

function receivedIn(session: string, text: string): Received[] {
  return text
    .split(/^(?=[\da-f:.]+\/\d+ )/m)
    .slice(1)
    .map((route) => ({
      session,
      prefix: route.slice(0, route.indexOf(' ')),
      nextHop: /BGP\.next_hop: (\S+)/.exec(route)?.[1] ?? '',
      communities: communitiesIn(route),
    }));
}

/** An IPv6 address is usable at once only without the search for a second owner. */
const nodad = (afi: Afi) => (afi === 'ipv6' ? ['nodad'] : []);

/** Starts all, waits until every session is established and nothing changes any more, and reads the far ends. */
export async function announced(node: Node): Promise<Received[]> {
  const { afi } = node;
  const { bird: binary, main, bits } = daemons[afi];
  const folder = mkdtempSync(join(tmpdir(), 'bird-export-'));
  const netns = `bgp-export-${process.pid}`;
  const inside = (...args: string[]) => execFileSync(ip ?? 'ip', ['-n', netns, ...args]);
  const birds: RealBird[] = [];
  execFileSync(ip ?? 'ip', ['netns', 'add', netns]);
  try {
    inside('link', 'set', 'lo', 'up');
    inside('link', 'add', 'cali0', 'type', 'veth', 'peer', 'name', 'pod0');
    for (const link of ['cali0', 'pod0']) inside('link', 'set', link, 'up');
    // BIRD takes an interface for up only when it has an address.
    inside('addr', 'add', afi === 'ipv4' ? '169.254.1.1/32' : 'fe80::1/64', 'dev', 'cali0', ...nodad(afi));
    const addresses = new Set([node.address, ...node.sessions.map(({ peerAddress }) => peerAddress)]);
    for (const address of addresses) inside('addr', 'add', `${address}/${bits}`, 'dev', 'lo', ...nodad(afi));
    for (const [name, text] of Object.entries(node.files)) {
      if (name !== main) writeFileSync(join(folder, name), text);
    }
    // startBird runs one program; this one runs BIRD in the namespace.
    const program = join(folder, 'bird');
    const script = `#!/bin/sh\nexec ${ip} netns exec ${netns} ${binary} "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    const start = async (name: string, config: string) => {
      const bird = await startBird(program, folder, name, config);
      birds.push(bird);
      return bird;
    };
    const peers: { readonly session: RenderedSession; readonly socket: string }[] = [];
    for (const [i, session] of node.sessions.entries()) {
      const { socket } = await start(`peer${i}`, peerConfig(node, session, i));
      peers.push({ session, socket });
    }
    await start('node', nodeConfig(node));
    await eventually(() => peers.every(({ socket }) => isUp(afi, socket)), 'all sessions are established');
    let [seen, before]: [Received[], string] = [[], ''];
    await eventually(async () => {
      seen = peers.flatMap(({ session, socket }) =>
        receivedIn(session.name, ask(afi, socket, 'show route all protocol node')),
      );
      const now = JSON.stringify(seen);
      const quiet = now === before;
      before = now;
      // Longer than BIRD takes from one route to the next.
      if (!quiet) await new Promise((resolve) => setTimeout(resolve, 1000));
      return quiet;
    }, 'the tables of the far ends are quiet');
    return seen;
  } finally {
    for (const bird of birds) await bird.stop();
    execFileSync(ip ?? 'ip', ['netns', 'del', netns]);
    rmSync(folder, { recursive: true, force: true });
  }
}
