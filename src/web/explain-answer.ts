// What the server answers when it is asked to explain something: as JSON, and as a page. From what is in memory here, and, where several
// exporters share the devices, from what is in that of the others; no device is asked.
import type { Explained } from '../model/explanation.ts';
import { explanationJson } from '../model/explanation-json.ts';
import type { Fabric } from '../model/fabric.ts';
import type { PeerAnswer, ShardPeers } from '../model/shard-peers.ts';
import { onceOnly, parseParameters, QueryError, shardChoices } from './api-query.ts';
import { type ExplainPageInput, renderExplainPage } from './page-explain.ts';
import { apiError, apiSuccess } from './responses.ts';
import { type ShardVerdict, shardVerdicts } from './shard-verdicts.ts';

/** Explains a prefix, an address, a node or a switch; only towards one device where that is named. */
export type Explainer = (fabric: Fabric, target: string, device?: string) => Explained;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Asked {
  readonly fabric: Fabric | undefined;
  readonly explain: Explainer;
  /** The part of the URL from `?` on. */
  readonly search: string;
  /** The other shards, where there are any. */
  readonly peers?: ShardPeers | undefined;
}

// A form sends its empty fields too.
function wanted(search: string): { target: string; device?: string; ownOnly: boolean } {
  const given = parseParameters(search, ['target', 'device', 'shard'], shardChoices);
  const [target = '', device = ''] = ['target', 'device'].map((name) => onceOnly(given, name)?.trim());
  if (target === '') throw new QueryError('target is needed: a prefix, an address, a node or a switch');
  return { target, ...(device === '' ? {} : { device }), ownOnly: given.has('shard') };
}

/** What the other shards say of it; undefined where none is asked. */
async function elsewhere(
  { peers }: Asked,
  { target, device, ownOnly }: ReturnType<typeof wanted>,
): Promise<readonly PeerAnswer[] | undefined> {
  if (!peers || ownOnly) return undefined;
  const query = new URLSearchParams({ target, ...(device !== undefined && { device }) });
  return peers.ask(`/api/v1/explain?${query}`);
}

/** `/api/v1/explain`. Rejects with QueryError. */
export async function explainJson(asked: Asked): Promise<{ status: number; body: object }> {
  const { fabric, explain, search } = asked;
  const word = wanted(search);
  if (!fabric) return { status: 503, body: apiError('not-ready', 'the first audit has not finished') };
  const explained = explain(fabric, word.target, word.device);
  const answers = await elsewhere(asked, word);
  const shards = answers && { shards: shardVerdicts(answers) };
  if (explained.ok)
    return { status: 200, body: apiSuccess({ ...explanationJson(explained.explanation), ...shards }) };
  // A switch that this shard has never heard of may be one that another has found.
  const other = answers?.flatMap((answer) => (answer.ok ? [answer.data] : [])).find(isObject);
  if (other) return { status: 200, body: apiSuccess({ ...other, ...shards }) };
  const unasked = answers?.flatMap((answer) => (answer.ok || answer.notFound ? [] : [answer.message])) ?? [];
  const message = [explained.message, ...unasked].join('; ');
  return { status: 404, body: apiError('not-found', message) };
}

/** `/explain`, for people: a word that cannot be explained gets a page that says so. */
export async function explainHtml(
  asked: Asked,
  { now, version }: { readonly now: number; readonly version: string },
): Promise<{ status: number; body: string }> {
  const { fabric, explain, search } = asked;
  let target = new URLSearchParams(search).get('target') ?? '';
  const page = (explained: ExplainPageInput['explained'], shards?: readonly ShardVerdict[]) =>
    renderExplainPage({ explained, target, now, version, ...(shards && { shards }) });
  try {
    const word = wanted(search);
    target = word.target;
    if (!fabric) return { status: 503, body: page(undefined) };
    const explained = explain(fabric, word.target, word.device);
    const answers = await elsewhere(asked, word);
    const shards = answers && shardVerdicts(answers);
    const found = explained.ok || shards?.some(({ ok, verdict }) => ok && verdict !== undefined);
    return { status: found ? 200 : 404, body: page(explained, shards) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { status: 400, body: page({ ok: false, refused: true, message: error.message }) };
  }
}
