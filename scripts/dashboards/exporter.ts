// The exporter itself: how fresh is what it knows, what does it cost, what fails.
import type { DashboardSpec } from './layout.ts';
import { bad, lines, odd, stat, table } from './parts.ts';
import { auditAge, links, of } from './queries.ts';

const own = (expr: string) => `${expr} and on (job, instance) ${of('calico_bgp_build_info')}`;
const ageSteps = [
  [null, 'green'],
  [60, 'orange'],
  [300, 'red'],
] as const;

export const exporterDashboard: DashboardSpec = {
  uid: 'calico-bgp-exporter',
  title: 'Calico BGP / Exporter',
  about:
    'calico-bgp-exporter itself: age of readings, of objects and of the audit, durations, errors, series, memory.',
  choices: [],
  rows: [
    {
      title: 'Does it watch?',
      panels: [
        stat(
          {
            title: 'Age of the audit',
            about: 'How long ago it last compared what is with what should be.',
            unit: 's',
            none: 'never: nobody watches',
            width: 4,
          },
          auditAge,
          ageSteps,
        ),
        stat(
          {
            title: 'Age of the objects',
            about: 'How long ago the Kubernetes and Calico objects were known to be up to date.',
            unit: 's',
            none: 'never: nothing is expected of anybody',
            width: 4,
          },
          `time() - min(${of('calico_bgp_datastore_last_success_timestamp_seconds')})`,
          ageSteps,
        ),
        stat(
          {
            title: 'Devices not read',
            about: 'Devices of which nothing could be read at the latest attempt.',
            unit: 'short',
            none: 'nothing was tried yet',
            width: 4,
          },
          `sum(${of('calico_bgp_device_up')} == bool 0)`,
          odd,
        ),
        stat(
          {
            title: 'Object problems',
            about: 'Objects that cannot be used as they are; /api/v1/expected lists them.',
            unit: 'short',
            none: 'the objects were never read',
            width: 4,
          },
          `sum(max by (severity) (${of('calico_bgp_object_problems')}))`,
          odd,
        ),
        stat(
          {
            title: 'Configuration',
            about:
              'Whether the configuration could be used when it was last read (1); at 0 the one before it is in use.',
            unit: 'bool_yes_no',
            none: 'the exporter is not scraped',
            width: 4,
          },
          `min(${of('calico_bgp_config_last_reload_successful')})`,
          [
            [null, 'red'],
            [1, 'green'],
          ],
        ),
        stat(
          {
            title: 'Errors logged',
            about: 'Messages of level error in the last hour.',
            unit: 'short',
            none: 'the exporter is not scraped',
            width: 4,
          },
          `sum(increase(${of('calico_bgp_exporter_log_errors_total')}[1h]))`,
          bad,
        ),
      ],
    },
    {
      title: 'Readings',
      panels: [
        table(
          {
            title: 'Readings that fail',
            about: 'What cannot be read now, and with which kind of error; /api/v1/devices has it in words.',
            unit: 'short',
            none: 'everything that was tried could be read',
            width: 10,
          },
          [of('calico_bgp_reading_error')],
          [
            { label: 'device', title: 'Device', link: links.explain },
            { label: 'reading', title: 'Part' },
            { label: 'error', title: 'Error' },
          ],
          { title: 'Device', desc: false },
        ),
        lines(
          {
            title: 'Age of the readings',
            about:
              'Age of the oldest part of what is known of each device. A rising line is a device that cannot be read.',
            unit: 's',
            none: 'nothing was read yet',
            width: 14,
          },
          [
            {
              expr: `max by (device) (time() - ${of('calico_bgp_reading_last_success_timestamp_seconds')})`,
              legend: '{{device}}',
            },
          ],
        ),
        lines(
          {
            title: 'Time to read, slowest ten',
            about: 'How long readings took, the slowest ten. Near the timeout: look at the device.',
            unit: 's',
            none: 'nothing was read yet',
            width: 12,
          },
          [
            {
              expr: `topk(10, ${of('calico_bgp_collection_duration_seconds')})`,
              legend: '{{device}} {{source}}',
            },
          ],
        ),
        lines(
          {
            title: 'Readings that failed',
            about:
              'Readings that failed within five minutes, by device and source. Lines at zero are left out.',
            unit: 'short',
            none: 'none failed',
            width: 12,
          },
          [
            {
              expr: `round(increase(${of('calico_bgp_collection_failures_total')}[5m])) > 0`,
              legend: '{{device}} {{source}}',
            },
          ],
          { step: true },
        ),
      ],
    },
    {
      title: 'Objects',
      panels: [
        lines(
          {
            title: 'Objects by kind',
            about: 'Objects that the expectation is computed from.',
            unit: 'short',
            none: 'the objects come from files, or were never read',
            width: 12,
          },
          [{ expr: `max by (kind) (${of('calico_bgp_datastore_objects')})`, legend: '{{kind}}' }],
          { step: true },
        ),
        lines(
          {
            title: 'Age of each kind',
            about:
              'How long ago each kind was known to be complete and up to date. A rising line: its watch is gone, or a right is missing.',
            unit: 's',
            none: 'the objects come from files, or were never read',
            width: 12,
          },
          [
            {
              expr: `max by (kind) (time() - ${of('calico_bgp_datastore_kind_last_success_timestamp_seconds')})`,
              legend: '{{kind}}',
            },
          ],
        ),
      ],
    },
    {
      title: 'What it costs',
      panels: [
        lines(
          {
            title: 'Audit and rendering',
            about: 'How long the last audit took, and the mean of the renderings.',
            unit: 's',
            none: 'the exporter is not scraped',
            width: 12,
          },
          [
            { expr: of('calico_bgp_audit_duration_seconds'), legend: 'audit {{instance}}' },
            {
              expr: `rate(${of('calico_bgp_exporter_render_duration_seconds_sum')}[$__rate_interval]) / rate(${of('calico_bgp_exporter_render_duration_seconds_count')}[$__rate_interval])`,
              legend: 'rendering {{instance}}',
            },
          ],
        ),
        lines(
          {
            title: 'Requests',
            about: 'Requests answered, per second, by route and status.',
            unit: 'reqps',
            none: 'the exporter is not scraped',
            width: 12,
          },
          [
            {
              expr: `sum by (path, code) (rate(${of('calico_bgp_exporter_http_requests_total')}[$__rate_interval]))`,
              legend: '{{path}} {{code}}',
            },
          ],
        ),
        lines(
          {
            title: 'Memory',
            about: 'Resident memory, and the JavaScript heap in use.',
            unit: 'bytes',
            none: 'the exporter is not scraped',
            width: 8,
          },
          [
            { expr: own(of('process_resident_memory_bytes')), legend: 'resident {{instance}}' },
            { expr: own(of('nodejs_heap_size_used_bytes')), legend: 'heap {{instance}}' },
          ],
        ),
        lines(
          {
            title: 'CPU',
            about: 'Processor time, in cores.',
            unit: 'short',
            none: 'the exporter is not scraped',
            width: 8,
          },
          [
            {
              expr: own(`rate(${of('process_cpu_seconds_total')}[$__rate_interval])`),
              legend: '{{instance}}',
            },
          ],
        ),
        lines(
          {
            title: 'Stalls',
            about: 'Delay of the event loop, 99th percentile and most: a scrape waits that long.',
            unit: 's',
            none: 'the exporter is not scraped',
            width: 8,
          },
          [
            { expr: own(of('nodejs_eventloop_lag_p99_seconds')), legend: 'p99 {{instance}}' },
            { expr: own(of('nodejs_eventloop_lag_max_seconds')), legend: 'most {{instance}}' },
          ],
        ),
        lines(
          {
            title: 'Series, largest ten metrics',
            about: 'Series in its exposition by metric, the ten with most of them: what it costs Prometheus.',
            unit: 'short',
            none: 'the exporter is not scraped',
            width: 24,
          },
          [{ expr: `topk(10, sum by (family) (${of('calico_bgp_exporter_series')}))`, legend: '{{family}}' }],
          { stacked: true },
        ),
      ],
    },
  ],
};
