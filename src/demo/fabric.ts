// The demo fabric as a pure function: (topology, active effects) -> every device's sessions, BGP table and what it sends
// on each session. A small honest BGP: origination, eBGP and iBGP rules (RFC 4271 section 9), route reflection (RFC 4456),
// loop checks, import filters, Calico's export filter, best path; rounds until nothing changes. No ADD-PATH (RFC 7911).
import { parseAddress } from '../model/address.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import type { Effect } from './faults.ts';
import { isRunning, runningAsn, type SessionEnd, sessionEnds } from './sessions.ts';
import { type DemoDevice, type DemoTopology, podPool, serviceRange } from './topology.ts';

/** One path to one prefix in a device's table. */
export interface Path {
  readonly prefix: string;
  /** The session it came on; absent for a prefix of the device's own. */
  readonly from?: SessionEnd;
  readonly asPath: readonly number[];
  /** Empty for an own prefix (a blackhole route). */
  readonly nextHop: string;
  readonly originatorId?: string;
  /** Nearest reflector first. */
  readonly clusterList: readonly string[];
}

export interface DeviceState {
  readonly device: DemoDevice;
  readonly asn: number;
  /** Its BGP daemon runs. */
  readonly running: boolean;
  /** It answers nobody who asks. */
  readonly silent: boolean;
  readonly sessions: readonly SessionEnd[];
  /** Paths by prefix, the best one first. */
  readonly table: ReadonlyMap<string, readonly Path[]>;
  /** What is sent on each established session, by peer address. */
  readonly sent: ReadonlyMap<string, readonly Path[]>;
}

export type FabricState = ReadonlyMap<string, DeviceState>;

type Table = Map<string, Path[]>;

/** LOCAL_PREF of every path here: nothing sets another (BIRD's and FRR's default). */
export const localPref = 100;

const mostRounds = 50;

const wordOf = (address: string) => parseAddress(address)?.a ?? 0;

/** Order of preference (RFC 4271 9.1.2.2, RFC 4456 9); ties by router id rather than by age, so that it is a function. */
function comparePaths(x: Path, y: Path): number {
  if (!x.from || !y.from) return Number(x.from !== undefined) - Number(y.from !== undefined);
  return (
    x.asPath.length - y.asPath.length ||
    Number(y.from.external) - Number(x.from.external) ||
    wordOf(x.originatorId ?? x.from.peerRouterId) - wordOf(y.originatorId ?? y.from.peerRouterId) ||
    x.clusterList.length - y.clusterList.length ||
    wordOf(x.from.peerAddress) - wordOf(y.from.peerAddress)
  );
}

/** The paths a switch forwards over: best one and its equals (FRR `bestpath as-path multipath-relax`). */
export function multipaths(paths: readonly Path[]): readonly Path[] {
  const [best] = paths;
  if (!best?.from?.external) return best ? [best] : [];
  return paths.filter((path) => path.from?.external && path.asPath.length === best.asPath.length);
}

// Calico's export filter for this cluster: own block, service range, and whatever lies in the pool (bird_ipam.cfg).
const exportable = [parsePrefix(podPool), parsePrefix(serviceRange)];

function mayExport(device: DemoDevice, path: Path, to: SessionEnd): boolean {
  if (device.role === 'node') {
    if (!exportable.some((range) => contains(range, parsePrefix(path.prefix)))) return false;
    if (path.from?.peerAddress === to.peerAddress) return false;
  }
  if (to.external || !path.from || path.from.external) return true;
  return device.clusterId !== undefined && (path.from.client || to.client);
}

function exported(device: DemoDevice, path: Path, to: SessionEnd): Path {
  // Calico's sessions are multihop, so every eBGP export carries the node's own address; FRR does the same here.
  if (to.external) {
    const asPath = [to.localAsn, ...path.asPath];
    return { prefix: path.prefix, asPath, nextHop: to.localAddress, clusterList: [] };
  }
  const sent = { ...path, nextHop: path.nextHop || to.localAddress };
  if (!path.from || path.from.external) return sent;
  return {
    ...sent,
    originatorId: path.originatorId ?? path.from.peerRouterId,
    clusterList: [device.clusterId ?? device.routerId, ...path.clusterList],
  };
}

