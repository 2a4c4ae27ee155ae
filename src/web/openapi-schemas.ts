// What the JSON API's answers consist of, as JSON Schema (2020-12): the parts that openapi.ts puts together. Only what is
// listed may be there, so that the check against real answers fails for a field that nobody has written down.
import { bgpStates } from '../model/session.ts';
import { findingChoices, routeChoices, sessionChoices } from './api-choices.ts';

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const whole: Schema = { type: 'integer', minimum: 0 };
export const figure: Schema = { type: 'number', minimum: 0 };
const time: Schema = { type: 'string', format: 'date-time' };
const prefix: Schema = {
  type: 'string',
  description: 'CIDR notation, canonical (RFC 5952).',
  pattern: '/\\d+$',
};
const asn: Schema = { type: ['integer', 'null'], minimum: 0, maximum: 4_294_967_295 };
const names: Schema = { type: 'array', items: text };
/** Anything with these names; documented elsewhere. */
const open: Schema = { type: 'object' };

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const oneOf = (values: readonly string[] = []): Schema => ({ type: 'string', enum: values });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object with these fields, the named ones of them always there, and no others. */
export function record(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const nextHop = record({}, { address: text, interface: text, vrf: text, weight: figure });
const reading = record(
  { ok: flag, at: orNull(time), lastGoodAt: orNull(time) },
  { fresh: flag, error: record({ kind: text, message: text }, { retryable: flag }) },
);
const severity = oneOf(findingChoices.severity);
const afi = oneOf(sessionChoices.afi);
const sessionEnd = record({
  device: text,
  state: oneOf([...bgpStates, 'absent', 'unread', 'seen']),
  says: text,
});

const findingFields = {
  check: oneOf(findingChoices.check),
  severity,
  device: text,
  subject: text,
  verdict: text,
  detail: text,
  since: time,
};
const findingMore = {
  cause: text,
  prefix,
  kind: oneOf(routeChoices.kind),
  nodes: names,
  peerAddress: text,
  peer: text,
  vrf: text,
  ends: listOf(sessionEnd),
  incident: text,
  times: whole,
  until: time,
  excuse: text,
};

/** By name. */
export const schemas: Readonly<Record<string, Schema>> = {
  Error: record({ status: oneOf(['error']), error: record({ kind: text, message: text }) }),
  Reading: reading,
  Device: record({
    device: text,
    role: oneOf(['node', 'switch']),
    address: text,
    addresses: names,
    source: text,
    facts: open,
    sessions: ref('Reading'),
    routes: ref('Reading'),
    collection: listOf(
      record({
        source: text,
        durationSeconds: figure,
        successes: whole,
        failures: whole,
        lastSuccessAt: orNull(time),
      }),
    ),
    expectedPrefixes: orNull(whole),
    routesSeen: orNull(whole),
  }),
  Session: record(
    {
      device: text,
      role: oneOf(['node', 'switch']),
      peerAddress: text,
      peer: orNull(text),
      peerAsn: asn,
      localAsn: asn,
      state: orNull(oneOf(bgpStates)),
      afi,
      vrf: text,
      kind: orNull(oneOf(sessionChoices.kind)),
      at: orNull(time),
      fresh: flag,
    },
    {
      localAddress: text,
      name: text,
      description: text,
      adminDown: flag,
      passive: flag,
      establishedSeconds: figure,
      prefixesReceived: whole,
      prefixesAccepted: whole,
      prefixesAdvertised: whole,
      transitions: whole,
      lastError: text,
      protocolState: text,
      gracefulRestart: flag,
      passwordSet: flag,
      routeReflectorClient: flag,
      restartRemainingSeconds: figure,
      limitsHit: listOf(text),
      routeChanges: open,
      keptError: open,
    },
  ),
  Evidence: record(
    { prefix, nextHops: listOf(nextHop), protocol: text, best: flag, vrf: text },
    {
      stale: flag,
      unusable: flag,
      discard: flag,
      asPath: text,
      from: text,
      communities: text,
      localPref: whole,
    },
  ),
  Route: record(
    {
      device: text,
      prefix,
      kind: oneOf(routeChoices.kind),
      node: orNull(text),
      origins: names,
      verdict: oneOf(routeChoices.verdict),
      because: text,
      evidence: listOf(ref('Evidence')),
      at: orNull(time),
    },
    { reason: text },
  ),
  Finding: record({ state: oneOf(findingChoices.state), ...findingFields }, findingMore),
  ExplainedFinding: record(findingFields, findingMore),
  ResolvedFinding: record(
    { ...findingFields, resolvedAt: orNull(time), durationSeconds: figure },
    findingMore,
  ),
  Incident: record(
    {
      id: text,
      severity,
      detail: text,
      findings: whole,
      missingRoutes: whole,
      devices: names,
      since: orNull(time),
    },
    { cause: text },
  ),
  Silence: record(
    {
      source: text,
      until: orNull(time),
      reason: text,
      state: oneOf(['active', 'expired', 'refused']),
      findings: whole,
    },
    { devices: names, nodes: names, prefixes: listOf(prefix) },
  ),
  ExpectedNode: record(
    { name: text, asn: whole, addresses: names },
    { routeReflectorClusterId: text, labels: open, lifecycle: open },
  ),
  ExpectedPrefix: record(
    { prefix, kind: oneOf(routeChoices.kind), origins: names, because: text },
    { since: orNull(time), coverSuffices: flag },
  ),
  ExpectedSession: record(
    {
      node: text,
      name: text,
      peerAddress: text,
      peerAsn: whole,
      localAsn: whole,
      afi,
      kind: oneOf(sessionChoices.kind),
      passive: flag,
      rrClient: flag,
      nextHopKeep: flag,
      because: text,
    },
    {
      port: whole,
      nextHopSelf: flag,
      sourceAddress: text,
      ttlSecurity: whole,
      passwordSet: flag,
      filters: names,
      allowedLocalAsns: whole,
      peerNode: text,
    },
  ),
  Problem: record(
    { severity: oneOf(['error', 'warning']), object: text, message: text },
    { field: text, notJudged: text, cause: text, prefix, nodes: names, since: orNull(time) },
  ),
  Explanation: record(
    {
      kind: oneOf(['prefix', 'address', 'node', 'switch']),
      target: text,
      at: orNull(time),
      tone: oneOf(['good', 'bad', 'warn', 'unknown']),
      verdict: text,
      facts: listOf(listOf(text)),
      hops: listOf(open),
      paths: listOf(open),
      sessions: listOf(open),
      prefixes: listOf(record({ prefix: text, what: text, tone: text, says: text })),
      readings: listOf(
        record({ part: oneOf(['sessions', 'routes']), source: text, ok: flag, at: orNull(time), says: text }),
      ),
      findings: listOf(ref('ExplainedFinding')),
      advice: listOf(
        record({ title: text, meaning: text, users: text, calico: text, network: text }, { cause: text }),
      ),
      notes: names,
    },
    { device: text, shards: listOf(ref('Shard')) },
  ),
  Shard: record(
    { shard: whole, ok: flag },
    { url: text, error: text, tone: oneOf(['good', 'bad', 'warn', 'unknown']), verdict: text },
  ),
};
