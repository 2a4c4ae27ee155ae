// Who has a prefix: questions to one device's tables, and the map of who talks to whom. Everything is asked of tables as
// they were read; absence counts only where the source was asked and answered in full.
import type { Prefix } from '../model/prefix.ts';
import type { RouteAttributes, RouteRow } from '../model/route-table.ts';
import { type RouteLayer, type RouteView, wasAsked } from '../model/route-view.ts';
import { isEstablished, type Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Context } from './context.ts';
import { lastingly } from './lasting.ts';
import { type Places, placesOf } from './places.ts';

/** True when some view of the layer (towards `peer`, where given) has the prefix. */
export function holds(
  views: readonly RouteView[],
  layer: RouteLayer,
  prefix: Prefix,
  peer?: string,
): boolean {
  return views.some(
    (view) => view.layer === layer && (peer === undefined || view.peer === peer) && view.table.has(prefix),
  );
}

/** True when the layer was looked at in full and does not have the prefix. */
export function lacks(
  views: readonly RouteView[],
  layer: RouteLayer,
  prefix: Prefix,
  peer?: string,
): boolean {
  const asked = views.filter(
    (view) => view.layer === layer && (peer === undefined || view.peer === peer) && wasAsked(view, prefix),
  );
  return asked.length > 0 && asked.every((view) => !view.partial && !view.table.has(prefix));
}

/** Rows of a prefix in one layer of a device. */
export function rowsIn(
  context: Context,
  device: string,
  layer: RouteLayer,
  prefix: Prefix,
): readonly RouteRow[] {
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!routes?.known) return [];
  return routes.value.flatMap((view) => (view.layer === layer ? view.table.rowsOf(prefix) : []));
}

const usable = (row: RouteAttributes) => row.best && !row.unusable && !row.stale;

// A node's own blackhole is how it originates a block; on a switch a discard route leads nowhere.
const leadsOn = (row: RouteAttributes) => usable(row) && !row.discard;

/** Whether a device has a usable route to exactly this prefix; undefined when it cannot be told. */
export function carries(context: Context, device: string, prefix: Prefix): boolean | undefined {
  const snapshot = context.devices.get(device);
  const routes = snapshot && context.routes(snapshot);
  if (!snapshot || !routes?.known) return undefined;
  const isNode = snapshot.device.role === 'node';
  const layers: readonly RouteLayer[] = isNode ? ['local'] : ['installed', 'bgp'];
  for (const { layer, table } of routes.value)
    if (layers.includes(layer) && table.some(prefix, isNode ? usable : leadsOn)) return true;
  const answered = layers.some(
    (layer) => lacks(routes.value, layer, prefix) || holds(routes.value, layer, prefix),
  );
  return answered ? false : undefined;
}

/** One session between two devices that are both known by name, as the ends that were read tell it. */
export interface Edge {
  readonly a: string;
  readonly b: string;
  up: boolean;
  /** One session per end that tells of it. */
  readonly ends: Map<string, Session>;
}

type Graph = ReadonlyMap<string, ReadonlyMap<string, Edge>>;
const graphsOf = lastingly((): { 4?: Graph; 6?: Graph } => ({}));

/** Sessions of a family by device and peer device; of several between two devices one that is up counts. */
export function sessionGraph(context: Context, family: 4 | 6): Graph {
  const known = graphsOf(context);
  known[family] ??= build(context, family === 4 ? 'ipv4' : 'ipv6');
  return known[family];
}

function build(context: Context, afi: Session['afi']): Graph {
  const graph = new Map<string, Map<string, Edge>>();
  const at = (name: string) => {
    const edges = graph.get(name) ?? new Map<string, Edge>();
    graph.set(name, edges);
    return edges;
  };
  for (const snapshot of context.devices.values()) {
    const { name } = snapshot.device;
    const sessions = context.sessions(snapshot);
    if (!sessions.known) continue;
    for (const session of sessions.value) {
      const peer = context.deviceByAddress.get(session.peerAddress);
      if (peer === undefined || peer === name || session.afi !== afi || session.state === null) continue;
      const edge = at(name).get(peer) ?? { a: name, b: peer, up: true, ends: new Map() };
      at(name).set(peer, edge);
      at(peer).set(name, edge);
      const own = edge.ends.get(name);
      if (!own || (isEstablished(session) && !isEstablished(own))) edge.ends.set(name, session);
    }
  }
  // The end that says "down" is right: the other one has not noticed yet (hold timer).
  for (const edges of graph.values())
    for (const edge of edges.values()) edge.up = [...edge.ends.values()].every(isEstablished);
  return graph;
}

/** Prefixes that nodes send to a device, with the rows as they are sent, by node. */
export type Sent = ReadonlyMap<string, readonly RouteView[]>;

const sentOf = lastingly((context) => {
  const all = new Map<string, Map<string, RouteView[]>>();
  for (const snapshot of context.devices.values()) {
    const routes = context.routes(snapshot);
    if (!routes.known) continue;
    for (const view of routes.value) {
      const to = view.layer === 'exported' && view.peer ? context.deviceByAddress.get(view.peer) : undefined;
      if (to === undefined) continue;
      const byNode = all.get(to) ?? new Map<string, RouteView[]>();
      all.set(to, byNode);
      byNode.set(snapshot.device.name, [...(byNode.get(snapshot.device.name) ?? []), view]);
    }
  }
  return all;
});

/** The exported views of nodes towards this device. */
export function viewsTo(context: Context, device: string): Sent {
  return sentOf(context).get(device) ?? new Map();
}

/** Nodes by the place of the prefixes that they have or send, as chains of numbers. */
interface Having {
  readonly places: Places;
  readonly names: readonly string[];
  readonly first: Int32Array;
  readonly next: readonly number[];
  readonly node: readonly number[];
}

const ofNodes: ReadonlySet<RouteLayer> = new Set(['local', 'exported']);

const havingOf = lastingly((context): Having => {
  const all = context.expected?.prefixes ?? [];
  const places = placesOf(all);
  const nodes = [...context.devices.values()].filter(({ device }) => device.role === 'node');
  const first = new Int32Array(all.length).fill(-1);
  const next: number[] = [];
  const node: number[] = [];
  // From the end, so that each chain is in the order of the devices.
  for (let n = nodes.length - 1; n >= 0; n--) {
    const routes = context.routes(nodes[n] as DeviceSnapshot);
    for (const { layer, table } of routes.known ? routes.value : []) {
      if (!ofNodes.has(layer)) continue;
      for (let row = 0; row < table.size; row++) {
        const place = places.index.firstLike(table.columns, row);
        const latest = place < 0 ? -1 : (first[place] as number);
        if (place < 0 || (latest >= 0 && node[latest] === n)) continue;
        next.push(latest);
        first[place] = node.push(n) - 1;
      }
    }
  }
  return { places, names: nodes.map(({ device }) => device.name), first, next, node };
});

/** Nodes that have or send a prefix, in whatever state, in the order of the devices. */
export function nodesWith(context: Context, prefix: Prefix): readonly string[] {
  const { places, names, first, next, node } = havingOf(context);
  const place = places.index.first(prefix);
  if (place < 0) {
    // Not expected when this was made: each node is asked.
    return names.filter((name) => {
      const snapshot = context.devices.get(name);
      const routes = snapshot && context.routes(snapshot);
      return (
        routes?.known && routes.value.some(({ layer, table }) => ofNodes.has(layer) && table.has(prefix))
      );
    });
  }
  const found: string[] = [];
  for (let i = first[place] as number; i >= 0; i = next[i] as number)
    found.push(names[node[i] as number] as string);
  return found;
}
