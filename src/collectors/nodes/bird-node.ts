// A Calico node read by asking its BIRDs, IPv4 and IPv6, whatever carries question and answer: a control socket, birdcl in
// its pod, birdcl over SSH. Sessions, BIRD's own table and what it sends on each session (RFC 4271 Adj-RIB-Out); sessions
// and routes succeed or fail by themselves. Two daemons as one device: bird-join.ts.
import type { Family } from '../../model/address.ts';
import type { Collected, Collector, CollectQuery, DeviceFacts } from '../../model/collector.ts';
import type { RouteView } from '../../model/route-view.ts';
import { birdCapabilities } from './bird-capabilities.ts';
import { type DaemonPart, familiesGone, joinRoutes, joinSessions, type Outcome } from './bird-join.ts';
import { type Bird, maxBriefReplyBytes } from './bird-protocol.ts';
import { type BlockMemory, blockMemory } from './bird-protocols.ts';
import { type BirdSession, type BlockSessions, sessionsReader } from './bird-session.ts';
import { type BirdStatus, factsOf, statusReader } from './bird-status.ts';
import { readViews } from './bird-views.ts';

/** One daemon of a node: where it is, for messages, and how a conversation with it begins. */
export interface BirdDaemon {
  /** E.g. the path of its socket. */
  readonly path: string;
  readonly family: Family;
  /** Rejects with BirdError. Ends soon after `signal` aborts. */
  open(signal: AbortSignal, maxReplyBytes: number): Promise<Bird>;
}

export interface BirdNodeOptions {
  readonly device: string;
  /** The collector's source: `bird`, `exec` … */
  readonly source: string;
  /** That of IPv4 (or BIRD 2's only one) and, where there is one, that of IPv6. */
  readonly daemons: readonly BirdDaemon[];
  /** Largest listing of routes; 64 MiB unless given. Other replies are bounded by maxBriefReplyBytes, too. */
  readonly maxReplyBytes?: number;
  /** Read what is exported on node-to-node mesh sessions too. */
  readonly includeMesh?: boolean;
  /** By daemon's path: what its listing of protocols came to. Kept by who reads one node often and has room for it. */
  readonly memories?: Map<string, BlockMemory<BlockSessions>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly close?: () => void;
}

interface DaemonAnswer {
  readonly path: string;
  readonly family: Family;
  readonly sessions: Outcome<readonly BirdSession[]>;
  readonly routes: Outcome<readonly RouteView[]>;
  readonly status: BirdStatus | undefined;
}

async function attempt<T>(doing: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await doing() };
  } catch (error) {
    return { error };
  }
}

/** BIRD 2 and later serve both families from one daemon. `v0.3.3+birdv1.6.8` is Calico's 1.6.8. */
function servesBoth(version: string): boolean {
  return Number(/(?:birdv|^v?)(\d+)\.\d+(?:[.\d]*)$/.exec(version)?.[1] ?? 1) >= 2;
}

/** What is remembered of a daemon, where that is wanted. */
function memoryOf({ memories }: BirdNodeOptions, path: string): BlockMemory<BlockSessions> | undefined {
  if (!memories) return undefined;
  const memory = memories.get(path) ?? blockMemory();
  memories.set(path, memory);
  return memory;
}

async function readDaemon(
  options: BirdNodeOptions,
  daemon: BirdDaemon,
  query: CollectQuery,
  signal: AbortSignal,
): Promise<DaemonAnswer> {
  const { path, family } = daemon;
  const { maxReplyBytes = 64 * 1024 * 1024, includeMesh = false } = options;
  const opened = await attempt(() => daemon.open(signal, maxReplyBytes));
  if ('error' in opened) return { path, family, sessions: opened, routes: opened, status: undefined };
  const bird = opened.value;
  const most = Math.min(maxReplyBytes, maxBriefReplyBytes);
  try {
    const status = await attempt(() =>
      bird.ask('show status', () => statusReader(`${path} "show status"`), most),
    );
    const serverTime = 'value' in status ? status.value.serverTime : undefined;
    const command = 'show protocols all';
    const source = `${path} "${command}"`;
    const memory = memoryOf(options, path);
    const sessions = await attempt(() =>
      bird.ask(command, () => sessionsReader({ source, serverTime }, memory), most),
    );
    const families: readonly Family[] =
      servesBoth(bird.version) && options.daemons.length === 1 ? [4, 6] : [family];
    const routes =
      'error' in sessions
        ? sessions
        : await attempt(() =>
            readViews({ bird, path, families, sessions: sessions.value, query, includeMesh }),
          );
    return { path, family, sessions, routes, status: 'value' in status ? status.value : undefined };
  } finally {
    bird.close();
  }
}

function joinFacts(at: number, answers: readonly DaemonAnswer[]): DeviceFacts | undefined {
  const statuses = answers.flatMap(({ status }) => status ?? []);
  const [first] = statuses;
  if (!first) return undefined;
  const sessions = answers.flatMap((answer) => ('value' in answer.sessions ? answer.sessions.value : []));
  const asns = new Set(sessions.flatMap(({ localAsn }) => localAsn ?? []));
  const [asn] = asns;
  return {
    ...factsOf(first, at),
    capabilities: birdCapabilities,
    recovering: statuses.some(({ recovering }) => recovering),
    // A session may have an AS number of its own; only where all agree it is the node's.
    ...(asn !== undefined && asns.size === 1 ? { localAsn: asn } : {}),
  };
}

/** Reads a node by asking its BIRDs. `collect` never throws: what failed is in the readings. */
export function birdNodeCollector(options: BirdNodeOptions): Collector {
  const { device, source, daemons, now } = options;
  return {
    device,
    source,
    async collect(query: CollectQuery, signal: AbortSignal): Promise<Collected> {
      const answers = await Promise.all(daemons.map((daemon) => readDaemon(options, daemon, query, signal)));
      const at = now();
      const part = <T>({ path, family }: DaemonAnswer, outcome: Outcome<readonly T[]>): DaemonPart<T> => ({
        path,
        family,
        outcome,
      });
      const sessionParts = answers.map((answer) => part(answer, answer.sessions));
      const joined = joinFacts(at, answers);
      // Said of both even when neither is gone: facts stay until something else is said.
      const facts =
        joined && daemons.length > 1 ? { ...joined, familiesDown: familiesGone(sessionParts) } : joined;
      return {
        sessions: joinSessions(at, device, sessionParts),
        routes: joinRoutes(
          at,
          query,
          answers.map((answer) => part(answer, answer.routes)),
        ),
        ...(facts ? { facts } : {}),
      };
    },
    close: () => options.close?.(),
  };
}
