// Logs in on an open socket: key exchange, host key, user authentication (RFC 4253, 4252, 4256). The key exchange costs
// 0.1-0.3 s of CPU, so only a few run at once in the whole process. ssh2 reports by events; here they become one promise.
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { type AuthenticationType, Client, type ConnectConfig, type Prompt } from 'ssh2';
import { type Deadline, deadline } from './ssh-deadline.ts';
import { SshError, toSshError } from './ssh-errors.ts';
import { type HostKeyCheck, hostKeyCheck } from './ssh-host-key.ts';
import {
  defaultKeepaliveMs,
  defaultReadyTimeoutMs,
  endpoint,
  offeredAlgorithms,
  type SshOptions,
} from './ssh-options.ts';
import { type OpenSocket, openSocket } from './ssh-socket.ts';

const handshakes = pLimit(8);

/** How many SSH handshakes may run at once in this process; 8 unless set. */
export function setParallelHandshakes(most: number): void {
  handshakes.concurrency = most;
}

/** A logged-in connection and the socket below it. */
export interface SshLogin {
  readonly client: Client;
  readonly socket: Duplex;
  /** The server's first line, e.g. `SSH-2.0-OpenSSH_9.2`; empty when it did not come in one piece. */
  readonly identification: string;
}

/** Authentication methods by preference; one that is not configured is never tried. */
function methodsOf(options: SshOptions): AuthenticationType[] {
  const methods: AuthenticationType[] = [];
  if (options.privateKey !== undefined) methods.push('publickey');
  if (options.agentSocket !== undefined) methods.push('agent');
  if (options.password !== undefined) methods.push('password', 'keyboard-interactive');
  return methods;
}

interface AuthLog {
  readonly tried: string[];
  offered: readonly string[];
  /** What a keyboard-interactive server asked that nobody here can answer. */
  asked?: string;
}

/** Questions for a second secret or for a new password: the password is no answer to them. */
const otherQuestion =
  /new password|retype|re-?enter|repeat|confirm|verification|one.?time|passcode|token|\botp\b|\bpin\b/i;

/** The answers to one round of questions (RFC 4256 section 3.2), each by its own wording. */
function answersTo(prompts: readonly Prompt[], options: SshOptions, log: AuthLog): string[] {
  return prompts.map(({ prompt, echo }) => {
    if (otherQuestion.test(prompt)) {
      log.asked ??= prompt
        .replace(/[^\x20-\x7e]/g, '')
        .trim()
        .slice(0, 80);
      return '';
    }
    if (/\b(?:user|login|account)\b/i.test(prompt) && !/pass/i.test(prompt)) return options.username;
    // What a server wants echoed is not a password, unless it says so.
    return echo && !/pass/i.test(prompt) ? '' : (options.password ?? '');
  });
}

/**
 * Goes through the configured methods that the server offers. Each is tried once: a wrong password costs one failed
 * login per attempt and method, so that lockout counters are spared. `none` first: it makes the server list its methods.
 */
function authHandler(options: SshOptions, log: AuthLog) {
  const untried = methodsOf(options);
  return (left: readonly AuthenticationType[] | null): AuthenticationType | false => {
    if (left === null) return 'none';
    if (log.offered.length === 0) log.offered = left;
    const offers = (method: AuthenticationType) =>
      left.length === 0 || left.includes(method === 'agent' ? 'publickey' : method);
    const next = untried.find(offers);
    if (next === undefined) return false;
    untried.splice(untried.indexOf(next), 1);
    log.tried.push(next);
    return next;
  };
}

function loginError(
  error: unknown,
  options: SshOptions,
  log: AuthLog,
  agentError: string | undefined,
): SshError {
  const mapped = toSshError(error, endpoint(options));
  if (mapped.kind !== 'auth') return mapped;
  const tried =
    log.tried.length > 0 ? `tried ${log.tried.join(', ')}` : 'none of the configured methods fits';
  const agent = agentError === undefined ? '' : `; the agent says: ${agentError}`;
  const asked =
    log.asked === undefined ? '' : `; it asks ${JSON.stringify(log.asked)}, which nobody here can answer`;
  const offered = log.offered.length > 0 ? `; it offers ${log.offered.join(', ')}` : '';
  return new SshError(
    'auth',
    `${endpoint(options)} refuses the login of user "${options.username}" (${tried}${offered}${agent}${asked}): check the credentials`,
  );
}

function handshake(
  options: SshOptions,
  { socket, identification }: OpenSocket,
  check: HostKeyCheck,
  limit: Deadline,
): Promise<SshLogin> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const log: AuthLog = { tried: [], offered: [] };
    let agentError: string | undefined;
    const fail = (error: SshError) => {
      limit.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      reject(check.refusal() ?? error);
    };
    const onAbort = () =>
      fail(new SshError('timeout', `no login at ${endpoint(options)}: ${limit.error().message}`));
    if (limit.signal.aborted) return onAbort();
    if (socket.destroyed)
      return fail(new SshError('refused', `${endpoint(options)} closed the connection at once`));
    limit.signal.addEventListener('abort', onAbort, { once: true });
    // This listener stays for the life of the client: an unhandled 'error' would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that fails is not the end: ssh2 goes on to the next method.
      if (error.level === 'agent') agentError = error.message;
      else fail(loginError(error, options, log, agentError));
    });
    client.on('close', () =>
      fail(new SshError('refused', `${endpoint(options)} closed the connection before the login was done`)),
    );
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      finish(answersTo(prompts, options, log));
    });
    client.on('ready', () => {
      limit.signal.removeEventListener('abort', onAbort);
      resolve({ client, socket, identification });
    });
    const config: ConnectConfig = {
      sock: socket,
      username: options.username,
      // Its own timer is off: ours covers the TCP connection and the wait for a slot as well.
      readyTimeout: 0,
      keepaliveInterval: options.keepaliveMs ?? defaultKeepaliveMs,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => check.verify(key),
      algorithms: offeredAlgorithms(check.knownTypes, options.legacyAlgorithms ?? false),
      tryKeyboard: options.password !== undefined,
      authHandler: authHandler(options, log),
      ...(options.password !== undefined && { password: options.password }),
      ...(options.privateKey !== undefined && { privateKey: options.privateKey }),
      ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
      ...(options.agentSocket !== undefined && { agent: options.agentSocket }),
    };
    try {
      client.connect(config);
    } catch (error) {
      // Thrown at once: an unusable private key, or an algorithm that this OpenSSL does not have.
      const { message } = error as Error;
      const unusable = /private ?key/i.test(message);
      fail(
        unusable
          ? new SshError('auth', `cannot use the private key: ${message}`)
          : toSshError(error, endpoint(options)),
      );
    }
  });
}

async function connect(options: SshOptions, limit: Deadline): Promise<SshLogin> {
  const check = await limit.race(hostKeyCheck(options));
  const open = await openSocket(options, limit);
  try {
    return await limit.race(handshakes(() => handshake(options, open, check, limit)));
  } catch (error) {
    open.socket.destroy();
    throw error;
  }
}

/**
 * Connects, verifies the host key and logs in, within `readyTimeoutMs` (waiting for a handshake slot included) and no
 * longer than `signal` allows. Rejects with SshError of phase `connect`.
 */
export async function login(options: SshOptions, signal: AbortSignal): Promise<SshLogin> {
  const where = endpoint(options);
  const limit = deadline(signal, options.readyTimeoutMs ?? defaultReadyTimeoutMs, `connecting to ${where}`);
  try {
    return await connect(options, limit);
  } catch (error) {
    const { kind, message } = toSshError(error, where);
    throw new SshError(kind, message, false, 'connect');
  }
}
