// Hosts of an SSH command line as people write them: `host`, `host:port`, `[ipv6]:port`, and `user@` in front of a jump host, as
// ssh(1) takes them.
import { UsageError } from './command.ts';

export interface SshTarget {
  readonly host: string;
  readonly port?: number;
}

export interface JumpTarget extends SshTarget {
  readonly username: string;
}

/** `host`, `host:port` or `[ipv6]:port`. Throws UsageError. */
export function sshTarget(text: string): SshTarget {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+):(\d{1,5})$/.exec(text);
  if (!match?.[1]) return { host: text };
  const port = Number(match[2] ?? 22);
  if (port < 1 || port > 65535) throw new UsageError(`"${text}" has no port from 1 to 65535`);
  return { host: match[1], port };
}

/** `user@host[:port]`, or several with commas between, the nearest first. Throws UsageError. */
export function jumpTargets(text: string): JumpTarget[] {
  return text.split(',').map((hop) => {
    const [, username, where] = /^([^@\s]+)@(\S+)$/.exec(hop) ?? [];
    if (username === undefined || where === undefined)
      throw new UsageError(`--jump needs a user for each jump host, USER@HOST[:PORT], not "${hop}"`);
    return { username, ...sshTarget(where) };
  });
}
