// Where on the way a prefix is lost: from the device that lacks it outward over all sessions to the devices that have it;
// each session with one on either side is an edge of the hole, and tells why nothing comes over it. RFC 4271 section 9.1.2
// (loops), RFC 4456 (reflection).
import { showsSessions } from '../model/capabilities.ts';
import { clauseOf } from '../model/catalogue/causes.ts';
import type { Prefix } from '../model/prefix.ts';
import { isEstablished } from '../model/session.ts';
import { clusterVrf } from '../model/snapshot.ts';
import { complaintOf } from './complaint.ts';
import { settledAt } from './confirm.ts';
import type { Context } from './context.ts';
import { carries, type Edge, holds, lacks, nodesWith, rowsIn, sessionGraph } from './holders.ts';
import { likelyLoop } from './likely-loop.ts';
import type { Cause } from './origin.ts';

/** A session over which the prefix does not come: `from` has it, `to` does not. */
export interface Brink {
  readonly from: string;
  readonly to: string;
  readonly edge: Edge;
}

/** True for a switch whose source shows no session of IPv6, as BGP4-MIB (RFC 4273) does not. */
function hidesIpv6(context: Context, name: string): boolean {
  const snapshot = context.devices.get(name);
  if (snapshot?.device.role !== 'switch') return false;
  return !showsSessions(snapshot.facts.capabilities?.sessions, 'ipv6', clusterVrf(snapshot.device));
}

/** Switches that may pass IPv6 on to this one over sessions that neither can show: those with which it speaks IPv4. */
function hiddenNeighbours(context: Context, name: string, { family }: Prefix): readonly string[] {
  if (family === 4 || !hidesIpv6(context, name)) return [];
  const known = sessionGraph(context, 6).get(name);
  const others = [...(sessionGraph(context, 4).get(name)?.keys() ?? [])];
  return others.filter((other) => !known?.has(other) && hidesIpv6(context, other));
}

/** Only what passes routes on can bring one anywhere: switches, and nodes that reflect. */
const passes = (context: Context, name: string) =>
  context.switches.has(name) || context.nodes.get(name)?.routeReflectorClusterId !== undefined;

