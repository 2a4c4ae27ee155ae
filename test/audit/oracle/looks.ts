// How a world is looked at, and the oracle's answer: what an honest observer who has seen just that may say of a prefix at a
// switch. Written from the meaning of the verdicts (model/finding.ts), not from how the audit comes to them.
import type { Path, Table, World } from './world.ts';

/** One switch's own routes beside BGP's, what becomes of BGP's there, and how its tables were read. */
export interface Look {
  /** fresh, or why nothing may be said: failed (nothing), old, future; last: failed, with a fresh good value before. */
  readonly reading: 'fresh' | 'last' | 'failed' | 'old' | 'future';
  readonly sessionsRead: boolean;
  readonly layers: 'installed' | 'bgp' | 'both';
  /** How a source shows that a route is kept: a flag, the peer it came from, or its next hop alone. */
  readonly shows: 'flag' | 'from' | 'hop';
  /** Prefixes whose rows the answer lacks, since it was cut; undefined: it is whole. */
  readonly cut?: readonly string[];
  /** Prefixes that were not asked for. */
  readonly unasked: readonly string[];
  /** In the BGP table alone. */
  readonly uninstalled: readonly string[];
  /** Caught by a discard route of the device's own. */
  readonly blackholed: readonly string[];
  /** With a next hop that leads nowhere. */
  readonly unusable: readonly string[];
  /** Shorter routes of its own. */
  readonly covers: readonly Cover[];
  /** An aggregate is enough here. */
  readonly coverSuffices: readonly string[];
}

export interface Cover {
  readonly prefix: string;
  readonly kind: 'usable' | 'discard' | 'unusable';
}

export const plain: Look = {
  reading: 'fresh',
  sessionsRead: true,
  layers: 'both',
  shows: 'from',
  unasked: [],
  uninstalled: [],
  blackholed: [],
  unusable: [],
  covers: [],
  coverSuffices: [],
};

/** The ranges in use, by prefix: what a cover may be, the shortest last. */
export const coversOf = (prefix: string): readonly string[] =>
  prefix.includes(':') ? ['fd00:10::/48', '::/0'] : ['10.1.0.0/16', '0.0.0.0/0'];

/** Whether a switch has a way that brings other routers' next hops: then a next hop does not tell whom a route is from. */
function hopsTell(world: World, name: string): boolean {
  const own = world.speakers.find((speaker) => speaker.name === name);
  return world.links.every(({ a, b, keep }) => {
    if (a !== name && b !== name) return true;
    const peer = world.speakers.find((speaker) => speaker.name === (a === name ? b : a));
    return peer?.asn !== own?.asn && keep.length === 0;
  });
}

/** Verdicts that are right of a prefix at a switch: one, or two where what was seen cannot tell them apart. */
export function answers(
  world: World,
  look: Look,
  name: string,
  prefix: string,
  table: Table,
): readonly string[] {
  if (look.reading !== 'fresh' && look.reading !== 'last') return ['unknown'];
  const deciding = look.layers === 'bgp' ? 'bgp' : 'installed';
  const [best]: readonly Path[] = table.get(name) ?? [];
  const seen = !look.unasked.includes(prefix) && !look.cut?.includes(prefix);
  const discards = look.blackholed.includes(prefix) && deciding === 'installed';
  const forwards =
    best !== undefined &&
    !discards &&
    !look.unusable.includes(prefix) &&
    (deciding === 'bgp' || !look.uninstalled.includes(prefix));
  if (forwards && seen) {
    if (!best.kept) return ['present'];
    if (look.shows === 'flag' || (look.shows === 'from' && look.sessionsRead && deciding === 'bgp'))
      return ['stale'];
    if (!look.sessionsRead) return ['present'];
    return hopsTell(world, name) ? ['stale'] : ['stale', 'present'];
  }
  if (!seen || look.cut !== undefined) return ['unknown'];
  // Packets for it fall into the discard route; nothing shorter helps.
  if (discards) return ['missing'];
  return [withoutIt(look, prefix)];
}

/** The verdict where no route to the prefix itself counts. */
function withoutIt(look: Look, prefix: string): string {
  // The longest route that packets can follow; a discard route in between ends them. What is unusable is not installed.
  const longest = look.covers
    .filter((cover) => coversOf(prefix).includes(cover.prefix) && cover.kind !== 'unusable')
    .toSorted((x, y) => coversOf(prefix).indexOf(x.prefix) - coversOf(prefix).indexOf(y.prefix))[0];
  if (!longest || longest.kind === 'discard') return 'missing';
  if (longest.prefix.endsWith('/0')) return 'default-only';
  return look.coverSuffices.includes(prefix) ? 'present' : 'covered';
}
