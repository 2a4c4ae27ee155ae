// What may be no fault yet: a node that has just joined or is going, a BIRD that restarts, a session or block that has just
// been asked for. Each grace hangs on a timestamp of the object or daemon itself, has an end, and is listed as pending.
import type { CauseId } from '../model/cause.ts';
import type { Finding } from '../model/finding.ts';
import { askedAt } from './confirm.ts';
import type { Context } from './context.ts';
import { restartingPeers } from './kept-routes.ts';
import { birdGone } from './origin.ts';

export interface Grace {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
  /** A device that is to be read again at this time (ms since the epoch): what it shows then ends the grace. */
  readonly again?: readonly [string, number];
}

/** A node's BIRD, confd and sessions after it has joined, in ms. */
const joinMs = 120_000;
/** A node that is being deleted, or was cordoned and is gone. */
const leaveMs = 15 * 60_000;
/** RFC 4724 restart time as Calico has it, and BIRD's own longest recovery. */
const restartMs = 120_000;
const recoveryMs = 240_000;
/** A BIRD that does not answer while its peers keep its routes for it: until it has been asked once more, in ms. */
const leastGapMs = 2000;
const mostGapMs = 15_000;
/** A session with a node that has just left the cluster. */
const partingMs = 60_000;

/** Since when a finding is there this time: what has come before counts as one finding, and gets its grace anew. */
function cameAt(context: Context, finding: Finding): number {
  // A clock that was set back must not put the beginning, and with it the end, into the future.
  if (context.wasFound(finding.check, finding)) return Math.min(finding.since, context.input.now);
  return context.waitedSince(finding.check, finding) ?? context.input.now;
}

/**
 * The time that a BIRD may be away, from `since` on: about one interval of its device (readings are judged for three of them
 * and a timeout, see snapshot.ts). Over only when the device was asked after that, too.
 */
function gapOf(context: Context, device: string, since: number): Omit<Grace, 'reason'> | undefined {
  const { now, maxAgeMs } = context.input;
  const end = since + Math.min(mostGapMs, Math.max(leastGapMs, maxAgeMs(device) / 4));
  const snapshot = context.devices.get(device);
  const again = [device, end] as const;
  if (now < end) return { until: end, again };
  if (!snapshot || askedAt(snapshot) >= end || now >= end + mostGapMs) return undefined;
  return { until: end + mostGapMs, again };
}

/** When a node joined the cluster, by its object or by what we have watched: one that was gone and comes back is new, too. */
function joinedAt({ input }: Context, name: string, createdAt: number | undefined): number | undefined {
  const seen = input.nodeSince?.(name);
  return seen === undefined ? createdAt : Math.max(seen, createdAt ?? 0);
}

/** Nodes for which some grace may run, and peers of devices among them; once per audit. */
interface Excusable {
  readonly nodes: ReadonlySet<string>;
  readonly peers: Map<string, readonly string[]>;
  /** Devices whose routes some peer keeps for a graceful restart. */
  readonly kept: ReadonlySet<string>;
}

const excusables = new WeakMap<Context, Excusable>();

function excusable(context: Context): Excusable {
  const known = excusables.get(context);
  if (known) return known;
  const { now } = context.input;
  const nodes = new Set<string>();
  const kept = new Set<string>();
  for (const { name, lifecycle } of context.nodes.values()) {
    const { createdAt, deletingSince, unschedulable } = lifecycle ?? {};
    const ends = [(joinedAt(context, name, createdAt) ?? 0) + joinMs, (deletingSince ?? 0) + leaveMs];
    if (unschedulable || ends.some((until) => until > now)) nodes.add(name);
  }
  for (const snapshot of context.devices.values()) {
    if ((snapshot.facts.startedAt ?? 0) * 1000 + recoveryMs > now) nodes.add(snapshot.device.name);
    for (const address of restartingPeers(context, snapshot))
      kept.add(context.deviceByAddress.get(address) ?? '');
  }
  const made = { nodes, kept, peers: new Map() };
  excusables.set(context, made);
  return made;
}

/** Peers of a device for which some grace may run, in the order of its sessions. */
function excusablePeers(context: Context, device: string): readonly string[] {
  const { nodes, peers } = excusable(context);
  const known = peers.get(device);
  if (known) return known;
  const snapshot = context.devices.get(device);
  const sessions = snapshot && context.sessions(snapshot);
  const names = (sessions?.known ? sessions.value : []).flatMap(
    ({ peerAddress }) => context.deviceByAddress.get(peerAddress) ?? [],
  );
  const made = names.filter((name) => nodes.has(name));
  peers.set(device, made);
  return made;
}

