// Where each device stands in the drawing of the fabric: switches in layers by how far they are from the nodes, nodes in
// racks by the switches that they speak with. Made of the sessions that were seen and those that should be there, so that a
// rack whose switch is dead stays one. Pure.
import type { CauseId, NodeCauseId } from '../model/cause.ts';
import type { Fabric } from '../model/fabric.ts';
import { lastGood } from '../model/reading.ts';
import { isEstablished, type Session } from '../model/session.ts';
import type { DeviceSnapshot } from '../model/snapshot.ts';
import type { Tone } from './page-parts.ts';

/** A BGP adjacency of two known devices, worse end first counted. */
export interface Link {
  readonly peer: string;
  readonly tone: Tone;
  /** What the ends say, in words. */
  readonly says: string;
}

export interface Placed {
  readonly name: string;
  readonly tone: Tone;
  /** Why it has this tone; '' when all is well. */
  readonly why: string;
  /** Towards switches, worst first. */
  readonly links: readonly Link[];
  /** Sessions towards nodes. */
  readonly others: { readonly up: number; readonly down: number };
}

export interface Rack {
  /** The switches that its nodes speak with; empty for nodes that speak with none. */
  readonly switches: readonly string[];
  readonly nodes: readonly Placed[];
}

export interface Layout {
  /** Farthest from the nodes first. */
  readonly layers: readonly (readonly Placed[])[];
  readonly racks: readonly Rack[];
}

const order: readonly Tone[] = ['bad', 'warn', 'unknown', 'quiet', 'good'];
/** Bad before good; a sort key. */
export const weightOf = (tone: Tone) => order.indexOf(tone);
const byTone = <T extends { readonly tone: Tone }>(x: T, y: T) => weightOf(x.tone) - weightOf(y.tone);

type MaxAge = (device: string) => number;

interface Seen {
  tone: Tone;
  says: string[];
}

function sessionTone(session: Session, fresh: boolean): Tone {
  if (!fresh || session.state === null) return 'unknown';
  if (isEstablished(session)) return 'good';
  return session.adminDown ? 'quiet' : 'bad';
}

type Links = ReadonlyMap<string, ReadonlyMap<string, Seen>>;

/** Puts together what is said of adjacencies, from both ends. */
function linkMaker(fabric: Fabric) {
  const links = new Map<string, Map<string, Seen>>(
    fabric.devices.map(({ device }) => [device.name, new Map()]),
  );
  const put = (from: string, to: string, tone: Tone, says: string) => {
    const own = links.get(from);
    if (!own || !links.has(to) || from === to) return;
    const seen = own.get(to) ?? { tone, says: [] };
    own.set(to, seen);
    // An end that tells something counts before one that could not be asked.
    if (seen.tone === 'unknown' || (tone !== 'unknown' && weightOf(tone) < weightOf(seen.tone)))
      seen.tone = tone;
    if (seen.says.length < 6 && !seen.says.includes(says)) seen.says.push(says);
  };
  const both = (from: string, to: string, tone: Tone, says: string) => {
    put(from, to, tone, says);
    put(to, from, tone, says);
  };
  return { links, both };
}

/** What is known now: the sessions that a device shows with known devices, with their tones. */
function shownBy(fabric: Fabric, { device, sessions }: DeviceSnapshot, maxAgeMs: MaxAge) {
  const good = lastGood(sessions);
  const fresh = good !== undefined && fabric.at - good.at <= maxAgeMs(device.name);
  return (good?.value ?? []).flatMap((session) => {
    const peer = fabric.deviceByAddress.get(session.peerAddress);
    const state = `${fresh ? '' : 'was '}${session.state ?? 'not told'}`;
    const says = `${device.name}: ${state} (${session.afi})`;
    return peer === undefined ? [] : [{ peer, tone: sessionTone(session, fresh), says }];
  });
}

/** Adjacencies with a switch at one end: those between nodes go with the square of a mesh. */
function linksOf(fabric: Fabric, isSwitch: ReadonlySet<string>, maxAgeMs: MaxAge): Links {
  const { links, both } = linkMaker(fabric);
  for (const snapshot of fabric.devices) {
    const { name } = snapshot.device;
    for (const { peer, tone, says } of shownBy(fabric, snapshot, maxAgeMs))
      if (isSwitch.has(name) || isSwitch.has(peer)) both(name, peer, tone, says);
  }
  for (const { node, peerAddress } of lastGood(fabric.expected)?.value.sessions ?? []) {
    const peer = fabric.deviceByAddress.get(peerAddress);
    if (peer !== undefined && isSwitch.has(peer) && !links.get(node)?.has(peer))
      both(node, peer, 'unknown', 'expected, not seen');
  }
  return links;
}

/** Finds to a node one of its AS that it speaks with and that speaks with a switch itself. */
function siblings(fabric: Fabric, speaksWithSwitch: (node: string) => boolean) {
  const asOf = new Map((lastGood(fabric.expected)?.value.nodes ?? []).map(({ name, asn }) => [name, asn]));
  return ({ device, sessions }: DeviceSnapshot): string | undefined =>
    (lastGood(sessions)?.value ?? [])
      .map(({ peerAddress }) => fabric.deviceByAddress.get(peerAddress))
      .find(
        (peer) => peer !== undefined && asOf.get(peer) === asOf.get(device.name) && speaksWithSwitch(peer),
      );
}

