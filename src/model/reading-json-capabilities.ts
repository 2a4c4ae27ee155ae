// Capabilities out of an agent's JSON (see reading-json-decode.ts): checked member by member like everything an agent sends.
import type { Capabilities, RouteSight, SeenVrfs, SessionSight } from './capabilities.ts';
import { child, type JsonFields, list, needed, number, oneOf, optional, text, truth } from './json-fields.ts';

const mostVrfs = 10_000;
const afi = (value: unknown, at: string) => oneOf(value, at, ['ipv4', 'ipv6']);

function common(from: JsonFields) {
  const vrfs: SeenVrfs =
    from.data.vrfs === 'all' ? 'all' : list(from, 'vrfs', mostVrfs, (name, at) => text(name, at, 256));
  return {
    families: list(from, 'families', 2, afi),
    vrfs,
    ...optional(from, 'limits', (limits, at) => text(limits, at)),
  };
}

function sessionSight(from: JsonFields): SessionSight {
  return {
    ...common(from),
    counts: list(from, 'counts', 3, (count, at) => oneOf(count, at, ['received', 'accepted', 'advertised'])),
  };
}

function routeSight(from: JsonFields): RouteSight {
  return {
    ...common(from),
    layers: list(from, 'layers', 5, (layer, at) =>
      oneOf(layer, at, ['local', 'exported', 'received', 'bgp', 'installed']),
    ),
    allNextHops: needed(from, 'allNextHops', truth),
    questions: list(from, 'questions', 2, (kind, at) => oneOf(kind, at, ['ranges', 'exact'])),
    cacheSeconds: needed(from, 'cacheSeconds', (age, at) => number(age, at, 0, 1e9)),
  };
}

/** What the agent's source can see. Throws ParseError. */
export function decodeCapabilities(from: JsonFields): Capabilities {
  return {
    ...('sessions' in from.data && { sessions: sessionSight(child(from, 'sessions')) }),
    ...('routes' in from.data && { routes: routeSight(child(from, 'routes')) }),
  };
}
