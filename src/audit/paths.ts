// Which switches can hear each other: the graph of sessions between switches, with the established ones as its edges. A
// switch that no path joins to any switch that carries a prefix lacks it because of the sessions in between.
import { isEstablished } from '../model/session.ts';
import type { Context } from './context.ts';
import { lastingly } from './lasting.ts';

export interface SwitchGraph {
  /** Switch name -> neighbours by established sessions. */
  readonly up: ReadonlyMap<string, ReadonlySet<string>>;
  /** Pairs of switches, `a–b` in alphabetical order, whose session one end says is not established. */
  readonly down: readonly (readonly [string, string])[];
}

/** The graph of one audit, built once: a fabric that lost a leaf asks for it once per missing prefix. */
export const switchGraph = lastingly(buildGraph);

/** Builds the graph from the switches' own sessions. An unread switch adds no edges of its own. */
function buildGraph(context: Context): SwitchGraph {
  const up = new Map<string, Set<string>>();
  const down = new Map<string, readonly [string, string]>();
  const join = (from: string, to: string) => up.set(from, (up.get(from) ?? new Set()).add(to));
  for (const snapshot of context.devices.values()) {
    const { name, role } = snapshot.device;
    const sessions = context.sessions(snapshot);
    if (role !== 'switch' || !sessions.known) continue;
    for (const session of sessions.value) {
      const peer = context.deviceByAddress.get(session.peerAddress);
      if (peer === undefined || context.devices.get(peer)?.device.role !== 'switch' || session.state === null)
        continue;
      if (isEstablished(session)) {
        join(name, peer);
        join(peer, name);
      } else {
        const pair: readonly [string, string] = name < peer ? [name, peer] : [peer, name];
        down.set(pair.join(' '), pair);
      }
    }
  }
  // The end that says "down" is right: the other one has not noticed yet (hold timer).
  for (const [a, b] of down.values()) {
    up.get(a)?.delete(b);
    up.get(b)?.delete(a);
  }
  return { up, down: [...down.values()] };
}

const parts = new WeakMap<SwitchGraph, Map<string, ReadonlySet<string>>>();

/** Every switch that a path of established sessions joins to this one, itself included. */
function reachable(graph: SwitchGraph, from: string): ReadonlySet<string> {
  const all = parts.get(graph) ?? new Map<string, ReadonlySet<string>>();
  parts.set(graph, all);
  const known = all.get(from);
  if (known) return known;
  const seen = new Set([from]);
  for (const device of seen) for (const next of graph.up.get(device) ?? []) seen.add(next);
  all.set(from, seen);
  return seen;
}

/** Down sessions that leave the part of the fabric around `from`; empty when some carrier is in that part. */
export function cutBetween(
  graph: SwitchGraph,
  from: string,
  carriers: readonly string[],
): readonly (readonly [string, string])[] {
  const part = reachable(graph, from);
  if (carriers.length === 0 || carriers.some((carrier) => part.has(carrier))) return [];
  return graph.down.filter(([a, b]) => part.has(a) !== part.has(b));
}