function ofNode(context: Context, name: string, since: number): Grace | undefined {
  if (!excusable(context).nodes.has(name)) return undefined;
  const { now } = context.input;
  const { createdAt, deletingSince, unschedulable } = context.nodes.get(name)?.lifecycle ?? {};
  const facts = context.devices.get(name)?.facts;
  const graces: Grace[] = [];
  const joined = joinedAt(context, name, createdAt);
  if (joined !== undefined) graces.push({ until: joined + joinMs, reason: `${name} has just joined` });
  if (deletingSince !== undefined)
    graces.push({ until: deletingSince + leaveMs, reason: `${name} is being deleted` });
  if (unschedulable) graces.push({ until: since + leaveMs, reason: `${name} is cordoned` });
  if (facts?.startedAt !== undefined) {
    const started = facts.startedAt * 1000;
    const recovering = facts.recovering === true;
    graces.push({
      until: started + (recovering ? recoveryMs : 30_000),
      reason: `BIRD on ${name} has just started`,
    });
  }
  return graces.filter(({ until }) => until > now).sort((x, y) => y.until - x.until)[0];
}

/** Nodes that the finding is about: all of them must be excused. */
function nodesOf(context: Context, { device, ends, nodes, peer, check }: Finding): readonly string[] {
  const named = ends
    ? [...ends.map((end) => end.device), ...(peer === undefined ? [] : [peer])]
    : [device, ...(check === 'device-unreachable' ? [] : (nodes ?? []))];
  return [...new Set(named)].filter((name) => context.nodes.has(name));
}

/** What a session says whose peer has gone without a word, and may be back in a moment. */
const restartCauses: ReadonlySet<CauseId | undefined> = new Set([
  'bird-down',
  'connection-refused',
  'ends-disagree',
  'peer-unreachable',
  'passive-waits',
  undefined,
]);

/** The grace of a finding that a BIRD is away, or a session with it, while its peers keep its routes. */
function awayForNow(context: Context, finding: Finding): Grace | undefined {
  const { check, cause, detail } = finding;
  const { kept } = excusable(context);
  if (kept.size === 0 || !context.input.isWatching) return undefined;
  const isAway =
    cause === 'bird-down' ||
    (check === 'session-down' && restartCauses.has(cause)) ||
    (check === 'device-unreachable' && /refused|no such|ENOENT/i.test(detail));
  const node = isAway ? nodesOf(context, finding).find((name) => kept.has(name)) : undefined;
  const gap = node === undefined ? undefined : gapOf(context, node, cameAt(context, finding));
  return gap && { ...gap, reason: 'its peers keep its routes for a graceful restart' };
}

/** An end of a session that is still asked, and is no Node (any more, or not yet). */
function stranger(context: Context, { check, peer, ends }: Finding): string | undefined {
  const names =
    check === 'session-unexpected' ? [peer] : check === 'session-down' ? ends?.map((end) => end.device) : [];
  return names?.find(
    (name) =>
      name !== undefined && context.devices.get(name)?.device.role === 'node' && !context.nodes.has(name),
  );
}

/** Next hops follow the sessions: while a node that speaks with the device restarts, comes or goes, they change. */
function amongPeers(context: Context, { device, since }: Finding): Grace | undefined {
  for (const peer of excusablePeers(context, device)) {
    const grace = ofNode(context, peer, since);
    if (grace) return grace;
  }
  return undefined;
}

/** The grace that covers a finding, if any. `since`: when it was first seen. */
export function graceOf(context: Context, finding: Finding): Grace | undefined {
  const { now } = context.input;
  const { check, verdict, since, cause } = finding;
  if (check === 'object-invalid' && cause === 'pending-affinity') {
    const problem = context.expected?.problems.find(({ object }) => finding.subject.startsWith(object));
    const until = (problem?.since ?? 0) + 60_000;
    return until > now ? { until, reason: 'a claim takes a while' } : undefined;
  }
  if (check === 'object-invalid' || check === 'route-withheld') return undefined;
  if (check === 'route-next-hop') return amongPeers(context, finding);
  const left = context.input.isWatching ? stranger(context, finding) : undefined;
  if (left !== undefined) {
    const until = cameAt(context, finding) + partingMs;
    if (until > now) return { until, reason: `${left} is no node of the cluster any more` };
  }
  if (verdict === 'stale' && context.input.isWatching) {
    const came = cameAt(context, finding);
    // Of a BIRD that is gone nobody knows whether it comes back: then the gap is all it has.
    const gone = finding.nodes?.find((name) => birdGone(context, name)?.id === 'bird-down');
    const reason = 'the routes are kept for a graceful restart';
    const gap = gone === undefined ? { until: came + restartMs } : gapOf(context, gone, came);
    if (gap && gap.until > now) return { ...gap, reason };
  }
  const away = awayForNow(context, finding);
  if (away) return away;
  if (excusable(context).nodes.size === 0) return undefined;
  const names = nodesOf(context, finding);
  if (names.length === 0) return undefined;
  const graces = names.map((name) => ofNode(context, name, since));
  // A session has two ends: one that has just come or is going is reason enough. A prefix of many nodes needs all.
  const needed = finding.ends ? graces.filter((grace) => grace !== undefined) : graces;
  if (needed.length === 0 || needed.some((grace) => grace === undefined)) return undefined;
  return needed.flatMap((grace) => grace ?? []).sort((x, y) => x.until - y.until)[0];
}
