// The OpenAPI document is what the API does: every answer, of the sample fabric and of a fabric with each cause, validates
// against it, with no field that is not written down; and each endpoint and filter stands in it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { explanationJson } from '../../src/model/explanation-json.ts';
import type { Fabric } from '../../src/model/fabric.ts';
import { endpoints } from '../../src/web/api.ts';
import { parseQuery } from '../../src/web/api-query.ts';
import { openApi } from '../../src/web/openapi.ts';
import { apiError, apiSuccess } from '../../src/web/responses.ts';
import { causeCases, otherCases } from '../audit/explain-cases.ts';
import { audited, explanationOf } from '../audit/explain-fabric.ts';
import { sampleFabric, sampleOptions } from '../metrics/sample-fabric.ts';
import { sampleServer } from './sample-server.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

type Method = 'get' | 'post';

const document = openApi('1.2.3', true) as {
  readonly paths: Readonly<Record<string, Readonly<Record<Method, Operation>>>>;
  readonly components: object;
};
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
// OpenAPI's own place for schemas that others refer to.
ajv.addVocabulary(['components']);
ajv.addFormat('date-time', (value: string) => new Date(value).toISOString() === value);

/** What is wrong with an answer of this path and status, in words. */
function faultsOf(path: string, status: number, answer: object, method: Method = 'get'): readonly string[] {
  const schema = document.paths[path]?.[method].responses[status]?.content?.['application/json']?.schema;
  if (!schema) return [`${path} ${status} is not in the document`];
  const validate = ajv.compile({ ...schema, components: document.components });
  validate(JSON.parse(JSON.stringify(answer)));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const [finding] = sampleFabric().audit.findings;
if (!finding) throw new Error('the sample has no finding');

const things = { ...causeCases, ...otherCases };
const fabrics: readonly (readonly [string, () => Fabric])[] = [
  ['the sample', sampleFabric],
  ...Object.entries(things).map(([name, make]) => [name, () => audited(make())] as const),
];

describe.each(endpoints)('/api/v1/$name', ({ name, filters, choices, answer }) => {
  it.each(fabrics)('answers about %s as the document says', (_, make) => {
    const fabric = make();
    const data = answer({
      fabric,
      query: parseQuery('', filters, choices),
      maxAgeMs: sampleOptions.maxAgeMs,
    });
    const body = apiSuccess({ at: new Date(fabric.at).toISOString(), ...data });
    expect(faultsOf(`/api/v1/${name}`, 200, body)).toEqual([]);
  });

  it('has every filter with its values', () => {
    const parameters = document.paths[`/api/v1/${name}`]?.get.parameters ?? [];
    expect(parameters.map((each) => each.name)).toEqual([...filters, 'limit', 'offset', 'shard']);
    for (const [filter, values] of Object.entries(choices ?? {}))
      expect(parameters.find((each) => each.name === filter)?.schema).toMatchObject({
        items: { enum: values },
      });
  });
});

describe('/api/v1/explain', () => {
  it.each(Object.entries(things))('explains %s as the document says', (_, make) => {
    const body = apiSuccess(explanationJson(explanationOf(make())));
    expect(faultsOf('/api/v1/explain', 200, body)).toEqual([]);
  });

  it('explains what has an end, with its time as everywhere', () => {
    const explanation = explanationOf(causeCases['not-exported']());
    const pending = { ...finding, until: Date.UTC(2026, 0, 15, 4), excuse: 'a new block' };
    const json = explanationJson({ ...explanation, findings: [pending] });
    expect(faultsOf('/api/v1/explain', 200, apiSuccess(json))).toEqual([]);
    expect(json).toMatchObject({ findings: [{ until: '2026-01-15T04:00:00.000Z' }] });
  });

  it('refuses as the document says', () => {
    for (const status of [400, 404, 503])
      expect(faultsOf('/api/v1/explain', status, apiError('not-found', 'nothing'))).toEqual([]);
  });
});

describe('what is really answered', () => {
  const json = (body: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'manual' as const,
  });
  const inject = json('{"action":"inject"}');
  const form = { ...inject, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  const one = '/demo/faults/{name}';

  it.each<[path: string, asked: string, status: number, init?: RequestInit, fabric?: 'none' | 'broken']>([
    ...endpoints.flatMap(({ name }) =>
      (
        [
          ['', 200],
          ['?nonsense=1', 400],
        ] as const
      ).map(([query, status]): [string, string, number] => [
        `/api/v1/${name}`,
        `/api/v1/${name}${query}`,
        status,
      ]),
    ),
    ['/api/v1/devices', '/api/v1/devices', 503, {}, 'none'],
    ['/api/v1/devices', '/api/v1/devices', 500, {}, 'broken'],
    ['/api/v1/explain', '/api/v1/explain?target=leaf01', 200],
    ['/api/v1/explain', '/api/v1/explain?target=leaf99', 404],
    ['/api/v1/explain', '/api/v1/explain', 400],
    ['/api/v1/explain', '/api/v1/explain?target=leaf01', 503, {}, 'none'],
    ['/demo/faults', '/demo/faults', 200],
    ['/demo/faults', '/demo/faults', 400, inject],
    ['/demo/faults', '/demo/faults', 200, json('{"action":"heal"}')],
    [one, '/demo/faults/a', 200, inject],
    [one, '/demo/faults/b', 404, inject],
    [one, '/demo/faults/a', 400, json('{"action":')],
    [one, '/demo/faults/a', 413, json(`{"action":"${'x'.repeat(2000)}"}`)],
    [one, '/demo/faults/a', 415, { ...inject, headers: { ...inject.headers, 'content-encoding': 'zstd-9' } }],
    [
      one,
      '/demo/faults/a',
      403,
      { ...inject, headers: { ...inject.headers, 'sec-fetch-site': 'cross-site' } },
    ],
    [one, '/demo/faults/a', 303, { ...form, body: 'action=heal' }],
  ])('%s as %s with %i is in the document', async (path, asked, status, init = {}, state = undefined) => {
    const fabric = state === 'broken' ? { ...sampleFabric(), devices: [null] } : sampleFabric();
    const server = await sampleServer(() => (state === 'none' ? undefined : (fabric as Fabric)), {
      demo: {
        list: () => [{ name: 'a', title: 'A', active: false }],
        inject: () => {},
        heal: () => {},
        healAll: () => {},
      },
    });
    try {
      const response = await fetch(server.url + asked, init);
      expect(response.status).toBe(status);
      const method = init.method === 'POST' ? 'post' : 'get';
      if (status === 303) expect(document.paths[path]?.[method].responses[303]).toBeDefined();
      else expect(faultsOf(path, status, (await response.json()) as object, method)).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('has what the guard of a web configuration says', () => {
    for (const methods of Object.values(document.paths))
      for (const { responses } of Object.values(methods).filter((each) => 'responses' in each))
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '429', '500']));
  });
});

it('is held by the check: a field that is not written down is a fault', () => {
  const item = { source: 'x', until: null, reason: 'y', state: 'active', findings: 0 };
  const body = (more: object) =>
    apiSuccess({
      at: '2026-01-15T03:00:00.000Z',
      total: 1,
      offset: 0,
      limit: 500,
      items: [{ ...item, ...more }],
    });
  expect(faultsOf('/api/v1/silences', 200, body({}))).toEqual([]);
  expect(faultsOf('/api/v1/silences', 200, body({ surprise: 1 }))).toHaveLength(1);
  expect(faultsOf('/api/v1/silences', 200, body({ until: 1736910000 }))).not.toEqual([]);
});
