// What the other shards say of something that is explained: a sentence of each, for page and API.
import type { ExplainTone } from '../model/explanation.ts';
import { fields, needed, oneOf, text } from '../model/json-fields.ts';
import type { PeerAnswer } from '../model/shard-peers.ts';
import type { ShardState } from './shard-lists.ts';

/** A shard that was asked has a verdict, or knows nothing by that name. */
export interface ShardVerdict extends ShardState {
  readonly url: string;
  readonly tone?: ExplainTone;
  readonly verdict?: string;
}

/** The verdict of each answer; one that cannot be read is a shard that could not be asked. */
export function shardVerdicts(answers: readonly PeerAnswer[]): readonly ShardVerdict[] {
  return answers.map((answer) => {
    const { shard, url } = answer;
    if (!answer.ok)
      return answer.notFound ? { shard, ok: true, url } : { shard, ok: false, url, error: answer.message };
    try {
      const from = fields(answer.data, 'data');
      return {
        shard,
        ok: true,
        url,
        tone: needed(from, 'tone', (value, at) => oneOf(value, at, ['good', 'bad', 'warn', 'unknown'])),
        verdict: needed(from, 'verdict', text),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { shard, ok: false, url, error: `could not ask shard ${shard}: ${reason}` };
    }
  });
}
