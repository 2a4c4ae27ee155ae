// Parts of an expectation as JSON, for the command line and the API alike: prefixes in CIDR notation, times in RFC 3339.
import type { ExpectedPrefix, ObjectProblem } from './expectation.ts';
import { formatPrefix } from './prefix.ts';

const dated = (since: number | undefined) =>
  since === undefined ? {} : { since: new Date(since).toISOString() };

/** An expected prefix, ready for JSON.stringify. */
export function expectedPrefixJson({ prefix, since, ...rest }: ExpectedPrefix): object {
  return { prefix: formatPrefix(prefix), ...rest, ...dated(since) };
}

/** What is wrong with an object, ready for JSON.stringify. */
export function problemJson({ prefix, since, ...rest }: ObjectProblem): object {
  return { ...rest, ...(prefix && { prefix: formatPrefix(prefix) }), ...dated(since) };
}
