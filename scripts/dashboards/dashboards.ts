// The dashboards, by uid: what is drawn, from which query, in what unit, and what its absence means. `npm run docs` writes
// them to dashboards/. Every query is tested against the list of metrics and run against a Prometheus that scrapes the lab.

import { exporterDashboard } from './exporter.ts';
import { dashboard } from './layout.ts';
import { nodeDashboard } from './node.ts';
import { overviewDashboard } from './overview.ts';
import { routesDashboard } from './routes.ts';
import { sessionsDashboard } from './sessions.ts';
import { switchDashboard } from './switch.ts';

const all = [
  overviewDashboard,
  sessionsDashboard,
  routesDashboard,
  nodeDashboard,
  switchDashboard,
  exporterDashboard,
];

/** Dashboards as JSON, by their path from the project's root. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(all.map((spec) => [`dashboards/${spec.uid}.json`, dashboard(spec)]));
}
