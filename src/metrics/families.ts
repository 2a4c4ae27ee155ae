// THE list of the metrics about the fabric: nothing else is exported about it, docs/metrics.md is made from it, and every
// query in dashboards/ and alerts/ is tested against it. The exporter's metrics about itself: self.ts.
// Conventions: prometheus.io "Metric and label naming", "Writing exporters"; OpenMetrics 1.0.0.
import { auditFamilies } from './audit-families.ts';
import { birdFamilies } from './bird-families.ts';
import { datastoreFamilies } from './datastore-families.ts';
import { deviceFamilies } from './device-families.ts';
import type { Family } from './family.ts';
import { findingFamilies } from './finding-families.ts';
import { meshFamilies } from './mesh-families.ts';
import { sessionFamilies } from './session-families.ts';

// Must stay last: it counts what was rendered before it.
const seriesFamily: Family = {
  name: 'calico_bgp_exporter_series',
  type: 'gauge',
  help: 'Series in this exposition by metric, without this one and the metrics of the exporter itself.',
  labels: ['family'],
  *collect({ seriesOf }) {
    for (const [family, count] of seriesOf) yield [[family], count];
  },
};

/** Every metric about the fabric, in the order of exposition. */
export const families: readonly Family[] = [
  ...deviceFamilies,
  ...datastoreFamilies,
  ...sessionFamilies,
  ...birdFamilies,
  ...meshFamilies,
  ...auditFamilies,
  ...findingFamilies,
  seriesFamily,
];

/** What can be said of devices where nothing is expected of them: all that an agent has to show of its node. */
export const readingFamilies: readonly Family[] = [
  ...deviceFamilies,
  ...sessionFamilies,
  ...birdFamilies,
  ...meshFamilies,
  seriesFamily,
];

/** What is said of single devices: the answer to a probe of one. */
export const probeFamilies: readonly Family[] = families.filter(({ labels }) => labels.includes('device'));
