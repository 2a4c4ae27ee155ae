// An explanation as JSON: what `explain --output json` prints.
// Times are ISO 8601, or null where nothing was read.
import type { Explanation } from './explanation.ts';
import { findingJson } from './finding-json.ts';

const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

const dated = <T extends { readonly at?: number }>({ at, ...rest }: T) => ({ ...rest, at: time(at) });

/** The explanation, ready for JSON.stringify. */
export function explanationJson({
  at,
  hops,
  paths,
  sessions,
  readings,
  findings,
  ...rest
}: Explanation): object {
  return {
    ...rest,
    at: time(at),
    hops: hops.map(dated),
    paths: paths.map(({ turns, ...path }) => ({ ...path, turns: turns.map(dated) })),
    sessions: sessions.map(({ own, other, ...session }) => ({
      ...session,
      own: dated(own),
      other: dated(other),
    })),
    readings: readings.map(dated),
    findings: findings.map(findingJson),
  };
}
