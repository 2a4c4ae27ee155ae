// Why a prefix is not at a device: the first layer that differs on the way intent -> the owner's table -> what is sent on
// each session -> what the device took -> its BGP table -> its routing table. No reading, no cause.
import { clauseOf } from '../model/catalogue/causes.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import type { RouteVerdict } from '../model/finding.ts';
import { formatPrefix, type Prefix } from '../model/prefix.ts';
import type { RouteRow } from '../model/route-table.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Context } from './context.ts';
import { carries, holds, lacks, rowsIn } from './holders.ts';
import { atOrigin, type Cause } from './origin.ts';
import { cutBetween, switchGraph } from './paths.ts';
import { atBrink, brinksOf, joinedAt } from './way.ts';

function winnerText(row: RouteRow): string {
  const hops = row.nextHops.flatMap((hop) => hop.address ?? hop.interface ?? []).join(', ');
  const what = row.discard ? `${row.protocol} discard route` : `${row.protocol} route`;
  return hops === '' ? what : `${what} via ${hops}`;
}

/** What the device's own tables tell: it has the prefix, but not where it counts. */
function atDevice(
  context: Context,
  { device: { name } }: DeviceSnapshot,
  expected: ExpectedPrefix,
): Cause | undefined {
  const snapshot = context.devices.get(name);
  const routes = snapshot && context.routes(snapshot);
  if (!routes?.known) return undefined;
  const { prefix } = expected;
  // Its tables are read one after the other, and a path is there before it is chosen and installed.
  const grounds = { devices: [name] };
  const installed = rowsIn(context, name, 'installed', prefix);
  const bgp = rowsIn(context, name, 'bgp', prefix);
  const [blocked] = [...installed, ...bgp].filter((row) => row.unusable);
  if (blocked && [...installed, ...bgp].every((row) => row.unusable || !row.best)) {
    const hop = blocked.nextHops[0]?.address ?? 'address';
    const clause = clauseOf('next-hop-unreachable', { device: name, hop });
    return { id: 'next-hop-unreachable', clause, device: name, grounds };
  }
  const winner = installed.find((row) => row.best && (row.discard || row.protocol !== 'bgp'));
  if (winner && (bgp.length > 0 || winner.discard)) {
    const clause = clauseOf('lost-best-path', { device: name, winner: winnerText(winner) });
    return { id: 'lost-best-path', clause, device: name };
  }
  // Some show what the routing table has refused, too.
  const refused = installed.length > 0 && installed.every((row) => !row.best || row.unusable);
  if (bgp.length > 0 && (refused || lacks(routes.value, 'installed', prefix))) {
    if (bgp.some((row) => row.best))
      return { id: 'not-installed', clause: clauseOf('not-installed', {}), device: name, grounds };
    const clause = clauseOf('lost-best-path', { device: name, winner: 'no path is chosen as best' });
    return { id: 'lost-best-path', clause, device: name, grounds };
  }
  if (holds(routes.value, 'received', prefix)) {
    const from = routes.value.find((view) => view.layer === 'received' && view.table.has(prefix))?.peer;
    const peer = (from === undefined ? undefined : context.deviceByAddress.get(from)) ?? from ?? 'a peer';
    const own = snapshot?.facts.localAsn;
    const path = rowsIn(context, name, 'received', prefix).find(({ asPath }) => asPath)?.asPath;
    if (own !== undefined && path?.split(/[^\d]+/).includes(String(own))) {
      return {
        id: 'as-path-loop',
        clause: clauseOf('as-path-loop', { device: name, asn: own, path }),
        device: name,
        grounds,
      };
    }
    const clause = clauseOf('rejected-by-switch-policy', { device: name, peer });
    return { id: 'rejected-by-switch-policy', clause, device: name, grounds };
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

function cut(context: Context, device: string, { prefix }: ExpectedPrefix): Cause | undefined {
  const graph = switchGraph(context);
  // Nearly always, and two hundred switches need not be asked.
  if (graph.down.length === 0) return undefined;
  const carriers = [...context.switches].filter((other) => carries(context, other, prefix));
  const [first, ...rest] = cutBetween(graph, device, carriers);
  if (!first) return undefined;
  const pairs = [first, ...rest].map(([a, b]) => `${a} and ${b}`).join(', ');
  const carrying = `${carriers.join(', ')}, which carr${carriers.length > 1 ? 'y' : 'ies'} it`;
  const clause = clauseOf('session-down', { pairs, more: `, and no other way leads to ${carrying}` });
  // A device of the cut, so that whatever is behind it has one root.
  return { id: 'session-down', clause, device: first[0], sessions: [first, ...rest] };
}

/** Which of several explanations of the hole's edges counts: what was seen to happen, before what must be concluded. */
const order = [
  'prefix-limit',
  'session-down',
  'rejected-by-switch-policy',
  'as-path-loop',
  'rr-misconfigured',
  'not-exported',
  'unknown-device-unreachable',
  'not-received',
];

/** True where the device shows by which path it has the prefix: then a loop there would have been seen. */
function isPathSeen(context: Context, device: string, prefix: Prefix): boolean {
  const layers = ['local', 'bgp', 'installed'] as const;
  return layers.some((layer) =>
    rowsIn(context, device, layer, prefix).some(({ asPath }) => asPath !== undefined),
  );
}

function onTheWay(context: Context, device: string, expected: ExpectedPrefix): Cause | undefined {
  const { prefix } = expected;
  const causes = brinksOf(context, device, prefix).flatMap((brink) => {
    const at = context.devices.get(brink.to);
    // What a device's own tables say of it comes before what is concluded from outside.
    const own = at && brink.to !== device && at.device.role === 'switch' && atDevice(context, at, expected);
    const cause = own || atBrink(context, brink, prefix);
    return cause ? [{ cause, brink, isOwn: cause === own }] : [];
  });
  // What a device says of itself (not in the list) comes first.
  causes.sort((x, y) => order.indexOf(x.cause.id) - order.indexOf(y.cause.id));
  const [first] = causes;
  // A way round that comes back to the device always loops: it counts where no path without a loop should have come.
  const straight =
    first?.cause.id === 'as-path-loop' &&
    causes.find(({ cause, brink }) => cause.id !== 'as-path-loop' && isPathSeen(context, brink.from, prefix));
  const chosen = straight || first;
  return chosen && (chosen.isOwn ? chosen.cause : joinedAt(context, chosen.cause, chosen.brink));
}

/** The cause of a prefix not being at a device; undefined when nothing that could be read explains it. */
export function findCause(
  context: Context,
  snapshot: DeviceSnapshot,
  verdict: RouteVerdict,
): Cause | undefined {
  const { expected } = verdict;
  const { name } = snapshot.device;
  const own = atDevice(context, snapshot, expected);
  if (own) return own;
  const origins = expected.origins.map((node) => atOrigin(context, node, expected));
  const faults = origins.filter((origin) => typeof origin === 'object');
  const [first] = faults;
  // Every owner has a fault: the first one's is the answer. One that announces is enough to look further on.
  if (first && faults.length === origins.length && first.id !== 'unknown-device-unreachable') return first;
  if (expected.kind === 'borrowed' && verdict.verdict === 'covered' && origins.includes('announced')) {
    const [row] = verdict.evidence;
    const values = {
      node: expected.origins[0] ?? '',
      device: name,
      covering: row ? formatPrefix(row.prefix) : '',
    };
    return {
      id: 'borrowed-address-filtered',
      clause: clauseOf('borrowed-address-filtered', values),
      device: name,
    };
  }
  const parted = cut(context, name, expected);
  if (parted) return parted;
  const way = onTheWay(context, name, expected);
  if (way) return way;
  const down = downSessions(context, snapshot);
  if (down.length > 0) {
    return { id: 'session-down', clause: `${name} has no session with ${down.join(', ')}`, device: name };
  }
  if (first) return first;
  if (!origins.includes('announced')) return undefined;
  const have = 'its owner announces it';
  const grounds = { devices: [] };
  return { id: 'not-received', clause: clauseOf('not-received', { have }), device: name, grounds };
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
