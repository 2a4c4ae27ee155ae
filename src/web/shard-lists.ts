// Lists of the API over all shards: what this shard answers and what the others do, as one list; a shard that could not be asked stands
// beside it, so that nobody takes a part for the whole. Items of the others go through as they came, since all shards run one release.
import type { AuditSummary, Severity } from '../model/finding.ts';
import { fields, list, optional, whole } from '../model/json-fields.ts';
import type { Shard } from '../model/shard.ts';
import type { PeerAnswer, ShardPeers } from '../model/shard-peers.ts';
import type { Endpoint } from './api.ts';
import { maxLimit, type Page, QueryError } from './api-query.ts';

type Item = Readonly<Record<string, unknown>>;

/** One list as the API answers it. */
interface Listed {
  readonly total: number;
  readonly items: readonly Item[];
  /** Of findings. */
  readonly summary?: AuditSummary;
}

/** What became of asking one shard. */
export interface ShardState {
  readonly shard: number;
  readonly ok: boolean;
  /** Where it was asked; absent for the shard that answers. */
  readonly url?: string;
  readonly error?: string;
}

const figures = [
  'devices',
  'devicesUnknown',
  'sessionsUp',
  'sessionsDown',
  'expectedPrefixes',
  'missing',
  'unknown',
] as const;

/** The summary of a shard's audit. Throws ParseError. */
export function readSummary(value: unknown, at: string): AuditSummary {
  const from = fields(value, at);
  return Object.fromEntries(
    figures.map((name) => [name, whole(from.data[name], `${at}.${name}`)]),
  ) as unknown as AuditSummary;
}

function readList(data: unknown): Listed {
  const from = fields(data, 'data');
  return {
    total: whole(from.data.total, 'total'),
    items: list(from, 'items', maxLimit, (value, at) => fields(value, at).data),
    ...optional(from, 'summary', readSummary),
  };
}

