// The JSON API as an OpenAPI 3.1 document, made from the table of endpoints: parameters and their fixed values cannot drift.
// Served at /api/v1/openapi.json; test/web/openapi.test.ts holds every answer against it.
import { endpoints } from './api.ts';
import { defaultLimit, maxLimit, shardChoices } from './api-query.ts';
import { flag, listOf, oneOf, record, ref, type Schema, schemas, text, whole } from './openapi-schemas.ts';

const about: Readonly<Record<string, readonly [item: string, what: string]>> = {
  devices: ['Device', 'Devices and what came of reading them.'],
  sessions: ['Session', 'BGP sessions as each device shows its end.'],
  routes: ['Route', 'The verdict on every expected prefix at every device.'],
  findings: ['Finding', 'What the audit found, worst first.'],
  incidents: ['Incident', 'Findings with one root, worst first.'],
  resolved: ['ResolvedFinding', 'Findings that ended within the last hour, the latest first.'],
  silences: ['Silence', 'Silences of the configuration and of annotations.'],
};

const time: Schema = { type: 'string', format: 'date-time' };
const paging = (item: string) => ({ total: whole, offset: whole, limit: whole, items: listOf(ref(item)) });
const page = (item: string) => record(paging(item));
const summary = record(
  Object.fromEntries(
    ['devices', 'devicesUnknown', 'sessionsUp', 'sessionsDown', 'expectedPrefixes', 'missing', 'unknown'].map(
      (name) => [name, whole],
    ),
  ),
);

function dataOf(name: string): Schema {
  if (name === 'expected') {
    return record({
      at: time,
      objects: ref('Reading'),
      ranges: listOf(text),
      nodes: page('ExpectedNode'),
      prefixes: page('ExpectedPrefix'),
      sessions: page('ExpectedSession'),
      problems: page('Problem'),
    });
  }
  const [item = ''] = about[name] ?? [];
  return record({ at: time, ...(name === 'findings' ? { summary } : {}), ...paging(item) }, shards);
}

const json = (schema: Schema) => ({ 'application/json': { schema } });
const success = (data: Schema) => ({
  description: 'The answer.',
  content: json(record({ status: oneOf(['success']), data })),
});
const failure = (description: string) => ({ description, content: json(ref('Error')) });
const refused = failure('A parameter is unknown or cannot be read.');
const notReady = failure('The first audit has not finished.');
/** Of every operation: a fault, and what the guard of the web configuration says, as text, before any path is looked at. */
const always = {
  500: failure('A fault of the exporter; its log has it.'),
  ...Object.fromEntries(
    [
      [401, 'A user and a password are needed.'],
      [403, 'The client certificate is missing or not allowed.'],
      [429, 'The rate limit is reached; Retry-After says how long to wait.'],
    ].map(([status, description]) => [status, { description, content: { 'text/plain': { schema: text } } }]),
  ),
};

const parameter = (name: string, schema: Schema, description: string, required = false) => ({
  name,
  in: 'query',
  required,
  description,
  schema,
});

const shardParameter = parameter(
  'shard',
  oneOf(shardChoices.shard),
  'Where several exporters share the devices: only what this one knows.',
);
const shards = { shards: listOf(ref('Shard')) };

const cuts = [
  parameter('limit', { ...whole, default: defaultLimit }, `Items of an answer, at most ${maxLimit}.`),
  parameter('offset', { ...whole, default: 0 }, 'Items to leave out first.'),
  shardParameter,
];

function listPath(
  name: string,
  filters: readonly string[],
  choices: Readonly<Record<string, readonly string[]>> = {},
) {
  const [, summary = 'What should be, and why.'] = about[name] ?? [];
  return {
    get: {
      operationId: name,
      summary,
      parameters: [
        ...filters.map((filter) => {
          const values = choices[filter];
          const schema = listOf(values ? oneOf(values) : text);
          return {
            ...parameter(filter, schema, 'May be given several times: any of them matches.'),
            explode: true,
          };
        }),
        ...cuts,
      ],
      responses: { ...always, 200: success(dataOf(name)), 400: refused, 503: notReady },
    },
  };
}

const explainPath = {
  get: {
    operationId: 'explain',
    summary: 'The whole way of one prefix, address, node or switch.',
    parameters: [
      parameter('target', text, 'A prefix, an address, a node or a switch.', true),
      parameter('device', text, 'Only the way to, or from, this device.'),
      shardParameter,
    ],
    responses: {
      ...always,
      200: success(ref('Explanation')),
      400: refused,
      404: failure('Nothing is known by that name.'),
      503: notReady,
    },
  },
};

const faults = success(record({ faults: listOf(record({ name: text, title: text, active: flag })) }));

function change(operationId: string, summary: string, actions: readonly string[], more: object = {}) {
  const body = { schema: record({ action: oneOf(actions) }) };
  return {
    operationId,
    summary,
    requestBody: {
      required: true,
      content: { 'application/json': body, 'application/x-www-form-urlencoded': body },
    },
    responses: {
      ...always,
      200: faults,
      303: { description: 'To a form: back to the page.' },
      400: failure('The body cannot be read, or the action is unknown.'),
      403: failure('A browser sent it from another site.'),
      413: failure('The body is larger than 1 KB.'),
      415: failure('The body is in an encoding that is not known.'),
      ...more,
    },
  };
}

const demoPaths = {
  '/demo/faults': {
    get: {
      operationId: 'faults',
      summary: 'Faults of the demo fabric.',
      responses: { ...always, 200: faults },
    },
    post: change('healAll', 'Heals every fault.', ['heal']),
  },
  '/demo/faults/{name}': {
    parameters: [{ name: 'name', in: 'path', required: true, schema: text }],
    post: change('changeFault', 'Puts one fault in, or heals it.', ['inject', 'heal'], {
      404: failure('There is no such fault.'),
    }),
  },
};

/** The document. `demo`: with what exists on the demo fabric only. */
export function openApi(version: string, demo = false): object {
  const lists = endpoints.map(({ name, filters, choices }) => [
    `/api/v1/${name}`,
    listPath(name, filters, choices),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'calico-bgp-exporter',
      version,
      description:
        'What the exporter has in memory; no request makes it ask a device. Times are RFC 3339 in UTC.',
    },
    paths: {
      ...Object.fromEntries(lists),
      '/api/v1/explain': explainPath,
      ...(demo && demoPaths),
    },
    components: { schemas },
  };
}
