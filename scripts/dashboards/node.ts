// One Calico node: its BIRD, its sessions, what it announces and which of its routes are missing where.
import { head, info, one, reading, sessions } from './device.ts';
import type { DashboardSpec } from './layout.ts';
import { lines, states, table } from './parts.ts';
import { links, of } from './queries.ts';

export const nodeDashboard: DashboardSpec = {
  uid: 'calico-bgp-node',
  title: 'Calico BGP / Node',
  about:
    'One Calico node: its BIRD, its sessions, what it announces and which of its routes are missing where. From calico-bgp-exporter.',
  choices: [
    {
      name: 'device',
      label: 'Node',
      query: 'label_values(calico_bgp_device_info{job=~"$job",role="node"}, device)',
      multiple: false,
    },
  ],
  rows: [
    { title: 'Now', panels: [...head('node'), info] },
    {
      title: 'Its routes',
      panels: [
        table(
          {
            title: 'Its routes that are missing somewhere',
            about:
              'Routes that this node should announce and that a device lacks, with the cause where it is known.',
            unit: 'short',
            none: 'none is missing, or nothing could be judged',
            width: 14,
          },
          [of('calico_bgp_route_missing', 'node="$device"')],
          [
            { label: 'prefix', title: 'Prefix', link: links.explain },
            { label: 'device', title: 'Missing on', link: links.switch },
            { label: 'kind', title: 'Kind', width: 130 },
            { label: 'cause', title: 'Cause', width: 230 },
          ],
          { title: 'Prefix', desc: false },
        ),
        lines(
          {
            title: 'BIRD',
            about:
              'Time since BIRD started and since it last took a configuration. A configuration much older than the last change of a BGPPeer: confd does not apply it.',
            unit: 's',
            none: 'BIRD was not read',
            width: 10,
          },
          [
            {
              expr: `time() - ${of('calico_bgp_device_started_timestamp_seconds', one)}`,
              legend: 'since start',
            },
            {
              expr: `time() - ${of('calico_bgp_device_reconfigured_timestamp_seconds', one)}`,
              legend: 'since reconfiguration',
            },
          ],
        ),
      ],
    },
    { title: 'Sessions', panels: sessions },
    {
      title: 'Mesh and recovery',
      panels: [
        lines(
          {
            title: 'Mesh sessions',
            about: 'Sessions of the node-to-node mesh of this node, and how many of them are established.',
            unit: 'short',
            none: 'no mesh',
            width: 12,
          },
          [
            { expr: of('calico_bgp_mesh_sessions', one), legend: 'configured' },
            { expr: of('calico_bgp_mesh_sessions_established', one), legend: 'established' },
          ],
          { step: true },
        ),
        states(
          {
            title: 'Graceful-restart recovery',
            about:
              'While BIRD recovers it announces nothing, for four minutes at most; longer means a peer that never comes.',
            unit: 'short',
            none: 'BIRD does not say',
            width: 12,
          },
          { expr: of('calico_bgp_device_recovering', one), legend: '{{device}}' },
          [
            [0, 'no', 'green'],
            [1, 'recovering', 'orange'],
          ],
        ),
      ],
    },
    { title: 'Reading it', panels: reading },
  ],
};
