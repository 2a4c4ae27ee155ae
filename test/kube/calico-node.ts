// The part of calico-node that fills CalicoNodeStatus, as calico's node/pkg/status does it: `show status`, `show protocols`,
// `show protocols all NAME`, `show route`, read with its own four patterns. All or nothing: what one populator cannot read
// leaves the object as it is. Nothing is written when nothing changed. Reads the real BIRDs of a node.
import { dialogue } from '../lab/bird-socket.ts';
import type { FakeApiServer, Item } from './fake-api-server.ts';

interface Sockets {
  readonly socket: string;
  readonly socket6?: string;
}

interface Spec {
  readonly node: string;
  readonly classes: readonly string[];
}

/** The texts of a reply's lines, without codes. */
async function linesOf(socket: string, command: string): Promise<string[]> {
  const reply = (await dialogue(socket, ['restrict', command])).at(-1) ?? '';
  return reply.split('\n').flatMap((line) => {
    const text = line.startsWith(' ') ? line.slice(1) : line.slice(5);
    return text === '' ? [] : [text];
  });
}

async function agentOf(socket: string): Promise<object> {
  const lines = await linesOf(socket, 'show status');
  const value = (start: string) => lines.find((line) => line.startsWith(start))?.slice(start.length) ?? '';
  return {
    state: 'Ready',
    version: value('BIRD '),
    routerID: value('Router ID is '),
    lastBootTime: value('Last reboot on '),
    lastReconfigurationTime: value('Last reconfiguration on '),
  };
}

const types: Readonly<Record<string, string>> = { Global: 'GlobalPeer', Node: 'NodePeer', Mesh: 'NodeMesh' };
const known = ['Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established', 'Close'];

async function peersOf(socket: string) {
  const peers: object[] = [];
  let up = 0;
  for (const line of await linesOf(socket, 'show protocols')) {
    const [name = '', proto, , state, since = ''] = line.split(/\s+/);
    const [, type = ''] = /^(Global|Node|Mesh)_(.+)$/.exec(name) ?? [];
    if (proto !== 'BGP' || type === '') continue;
    const details = await linesOf(socket, `show protocols all ${name}`);
    const detail = (key: string) =>
      details
        .find((each) => each.trim().startsWith(key))
        ?.trim()
        .slice(key.length)
        .trim() ?? '';
    const bgpState = detail('BGP state:');
    if (state === 'up') up++;
    peers.push({
      peerIP: detail('Neighbor address:'),
      type: types[type],
      // Passive and Down are no states of the API.
      ...(known.includes(bgpState) && { state: bgpState }),
      since,
    });
  }
  return { peers, up };
}

function sourceOf(instance: string, separator: string): object {
  const [, type, address = ''] = /^(Global|Node|Mesh)_(.+)$/.exec(instance) ?? [];
  if (type === 'Mesh') return { sourceType: 'NodeMesh', peerIP: address.replaceAll('_', separator) };
  if (type) return { sourceType: 'BGPPeer', peerIP: address.replaceAll('_', separator) };
  if (instance.startsWith('kernel')) return { sourceType: 'Kernel' };
  if (instance.startsWith('static')) return { sourceType: 'Static' };
  if (instance.startsWith('direct')) return { sourceType: 'Direct' };
  throw new Error(`no source ${instance}`);
}

/** The routes as calico-node's patterns take them: no `multipath`, no second kind of discard. */
async function routesOf(socket: string, separator: string): Promise<object[]> {
  const routes: object[] = [];
  let destination = '';
  for (const line of await linesOf(socket, 'show route')) {
    const net = /^\S+/.exec(line)?.[0];
    if (net !== undefined) destination = net;
    const via = /^\S*\s+via (\S+) on (\S+) \[(\S+) /.exec(line);
    const dev = /^\S*\s+dev (\S+) \[(\S+) /.exec(line);
    const none = /^\S*\s+(blackhole|unreachable) \[(\S+) /.exec(line);
    const [gateway, iface, instance] = via
      ? [via[1], via[2], via[3]]
      : dev
        ? ['N/A', dev[1], dev[2]]
        : none
          ? ['N/A', none[1], none[2]]
          : [];
    if (instance === undefined) throw new Error(`cannot read ${line}`);
    const type = line.includes('] *') ? 'FIB' : 'RIB';
    routes.push({ type, destination, gateway, interface: iface, learnedFrom: sourceOf(instance, separator) });
  }
  return routes;
}

async function statusOf({ socket, socket6 }: Sockets, classes: readonly string[]): Promise<object> {
  const [v4, v6] = [await peersOf(socket), socket6 ? await peersOf(socket6) : { peers: [], up: 0 }];
  return {
    ...(classes.includes('Agent') && {
      agent: { birdV4: await agentOf(socket), ...(socket6 && { birdV6: await agentOf(socket6) }) },
    }),
    ...(classes.includes('BGP') && {
      bgp: {
        numberEstablishedV4: v4.up,
        numberNotEstablishedV4: v4.peers.length - v4.up,
        numberEstablishedV6: v6.up,
        numberNotEstablishedV6: v6.peers.length - v6.up,
        peersV4: v4.peers,
        peersV6: v6.peers,
      },
    }),
    ...(classes.includes('Routes') && {
      routes: {
        routesV4: await routesOf(socket, '.'),
        routesV6: socket6 ? await routesOf(socket6, ':') : [],
      },
    }),
  };
}

/** One round of what the calico-node of `node` does; returns how many objects it wrote. Never rejects. */
export async function fillStatuses(
  server: FakeApiServer,
  path: string,
  node: string,
  sockets: Sockets,
  lastUpdated = new Date().toISOString(),
): Promise<number> {
  let written = 0;
  for (const item of server.resources.get(path)?.items.values() ?? []) {
    const spec = item.spec as Spec;
    if (spec.node !== node) continue;
    let status: object;
    try {
      status = await statusOf(sockets, spec.classes);
    } catch {
      continue;
    }
    const { lastUpdated: _, ...former } = (item.status ?? {}) as { lastUpdated?: string };
    if (JSON.stringify(former) === JSON.stringify(status)) continue;
    server.put(path, { ...item, status: { lastUpdated, ...status } } as Item);
    written++;
  }
  return written;
}
