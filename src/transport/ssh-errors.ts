// What can go wrong on the way to a device by SSH, as a few kinds and a sentence for a person. The kinds are those of a
// reading's error, so that collectors pass them on. ssh2's own errors carry a `level` (its README, "Client events").
// No message holds a secret: only host, user, method names, algorithm names and public fingerprints.

export type SshErrorKind = 'timeout' | 'refused' | 'auth' | 'host-key' | 'protocol';

/** When it went wrong: on the way to a logged-in connection, or later with a command. */
export type SshPhase = 'connect' | 'command';

export class SshError extends Error {
  override name = 'SshError';
  readonly kind: SshErrorKind;
  /** The connection was closed before the device had sent anything: a kept connection gone stale. */
  readonly stale: boolean;
  readonly phase: SshPhase;

  constructor(kind: SshErrorKind, message: string, stale = false, phase: SshPhase = 'command') {
    super(message);
    this.kind = kind;
    this.stale = stale;
    this.phase = phase;
  }
}

const socketErrors: Readonly<Record<string, readonly [SshErrorKind, string]>> = {
  ECONNREFUSED: ['refused', 'nothing listens there'],
  EHOSTUNREACH: ['refused', 'no route to the host'],
  ENETUNREACH: ['refused', 'no route to its network'],
  ENOTFOUND: ['refused', 'its name is not in the DNS'],
  EAI_AGAIN: ['refused', 'the DNS does not answer'],
  ECONNRESET: ['refused', 'the device reset the connection'],
  EPIPE: ['refused', 'the device closed the connection'],
  ETIMEDOUT: ['timeout', 'no answer to the TCP connection'],
};

/** An SshError from an error of a socket or of ssh2; `where` is host and port. */
export function toSshError(error: unknown, where: string): SshError {
  if (error instanceof SshError) return error;
  const { message, code, level } = describe(error);
  const known = code === undefined ? undefined : socketErrors[code];
  if (known) return new SshError(known[0], `cannot reach ${where}: ${known[1]} (${code})`);
  if (level === 'client-timeout') return new SshError('timeout', `${where} stopped answering: ${message}`);
  if (level === 'client-authentication')
    return new SshError('auth', `${where} refuses the login: ${message}`);
  if (level === 'client-socket') return new SshError('refused', `cannot reach ${where}: ${message}`);
  if (message.includes('no matching')) {
    const advice = 'the device may need "legacy algorithms" switched on for it, or a newer SSH configuration';
    return new SshError('protocol', `no common SSH algorithm with ${where}: ${message}; ${advice}`);
  }
  if (message.startsWith('Unsupported algorithm')) {
    return new SshError('protocol', `cannot use an SSH algorithm with ${where}: ${message}`);
  }
  return new SshError('protocol', `SSH with ${where} failed: ${message}`);
}

function describe(error: unknown): { message: string; code?: string; level?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, level } = error as Error & { code?: unknown; level?: unknown };
  return {
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof level === 'string' && { level }),
  };
}
