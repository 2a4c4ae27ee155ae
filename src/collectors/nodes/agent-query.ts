// What an auditor asks an agent for, as JSON: the prefixes and ranges in question, bounded on both sides, so that what
// the agent reads grows with the cluster's prefixes and never with what a client sends. Path and version are of one kind:
// another format gets another path, and an agent that does not know it answers 404.
import type { CollectQuery } from '../../model/collector.ts';
import { fields, list, needed, whole } from '../../model/json-fields.ts';
import { ParseError } from '../../model/parse-error.ts';
import { formatPrefix } from '../../model/prefix.ts';
import { readPrefix } from '../../model/reading-json-decode.ts';

export const readingsPath = '/agent/v1/readings';
const queryVersion = 1;

const mostPrefixes = 100_000;
const mostRanges = 10_000;

/** The question, ready for JSON.stringify. */
export function encodeQuery({ prefixes, ranges }: CollectQuery): object {
  return { version: queryVersion, prefixes: prefixes.map(formatPrefix), ranges: ranges.map(formatPrefix) };
}

/** The question an auditor sent. Throws ParseError for anything else. */
export function decodeQuery(data: unknown): CollectQuery {
  const from = fields(data, 'query');
  const version = needed(from, 'version', (value, at) => whole(value, at));
  if (version !== queryVersion)
    throw new ParseError('query', `is of version ${version}; this agent knows version ${queryVersion}`);
  return {
    prefixes: list(from, 'prefixes', mostPrefixes, readPrefix),
    ranges: list(from, 'ranges', mostRanges, readPrefix),
  };
}
