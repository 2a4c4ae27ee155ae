// Runs one command in a container of a pod and gives back what it printed (kubernetes.io/docs/reference/using-api/websockets;
// k8s.io/kubelet/pkg/cri/streaming/remotecommand): channel 1 is its output, 2 its error output, 3 how it ended. Without
// channel 3 the answer is not whole, whatever has come. Bounded in time and bytes; every failure is a KubeError.
import type { KubeConfig } from '@kubernetes/client-node';
import { errorOfHandshake, KubeError } from './kube-error.ts';

export interface PodExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Program and arguments; no shell between. */
  readonly command: readonly string[];
}

export interface PodExecLimits {
  readonly signal: AbortSignal;
  /** From connecting to the end of the command, in milliseconds. */
  readonly timeoutMs: number;
  /** Most bytes of output and error output together. */
  readonly maxOutputBytes: number;
}

export interface PodExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What is used of the library's WebSocket, whose types are not among its packages. */
interface Socket {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message: string }) => void) | null;
  onclose: (() => void) | null;
  close(): void;
  terminate(): void;
}

const channel = { stdout: 1, stderr: 2, status: 3 } as const;

/** Path and query of a request; names are what the API server calls them, so nothing but their characters is escaped. */
function pathOf({ namespace, pod, container, command }: PodExecRequest): string {
  const query = new URLSearchParams({
    stdout: 'true',
    stderr: 'true',
    stdin: 'false',
    tty: 'false',
    container,
  });
  for (const word of command) query.append('command', word);
  const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  return `${place}?${query}`;
}

interface Status {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: unknown; readonly message?: unknown }[];
  };
}

/** The exit status that a Status object tells; undefined when the command could not even be run. */
function exitCodeOf(status: Status): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  const code = Number(cause?.message);
  return cause !== undefined && Number.isInteger(code) ? code : undefined;
}

/** Collects what comes until the end is told. */
class Receiver {
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  readonly #most: number;
  readonly #where: string;
  #bytes = 0;
  result: PodExecResult | undefined;
  error: KubeError | undefined;

  constructor(where: string, most: number) {
    this.#where = where;
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes one frame; true when nothing more is wanted. */
  take(number: number, data: Buffer): boolean {
    if (number === channel.status) this.#end(data);
    else if (number === channel.stdout || number === channel.stderr) {
      this.#bytes += data.length;
      if (this.#bytes > this.#most)
        this.error = new KubeError('protocol', `${this.#where} printed more than ${this.#most} bytes`);
      else (number === channel.stdout ? this.#out : this.#err).push(data);
    }
    return this.result !== undefined || this.error !== undefined;
  }

  #end(data: Buffer): void {
    // An empty frame only opens the channel.
    if (data.length === 0) return;
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
    let status: Status;
    try {
      status = JSON.parse(data.toString('utf8')) as Status;
    } catch {
      this.error = new KubeError(
        'protocol',
        `${this.#where}: how it ended is told with something that is no JSON`,
      );
      return;
    }
    const exitCode = exitCodeOf(status);
    if (exitCode !== undefined) {
      this.result = { stdout: text(this.#out), stderr: text(this.#err), exitCode };
      return;
    }
    const message = typeof status.message === 'string' ? status.message.slice(0, 300) : 'no reason given';
    const kind = /not found|no such file/i.test(message) ? 'not-found' : 'protocol';
    this.error = new KubeError(kind, `${this.#where} could not be run: ${message}`);
  }
}

function frameOf(data: unknown): Buffer | undefined {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.isBuffer(data) ? data : undefined;
}

function received(socket: Socket, receiver: Receiver, where: string): Promise<PodExecResult> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      if (receiver.result) resolve(receiver.result);
      else if (receiver.error) reject(receiver.error);
      else return false;
      socket.close();
      return true;
    };
    if (finish()) return;
    // The library's own listener throws where nobody can catch it when a frame is empty.
    socket.onmessage = ({ data }: { data: unknown }) => {
      const frame = frameOf(data);
      if (frame && frame.length > 0 && receiver.take(frame[0] ?? 0, frame.subarray(1))) finish();
    };
    const lost = (why: string) =>
      reject(
        new KubeError('protocol', `${where}: ${why} after ${receiver.bytes} bytes, before it had ended`),
      );
    socket.onerror = ({ message }: { message: string }) => lost(`the connection failed (${message})`);
    socket.onclose = () => {
      if (!finish()) lost('the connection was closed');
    };
  });
}

/** Runs a command in a pod. Rejects with KubeError, at the latest when its time is over. */
export async function podExec(
  config: KubeConfig,
  request: PodExecRequest,
  limits: PodExecLimits,
): Promise<PodExecResult> {
  const where = `${request.command[0] ?? ''} in pod ${request.namespace}/${request.pod}`;
  // Loading the library takes a moment, once, that is no fault of the pod's.
  const { Exec } = await import('@kubernetes/client-node');
  const timer = AbortSignal.timeout(limits.timeoutMs);
  const ended = AbortSignal.any([limits.signal, timer]);
  const receiver = new Receiver(where, limits.maxOutputBytes);
  let socket: Socket | undefined;

  const late = () => {
    const stage = socket ? `has not ended (${receiver.bytes} bytes came)` : 'could not be started';
    const limit = timer.aborted ? `within ${limits.timeoutMs / 1000} s` : 'within the time of the reading';
    return new KubeError('timeout', `${where} ${stage} ${limit}`);
  };
  const work = async () => {
    const connecting: Promise<Socket> = new Exec(config).handler.connect(
      pathOf(request),
      null,
      (number, data) => !receiver.take(number, data),
    );
    connecting.then(
      (connected) => {
        if (ended.aborted) connected.terminate();
      },
      () => undefined,
    );
    try {
      socket = await connecting;
    } catch (error) {
      throw errorOfHandshake(error, where, config.getCurrentCluster()?.server ?? '');
    }
    return received(socket, receiver, where);
  };
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(late());
      socket?.terminate();
    };
    if (ended.aborted) {
      stop();
      return;
    }
    ended.addEventListener('abort', stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => ended.removeEventListener('abort', stop));
  });
}
