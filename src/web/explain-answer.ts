// What the server answers when it is asked to explain something: as JSON, and as a page. One fabric, no device is asked.

import type { Explained } from '../model/explanation.ts';
import { explanationJson } from '../model/explanation-json.ts';
import type { Fabric } from '../model/fabric.ts';
import { onceOnly, parseParameters, QueryError } from './api-query.ts';
import { type ExplainPageInput, renderExplainPage } from './page-explain.ts';
import { apiError, apiSuccess } from './responses.ts';

/** Explains a prefix, an address, a node or a switch; only towards one device where that is named. */
export type Explainer = (fabric: Fabric, target: string, device?: string) => Explained;

interface Asked {
  readonly fabric: Fabric | undefined;
  readonly explain: Explainer;
  /** The part of the URL from `?` on. */
  readonly search: string;
}

// A form sends its empty fields too.
function wanted(search: string): { target: string; device?: string } {
  const given = parseParameters(search, ['target', 'device']);
  const [target = '', device = ''] = ['target', 'device'].map((name) => onceOnly(given, name)?.trim());
  if (target === '') throw new QueryError('target is needed: a prefix, an address, a node or a switch');
  return { target, ...(device === '' ? {} : { device }) };
}

/** `/api/v1/explain`. Throws QueryError. */
export function explainJson({ fabric, explain, search }: Asked): { status: number; body: object } {
  const { target, device } = wanted(search);
  if (!fabric) return { status: 503, body: apiError('not-ready', 'the first audit has not finished') };
  const explained = explain(fabric, target, device);
  if (!explained.ok) return { status: 404, body: apiError('not-found', explained.message) };
  return { status: 200, body: apiSuccess(explanationJson(explained.explanation)) };
}

/** `/explain`, for people: a word that cannot be explained gets a page that says so. */
export function explainHtml(
  { fabric, explain, search }: Asked,
  { now, version }: { readonly now: number; readonly version: string },
): { status: number; body: string } {
  let target = new URLSearchParams(search).get('target') ?? '';
  const page = (explained: ExplainPageInput['explained']) =>
    renderExplainPage({ explained, target, now, version });
  try {
    const word = wanted(search);
    target = word.target;
    if (!fabric) return { status: 503, body: page(undefined) };
    const explained = explain(fabric, word.target, word.device);
    return { status: explained.ok ? 200 : 404, body: page(explained) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { status: 400, body: page({ ok: false, refused: true, message: error.message }) };
  }
}
