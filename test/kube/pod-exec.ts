// Commands in pods over a real WebSocket (RFC 6455, subprotocol v5.channel.k8s.io), as a kube-apiserver and a kubelet do it
// (k8s.io/kubelet/pkg/cri/streaming/remotecommand): channel 1 output, 2 error output, 3 the Status at the end. A program
// really runs, and its output goes over as it comes. And it breaks on command.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface PodExecOptions {
  /** What really runs for a request; undefined: the container has no such program. */
  readonly program: (request: ExecRequest) => readonly string[] | undefined;
  /** A status that refuses the upgrade. */
  readonly refuse?: (request: ExecRequest) => number | undefined;
  /** Bytes of output after which the connection is dropped without a word. */
  readonly dropAfter?: (request: ExecRequest) => number | undefined;
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** One unmasked binary frame. */
function frame(channel: number, data: Buffer): Buffer {
  const length = data.length + 1;
  const head =
    length < 126
      ? Buffer.from([0x82, length])
      : length < 65_536
        ? Buffer.from([0x82, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0]), Buffer.alloc(4)]);
  if (length >= 65_536) head.writeUInt32BE(length, 6);
  return Buffer.concat([head, Buffer.from([channel]), data]);
}

function statusOf(code: number): object {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function requestOf(url: URL): ExecRequest | undefined {
  const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname) ?? [];
  if (namespace === undefined || pod === undefined) return undefined;
  const { searchParams } = url;
  return {
    namespace,
    pod,
    container: searchParams.get('container') ?? '',
    command: searchParams.getAll('command'),
  };
}

/** Serves `/exec` on this server; returns the list of what was asked to run. */
export function servePodExec(
  server: Server,
  options: PodExecOptions,
  onSocket: (socket: Duplex) => void,
): readonly ExecRequest[] {
  const requests: ExecRequest[] = [];
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    onSocket(socket);
    const request = requestOf(new URL(incoming.url ?? '/', 'http://localhost'));
    const code = request ? options.refuse?.(request) : 404;
    if (!request || code !== undefined) {
      socket.end(`HTTP/1.1 ${code} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    requests.push(request);
    const accept = createHash('sha1')
      .update(`${incoming.headers['sec-websocket-key']}${magic}`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
        `sec-websocket-accept: ${accept}\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n\r\n`,
    );
    // What the server sends first: empty frames that open the channels.
    for (const channel of [1, 2, 3]) socket.write(frame(channel, Buffer.alloc(0)));
    run(request, options, socket);
  });
  return requests;
}

function run(request: ExecRequest, options: PodExecOptions, socket: Duplex): void {
  const end = (status: object) => {
    socket.write(frame(3, Buffer.from(JSON.stringify(status))));
    socket.end(Buffer.from([0x88, 2, 0x03, 0xe8]));
  };
  const argv = options.program(request);
  if (!argv) {
    const message = `exec failed: unable to start container process: exec: "${request.command[0]}": executable file not found in $PATH`;
    end({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 });
    return;
  }
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  socket.on('close', () => child.kill('SIGKILL'));
  const most = options.dropAfter?.(request);
  let sent = 0;
  const pass = (channel: number) => (data: Buffer) => {
    if (most !== undefined && sent + data.length > most) {
      const part = data.subarray(0, most - sent);
      sent = most;
      socket.write(frame(channel, part), () => socket.destroy());
      return;
    }
    sent += data.length;
    socket.write(frame(channel, data));
  };
  child.stdout.on('data', pass(1));
  child.stderr.on('data', pass(2));
  child.on('close', (code) => {
    if (!socket.destroyed) end(statusOf(code ?? 137));
  });
}
