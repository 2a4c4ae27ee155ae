// A finding as JSON, wherever one is printed or served: times in RFC 3339.
import type { Finding } from './finding.ts';

const time = (ms: number) => new Date(ms).toISOString();

/** The finding, ready for JSON.stringify; whatever stands beside its own fields stays. */
export function findingJson({ since, until, ...rest }: Finding): object {
  return { ...rest, since: time(since), ...(until === undefined ? {} : { until: time(until) }) };
}
