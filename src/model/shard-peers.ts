// The other shards of an exporter that shares the devices with them: what a shard asks of the others, and what comes of it.
import type { Shard } from './shard.ts';

/** What another shard answered. */
export type PeerAnswer =
  | {
      readonly ok: true;
      readonly shard: number;
      /** Where it was asked, without a path. */
      readonly url: string;
      /** The `data` of its answer, as it came. */
      readonly data: unknown;
    }
  | {
      readonly ok: false;
      readonly shard: number;
      readonly url: string;
      /** It was asked, and knows nothing by that name. */
      readonly notFound?: true;
      /** A whole sentence: `could not ask shard 2: …`. */
      readonly message: string;
    };

export interface ShardPeers {
  readonly shard: Shard;
  /**
   * Asks every other shard for its own part of an answer of the API, in the order of the shards. `path` begins with `/`. Takes no
   * longer than the configured time, reads no more than a bounded answer of each; never rejects.
   */
  ask(path: string): Promise<readonly PeerAnswer[]>;
  close(): void;
}
