// What the other shards have found, for the page: each answer of /api/v1/findings read member by member, so that a shard of another
// release is one that could not be asked, and nothing that it is not.
import type { CauseId } from '../model/cause.ts';
import type { AuditSummary, CheckId, Finding, Severity } from '../model/finding.ts';
import {
  fields,
  type JsonFields,
  list,
  needed,
  optional,
  refuse,
  text,
  whole,
} from '../model/json-fields.ts';
import type { Shard } from '../model/shard.ts';
import type { PeerAnswer } from '../model/shard-peers.ts';
import { findingChoices } from './api-choices.ts';
import { readSummary } from './shard-lists.ts';

export type FindingState = 'firing' | 'unknown' | 'pending' | 'silenced';

export interface StatedFinding {
  readonly state: FindingState;
  readonly finding: Finding;
}

/** One other shard as the page tells of it. */
export type OtherShard =
  | {
      readonly ok: true;
      readonly shard: number;
      readonly url: string;
      readonly summary: AuditSummary;
      /** The worst of them; `total` counts all. */
      readonly findings: readonly StatedFinding[];
      readonly total: number;
    }
  | { readonly ok: false; readonly shard: number; readonly url: string; readonly message: string };

/** All shards as the page tells of them. */
export interface ShardView {
  readonly shard: Shard;
  readonly others: readonly OtherShard[];
}

/** Findings of each other shard on the page. */
export const findingsOfEach = 50;
export const findingsPath = `/api/v1/findings?limit=${findingsOfEach}`;

function known<T extends string>(name: string) {
  return (value: unknown, at: string): T => {
    const words = findingChoices[name] ?? [];
    return words.includes(String(value)) ? (value as T) : refuse(at, `one of ${words.join(', ')}`, value);
  };
}

function time(value: unknown, at: string): number {
  const ms = Date.parse(text(value, at, 40));
  return Number.isNaN(ms) ? refuse(at, 'a time', value) : ms;
}

function readFinding(from: JsonFields): Finding {
  return {
    check: needed(from, 'check', known<CheckId>('check')),
    severity: needed(from, 'severity', known<Severity>('severity')),
    device: needed(from, 'device', text),
    subject: needed(from, 'subject', text),
    verdict: needed(from, 'verdict', text) as Finding['verdict'],
    detail: needed(from, 'detail', text),
    since: needed(from, 'since', time),
    ...optional(from, 'cause', (value, at) => text(value, at, 80) as CauseId),
    ...optional(from, 'prefix', text),
    ...optional(from, 'incident', text),
    ...optional(from, 'times', whole),
    ...optional(from, 'until', time),
    ...optional(from, 'excuse', text),
  };
}

/** What the answers say; one that cannot be read is a shard that could not be asked. */
export function shardView(shard: Shard, answers: readonly PeerAnswer[]): ShardView {
  const others = answers.map((answer): OtherShard => {
    const { shard: index, url } = answer;
    if (!answer.ok) return { ok: false, shard: index, url, message: answer.message };
    try {
      const from = fields(answer.data, 'data');
      return {
        ok: true,
        shard: index,
        url,
        summary: needed(from, 'summary', readSummary),
        total: needed(from, 'total', whole),
        findings: list(from, 'items', findingsOfEach, (value, at) => {
          const item = fields(value, at);
          return { state: needed(item, 'state', known<FindingState>('state')), finding: readFinding(item) };
        }),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, shard: index, url, message: `could not ask shard ${index}: ${reason}` };
    }
  });
  return { shard, others };
}
