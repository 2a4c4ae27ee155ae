// The devices of fleet-small.bench.ts and fleet.bench.ts, in a process of their own: demo switches (arguments: how many, 50; of
// them dead ones, 5; slow ones, 5), every other one by SNMP and by SSH to a Comware shell; the slow behind a line that delays
// each packet, the dead at addresses where nobody ever says a word.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { deriveFabric } from '../../src/demo/fabric.ts';
import { createHistory } from '../../src/demo/history.ts';
import { startSshSwitch, startV2cSwitch } from '../../src/demo/switch-servers.ts';
import { referenceTopology } from '../../src/demo/topology.ts';
import type { PlainData } from '../../src/demo/yaml.ts';

type Section = { readonly port: number } & { readonly [key: string]: PlainData };
interface Entry {
  readonly name: string;
  readonly snmp?: Section;
  readonly ssh?: Section;
  readonly [key: string]: PlainData | undefined;
}

const [count = 50, dead = 5, slow = 5] = process.argv.slice(2).map(Number);
const started = Date.now() - 3_600_000;
const fabric = deriveFabric(referenceTopology, []);
const history = createHistory(started);
history.record(fabric, started);

/** How late each packet of a slow device is, in milliseconds, on its way there and on its way back. */
const lateMs = 100;

function viewOf(leaf: string) {
  const state = fabric.get(leaf);
  if (!state) throw new Error(`no ${leaf}`);
  return () => ({ state, history, now: Date.now(), bootedAt: started });
}

async function healthy(i: number): Promise<Entry> {
  const view = viewOf(i % 4 < 2 ? 'leaf01' : 'leaf02');
  const server =
    i % 2 === 0 ? await startSshSwitch('leaf', view, 'h3c-comware') : await startV2cSwitch('leaf', view);
  // Each as a switch of its own: without the addresses at which its model stands in the fabric.
  const { bgpAddresses: _, ...entry } = server.entry as Entry;
  return { ...entry, name: `sw${i}` };
}

async function slowTcp(port: number): Promise<number> {
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    const forward = (from: net.Socket, to: net.Socket) => {
      from.on('data', (data) => setTimeout(() => to.write(data), lateMs));
      from.on('close', () => setTimeout(() => to.destroy(), lateMs)).on('error', () => {});
    };
    forward(near, far);
    forward(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function slowUdp(port: number): Promise<number> {
  const near = createSocket('udp4');
  const far = new Map<number, ReturnType<typeof createSocket>>();
  near.on('message', (data: Buffer, from: RemoteInfo) => {
    let socket = far.get(from.port);
    if (!socket) {
      socket = createSocket('udp4').on('message', (answer) =>
        setTimeout(() => near.send(answer, from.port, from.address), lateMs),
      );
      far.set(from.port, socket);
    }
    const through = socket;
    setTimeout(() => through.send(data, port, '127.0.0.1'), lateMs);
  });
  near.bind(0, '127.0.0.1');
  await once(near, 'listening');
  return near.address().port;
}

async function delayed(entry: Entry): Promise<Entry> {
  const { ssh, snmp } = entry;
  return {
    ...entry,
    ...(ssh && { ssh: { ...ssh, port: await slowTcp(ssh.port) } }),
    ...(snmp && { snmp: { ...snmp, port: await slowUdp(snmp.port) } }),
  };
}

/** Accepts and never says a word, or takes packets and never answers. */
async function silent(entry: Entry): Promise<Entry> {
  const { ssh, snmp } = entry;
  const server = net.createServer(() => {}).listen(0, '127.0.0.1');
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  return {
    ...entry,
    ...(ssh && { ssh: { ...ssh, port: (server.address() as net.AddressInfo).port } }),
    ...(snmp && { snmp: { ...snmp, port: socket.address().port } }),
  };
}

const all: Entry[] = [];
for (let i = 0; i < count; i++) all.push(await healthy(i));
// Those that fail stand in front of the others: who waits for a slot waits behind them.
const faulty = await Promise.all(
  all.map((entry, i) => (i < dead ? silent(entry) : i < dead + slow ? delayed(entry) : entry)),
);
process.send?.({ all, faulty });
process.on('disconnect', () => process.exit(0));
