// What a runbook says of one alert; what a cause means and how it is mended comes from the catalogue (src/model/catalogue).
import type { CauseId } from '../../src/model/cause.ts';
import type { Topic } from './vendors.ts';

export interface Runbook {
  readonly means: string;
  /** What users of the cluster notice. */
  readonly users: string;
  /** The first three things to type, and what each tells. */
  readonly first: readonly (readonly [command: string, tells: string])[];
  /** The likeliest first. */
  readonly causes?: readonly CauseId[];
  /** Causes that are no cause of the catalogue, in words. */
  readonly also?: readonly string[];
  /** What to type on switches. */
  readonly topics?: readonly Topic[];
  /** When it resolves, and what its resolution does not mean. */
  readonly ends: string;
}

/** `explain` and the API of the running exporter: the same answers, the second without reading anything anew. */
export const explain = (what: string) => `calico-bgp-exporter explain ${what} --config CONFIG`;
// A shell would take `?` and `&` for its own.
export const ask = (path: string) =>
  path.includes('?') ? `curl -s 'EXPORTER/api/v1/${path}'` : `curl -s EXPORTER/api/v1/${path}`;
