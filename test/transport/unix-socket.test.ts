// The unix-socket transport against real sockets in a temporary directory: lines in pieces, limits, deadlines, and each
// way in which connecting or waiting can fail (unix(7)).
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connectUnixSocket,
  type UnixSocketConnection,
  UnixSocketError,
  type UnixSocketErrorKind,
} from '../../src/transport/unix-socket.ts';

let directory: string;
let servers: Server[];
let sockets: Socket[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'unix-socket-'));
  chmodSync(directory, 0o755);
  servers = [];
  sockets = [];
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const path = join(directory, `s${servers.length}.ctl`);
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const never = () => new AbortController().signal;

async function take(connection: UnixSocketConnection, count: number, maxBytes = 100_000): Promise<string[]> {
  const lines: string[] = [];
  await connection.receive((line) => lines.push(line) === count, maxBytes);
  return lines;
}

async function kindOf(doing: Promise<unknown>): Promise<UnixSocketErrorKind> {
  try {
    await doing;
  } catch (error) {
    if (error instanceof UnixSocketError) return error.kind;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('lines', () => {
  it('come whole however the bytes are cut, inside a character too', async () => {
    const text = 'first\nzwölf Boxkämpfer\r\n\n third\n';
    const path = await listen((socket) => {
      for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
    });
    const connection = await connectUnixSocket(path, { signal: never() });
    expect(await take(connection, 4)).toEqual(['first', 'zwölf Boxkämpfer', '', ' third']);
    connection.close();
  });

  it('behind the last one asked for wait for the next receive', async () => {
    const path = await listen((socket) => socket.write('a\nb\nc\n'));
    const connection = await connectUnixSocket(path, { signal: never() });
    expect(await take(connection, 1)).toEqual(['a']);
    expect(await take(connection, 2)).toEqual(['b', 'c']);
    connection.close();
  });

  it('are sent with a newline', async () => {
    const path = await listen((socket) => {
      socket.on('data', (chunk) => socket.write(`you said ${JSON.stringify(String(chunk))}\n`));
    });
    const connection = await connectUnixSocket(path, { signal: never() });
    connection.send('show status');
    expect(await take(connection, 1)).toEqual(['you said "show status\\n"']);
    connection.close();
  });

  it('that came before the other side closed are still delivered', async () => {
    const path = await listen((socket) => socket.end('a\nb\n'));
    const connection = await connectUnixSocket(path, { signal: never() });
    expect(await take(connection, 1)).toEqual(['a']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await take(connection, 1)).toEqual(['b']);
    expect(await kindOf(take(connection, 1))).toBe('closed');
  });

  it('stream: a hundred thousand lines pass without being held', async () => {
    const path = await listen((socket) => {
      for (let i = 0; i < 100; i++) socket.write('0123456789\n'.repeat(1000));
    });
    const connection = await connectUnixSocket(path, { signal: never() });
    let count = 0;
    await connection.receive(() => ++count === 100_000, 2_000_000);
    expect(count).toBe(100_000);
    connection.close();
  });
});

describe('failures', () => {
  it('not-found: no such socket', async () => {
    const path = join(directory, 'none.ctl');
    const connecting = connectUnixSocket(path, { signal: never() });
    await expect(connecting).rejects.toThrow(`${path}: there is no such socket`);
    expect(await kindOf(connectUnixSocket(path, { signal: never() }))).toBe('not-found');
  });

  it('refused: a socket that nobody listens on any more', async () => {
    const path = await listen(() => undefined);
    const stale = join(directory, 'stale.ctl');
    renameSync(path, stale); // Or node would remove the file with the server.
    await new Promise((resolve) => servers[0]?.close(resolve));
    expect(await kindOf(connectUnixSocket(stale, { signal: never() }))).toBe('refused');
  });

  it('refused: a file that is no socket', async () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    expect(await kindOf(connectUnixSocket(path, { signal: never() }))).toBe('refused');
  });

  it('permission: not ours to open, and the message says who may', async () => {
    const path = await listen(() => undefined);
    const root = process.geteuid?.() === 0;
    chmodSync(path, root ? 0o660 : 0o000);
    // connect(2) happens before connectUnixSocket returns, so the process is somebody else just for that call.
    if (root) process.setegid?.(65534);
    if (root) process.seteuid?.(65534);
    const connecting = connectUnixSocket(path, { signal: never() });
    if (root) process.seteuid?.(0);
    if (root) process.setegid?.(0);
    await expect(connecting).rejects.toMatchObject({
      kind: 'permission',
      message: `${path}: permission denied; such a socket is usually mode 0660 and owned by root:root: run as uid 0 or with gid 0`,
    });
  });

  it('timeout: the deadline passes while nothing comes', async () => {
    const path = await listen(() => undefined);
    const started = Date.now();
    const connection = await connectUnixSocket(path, { signal: AbortSignal.timeout(100) });
    await expect(take(connection, 1)).rejects.toMatchObject({
      kind: 'timeout',
      message: `${path}: no answer in time`,
    });
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('timeout: a signal that has already aborted, before and after connecting', async () => {
    const path = await listen(() => undefined);
    expect(await kindOf(connectUnixSocket(path, { signal: AbortSignal.abort() }))).toBe('timeout');
    const controller = new AbortController();
    const connection = await connectUnixSocket(path, { signal: controller.signal });
    controller.abort();
    expect(await kindOf(take(connection, 1))).toBe('timeout');
  });

  it('closed: the other side goes away in the middle', async () => {
    const path = await listen((socket) => socket.end('half a li'));
    const connection = await connectUnixSocket(path, { signal: never() });
    expect(await kindOf(take(connection, 1))).toBe('closed');
  });

  it('too-large: more bytes than allowed, and a line longer than allowed', async () => {
    const path = await listen((socket) => socket.write('0123456789\n'.repeat(100)));
    const first = await connectUnixSocket(path, { signal: never() });
    expect(await kindOf(take(first, 1000, 500))).toBe('too-large');
    const endless = await listen((socket) => socket.write('x'.repeat(3000)));
    const second = await connectUnixSocket(endless, { signal: never(), maxLineBytes: 1000 });
    expect(await kindOf(take(second, 1))).toBe('too-large');
  });

  it('of the caller end the connection', async () => {
    const path = await listen((socket) => socket.write('a\nb\n'));
    const connection = await connectUnixSocket(path, { signal: never() });
    const failing = connection.receive(() => {
      throw new RangeError('not what I wanted');
    }, 1000);
    await expect(failing).rejects.toThrow(RangeError);
    await expect(take(connection, 1)).rejects.toThrow(RangeError);
  });
});
