// What an owner of a prefix does about it: announces it, or not, and why. The first layer that differs on the node:
// Kubernetes' view of it, BIRD itself, its configuration, its own table, what it sends on each session.

import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import { lastGood } from '../model/reading.ts';
import { isEstablished } from '../model/session.ts';
import type { Grounded } from './confirm.ts';
import type { Context } from './context.ts';
import { holds, lacks, sessionGraph } from './holders.ts';

export interface Cause {
  readonly id: CauseId;
  /** A clause that finishes "10.233.66.0/24 (block of node3) is missing on leaf01: …". */
  readonly clause: string;
  /** The device at which it is, where it is another than the one that lacks the prefix. */
  readonly device?: string;
  /** Sessions that are the cause, by their two devices. */
  readonly sessions?: readonly (readonly [string, string])[];
  /** What it was concluded from, where that was read at different moments (confirm.ts). */
  readonly grounds?: Grounded;
}

const day = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Why nothing can come from this node, as Kubernetes or its silent BIRD tell; undefined when neither does. */
export function birdGone(context: Context, node: string): Cause | undefined {
  const lifecycle = context.nodes.get(node)?.lifecycle;
  const snapshot = context.devices.get(node);
  // A switch has no BIRD: that its agent refuses says nothing of its BGP.
  if (snapshot?.device.role === 'switch') return undefined;
  const kinds = snapshot
    ? [snapshot.sessions, snapshot.routes].flatMap((part) => (part.ok ? [] : [part.error.kind]))
    : [];
  if (lifecycle?.ready === false && (kinds.length > 0 || !snapshot)) {
    const since =
      lifecycle.readySince === undefined ? 'NotReady' : `NotReady since ${day(lifecycle.readySince)}`;
    return {
      id: 'node-not-ready',
      clause: clauseOf('node-not-ready', { node, reason: since }),
      device: node,
    };
  }
  if (kinds.some((kind) => kind === 'refused' || kind === 'not-found'))
    return { id: 'bird-down', clause: clauseOf('bird-down', { node }), device: node };
  return undefined;
}

/** A node without an established session of the prefix's family, through which alone it can announce it. */
function withoutSession(context: Context, node: string, { prefix }: ExpectedPrefix): Cause | undefined {
  const snapshot = context.devices.get(node);
  const sessions = snapshot && context.sessions(snapshot);
  const afi = prefix.family === 4 ? 'ipv4' : 'ipv6';
  if (!snapshot || !sessions?.known) return undefined;
  const carrying = sessions.value.filter((session) => session.afi === afi);
  if (carrying.some(isEstablished)) return undefined;
  const lacking = context.pairing(snapshot)?.missing.length ?? 0;
  if (sessions.value.length === 0 && lacking > 0) {
    const detail = `it has none of its ${lacking} sessions`;
    return {
      id: 'config-not-applied',
      clause: clauseOf('config-not-applied', { node, detail }),
      device: node,
    };
  }
  if (carrying.length === 0) return undefined;
  const which = carrying.length < sessions.value.length ? `${afi === 'ipv4' ? 'IPv4' : 'IPv6'} ` : '';
  return {
    id: 'session-down',
    clause: `none of ${node}'s ${which}BGP sessions is established`,
    device: node,
  };
}

/** A node that cannot be read, and with which no peer that can be has a session. */
function givenUp(context: Context, node: string, { prefix }: ExpectedPrefix): Cause | undefined {
  const edges = [...(sessionGraph(context, prefix.family).get(node) ?? [])];
  if (edges.length === 0 || edges.some(([, { up }]) => up)) return undefined;
  const peers = edges.map(([peer]) => peer);
  return {
    id: 'session-down',
    clause: `${node} cannot be read, and ${peers.join(', ')} ${peers.length > 1 ? 'have' : 'has'} no session with it`,
    device: node,
    sessions: peers.map((peer) => [node, peer] as const),
  };
}

/** The node lacks its own route: an old configuration, when it was claimed after BIRD last read one. */
function notConfigured(context: Context, node: string, expected: ExpectedPrefix): Cause {
  const reconfigured = context.devices.get(node)?.facts.reconfiguredAt;
  if (
    reconfigured !== undefined &&
    expected.since !== undefined &&
    reconfigured * 1000 < expected.since - 5000
  ) {
    const detail = `read last at ${day(reconfigured * 1000)}, the block was claimed at ${day(expected.since)}`;
    return {
      id: 'config-not-applied',
      clause: clauseOf('config-not-applied', { node, detail }),
      device: node,
    };
  }
  const clause = clauseOf('not-configured-on-node', { node });
  const grounds = { devices: [], objects: true };
  return { id: 'not-configured-on-node', clause, device: node, grounds };
}

function notExported(context: Context, node: string, expected: ExpectedPrefix): Cause {
  const rejected = context.expected?.withheld?.find(
    ({ prefix, nodes, cause }) =>
      cause === 'bgpfilter-reject' &&
      nodes.includes(node) &&
      prefix.a === expected.prefix.a &&
      prefix.length === expected.prefix.length,
  );
  if (rejected) {
    const [, filter = '', rule = ''] = /^BGPFilter (.+), export rule (\d+)/.exec(rejected.because) ?? [];
    const values = { filter, rule, node, direction: 'export', peer: 'its peers' };
    return { id: 'bgpfilter-reject', clause: clauseOf('bgpfilter-reject', values), device: node };
  }
  const grounds = { devices: [], objects: true };
  return { id: 'not-exported', clause: clauseOf('not-exported', { node }), device: node, grounds };
}

/** What one owner of the prefix does about it; undefined when its readings do not tell. */
export function atOrigin(
  context: Context,
  node: string,
  expected: ExpectedPrefix,
): Cause | 'announced' | undefined {
  const snapshot = context.devices.get(node);
  if (!snapshot) return birdGone(context, node);
  if (!snapshot.routes.ok) {
    const gone = birdGone(context, node);
    if (gone) return gone;
    if (lastGood(snapshot.routes)) return givenUp(context, node, expected);
    if (snapshot.routes.error.kind === 'pending') return undefined;
    const clause = clauseOf('unknown-device-unreachable', { device: node });
    return { id: 'unknown-device-unreachable', clause, device: node };
  }
  const views = snapshot.routes.value;
  if (holds(views, 'exported', expected.prefix)) return 'announced';
  const { family } = expected.prefix;
  if (snapshot.facts.familiesDown?.includes(family)) {
    const values = { node: `${node}, that of IPv${family},` };
    return { id: 'bird-down', clause: clauseOf('bird-down', values), device: node };
  }
  if (snapshot.facts.recovering)
    return { id: 'graceful-restart', clause: clauseOf('graceful-restart', { node }), device: node };
  const cut = withoutSession(context, node, expected);
  if (cut) return cut;
  if (lacks(views, 'local', expected.prefix)) return notConfigured(context, node, expected);
  if (lacks(views, 'exported', expected.prefix)) return notExported(context, node, expected);
  return undefined;
}