const ofNode: Readonly<Record<NodeCauseId, true>> = {
  'not-configured-on-node': true,
  'node-not-ready': true,
  'bird-down': true,
  'config-not-applied': true,
  'graceful-restart': true,
  'not-exported': true,
  'bgpfilter-reject': true,
  'pool-export-disabled': true,
  'mesh-left-on': true,
  'rr-misconfigured': true,
};
const isOfNode = (cause: CauseId | undefined) => cause !== undefined && Object.hasOwn(ofNode, cause);

/** By device, what is wrong with it itself; sessions are told by its links. */
function troubles(fabric: Fabric, maxAgeMs: MaxAge): Map<string, { tone: Tone; why: string }> {
  const found = new Map<string, { tone: Tone; why: string }>();
  for (const { device, sessions, routes } of fabric.devices) {
    const good = lastGood(sessions);
    if (good && fabric.at - good.at <= maxAgeMs(device.name) && routes.ok) continue;
    found.set(device.name, { tone: 'unknown', why: 'could not be read' });
  }
  // Worst first, so that the first one stays.
  for (const { check, device, severity, detail, cause, nodes } of fabric.audit.findings) {
    if (severity === 'info') continue;
    // That nobody could look is a finding, and no fault of the device.
    const tone = check === 'device-unreachable' ? 'unknown' : severity === 'critical' ? 'bad' : 'warn';
    // A route that is missing on a switch may have been lost on the one node that should announce it.
    for (const name of nodes?.length === 1 && isOfNode(cause) ? [device, ...nodes] : [device]) {
      const known = found.get(name);
      if (!known || known.tone === 'unknown') found.set(name, { tone, why: detail });
    }
  }
  return found;
}

/** How many steps each switch is away from the nodes: 1 for those that speak with one. */
function distances(links: ReadonlyMap<string, ReadonlyMap<string, Seen>>, isSwitch: ReadonlySet<string>) {
  const steps = new Map<string, number>();
  let ring = [...links.keys()].filter((name) => !isSwitch.has(name));
  for (let step = 1; ring.length > 0; step++) {
    const next = new Set<string>();
    for (const name of ring) {
      for (const peer of links.get(name)?.keys() ?? [])
        if (isSwitch.has(peer) && !steps.has(peer)) next.add(peer);
    }
    for (const name of next) steps.set(name, step);
    ring = [...next];
  }
  return steps;
}

/** Lays the fabric out. `maxAgeMs` says how old a reading may be to count as the state of now. */
export function layoutOf(fabric: Fabric, maxAgeMs: MaxAge): Layout {
  const isSwitch = new Set(
    fabric.devices.filter(({ device }) => device.role === 'switch').map(({ device }) => device.name),
  );
  const links = linksOf(fabric, isSwitch, maxAgeMs);
  const trouble = troubles(fabric, maxAgeMs);
  const direct = (name: string) =>
    [...(links.get(name)?.keys() ?? [])].filter((peer) => isSwitch.has(peer)).sort();
  const placed = (snapshot: DeviceSnapshot): Placed => {
    const { name } = snapshot.device;
    const towards = [...(links.get(name) ?? [])]
      .filter(([peer]) => isSwitch.has(peer))
      .map(([peer, { tone, says }]) => ({ peer, tone, says: says.join('; ') }))
      .sort((x, y) => byTone(x, y) || (x.peer < y.peer ? -1 : 1));
    // Of a switch both ends are heard, of a node what it says itself.
    const all = isSwitch.has(name)
      ? [...(links.get(name) ?? [])].map(([peer, { tone }]) => ({ peer, tone }))
      : shownBy(fabric, snapshot, maxAgeMs);
    const tones = all.flatMap(({ peer, tone }) => (isSwitch.has(peer) ? [] : [tone]));
    const count = (wanted: Tone) => tones.filter((tone) => tone === wanted).length;
    const nodes = { up: count('good'), down: count('bad') };
    const self = trouble.get(name);
    const broken = towards.some(({ tone }) => tone === 'bad') || nodes.down > 0;
    const tone: Tone = self?.tone === 'bad' || !broken ? (self?.tone ?? 'good') : 'bad';
    const why = self?.why ?? (broken ? 'a session is down' : '');
    return { name, tone, why, links: towards, others: nodes };
  };
  const steps = distances(links, isSwitch);
  const farthest = Math.max(0, ...steps.values());
  const layers: Placed[][] = Array.from({ length: farthest + 1 }, () => []);
  // Switches that nothing leads to stand on top.
  for (const snapshot of fabric.devices) {
    const { name, role } = snapshot.device;
    if (role === 'switch') layers[farthest - (steps.get(name) ?? farthest)]?.push(placed(snapshot));
  }
  const racks = new Map<string, { readonly switches: readonly string[]; readonly nodes: Placed[] }>();
  const siblingOf = siblings(fabric, (name) => direct(name).length > 0);
  for (const snapshot of fabric.devices) {
    const { device } = snapshot;
    if (isSwitch.has(device.name)) continue;
    let switches = direct(device.name);
    if (switches.length === 0) {
      // A node behind route reflectors stands with those of its AS.
      const near = siblingOf(snapshot);
      if (near !== undefined) switches = direct(near);
    }
    const key = switches.join(' ');
    const rack = racks.get(key) ?? { switches, nodes: [] };
    rack.nodes.push(placed(snapshot));
    racks.set(key, rack);
  }
  return { layers: layers.filter((layer) => layer.length > 0), racks: [...racks.values()] };
}
