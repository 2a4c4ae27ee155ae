// A server on a real unix socket that talks like BIRD: greeting, one reply per command, in pieces of any size, with
// asynchronous lines between them, silent or gone when told to. For what a real BIRD cannot be made to do.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeBirdOptions {
  readonly greeting?: string;
  /** Reply to a command; undefined: none, ever; 'hang up': close. `nth` counts how often the command came. */
  readonly reply: (command: string, nth: number) => string | undefined;
  /** Bytes per write; all at once unless given. */
  readonly chunk?: number;
}

export interface FakeBird {
  readonly path: string;
  /** Commands received, in order. */
  readonly commands: string[];
  /** What each connection sent, in order of their coming. */
  readonly conversations: string[];
  close(): Promise<void>;
}

async function write(socket: Socket, text: string, chunk: number): Promise<void> {
  for (let i = 0; i < text.length; i += chunk) {
    socket.write(text.slice(i, i + chunk));
    // A turn of the loop each, so that the other side reads them apart.
    if (chunk < text.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function startFakeBird(options: FakeBirdOptions): Promise<FakeBird> {
  const { greeting = '0001 BIRD 1.6.8 ready.\n', reply, chunk = Number.MAX_SAFE_INTEGER } = options;
  const directory = mkdtempSync(join(tmpdir(), 'fake-bird-'));
  const path = join(directory, 'bird.ctl');
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const conversations: string[] = [];
  const server = createServer((socket) => {
    const index = conversations.push('') - 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    let said = '';
    let queue = write(socket, greeting, chunk);
    socket.on('data', (data) => {
      said += data;
      conversations[index] = `${conversations[index] ?? ''}${data}`;
      for (let end = said.indexOf('\n'); end >= 0; end = said.indexOf('\n')) {
        const command = said.slice(0, end);
        said = said.slice(end + 1);
        commands.push(command);
        const answer = reply(command, commands.filter((one) => one === command).length);
        if (answer === 'hang up') queue = queue.then(() => void socket.destroy());
        else if (answer !== undefined) queue = queue.then(() => write(socket, answer, chunk));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    commands,
    conversations,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
