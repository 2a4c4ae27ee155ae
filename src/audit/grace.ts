// What may be no fault yet: a node that has just joined or is going, a BIRD that restarts, a session or block that has just
// been asked for. Each grace hangs on a timestamp of the object or daemon itself, has an end, and is listed as pending.
import type { Finding } from '../model/finding.ts';
import type { Context } from './context.ts';

export interface Grace {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
}

/** A node's BIRD, confd and sessions after it has joined, in ms. */
const joinMs = 120_000;
/** A node that is being deleted, or was cordoned and is gone. */
const leaveMs = 15 * 60_000;
/** RFC 4724 restart time as Calico has it, and BIRD's own longest recovery. */
const restartMs = 120_000;
const recoveryMs = 240_000;
/** A BIRD that does not answer while its peers keep its routes for it. */
const gapMs = 15_000;

function ofNode(context: Context, name: string, since: number): Grace | undefined {
  const { now } = context.input;
  const { createdAt, deletingSince, unschedulable } = context.nodes.get(name)?.lifecycle ?? {};
  const facts = context.devices.get(name)?.facts;
  const graces: Grace[] = [];
  if (createdAt !== undefined) graces.push({ until: createdAt + joinMs, reason: `${name} has just joined` });
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
function nodesOf(context: Context, { device, ends, nodes, check }: Finding): readonly string[] {
  const named = ends
    ? ends.map((end) => end.device)
    : [device, ...(check === 'device-unreachable' ? [] : (nodes ?? []))];
  return [...new Set(named)].filter((name) => context.nodes.has(name));
}

function keptForRestart(context: Context, finding: Finding): boolean {
  const names = new Set(nodesOf(context, finding));
  return [...context.devices.values()].some((snapshot) => {
    const sessions = context.sessions(snapshot);
    return (
      sessions.known &&
      sessions.value.some(
        ({ gracefulRestart, peerAddress }) =>
          gracefulRestart && names.has(context.deviceByAddress.get(peerAddress) ?? ''),
      )
    );
  });
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
  if (check === 'object-invalid' || check === 'route-withheld' || check === 'route-next-hop')
    return undefined;
  if (verdict === 'stale' && since + restartMs > now && context.input.isWatching)
    return { until: since + restartMs, reason: 'the routes are kept for a graceful restart' };
  const goneForNow =
    cause === 'bird-down' ||
    (check === 'device-unreachable' && /refused|no such|ENOENT/i.test(finding.detail));
  if (goneForNow && context.input.isWatching && since + gapMs > now && keptForRestart(context, finding))
    return { until: since + gapMs, reason: 'its peers keep its routes for a graceful restart' };
  const names = nodesOf(context, finding);
  if (names.length === 0) return undefined;
  const graces = names.map((name) => ofNode(context, name, since));
  // A session has two ends: one that has just come or is going is reason enough. A prefix of many nodes needs all.
  const needed = finding.ends ? graces.filter((grace) => grace !== undefined) : graces;
  if (needed.length === 0 || needed.some((grace) => grace === undefined)) return undefined;
  return needed.flatMap((grace) => grace ?? []).sort((x, y) => x.until - y.until)[0];
}
