// Fabric overview: is everything where it should be? Worst first; every figure leads to where it is explained.
import type { DashboardSpec } from './layout.ts';
import { bad, lines, odd, stat, states, table } from './parts.ts';
import {
  auditAge,
  chosen,
  endsDown,
  links,
  of,
  sessionStates,
  sessionsDown,
  stateNames,
  wasDown,
} from './queries.ts';

const unknown = 'unknown: no device was judged';
const age = [
  [null, 'green'],
  [60, 'orange'],
  [300, 'red'],
] as const;

export const overviewDashboard: DashboardSpec = {
  uid: 'calico-bgp-overview',
  title: 'Calico BGP / Fabric overview',
  about:
    'Is every pod and service route of the cluster on every switch, are the BGP sessions up, and how fresh is what we know? From calico-bgp-exporter.',
  choices: [
    {
      name: 'device',
      label: 'Device',
      query: 'label_values(calico_bgp_device_info{job=~"$job"}, device)',
      multiple: true,
    },
  ],
  rows: [
    {
      title: 'Is everything where it should be?',
      panels: [
        stat(
          {
            title: 'Missing routes',
            about:
              'Expected prefixes that devices lack, or reach by a default route alone, outside of any grace time. Each is traffic lost: open the route audit.',
            unit: 'short',
            none: unknown,
            width: 4,
          },
          `sum(${of('calico_bgp_routes_missing', chosen)})`,
          bad,
          links.routes,
        ),
        stat(
          {
            title: 'Session ends down',
            about:
              'Ends of sessions that are not established and were not shut on purpose: a session that both its ends show as down counts twice. The mesh is counted beside it.',
            unit: 'short',
            none: 'unknown: no session was read',
            width: 4,
          },
          sessionsDown(chosen),
          bad,
          links.sessions,
        ),
        stat(
          {
            title: 'Mesh sessions down',
            about: 'Sessions of the node-to-node mesh that are not established, all nodes together.',
            unit: 'short',
            none: 'no mesh',
            width: 4,
          },
          `sum(${of('calico_bgp_mesh_sessions', chosen)} - ${of('calico_bgp_mesh_sessions_established', chosen)})`,
          bad,
          links.sessions,
        ),
        stat(
          {
            title: 'Unknown routes',
            about:
              'Expected prefixes that could not be looked for: not read, read too long ago, or read in part. They may be there or not.',
            unit: 'short',
            none: unknown,
            width: 4,
          },
          `sum(${of('calico_bgp_routes_unknown', chosen)})`,
          odd,
          links.routes,
        ),
        stat(
          {
            title: 'Devices not read',
            about:
              'Devices of which neither sessions nor routes could be read. What they carry is unknown, not missing.',
            unit: 'short',
            none: 'unknown: nothing was tried yet',
            width: 4,
          },
          `sum(${of('calico_bgp_device_up', chosen)} == bool 0)`,
          odd,
          links.exporter,
        ),
        stat(
          {
            title: 'Age of the audit',
            about:
              'How long ago the figures here were computed. Above a few minutes nobody watches: look at the exporter.',
            unit: 's',
            none: 'never: nobody watches',
            width: 4,
          },
          auditAge,
          age,
          links.exporter,
        ),
      ],
    },
    {
      title: 'What is wrong',
      panels: [
        table(
          {
            title: 'Incidents',
            about:
              'One line for each root, however many routes and sessions hang on it: what CalicoBGPIncident pages for. The worst 100; the page of the exporter has the root in words.',
            unit: 'short',
            none: 'no incident, or the exporter is not scraped: see "Age of the audit"',
            width: 24,
            height: 7,
          },
          [`max by (incident, severity, cause) (${of('calico_bgp_incident', 'severity!="info"')})`],
          [
            { label: 'incident', title: 'Root', link: links.page },
            {
              label: 'severity',
              title: 'Severity',
              width: 110,
              texts: {
                critical: ['critical', 'red'],
                warning: ['warning', 'orange'],
                info: ['info', 'blue'],
              },
            },
            { label: 'cause', title: 'Cause', width: 250 },
            { label: 'Value', title: 'Findings', width: 100 },
          ],
          // In the order of the alphabet, which is that of their weight.
          { title: 'Severity', desc: false },
          { title: 'Findings', desc: true },
        ),
        table(
          {
            title: 'Missing routes now',
            about:
              'Each expected prefix that a device lacks, with the node that should announce it and the cause where it is known. Bounded by audit.maxMissingSeries; the counts are exact.',
            unit: 'short',
            none: 'nothing is missing, or nothing could be judged: see "Unknown routes"',
            width: 14,
            height: 10,
          },
          [of('calico_bgp_route_missing', chosen)],
          [
            { label: 'device', title: 'Device', link: links.switch },
            { label: 'prefix', title: 'Prefix', link: links.explain },
            { label: 'kind', title: 'Kind', width: 110 },
            { label: 'node', title: 'Node', link: links.node },
            { label: 'cause', title: 'Cause', width: 230 },
          ],
          { title: 'Device', desc: false },
        ),
        table(
          {
            title: 'Findings by check',
            about:
              'What the audit found outside of any grace time, by check and severity. The page of the exporter lists each with its cause and what to do.',
            unit: 'short',
            none: 'no findings',
            width: 10,
            height: 10,
          },
          [`sum by (check, severity) (${of('calico_bgp_findings')}) > 0`],
          [
            { label: 'check', title: 'Check' },
            {
              label: 'severity',
              title: 'Severity',
              texts: {
                critical: ['critical', 'red'],
                warning: ['warning', 'orange'],
                info: ['info', 'blue'],
              },
            },
            { label: 'Value', title: 'Findings', width: 100 },
          ],
          { title: 'Findings', desc: true },
        ),
      ],
    },
    {
      title: 'Devices, worst first',
      panels: [
        table(
          {
            title: 'Switches',
            about:
              'Each switch with what it lacks, and with routes that lead to a wrong next hop or to too few. A switch that is not read has no counts: they are unknown, not zero.',
            unit: 'short',
            none: 'no switch was read yet',
            width: 13,
            height: 10,
          },
          [
            `max by (device) (${of('calico_bgp_device_up', 'role="switch"', chosen)})`,
            `sum by (device) (${of('calico_bgp_routes_missing', chosen)}) and on (device) ${of('calico_bgp_device_up', 'role="switch"')}`,
            `sum by (device) (${of('calico_bgp_routes_unknown', chosen)}) and on (device) ${of('calico_bgp_device_up', 'role="switch"')}`,
            `sum by (device) (${endsDown('role="switch"', chosen)})`,
            `sum by (device) (${of('calico_bgp_routes_unexpected', chosen)}) and on (device) ${of('calico_bgp_device_up', 'role="switch"')}`,
            `sum by (device) (${of('calico_bgp_routes_wrong_next_hop', chosen)}) and on (device) ${of('calico_bgp_device_up', 'role="switch"')}`,
          ],
          [
            { label: 'device', title: 'Switch', link: links.switch },
            {
              label: 'Value #A',
              title: 'Read',
              width: 65,
              texts: { '1': ['yes', 'green'], '0': ['no', 'red'] },
            },
            { label: 'Value #B', title: 'Missing', width: 75, steps: bad },
            { label: 'Value #C', title: 'Unknown', width: 80, steps: odd },
            { label: 'Value #D', title: 'Sessions down', width: 120, steps: bad },
            { label: 'Value #E', title: 'Unexpected', width: 105, steps: odd },
            { label: 'Value #F', title: 'Wrong hop', width: 90, steps: bad },
          ],
          { title: 'Read', desc: false },
          { title: 'Missing', desc: true },
        ),
        table(
          {
            title: 'Nodes',
            about: 'Each node with its sessions. Mesh sessions are counted in the last column alone.',
            unit: 'short',
            none: 'no node was read yet',
            width: 11,
            height: 10,
          },
          [
            `max by (device) (${of('calico_bgp_device_up', 'role="node"', chosen)})`,
            `sum by (device) (${endsDown('role="node"', chosen)})`,
            `sum by (device) (${of('calico_bgp_sessions_missing', chosen)}) and on (device) ${of('calico_bgp_device_up', 'role="node"')}`,
            `sum by (device) (${of('calico_bgp_mesh_sessions', chosen)} - ${of('calico_bgp_mesh_sessions_established', chosen)})`,
          ],
          [
            { label: 'device', title: 'Node', link: links.node },
            {
              label: 'Value #A',
              title: 'Read',
              width: 65,
              texts: { '1': ['yes', 'green'], '0': ['no', 'red'] },
            },
            { label: 'Value #B', title: 'Sessions down', width: 120, steps: bad },
            { label: 'Value #C', title: 'Not configured', width: 125, steps: bad },
            { label: 'Value #D', title: 'Mesh down', width: 105, steps: bad },
          ],
          { title: 'Read', desc: false },
          { title: 'Sessions down', desc: true },
        ),
      ],
    },
    {
      title: 'Over time',
      panels: [
        lines(
          {
            title: 'Missing routes by device',
            about:
              'When a route went missing, where, and when it came back. A gap is a time in which nobody could look.',
            unit: 'short',
            none: unknown,
            width: 12,
          },
          [{ expr: `sum by (device) (${of('calico_bgp_routes_missing', chosen)})`, legend: '{{device}}' }],
          { step: true },
        ),
        states(
          {
            title: 'Sessions that were down at some time',
            about:
              'The state machine (RFC 4271) of each session end that was not established at some time in the time shown; the sessions dashboard has all. The mesh is left out unless metrics.meshDetail is set.',
            unit: 'short',
            none: 'every session that was read was established all the time',
            width: 12,
          },
          { expr: wasDown(sessionStates(chosen), chosen), legend: '{{device}} – {{peer_address}} {{peer}}' },
          stateNames,
        ),
      ],
    },
  ],
};
