// JSON posted to an HTTP or HTTPS server, answered as a whole or line by line, with a limit on bytes and the caller's
// AbortSignal on every wait. node:https and not fetch: the built-in fetch takes no client certificate.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { connectionError, EtcdError } from './etcd-error.ts';

/** Files in PEM form; what is absent is not used (caFile: then the system's own authorities count). */
export interface EtcdTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface Posted {
  readonly endpoint: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Most bytes of the answer, or of one line of it. */
  readonly maxBytes: number;
}

export interface EtcdHttp {
  /** Posts and reads the whole answer. Rejects with EtcdError. */
  post(posted: Posted): Promise<{ readonly status: number; readonly text: string }>;
  /** Posts and hands over the lines of an answer that does not end; resolves when it does. `text`: of a refusal. */
  lines(
    posted: Posted,
    onLine: (line: string) => void,
  ): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

const readAll = async (response: IncomingMessage, { endpoint, maxBytes }: Posted): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new EtcdError('protocol', `${endpoint}: more than ${maxBytes} bytes in one answer`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

async function readLines(
  response: IncomingMessage,
  { endpoint, maxBytes }: Posted,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    rest += decoder.write(chunk);
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line !== '') onLine(line);
    }
    if (rest.length > maxBytes)
      throw new EtcdError('protocol', `${endpoint}: a line of more than ${maxBytes} bytes`);
  }
  if (rest !== '') onLine(rest);
}

/** How long a connection may be silent before the system asks whether the other end is there, in milliseconds. */
const keepAliveMs = 10_000;

function pem(file: string | undefined): Buffer | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch (error) {
    throw new EtcdError('not-found', `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Connections to servers, with the client certificate as it is on disk now. Throws EtcdError for a file that is not. */
export function etcdHttp({ caFile, certFile, keyFile }: EtcdTls): EtcdHttp {
  const [ca, cert, key] = [pem(caFile), pem(certFile), pem(keyFile)];
  // Each watched range takes one for as long as it is watched; a dozen at most, and some for questions.
  const common = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets: 16 };
  const plain = new HttpAgent(common);
  const secure = new HttpsAgent({
    ...common,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    minVersion: 'TLSv1.2',
  });

  const send = (posted: Posted): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { endpoint, path, body, headers, signal } = posted;
      const url = new URL(path, endpoint);
      const options = {
        method: 'POST',
        signal,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      };
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: secure }, resolve)
          : httpRequest(url, { ...options, agent: plain }, resolve);
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the server had just closed: everything asked here may be asked twice.
        if (request.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted) resolve(send(posted));
        else reject(error);
      });
      request.end(body);
    });

  const wrapped = async <T>(posted: Posted, read: (response: IncomingMessage) => Promise<T>): Promise<T> => {
    try {
      return await read(await send(posted));
    } catch (error) {
      // Cut off in the middle of an answer, Node says "reset" and not who did it.
      throw connectionError(posted.endpoint, posted.signal.aborted ? posted.signal.reason : error);
    }
  };

  return {
    post: (posted) =>
      wrapped(posted, async (response) => {
        const text = await readAll(response, posted);
        return { status: response.statusCode ?? 0, text };
      }),
    lines: (posted, onLine) =>
      wrapped(posted, async (response) => {
        response.socket.setKeepAlive(true, keepAliveMs);
        const { statusCode: status = 0 } = response;
        if (status !== 200) return { status, text: await readAll(response, posted) };
        await readLines(response, posted, onLine);
        return { status, text: '' };
      }),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
