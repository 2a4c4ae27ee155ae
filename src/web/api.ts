// The JSON API's answers, from the latest fabric: pure functions of fabric and query. Every list is bounded and says how
// long it really is; every figure carries the time it was read. Documented in docs/api.md.

import { ownerOf } from '../metrics/missing.ts';
import { sessionKinds } from '../metrics/session-kind.ts';
import { freshValue } from '../metrics/view.ts';
import type { ExpectedPrefix } from '../model/expectation.ts';
import { expectedPrefixJson, problemJson } from '../model/expectation-json.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { findingJson } from '../model/finding-json.ts';
import {
  contains,
  formatPrefix,
  type Prefix,
  PrefixError,
  parsePrefixOrHost,
  tryParsePrefix,
} from '../model/prefix.ts';
import { lastGood, type Reading } from '../model/reading.ts';
import type { RouteRow } from '../model/route-table.ts';
import { exceptions } from '../model/verdicts.ts';
import {
  type Choices,
  deviceChoices,
  findingChoices,
  incidentChoices,
  resolvedChoices,
  routeChoices,
  sessionChoices,
} from './api-choices.ts';
import { matches, pageOf, type Query, QueryError } from './api-query.ts';

interface ApiContext {
  readonly fabric: Fabric;
  readonly query: Query;
  /** Oldest reading, in milliseconds, that counts as fresh. */
  readonly maxAgeMs: (device: string) => number;
}

export interface Endpoint {
  readonly name: string;
  readonly filters: readonly string[];
  /** Of filters with a few fixed values: which. */
  readonly choices?: Choices;
  answer(context: ApiContext): object;
}

const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

function readingState(reading: Reading<unknown>) {
  const good = lastGood(reading);
  return {
    ok: reading.ok,
    at: time(reading.at),
    lastGoodAt: time(good?.at),
    ...(reading.ok ? {} : { error: reading.error }),
  };
}

/** A prefix filter asks for that very prefix and for those inside or around it: what concerns these addresses. */
function prefixFilter({ filters }: Query): (prefix: Prefix) => boolean {
  const wanted = filters.get('prefix')?.map((text) => {
    try {
      return parsePrefixOrHost(text.slice(0, 80));
    } catch (error) {
      throw error instanceof PrefixError ? new QueryError(error.message) : error;
    }
  });
  if (!wanted) return () => true;
  return (prefix) => wanted.some((other) => contains(other, prefix) || contains(prefix, other));
}

function devices({ fabric, query, maxAgeMs }: ApiContext) {
  const list = fabric.devices.filter(
    ({ device }) => matches(query, 'device', device.name) && matches(query, 'role', device.role),
  );
  return pageOf(list, query, ({ device, source, facts, sessions, routes, collection }) => {
    const audit = fabric.audit.devices.get(device.name);
    const fresh = (reading: Reading<unknown>) =>
      freshValue(reading, fabric.at, maxAgeMs(device.name)) !== undefined;
    return {
      device: device.name,
      role: device.role,
      address: device.address,
      addresses: device.addresses,
      source,
      facts,
      sessions: { ...readingState(sessions), fresh: fresh(sessions) },
      routes: { ...readingState(routes), fresh: fresh(routes) },
      collection: collection.map(({ lastSuccessAt, ...stats }) => ({
        ...stats,
        lastSuccessAt: time(lastSuccessAt),
      })),
      expectedPrefixes: audit?.verdicts.length ?? null,
      routesSeen: audit?.routesSeen ?? null,
    };
  });
}

function sessions({ fabric, query, maxAgeMs }: ApiContext) {
  const kindOf = sessionKinds(fabric);
  const list = fabric.devices.flatMap((snapshot) => {
    const { name, role } = snapshot.device;
    const good = lastGood(snapshot.sessions);
    if (!good || !matches(query, 'device', name)) return [];
    const fresh = fabric.at - good.at <= maxAgeMs(name);
    return good.value.map((session) => ({
      ...session,
      role,
      peer: fabric.deviceByAddress.get(session.peerAddress) ?? null,
      kind: kindOf(snapshot, session) || null,
      at: time(good.at),
      fresh,
    }));
  });
  const wanted = list.filter(
    (item) =>
      matches(query, 'peer', item.peer ?? undefined, item.peerAddress) &&
      matches(query, 'state', item.state ?? 'unknown') &&
      matches(query, 'kind', item.kind ?? '') &&
      matches(query, 'afi', item.afi) &&
      matches(query, 'vrf', item.vrf),
  );
  return pageOf(wanted, query, (item) => item);
}

function evidenceOf({ prefix, ...row }: RouteRow) {
  return { prefix: formatPrefix(prefix), ...row };
}

