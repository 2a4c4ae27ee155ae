// Metrics of reading the devices and the objects: what answered, when, how long it took, and what devices say of
// themselves. Conventions: prometheus.io "Writing exporters" (failed scrapes, two counters, timestamps not ages).
import { lastGood, type Reading } from '../model/reading.ts';
import type { CollectionStats, DeviceSnapshot } from '../model/snapshot.ts';
import type { Family, Sample } from './family.ts';
import type { MetricView } from './view.ts';

const parts = ['sessions', 'routes'] as const;

type AnyReading = Reading<unknown>;

/** Not asked yet: neither up nor down. */
function isPending(reading: AnyReading): boolean {
  return !reading.ok && reading.error.kind === 'pending';
}

function* devices(
  { fabric }: MetricView,
  value: (snapshot: DeviceSnapshot) => number | undefined,
): Generator<Sample> {
  for (const snapshot of fabric.devices) {
    const result = value(snapshot);
    if (result !== undefined) yield [[snapshot.device.name, snapshot.device.role], result];
  }
}

function* readings(
  { fabric }: MetricView,
  value: (reading: AnyReading) => number | undefined,
): Generator<Sample> {
  for (const snapshot of fabric.devices) {
    for (const part of parts) {
      const result = value(snapshot[part]);
      if (result !== undefined) yield [[snapshot.device.name, snapshot.device.role, part], result];
    }
  }
}

function* collections(
  { fabric }: MetricView,
  value: (stats: CollectionStats) => number | undefined,
): Generator<Sample> {
  for (const { device, collection } of fabric.devices) {
    for (const stats of collection) {
      const result = value(stats);
      if (result !== undefined) yield [[device.name, stats.source], result];
    }
  }
}

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
const flag = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));

function isUp({ sessions, routes }: DeviceSnapshot): number | undefined {
  if (sessions.ok || routes.ok) return 1;
  return isPending(sessions) && isPending(routes) ? undefined : 0;
}

function lastSuccess({ sessions, routes }: DeviceSnapshot): number | undefined {
  const times = [lastGood<unknown>(sessions), lastGood<unknown>(routes)].flatMap((good) => good?.at ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

export const deviceFamilies: readonly Family[] = [
  {
    name: 'calico_bgp_device_up',
    type: 'gauge',
    help: 'Whether the latest attempt to read the device gave sessions or routes (1) or nothing at all (0); absent before the first attempt. At 0 its routes are unknown, not missing.',
    labels: ['device', 'role'],
    collect: (view) => devices(view, isUp),
  },
  {
    name: 'calico_bgp_device_info',
    type: 'info',
    help: 'What the device says of itself (BIRD "show status", SNMP system group, show version) and which source is read.',
    labels: ['device', 'role', 'address', 'source', 'software', 'local_asn', 'router_id'],
    *collect({ fabric }) {
      for (const { device, source, facts } of fabric.devices) {
        const { software = '', localAsn, routerId = '' } = facts;
        const asn = localAsn === undefined ? '' : String(localAsn);
        yield [[device.name, device.role, device.address, source, software, asn, routerId], 1];
      }
    },
  },
  {
    name: 'calico_bgp_device_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When anything was last read from the device, by the clock of the exporter, in seconds since the epoch.',
    labels: ['device', 'role'],
    collect: (view) => devices(view, (snapshot) => seconds(lastSuccess(snapshot))),
  },
  {
    name: 'calico_bgp_device_started_timestamp_seconds',
    type: 'gauge',
    help: 'When the BGP daemon started, as BIRD says in "show status", in seconds since the epoch.',
    labels: ['device', 'role'],
    collect: (view) => devices(view, ({ facts }) => facts.startedAt),
  },
  {
    name: 'calico_bgp_device_reconfigured_timestamp_seconds',
    type: 'gauge',
    help: 'When the BGP daemon last took a new configuration, as BIRD says in "show status", in seconds since the epoch.',
    labels: ['device', 'role'],
    collect: (view) => devices(view, ({ facts }) => facts.reconfiguredAt),
  },
  {
    name: 'calico_bgp_device_times_within_seconds',
    type: 'gauge',
    help: 'How far off the times of start and reconfiguration may be, in seconds: 1, an hour where the clock of BIRD is not UTC (it prints no zone, and clocks are changed twice a year), or a day where it prints dates alone.',
    labels: ['device', 'role'],
    collect: (view) => devices(view, ({ facts }) => facts.timesWithinSeconds),
  },
  {
    name: 'calico_bgp_device_recovering',
    type: 'gauge',
    help: 'Whether BIRD is in graceful-restart recovery and announces nothing yet (1), from "show status".',
    labels: ['device', 'role'],
    collect: (view) => devices(view, ({ facts }) => flag(facts.recovering)),
  },
  {
    name: 'calico_bgp_reading_up',
    type: 'gauge',
    help: 'Whether the latest attempt to read this part of the device (sessions, routes) succeeded (1) or failed (0); absent before the first attempt.',
    labels: ['device', 'role', 'reading'],
    collect: (view) => readings(view, (reading) => (isPending(reading) ? undefined : Number(reading.ok))),
  },
  {
    name: 'calico_bgp_reading_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When this part of the device (sessions, routes) was last read in full, in seconds since the epoch. Sessions and routes in the other metrics are as old as this.',
    labels: ['device', 'role', 'reading'],
    collect: (view) => readings(view, (reading) => seconds(lastGood(reading)?.at)),
  },
  {
    name: 'calico_bgp_reading_error',
    type: 'gauge',
    help: 'Always 1: the kind of error (timeout, refused, unreachable, auth, host-key, permission, not-found, protocol, parse, unsupported, internal) with which the latest attempt to read this part of the device failed.',
    labels: ['device', 'role', 'reading', 'error'],
    *collect({ fabric }) {
      for (const snapshot of fabric.devices) {
        for (const part of parts) {
          const reading: AnyReading = snapshot[part];
          if (reading.ok || isPending(reading)) continue;
          yield [[snapshot.device.name, snapshot.device.role, part, reading.error.kind], 1];
        }
      }
    },
  },
  {
    name: 'calico_bgp_collection_duration_seconds',
    type: 'gauge',
    help: 'How long the latest reading of the device by this source took, successful or not, in seconds.',
    labels: ['device', 'source'],
    collect: (view) => collections(view, ({ durationSeconds }) => durationSeconds),
  },
  {
    name: 'calico_bgp_collection_successes_total',
    type: 'counter',
    help: 'Readings of the device by this source that succeeded since the exporter started.',
    labels: ['device', 'source'],
    collect: (view) => collections(view, ({ successes }) => successes),
  },
  {
    name: 'calico_bgp_collection_failures_total',
    type: 'counter',
    help: 'Readings of the device by this source that failed since the exporter started.',
    labels: ['device', 'source'],
    collect: (view) => collections(view, ({ failures }) => failures),
  },
  {
    name: 'calico_bgp_datastore_up',
    type: 'gauge',
    help: 'Whether the latest reading of the Kubernetes and Calico objects succeeded (1) or failed (0); absent before the first. At 0 the last good objects stay in use.',
    labels: [],
    *collect({ fabric }) {
      if (!isPending(fabric.expected)) yield [[], Number(fabric.expected.ok)];
    },
  },
  {
    name: 'calico_bgp_datastore_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the Kubernetes and Calico objects in use were read, in seconds since the epoch.',
    labels: [],
    *collect({ fabric }) {
      const good = lastGood(fabric.expected);
      if (good) yield [[], good.at / 1000];
    },
  },
];
