// Where each device stands in the drawing of the fabric: switches in layers by how far they are from the nodes, nodes in
// racks by the switches that they speak with. Made of the sessions that were seen and those that should be there, so that a
// rack whose switch is dead stays one. Pure.
import type { Fabric } from '../model/fabric.ts';
import { lastGood } from '../model/reading.ts';
import { isEstablished, type Session } from '../model/session.ts';
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

interface Seen {
  tone: Tone;
  says: string[];
}

function sessionTone(session: Session, fresh: boolean): Tone {
  if (!fresh || session.state === null) return 'unknown';
  if (isEstablished(session)) return 'good';
  return session.adminDown ? 'quiet' : 'bad';
}

/** By device, its adjacencies with known devices. */
function linksOf(fabric: Fabric, maxAgeMs: (device: string) => number): Map<string, Map<string, Seen>> {
  const links = new Map<string, Map<string, Seen>>(
    fabric.devices.map(({ device }) => [device.name, new Map()]),
  );
  const put = (from: string, to: string, tone: Tone, says: string) => {
    const own = links.get(from);
    if (!own || !links.has(to) || from === to) return;
    const seen = own.get(to);
    if (!seen) own.set(to, { tone, says: [says] });
    else {
      // An end that tells something counts before one that could not be asked.
      if (seen.tone === 'unknown' || (tone !== 'unknown' && weightOf(tone) < weightOf(seen.tone)))
        seen.tone = tone;
      if (seen.says.length < 6 && !seen.says.includes(says)) seen.says.push(says);
    }
  };
  for (const { device, sessions } of fabric.devices) {
    const good = lastGood(sessions);
    const fresh = good !== undefined && fabric.at - good.at <= maxAgeMs(device.name);
    for (const session of good?.value ?? []) {
      const peer = fabric.deviceByAddress.get(session.peerAddress);
      if (peer === undefined) continue;
      const tone = sessionTone(session, fresh);
      const says = `${device.name}: ${fresh ? '' : 'was '}${session.state ?? 'not told'} (${session.afi})`;
      put(device.name, peer, tone, says);
      put(peer, device.name, tone, says);
    }
  }
  for (const { node, peerAddress, peerNode } of lastGood(fabric.expected)?.value.sessions ?? []) {
    const peer = peerNode ?? fabric.deviceByAddress.get(peerAddress);
    if (peer === undefined || links.get(node)?.has(peer)) continue;
    put(node, peer, 'unknown', 'expected, not seen');
    put(peer, node, 'unknown', 'expected, not seen');
  }
  return links;
}

/** By device, what is wrong with it itself; sessions are told by its links. */
function troubles(
  fabric: Fabric,
  maxAgeMs: (device: string) => number,
): Map<string, { tone: Tone; why: string }> {
  const found = new Map<string, { tone: Tone; why: string }>();
  for (const { device, sessions, routes } of fabric.devices) {
    const good = lastGood(sessions);
    if (good && fabric.at - good.at <= maxAgeMs(device.name) && routes.ok) continue;
    found.set(device.name, { tone: 'unknown', why: 'could not be read' });
  }
  // Worst first, so that the first one stays.
  for (const { device, severity, detail } of fabric.audit.findings) {
    const known = found.get(device);
    if (known && known.tone !== 'unknown') continue;
    if (severity !== 'info')
      found.set(device, { tone: severity === 'critical' ? 'bad' : 'warn', why: detail });
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
export function layoutOf(fabric: Fabric, maxAgeMs: (device: string) => number): Layout {
  const links = linksOf(fabric, maxAgeMs);
  const trouble = troubles(fabric, maxAgeMs);
  const isSwitch = new Set(
    fabric.devices.filter(({ device }) => device.role === 'switch').map(({ device }) => device.name),
  );
  const placed = (name: string): Placed => {
    const own = [...(links.get(name) ?? [])];
    const towards = own
      .filter(([peer]) => isSwitch.has(peer))
      .map(([peer, { tone, says }]) => ({ peer, tone, says: says.join('; ') }))
      .sort((x, y) => byTone(x, y) || (x.peer < y.peer ? -1 : 1));
    const nodes = own.filter(([peer]) => !isSwitch.has(peer));
    const down = nodes.filter(([, { tone }]) => tone === 'bad').length;
    const up = nodes.filter(([, { tone }]) => tone === 'good').length;
    const self = trouble.get(name);
    const broken = towards.some(({ tone }) => tone === 'bad') || down > 0;
    const tone = self?.tone === 'bad' || !broken ? (self?.tone ?? 'good') : 'bad';
    return {
      name,
      tone,
      why: self?.why ?? (broken ? 'a session is down' : ''),
      links: towards,
      others: { up, down },
    };
  };
  const steps = distances(links, isSwitch);
  const farthest = Math.max(0, ...steps.values());
  const layers: Placed[][] = Array.from({ length: farthest + 1 }, () => []);
  // Switches that nothing leads to stand on top.
  for (const name of isSwitch) layers[farthest - (steps.get(name) ?? farthest)]?.push(placed(name));
  const racks = new Map<string, Placed[]>();
  const direct = (name: string) =>
    [...(links.get(name)?.keys() ?? [])].filter((peer) => isSwitch.has(peer)).sort();
  const asOf = new Map((lastGood(fabric.expected)?.value.nodes ?? []).map(({ name, asn }) => [name, asn]));
  for (const { device } of fabric.devices) {
    if (isSwitch.has(device.name)) continue;
    let switches = direct(device.name);
    if (switches.length === 0) {
      // A node behind route reflectors stands with those of its AS.
      const near = [...(links.get(device.name)?.keys() ?? [])].find(
        (peer) => asOf.get(peer) === asOf.get(device.name) && direct(peer).length > 0,
      );
      if (near !== undefined) switches = direct(near);
    }
    const key = switches.join(' ');
    const rack = racks.get(key) ?? [];
    rack.push(placed(device.name));
    racks.set(key, rack);
  }
  return {
    layers: layers.filter((layer) => layer.length > 0),
    racks: [...racks].map(([key, nodes]) => ({ switches: key === '' ? [] : key.split(' '), nodes })),
  };
}
