// One switch: which of the cluster's routes it carries, its sessions, and how it is read.
import { head, info, one, reading, sessions } from './device.ts';
import type { DashboardSpec } from './layout.ts';
import { lines, table } from './parts.ts';
import { links, of } from './queries.ts';

export const switchDashboard: DashboardSpec = {
  uid: 'calico-bgp-switch',
  title: 'Calico BGP / Switch',
  about:
    "One switch: which of the cluster's routes it carries, its sessions, and how it is read. From calico-bgp-exporter.",
  choices: [
    {
      name: 'device',
      label: 'Switch',
      query: 'label_values(calico_bgp_device_info{job=~"$job",role="switch"}, device)',
      multiple: false,
    },
  ],
  rows: [
    { title: 'Now', panels: [...head('switch'), info] },
    {
      title: 'Routes',
      panels: [
        table(
          {
            title: 'Missing here',
            about: 'Each expected prefix that this switch lacks, with owner and cause.',
            unit: 'short',
            none: 'nothing is missing, or nothing could be judged',
            width: 14,
          },
          [of('calico_bgp_route_missing', one)],
          [
            { label: 'prefix', title: 'Prefix', link: links.explain },
            { label: 'kind', title: 'Kind', width: 130 },
            { label: 'node', title: 'Node', link: links.node },
            { label: 'cause', title: 'Cause', width: 230 },
          ],
          { title: 'Prefix', desc: false },
        ),
        lines(
          {
            title: 'By verdict',
            about: 'Expected prefixes of this switch that are not simply present.',
            unit: 'short',
            none: 'could not be judged',
            width: 10,
          },
          ['missing', 'covered', 'default_only', 'stale', 'unknown', 'unexpected'].map((verdict) => ({
            expr: of(`calico_bgp_routes_${verdict}`, one),
            legend: verdict.replace('_', ' '),
          })),
          { step: true },
        ),
      ],
    },
    { title: 'Sessions', panels: sessions },
    { title: 'Reading it', panels: reading },
  ],
};
