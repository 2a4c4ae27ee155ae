// Metrics of the audit: what should be at each device and what is. A count that could not be judged is absent, never
// zero; calico_bgp_routes_unknown then carries the number of prefixes that nobody could look for.
// Verdicts: model/finding.ts. Cardinality: counts are exact, single routes are named up to a limit.
import type { CheckId, RouteVerdict, Severity } from '../model/finding.ts';
import { lastGood } from '../model/reading.ts';
import { kindsOf, tally as tallyVerdicts } from '../model/verdicts.ts';
import type { Family, Sample } from './family.ts';
import type { JudgedDevice, MetricView } from './view.ts';

function* perDevice(
  { judged }: MetricView,
  value: (device: JudgedDevice) => number | undefined,
): Generator<Sample> {
  for (const device of judged) {
    const result = value(device);
    if (result !== undefined) yield [[device.audit.device], result];
  }
}

function verdictFamily(name: string, verdict: RouteVerdict['verdict'], help: string): Family {
  return {
    name,
    type: 'gauge',
    help,
    labels: ['device'],
    collect: (view) =>
      perDevice(view, ({ audit, carriesRoutes, routesKnown }) =>
        carriesRoutes && (routesKnown || verdict === 'unknown')
          ? tallyVerdicts(audit.verdicts)[verdict]
          : undefined,
      ),
  };
}

// A record, so that a new check does not compile until it has its zero here.
const severities: Record<CheckId, readonly Severity[]> = {
  'session-down': ['critical', 'warning', 'info'],
  'session-missing': ['critical', 'warning', 'info'],
  'session-unexpected': ['critical', 'warning', 'info'],
  'route-missing': ['critical', 'warning', 'info'],
  'route-next-hop': ['critical', 'warning', 'info'],
  'route-withheld': ['critical', 'warning', 'info'],
  'route-unannounced': ['critical', 'warning', 'info'],
  'route-unexpected': ['critical', 'warning', 'info'],
  'device-unreachable': ['critical', 'warning', 'info'],
  'object-invalid': ['critical', 'warning', 'info'],
};

function* tally(counts: Map<string, number>): Generator<Sample> {
  for (const [labels, count] of counts) yield [labels.split(' '), count];
}

