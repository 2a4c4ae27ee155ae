// One exporter of several that share the devices among them: shard 0/3, 1/3, 2/3. Which devices are its own follows from their
// names alone, so that all agree without talking; another number of shards moves as few of them as possible.
// Jump consistent hash: Lamping and Veach, arXiv:1406.2294; FNV-1a of 64 bits: draft-eastlake-fnv.

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Most shards: more than that is a typing error. */
export const mostShards = 1000;

/** `0/3`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const [index, count] = [Number(first), Number(second)];
  if (first === undefined || count < 1 || count > mostShards || index >= count) return undefined;
  return { index, count };
}

const word = (1n << 64n) - 1n;

function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & word;
  return hash;
}

/** The shard, from 0, of `count` that a name belongs to. */
export function shardOf(name: string, count: number): number {
  let key = fnv1a(name);
  let shard = 0;
  let next = 0;
  while (next < count) {
    shard = next;
    key = (key * 2862933555777941757n + 1n) & word;
    next = Math.floor((shard + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
  }
  return shard;
}

/** Whether a device is asked by this shard; without shards everything is. */
export function isOwn(shard: Shard | undefined, name: string): boolean {
  return shard === undefined || shardOf(name, shard.count) === shard.index;
}
