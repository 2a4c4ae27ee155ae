// A demo node's BIRD control socket: greeting, one command per line, replies by code (bird: nest/cli.c,
// sysdep/unix/main.c). The socket file is there while the daemon runs and gone when it is stopped; a hanging daemon
// accepts and never greets. Only what reads is served: whatever would change BIRD is refused, as after `restrict`.
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { showProtocols } from './bird-protocols.ts';
import { showRoute } from './bird-routes.ts';
import type { BirdView } from './bird-table.ts';
import { endOfList, longTime, replyText } from './bird-text.ts';

const birdVersion = '1.6.8';

const longestLine = 4096;
const mostConnections = 64;

function showStatus(view: BirdView): string {
  const started = longTime(view.history.startedAt(view.state.device.name));
  const lines = [
    { code: 1000, text: `BIRD ${birdVersion}` },
    { code: 1011, text: `Router ID is ${view.state.device.routerId}` },
    { code: 1011, text: `Current server time is ${longTime(view.now)}` },
    { code: 1011, text: `Last reboot on ${started}` },
    { code: 1011, text: `Last reconfiguration on ${started}` },
  ];
  return replyText(lines, { code: 13, text: 'Daemon is up and running' });
}

const changing = /^(configure|enable|disable|restart|reload|down|debug|mrtdump|echo|eval|add|delete|flush)\b/;

/** The reply to one command line. Pure; ends with the reply's last line. */
export function birdReply(view: BirdView, command: string): string {
  const line = command.trim().replaceAll(/\s+/g, ' ');
  if (line === 'restrict') return replyText([], { code: 16, text: 'Access restricted' });
  if (line === 'show status') return showStatus(view);
  if (line === 'show protocols' || line.startsWith('show protocols ')) {
    return showProtocols(view, line.slice('show protocols'.length));
  }
  if (line === 'show route' || line.startsWith('show route ')) {
    return showRoute(view, line.slice('show route'.length));
  }
  if (line === 'show interfaces summary') {
    const rows = view.state.device.interfaces.map(({ name, address, network }) => ({
      code: 1005,
      text: `${name.padEnd(9)} up    ${address}/${network.split('/')[1]}`,
    }));
    return replyText([{ code: 2005, text: 'interface state address' }, ...rows], endOfList);
  }
  if (changing.test(line)) return replyText([], { code: 8007, text: 'Access denied' });
  return replyText([], { code: 9001, text: 'syntax error' });
}

export interface BirdServer {
  /** Makes the socket what the node's state asks for: there, gone, or mute. */
  update(): Promise<void>;
  stop(): Promise<void>;
}

interface Connection {
  readonly socket: Socket;
  /** Greets and answers whatever has come, unless the daemon hangs. */
  pump(): void;
}

function serveConnection(socket: Socket, view: () => BirdView): Connection {
  let rest = '';
  let greeted = false;
  const pump = () => {
    if (view().state.silent) return;
    if (!greeted) socket.write(`0001 BIRD ${birdVersion} ready.\n`);
    greeted = true;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      socket.write(birdReply(view(), line));
    }
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    rest += chunk;
    pump();
    if (rest.length > longestLine) socket.destroy();
  });
  pump();
  return { socket, pump };
}

/** Serves `view()` on a unix socket at `path`. Rejects when the socket cannot be made. */
export async function startBirdServer(path: string, view: () => BirdView): Promise<BirdServer> {
  const connections = new Set<Connection>();
  let server: Server | undefined;
  let stopped = false;

  const close = async () => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const { socket } of connections) socket.destroy();
    await closed;
    await rm(path, { force: true });
  };

  const listen = async () => {
    await rm(path, { force: true });
    const opened = createServer((socket) => {
      const connection = serveConnection(socket, view);
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      socket.on('error', () => socket.destroy());
    });
    opened.maxConnections = mostConnections;
    server = opened;
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject);
      opened.listen(path, resolve);
    });
  };

  // One change at a time: a quick inject-and-heal must not race the closing of the socket with its opening.
  let changes = Promise.resolve();
  const settle = async () => {
    if (stopped || !view().state.running) return close();
    if (!server) await listen();
    // A daemon that comes back from a hang answers what has been waiting.
    for (const connection of connections) connection.pump();
  };

  const update = () => {
    const change = changes.then(settle);
    changes = change.catch(() => undefined);
    return change;
  };
  await update();
  return {
    update,
    stop() {
      stopped = true;
      return update();
    },
  };
}
