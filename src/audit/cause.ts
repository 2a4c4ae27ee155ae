// Why a prefix is not at a switch, as far as the readings of its owners tell: the first layer that differs on the way
// node's table -> what the node sends -> the switch's BGP table -> its routing table. No reading, no cause.

import { clauseOf } from '../model/catalogue/causes.ts';
import type { CauseId } from '../model/cause.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import type { RouteView } from '../model/route-view.ts';
import { wasAsked } from '../model/route-view.ts';
import { isEstablished } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Context } from './context.ts';
import { cutBetween, switchGraph } from './paths.ts';

export interface Cause {
  readonly id: CauseId;
  /** A clause that finishes "10.233.66.0/24 (block of node3) is missing on leaf01: …". */
  readonly clause: string;
}

const holds = (views: readonly RouteView[], layer: string, expected: ExpectedPrefix) =>
  views.some((view) => view.layer === layer && view.table.has(expected.prefix));

const lacks = (views: readonly RouteView[], layer: string, expected: ExpectedPrefix) => {
  const asked = views.filter((view) => view.layer === layer && wasAsked(view, expected.prefix));
  return asked.length > 0 && asked.every((view) => !view.partial && !view.table.has(expected.prefix));
};

/** What one owner of the prefix does about it; undefined when its readings do not tell. */
function atOrigin(context: Context, node: string, expected: ExpectedPrefix): Cause | 'announced' | undefined {
  const snapshot = context.devices.get(node);
  if (!snapshot) return undefined;
  if (!snapshot.routes.ok) {
    const { kind } = snapshot.routes.error;
    const gone = kind === 'refused' || kind === 'not-found';
    return gone ? { id: 'bird-down', clause: clauseOf('bird-down', { node }) } : undefined;
  }
  const views = snapshot.routes.value;
  if (holds(views, 'exported', expected)) return 'announced';
  if (snapshot.facts.recovering) {
    return { id: 'graceful-restart', clause: clauseOf('graceful-restart', { node }) };
  }
  const sessions = context.sessions(snapshot);
  if (sessions.known && sessions.value.length > 0 && !sessions.value.some(isEstablished)) {
    return { id: 'session-down', clause: `none of ${node}'s BGP sessions is established` };
  }
  if (lacks(views, 'local', expected)) {
    return { id: 'not-configured-on-node', clause: clauseOf('not-configured-on-node', { node }) };
  }
  if (lacks(views, 'exported', expected)) {
    return { id: 'not-exported', clause: clauseOf('not-exported', { node }) };
  }
  return undefined;
}

function downSessions(context: Context, snapshot: DeviceSnapshot): string[] {
  const sessions = context.sessions(snapshot);
  if (!sessions.known) return [];
  return sessions.value
    .filter((session) => session.state !== null && session.state !== 'established')
    .map((session) => context.deviceByAddress.get(session.peerAddress) ?? session.peerAddress);
}

/** The cause of a prefix not being at a device; undefined when nothing that could be read explains it. */
export function findCause(
  context: Context,
  snapshot: DeviceSnapshot,
  verdict: RouteVerdict,
  carriers: readonly string[],
): Cause | undefined {
  const { expected } = verdict;
  const views = context.routes(snapshot);
  if (views.known && lacks(views.value, 'installed', expected) && holds(views.value, 'bgp', expected)) {
    return { id: 'not-installed', clause: clauseOf('not-installed', {}) };
  }
  const origins = expected.origins.map((node) => atOrigin(context, node, expected));
  const faults = origins.filter((origin) => typeof origin === 'object');
  const [first] = faults;
  // Every owner has a fault: the first one's is the answer. One that announces is enough to look further on.
  if (first && faults.length === origins.length) return first;
  const cut = cutBetween(switchGraph(context), snapshot.device.name, carriers);
  if (cut.length > 0) {
    const pairs = cut.map(([a, b]) => `${a} and ${b}`).join(', ');
    const carrying = `${carriers.join(', ')}, which carr${carriers.length > 1 ? 'y' : 'ies'} it`;
    return {
      id: 'session-down',
      clause: clauseOf('session-down', { pairs, more: `, and no other way leads to ${carrying}` }),
    };
  }
  const down = downSessions(context, snapshot);
  if (down.length > 0) {
    return { id: 'session-down', clause: `${snapshot.device.name} has no session with ${down.join(', ')}` };
  }
  if (origins.includes('announced') || carriers.length > 0) {
    const elsewhere =
      carriers.length > 0 ? ` and ${carriers.join(', ')} carr${carriers.length > 1 ? 'y' : 'ies'} it` : '';
    const announced = origins.includes('announced')
      ? 'its owner announces it'
      : 'its owner could not be asked';
    return {
      id: 'not-received',
      clause: clauseOf('not-received', { have: `${announced}${elsewhere}` }),
    };
  }
  return undefined;
}

/** "block of node3", "cluster IP range of 6 nodes": the prefix's role in words. */
export function roleOf({ kind, origins }: ExpectedPrefix): string {
  const [only] = origins;
  const owners = origins.length === 1 ? only : origins.length === 0 ? 'no node' : `${origins.length} nodes`;
  const names = {
    block: 'pod block of',
    'pod-cidr': 'podCIDR of',
    borrowed: 'pod address borrowed by',
    'service-cluster': 'cluster IPs, announced by',
    'service-external': 'external IPs, announced by',
    'service-loadbalancer': 'load-balancer IPs, announced by',
  };
  return `${names[kind]} ${owners}`;
}