/** Verdicts that are asked for; in a big fabric there are millions, nearly all of them `present`. */
function* routesWanted({ fabric, query }: ApiContext) {
  const concerns = prefixFilter(query);
  const isAnyWanted = matches(query, 'verdict', 'present');
  for (const snapshot of fabric.devices) {
    const { name } = snapshot.device;
    if (!matches(query, 'device', name)) continue;
    const verdicts = fabric.audit.devices.get(name)?.verdicts ?? [];
    for (const each of isAnyWanted ? verdicts : exceptions(verdicts)) {
      const { expected } = each;
      const isWanted =
        matches(query, 'verdict', each.verdict) &&
        matches(query, 'kind', expected.kind) &&
        matches(query, 'node', ...expected.origins) &&
        concerns(expected.prefix);
      if (isWanted) yield { snapshot, verdict: each };
    }
  }
}

function routes(context: ApiContext) {
  const list = routesWanted(context);
  return pageOf(list, context.query, ({ snapshot, verdict: { expected, verdict, evidence, reason } }) => ({
    device: snapshot.device.name,
    prefix: formatPrefix(expected.prefix),
    kind: expected.kind,
    node: ownerOf(expected) || null,
    origins: expected.origins,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    because: expected.because,
    evidence: evidence.map(evidenceOf),
    at: time(lastGood<unknown>(snapshot.routes)?.at),
  }));
}

function findings({ fabric, query }: ApiContext) {
  const { audit } = fabric;
  const concerns = prefixFilter(query);
  const ofPrefix = (text: string | undefined) => {
    const prefix = text === undefined ? undefined : tryParsePrefix(text);
    return prefix === undefined ? !query.filters.has('prefix') : concerns(prefix);
  };
  const stated = (state: string, list: readonly Finding[]) => list.map((finding) => ({ state, ...finding }));
  const list = [
    ...stated('firing', audit.findings),
    ...stated('unknown', audit.unknown),
    ...stated('pending', audit.pending),
    ...stated('silenced', audit.silenced ?? []),
  ].filter(
    (item) =>
      matches(query, 'state', item.state) &&
      matches(query, 'device', item.device) &&
      matches(query, 'check', item.check) &&
      matches(query, 'severity', item.severity) &&
      matches(query, 'peer', item.peer, item.peerAddress) &&
      ofPrefix(item.prefix),
  );
  return {
    summary: audit.summary,
    ...pageOf(list, query, findingJson),
  };
}

function incidents({ fabric, query }: ApiContext) {
  const list = (fabric.audit.incidents ?? []).filter(({ severity }) => matches(query, 'severity', severity));
  return pageOf(list, query, ({ since, ...incident }) => ({ ...incident, since: time(since) }));
}

function resolved({ fabric, query }: ApiContext) {
  const list = (fabric.audit.resolved ?? []).filter(
    ({ finding }) => matches(query, 'check', finding.check) && matches(query, 'device', finding.device),
  );
  return pageOf(list, query, ({ finding, until, durationSeconds }) => ({
    ...findingJson(finding),
    resolvedAt: time(until),
    durationSeconds,
  }));
}

function silences({ fabric, query }: ApiContext) {
  return pageOf(fabric.audit.silences ?? [], query, ({ until, prefixes, ...silence }) => ({
    ...silence,
    ...(prefixes && { prefixes: prefixes.map(formatPrefix) }),
    until: time(until),
  }));
}

function expected({ fabric, query }: ApiContext) {
  const state = lastGood(fabric.expected)?.value;
  const concerns = prefixFilter(query);
  const ofNode = (entry: ExpectedPrefix) => matches(query, 'node', ...entry.origins);
  return {
    objects: readingState(fabric.expected),
    nodes: pageOf(
      (state?.nodes ?? []).filter(({ name }) => matches(query, 'node', name)),
      query,
      (node) => node,
    ),
    ranges: (state?.ranges ?? []).map(formatPrefix),
    prefixes: pageOf(
      (state?.prefixes ?? []).filter((entry) => ofNode(entry) && concerns(entry.prefix)),
      query,
      expectedPrefixJson,
    ),
    sessions: pageOf(
      (state?.sessions ?? []).filter(({ node }) => matches(query, 'node', node)),
      query,
      (session) => session,
    ),
    problems: pageOf(state?.problems ?? [], query, problemJson),
  };
}

/** Every endpoint below /api/v1/. */
export const endpoints: readonly Endpoint[] = [
  { name: 'devices', filters: ['device', 'role'], choices: deviceChoices, answer: devices },
  {
    name: 'sessions',
    filters: ['device', 'peer', 'state', 'kind', 'afi', 'vrf'],
    choices: sessionChoices,
    answer: sessions,
  },
  {
    name: 'routes',
    filters: ['device', 'prefix', 'verdict', 'kind', 'node'],
    choices: routeChoices,
    answer: routes,
  },
  {
    name: 'findings',
    filters: ['device', 'check', 'severity', 'state', 'peer', 'prefix'],
    choices: findingChoices,
    answer: findings,
  },
  { name: 'incidents', filters: ['severity'], choices: incidentChoices, answer: incidents },
  { name: 'resolved', filters: ['check', 'device'], choices: resolvedChoices, answer: resolved },
  { name: 'silences', filters: [], answer: silences },
  { name: 'expected', filters: ['node', 'prefix'], answer: expected },
];
