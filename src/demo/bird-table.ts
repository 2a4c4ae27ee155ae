// A demo node's BIRD table and what `show route export` makes of it, as rows before they become text. Protocol
// instances, preferences and next hops are Calico's: static1 blackholes the block and the service range, kernel1 learns
// the workloads, direct1 the network, BGP routes resolve through it (bird: nest/route.h, proto/bgp/attrs.c).
import { type DeviceState, localPref, type Path } from './fabric.ts';
import type { History } from './history.ts';

export interface BirdRow {
  readonly prefix: string;
  /** Protocol instance: `static1`, `Node_172_20_0_254`. */
  readonly protocol: string;
  readonly type: 'static' | 'device' | 'inherit' | 'BGP';
  readonly preference: number;
  readonly primary: boolean;
  /** `blackhole`, `dev eth0`, `via 172.20.0.12 on eth0`. */
  readonly via: string;
  /** The peer, where it is not the gateway. */
  readonly from?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly attributes?: BirdAttributes;
}

interface BirdAttributes {
  readonly asPath: readonly number[];
  readonly nextHop: string;
  readonly localPref: number;
  readonly originatorId?: string;
  readonly clusterList: readonly string[];
}

/** One node as its BIRD sees itself. */
export interface BirdView {
  readonly state: DeviceState;
  readonly history: History;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function attributesOf(path: Path, nextHop: string): BirdAttributes {
  const { asPath, originatorId, clusterList } = path;
  return { asPath, nextHop, localPref, clusterList, ...(originatorId ? { originatorId } : {}) };
}

function pathRow(view: BirdView, path: Path, primary: boolean): BirdRow {
  const { state, history } = view;
  const since = history.routeSince(state.device.name, path);
  const { prefix, from, nextHop } = path;
  if (!from) {
    return { prefix, protocol: 'static1', type: 'static', preference: 200, primary, via: 'blackhole', since };
  }
  return {
    prefix,
    protocol: from.name,
    type: 'BGP',
    preference: 100,
    primary,
    via: `via ${nextHop} on ${state.device.interfaces[0]?.name ?? 'eth0'}`,
    ...(from.peerAddress === nextHop ? {} : { from: from.peerAddress }),
    since,
    attributes: attributesOf(path, nextHop),
  };
}

// The first address of the block, with the interface name that Felix would give its workload.
function workloadRow(view: BirdView): BirdRow[] {
  const { state, history } = view;
  if (!state.device.block) return [];
  return [
    {
      prefix: state.device.block.replace(/\.0\/\d+$/, '.2/32'),
      protocol: 'kernel1',
      type: 'inherit',
      preference: 10,
      primary: true,
      via: 'dev cali5d0f1e2a3b4',
      since: history.startedAt(state.device.name),
    },
  ];
}

/** All routes of the node's one table, `master`; rows of one prefix stand together, the primary first. */
export function masterTable(view: BirdView): BirdRow[] {
  const { state, history } = view;
  const since = history.startedAt(state.device.name);
  const own: BirdRow[] = state.device.interfaces.map(({ name, network }) => ({
    prefix: network,
    protocol: 'direct1',
    type: 'device',
    preference: 240,
    primary: true,
    via: `dev ${name}`,
    since,
  }));
  const { gateway } = state.device;
  if (gateway) {
    own.unshift({
      prefix: '0.0.0.0/0',
      protocol: 'kernel1',
      type: 'inherit',
      preference: 10,
      primary: true,
      via: `via ${gateway} on eth0`,
      since,
    });
  }
  const learned = [...state.table.values()].flatMap((paths) =>
    paths.map((path, i) => pathRow(view, path, i === 0)),
  );
  return [...own, ...workloadRow(view), ...learned];
}

/** Rows that the export filter lets through to a peer, with the attributes it sends; undefined when it is not up. */
export function exportTable(view: BirdView, peerAddress: string): BirdRow[] | undefined {
  const sent = view.state.sent.get(peerAddress);
  return sent?.flatMap((path) => {
    const [best] = view.state.table.get(path.prefix) ?? [];
    if (!best) return [];
    return [{ ...pathRow(view, best, true), attributes: attributesOf(path, path.nextHop) }];
  });
}
