// A demo switch as whoever asks it sees it: interfaces with numbers, the routing table that its BGP table and its
// connected networks give, counters of each session. Shared by the FRR answers and the SNMP objects, so that both
// protocols tell the same.
import { contains, parsePrefix } from '../model/prefix.ts';
import { type DeviceState, multipaths, type Path } from './fabric.ts';
import type { History } from './history.ts';
import type { SessionEnd } from './sessions.ts';

export interface SwitchView {
  readonly state: DeviceState;
  readonly history: History;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the switch started, for sysUpTime and uptimes. */
  readonly bootedAt: number;
}

interface InstalledHop {
  /** Absent for a connected network. */
  readonly address?: string;
  readonly interface: string;
  /** ifIndex. */
  readonly index: number;
}

export interface InstalledRoute {
  readonly prefix: string;
  readonly protocol: 'bgp' | 'connected';
  readonly hops: readonly InstalledHop[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** AS the route was learned from; 0 for a connected one. */
  readonly nextHopAsn: number;
}

/** ifIndex of the first interface: 1 is the loopback's. */
const firstIndex = 2;

function interfaceTo(view: SwitchView, address: string): InstalledHop | undefined {
  const host = parsePrefix(`${address}/32`);
  const { interfaces } = view.state.device;
  const i = interfaces.findIndex(({ network }) => contains(parsePrefix(network), host));
  const found = interfaces[i];
  return found && { address, interface: found.name, index: firstIndex + i };
}

function bgpRoute(view: SwitchView, paths: readonly Path[]): InstalledRoute[] {
  const [best] = paths;
  if (!best) return [];
  const hops = multipaths(paths).flatMap((path) => interfaceTo(view, path.nextHop) ?? []);
  const since = view.history.routeSince(view.state.device.name, best);
  return [{ prefix: best.prefix, protocol: 'bgp', hops, since, nextHopAsn: best.asPath[0] ?? 0 }];
}

/** The routing table: connected networks and BGP's best routes with all their next hops. */
export function installedRoutes(view: SwitchView): InstalledRoute[] {
  const connected = view.state.device.interfaces.map(
    ({ name, network }, i): InstalledRoute => ({
      prefix: network,
      protocol: 'connected',
      hops: [{ interface: name, index: firstIndex + i }],
      since: view.bootedAt,
      nextHopAsn: 0,
    }),
  );
  return [...connected, ...[...view.state.table.values()].flatMap((paths) => bgpRoute(view, paths))];
}

export interface SessionCounters {
  /** Seconds since the session came up; 0 when it is not up. */
  readonly establishedSeconds: number;
  readonly received: number;
  readonly sent: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly transitions: number;
}

const keepaliveSeconds = 60;

/** Counters of one session end, from the table and the time it has been up. */
export function sessionCounters(view: SwitchView, end: SessionEnd): SessionCounters {
  const up = end.state === 'established';
  const seconds = up ? Math.max(0, Math.floor((view.now - view.history.sessionSince(end)) / 1000)) : 0;
  const paths = [...view.state.table.values()].flat();
  const received = paths.filter((path) => path.from?.peerAddress === end.peerAddress).length;
  const sent = view.state.sent.get(end.peerAddress)?.length ?? 0;
  // One OPEN, one update a prefix, one keepalive a minute: the modelled session has no other traffic.
  const messages = (updates: number) => (up ? 1 + updates + Math.floor(seconds / keepaliveSeconds) : 0);
  return {
    establishedSeconds: seconds,
    received,
    sent,
    messagesIn: messages(received),
    messagesOut: messages(sent),
    transitions: view.history.transitions(end),
  };
}
