// A Calico node read over SSH: birdcl on the node, the same questions as over BIRD's own socket, or `calicoctl node status`
// where that is all there is. Nothing is typed but these two, with `sudo -n` where the configuration says so: a sudo that
// asks for a password fails at once.
import type { Family } from '../../model/address.ts';
import type { Collected, Collector, CollectQuery } from '../../model/collector.ts';
import { ParseError } from '../../model/parse-error.ts';
import { failure, type Reading, type ReadingErrorKind, success } from '../../model/reading.ts';
import type { Session } from '../../model/session.ts';
import { sshDevice } from '../../transport/ssh.ts';
import { SshError } from '../../transport/ssh-errors.ts';
import type { SshOptions } from '../../transport/ssh-options.ts';
import { type BirdDaemon, birdNodeCollector } from './bird-node.ts';
import { BirdError, maxBriefReplyBytes } from './bird-protocol.ts';
import { openBirdcl, type ProgramResult } from './birdcl.ts';
import { readNodeStatus } from './calicoctl-status.ts';
import { calicoctlCapabilities } from './node-capabilities.ts';

export interface NodeSshOptions {
  readonly command: 'birdcl' | 'calicoctl';
  /** Names or paths of the programs, e.g. `birdcl`, `/usr/local/bin/calicoctl`. */
  readonly program: string;
  readonly program6: string;
  readonly sudo: boolean;
  readonly socket: string;
  /** Absent: there is no daemon for IPv6. Once given, its absence is a failure. */
  readonly socket6?: string;
}

export interface NodeSshCollectorOptions extends NodeSshOptions {
  readonly device: string;
  readonly connection: SshOptions;
  /** Most time for one command, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A word for a POSIX shell. Throws RangeError for what would need more than quotes. */
function quoted(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  if (/[^\x20-\x7e]|["$`\\!]/.test(word)) throw new RangeError(`${JSON.stringify(word)} cannot be a word`);
  return `"${word}"`;
}

const kinds: Readonly<Record<SshError['kind'], ReadingErrorKind>> = {
  timeout: 'timeout',
  // Not that BIRD is gone: the way to the node is.
  refused: 'unreachable',
  auth: 'auth',
  'host-key': 'host-key',
  protocol: 'protocol',
};

const sudoTrouble = /^sudo: |is not in the sudoers file|password is required/m;

/** Reads a node over SSH. `collect` never throws: what failed is in the readings. */
export function nodeSshCollector(options: NodeSshCollectorOptions): Collector {
  const { device, command, program, program6, sudo, socket, socket6, commandTimeoutMs, now } = options;
  const ssh = sshDevice(options.connection);

  const run = async (
    argv: readonly string[],
    signal: AbortSignal,
    maxOutputBytes: number,
  ): Promise<ProgramResult> => {
    const words = [...(sudo ? ['sudo', '-n'] : []), ...argv.map(quoted)];
    try {
      const limits = { signal, timeoutMs: commandTimeoutMs, maxOutputBytes };
      const result = await ssh.exec(words.join(' '), limits);
      const first = result.stderr.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
      if (result.exitCode !== 0 && sudoTrouble.test(result.stderr))
        throw new BirdError('permission', `${device}: sudo does not let us run ${argv[0]}: ${first}`);
      return result;
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      throw new BirdError(kinds[error.kind], `${device}: ${error.message}`);
    }
  };

  const daemon = (path: string, client: string, family: Family): BirdDaemon => ({
    path,
    family,
    open: (signal, maxReplyBytes) => {
      const where = `${client} on ${device}`;
      // One word for the whole question: to birdcl it is the same, and the shell sees one pair of quotes.
      const runQuestion = ([name = '', ...rest]: readonly string[], ended: AbortSignal, most: number) =>
        run([name, ...rest.slice(0, 4), rest.slice(4).join(' ')], ended, most);
      return openBirdcl({ where, program: client, socket: path, run: runQuestion, signal, maxReplyBytes });
    },
  });

  const byBirdcl = birdNodeCollector({
    device,
    source: 'ssh',
    daemons: [daemon(socket, program, 4), ...(socket6 === undefined ? [] : [daemon(socket6, program6, 6)])],
    now,
  });

  const statusSessions = async (signal: AbortSignal): Promise<Reading<readonly Session[]>> => {
    try {
      const result = await run([program, 'node', 'status'], signal, maxBriefReplyBytes);
      const sessions = readNodeStatus(result, `${program} node status on ${device}`);
      return success(
        now(),
        sessions.map((session) => ({ ...session, device })),
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof BirdError) return failure(now(), error.kind, message);
      return failure(now(), error instanceof ParseError ? 'parse' : 'internal', message);
    }
  };

  return {
    device,
    source: 'ssh',
    async collect(query: CollectQuery, signal: AbortSignal): Promise<Collected> {
      if (command === 'birdcl') return byBirdcl.collect(query, signal);
      const sessions = await statusSessions(signal);
      const { kind, message } = sessions.ok ? { kind: undefined, message: '' } : sessions.error;
      return {
        sessions,
        // It shows no routes at all: no view, which is no proof of anything.
        routes: kind === undefined ? success(sessions.at, []) : failure(sessions.at, kind, message),
        facts: { capabilities: calicoctlCapabilities },
      };
    },
    close: () => ssh.close(),
  };
}
