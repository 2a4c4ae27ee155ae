// Every metric that Prometheus can know of the exporter, with its labels: the families, the exporter's own metrics, and
// what Prometheus adds to each.
import { families } from '../../src/metrics/families.ts';
import type { FamilyDescription } from '../../src/metrics/family.ts';
import { selfFamilies } from '../../src/metrics/self.ts';
import { type Uses, usesOf } from './promql.ts';

/** `cluster` only where one Prometheus, or a ruler above several, has more than one. */
const added = ['cluster', 'job', 'instance'];

function seriesOf({ name, type, labels }: FamilyDescription): [name: string, labels: readonly string[]][] {
  const all = [...labels, ...added];
  if (type !== 'histogram') return [[name, all]];
  return [
    [`${name}_bucket`, [...all, 'le']],
    [`${name}_sum`, all],
    [`${name}_count`, all],
  ];
}

/** Label names by metric name. */
const catalogue: ReadonlyMap<string, readonly string[]> = new Map([
  ['up', added],
  ...[...families, ...selfFamilies()].flatMap(seriesOf),
]);

/** What is wrong with a query: syntax, unknown metrics, labels that none of its metrics has. Empty when it is right. */
export function problemsOf(expr: string, alsoUsed: readonly string[] = []): string[] {
  const { metrics, labels, errors }: Uses = usesOf(expr);
  const known = metrics.flatMap((metric) => catalogue.get(metric) ?? []);
  return [
    ...errors.map((error) => `syntax: ${error}`),
    ...(metrics.length === 0 ? ['asks for no metric'] : []),
    ...metrics.filter((metric) => !catalogue.has(metric)).map((metric) => `unknown metric ${metric}`),
    ...[...labels, ...alsoUsed]
      .filter((label) => !known.includes(label))
      .map((label) => `no metric in it has the label ${label}`),
  ];
}
