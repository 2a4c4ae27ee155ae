// The oracle: a small fabric in which routes are flooded session by session until nothing changes any more. It knows nothing of
// the audit and is as slow and plain as can be. Rules: RFC 4271 sections 9.1.2 (loops) and 5.1.3 (next hops), RFC 4456
// (reflection, cluster lists), RFC 4724 (a helper keeps the routes of a peer that restarts).

export interface Speaker {
  readonly name: string;
  readonly role: 'node' | 'switch';
  readonly asn: number;
  /** A route reflector's cluster id. */
  readonly cluster?: string;
}

/**
 * up: both ways; down: no way; restarting: neither end is established, and both keep what they had; unnoticed: `b` has lost it
 * and `a` still believes in it.
 */
export type LinkState = 'up' | 'down' | 'restarting' | 'unnoticed';

export interface Link {
  readonly a: string;
  readonly b: string;
  readonly family: 4 | 6;
  readonly state: LinkState;
  /** The end that is the reflection client of the other one. */
  readonly client?: string;
  /** Prefixes that one end does not send, or does not take, by that end's name. */
  readonly out: Readonly<Record<string, readonly string[]>>;
  readonly in: Readonly<Record<string, readonly string[]>>;
  /** Calico's `next hop keep` towards an eBGP peer, at these ends. */
  readonly keep: readonly string[];
}

export interface World {
  readonly speakers: readonly Speaker[];
  readonly links: readonly Link[];
  /** Prefix -> nodes that should announce it. */
  readonly origins: Readonly<Record<string, readonly string[]>>;
  /** `node prefix`: not in the node's table. */
  readonly withdrawn: readonly string[];
}

export interface Path {
  /** AS numbers, nearest first. */
  readonly asPath: readonly number[];
  /** The speaker whose address is the next hop. */
  readonly hop: string;
  /** The speaker it came from; undefined for an own route. */
  readonly from: string | undefined;
  readonly internal: boolean;
  readonly originator: string | undefined;
  readonly clusters: readonly string[];
  /** Kept for a peer that is away. */
  readonly kept: boolean;
}

/** Paths of a prefix by speaker, the best one first. */
export type Table = ReadonlyMap<string, readonly Path[]>;

export const speakerOf = (world: World, name: string): Speaker => {
  const found = world.speakers.find((speaker) => speaker.name === name);
  if (!found) throw new Error(`no speaker ${name}`);
  return found;
};

const refuses = (policy: Link['out'], at: string, prefix: string) => policy[at]?.includes(prefix) === true;

/** What `from` sends to `to` of the path that it has chosen; undefined for nothing. */
export function sends(
  world: World,
  link: Link,
  from: Speaker,
  to: Speaker,
  best: Path,
  prefix: string,
): Path | undefined {
  if (best.from === to.name || refuses(link.out, from.name, prefix)) return undefined;
  if (from.asn !== to.asn) {
    const hop = link.keep.includes(from.name) && best.from !== undefined ? best.hop : from.name;
    return {
      asPath: [from.asn, ...best.asPath],
      hop,
      from: from.name,
      internal: false,
      originator: undefined,
      clusters: [],
      kept: false,
    };
  }
  const common = { ...best, from: from.name, internal: true, kept: false };
  if (best.from === undefined || !best.internal) return { ...common, originator: undefined, clusters: [] };
  // From one internal peer to another: only a reflector does, and only to or from its clients.
  if (from.cluster === undefined) return undefined;
  const source = world.links.find(
    ({ a, b, family }) =>
      family === link.family && [a, b].includes(from.name) && [a, b].includes(best.from ?? ''),
  );
  if (link.client !== to.name && source?.client !== best.from) return undefined;
  return {
    ...common,
    originator: best.originator ?? best.from,
    clusters: [from.cluster, ...best.clusters],
  };
}

/** Whether `to` takes a path that it was sent. */
function takes(link: Link, to: Speaker, path: Path, prefix: string): boolean {
  if (refuses(link.in, to.name, prefix)) return false;
  if (path.asPath.includes(to.asn)) return false;
  if (path.originator === to.name) return false;
  return to.cluster === undefined || !path.clusters.includes(to.cluster);
}

function better(x: Path, y: Path): number {
  return (
    Number(x.from !== undefined) - Number(y.from !== undefined) ||
    x.asPath.length - y.asPath.length ||
    Number(x.internal) - Number(y.internal) ||
    x.clusters.length - y.clusters.length ||
    ((x.from ?? '') < (y.from ?? '') ? -1 : 1)
  );
}

/** Whether anything that `link`'s other end has sent is in the table of `to`. */
function arrives({ a, state }: Link, to: string): boolean {
  return state === 'up' || state === 'restarting' || (state === 'unnoticed' && to === a);
}

/** Paths of one speaker, from what everybody had a moment ago; the best one first. */
function pathsAt(world: World, links: readonly Link[], to: Speaker, prefix: string, table: Table): Path[] {
  const paths: Path[] = [];
  if (world.origins[prefix]?.includes(to.name) && !world.withdrawn.includes(`${to.name} ${prefix}`)) {
    const own = { asPath: [], from: undefined, internal: false, originator: undefined, clusters: [] };
    paths.push({ ...own, hop: to.name, kept: false });
  }
  for (const link of links) {
    if (to.name !== link.a && to.name !== link.b) continue;
    const from = speakerOf(world, to.name === link.a ? link.b : link.a);
    const best = table.get(from.name)?.[0];
    if (!best || !arrives(link, to.name)) continue;
    const sent = sends(world, link, from, to, best, prefix);
    if (sent && takes(link, to, sent, prefix)) paths.push({ ...sent, kept: link.state === 'restarting' });
  }
  return paths.sort(better);
}

/** Floods one prefix until no table changes any more. Throws when that takes longer than any fabric is wide. */
export function flood(world: World, prefix: string): Table {
  const family = prefix.includes(':') ? 6 : 4;
  const links = world.links.filter((link) => link.family === family);
  let table: Table = new Map();
  for (let round = 0; round < 50; round++) {
    const next = new Map(
      world.speakers.map((to) => [to.name, pathsAt(world, links, to, prefix, table)] as const),
    );
    if (JSON.stringify([...next]) === JSON.stringify([...table])) return table;
    table = next;
  }
  throw new Error(`the routes of ${prefix} do not settle`);
}
