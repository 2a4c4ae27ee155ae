// Route audit: for each switch and node what is missing, covered, stale, unknown, unexpected, with the table of bad routes.
import type { DashboardSpec } from './layout.ts';
import { bad, lines, odd, stat, table } from './parts.ts';
import { chosen, links, of } from './queries.ts';

const unknown = 'unknown: nothing could be judged';
const verdicts = [
  ['missing', 'Missing'],
  ['pending', 'Missing, within the grace time'],
  ['covered', 'Only covered by an aggregate'],
  ['default_only', 'Only by the default route'],
  ['stale', 'Kept for a peer that is away'],
  ['unknown', 'Could not be looked for'],
  ['unexpected', 'There, but nobody owns it'],
] as const;

const total = (verdict: string) => `sum(${of(`calico_bgp_routes_${verdict}`, chosen)})`;

export const routesDashboard: DashboardSpec = {
  uid: 'calico-bgp-routes',
  title: 'Calico BGP / Route audit',
  about:
    'Expected prefixes against what each device carries: missing, covered, stale, unknown, unexpected, by switch and by node. From calico-bgp-exporter.',
  choices: [
    {
      name: 'device',
      label: 'Device',
      query: 'label_values(calico_bgp_expected_prefixes{job=~"$job"}, device)',
      multiple: true,
    },
    {
      name: 'kind',
      label: 'Kind of prefix',
      query: 'label_values(calico_bgp_expected_prefixes{job=~"$job"}, kind)',
      multiple: true,
    },
  ],
  rows: [
    {
      title: 'Totals',
      panels: [
        stat(
          {
            title: 'Expected',
            about: 'Prefixes that devices must carry, all devices together.',
            unit: 'short',
            none: 'the objects were never read',
            width: 4,
          },
          `sum(${of('calico_bgp_expected_prefixes', chosen, 'kind=~"$kind"')})`,
          [[null, 'blue']],
        ),
        stat(
          {
            title: 'Missing',
            about: 'No route, or nothing but a default route, outside of any grace time.',
            unit: 'short',
            none: unknown,
            width: 4,
          },
          total('missing'),
          bad,
        ),
        stat(
          {
            title: 'Not listed',
            about:
              'Missing routes that the table below leaves out because of its limit; /api/v1/routes?verdict=missing lists all.',
            unit: 'short',
            none: 'unknown',
            width: 4,
          },
          `sum(${of('calico_bgp_route_missing_truncated')})`,
          odd,
        ),
        stat(
          {
            title: 'Covered only',
            about:
              'No exact route, but an aggregate other than the default route. Harmless where the fabric aggregates on purpose (expected.rules).',
            unit: 'short',
            none: unknown,
            width: 3,
          },
          total('covered'),
          odd,
        ),
        stat(
          {
            title: 'Stale',
            about: 'Kept for a peer that is away (graceful restart): they go missing when its time ends.',
            unit: 'short',
            none: unknown,
            width: 3,
          },
          total('stale'),
          odd,
        ),
        stat(
          {
            title: 'Unknown',
            about: 'Could not be looked for. They may be there or not.',
            unit: 'short',
            none: unknown,
            width: 3,
          },
          total('unknown'),
          odd,
        ),
        stat(
          {
            title: 'Unexpected',
            about: "Inside the cluster's ranges, but nobody owns it: leaked, left over, or taken.",
            unit: 'short',
            none: unknown,
            width: 3,
          },
          total('unexpected'),
          odd,
        ),
      ],
    },
    {
      title: 'Wrong next hops',
      panels: [
        stat(
          {
            title: 'Wrong next hop, or too few',
            about:
              'Routes that are there but lead elsewhere than to their owners, or to fewer of them, as far as the sources show next hops. The page of the exporter lists each at /api/v1/findings?check=route-next-hop.',
            unit: 'short',
            none: unknown,
            width: 6,
            height: 6,
          },
          `sum(${of('calico_bgp_routes_wrong_next_hop', chosen)})`,
          odd,
        ),
        table(
          {
            title: 'By device and cause',
            about: 'The incidents with such a cause, each with the device it is at, and how many routes.',
            unit: 'short',
            none: 'no route leads to a wrong next hop, or nothing could be judged',
            width: 18,
            height: 6,
          },
          [
            `max by (incident, cause) (${of('calico_bgp_incident', 'cause=~"wrong-next-hop|next-hop-unreachable|thin-ecmp|lost-best-path"')})`,
          ],
          [
            { label: 'incident', title: 'Root', link: links.page },
            { label: 'cause', title: 'Cause', width: 250 },
            { label: 'Value', title: 'Findings', width: 100 },
          ],
          { title: 'Findings', desc: true },
        ),
      ],
    },
    {
      title: 'Bad routes',
      panels: [
        table(
          {
            title: 'Missing routes now',
            about:
              'Each expected prefix that a device lacks, with owner and cause. Bounded by audit.maxMissingSeries; what is left out is counted above.',
            unit: 'short',
            none: 'nothing is missing, or nothing could be judged: see "Unknown"',
            width: 18,
            height: 12,
          },
          [of('calico_bgp_route_missing', chosen, 'kind=~"$kind"')],
          [
            { label: 'device', title: 'Device', link: links.switch },
            { label: 'prefix', title: 'Prefix', link: links.explain },
            { label: 'kind', title: 'Kind', width: 140 },
            { label: 'node', title: 'Node', link: links.node },
            { label: 'cause', title: 'Cause', width: 250 },
          ],
          { title: 'Prefix', desc: false },
        ),
        table(
          {
            title: 'Missing by cause',
            about: 'The listed missing routes by cause: one cause with many routes is one thing to repair.',
            unit: 'short',
            none: 'nothing is missing',
            width: 6,
            height: 12,
          },
          [`sum by (cause) (${of('calico_bgp_route_missing', chosen, 'kind=~"$kind"')})`],
          [
            { label: 'cause', title: 'Cause' },
            { label: 'Value', title: 'Routes', width: 80, steps: bad },
          ],
          { title: 'Routes', desc: true },
        ),
      ],
    },
    {
      title: 'By device',
      panels: [
        lines(
          {
            title: 'Missing',
            about: 'Missing routes of each device over time; a gap is a time in which nobody could look.',
            unit: 'short',
            none: unknown,
            width: 12,
          },
          [{ expr: `sum by (device) (${of('calico_bgp_routes_missing', chosen)})`, legend: '{{device}}' }],
          { step: true },
        ),
        lines(
          {
            title: 'By verdict',
            about: 'All devices together: what is not simply present, by verdict.',
            unit: 'short',
            none: unknown,
            width: 12,
          },
          verdicts.map(([verdict, legend]) => ({ expr: total(verdict), legend })),
          { step: true },
        ),
        lines(
          {
            title: 'By owner',
            about:
              'Listed missing routes by the node that should announce them: one node on all switches is the node, all nodes on one switch is the switch.',
            unit: 'short',
            none: 'nothing is missing',
            width: 12,
          },
          [
            {
              expr: `sum by (node) (${of('calico_bgp_route_missing', chosen, 'kind=~"$kind"')})`,
              legend: '{{node}}',
            },
          ],
          { step: true },
        ),
        lines(
          {
            title: 'Expected and seen',
            about:
              "Expected prefixes, and prefixes inside the cluster's ranges that the device shows. Seen above expected: aggregates or unexpected routes.",
            unit: 'short',
            none: unknown,
            width: 12,
          },
          [
            {
              expr: `sum by (device) (${of('calico_bgp_expected_prefixes', chosen)})`,
              legend: '{{device}} expected',
            },
            {
              expr: `sum by (device) (${of('calico_bgp_device_routes', chosen)}) and on (device) ${of('calico_bgp_expected_prefixes', chosen)}`,
              legend: '{{device}} seen',
            },
          ],
          { step: true },
        ),
      ],
    },
  ],
};
