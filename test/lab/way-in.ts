// A port on loopback that leads into the lab, by way of the observer: for a test that speaks with daemons in the lab from its own
// process. Each connection is carried by a process in the observer's namespace, since a process has one network.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { commandFor } from './spawn.ts';
import type { LabState } from './state.ts';
import { OBSERVER } from './topology.ts';

export interface WayIn {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

const CARRY = `const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1]);
socket.on('error', () => process.exit(1)).on('close', () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

/** Opens a way to an address and port, as the observer reaches them. A connection that is refused there is closed here. */
export async function wayIn(lab: LabState, address: string, port: number): Promise<WayIn> {
  const open = new Set<Socket>();
  const carriers = new Set<ChildProcess>();
  const server = createServer((socket) => {
    const { argv, env } = commandFor(lab, OBSERVER, [process.execPath, '-e', CARRY, address, String(port)]);
    const carrier = spawn(argv[0] ?? '', argv.slice(1), {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    open.add(socket);
    carriers.add(carrier);
    // Either end may go first; what is in flight then has nowhere to go.
    for (const end of [socket, carrier.stdin, carrier.stdout]) end.on('error', () => undefined);
    socket.pipe(carrier.stdin);
    carrier.stdout.pipe(socket);
    socket.on('close', () => {
      open.delete(socket);
      carrier.kill('SIGKILL');
    });
    carrier.on('exit', () => {
      carriers.delete(carrier);
      socket.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await Promise.all([...carriers].map((carrier) => carrier.exitCode ?? once(carrier, 'exit')));
    },
  };
}