/** The list of another shard, or why there is none. */
function tryReadList(shard: number, data: unknown): Listed | string {
  try {
    return readList(data);
  } catch (error) {
    return `could not ask shard ${shard}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Figures of several shards as those of one: each device is in one of them, what is expected is the same in all. */
export function addUp(summaries: readonly AuditSummary[]): AuditSummary {
  const sum = Object.fromEntries(
    figures.map((name) => [name, summaries.reduce((total, summary) => total + summary[name], 0)]),
  ) as unknown as AuditSummary;
  return { ...sum, expectedPrefixes: Math.max(...summaries.map((summary) => summary.expectedPrefixes)) };
}

const states = ['firing', 'unknown', 'pending', 'silenced'];
const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** The order of findings over all shards: as the API has those of one, worst first. */
export function findingRank({ state, severity }: Item): number {
  const rank = (known: readonly string[], word: unknown) => {
    const at = known.indexOf(String(word));
    return at < 0 ? known.length : at;
  };
  return rank(states, state) * 10 + rank(severities, severity);
}

/**
 * What two shards may both tell of: a session, from its two ends; an object of the cluster; the root of an incident. Undefined for what only
 * one can tell.
 */
function sameThing(name: string, item: Item): string | undefined {
  if (name === 'incidents') return String(item.id);
  const { check, device, subject, vrf, state = '', resolvedAt = '' } = item;
  if (String(check).startsWith('session-') && item.ends !== undefined)
    return JSON.stringify([state, resolvedAt === '' ? '' : 'resolved', check, subject, vrf]);
  return device === '' ? JSON.stringify([state, check, subject, item.detail]) : undefined;
}

const unread = ({ ends }: Item) =>
  Array.isArray(ends) ? ends.filter((end) => (end as Item).state === 'unread').length : 0;

function joined(name: string, one: Item, other: Item): Item {
  // Who has read both ends knows more.
  if (name !== 'incidents') return unread(other) < unread(one) ? other : one;
  const sum = (key: string) => Number(one[key]) + Number(other[key]);
  const worse = findingRank(one) <= findingRank(other) ? one : other;
  const devices = [one.devices, other.devices].flatMap((each) => (Array.isArray(each) ? each : []));
  return {
    ...worse,
    findings: sum('findings'),
    missingRoutes: sum('missingRoutes'),
    devices: [...new Set(devices)],
    since: [String(one.since), String(other.since)].sort()[0],
  };
}

function withoutTwins(name: string, items: readonly Item[]): Item[] {
  const byThing = new Map<string, number>();
  const kept: Item[] = [];
  for (const item of items) {
    const thing = sameThing(name, item);
    const at = thing === undefined ? undefined : byThing.get(thing);
    const twin = at === undefined ? undefined : kept[at];
    if (at !== undefined && twin) kept[at] = joined(name, twin, item);
    else {
      if (thing !== undefined) byThing.set(thing, kept.length);
      kept.push(item);
    }
  }
  return kept;
}

function sorted(name: string, items: Item[]): Item[] {
  if (name === 'findings' || name === 'incidents')
    return items.sort((x, y) => findingRank(x) - findingRank(y));
  if (name === 'resolved')
    return items.sort((x, y) => String(y.resolvedAt).localeCompare(String(x.resolvedAt)));
  return items;
}

/** Lists that each shard has a part of; the others are the same in all shards. */
const sharedLists: readonly string[] = ['devices', 'sessions', 'routes', 'findings', 'incidents', 'resolved'];

/** The page that each shard is asked for, so that the wanted one can be cut of them all. Throws QueryError. */
function pageOfEach({ offset, limit }: Page): Page {
  if (offset + limit > maxLimit) {
    const most = `offset and limit together can be ${maxLimit} at most over all shards`;
    throw new QueryError(`${most}; for more ask each shard with shard=own`);
  }
  return { offset: 0, limit: offset + limit };
}

/** This shard's list and those of the others, each from its start, as one, with what became of asking each shard. */
export function joinLists(
  name: string,
  own: object,
  answers: readonly PeerAnswer[],
  { shard, offset, limit }: Page & { readonly shard: Shard },
): object {
  const mine = readList(JSON.parse(JSON.stringify(own)));
  const parts: Listed[] = [mine];
  const shards: ShardState[] = [{ shard: shard.index, ok: true }];
  for (const answer of answers) {
    const { shard: index, url } = answer;
    const read = answer.ok ? tryReadList(index, answer.data) : answer.message;
    if (typeof read !== 'string') parts.push(read);
    shards.push({
      shard: index,
      ok: typeof read !== 'string',
      url,
      ...(typeof read === 'string' && { error: read }),
    });
  }
  const all = parts.flatMap(({ items }) => items);
  const items = sorted(name, withoutTwins(name, all));
  const summaries = parts.flatMap(({ summary }) => summary ?? []);
  return {
    ...(mine.summary && { summary: addUp(summaries) }),
    total: parts.reduce((sum, { total }) => sum + total, 0) - (all.length - items.length),
    offset,
    limit,
    items: items.slice(offset, offset + limit),
    shards: shards.sort((x, y) => x.shard - y.shard),
  };
}

/** A list of the API: this shard's, or that of all shards where others are asked. Rejects with QueryError. */
export async function listAnswer(
  { name, answer }: Pick<Endpoint, 'name' | 'answer'>,
  context: Parameters<Endpoint['answer']>[0],
  peers: ShardPeers | undefined,
): Promise<object> {
  const { query } = context;
  if (!peers || query.ownOnly || !sharedLists.includes(name)) return answer(context);
  const whole = pageOfEach(query);
  const own = answer({ ...context, query: { ...query, ...whole } });
  const search = new URLSearchParams([
    ...[...query.filters].flatMap(([filter, values]) =>
      values.map((value): [string, string] => [filter, value]),
    ),
    ['limit', String(whole.limit)],
  ]);
  const answers = await peers.ask(`/api/v1/${name}?${search}`);
  return joinLists(name, own, answers, { ...query, shard: peers.shard });
}
