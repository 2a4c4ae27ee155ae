// What a client may cost: connections beyond the bound are refused and counted, and long headers end with 431.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Listener, listenOn, mostConnections } from '../../src/web/listener.ts';

let listener: Listener | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.close();
});

async function listen() {
  let dropped = 0;
  listener = await listenOn(
    { host: '127.0.0.1', port: 0 },
    undefined,
    (_, response) => void response.end('ok'),
    () => {
      dropped += 1;
    },
  );
  return { url: listener.url, port: listener.port, dropped: () => dropped };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

it('connections beyond the bound are closed at once and counted; when some go, others get in', async () => {
  const { url, port, dropped } = await listen();
  for (let i = 0; i < mostConnections; i += 1) await open(port);
  const one = await open(port);
  one.resume();
  await once(one, 'close');
  expect(dropped()).toBe(1);
  const closed = sockets.splice(0, 10).map((socket) => {
    socket.resume();
    socket.end();
    return once(socket, 'close');
  });
  await Promise.all(closed);
  expect(await (await fetch(url)).text()).toBe('ok');
});

it('headers beyond 16 KiB are refused', async () => {
  const { url } = await listen();
  expect((await fetch(url, { headers: { a: 'x'.repeat(10_000) } })).status).toBe(200);
  expect((await fetch(url, { headers: { a: 'x'.repeat(20_000) } })).status).toBe(431);
});