export const auditFamilies: readonly Family[] = [
  {
    name: 'calico_bgp_sessions_expected',
    type: 'gauge',
    help: 'Sessions that the device must have, computed from BGPPeer, BGPConfiguration and Node objects.',
    labels: ['device'],
    collect: (view) => perDevice(view, ({ audit }) => audit.sessionsExpected),
  },
  {
    name: 'calico_bgp_sessions_missing',
    type: 'gauge',
    help: 'Expected sessions that the device does not have configured at all; absent while its sessions cannot be read.',
    labels: ['device'],
    collect: (view) => perDevice(view, (d) => (d.sessionsKnown ? d.audit.sessionsMissing : undefined)),
  },
  {
    name: 'calico_bgp_sessions_unexpected',
    type: 'gauge',
    help: 'Sessions between the device and the cluster that no object explains; absent while its sessions cannot be read.',
    labels: ['device'],
    collect: (view) => perDevice(view, (d) => (d.sessionsKnown ? d.audit.sessionsUnexpected : undefined)),
  },
  {
    name: 'calico_bgp_expected_prefixes',
    type: 'gauge',
    help: 'Prefixes that the device must carry, by kind, computed from IPAM blocks, Node podCIDRs, BGPConfiguration and Services.',
    labels: ['device', 'kind'],
    *collect({ judged }) {
      for (const { audit, carriesRoutes } of judged) {
        if (!carriesRoutes) continue;
        for (const [kind, count] of kindsOf(audit.verdicts)) yield [[audit.device, kind], count];
      }
    },
  },
  {
    name: 'calico_bgp_device_routes',
    type: 'gauge',
    help: "Distinct prefixes inside the cluster's ranges that the device's routing table (else its BGP table) shows; absent when it could not be read.",
    labels: ['device'],
    collect: (view) => perDevice(view, ({ audit }) => audit.routesSeen),
  },
  {
    name: 'calico_bgp_device_tables_cut',
    type: 'gauge',
    help: 'Routing and BGP tables of the device of which only a part could be read (a bound on rows or bytes, an answer that was cut): what they do not show is unknown, not missing. Absent when no table could be read.',
    labels: ['device'],
    *collect({ fabric }) {
      for (const { device, routes } of fabric.devices) {
        if (!routes.ok) continue;
        yield [[device.name], routes.value.filter(({ partial }) => partial !== undefined).length];
      }
    },
  },
  {
    name: 'calico_bgp_routes_missing',
    type: 'gauge',
    help: 'Expected prefixes that the device lacks: no route, or nothing but a default route, and outside of any grace time. Exact; absent when nothing could be judged.',
    labels: ['device'],
    collect: (view) =>
      perDevice(view, ({ audit, carriesRoutes, routesKnown }) =>
        carriesRoutes && routesKnown ? (view.missing.count.get(audit.device) ?? 0) : undefined,
      ),
  },
  {
    name: 'calico_bgp_routes_pending',
    type: 'gauge',
    help: 'Expected prefixes that the device lacks but may still lack, since they are within the grace time after a change; absent when nothing could be judged.',
    labels: ['device'],
    collect: (view) =>
      perDevice(view, ({ audit, carriesRoutes, routesKnown }) =>
        carriesRoutes && routesKnown ? (view.missing.pending.get(audit.device) ?? 0) : undefined,
      ),
  },
  verdictFamily(
    'calico_bgp_routes_covered',
    'covered',
    'Expected prefixes that the device has no exact route for, but an aggregate other than the default route; absent when nothing could be judged.',
  ),
  verdictFamily(
    'calico_bgp_routes_default_only',
    'default-only',
    'Expected prefixes for which the device has only its default route, also counted as missing; absent when nothing could be judged.',
  ),
  {
    name: 'calico_bgp_routes_wrong_next_hop',
    type: 'gauge',
    help: 'Expected prefixes that the device has but sends elsewhere than to their owners, or to fewer of them (thin ECMP), outside of any grace time; as far as its source shows next hops, and at most 1001. Absent when nothing could be judged.',
    labels: ['device'],
    *collect(view) {
      const counts = new Map<string, number>();
      for (const { check, device } of view.fabric.audit.findings)
        if (check === 'route-next-hop') counts.set(device, (counts.get(device) ?? 0) + 1);
      yield* perDevice(view, ({ audit, carriesRoutes, routesKnown }) =>
        carriesRoutes && routesKnown ? (counts.get(audit.device) ?? 0) : undefined,
      );
    },
  },
  verdictFamily(
    'calico_bgp_routes_stale',
    'stale',
    'Expected prefixes that the device keeps for a peer that is away (graceful restart); absent when nothing could be judged.',
  ),
  verdictFamily(
    'calico_bgp_routes_unknown',
    'unknown',
    'Expected prefixes that could not be looked for on the device: not read, read too long ago, or read in part. They may be there or not.',
  ),
  {
    name: 'calico_bgp_routes_unexpected',
    type: 'gauge',
    help: "Prefixes inside the cluster's ranges on the device that no node owns; absent when its routes could not be read.",
    labels: ['device'],
    collect: (view) =>
      perDevice(view, ({ audit, carriesRoutes }) =>
        carriesRoutes && audit.routesSeen !== undefined ? audit.routesUnexpected : undefined,
      ),
  },
  {
    name: 'calico_bgp_route_missing',
    type: 'gauge',
    help: 'Always 1: an expected prefix that the device lacks. node is the one node that should announce it (the owner of a block), empty for a service range that many nodes announce; cause is empty where unknown. Limited in number: calico_bgp_routes_missing is exact.',
    labels: ['device', 'prefix', 'kind', 'node', 'cause'],
    *collect({ missing }) {
      for (const { device, prefix, expected, node, cause } of missing.named) {
        yield [[device, prefix, expected.kind, node, cause], 1];
      }
    },
  },
  {
    name: 'calico_bgp_route_missing_truncated',
    type: 'gauge',
    help: 'Missing routes that calico_bgp_route_missing leaves out because of its limit; /api/v1/routes?verdict=missing lists them all.',
    labels: [],
    *collect({ missing }) {
      yield [[], missing.left];
    },
  },
  {
    name: 'calico_bgp_findings',
    type: 'gauge',
    help: 'Findings of the audit that are outside of any grace time, by check and severity. A long list of one kind at one device is cut (at 1000, and in an outage of many devices before), and what is left out counts as one: the counts by device (calico_bgp_routes_missing, calico_bgp_sessions_missing …) are exact.',
    labels: ['check', 'severity'],
    *collect({ fabric }) {
      const counts = new Map<string, number>();
      for (const [check, list] of Object.entries(severities)) {
        for (const severity of list) counts.set(`${check} ${severity}`, 0);
      }
      for (const { check, severity } of fabric.audit.findings) {
        const key = `${check} ${severity}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      yield* tally(counts);
    },
  },
  {
    name: 'calico_bgp_object_problems',
    type: 'gauge',
    help: 'Problems found in the Kubernetes and Calico objects while computing what should be; absent while objects were never read.',
    labels: ['severity'],
    *collect({ fabric }) {
      const problems = lastGood(fabric.expected)?.value.problems;
      if (!problems) return;
      const counts = new Map([
        ['error', 0],
        ['warning', 0],
      ]);
      for (const { severity } of problems) counts.set(severity, (counts.get(severity) ?? 0) + 1);
      yield* tally(counts);
    },
  },
  {
    name: 'calico_bgp_audit_last_timestamp_seconds',
    type: 'gauge',
    help: 'When the audit last ran, by the clock of the exporter, in seconds since the epoch. All of these metrics are of that moment.',
    labels: [],
    collect: ({ fabric }) => [[[], fabric.audit.at / 1000]],
  },
  {
    name: 'calico_bgp_audit_duration_seconds',
    type: 'gauge',
    help: 'How long the last audit took, in seconds.',
    labels: [],
    collect: ({ fabric }) => [[[], fabric.audit.durationSeconds]],
  },
  {
    name: 'calico_bgp_alert_threshold',
    type: 'gauge',
    help: 'Thresholds that the shipped alert rules compare with, from `alerts` of the configuration; times in seconds.',
    labels: ['threshold'],
    *collect({ thresholds }) {
      for (const [name, value] of Object.entries(thresholds)) yield [[name], value];
    },
  },
];