function accepts(end: SessionEnd, device: DemoDevice, path: Path, effects: readonly Effect[]): boolean {
  if (path.asPath.includes(end.localAsn)) return false;
  if (path.originatorId === device.routerId) return false;
  if (device.clusterId !== undefined && path.clusterList.includes(device.clusterId)) return false;
  return !effects.some((e) => e.kind === 'reject' && e.device === device.name && e.prefix === path.prefix);
}

function ownTable(device: DemoDevice, effects: readonly Effect[]): Table {
  const table: Table = new Map();
  if (!isRunning(device.name, effects)) return table;
  const prefixes = new Set(device.originates);
  for (const effect of effects) {
    if (effect.kind === 'announce' && effect.device === device.name) prefixes.add(effect.prefix);
    if (effect.kind === 'withdraw' && effect.device === device.name) prefixes.delete(effect.prefix);
  }
  for (const prefix of prefixes) table.set(prefix, [{ prefix, asPath: [], nextHop: '', clusterList: [] }]);
  return table;
}

function sentOn(device: DemoDevice, table: Table, to: SessionEnd): Path[] {
  const sent: Path[] = [];
  for (const [best] of table.values()) {
    if (best && mayExport(device, best, to)) sent.push(exported(device, best, to));
  }
  return sent;
}

const signature = (tables: Map<string, Table>) =>
  JSON.stringify([...tables].map(([name, table]) => [name, ...table.values()]));

interface Session {
  readonly end: SessionEnd;
  /** The peer's end of it. */
  readonly back: SessionEnd;
  readonly device: DemoDevice;
  readonly peer: DemoDevice;
}

function establishedSessions(
  devices: ReadonlyMap<string, DemoDevice>,
  ends: readonly SessionEnd[],
): Session[] {
  return ends.flatMap((end) => {
    const device = devices.get(end.device);
    const peer = devices.get(end.peer);
    const back = ends.find((other) => other.device === end.peer && other.peer === end.device);
    return end.state === 'established' && device && peer && back ? [{ end, back, device, peer }] : [];
  });
}

/** Every device's table after each has heard what its peers' tables let them send. */
function round(
  devices: ReadonlyMap<string, DemoDevice>,
  sessions: readonly Session[],
  tables: ReadonlyMap<string, Table>,
  effects: readonly Effect[],
): Map<string, Table> {
  const next = new Map([...devices].map(([name, device]) => [name, ownTable(device, effects)]));
  for (const { end, back, device, peer } of sessions) {
    const table = next.get(device.name) ?? new Map();
    for (const path of sentOn(peer, tables.get(peer.name) ?? new Map(), back)) {
      if (!accepts(end, device, path, effects)) continue;
      table.set(path.prefix, [...(table.get(path.prefix) ?? []), { ...path, from: end }]);
    }
  }
  for (const table of next.values()) for (const paths of table.values()) paths.sort(comparePaths);
  return next;
}

function propagate(
  devices: ReadonlyMap<string, DemoDevice>,
  ends: readonly SessionEnd[],
  effects: readonly Effect[],
): Map<string, Table> {
  const sessions = establishedSessions(devices, ends);
  let tables = new Map<string, Table>();
  for (let i = 0; i < mostRounds; i++) {
    const next = round(devices, sessions, tables, effects);
    if (signature(next) === signature(tables)) return next;
    tables = next;
  }
  throw new Error(`the demo fabric did not settle in ${mostRounds} rounds`);
}

/** What every device holds and sends when these effects are active. Throws when the topology names no such device. */
export function deriveFabric(topology: DemoTopology, effects: readonly Effect[]): FabricState {
  const devices = new Map(topology.devices.map((device) => [device.name, device]));
  const ends = sessionEnds(topology, effects);
  const tables = propagate(devices, ends, effects);
  const state = new Map<string, DeviceState>();
  for (const device of topology.devices) {
    const table = tables.get(device.name) ?? new Map();
    const sessions = ends.filter((end) => end.device === device.name);
    const up = sessions.filter((end) => end.state === 'established');
    state.set(device.name, {
      device,
      asn: runningAsn(device, effects),
      running: isRunning(device.name, effects),
      silent: effects.some((effect) => effect.kind === 'silent' && effect.device === device.name),
      sessions,
      table,
      sent: new Map(up.map((end) => [end.peerAddress, sentOn(device, table, end)])),
    });
  }
  return state;
}