/** A device's neighbours that pass routes on, and the place of every one among its sessions. */
interface Neighbours {
  readonly passing: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

const neighbours = new WeakMap<ReadonlyMap<string, Edge>, Neighbours>();

function neighboursOf(context: Context, edges: ReadonlyMap<string, Edge>): Neighbours {
  const known = neighbours.get(edges);
  if (known) return known;
  const names = [...edges.keys()];
  const made = {
    passing: names.filter((name) => passes(context, name)),
    places: new Map(names.map((name, i) => [name, i])),
  };
  neighbours.set(edges, made);
  return made;
}

/**
 * Of the neighbours of a device those that matter for a prefix, in the order of its sessions: what passes routes on, and nodes
 * that have it. A leaf has a hundred others, each of which would be asked for each prefix that is missing.
 */
function concerned(context: Context, edges: ReadonlyMap<string, Edge>, prefix: Prefix): readonly string[] {
  const { passing, places } = neighboursOf(context, edges);
  const place = (name: string) => places.get(name) ?? 0;
  const having = nodesWith(context, prefix).filter((name) => places.has(name) && !passes(context, name));
  return [...passing, ...having].sort((x, y) => place(x) - place(y));
}

/** The sessions around the part of the fabric that lacks the prefix, nearest first. */
export function brinksOf(context: Context, device: string, prefix: Prefix): readonly Brink[] {
  const graph = sessionGraph(context, prefix.family);
  const seen = new Set([device]);
  const brinks: Brink[] = [];
  for (const to of seen) {
    if (to !== device && !passes(context, to)) continue;
    const edges = graph.get(to) ?? new Map<string, Edge>();
    for (const from of concerned(context, edges, prefix)) {
      const edge = edges.get(from);
      if (!edge || seen.has(from)) continue;
      const has = carries(context, from, prefix);
      if (has === true) brinks.push({ from, to, edge });
      // What cannot be told may lack it, too: go on behind it.
      else seen.add(from);
    }
    // Nothing is known of such a session, so it is no edge of the hole; but the hole may go on behind it.
    for (const other of hiddenNeighbours(context, to, prefix))
      if (carries(context, other, prefix) !== true) seen.add(other);
  }
  return brinks;
}

const asnOf = (context: Context, device: string, edge: Edge) =>
  edge.ends.get(device)?.localAsn ??
  context.devices.get(device)?.facts.localAsn ??
  context.nodes.get(device)?.asn ??
  edge.ends.get(device === edge.a ? edge.b : edge.a)?.peerAsn;

const isInternal = (context: Context, { edge, from, to }: Brink) => {
  const [x, y] = [asnOf(context, from, edge), asnOf(context, to, edge)];
  return x !== undefined && x !== null && x === y;
};

function loop(context: Context, { from, to, edge }: Brink, paths: readonly string[]): Cause | undefined {
  const own = asnOf(context, to, edge);
  if (!own || paths.length === 0) return undefined;
  const looping = paths.filter((path) => path.split(/[^\d]+/).includes(String(own)));
  // One path without the own AS would have been taken.
  if (looping.length < paths.length) return undefined;
  const values = { device: to, asn: own, path: `${asnOf(context, from, edge) ?? ''} ${looping[0]}`.trim() };
  return { id: 'as-path-loop', clause: clauseOf('as-path-loop', values), device: to };
}

function limit({ from, to, edge }: Brink): Cause | undefined {
  const session = edge.ends.get(to);
  const complaint = session && complaintOf(session);
  if (complaint?.cause !== 'prefix-limit') return undefined;
  const values = { device: to, peer: from, says: session?.lastError ?? '' };
  return { id: 'prefix-limit', clause: clauseOf('prefix-limit', values), device: to };
}

function counts({ from, to, edge }: Brink): string {
  const sent = edge.ends.get(from)?.prefixesAdvertised;
  const accepted = edge.ends.get(to)?.prefixesAccepted ?? edge.ends.get(to)?.prefixesReceived;
  if (sent === undefined || accepted === undefined || sent <= accepted) return '';
  return ` (${from} counts ${sent} prefixes sent, ${to} ${accepted} taken)`;
}

/** A node that has it from one iBGP peer and must not pass it to another, because it reflects for neither. */
function reflection(context: Context, brink: Brink, prefix: Prefix): Cause | undefined {
  const { from, to } = brink;
  if (!isInternal(context, brink)) return undefined;
  const rows = rowsIn(context, from, 'local', prefix).concat(rowsIn(context, from, 'bgp', prefix));
  const learnt = rows.find((row) => row.best && row.protocol === 'bgp');
  if (!learnt) return undefined;
  // Learnt over eBGP it has an AS path; what came over iBGP from the same rack has none.
  if (learnt.asPath !== undefined && learnt.asPath !== '') return undefined;
  const sender = learnt.from === undefined ? undefined : context.deviceByAddress.get(learnt.from);
  const own = context.nodes.get(from)?.routeReflectorClusterId;
  const other = context.nodes.get(to)?.routeReflectorClusterId;
  const detail =
    own === undefined
      ? `${from} is no route reflector`
      : own === other
        ? `both have the cluster id ${own}`
        : `${to} is not its client`;
  const values = { speaker: from, from: sender ?? 'a peer', to, detail };
  return { id: 'rr-misconfigured', clause: clauseOf('rr-misconfigured', values), device: from };
}

/** What a node does on a session over which nothing comes, as far as what it sends can be read. */
function fromNode(context: Context, brink: Brink, prefix: Prefix): Cause | undefined {
  const { from, to, edge } = brink;
  const snapshot = context.devices.get(from);
  const routes = snapshot && context.routes(snapshot);
  const peer = edge.ends.get(from)?.peerAddress;
  if (!routes?.known || peer === undefined) return undefined;
  if (holds(routes.value, 'exported', prefix, peer)) {
    const rows = routes.value.flatMap((view) =>
      view.layer === 'exported' && view.peer === peer ? view.table.rowsOf(prefix) : [],
    );
    const looped = loop(
      context,
      brink,
      rows.map(({ asPath }) => asPath ?? ''),
    );
    if (looped) return looped;
    const both = context.nodes.get(from)?.routeReflectorClusterId;
    if (both !== undefined && both === context.nodes.get(to)?.routeReflectorClusterId) {
      const values = { speaker: to, from, to, detail: `both have the cluster id ${both}` };
      return { id: 'rr-misconfigured', clause: clauseOf('rr-misconfigured', values), device: to };
    }
    // Who cannot be read now may be dead and its peer not know it yet: its policy is not to blame.
    const at = context.devices.get(to);
    if (at && !(at.routes.ok && at.sessions.ok)) {
      const clause = clauseOf('unknown-device-unreachable', { device: to });
      return { id: 'unknown-device-unreachable', clause, device: to };
    }
    // TCP has delivered it: who has it sent on a session that is up, and not in the table, has refused it.
    const values = { device: to, peer: from };
    const clause = clauseOf('rejected-by-switch-policy', values) + counts(brink);
    return { id: 'rejected-by-switch-policy', clause, device: to };
  }
  if (!lacks(routes.value, 'exported', prefix, peer)) return undefined;
  const reflected = reflection(context, brink, prefix);
  if (reflected) return reflected;
  const clause = `${from} has the route but does not send it to ${to}`;
  return { id: 'not-exported', clause, device: from };
}

function fromSwitch(context: Context, brink: Brink, prefix: Prefix): Cause | undefined {
  const { from, to } = brink;
  const rows = rowsIn(context, from, 'bgp', prefix).concat(rowsIn(context, from, 'installed', prefix));
  const paths = rows.flatMap(({ best, asPath }) => (best && asPath !== undefined ? [asPath] : []));
  const looped = loop(context, brink, paths);
  if (looped) return looped;
  const reflected = reflection(context, brink, prefix);
  if (reflected) return reflected;
  const have = `${from} carries it and its session with ${to} is up${counts(brink)}`;
  const at = context.devices.get(to);
  const received = at && context.routes(at);
  if (received?.known && holds(received.value, 'received', prefix)) {
    const clause = clauseOf('rejected-by-switch-policy', { device: to, peer: from });
    return { id: 'rejected-by-switch-policy', clause, device: to };
  }
  const likely = likelyLoop(context, { from, to, prefix, rows });
  return likely ?? { id: 'not-received', clause: clauseOf('not-received', { have }), device: to };
}

/** A cause with what it was concluded from: what is sent and what has arrived were read at different moments. */
export function joinedAt(context: Context, cause: Cause, { from, to, edge }: Brink): Cause {
  // What a session says of itself is one reading's.
  if (cause.id === 'prefix-limit' || cause.id === 'session-down') return cause;
  // A filter of the objects may explain it.
  const objects = cause.id === 'not-exported';
  return { ...cause, grounds: { devices: [from, to], objects, from: settledAt(context, edge) } };
}

/** Why nothing comes over this session, without what it was concluded from; undefined when nothing tells. */
export function atBrink(context: Context, brink: Brink, prefix: Prefix): Cause | undefined {
  const { from, to, edge } = brink;
  const limited = limit(brink);
  if (limited) return limited;
  if (!edge.up) {
    const clause = clauseOf('session-down', { pairs: `${from} and ${to}`, more: '' });
    return { id: 'session-down', clause, device: to, sessions: [[from, to]] };
  }
  const isNode = context.devices.get(from)?.device.role === 'node';
  const established = [...edge.ends.values()].some(isEstablished);
  if (!established) return undefined;
  return isNode ? fromNode(context, brink, prefix) : fromSwitch(context, brink, prefix);
}
